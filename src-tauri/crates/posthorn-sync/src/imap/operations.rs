//! Replays what the user did, in order, against the server.
//!
//! An operation is marked as sent before its first command, so that after a crash it is known that the server may
//! have done part of it; every step here can be done a second time without harm. What the server puts off is tried
//! again later, and blocks what came after it, because order is part of its meaning. What it refuses for good is
//! taken back here and told.

mod expunge;
mod flag;
mod folder;
mod transfer;

use std::collections::BTreeMap;
use std::time::Duration;

use posthorn_imap::UidSet;
use posthorn_model::{MailboxId, Timestamp, Uid};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::operation::{self, Action, Copied, Operation};

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::{Failure, of_imap};
use crate::imap::connect::Connection;
use crate::imap::mailbox as mailbox_sync;
use crate::imap::step::bodies;
use crate::limit::OPERATION_ATTEMPTS;
use crate::problem::{Problem, ProblemKind, sentence};

/// What became of the log.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// When the oldest operation, which was put off, is due. Absent when none is left.
    pub(crate) next_try: Option<Timestamp>,
    /// What the server said when it put it off.
    pub(crate) problem: Option<Problem>,
    /// Mailboxes to look at: they got messages whose uids the server did not tell.
    pub(crate) touched: Vec<MailboxId>,
}

/// Replays everything that is due.
pub(crate) async fn replay(
    account: &Account,
    connection: &mut Connection,
) -> Result<Replayed, Failure> {
    let mut replayed = Replayed::default();
    loop {
        let id = account.id;
        let Some(operation) = account.store().read(move |tx| operation::next(tx, id)).await? else {
            return Ok(replayed);
        };
        if operation.next_try > account.now() {
            replayed.next_try = Some(operation.next_try);
            replayed.problem = Some(put_off(&operation));
            return Ok(replayed);
        }
        one(account, connection, operation, &mut replayed).await?;
    }
}

fn put_off(operation: &Operation) -> Problem {
    let message = "the server put off what was asked of it; it is tried again".to_owned();
    Problem {
        message,
        server_said: sentence(&operation.error),
        ..Problem::of_kind(ProblemKind::Refused)
    }
}

