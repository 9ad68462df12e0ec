//! Reminders of sent messages that nobody answers.
//!
//! A reminder belongs to a `Message-ID`, not to a row: it outlives a message that is numbered anew, moved or fetched again.
//!
//! Invariants:
//! * What a draft wishes becomes a reminder in the transaction in which a server took the message, and not before: what was
//!   never sent reminds of nothing, and the time counts from then.
//! * An answer ends a reminder for good, also where the answer is deleted later. An answer is somebody else's message that
//!   refers to the sent one, or is later in its conversation; what a program wrote is none ([`Head::is_automatic`]), nor what
//!   is junk.
//! * Only [`ring`] makes a reminder due, and only the user ends one that is due, or an answer.

use std::collections::BTreeSet;

use posthorn_model::{
    AccountId, DraftId, MessageId, MessageIdHeader, Position, ThreadId, Timestamp,
};
use rusqlite::{Row, params};

use crate::address_list;
use crate::error::{Error, Result};
use crate::message::Head;
use crate::outbox::Outbox;
use crate::tx::{ReadTx, WriteTx};

/// A time of the user's own that was over when a server at last took the message is put off to this long after that.
const LEAST_MS: i64 = 86_400_000;

/// When a draft's message is to be spoken of again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// So many milliseconds after a server took it.
    After(i64),
    /// At this time.
    At(Timestamp),
}

impl When {
    /// Returns the time for a message that was taken at `sent`.
    fn from(self, sent: Timestamp) -> Timestamp {
        match self {
            Self::After(wait) => sent.plus_ms(wait),
            Self::At(at) if at <= sent => sent.plus_ms(LEAST_MS),
            Self::At(at) => at,
        }
    }
}

/// A reminder whose message is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// The sent message.
    pub message: MessageId,
    /// When the user is reminded, or was.
    pub due: Timestamp,
    /// The time has come, and nobody answered.
    pub is_due: bool,
}

/// A row.
#[derive(Clone, Debug)]
struct Waiting {
    account: AccountId,
    message_id: MessageIdHeader,
    /// What is later in the conversation is an answer.
    since: Timestamp,
    /// The newest answer that was known when the reminder was set, of which the user does not want to hear; 0 = none.
    heard: Timestamp,
}

const COLUMNS: &str = "account, message_id, since, heard";

/// The copy of a reminder's message that is shown: the newest that is visible and not thrown away. In SQL, beside a row
/// `follow_up`.
const SHOWN: &str = "(SELECT message.position FROM message WHERE message.account = follow_up.account \
    AND message.message_id = follow_up.message_id AND message.message_id <> '' AND EXISTS (\
      SELECT 1 FROM placement JOIN mailbox ON mailbox.id = placement.mailbox \
      WHERE placement.message = message.id AND placement.is_hidden = 0 \
        AND CASE role_override WHEN '' THEN role ELSE role_override END NOT IN ('trash', 'junk')) \
    ORDER BY message.position DESC LIMIT 1)";

fn read(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting {
        account: AccountId(row.get(0)?),
        message_id: MessageIdHeader(row.get(1)?),
        since: Timestamp(row.get(2)?),
        heard: Timestamp(row.get(3)?),
    })
}

