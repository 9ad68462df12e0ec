//! Threads (conversations), across the folders of one account, and what they show of each mailbox.
//!
//! Messages belong together by `References` and `In-Reply-To`; where a reply has neither, by a careful subject rule
//! (`assign`). Threads are built as messages come, in any order, and grow together, except where the user put messages
//! apart or together by hand (`part`): that holds whatever comes, goes or is fetched again.
//!
//! Invariant: at the end of every public function that changes placements, `recount` has brought `thread_mailbox`
//! and the mailboxes' counts in line.

mod assign;
mod link;
pub(crate) mod part;
mod touched;

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{AccountId, MailboxId, MessageId, MessageIdHeader, Position, ThreadId};
use rusqlite::params;

use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

pub(crate) use assign::{Assigned, assign};
pub use part::{Arranged, PartId, PartMove, SplitReach, arranged};
pub(crate) use touched::{Counts, Touched};

use touched::Known;

/// A thread's visible part of one mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// Position of the newest visible message there.
    pub latest: Position,
    /// Visible messages there.
    pub total: u32,
    /// Those that are not read.
    pub unread: u32,
    /// Those that are starred.
    pub flagged: u32,
}

/// Returns where a thread is visible.
pub fn parts(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Vec<Part>> {
    let sql = "SELECT mailbox, latest, total, unread, flagged FROM thread_mailbox WHERE thread = ?1 ORDER BY mailbox";
    tx.all(sql, [thread.0], |row| {
        Ok(Part {
            mailbox: MailboxId(row.get(0)?),
            latest: Position(row.get(1)?),
            total: row.get(2)?,
            unread: row.get(3)?,
            flagged: row.get(4)?,
        })
    })
}

/// Returns a message's thread.
pub fn of_message(tx: &ReadTx<'_>, message: MessageId) -> Result<ThreadId> {
    let found = tx.maybe("SELECT thread FROM message WHERE id = ?1", [message.0], |row| {
        row.get(0).map(ThreadId)
    })?;
    found.ok_or(Error::NotFound("message"))
}

/// Returns the thread's messages that are visible in these mailboxes, oldest first: what an action on a conversation
/// in a list means.
pub fn messages_in(
    tx: &ReadTx<'_>,
    thread: ThreadId,
    mailboxes: &[MailboxId],
) -> Result<Vec<(MailboxId, MessageId)>> {
    let sql = "SELECT mailbox, message FROM placement WHERE thread = ?1 AND is_hidden = 0 ORDER BY position";
    let all =
        tx.all(sql, [thread.0], |row| Ok((MailboxId(row.get(0)?), MessageId(row.get(1)?))))?;
    Ok(all.into_iter().filter(|(mailbox, _)| mailboxes.contains(mailbox)).collect())
}

/// Makes a thread one with the thread of the message with this id; where that message is not here yet, it will join.
pub(crate) fn join(
    tx: &WriteTx<'_>,
    account: AccountId,
    thread: ThreadId,
    id: &MessageIdHeader,
) -> Result<()> {
    assign::join(tx, account, thread, id)
}

/// Brings the thread rows of these pairs, and the counts of their mailboxes, in line with the placements.
pub(crate) fn recount(tx: &WriteTx<'_>, touched: &BTreeSet<(MailboxId, ThreadId)>) -> Result<()> {
    let mut all = Touched::default();
    for (mailbox, thread) in touched {
        all.look(*mailbox, *thread);
    }
    recount_touched(tx, &all)
}

/// The same where of some it is known what there is to count, or by what they differ.
pub(crate) fn recount_touched(tx: &WriteTx<'_>, touched: &Touched) -> Result<()> {
    let mut mailboxes: BTreeMap<MailboxId, (i64, i64)> = BTreeMap::new();
    let mut threads: BTreeSet<ThreadId> = BTreeSet::new();
    for (mailbox, thread, known) in touched.each() {
        let (before, after) = match known {
            Known::All(counts) => (Counts::default(), counts),
            Known::Nothing => (stored(tx, mailbox, thread)?, counted(tx, mailbox, thread)?),
            Known::Change(change) => {
                let before = stored(tx, mailbox, thread)?;
                let mut after = before;
                after.add(change);
                (before, after)
            }
        };
        if before != after {
            store(tx, mailbox, thread, after)?;
            let difference = mailboxes.entry(mailbox).or_default();
            difference.0 += after.total - before.total;
            difference.1 += after.unread - before.unread;
            note_rows(tx, &[before.latest, after.latest]);
        }
        match known {
            // It has no other rows.
            Known::All(_) => tx.note(|changes| changes.thread(thread)),
            Known::Nothing | Known::Change(_) => _ = threads.insert(thread),
        }
    }
    for (mailbox, (total, unread)) in mailboxes {
        if (total, unread) != (0, 0) {
            let sql = "UPDATE mailbox SET total = total + ?2, unread = unread + ?3 WHERE id = ?1";
            tx.run(sql, [mailbox.0, total, unread])?;
            tx.note(|changes| changes.mailbox(mailbox));
        }
    }
    for thread in threads {
        // A row of a conversation shows facts of all its messages, wherever they are.
        let latest =
            tx.all("SELECT latest FROM thread_mailbox WHERE thread = ?1", [thread.0], |row| {
                row.get(0)
            })?;
        note_rows(tx, &latest);
        tx.note(|changes| changes.thread(thread));
    }
    Ok(())
}

/// Recounts wherever a message is.
pub(crate) fn recount_message(tx: &WriteTx<'_>, message: MessageId) -> Result<()> {
    let sql = "SELECT mailbox, thread FROM placement WHERE message = ?1";
    let pairs =
        tx.all(sql, [message.0], |row| Ok((MailboxId(row.get(0)?), ThreadId(row.get(1)?))))?;
    recount(tx, &pairs.into_iter().collect())
}

fn note_rows(tx: &WriteTx<'_>, positions: &[i64]) {
    tx.note(|changes| {
        for at in positions.iter().filter(|at| **at != 0) {
            changes.row(Position(*at));
        }
    });
}

fn stored(tx: &ReadTx<'_>, mailbox: MailboxId, thread: ThreadId) -> Result<Counts> {
    let sql = "SELECT latest, total, unread, flagged, files FROM thread_mailbox WHERE mailbox = ?1 AND thread = ?2";
    Ok(tx.maybe(sql, [mailbox.0, thread.0], read_counts)?.unwrap_or_default())
}

fn counted(tx: &ReadTx<'_>, mailbox: MailboxId, thread: ThreadId) -> Result<Counts> {
    let sql = "SELECT COALESCE(MAX(placement.position), 0), COUNT(*), COALESCE(SUM(1 - is_seen), 0), \
        COALESCE(SUM(is_flagged), 0), COALESCE(SUM(message.has_attachments), 0) \
        FROM placement JOIN message ON message.id = placement.message \
        WHERE placement.thread = ?2 AND placement.mailbox = ?1 AND is_deleted = 0 AND is_leaving = 0";
    tx.one(sql, [mailbox.0, thread.0], read_counts)
}

fn read_counts(row: &rusqlite::Row<'_>) -> rusqlite::Result<Counts> {
    Ok(Counts {
        latest: row.get(0)?,
        total: row.get(1)?,
        unread: row.get(2)?,
        flagged: row.get(3)?,
        files: row.get(4)?,
    })
}

fn store(tx: &WriteTx<'_>, mailbox: MailboxId, thread: ThreadId, counts: Counts) -> Result<()> {
    if counts.total == 0 {
        tx.run(
            "DELETE FROM thread_mailbox WHERE mailbox = ?1 AND thread = ?2",
            [mailbox.0, thread.0],
        )?;
        return Ok(());
    }
    let sql = "INSERT INTO thread_mailbox (mailbox, thread, latest, total, unread, flagged, files) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (mailbox, thread) DO UPDATE SET latest = excluded.latest, \
        total = excluded.total, unread = excluded.unread, flagged = excluded.flagged, files = excluded.files";
    let Counts { latest, total, unread, flagged, files } = counts;
    tx.run(sql, params![mailbox.0, thread.0, latest, total, unread, flagged, files])?;
    Ok(())
}
