//! A draft's copy on the server: what is to be made, what is on its way, and what became of it.
//!
//! A row of `draft_copy` is written before the version is appended and goes when the version's fate is known. Then its copy
//! is an ordinary message of the Drafts folder, which the draft refers to, and the copy before it is removed by an ordinary
//! operation. So at any moment each version is either not on the server, or has a row, or is known as a message.
//!
//! A row may outlive its purpose (*settled*): another version is the copy now, or the draft is gone. Then the server is
//! looked at until nothing can come late any more, and what is found is removed.

use posthorn_model::{AccountId, BodyId, DraftId, MailboxRole, MessageId, MessageIdHeader};
use posthorn_model::{OperationId, Timestamp};
use rusqlite::{Row, params};

use super::{AWAKE, COLUMNS, Draft, complete, get, read};
use crate::error::{Error, Result};
use crate::operation::{self, Action};
use crate::tx::{ReadTx, WriteTx};
use crate::{mailbox, placement};

/// A version that is about to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCopy {
    /// The draft.
    pub draft: DraftId,
    /// Whose server it goes to.
    pub account: AccountId,
    /// `Message-ID` of this version alone.
    pub message_id: MessageIdHeader,
    /// Its bytes, durable in the body store.
    pub body: BodyId,
    /// How many they are.
    pub size: u64,
    /// The draft's `updated_at`.
    pub version: Timestamp,
    /// The next try, where this one fails.
    pub next_try: Timestamp,
}

/// A version on its way, or of unknown fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftCopy {
    /// Number of the row.
    pub id: i64,
    /// The draft; absent = it was sent or thrown away.
    pub draft: Option<DraftId>,
    /// `Message-ID` of this version alone.
    pub message_id: MessageIdHeader,
    /// Its bytes.
    pub body: BodyId,
    /// How many they are.
    pub size: u64,
    /// The draft's `updated_at` when it was made.
    pub version: Timestamp,
    /// It is only looked for any more, to remove what came late.
    pub is_settled: bool,
    /// When it was appended last; its received time on the server.
    pub sent_at: Timestamp,
    /// When a settled one is looked for next; in the past = now.
    pub next_look: Timestamp,
}

const COPY: &str = "id, draft, message_id, body, size, version, is_settled, sent_at, next_look";

fn read_copy(row: &Row<'_>) -> rusqlite::Result<DraftCopy> {
    let draft: Option<i64> = row.get(1)?;
    Ok(DraftCopy {
        id: row.get(0)?,
        draft: draft.map(DraftId),
        message_id: MessageIdHeader(row.get(2)?),
        body: BodyId(row.get(3)?),
        size: row.get::<_, i64>(4)?.unsigned_abs(),
        version: Timestamp(row.get(5)?),
        is_settled: row.get::<_, bool>(6)? || draft.is_none(),
        sent_at: Timestamp(row.get(7)?),
        next_look: Timestamp(row.get(8)?),
    })
}

/// Returns an account's drafts that have changes which their copies lack, with their files.
pub fn to_copy(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Draft>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM draft WHERE account = ?1 AND outbox = 0 AND dirty_since <> 0 AND {AWAKE} ORDER BY id"
    );
    tx.all(&sql, [account.0], read)?.into_iter().map(|draft| complete(tx, draft)).collect()
}

/// Returns an account's versions whose fate is not known, oldest first.
pub fn copies(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<DraftCopy>> {
    let sql = format!("SELECT {COPY} FROM draft_copy WHERE account = ?1 ORDER BY id");
    tx.all(&sql, [account.0], read_copy)
}

/// Writes down that a version is about to be appended; absent where the draft changed, is being sent, or is gone.
pub fn begin_copy(tx: &WriteTx<'_>, new: &NewCopy) -> Result<Option<DraftCopy>> {
    let sql = "UPDATE draft SET copy_attempts = copy_attempts + 1, copy_next_try = ?3 \
        WHERE id = ?1 AND updated_at = ?2 AND outbox = 0 AND dirty_since <> 0";
    if tx.run(sql, params![new.draft.0, new.version.0, new.next_try.0])? == 0 {
        return Ok(None);
    }
    let sql = "INSERT INTO draft_copy (account, draft, message_id, body, size, version, sent_at) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![
        new.account.0,
        new.draft.0,
        new.message_id.0,
        new.body.0,
        new.size as i64,
        new.version.0,
        tx.now().0
    ];
    let id = tx.insert(sql, values)?;
    tx.run("DELETE FROM released_body WHERE body = ?1", [new.body.0])?;
    one(tx, id).map(Some)
}

/// Writes down that a version which is not on the server is about to be appended once more.
pub fn begin_copy_again(
    tx: &WriteTx<'_>,
    copy: &DraftCopy,
    next_try: Timestamp,
) -> Result<DraftCopy> {
    let sql =
        "UPDATE draft SET copy_attempts = copy_attempts + 1, copy_next_try = ?2 WHERE id = ?1";
    tx.run(sql, params![copy.draft.map(|id| id.0), next_try.0])?;
    tx.run("UPDATE draft_copy SET sent_at = ?2 WHERE id = ?1", [copy.id, tx.now().0])?;
    one(tx, copy.id)
}

fn one(tx: &ReadTx<'_>, id: i64) -> Result<DraftCopy> {
    let sql = format!("SELECT {COPY} FROM draft_copy WHERE id = ?1");
    tx.maybe(&sql, [id], read_copy)?.ok_or(Error::NotFound("draft"))
}

