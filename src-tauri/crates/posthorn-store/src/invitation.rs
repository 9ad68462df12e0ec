//! What the user answered to invitations, so that it is shown and can be changed.
//!
//! Invariants: an answer counts from the moment its message is in the outbox; one that was taken back or thrown away counts
//! for nothing, and the one before it counts again. An answer belongs to the event, not to one of the messages about it.

use posthorn_model::{OutboxId, Timestamp};
use rusqlite::params;

use crate::error::Result;
use crate::outbox::OutboxState;
use crate::tx::{ReadTx, WriteTx};

/// Answers to one event that are kept: the one that counts, and those that it may be taken back to.
const KEPT: i64 = 5;

/// Which event is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventKey {
    /// `UID`.
    pub uid: String,
    /// `RECURRENCE-ID` as written; empty = all of a repeated event.
    pub instance: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Address that was invited.
    pub attendee: String,
    /// `accepted`, `tentative` or `declined`.
    pub answer: String,
    /// Version of the event that was answered.
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// How far its message is; absent = its row is gone, as of everything that was sent long ago.
    pub outbox: Option<OutboxState>,
}

/// Returns the answer that counts; absent where nothing was answered.
pub fn answer(tx: &ReadTx<'_>, event: &EventKey) -> Result<Option<Answer>> {
    let sql = "SELECT a.attendee, a.answer, a.sequence, a.at, o.state \
        FROM invitation_answer a LEFT JOIN outbox o ON o.id = a.outbox \
        WHERE a.uid = ?1 AND a.instance = ?2 AND (o.id IS NULL OR (o.discarded_at = 0 AND o.state <> 'cancelled')) \
        ORDER BY a.id DESC LIMIT 1";
    tx.maybe(sql, [event.uid.as_str(), event.instance.as_str()], |row| {
        Ok(Answer {
            attendee: row.get(0)?,
            answer: row.get(1)?,
            sequence: row.get(2)?,
            at: Timestamp(row.get(3)?),
            outbox: row.get::<_, Option<String>>(4)?.map(|state| OutboxState::parse(&state)),
        })
    })
}

/// Remembers an answer that a message of the outbox carries.
pub fn remember(
    tx: &WriteTx<'_>,
    event: &EventKey,
    attendee: &str,
    answer: &str,
    sequence: u32,
    outbox: OutboxId,
) -> Result<()> {
    let sql = "INSERT INTO invitation_answer (uid, instance, attendee, answer, sequence, outbox, at) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let attendee = attendee.to_lowercase();
    let now = tx.now().0;
    tx.run(sql, params![event.uid, event.instance, attendee, answer, sequence, outbox.0, now])?;
    let sql = "DELETE FROM invitation_answer WHERE uid = ?1 AND instance = ?2 AND id NOT IN (\
        SELECT id FROM invitation_answer WHERE uid = ?1 AND instance = ?2 ORDER BY id DESC LIMIT ?3)";
    tx.run(sql, params![event.uid, event.instance, KEPT])?;
    Ok(())
}

/// Forgets the answer of a message that will never be sent.
pub(crate) fn forget(tx: &WriteTx<'_>, outbox: OutboxId) -> Result<()> {
    tx.run("DELETE FROM invitation_answer WHERE outbox = ?1", [outbox.0])?;
    Ok(())
}
