//! What servers took away: messages that are in no mailbox any more, restorable for 30 days.

use posthorn_model::{AccountId, Flags, MailboxId, MessageId, Timestamp};
use rusqlite::params;

use crate::error::{Error, Result};
use crate::placement::{Placement, RemovedBy};
use crate::tx::{ReadTx, WriteTx};

/// How long they are kept.
pub const KEEP_DAYS: i64 = 30;
/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// A message that the server took away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The message, which is still here.
    pub message: MessageId,
    /// Where it was; absent where that mailbox is gone too.
    pub mailbox: Option<MailboxId>,
    /// Its flags then.
    pub flags: Flags,
    /// When it vanished.
    pub at: Timestamp,
}

pub(crate) fn keep(tx: &WriteTx<'_>, placement: &Placement, by: RemovedBy) -> Result<()> {
    let sql = "INSERT INTO removed (account, message, mailbox, flags, by_user, removed_at) \
        SELECT account, id, ?2, ?3, ?4, ?5 FROM message WHERE id = ?1";
    let flags = placement.flags.names().join(" ");
    let values =
        params![placement.message.0, placement.mailbox.0, flags, by == RemovedBy::User, tx.now().0];
    tx.run(sql, values)?;
    tx.note(crate::change::ChangeSet::removed);
    Ok(())
}

/// Forgets that a message was removed, because it is somewhere again.
pub(crate) fn forget(tx: &WriteTx<'_>, message: MessageId) -> Result<()> {
    if tx.run("DELETE FROM removed WHERE message = ?1", [message.0])? > 0 {
        tx.note(crate::change::ChangeSet::removed);
    }
    Ok(())
}

/// Returns what an account's server took away, newest first.
pub fn list(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Removed>> {
    let sql = "SELECT message, mailbox, flags, removed_at FROM removed WHERE account = ?1 AND by_user = 0 \
        ORDER BY removed_at DESC, id DESC";
    tx.all(sql, [account.0], |row| {
        Ok(Removed {
            message: MessageId(row.get(0)?),
            mailbox: row.get::<_, Option<i64>>(1)?.map(MailboxId),
            flags: Flags::from_names(
                row.get::<_, String>(2)?.split(' ').filter(|name| !name.is_empty()),
            ),
            at: Timestamp(row.get(3)?),
        })
    })
}

/// Puts a removed message into a mailbox again, on this computer; to bring it back to the server, its bytes are
/// appended by the synchronisation, which then tells the uid ([`crate::placement::set_uid`]).
pub fn restore(tx: &WriteTx<'_>, message: MessageId, mailbox: MailboxId) -> Result<()> {
    let sql = "SELECT flags FROM removed WHERE message = ?1 ORDER BY id DESC LIMIT 1";
    let flags: String =
        tx.maybe(sql, [message.0], |row| row.get(0))?.ok_or(Error::NotFound("message"))?;
    let mut flags = Flags::from_names(flags.split(' ').filter(|name| !name.is_empty()));
    flags.deleted = false;
    crate::placement::put(tx, mailbox, message, &flags)?;
    forget(tx, message)
}

/// Forgets removed messages after their time; their bodies are let go. At most `limit` at once; returns how many.
pub(crate) fn purge(tx: &WriteTx<'_>, limit: usize) -> Result<usize> {
    let until = tx.now().plus_ms(-KEEP_DAYS * DAY_MS);
    let sql =
        "SELECT DISTINCT message FROM removed WHERE removed_at < ?1 ORDER BY removed_at LIMIT ?2";
    let messages = tx.all(sql, params![until.0, limit as i64], |row| row.get(0).map(MessageId))?;
    for message in &messages {
        let sql = "SELECT EXISTS (SELECT 1 FROM placement WHERE message = ?1)";
        if tx.one(sql, [message.0], |row| row.get::<_, bool>(0))? {
            forget(tx, *message)?;
        } else {
            crate::sweep::release_message(tx, *message)?;
            crate::draft::forget_resting(tx, *message)?;
            let sql = "DELETE FROM message WHERE id = ?1 RETURNING position";
            let position =
                tx.one(sql, [message.0], |row| row.get(0).map(posthorn_model::Position))?;
            crate::search::count_messages(tx, -1)?;
            crate::search::queue(tx, position)?;
        }
    }
    if !messages.is_empty() {
        tx.note(crate::change::ChangeSet::removed);
    }
    Ok(messages.len())
}
