//! Operations: what the user did, with its local effect, its remote effect and its way back.
//!
//! [`enqueue`] writes the local effect and the operation in one transaction. The synchronisation replays operations
//! per account in their order ([`next`]), idempotently, and tells how it ended ([`done`], [`refuse`], [`postpone`]).
//! Where a mailbox is on this computer alone, an operation is done at once.
//!
//! A refusal that concerns some of the messages takes back those alone ([`refuse_part`]).
//!
//! Invariants: a placement counts its operations under way (`pending`), and the synchronisation leaves such a row's
//! flags alone. What left a mailbox stays hidden there until the server confirms, and comes back when it refuses.
//! The log survives restarts and is what undo works from ([`undo()`]). An operation may wait for another (`after`), or
//! be held back for a while so that the user can still take it back ([`hold`]); the log goes on past such a one, except
//! that a change of folders keeps its turn.

mod action;
mod arrange;
mod backout;
mod effect;
mod folder;
mod import;
mod log;
mod transfer;
mod undo;

use posthorn_model::{AccountId, Flags, MailboxId, MessageId, OperationId, Timestamp, Uid};
use rusqlite::params;

use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

pub use action::{Action, Flag, Switch};
pub use arrange::{Arrange, Arrangement, arrange};
pub use effect::enqueue;
pub use folder::{MailboxRequest, enqueue_mailbox, finish_local, local_due};
pub use import::{Imported, import};
pub(crate) use log::paths_under_way;
pub use log::{get, held_until, next, recent, unfinished};
pub use transfer::appended;
pub use undo::undo;

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationState {
    /// It waits for the server.
    Queued,
    /// It was sent and not answered: it is sent again after a break, which changes nothing the second time.
    Sent,
    /// The server did it.
    Done,
    /// The server refused it for good; its local effect was taken back.
    Refused,
    /// The user took it back before it was sent.
    Undone,
}

impl OperationState {
    const ALL: [Self; 5] = [Self::Queued, Self::Sent, Self::Done, Self::Refused, Self::Undone];

    fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Undone => "undone",
        }
    }
}

/// An operation as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id; ids rise in the order of the user's doing.
    pub id: OperationId,
    /// Whose server it concerns.
    pub account: AccountId,
    /// What is to be done.
    pub action: Action,
    /// The messages; empty for an operation on a mailbox.
    pub targets: Vec<Target>,
    /// How far it is.
    pub state: OperationState,
    /// Tries so far.
    pub attempts: u32,
    /// Not before this; in the past = now.
    pub next_try: Timestamp,
    /// The server's last sentence; empty = none.
    pub error: String,
    /// When the user did it.
    pub created_at: Timestamp,
    /// An undo was made from it.
    pub is_undone: bool,
    /// The operation that must be over before, also one of another account; absent = none.
    pub after: Option<OperationId>,
}

/// One message of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The message.
    pub message: MessageId,
    /// Where it was when the operation was made.
    pub mailbox: MailboxId,
    /// Its uid there, as far as it is known now; absent = an earlier operation must tell it, or a listing.
    pub uid: Option<Uid>,
    /// Its flags before.
    pub flags_before: Flags,
    /// The message of another account that this one is a copy of; absent = it is not one.
    pub origin: Option<MessageId>,
}

/// A uid that the server told for a moved message (COPYUID, RFC 4315).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Mailbox from which it was moved.
    pub from: MailboxId,
    /// Its uid there.
    pub uid: Uid,
    /// Its uid in the target.
    pub new_uid: Uid,
}

/// Notes that an operation is about to be sent.
pub fn mark_sent(tx: &WriteTx<'_>, id: OperationId) -> Result<()> {
    set_state(tx, id, OperationState::Sent, "")?;
    tx.run("UPDATE operation SET attempts = attempts + 1 WHERE id = ?1", [id.0])?;
    Ok(())
}

/// Puts an operation back into the queue after a transient failure.
pub fn postpone(tx: &WriteTx<'_>, id: OperationId, next_try: Timestamp, error: &str) -> Result<()> {
    set_state(tx, id, OperationState::Queued, error)?;
    tx.run("UPDATE operation SET next_try = ?2 WHERE id = ?1", params![id.0, next_try.0])?;
    Ok(())
}

/// The same where the server said that it allows no more requests for now: that try does not count, however often it
/// comes. The first one does, because part of the operation may be done.
pub fn postpone_uncounted(
    tx: &WriteTx<'_>,
    id: OperationId,
    next_try: Timestamp,
    error: &str,
) -> Result<()> {
    postpone(tx, id, next_try, error)?;
    tx.run("UPDATE operation SET attempts = MAX(1, attempts - 1) WHERE id = ?1", [id.0])?;
    Ok(())
}

