//! One IMAP account: a working connection, a watching one, and one for bulk download.
//!
//! The working connection does one small thing at a time and looks up between two: what somebody waits for goes first,
//! then what the user did, then what is new in INBOX, then the other folders. Every step leaves the store right, so a
//! break anywhere costs only the step.

mod ask;
pub(crate) mod binary;
mod bulk;
pub(crate) mod connect;
mod crew;
mod drafts;
mod folders;
mod follow;
mod head;
mod large;
pub(crate) mod look;
mod mailbox;
mod operations;
pub(crate) mod prove;
pub(crate) mod quirk;
mod rest;
mod serve;
mod step;
mod watch;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use posthorn_imap::MailboxStatus;
use posthorn_model::{MailboxId, MailboxRole};
use posthorn_store::{account, mailbox as rows};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::board::Part;
use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::{Failure, of_imap};
use crate::imap::connect::Connection;
use crate::imap::crew::{BodyState, Crew};
use crate::limit::{BODY_BATCH, STALE};
use crate::problem::{Problem, ProblemKind};
use crate::request::Request;
use crate::signal::Wanted;
use crate::status::State;

/// Bodies that the working connection fetches itself after a folder: for a few it is not worth another connection.
const A_FEW: usize = 20;
/// The same of small ones: one command, one write.
const A_FEW_SMALL: usize = BODY_BATCH;
/// Octets of those together: the user waits for them where the line is slow.
const A_FEW_OCTETS: u64 = 512 << 10;

/// Tells whether the working connection fetches these bodies itself.
fn are_few(wanted: &[posthorn_store::message::Wanted]) -> bool {
    let octets = wanted.iter().fold(0_u64, |sum, one| sum.saturating_add(one.size));
    wanted.len() <= A_FEW || wanted.len() <= A_FEW_SMALL && octets <= A_FEW_OCTETS
}

/// Which folders are opened after the list came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Those whose counts do not prove that nothing is new.
    ByCounts,
    /// INBOX besides, because the user asked.
    AlsoInbox,
}

/// Connects and works until something fails.
pub(crate) async fn connected(
    account: &Account,
    requests: &mut mpsc::Receiver<Request>,
) -> Failure {
    // On the heap: it holds everything that a connection's work needs at once.
    match Box::pin(start(account, requests)).await {
        Ok(never) => match never {},
        Err(failure) => failure,
    }
}

async fn start(
    account: &Account,
    requests: &mut mpsc::Receiver<Request>,
) -> Result<Infallible, Failure> {
    let connection = connect::connect(account, Purpose::Working).await?;
    let now = account.now();
    account.update(|status| {
        status.enter(State::Syncing);
        status.connected_since = Some(now);
        status.security.clone_from(&connection.security);
        status.server_said = connection.said.last();
    });
    let cancel = account.cancel.child_token();
    let _ends_with_this = cancel.clone().drop_guard();
    let crew = Arc::new(Crew::new());
    account.tasks.spawn(watch::run(account.clone(), crew.clone(), cancel.clone()));
    account.tasks.spawn(bulk::run(account.clone(), crew.clone(), cancel.clone()));
    let host = connection.host.clone();
    let round = round(account).await?;
    let mut worker = Worker {
        account,
        connection,
        crew,
        plan: VecDeque::new(),
        is_round_open: false,
        round,
        next_round: Instant::now(),
        used: Instant::now(),
        refused: BTreeMap::new(),
        given_up: HashSet::new(),
        large: None,
    };
    worker.run(requests).await.map_err(|failure| failure.at(&host))
}

/// Returns how often all folders are compared: as the user says, or oftener.
async fn round(account: &Account) -> Result<Duration, Failure> {
    let id = account.id;
    let minutes =
        account.store().read(move |tx| account::get(tx, id)).await?.settings.check_minutes;
    let own = Duration::from_secs(u64::from(minutes) * 60);
    let usual = account.engine.tuning.round;
    Ok(if own.is_zero() { usual } else { usual.min(own) })
}

/// The working connection and what it has to do.
struct Worker<'a> {
    account: &'a Account,
    connection: Connection,
    crew: Arc<Crew>,
    /// Mailboxes to be synchronised, the next one first.
    plan: VecDeque<MailboxId>,
    /// Everything is being compared, and not all of it is done.
    is_round_open: bool,
    round: Duration,
    next_round: Instant,
    /// When the connection was last known to live.
    used: Instant,
    /// Folders that could not be synchronised, and why.
    refused: BTreeMap<MailboxId, Problem>,
    /// Messages whose bytes the server does not give.
    given_up: HashSet<posthorn_model::MessageId>,
    /// The download in pieces that is under way.
    large: Option<large::Large>,
}

