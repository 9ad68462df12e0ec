//! Replays what the user did, in order, against the server.
//!
//! An operation is marked as sent before its first command, so that after a crash it is known that the server may
//! have done part of it; every step here can be done a second time without harm. What the server puts off is tried
//! again later, and blocks what came after it, because order is part of its meaning. What it refuses for good is
//! taken back here and told: of many messages only those that it refused.

mod append;
mod expunge;
mod find;
mod flag;
mod folder;
mod refusal;
mod transfer;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use posthorn_imap::UidSet;
use posthorn_model::{MailboxId, MessageId, OperationId, Timestamp, Uid};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::operation::{self, Action, Copied, Operation};

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::{Failure, of_imap};
use crate::imap::connect::Connection;
use crate::imap::mailbox as mailbox_sync;
use crate::imap::operations::append::Unsent;
use crate::imap::operations::refusal::Refusal;
use crate::imap::operations::transfer::{Originals, Transfer};
use crate::imap::quirk;
use crate::imap::step::bodies;
use crate::limit::{LIMITED_LAST, OPERATION_ATTEMPTS};
use crate::problem::{Problem, ProblemKind, sentence};

/// What became of the log.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// When the oldest operation, which was put off or is held back, is due. Absent when none is left.
    pub(crate) next_try: Option<Timestamp>,
    /// Operations wait for another account's; its end wakes this one.
    pub(crate) is_waiting: bool,
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
        let due = account.store().read(move |tx| {
            let is_under_way = operation::is_under_way(tx, id)?;
            Ok((operation::next(tx, id)?, operation::held_until(tx, id)?, is_under_way))
        });
        let (next, held, is_under_way) = due.await?;
        let Some(operation) = next else {
            // What is held back can still be taken back: nothing is wrong with it.
            replayed.next_try = held;
            replayed.is_waiting = is_under_way && held.is_none();
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
        return match &operation.action {
            // What is proven to be there stays there; only the rest did not come about.
            Action::Append { .. } => {
                let rest = operation.targets.iter().filter(|target| target.uid.is_none());
                let rest = rest.map(|target| (target.mailbox, target.message)).collect();
                finish(account, id, Vec::new(), vec![(rest, problem)]).await
            }
            _ => refuse(account, id, problem).await,
        };
    }
    let is_again = operation.attempts > 0;
    account.store().write(move |tx| operation::mark_sent(tx, id)).await?;
    match perform(account, connection, &operation, is_again, &mut replayed.touched).await {
        Ok(Performed { copied, refused }) => {
            account.limited.store(0, Ordering::Relaxed);
            let host = connection.host.clone();
            let refused = refused
                .into_iter()
                .map(|(targets, error)| (targets, of_imap(&error).at(&host)))
                .collect();
            finish(account, id, copied, refused).await
        }
        Err(Failure::Imap { error, .. }) if !error.is_fatal() => {
            if operation.action.is_of_folder() {
                // Another program may have been faster: what the folders are called now says the list.
                account.signals.raise(|wanted| wanted.folders = true);
            }
            if error.is_transient() {
                return postpone(account, &operation, &error).await;
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

type Targets = Vec<(MailboxId, MessageId)>;

/// Writes down what became of an operation, in one transaction, and tells what was refused.
async fn finish(
    account: &Account,
    id: OperationId,
    copied: Vec<Copied>,
    refused: Vec<(Targets, Problem)>,
) -> Result<(), Failure> {
    let write = account.store().write(move |tx| {
        let mut told = Vec::new();
        for (targets, problem) in refused {
            if let Some(part) = operation::refuse_part(tx, id, &targets, &said(&problem))? {
                told.push((part, problem));
            }
        }
        operation::done(tx, id, &copied)?;
        Ok(told)
    });
    for (operation, problem) in write.await? {
        let account_id = account.id;
        account.engine.board.tell(SyncEvent::OperationRefused {
            account: account_id,
            operation,
            problem,
        });
    }
    Ok(())
}

/// The server's sentence, else ours.
fn said(problem: &Problem) -> String {
    let said = &problem.server_said;
    if said.is_empty() { problem.message.clone() } else { said.clone() }
}

/// Puts an operation off after a passing refusal. One for a limit of the server never counts against it.
async fn postpone(
    account: &Account,
    operation: &Operation,
    error: &posthorn_imap::Error,
) -> Result<(), Failure> {
    let (id, is_limited) = (operation.id, error.is_limited());
    let said = error.server_text().unwrap_or_default().to_owned();
    let wait = if is_limited {
        let times = account.limited.fetch_add(1, Ordering::Relaxed);
        crowded_delay(account.engine.tuning.crowded, times, quirk::pause(&said))
    } else {
        delay(account, operation.attempts)
    };
    let next_try = account.now().plus_ms(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    let write = account.store().write(move |tx| {
        if is_limited {
            operation::postpone_uncounted(tx, id, next_try, &said)
        } else {
            operation::postpone(tx, id, next_try, &said)
        }
    });
    Ok(write.await?)
}

/// Returns how long a server's limit on requests is respected when it was met so many times in a row: doubled with each,
/// and never less than the server asks for.
fn crowded_delay(first: Duration, times: u32, asked: Option<Duration>) -> Duration {
    let step = first.saturating_mul(1_u32 << times.min(20)).min(LIMITED_LAST);
    step.max(asked.unwrap_or_default())
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
    let said = said(&problem);
    account.store().write(move |tx| operation::refuse(tx, id, &said)).await?;
    account.engine.board.tell(SyncEvent::OperationRefused {
        account: account.id,
        operation: id,
        problem,
    });
    Ok(())
}

/// What the server did of an operation.
#[derive(Debug, Default)]
struct Performed {
    /// The uids that it told for copied and moved messages.
    copied: Vec<Copied>,
    /// Messages that it refused for good, and why.
    refused: Vec<(Targets, posthorn_imap::Error)>,
}

/// Does it on the server.
async fn perform(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
    is_again: bool,
    touched: &mut Vec<MailboxId>,
) -> Result<Performed, Failure> {
    match &operation.action {
        Action::Append { to } => {
            let to = *to;
            let target = account.store().read(move |tx| mailbox::get(tx, to)).await?;
            let unsent = append::run(account, connection, operation, &target, is_again).await?;
            let refused = unsent.map(|Unsent { messages, error }| {
                (messages.into_iter().map(|message| (to, message)).collect(), error)
            });
            Ok(Performed { copied: Vec::new(), refused: refused.into_iter().collect() })
        }
        action if action.is_of_folder() => {
            folders(account, connection, action).await.map(|()| Performed::default())
        }
        _ => messages(account, connection, operation, is_again, touched).await,
    }
}

/// Does something to messages, folder by folder.
async fn messages(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
    is_again: bool,
    touched: &mut Vec<MailboxId>,
) -> Result<Performed, Failure> {
    let to = operation.action.target();
    let read = account.store().read(move |tx| to.map(|to| mailbox::get(tx, to)).transpose());
    let target = read.await?;
    let (operation, homes) = targets(account, connection, operation).await?;
    let (mut copied, mut refused) = (Vec::new(), Vec::new());
    for (mailbox, uids) in &homes {
        open(account, connection, mailbox).await?;
        match (&operation.action, &target) {
            (Action::SetFlag { flag, to }, _) => {
                flag::set(connection, mailbox.id, uids, flag, *to, &mut refused).await?;
            }
            (Action::Move { .. } | Action::Copy { .. }, Some(target)) => {
                let is_copy = matches!(operation.action, Action::Copy { .. });
                let originals = if is_copy { Originals::Stay } else { Originals::Go };
                let transfer = Transfer { source: mailbox, target, uids, originals, is_again };
                let told = transfer::run(account, connection, transfer, &mut refused).await?;
                if told.len() as u64 != uids.len() {
                    touched.push(target.id);
                }
                copied.extend(told);
            }
            _ => expunge::run(connection, uids).await?,
        }
    }
    let refused = refused.into_iter().map(|refusal| named(&operation, refusal)).collect();
    Ok(Performed { copied, refused })
}

/// Returns which messages a refusal means.
fn named(operation: &Operation, refusal: Refusal) -> (Targets, posthorn_imap::Error) {
    let uids: std::collections::BTreeSet<Uid> = refusal.uids.iter().collect();
    let targets = operation.targets.iter().filter(|target| {
        target.mailbox == refusal.mailbox && target.uid.is_some_and(|uid| uids.contains(&uid))
    });
    (targets.map(|target| (target.mailbox, target.message)).collect(), refusal.error)
}

/// Does something to a folder.
async fn folders(
    account: &Account,
    connection: &mut Connection,
    action: &Action,
) -> Result<(), Failure> {
    match action {
        Action::CreateMailbox { path, .. } => folder::create(connection, path).await,
        Action::RenameMailbox { mailbox, from, to, .. } => {
            let id = *mailbox;
            let read = account.store().read(move |tx| mailbox::subtree(tx, id));
            folder::rename(connection, from, to, &read.await?).await
        }
        Action::DeleteMailbox { path, .. } => folder::delete(connection, path).await,
        Action::Subscribe { path, to, .. } => folder::subscribe_to(connection, path, *to).await,
        _ => Ok(()),
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

/// Returns the operation with what is known of its uids now, and these by mailbox. A message whose uid is not known is looked for once; one that the server
/// does not have any more needs nothing done to it.
async fn targets(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
) -> Result<(Operation, Vec<(Mailbox, UidSet)>), Failure> {
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
    Ok((operation, read.await?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::crowded_delay;
    use crate::limit::LIMITED_LAST;

    #[test]
    fn a_limit_is_respected_longer_each_time() {
        let minute = Duration::from_mins(1);
        let waits: Vec<u64> =
            (0..9).map(|times| crowded_delay(minute, times, None).as_secs() / 60).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(crowded_delay(minute, 0, Some(minute * 7)), minute * 7);
        assert_eq!(crowded_delay(minute, 99, Some(minute)), LIMITED_LAST);
    }
}
