//! One POP3 account: looks into the maildrop at start, by interval and when asked, and takes what is new.
//!
//! Invariants:
//! * A maildrop is a source, not a mirror: absence from a listing deletes nothing here.
//! * A message is durable, and the index knows it under its UIDL, in one step ([`keep`]): a break at any byte costs
//!   at most a batch that comes again, and nothing comes twice.
//! * DELE goes out only for what the store calls due, after it was marked there; only an answered QUIT confirms it,
//!   and what was not confirmed is sent again ([`remove`]).
//! * What the user does to messages is local and done at once by the store; nothing waits for this server.

mod browse;
mod connect;
mod fetch;
mod identity;
mod keep;
mod listing;
mod lost;
mod pace;
mod remove;
mod rule;
mod serve;
mod settle;
mod sort;
mod spool;

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use posthorn_model::{MailboxId, MailboxRole};
use posthorn_store::account::AccountSettings;
use posthorn_store::{WriteTx, account, mailbox};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::board::Part;
use crate::engine::Account;
use crate::failure::Failure;
use crate::problem::Problem;
use crate::request::Request;
use crate::room::Space;
use crate::status::State;

pub use browse::{BrowseChanges, BrowseHead, BrowseOutcome, BrowseRow, BrowseState, Here};
pub(crate) use browse::{Browser, Job, run as browse, stand};
pub(crate) use keep::{skimmed_head, whole_head};
pub(crate) use pace::Pace;
pub use rule::{Deed, Hindrance, Judged};
pub use sort::Trial;
pub(crate) use sort::try_rules;

/// The folders of an account whose server has none.
const FOLDERS: [(&str, MailboxRole); 6] = [
    ("Inbox", MailboxRole::Inbox),
    ("Drafts", MailboxRole::Drafts),
    ("Sent", MailboxRole::Sent),
    ("Archive", MailboxRole::Archive),
    ("Junk", MailboxRole::Junk),
    ("Trash", MailboxRole::Trash),
];

/// Looks for mail until something fails.
pub(crate) async fn connected(
    account: &Account,
    requests: &mut mpsc::Receiver<Request>,
) -> Failure {
    match live(account, requests).await {
        Ok(never) => match never {},
        Err(failure) => failure,
    }
}

async fn live(
    account: &Account,
    requests: &mut mpsc::Receiver<Request>,
) -> Result<Infallible, Failure> {
    let mut worker =
        Worker { account, verified: identity::Verified::default(), has_looked_for_lost: false };
    if account.is_start.swap(false, Ordering::AcqRel) {
        worker.rest(requests).await?;
    }
    loop {
        // A whole look answers every signal. Taken before the mark is read: what comes in between is looked at again.
        drop(account.signals.take());
        let mark = account.engine.board.wanted(account.id, Part::Incoming);
        let looked = Box::pin(worker.check(requests)).await?;
        settle::settle(account, mark, &looked);
        worker.wait(requests, &looked).await?;
    }
}

/// How a look at the maildrop ended.
struct Looked {
    /// What kept messages on the server; absent when everything is here.
    problem: Option<Problem>,
    /// When to look again; absent = only when asked.
    next: Option<Duration>,
    /// False where it was not looked into, because the user does not want that at the start.
    has_looked: bool,
}

/// The account's settings and folder for new mail.
struct Home {
    settings: AccountSettings,
    inbox: MailboxId,
}

struct Worker<'a> {
    account: &'a Account,
    /// What was found out about messages whose listing contradicts what is known.
    verified: identity::Verified,
    has_looked_for_lost: bool,
}