/// Returns when the user wants to be reminded of a draft's message; absent = never.
pub fn wish(tx: &ReadTx<'_>, draft: DraftId) -> Result<Option<When>> {
    let sql = "SELECT follow_up_after, follow_up_at FROM draft WHERE id = ?1";
    let found = tx.maybe(sql, [draft.0], |row| {
        let (after, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(match (after, at) {
            (0, 0) => None,
            (0, at) => Some(When::At(Timestamp(at))),
            (after, _) => Some(When::After(after)),
        })
    })?;
    found.ok_or(Error::NotFound("draft"))
}

/// Chooses when the user is reminded of a draft's message. One that is being sent is not changed.
pub fn set_wish(tx: &WriteTx<'_>, draft: DraftId, when: Option<When>) -> Result<()> {
    let (after, at) = match when {
        None => (0, 0),
        Some(When::After(wait)) => (wait.max(1), 0),
        Some(When::At(at)) => (0, at.0.max(1)),
    };
    let sql =
        "UPDATE draft SET follow_up_after = ?2, follow_up_at = ?3 WHERE id = ?1 AND outbox = 0";
    if tx.run(sql, [draft.0, after, at])? == 0 {
        return Err(Error::NotFound("draft"));
    }
    tx.note(|changes| changes.draft(draft));
    Ok(())
}

/// A server took a message: what its draft wished begins. Whoever writes again on a message that was due is done with that
/// one.
pub(crate) fn begin(tx: &WriteTx<'_>, row: &Outbox) -> Result<()> {
    let Some(draft) = row.request.draft else { return Ok(()) };
    let (account, now) = (row.request.account, tx.now());
    if let Some(original) = crate::draft::get(tx, draft)?.content.in_reply_to {
        let sql = "SELECT is_due FROM follow_up WHERE account = ?1 AND message_id = ?2";
        let is_due = tx.maybe(sql, params![account.0, original.0], |row| row.get(0))?;
        if is_due == Some(true) {
            end(tx, account, &original)?;
        }
    }
    if let Some(when) = wish(tx, draft)? {
        let (due, heard) = (when.from(now), Timestamp(0));
        put(
            tx,
            &Waiting { account, message_id: row.request.message_id.clone(), since: now, heard },
            due,
        )?;
    }
    Ok(())
}

fn put(tx: &WriteTx<'_>, row: &Waiting, due: Timestamp) -> Result<()> {
    let sql = "INSERT INTO follow_up (account, message_id, since, heard, due) VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (account, message_id) DO UPDATE SET due = excluded.due, is_due = 0";
    let values = params![row.account.0, row.message_id.0, row.since.0, row.heard.0, due.0];
    tx.run(sql, values)?;
    note(tx, row.account, &row.message_id)
}

/// Notes that a reminder changed, and the rows that may show it.
fn note(tx: &WriteTx<'_>, account: AccountId, id: &MessageIdHeader) -> Result<()> {
    let sql =
        "SELECT position FROM message WHERE account = ?1 AND message_id = ?2 AND message_id <> ''";
    let rows = tx.all(sql, params![account.0, id.0], |row| row.get(0).map(Position))?;
    tx.note(|changes| {
        changes.follow_ups();
        for position in rows {
            changes.row(position);
        }
    });
    Ok(())
}

fn end(tx: &WriteTx<'_>, account: AccountId, id: &MessageIdHeader) -> Result<()> {
    let sql = "DELETE FROM follow_up WHERE account = ?1 AND message_id = ?2";
    if tx.run(sql, params![account.0, id.0])? > 0 {
        note(tx, account, id)?;
    }
    Ok(())
}

/// Reminds of a message at another time, or of one of which nobody reminded yet: then only answers count that come later
/// than those that are here.
pub fn set(tx: &WriteTx<'_>, message: MessageId, due: Timestamp) -> Result<()> {
    let found = crate::message::get(tx, message)?;
    let Some(message_id) = found.head.message_id else {
        return Err(Error::Invalid("nobody could refer to a message without a Message-ID"));
    };
    let since = found.head.received;
    let row = Waiting { account: found.account, message_id, since, heard: Timestamp(0) };
    let heard = answers(tx, &row, found.thread)?.into_iter().max().unwrap_or_default();
    put(tx, &Waiting { heard, ..row }, due)
}

/// Ends the reminder of a message; nothing where it has none.
pub fn remove(tx: &WriteTx<'_>, message: MessageId) -> Result<()> {
    let found = crate::message::get(tx, message)?;
    match found.head.message_id {
        Some(id) => end(tx, found.account, &id),
        None => Ok(()),
    }
}

/// Returns all reminders whose message is here and not thrown away, of accounts that are switched on: those that are due
/// first, then by time.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<FollowUp>> {
    let sql = format!(
        "SELECT (SELECT id FROM message WHERE position = {SHOWN}), due, is_due FROM follow_up \
         JOIN account ON account.id = follow_up.account WHERE account.is_enabled = 1 ORDER BY is_due DESC, due"
    );
    let rows = tx.all(&sql, [], |row| {
        let message: Option<i64> = row.get(0)?;
        let (due, is_due) = (Timestamp(row.get(1)?), row.get(2)?);
        Ok(message.map(|id| FollowUp { message: MessageId(id), due, is_due }))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Returns the places of the messages that are due, newest first.
pub(crate) fn due_positions(tx: &ReadTx<'_>) -> Result<Vec<Position>> {
    let sql = format!(
        "SELECT {SHOWN} FROM follow_up JOIN account ON account.id = follow_up.account \
         WHERE follow_up.is_due = 1 AND account.is_enabled = 1"
    );
    let found = tx.all(&sql, [], |row| row.get::<_, Option<i64>>(0))?;
    let all: BTreeSet<i64> = found.into_iter().flatten().collect();
    Ok(all.into_iter().rev().map(Position).collect())
}

/// Returns when the next reminder becomes due; absent where none waits.
pub fn next(tx: &ReadTx<'_>) -> Result<Option<Timestamp>> {
    let sql = "SELECT MIN(due) FROM follow_up WHERE is_due = 0";
    tx.one(sql, [], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp)))
}

/// Makes due what nobody answered until now; returns the messages to be spoken of. One that is not here any more, or not
/// yet, is due without a word.
pub fn ring(tx: &WriteTx<'_>) -> Result<Vec<MessageId>> {
    let sql =
        format!("SELECT {COLUMNS} FROM follow_up WHERE is_due = 0 AND due <= ?1 ORDER BY due");
    for row in tx.all(&sql, [tx.now().0], read)? {
        let thread = thread_of(tx, &row)?;
        let answers = thread.map(|thread| answers(tx, &row, thread)).transpose()?;
        if answers.is_some_and(|answers| !answers.is_empty()) {
            end(tx, row.account, &row.message_id)?;
        }
    }
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT id FROM message WHERE position = {SHOWN}) FROM follow_up \
         WHERE is_due = 0 AND due <= ?1 ORDER BY due"
    );
    let rows = tx.all(&sql, [tx.now().0], |row| Ok((read(row)?, row.get::<_, Option<i64>>(4)?)))?;
    for (row, _) in &rows {
        let sql = "UPDATE follow_up SET is_due = 1 WHERE account = ?1 AND message_id = ?2";
        tx.run(sql, params![row.account.0, row.message_id.0])?;
        note(tx, row.account, &row.message_id)?;
    }
    Ok(rows.into_iter().filter_map(|(_, message)| message.map(MessageId)).collect())
}