/// Notes that the server did it, with the uids that it told. Repeating it changes nothing.
pub fn done(tx: &WriteTx<'_>, id: OperationId, copied: &[Copied]) -> Result<()> {
    let operation = get(tx, id)?;
    if !matches!(operation.state, OperationState::Queued | OperationState::Sent) {
        return Ok(());
    }
    effect::confirm(tx, &operation, copied)?;
    set_state(tx, id, OperationState::Done, "")?;
    transfer::release(tx, id)
}

/// Keeps operations from being sent before this time, so that they can be taken back as if they had never been.
/// Those that were sent or are over are left alone.
pub fn hold(tx: &WriteTx<'_>, ids: &[OperationId], until: Timestamp) -> Result<()> {
    let sql =
        "UPDATE operation SET next_try = ?2 WHERE id = ?1 AND state = 'queued' AND attempts = 0";
    for id in ids {
        tx.run(sql, params![id.0, until.0])?;
    }
    Ok(())
}

/// Notes that the server refused some of an operation's messages for good, with its sentence. Their local effect is
/// taken back, and they become a refused operation of their own, whose id comes back; the rest goes on. Messages that
/// are not among the targets are passed over; absent = none was.
pub fn refuse_part(
    tx: &WriteTx<'_>,
    id: OperationId,
    targets: &[(MailboxId, MessageId)],
    error: &str,
) -> Result<Option<OperationId>> {
    let operation = get(tx, id)?;
    if !matches!(operation.state, OperationState::Queued | OperationState::Sent) {
        return Ok(None);
    }
    let wanted: std::collections::BTreeSet<_> = targets.iter().copied().collect();
    let refused: Vec<&Target> = operation
        .targets
        .iter()
        .filter(|target| wanted.contains(&(target.mailbox, target.message)))
        .collect();
    if refused.is_empty() {
        return Ok(None);
    }
    if refused.len() == operation.targets.len() {
        refuse(tx, id, error)?;
        return Ok(Some(id));
    }
    let sql = "INSERT INTO operation (account, action, created_at, attempts) SELECT account, action, created_at, attempts \
        FROM operation WHERE id = ?1";
    let part = OperationId(tx.insert(sql, [id.0])?);
    let sql = "UPDATE operation_target SET operation = ?2 WHERE operation = ?1 AND message = ?3 AND mailbox = ?4";
    for target in refused {
        tx.run(sql, [id.0, part.0, target.message.0, target.mailbox.0])?;
    }
    backout::back_out(tx, &get(tx, part)?)?;
    set_state(tx, part, OperationState::Refused, error)?;
    transfer::give_up(tx, id, part, error)?;
    Ok(Some(part))
}

/// Notes that the server refused for good, with its sentence, and takes the local effect back.
pub fn refuse(tx: &WriteTx<'_>, id: OperationId, error: &str) -> Result<()> {
    let operation = get(tx, id)?;
    if !matches!(operation.state, OperationState::Queued | OperationState::Sent) {
        return Ok(());
    }
    backout::back_out(tx, &operation)?;
    set_state(tx, id, OperationState::Refused, error)?;
    transfer::give_up(tx, id, id, error)
}

/// Forgets finished operations older than 30 days.
pub fn purge(tx: &WriteTx<'_>) -> Result<usize> {
    let until = tx.now().plus_ms(-crate::removed::KEEP_DAYS * crate::removed::DAY_MS);
    tx.run(
        "DELETE FROM operation WHERE state NOT IN ('queued', 'sent') AND finished_at < ?1",
        [until.0],
    )
}

pub(crate) fn set_state(
    tx: &WriteTx<'_>,
    id: OperationId,
    state: OperationState,
    error: &str,
) -> Result<()> {
    let is_over = !matches!(state, OperationState::Queued | OperationState::Sent);
    let at = if is_over { tx.now().0 } else { 0 };
    let sql = "UPDATE operation SET state = ?2, error = ?3, finished_at = ?4 WHERE id = ?1 RETURNING account";
    let account =
        tx.maybe(sql, params![id.0, state.word(), error, at], |row| row.get(0).map(AccountId))?;
    let account = account.ok_or(Error::NotFound("operation"))?;
    tx.note(|changes| changes.operation(id, account));
    Ok(())
}

/// Returns how many operations of an account the server has not done.
pub fn count_under_way(tx: &ReadTx<'_>, account: AccountId) -> Result<u64> {
    let sql = "SELECT count(*) FROM operation WHERE account = ?1 AND state IN ('queued', 'sent')";
    tx.one(sql, [account.0], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// Returns whether an account has operations that the server has not done.
pub fn is_under_way(tx: &ReadTx<'_>, account: AccountId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM operation WHERE account = ?1 AND state IN ('queued', 'sent'))";
    tx.one(sql, [account.0], |row| row.get(0))
}