impl Worker<'_> {
    async fn run(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<Infallible, Failure> {
        self.refresh(Look::ByCounts).await?;
        self.crew.want_bodies();
        if self.plan.is_empty() {
            self.crew.first_look_is_over();
        }
        loop {
            let mark = self.account.engine.board.wanted(self.account.id, Part::Incoming);
            let wanted = self.account.signals.take();
            self.take_up(wanted).await?;
            while let Ok(request) = requests.try_recv() {
                serve::serve(self.account, &mut self.connection, request).await?;
            }
            for question in self.account.signals.questions() {
                ask::answer(self.account, &mut self.connection, question).await?;
            }
            let replayed = operations::replay(self.account, &mut self.connection).await?;
            replayed.touched.iter().for_each(|mailbox| self.plan_first(*mailbox));
            let has_stepped =
                large::step(self.account, &mut self.connection, &mut self.large).await?;
            if let Some(next) = self.plan.pop_front() {
                // INBOX is the first that is planned.
                self.synchronise(next).await?;
                self.crew.first_look_is_over();
                self.used = Instant::now();
                continue;
            }
            if has_stepped {
                self.used = Instant::now();
                continue;
            }
            if self.help_out().await? {
                continue;
            }
            if self.copy_drafts().await? {
                continue;
            }
            self.settle(mark, &replayed);
            self.wait(requests, &replayed).await?;
        }
    }

    /// Puts what was signalled into the plan.
    async fn take_up(&mut self, wanted: Wanted) -> Result<(), Failure> {
        if wanted.check {
            self.account.probe.notify_one();
        }
        // Before something is asked of a connection that rested for long: a dead one is noticed soon this way.
        let is_stale = !wanted.is_empty() && self.used.elapsed() >= STALE;
        if wanted.check || wanted.probe || is_stale {
            self.prove().await?;
        }
        if wanted.check {
            self.refresh(Look::AlsoInbox).await?;
        } else if wanted.folders || !self.take_up_noticed(wanted.noticed, wanted.listed).await? {
            self.refresh(Look::ByCounts).await?;
        }
        if wanted.keep {
            self.crew.want_bodies();
        }
        for mailbox in wanted.opened {
            self.plan_first(mailbox);
        }
        if wanted.inbox {
            self.plan_inbox().await?;
        }
        Ok(())
    }

    /// Plans the folders of which the server said something new. Returns false where one is not known here, or is known
    /// and gone.
    async fn take_up_noticed(
        &mut self,
        noticed: BTreeMap<String, MailboxStatus>,
        listed: BTreeMap<String, bool>,
    ) -> Result<bool, Failure> {
        if noticed.is_empty() && listed.is_empty() {
            return Ok(true);
        }
        let id = self.account.id;
        let known = self.account.store().read(move |tx| rows::list(tx, id)).await?;
        let is_here = |path: &str, exists: bool| {
            known.iter().any(|mailbox| mailbox.path == path && mailbox.is_selectable) == exists
        };
        let mut are_known = listed.iter().all(|(path, exists)| is_here(path, *exists));
        for (path, status) in noticed {
            let Some(mailbox) = known.iter().find(|mailbox| mailbox.path == path) else {
                are_known = false;
                continue;
            };
            let folder = folders::Folder { mailbox: mailbox.clone(), status: Some(status) };
            if folder.mailbox.is_selectable && !folder.is_unchanged() {
                self.plan_first(folder.mailbox.id);
            }
        }
        Ok(are_known)
    }

    /// Makes sure that the connection lives.
    async fn prove(&mut self) -> Result<(), Failure> {
        let probe = self.account.engine.tuning.probe;
        match tokio::time::timeout(probe, self.connection.session.noop()).await {
            Ok(result) => result?,
            Err(_) => return Err(posthorn_imap::Error::Timeout(probe).into()),
        }
        self.connection.session.take_events();
        self.used = Instant::now();
        Ok(())
    }

    /// Lists the folders and plans those that may have news.
    async fn refresh(&mut self, look: Look) -> Result<(), Failure> {
        let folders = folders::refresh(self.account, &mut self.connection).await?;
        for folder in &folders {
            let is_inbox = folder.mailbox.role == MailboxRole::Inbox;
            if is_inbox && look == Look::AlsoInbox
                || !folder.is_unchanged()
                || self.refused.contains_key(&folder.mailbox.id)
            {
                self.plan_last(folder.mailbox.id);
            }
        }
        // A folder that is gone is no problem any more.
        self.refused.retain(|id, _| folders.iter().any(|folder| folder.mailbox.id == *id));
        self.is_round_open = true;
        self.next_round = Instant::now() + self.round;
        Ok(())
    }

    fn plan_first(&mut self, mailbox: MailboxId) {
        self.plan.retain(|planned| *planned != mailbox);
        self.plan.push_front(mailbox);
    }

    fn plan_last(&mut self, mailbox: MailboxId) {
        if !self.plan.contains(&mailbox) {
            self.plan.push_back(mailbox);
        }
    }

    async fn plan_inbox(&mut self) -> Result<(), Failure> {
        let id = self.account.id;
        let inbox =
            self.account.store().read(move |tx| rows::by_role(tx, id, MailboxRole::Inbox)).await?;
        if let Some(inbox) = inbox {
            self.plan_first(inbox.id);
        }
        Ok(())
    }

    async fn synchronise(&mut self, id: MailboxId) -> Result<(), Failure> {
        let found = self.account.store().read(move |tx| rows::get(tx, id)).await;
        // It may have been removed since it was planned.
        let Ok(mailbox) = found else { return Ok(()) };
        if !mailbox.is_selectable || mailbox.is_local {
            return Ok(());
        }
        let said = self.connection.said.last();
        self.account.update(|status| {
            status.enter(State::Syncing);
            status.activity.clone_from(&mailbox.name);
            status.server_said = said;
        });
        let outcome = match mailbox::synchronise(self.account, &mut self.connection, mailbox).await
        {
            Ok(outcome) => outcome,
            // A folder that cannot be opened must not keep the others from being synchronised.
            Err(Failure::Imap { error, host }) if !error.is_fatal() => {
                let error = quirk::translate(error);
                if error.is_fatal() {
                    return Err(Failure::Imap { error, host });
                }
                tracing::warn!(mailbox = id.0, %error, "a folder was not synchronised");
                self.connection.open = None;
                self.refused.insert(id, of_imap(&error).at(&self.connection.host));
                return Ok(());
            }
            Err(failure @ Failure::TooMany { .. }) => {
                tracing::warn!(mailbox = id.0, %failure, "a folder was not synchronised");
                self.refused.insert(id, failure.problem());
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        self.refused.remove(&id);
        if outcome.is_interrupted {
            // It goes on when what interrupted it is done.
            self.plan_first(id);
        }
        if outcome.needs_bodies && !self.fetch_a_few(id).await? {
            self.crew.want_bodies();
        }
        Ok(())
    }

    /// Fetches the bytes of a few new messages at once; returns false where there are more.
    async fn fetch_a_few(&mut self, id: MailboxId) -> Result<bool, Failure> {
        use step::bodies;
        let mailbox = self.account.store().read(move |tx| rows::get(tx, id)).await?;
        let wanted = bodies::missing(self.account, &mailbox, &self.given_up).await?;
        if !are_few(&wanted)
            || self.crew.bodies() != BodyState::Done
            || !bodies::has_room(self.account)
        {
            return Ok(false);
        }
        if !wanted.is_empty() {
            let (account, connection) = (self.account, &mut self.connection);
            let mut tally = bodies::Tally::default();
            bodies::download(account, connection, &mailbox, wanted, &mut self.given_up, &mut tally)
                .await?;
        }
        Ok(true)
    }

    /// Fetches some bodies where the bulk connection cannot: a server may allow two connections and no third. Returns
    /// false when there was nothing to do.
    async fn help_out(&mut self) -> Result<bool, Failure> {
        use step::bodies;
        let BodyState::Stuck(problem) = self.crew.bodies() else { return Ok(false) };
        if problem.kind == ProblemKind::DiskFull || !bodies::has_room(self.account) {
            return Ok(false);
        }
        let mut is_all_here = true;
        for mailbox in bulk::folders(self.account).await? {
            let mut wanted = bodies::missing(self.account, &mailbox, &self.given_up).await?;
            wanted.truncate(BODY_BATCH);
            is_all_here &= wanted.is_empty();
            let is_some = !wanted.is_empty() && !self.refused.contains_key(&mailbox.id);
            if is_some
                && bodies::download(
                    self.account,
                    &mut self.connection,
                    &mailbox,
                    wanted,
                    &mut self.given_up,
                    &mut bodies::Tally::default(),
                )
                .await?
            {
                self.used = Instant::now();
                return Ok(true);
            }
        }
        if is_all_here {
            // Nothing is wrong any more: the third connection is made when it is needed.
            self.crew.all_here();
        }
        Ok(false)
    }

    /// Copies the drafts that are due to the server. Returns false when none was.
    async fn copy_drafts(&mut self) -> Result<bool, Failure> {
        let due = drafts::next(self.account).await?;
        if due.is_none_or(|due| due > self.account.now()) {
            return Ok(false);
        }
        if self.used.elapsed() >= STALE {
            self.prove().await?;
        }
        // On the heap: it is seldom under way, and everything that calls this would carry it along.
        Box::pin(drafts::copy(self.account, &mut self.connection)).await?;
        self.used = Instant::now();
        self.crew.want_bodies();
        Ok(true)
    }
}