/// Notes that a version is on the server as this message. It is the draft's copy from now on, and the one before it goes
/// by an operation; where the draft is gone, it goes itself. `look_at`: when to look whether it came twice; absent = it
/// cannot have.
pub fn copied(
    tx: &WriteTx<'_>,
    copy: &DraftCopy,
    message: MessageId,
    look_at: Option<Timestamp>,
) -> Result<Vec<OperationId>> {
    match look_at {
        Some(at) => settle_copy(tx, copy, at)?,
        None => forget_copy(tx, copy)?,
    }
    let draft = match copy.draft.map(|id| get(tx, id)).transpose() {
        Ok(draft) => draft,
        Err(Error::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    let Some(draft) = draft else { return remove_copy(tx, message) };
    let sql = "UPDATE draft SET saved_message = ?2, copy_attempts = 0, copy_next_try = 0, copy_error = '', \
        dirty_since = CASE updated_at WHEN ?3 THEN 0 ELSE updated_at END WHERE id = ?1";
    tx.run(sql, params![draft.id.0, message.0, copy.version.0])?;
    // Older versions of unknown fate are not the copy any more, wherever they turn up.
    let sql = "UPDATE draft_copy SET is_settled = 1 WHERE draft = ?1 AND id <> ?2";
    tx.run(sql, [draft.id.0, copy.id])?;
    tx.note(|changes| changes.draft(draft.id));
    match draft.saved_message.filter(|older| *older != message) {
        Some(older) => remove_copy(tx, older),
        None => Ok(Vec::new()),
    }
}

/// Removes a draft's copy from the Drafts folder, here at once and on the server by an operation. Where the user put it
/// into another folder it stays.
pub fn remove_copy(tx: &WriteTx<'_>, message: MessageId) -> Result<Vec<OperationId>> {
    let mut targets = Vec::new();
    for placed in placement::of_message(tx, message)? {
        if mailbox::get(tx, placed.mailbox)?.role == MailboxRole::Drafts {
            targets.push((placed.mailbox, message));
        }
    }
    operation::enqueue(tx, &Action::Delete, &targets)
}

/// Notes that no copy could be made, after so many tries. The draft stays as it is and is tried again.
pub fn copy_failed(
    tx: &WriteTx<'_>,
    draft: DraftId,
    attempts: u32,
    next_try: Timestamp,
    error: &str,
) -> Result<()> {
    let sql =
        "UPDATE draft SET copy_attempts = ?2, copy_next_try = ?3, copy_error = ?4 WHERE id = ?1";
    tx.run(sql, params![draft.0, attempts, next_try.0, error])?;
    tx.note(|changes| changes.draft(draft));
    Ok(())
}

/// Notes that a version is only looked for any more.
pub fn settle_copy(tx: &WriteTx<'_>, copy: &DraftCopy, next_look: Timestamp) -> Result<()> {
    let sql = "UPDATE draft_copy SET is_settled = 1, next_look = ?2 WHERE id = ?1";
    tx.run(sql, [copy.id, next_look.0])?;
    Ok(())
}

/// Notes when a settled version is looked for again.
pub fn look_again(tx: &WriteTx<'_>, copy: &DraftCopy, at: Timestamp) -> Result<()> {
    tx.run("UPDATE draft_copy SET next_look = ?2 WHERE id = ?1", [copy.id, at.0])?;
    Ok(())
}

/// Forgets a version whose fate is known.
pub fn forget_copy(tx: &WriteTx<'_>, copy: &DraftCopy) -> Result<()> {
    tx.run("DELETE FROM draft_copy WHERE id = ?1", [copy.id])?;
    Ok(())
}

/// Returns those of these messages that are no draft's copy: versions that came late, or twice.
pub fn strays(tx: &ReadTx<'_>, messages: &[MessageId]) -> Result<Vec<MessageId>> {
    let sql = "SELECT EXISTS (SELECT 1 FROM draft WHERE saved_message = ?1)";
    let mut strays = Vec::new();
    for message in messages {
        if !tx.one(sql, [message.0], |row| row.get::<_, bool>(0))? {
            strays.push(*message);
        }
    }
    Ok(strays)
}

/// Notes that the server took a message out of a mailbox. A draft that was changed here since it was copied keeps its
/// words: it has no copy any more, and a new one is made.
pub(crate) fn copy_vanished(tx: &WriteTx<'_>, message: MessageId) -> Result<()> {
    let sql = "SELECT id FROM draft WHERE saved_message = ?1";
    for id in tx.all(sql, [message.0], |row| row.get(0).map(DraftId))? {
        let sql = "UPDATE draft SET saved_message = NULL, diverged_at = ?2 \
            WHERE id = ?1 AND dirty_since <> 0 AND outbox = 0";
        tx.run(sql, [id.0, tx.now().0])?;
        tx.note(|changes| changes.draft(id));
    }
    Ok(())
}

/// Removes the drafts that rest on a message which is about to be forgotten.
pub(crate) fn forget_resting(tx: &WriteTx<'_>, message: MessageId) -> Result<()> {
    let sql = "DELETE FROM draft WHERE saved_message = ?1 AND outbox = 0";
    tx.run(sql, [message.0])?;
    Ok(())
}