fn thread_of(tx: &ReadTx<'_>, row: &Waiting) -> Result<Option<ThreadId>> {
    let sql = "SELECT thread FROM thread_link WHERE account = ?1 AND message_id = ?2";
    tx.maybe(sql, params![row.account.0, row.message_id.0], |found| found.get(0).map(ThreadId))
}

/// Returns when the answers in a conversation came.
fn answers(tx: &ReadTx<'_>, row: &Waiting, thread: ThreadId) -> Result<Vec<Timestamp>> {
    let sql = "SELECT received, from_list FROM message WHERE thread = ?1 AND received > ?2 AND is_automatic = 0 \
        AND EXISTS (SELECT 1 FROM placement JOIN mailbox ON mailbox.id = placement.mailbox \
          WHERE placement.message = message.id \
            AND CASE role_override WHEN '' THEN role ELSE role_override END NOT IN ('junk', 'drafts'))";
    let own = own_addresses(tx)?;
    let after = row.since.max(row.heard);
    let found = tx.all(sql, [thread.0, after.0], |found| {
        let from = address_list::read(found.get_ref(1)?.as_str().unwrap_or_default());
        let is_other = from.first().is_some_and(|from| !own.contains(&from.email.to_lowercase()));
        Ok(is_other.then_some(Timestamp(found.get(0)?)))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Returns the addresses of all accounts: whoever answers from another one of them is the user.
fn own_addresses(tx: &ReadTx<'_>) -> Result<BTreeSet<String>> {
    let sql = "SELECT lower(email) FROM account UNION SELECT lower(email) FROM identity";
    Ok(tx.all(sql, [], |row| row.get(0))?.into_iter().collect())
}

/// Ends the reminders that messages which just came answer.
pub(crate) fn hear(
    tx: &WriteTx<'_>,
    account: AccountId,
    came: &[(MessageId, &Head)],
) -> Result<()> {
    if came.is_empty() {
        return Ok(());
    }
    let sql = format!("SELECT {COLUMNS} FROM follow_up WHERE account = ?1");
    let mut waiting = tx.all(&sql, [account.0], read)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let own = own_addresses(tx)?;
    for (message, head) in came {
        let is_other =
            head.from.first().is_some_and(|from| !own.contains(&from.email.to_lowercase()));
        if head.is_automatic || !is_other {
            continue;
        }
        let thread = crate::thread::of_message(tx, *message)?;
        let mut answered = Vec::new();
        for row in &waiting {
            // What refers to it is an answer, whatever the clocks of two computers say.
            let is_answer = if head.references.contains(&row.message_id) {
                head.received > row.heard
            } else {
                head.received > row.since.max(row.heard) && thread_of(tx, row)? == Some(thread)
            };
            if is_answer {
                end(tx, account, &row.message_id)?;
                answered.push(row.message_id.clone());
            }
        }
        waiting.retain(|row| !answered.contains(&row.message_id));
    }
    Ok(())
}
