//! Placements: a message in a mailbox under a uid, with its flags.
//!
//! Invariants:
//! * Two placements are joined to one message only by the server's id, by COPYUID of our own operation, or inside an
//!   account by equal `Message-ID`, size and date; never twice in one mailbox, where two copies stay two messages.
//! * While an operation is pending, the synchronisation does not touch the row's flags.
//! * Counts and thread rows are right at the end of every function here (`thread::recount`).

mod arrive;

use std::collections::BTreeSet;

use posthorn_model::{Flags, MailboxId, MessageId, ModSeq, Position, ThreadId, Uid};
use rusqlite::{Row, params};

use crate::error::Result;
use crate::operation::Action;
use crate::thread;
use crate::tx::{ReadTx, WriteTx};

pub use arrive::{Arrival, Arrived, arrive, join};

/// A message in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The message.
    pub message: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its place in time order.
    pub position: Position,
    /// Its uid; absent on this computer's own mailboxes, and until the server tells it.
    pub uid: Option<Uid>,
    /// Its flags, with what the user did and the server does not know yet.
    pub flags: Flags,
    /// Modification sequence of the flags; absent without CONDSTORE.
    pub modseq: Option<ModSeq>,
    /// An operation on it is under way.
    pub is_pending: bool,
    /// It was moved away or deleted here and the server has not confirmed: it is not shown.
    pub is_leaving: bool,
}

/// Who made a placement vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedBy {
    /// The server: it is kept for 30 days under *Removed on the server*.
    Server,
    /// The user, here, for good.
    User,
}

pub(crate) const COLUMNS: &str = "mailbox, message, thread, position, uid, is_seen, is_flagged, is_answered, is_draft, \
    is_deleted, keywords, modseq, pending, is_leaving";

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Placement> {
    let modseq: i64 = row.get(11)?;
    Ok(Placement {
        mailbox: MailboxId(row.get(0)?),
        message: MessageId(row.get(1)?),
        thread: ThreadId(row.get(2)?),
        position: Position(row.get(3)?),
        uid: row.get::<_, Option<u32>>(4)?.map(Uid),
        flags: Flags {
            seen: row.get(5)?,
            flagged: row.get(6)?,
            answered: row.get(7)?,
            draft: row.get(8)?,
            deleted: row.get(9)?,
            keywords: row
                .get_ref(10)?
                .as_str()?
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        },
        modseq: (modseq != 0).then_some(ModSeq(modseq as u64)),
        is_pending: row.get::<_, i64>(12)? > 0,
        is_leaving: row.get(13)?,
    })
}

pub(crate) fn keywords_text(flags: &Flags) -> String {
    flags.keywords.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Returns where a message is, hidden placements included.
pub fn of_message(tx: &ReadTx<'_>, message: MessageId) -> Result<Vec<Placement>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM placement WHERE message = ?1 ORDER BY id"),
        [message.0],
        read,
    )
}

/// Returns a thread's placements, hidden ones included.
pub fn of_thread(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Vec<Placement>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM placement WHERE thread = ?1 ORDER BY position, id"),
        [thread.0],
        read,
    )
}

/// Returns a message's placement in a mailbox, absent where it is not there.
pub fn get(tx: &ReadTx<'_>, mailbox: MailboxId, message: MessageId) -> Result<Option<Placement>> {
    let sql = format!("SELECT {COLUMNS} FROM placement WHERE mailbox = ?1 AND message = ?2");
    tx.maybe(&sql, [mailbox.0, message.0], read)
}

/// Returns the placement with a uid, absent where there is none.
pub fn by_uid(tx: &ReadTx<'_>, mailbox: MailboxId, uid: Uid) -> Result<Option<Placement>> {
    let sql = format!("SELECT {COLUMNS} FROM placement WHERE mailbox = ?1 AND uid = ?2");
    tx.maybe(&sql, params![mailbox.0, uid.0], read)
}