impl Worker<'_> {
    /// Looks into the maildrop once.
    async fn check(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<Looked, Failure> {
        let account = self.account;
        let home = home(account).await?;
        connect::until_allowed(account).await;
        let _gate = account.browser.gate().await;
        account.update(|status| status.enter(State::Connecting));
        let mut connection = connect::connect(account).await?;
        let host = connection.host.clone();
        let looked = self.session(&home, &mut connection, requests).await;
        let mut looked = looked.map_err(|failure| failure.at(&host))?;
        remove::leave(account, connection).await.map_err(|failure| failure.at(&host))?;
        if !self.has_looked_for_lost && looked.problem.is_none() {
            lost::take_in(account, home.inbox).await?;
            self.has_looked_for_lost = true;
        }
        looked.problem = looked.problem.map(|problem| problem.at(&host));
        Ok(looked)
    }

    /// Does all that one session can do.
    async fn session(
        &mut self,
        home: &Home,
        connection: &mut connect::Connection,
        requests: &mut mpsc::Receiver<Request>,
    ) -> Result<Looked, Failure> {
        let account = self.account;
        let mut listing =
            listing::list(account, &mut connection.session, &mut self.verified).await?;
        sort::reconsider(account, &mut listing).await?;
        while let Ok(request) = requests.try_recv() {
            serve::serve(account, &mut connection.session, &listing, request).await?;
        }
        let interval = interval(&home.settings, connection.login_delay);
        let has_room = account.engine.room.measure().is_none_or(Space::is_enough);
        let mut problem = None;
        if has_room {
            problem = news(account, home, connection, &mut listing).await?;
        } else if listing.has_news() {
            problem = Some(Problem::of_kind(crate::problem::ProblemKind::DiskFull));
        }
        while let Ok(request) = requests.try_recv() {
            serve::serve(account, &mut connection.session, &listing, request).await?;
        }
        connection.marked =
            remove::remove(account, home, &mut connection.session, &listing).await?;
        let next = if has_room { interval } else { Some(account.engine.tuning.room) };
        Ok(Looked { problem, next, has_looked: true })
    }

    /// Waits for the first reason to look, where the program's start is none.
    async fn rest(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<(), Failure> {
        let settings = home(self.account).await?.settings;
        if !settings.pop_rests_at_start {
            return Ok(());
        }
        let mark = self.account.engine.board.wanted(self.account.id, Part::Incoming);
        let next = interval(&settings, None);
        let rested = Looked { problem: None, next, has_looked: false };
        settle::settle(self.account, mark, &rested);
        self.wait(requests, &rested).await
    }

    /// Waits until there is a reason to look again; serves who waits for bytes in the meantime.
    async fn wait(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        looked: &Looked,
    ) -> Result<(), Failure> {
        let until = looked.next.map(|next| Instant::now() + next);
        let timer = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let mut timer = std::pin::pin!(timer);
        loop {
            tokio::select! {
                () = &mut timer => return Ok(()),
                () = self.account.signals.wait() => {
                    if settle::is_asked_to_look(self.account).await {
                        return Ok(());
                    }
                }
                Some(request) = requests.recv() => {
                    Box::pin(serve::alone(self.account, &mut self.verified, request)).await?;
                    settle::settle(self.account, 0, looked);
                }
            }
        }
    }
}

/// Takes what is new, by the rules: in steps where heads have to be seen first. Returns why some of it did not come.
async fn news(
    account: &Account,
    home: &Home,
    connection: &mut connect::Connection,
    listing: &mut listing::Listing,
) -> Result<Option<Problem>, Failure> {
    let wanted = std::mem::take(&mut listing.wanted);
    if wanted.is_empty() {
        return Ok(None);
    }
    let total = wanted.len() as u64;
    account.update(|status| (status.done, status.total) = (Some(0), Some(total)));
    let sorter = sort::Sorter::begin(account, home, connection).await?;
    let mut problem = None;
    let mut wanted = wanted.into_iter();
    loop {
        let part: Vec<_> = wanted.by_ref().take(sorter.step()).collect();
        let count = part.len();
        if count == 0 {
            return Ok(problem);
        }
        listing.wanted = sorter.sort(&mut connection.session, part).await?;
        let left = count.saturating_sub(listing.wanted.len()) as u64;
        account.update(|status| status.done = status.done.map(|done| done + left));
        problem = fetch::fetch(account, home, connection, listing).await?.or(problem);
    }
}

/// Returns how long to wait between two looks: as the user says, and not shorter than the server allows.
fn interval(settings: &AccountSettings, login_delay: Option<u64>) -> Option<Duration> {
    let own = (settings.check_minutes > 0)
        .then(|| Duration::from_secs(u64::from(settings.check_minutes) * 60));
    own.map(|own| own.max(Duration::from_secs(login_delay.unwrap_or_default())))
}

/// Reads the settings and makes sure that the account has its folders.
async fn home(account: &Account) -> Result<Home, Failure> {
    let id = account.id;
    let read = account.store().read(move |tx| {
        let mut missing = false;
        for (_, role) in FOLDERS {
            missing |= mailbox::by_role(tx, id, role)?.is_none();
        }
        Ok((account::get(tx, id)?.settings, mailbox::by_role(tx, id, MailboxRole::Inbox)?, missing))
    });
    let (settings, inbox, is_missing) = read.await?;
    let inbox = match inbox {
        Some(inbox) if !is_missing => inbox.id,
        _ => account.store().write(move |tx| add_folders(tx, id)).await?,
    };
    Ok(Home { settings, inbox })
}

/// Adds the folders that are missing; returns the one for new mail.
fn add_folders(
    tx: &WriteTx<'_>,
    id: posthorn_model::AccountId,
) -> posthorn_store::Result<MailboxId> {
    for (name, role) in FOLDERS {
        if mailbox::by_role(tx, id, role)?.is_none() {
            let made = mailbox::add_local(tx, id, name, role)?;
            if mailbox::get(tx, made)?.role != role {
                // The user has a folder of this name already: it is used for what its name says.
                mailbox::choose_role(tx, made, Some(role))?;
            }
        }
    }
    let inbox = mailbox::by_role(tx, id, MailboxRole::Inbox)?;
    inbox.map(|inbox| inbox.id).ok_or(posthorn_store::Error::NotFound("folder"))
}
