//! The connection that downloads bodies: apart from the working one, so that nothing the user does waits for it.
//!
//! It fetches what the store says is missing, newest first, folder by folder. Where the server allows no third
//! connection the next try comes later; heads and operations go on meanwhile.

use std::collections::HashSet;
use std::sync::Arc;

use posthorn_model::MessageId;
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::message;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::{Cure, Failure};
use crate::imap::connect::{self, Connection};
use crate::imap::crew::Crew;
use crate::imap::folders::rank;
use crate::imap::step::bodies::{self, Tally};
use crate::limit::{KEEP_ALIVE, WHOLE_BODY};
use crate::problem::{Problem, ProblemKind};

/// Downloads until it is cancelled.
pub(crate) async fn run(account: Account, crew: Arc<Crew>, cancel: CancellationToken) {
    tokio::select! {
        () = cancel.cancelled() => {}
        () = live(&account, &crew) => {}
    }
}

async fn live(account: &Account, crew: &Crew) {
    let tuning = account.engine.tuning;
    let mut backoff = Backoff::new(tuning.retry_first, tuning.retry_last);
    let mut wanted = crew.wanted();
    let mut connection: Option<Connection> = None;
    // What the server lists and does not give is not asked for again on this connection.
    let mut given_up = HashSet::new();
    loop {
        if crew.bodies() == super::crew::BodyState::Done {
            match tokio::time::timeout(KEEP_ALIVE, wanted.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => {
                    if let Some(idle) = connection.take() {
                        idle.leave().await;
                    }
                    if wanted.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
        let generation = *wanted.borrow_and_update();
        match download(account, &mut connection, &mut given_up).await {
            Ok(()) => {
                backoff.reset();
                crew.report(generation, Ok(()));
                account.signals.raise(|wanted| wanted.bodies = true);
            }
            Err(Stop::NoRoom) => {
                crew.report(generation, Err(Problem::of_kind(ProblemKind::DiskFull)));
                account.signals.raise(|wanted| wanted.bodies = true);
                tokio::time::sleep(tuning.room).await;
            }
            Err(Stop::Failed(failure)) => {
                tracing::debug!(account = account.id.0, %failure, "the download of bodies stopped");
                connection = None;
                crew.report(generation, Err(failure.problem()));
                account.signals.raise(|wanted| wanted.bodies = true);
                if failure.cure() == Cure::Password {
                    // Never a second try with refused credentials: the working connection does what it can.
                    return;
                }
                tokio::time::sleep(backoff.next_wait().max(failure.least_wait(&tuning))).await;
            }
        }
    }
}

/// Why a download did not come to its end.
enum Stop {
    /// The disk is nearly full.
    NoRoom,
    /// Something failed.
    Failed(Failure),
}

impl<T: Into<Failure>> From<T> for Stop {
    fn from(failure: T) -> Self {
        match failure.into() {
            Failure::Store(posthorn_store::Error::DiskFull) => Self::NoRoom,
            other => Self::Failed(other),
        }
    }
}

/// Returns the folders whose bodies are wanted, in the order of their importance.
pub(crate) async fn folders(account: &Account) -> Result<Vec<Mailbox>, Failure> {
    let id = account.id;
    let mut folders = account.store().read(move |tx| mailbox::list(tx, id)).await?;
    folders.retain(|mailbox| {
        mailbox.is_selectable && !mailbox.is_local && mailbox.sync.uid_validity.is_some()
    });
    folders.sort_by_key(|mailbox| rank(mailbox.role));
    Ok(folders)
}

/// Downloads what is missing in all folders.
async fn download(
    account: &Account,
    connection: &mut Option<Connection>,
    given_up: &mut HashSet<MessageId>,
) -> Result<(), Stop> {
    let id = account.id;
    let count = account.store().read(move |tx| message::count_without_body(tx, id, WHOLE_BODY));
    let mut tally = Tally { done: 0, total: count.await? };
    for mailbox in folders(account).await? {
        match download_folder(account, connection, &mailbox, given_up, &mut tally).await {
            // A folder that cannot be opened must not keep the others waiting; the working connection tells of it.
            Err(Stop::Failed(Failure::Imap { error, .. })) if !error.is_fatal() => {
                tracing::debug!(mailbox = mailbox.id.0, %error, "a folder's bodies were left out");
            }
            result => result?,
        }
    }
    Ok(())
}

async fn download_folder(
    account: &Account,
    connection: &mut Option<Connection>,
    mailbox: &Mailbox,
    given_up: &mut HashSet<MessageId>,
    tally: &mut Tally,
) -> Result<(), Stop> {
    loop {
        let wanted = bodies::missing(account, mailbox, given_up).await?;
        if wanted.is_empty() {
            return Ok(());
        }
        if !bodies::has_room(account) {
            return Err(Stop::NoRoom);
        }
        if connection.is_none() {
            *connection = Some(connect::connect(account, Purpose::Bulk).await?);
        }
        if let Some(connection) = connection.as_mut()
            && !bodies::download(account, connection, mailbox, wanted, given_up, tally).await?
        {
            // The mailbox has new uids: the working connection sorts that out and asks again.
            return Ok(());
        }
    }
}