/// Returns all uids known in a mailbox, rising, hidden placements included: one side of a set difference.
pub fn uids(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<Vec<Uid>> {
    let sql = "SELECT uid FROM placement WHERE mailbox = ?1 AND uid IS NOT NULL ORDER BY uid";
    tx.all(sql, [mailbox.0], |row| row.get(0).map(Uid))
}

/// Returns a mailbox's visible messages, newest first.
pub fn messages(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<Vec<MessageId>> {
    let sql =
        "SELECT message FROM placement WHERE mailbox = ?1 AND is_hidden = 0 ORDER BY position DESC";
    tx.all(sql, [mailbox.0], |row| row.get(0).map(MessageId))
}

/// Returns a mailbox's visible messages that are not read, newest first: what *mark all read* works on.
pub fn unread(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<Vec<MessageId>> {
    let sql = "SELECT message FROM placement WHERE mailbox = ?1 AND is_seen = 0 AND is_hidden = 0 ORDER BY position DESC";
    tx.all(sql, [mailbox.0], |row| row.get(0).map(MessageId))
}

/// What the server says about one message's flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagUpdate {
    /// Its uid.
    pub uid: Uid,
    /// Its flags, all of them.
    pub flags: Flags,
    /// Its modification sequence; absent without CONDSTORE.
    pub modseq: Option<ModSeq>,
}

/// Takes over flags from the server. Rows with a pending operation, and uids that are not known, are left alone.
/// Returns how many rows changed.
pub fn update_flags(tx: &WriteTx<'_>, mailbox: MailboxId, updates: &[FlagUpdate]) -> Result<usize> {
    let mut touched = thread::Touched::default();
    let mut count = 0;
    for update in updates {
        let Some(placement) = by_uid(tx, mailbox, update.uid)? else { continue };
        if placement.is_pending {
            continue;
        }
        let modseq = update.modseq.or(placement.modseq);
        if placement.flags == update.flags {
            if modseq != placement.modseq {
                let sql = "UPDATE placement SET modseq = ?3 WHERE mailbox = ?1 AND message = ?2";
                tx.run(
                    sql,
                    params![
                        mailbox.0,
                        placement.message.0,
                        modseq.map_or(0, |value| value.0 as i64)
                    ],
                )?;
            }
            continue;
        }
        write_flags(tx, &placement, &update.flags, modseq, 0)?;
        let flags = (&placement.flags, &update.flags);
        touched.change((mailbox, placement.thread), flags, !placement.is_leaving);
        count += 1;
    }
    thread::recount_touched(tx, &touched)?;
    Ok(count)
}

/// Writes a row's flags and notes what that shows, with so many operations more under way; the caller recounts.
pub(crate) fn write_flags(
    tx: &WriteTx<'_>,
    placement: &Placement,
    flags: &Flags,
    modseq: Option<ModSeq>,
    operations: i64,
) -> Result<()> {
    let sql = "UPDATE placement SET is_seen = ?3, is_flagged = ?4, is_answered = ?5, is_draft = ?6, is_deleted = ?7, \
        keywords = ?8, modseq = ?9, pending = MAX(0, pending + ?10) WHERE mailbox = ?1 AND message = ?2";
    let values = params![
        placement.mailbox.0,
        placement.message.0,
        flags.seen,
        flags.flagged,
        flags.answered,
        flags.draft,
        flags.deleted,
        keywords_text(flags),
        modseq.map_or(0, |value| value.0 as i64),
        operations,
    ];
    tx.run(sql, values)?;
    tx.note(|changes| {
        let (mailbox, message) = (placement.mailbox, placement.message);
        if placement.is_leaving || (flags.deleted && placement.flags.deleted) {
            return;
        }
        match (placement.flags.deleted, flags.deleted) {
            (false, true) => changes.message_removed(mailbox, message),
            (true, false) => changes.message_added(mailbox, message),
            _ => changes.message_changed(mailbox, message),
        }
        changes.row(placement.position);
    });
    Ok(())
}

/// Puts a known message into a mailbox without a uid: a restored message, a copy whose uid the server did not tell.
/// Nothing changes where it is there already.
pub fn put(tx: &WriteTx<'_>, mailbox: MailboxId, message: MessageId, flags: &Flags) -> Result<()> {
    if get(tx, mailbox, message)?.is_some() {
        return Ok(());
    }
    let arrival = Arrival { flags: flags.clone(), ..Arrival::default() };
    let thread = arrive::insert_row(tx, mailbox, message, &arrival)?;
    thread::recount(tx, &BTreeSet::from([(mailbox, thread)]))
}

/// Removes the placements of uids that the server expunged; unknown uids are fine. Returns what vanished.
pub fn vanish(tx: &WriteTx<'_>, mailbox: MailboxId, uids: &[Uid]) -> Result<Vec<MessageId>> {
    let mut messages = Vec::new();
    let mut by_us = Vec::new();
    for uid in uids {
        match by_uid(tx, mailbox, *uid)? {
            // Our own move or deletion, done and not yet confirmed to us: not something the server took.
            Some(placement) if placement.is_leaving => by_us.push(placement.message),
            // An earlier operation of ours took it away, a later one brings it back under a new uid.
            Some(placement) if is_arriving(tx, &placement)? => {
                let sql = "UPDATE placement SET uid = NULL WHERE mailbox = ?1 AND message = ?2";
                tx.run(sql, [mailbox.0, placement.message.0])?;
            }
            Some(placement) => messages.push(placement.message),
            None => {}
        }
    }
    remove(tx, mailbox, &by_us, RemovedBy::User)?;
    remove(tx, mailbox, &messages, RemovedBy::Server)?;
    messages.extend(by_us);
    Ok(messages)
}

/// Returns whether an operation under way brings the message here.
fn is_arriving(tx: &ReadTx<'_>, placement: &Placement) -> Result<bool> {
    if !placement.is_pending {
        return Ok(false);
    }
    let sql = "SELECT operation.action FROM operation_target JOIN operation ON operation.id = operation \
        WHERE operation_target.message = ?1 AND operation.state IN ('queued', 'sent')";
    let actions: Vec<String> = tx.all(sql, [placement.message.0], |row| row.get(0))?;
    let here = Some(placement.mailbox);
    Ok(actions
        .iter()
        .filter_map(|text| Action::from_text(text))
        .any(|action| action.target() == here))
}

/// Removes messages from a mailbox. A message that is nowhere any more stays restorable ([`crate::removed`]).
pub fn remove(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    messages: &[MessageId],
    by: RemovedBy,
) -> Result<()> {
    let mut touched = BTreeSet::new();
    for message in messages {
        let Some(placement) = get(tx, mailbox, *message)? else { continue };
        tx.run(
            "DELETE FROM placement WHERE mailbox = ?1 AND message = ?2",
            [mailbox.0, message.0],
        )?;
        let sql = "SELECT EXISTS (SELECT 1 FROM placement WHERE message = ?1)";
        let is_elsewhere: bool = tx.one(sql, [message.0], |row| row.get(0))?;
        if !is_elsewhere {
            crate::removed::keep(tx, &placement, by)?;
        }
        if by == RemovedBy::Server {
            crate::draft::copy_vanished(tx, *message)?;
        }
        if !(placement.is_leaving || placement.flags.deleted) {
            tx.note(|changes| {
                changes.message_removed(mailbox, *message);
                changes.row(placement.position);
            });
        }
        touched.insert((mailbox, placement.thread));
    }
    thread::recount(tx, &touched)
}

/// Forgets a mailbox's uids because its uid validity changed. The messages stay; the arrivals that follow find them
/// again by the server's id or by `Message-ID`, size and date. Afterwards [`remove_without_uid`] takes what was not.
pub fn forget_uids(tx: &WriteTx<'_>, mailbox: MailboxId) -> Result<()> {
    tx.run("UPDATE placement SET uid = NULL, modseq = 0 WHERE mailbox = ?1", [mailbox.0])?;
    // An operation under way must not hit other messages under old numbers.
    let sql = "UPDATE operation_target SET uid = NULL WHERE mailbox = ?1 AND uid IS NOT NULL \
        AND operation IN (SELECT id FROM operation WHERE state IN ('queued', 'sent'))";
    tx.run(sql, [mailbox.0])?;
    let sql = "UPDATE mailbox SET uid_validity = 0, uid_next = 0, highest_modseq = 0, is_complete = 0, lowest_uid = 0 \
        WHERE id = ?1";
    tx.run(sql, [mailbox.0])?;
    tx.note(|changes| changes.mailbox(mailbox));
    Ok(())
}

/// Forgets single uids, because the server has other messages under them now (a backup was restored). As
/// [`forget_uids`] for a whole mailbox: the messages stay, and what arrives finds them again.
pub fn forget_these(tx: &WriteTx<'_>, mailbox: MailboxId, uids: &[Uid]) -> Result<()> {
    for uid in uids {
        let Some(placement) = by_uid(tx, mailbox, *uid)? else { continue };
        let values = [mailbox.0, placement.message.0];
        let sql = "UPDATE placement SET uid = NULL, modseq = 0 WHERE mailbox = ?1 AND message = ?2";
        tx.run(sql, values)?;
        let sql = "UPDATE operation_target SET uid = NULL WHERE mailbox = ?1 AND message = ?2 \
            AND operation IN (SELECT id FROM operation WHERE state IN ('queued', 'sent'))";
        tx.run(sql, values)?;
    }
    tx.run("UPDATE mailbox SET is_complete = 0 WHERE id = ?1", [mailbox.0])?;
    tx.note(|changes| changes.mailbox(mailbox));
    Ok(())
}

/// Returns how many placements have no uid, with those that an operation is about to bring one.
pub fn count_unnumbered(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<u64> {
    let sql = "SELECT count(*) FROM placement WHERE mailbox = ?1 AND uid IS NULL";
    tx.one(sql, [mailbox.0], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// Returns the messages of a mailbox that have no uid there, and no operation that will bring one: copies whose uids the
/// server did not tell, until a listing tells them.
pub fn unnumbered(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<Vec<MessageId>> {
    let sql = "SELECT message FROM placement WHERE mailbox = ?1 AND uid IS NULL AND pending = 0";
    tx.all(sql, [mailbox.0], |row| row.get(0).map(MessageId))
}

/// Removes those of these messages that still have no uid in a mailbox, after a complete listing that was made later than
/// [`unnumbered`]: the copy never came about, because another program took the original away.
pub fn remove_unnumbered(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    messages: &[MessageId],
) -> Result<()> {
    let left: Vec<MessageId> =
        unnumbered(tx, mailbox)?.into_iter().filter(|id| messages.contains(id)).collect();
    remove(tx, mailbox, &left, RemovedBy::Server)
}

/// Returns how many placements have no uid and no operation that will bring one.
pub fn count_without_uid(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<u64> {
    let sql = "SELECT count(*) FROM placement WHERE mailbox = ?1 AND uid IS NULL AND pending = 0";
    tx.one(sql, [mailbox.0], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// Removes what a complete listing under a new uid validity did not show again; what an operation is about to bring
/// stays. Returns what was removed.
pub fn remove_without_uid(tx: &WriteTx<'_>, mailbox: MailboxId) -> Result<Vec<MessageId>> {
    let sql = "SELECT message FROM placement WHERE mailbox = ?1 AND uid IS NULL AND pending = 0";
    let messages = tx.all(sql, [mailbox.0], |row| row.get(0).map(MessageId))?;
    remove(tx, mailbox, &messages, RemovedBy::Server)?;
    Ok(messages)
}

/// Tells the uid that a placement got (COPYUID, APPENDUID). Where the synchronisation was faster and listed that uid
/// as a message of its own, the two become one placement again.
pub fn set_uid(tx: &WriteTx<'_>, mailbox: MailboxId, message: MessageId, uid: Uid) -> Result<()> {
    if let Some(other) = by_uid(tx, mailbox, uid)?
        && other.message != message
    {
        remove(tx, mailbox, &[other.message], RemovedBy::User)?;
    }
    let sql = "UPDATE placement SET uid = ?3 WHERE mailbox = ?1 AND message = ?2";
    tx.run(sql, params![mailbox.0, message.0, uid.0])?;
    Ok(())
}