async fn one(
    account: &Account,
    connection: &mut Connection,
    operation: Operation,
    replayed: &mut Replayed,
) -> Result<(), Failure> {
    let id = operation.id;
    if operation.attempts >= OPERATION_ATTEMPTS {
        let message = "the server did not take it, however often it was tried".to_owned();
        let problem = Problem {
            message,
            server_said: operation.error,
            ..Problem::of_kind(ProblemKind::Refused)
        };
        return refuse(account, id, problem).await;
    }
    let is_again = operation.attempts > 0;
    account.store().write(move |tx| operation::mark_sent(tx, id)).await?;
    match perform(account, connection, &operation, is_again, &mut replayed.touched).await {
        Ok(copied) => {
            account.store().write(move |tx| operation::done(tx, id, &copied)).await?;
            Ok(())
        }
        Err(Failure::Imap { error, .. }) if !error.is_fatal() => {
            if error.is_transient() {
                let (wait, said) = (
                    delay(account, operation.attempts),
                    error.server_text().unwrap_or_default().to_owned(),
                );
                let next_try =
                    account.now().plus_ms(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
                account
                    .store()
                    .write(move |tx| operation::postpone(tx, id, next_try, &said))
                    .await?;
                return Ok(());
            }
            refuse(account, id, of_imap(&error).at(&connection.host)).await
        }
        // The folder that it needs was removed elsewhere.
        Err(Failure::Store(error @ posthorn_store::Error::NotFound(_))) => {
            refuse(account, id, Problem { is_transient: false, ..Problem::of_store(&error) }).await
        }
        // The mailbox has new uids, which are known now: the same operation comes again.
        Err(Failure::Interrupted) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Doubles with each attempt, within the bounds of all retries.
fn delay(account: &Account, attempts: u32) -> Duration {
    let tuning = account.engine.tuning;
    tuning.retry_first.saturating_mul(1_u32 << attempts.min(20)).min(tuning.retry_last)
}

async fn refuse(
    account: &Account,
    id: posthorn_model::OperationId,
    problem: Problem,
) -> Result<(), Failure> {
    let said = if problem.server_said.is_empty() {
        problem.message.clone()
    } else {
        problem.server_said.clone()
    };
    account.store().write(move |tx| operation::refuse(tx, id, &said)).await?;
    account.engine.board.tell(SyncEvent::OperationRefused {
        account: account.id,
        operation: id,
        problem,
    });
    Ok(())
}

/// Does it on the server; returns the uids that it told for moved messages.
async fn perform(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
    is_again: bool,
    touched: &mut Vec<MailboxId>,
) -> Result<Vec<Copied>, Failure> {
    match &operation.action {
        Action::SetFlag { flag, to } => {
            for (mailbox, uids) in targets(account, connection, operation).await? {
                open(account, connection, &mailbox).await?;
                flag::set(connection, &uids, flag, *to).await?;
            }
            Ok(Vec::new())
        }
        Action::Move { to } => {
            let mut copied = Vec::new();
            let to = *to;
            let target = account.store().read(move |tx| mailbox::get(tx, to)).await?;
            for (mailbox, uids) in targets(account, connection, operation).await? {
                open(account, connection, &mailbox).await?;
                let told =
                    transfer::run(account, connection, &mailbox, &target, &uids, is_again).await?;
                if told.len() as u64 != uids.len() {
                    touched.push(target.id);
                }
                copied.extend(told);
            }
            Ok(copied)
        }
        Action::Delete => {
            for (mailbox, uids) in targets(account, connection, operation).await? {
                open(account, connection, &mailbox).await?;
                expunge::run(connection, &uids).await?;
            }
            Ok(Vec::new())
        }
        Action::CreateMailbox { path, .. } => {
            folder::create(connection, path).await.map(|()| Vec::new())
        }
        Action::RenameMailbox { from, to, .. } => {
            folder::rename(connection, from, to).await.map(|()| Vec::new())
        }
        Action::DeleteMailbox { path, .. } => {
            folder::delete(connection, path).await.map(|()| Vec::new())
        }
    }
}

/// Opens a mailbox for changes; one with new uids is synchronised, so that messages have their uids again.
async fn open(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
) -> Result<(), Failure> {
    if !bodies::open(connection, mailbox).await? {
        relearn(account, connection, mailbox.id).await?;
        // The operation's uids were of the old epoch: it begins again with the new ones.
        return Err(Failure::Interrupted);
    }
    Ok(())
}

async fn relearn(
    account: &Account,
    connection: &mut Connection,
    id: MailboxId,
) -> Result<(), Failure> {
    let mailbox = account.store().read(move |tx| mailbox::get(tx, id)).await?;
    mailbox_sync::synchronise(account, connection, mailbox).await.map(drop)
}

/// Returns the operation's uids by mailbox. A message whose uid is not known is looked for once; one that the server
/// does not have any more needs nothing done to it.
async fn targets(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
) -> Result<Vec<(Mailbox, UidSet)>, Failure> {
    let mut operation = operation.clone();
    let homes: Vec<MailboxId> = operation
        .targets
        .iter()
        .filter(|target| target.uid.is_none())
        .map(|target| target.mailbox)
        .collect();
    if !homes.is_empty() {
        for home in std::collections::BTreeSet::from_iter(homes) {
            relearn(account, connection, home).await?;
        }
        let id = operation.id;
        operation = account.store().read(move |tx| operation::get(tx, id)).await?;
    }
    let mut by_mailbox: BTreeMap<MailboxId, Vec<Uid>> = BTreeMap::new();
    for target in &operation.targets {
        if let Some(uid) = target.uid {
            by_mailbox.entry(target.mailbox).or_default().push(uid);
        }
    }
    let read = account.store().read(move |tx| {
        by_mailbox
            .into_iter()
            .map(|(id, uids)| Ok((mailbox::get(tx, id)?, uids.into_iter().collect::<UidSet>())))
            .collect::<Result<Vec<_>, posthorn_store::Error>>()
    });
    Ok(read.await?)
}
