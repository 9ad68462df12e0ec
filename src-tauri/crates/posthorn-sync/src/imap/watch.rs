//! The watching connection: it listens to INBOX and wakes the worker, and does nothing else.
//!
//! With IDLE the server speaks; without it INBOX is asked about again and again. Either way what it says is only a hint:
//! the working connection looks for itself. When the watching connection breaks, it is made anew with growing waits
//! while the working one polls in its stead.

use std::sync::Arc;
use std::time::Duration;

use posthorn_imap::{Event, Idling, MailboxName, SelectMode};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::engine::Account;
use crate::failure::{Cure, Failure};
use crate::imap::connect::{self, Connection};
use crate::imap::crew::Crew;

/// Watches until it is cancelled, or until only the user can help (the worker meets the same failure).
pub(crate) async fn run(account: Account, crew: Arc<Crew>, cancel: CancellationToken) {
    let tuning = account.engine.tuning;
    let mut backoff = Backoff::new(tuning.retry_first, tuning.retry_last);
    let watching = async {
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
            tokio::time::sleep(backoff.next_wait()).await;
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
    let mut connection = connect::connect(account).await?;
    connection.session.examine(&MailboxName::inbox(), SelectMode::Plain).await?;
    backoff.reset();
    crew.set_watching(true);
    // Something may have come before anybody listened.
    account.signals.raise(|wanted| wanted.inbox = true);
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
    loop {
        let mut idle = connection.session.idle().await?;
        let is_quiet = loop {
            tokio::select! {
                happened = idle.wait(renewal) => match happened? {
                    Idling::Event(event) => hint(account, &event),
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
    loop {
        tokio::select! {
            () = tokio::time::sleep(account.engine.tuning.poll) => connection.session.noop().await?,
            () = account.probe.notified() => in_time(account, connection.session.noop()).await?,
        }
        for event in connection.session.take_events() {
            hint(account, &event);
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

fn hint(account: &Account, event: &Event) {
    match event {
        Event::Exists(_)
        | Event::Expunged(_)
        | Event::Vanished(_)
        | Event::Changed(_)
        | Event::Overflow => {
            account.signals.raise(|wanted| wanted.inbox = true);
        }
        Event::Alert(text) | Event::Closing(text) => {
            let said = crate::problem::sentence(text);
            account.update(|status| status.server_said = said);
        }
    }
}
