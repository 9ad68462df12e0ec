//! How a draft was before: kept as it is written, so that nothing that was deleted in it is lost at once.

use posthorn_model::{Address, DraftId, Timestamp};
use rusqlite::params;

use super::DraftContent;
use crate::address_list;
use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};

/// Versions kept of one draft; the oldest go. With [`EVERY_MS`] they reach back over an hour of writing.
const KEPT: i64 = 20;
/// Milliseconds between two versions: often enough to find a thought again, seldom enough that they differ.
const EVERY_MS: i64 = 3 * 60_000;
/// Bytes of text whose disappearance with one save is kept at once: about a paragraph. An accident deletes more than that.
const LOSS: usize = 200;

/// An earlier version of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftVersion {
    /// Number of the row.
    pub id: i64,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// `Bcc`.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML; empty = plain text.
    pub html: String,
}

/// Returns a draft's earlier versions, newest first.
pub fn versions(tx: &ReadTx<'_>, draft: DraftId) -> Result<Vec<DraftVersion>> {
    let sql = "SELECT id, saved_at, to_list, cc_list, bcc_list, subject, text, html FROM draft_version WHERE draft = ?1 \
        ORDER BY saved_at DESC, id DESC";
    tx.all(sql, [draft.0], |row| {
        let list = |column: usize| {
            row.get_ref(column).map(|value| address_list::read(value.as_str().unwrap_or_default()))
        };
        Ok(DraftVersion {
            id: row.get(0)?,
            saved_at: Timestamp(row.get(1)?),
            to: list(2)?,
            cc: list(3)?,
            bcc: list(4)?,
            subject: row.get(5)?,
            text: row.get(6)?,
            html: row.get(7)?,
        })
    })
}

/// Keeps the draft as it is before a save, where it is time or much would be lost.
pub(super) fn keep(tx: &WriteTx<'_>, draft: DraftId, next: &DraftContent) -> Result<()> {
    let sql = "SELECT text, subject, updated_at, COALESCE((SELECT MAX(saved_at) FROM draft_version WHERE draft = draft.id), \
        created_at) FROM draft WHERE id = ?1 AND outbox = 0";
    let before = tx.maybe(sql, [draft.0], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, i64>(3)?,
        ))
    })?;
    let Some((text, subject, updated_at, last)) = before else { return Ok(()) };
    let is_same = text == next.text && subject == next.subject;
    let is_lost = text.len() > next.text.len().saturating_add(LOSS);
    let is_time = updated_at.saturating_sub(last) >= EVERY_MS;
    if is_same || text.trim().is_empty() || !(is_lost || is_time) {
        return Ok(());
    }
    keep_version(tx, draft)
}

/// Keeps the draft as it is now as an earlier version.
pub fn keep_version(tx: &WriteTx<'_>, draft: DraftId) -> Result<()> {
    let sql = "INSERT INTO draft_version (draft, saved_at, to_list, cc_list, bcc_list, subject, text, html) \
        SELECT id, updated_at, to_list, cc_list, bcc_list, subject, text, html FROM draft WHERE id = ?1";
    tx.insert(sql, [draft.0])?;
    let sql = "DELETE FROM draft_version WHERE draft = ?1 AND id NOT IN \
        (SELECT id FROM draft_version WHERE draft = ?1 ORDER BY saved_at DESC, id DESC LIMIT ?2)";
    tx.run(sql, params![draft.0, KEPT])?;
    Ok(())
}
