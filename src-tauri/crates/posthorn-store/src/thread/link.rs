//! Which thread a `Message-ID` points to, and which part the user put it into.
//!
//! Links outlive messages: they hold across a new numbering, a removal that was taken back and a message that is fetched
//! again. A message without an id has a key of its own facts instead, but only where the user arranged its conversation.
//!
//! Invariant: where one link of a thread is in a part, all its messages have a link, and all its links are in parts
//! that are one conversation by [`super::part`].

use posthorn_model::{AccountId, MailboxId, ThreadId};
use rusqlite::params;

use super::part::PartId;
use crate::error::Result;
use crate::message::Head;
use crate::tx::{ReadTx, WriteTx};

/// A message's key, said in SQL over the table `message`; [`key_of`] says the same. No id holds a space.
pub(super) const KEY: &str = "(CASE WHEN message_id <> '' THEN message_id \
    ELSE ' ' || date || ' ' || size || ' ' || subject_key END)";

/// Where an id points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The thread.
    pub(super) thread: ThreadId,
    /// The part that the user put it into; absent = none.
    pub(super) part: Option<PartId>,
}

/// Returns a message's key.
pub(super) fn key_of(head: &Head) -> String {
    match &head.message_id {
        Some(id) if !id.0.is_empty() => id.0.clone(),
        _ => {
            let date = head.date.map_or(0, |date| date.0);
            format!(" {date} {} {}", head.size, head.subject_key)
        }
    }
}

/// Returns where a key points to; absent = nowhere yet.
pub(super) fn find(tx: &ReadTx<'_>, account: AccountId, key: &str) -> Result<Option<Link>> {
    let sql = "SELECT thread, part FROM thread_link WHERE account = ?1 AND message_id = ?2";
    tx.maybe(sql, params![account.0, key], |row| {
        let part: i64 = row.get(1)?;
        Ok(Link { thread: ThreadId(row.get(0)?), part: (part != 0).then_some(PartId(part)) })
    })
}

/// Lets a key point somewhere, if it points nowhere yet.
pub(super) fn add(tx: &WriteTx<'_>, account: AccountId, key: &str, to: Link) -> Result<()> {
    let sql = "INSERT INTO thread_link (account, message_id, thread, part) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT DO NOTHING";
    let part = to.part.map_or(0, |part| part.0);
    tx.run(sql, params![account.0, key, to.thread.0, part])?;
    Ok(())
}

/// Returns one of the parts that a thread's links are in; absent where the user did not arrange it.
pub(super) fn part_of(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Option<PartId>> {
    let sql = "SELECT part FROM thread_link WHERE thread = ?1 AND part <> 0 LIMIT 1";
    tx.maybe(sql, [thread.0], |row| row.get(0).map(PartId))
}

/// Puts everything of a thread into a part that is in none yet.
pub(super) fn pin(tx: &WriteTx<'_>, thread: ThreadId, part: PartId) -> Result<()> {
    let sql = format!(
        "INSERT INTO thread_link (account, message_id, thread, part) \
         SELECT account, {KEY}, thread, ?2 FROM message WHERE thread = ?1 ON CONFLICT DO NOTHING"
    );
    tx.run(&sql, [thread.0, part.0])?;
    tx.run("UPDATE thread_link SET part = ?2 WHERE thread = ?1 AND part = 0", [thread.0, part.0])?;
    Ok(())
}

/// Makes two threads one; `other`, which the user did not arrange, ends.
pub(super) fn merge(tx: &WriteTx<'_>, into: Link, other: ThreadId) -> Result<()> {
    if let Some(part) = into.part {
        pin(tx, other, part)?;
    }
    let into = into.thread;
    let sql = "SELECT DISTINCT mailbox FROM placement WHERE thread IN (?1, ?2)";
    let mailboxes = tx.all(sql, [into.0, other.0], |row| row.get(0).map(MailboxId))?;
    tx.run("UPDATE message SET thread = ?1 WHERE thread = ?2", [into.0, other.0])?;
    tx.run("UPDATE placement SET thread = ?1 WHERE thread = ?2", [into.0, other.0])?;
    tx.run("UPDATE OR REPLACE thread_link SET thread = ?1 WHERE thread = ?2", [into.0, other.0])?;
    let touched =
        mailboxes.into_iter().flat_map(|mailbox| [(mailbox, into), (mailbox, other)]).collect();
    super::recount(tx, &touched)?;
    tx.run("DELETE FROM thread WHERE id = ?1", [other.0])?;
    tx.note(|changes| changes.thread(other));
    Ok(())
}
