//! The watching connection: it listens to INBOX and wakes the worker, and does nothing else.
//!
//! With IDLE the server speaks, with NOTIFY (RFC 5465) of all folders; without it INBOX is asked about again and again.
//! Either way what it says is only a hint: the working connection looks for itself. When the watching connection breaks, it is made anew with growing waits
//! while the working one polls in its stead.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use posthorn_imap::{Event, Idling, MailboxName, MailboxStatus, SelectMode, Selected};
use posthorn_model::{MailboxRole, Uid};
use posthorn_store::mailbox;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::{Cure, Failure};
use crate::imap::connect::{self, Connection};
use crate::imap::crew::Crew;
use crate::imap::folders::Folder;
use crate::imap::quirk;

/// Watches until it is cancelled, or until only the user can help (the worker meets the same failure).
pub(crate) async fn run(account: Account, crew: Arc<Crew>, cancel: CancellationToken) {
    let tuning = account.engine.tuning;
    let mut backoff = Backoff::new(tuning.retry_first, tuning.retry_last);
    let watching = async {
        // Servers lock a folder that they read anew: two who open it at once wait for each other.
        let _ = tokio::time::timeout(tuning.watch_after, crew.until_first_look()).await;
        loop {
            let failure = match watch(&account, &crew, &mut backoff).await {
                Ok(never) => match never {},
                Err(failure) => failure,
            };
            tracing::debug!(account = account.id.0, %failure, "the watching connection ended");
            crew.set_watching(false);
            // The network may be gone: the worker asks its own connection.
            account.signals.raise(|wanted| wanted.probe = true);
            if failure.cure() != Cure::Time {
                return;
            }
            // Where the server allows no more connections, the working one asks in its stead for a while.
            tokio::time::sleep(backoff.next_wait().max(failure.least_wait(&tuning))).await;
        }
    };
    tokio::select! {
        () = cancel.cancelled() => {}
        () = watching => {}
    }
}

/// Never returns but by failing.
async fn watch(
    account: &Account,
    crew: &Crew,
    backoff: &mut Backoff,
) -> Result<std::convert::Infallible, Failure> {
    let mut connection = connect::connect_to_listen(account, Purpose::Watching).await?;
    let mode =
        if connection.session.has("CONDSTORE") { SelectMode::CondStore } else { SelectMode::Plain };
    let inbox = match connection.session.examine(&MailboxName::inbox(), mode.clone()).await {
        Err(error) if quirk::wants_introduction(&error) => {
            connection.session.identify(&connect::WHO_WE_ARE).await?;
            connection.session.examine(&MailboxName::inbox(), mode).await?
        }
        answer => answer?,
    };
    backoff.reset();
    crew.set_watching(true);
    // Something may have come before anybody listened.
    compare(account, &inbox).await?;
    if connection.session.has("IDLE") || connection.session.has("IMAP4REV2") {
        idle(account, &mut connection).await
    } else {
        poll(account, &mut connection).await
    }
}

async fn idle(
    account: &Account,
    connection: &mut Connection,
) -> Result<std::convert::Infallible, Failure> {
    let renewal = account.engine.tuning.idle_renewal;
    let mut seen = Seen::default();
    match connection.session.notify().await {
        Ok(counts) => {
            for (name, status) in counts {
                seen.notice(account, &name, status);
            }
        }
        // The rounds of the working connection look at the other folders then.
        Err(error) if !error.is_fatal() => {}
        Err(error) => return Err(error.into()),
    }
    loop {
        let mut idle = connection.session.idle().await?;
        let is_quiet = loop {
            tokio::select! {
                happened = idle.wait(renewal) => match happened? {
                    Idling::Event(event) => seen.hint(account, event),
                    Idling::Quiet => break true,
                },
                () = account.probe.notified() => break false,
            }
        };
        let done = idle.done();
        if is_quiet {
            done.await?;
            continue;
        }
        // Somebody wants to know whether the line is alive: the end of IDLE must be answered in time.
        in_time(account, done).await?;
    }
}

async fn poll(
    account: &Account,
    connection: &mut Connection,
) -> Result<std::convert::Infallible, Failure> {
    let mut seen = Seen::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(account.engine.tuning.poll) => connection.session.noop().await?,
            () = account.probe.notified() => in_time(account, connection.session.noop()).await?,
        }
        for event in connection.session.take_events() {
            seen.hint(account, event);
        }
    }
}

async fn in_time(
    account: &Account,
    answer: impl Future<Output = posthorn_imap::Result<()>>,
) -> Result<(), Failure> {
    let probe: Duration = account.engine.tuning.probe;
    match tokio::time::timeout(probe, answer).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(posthorn_imap::Error::Timeout(probe).into()),
    }
}

/// Tells the worker how INBOX is there where it is not the same here, as far as counts can tell. It looks at them when
/// it has time: what it does now may be that very difference. What comes after this the server tells.
async fn compare(account: &Account, inbox: &Selected) -> Result<(), Failure> {
    let id = account.id;
    let known =
        account.store().read(move |tx| mailbox::by_role(tx, id, MailboxRole::Inbox)).await?;
    let Some(mailbox) = known else {
        account.signals.raise(|wanted| wanted.inbox = true);
        return Ok(());
    };
    let status = MailboxStatus {
        messages: Some(inbox.exists),
        uid_next: inbox.uid_next,
        uid_validity: Some(inbox.uid_validity),
        highest_modseq: inbox.highest_modseq,
        ..MailboxStatus::default()
    };
    let is_mail = mailbox.sync.uid_next < inbox.uid_next;
    let (path, folder) = (mailbox.path.clone(), Folder { mailbox, status: Some(status.clone()) });
    if !folder.is_unchanged() {
        account.signals.raise(|wanted| {
            wanted.has_mail |= is_mail;
            wanted.noticed.insert(path, status);
        });
    }
    Ok(())
}

/// What was heard of folders that are not open.
#[derive(Debug, Default)]
struct Seen(HashMap<MailboxName, Option<Uid>>);

impl Seen {
    /// Passes an event on as a hint.
    fn hint(&mut self, account: &Account, event: Event) {
        match event {
            Event::Exists(_) | Event::Expunged(_) | Event::Vanished(_) | Event::Changed(_) => {
                account.signals.raise(|wanted| wanted.inbox = true);
            }
            Event::Overflow => account.signals.raise(|wanted| {
                wanted.inbox = true;
                wanted.folders = true;
            }),
            Event::Counts(name, status) => self.notice(account, &name, *status),
            Event::Listed(folder) => account.signals.raise(|wanted| {
                let exists = !folder.has("\\nonexistent") && !folder.has("\\noselect");
                wanted.listed.insert(folder.name.as_wire().to_owned(), exists);
            }),
            Event::Alert(text) | Event::Closing(text) => {
                let said = crate::problem::sentence(&text);
                account.update(|status| status.server_said = said);
            }
        }
    }

    /// Passes the counts of a folder on.
    fn notice(&mut self, account: &Account, name: &MailboxName, status: MailboxStatus) {
        let before = self.0.insert(name.clone(), status.uid_next);
        let is_mail = before.is_some_and(|before| before < status.uid_next);
        account.signals.raise(|wanted| {
            wanted.has_mail |= is_mail;
            wanted.noticed.insert(name.as_wire().to_owned(), status);
        });
    }
}
