//! What the user chooses for single messages of a maildrop: keep on the server, delete there, fetch again.
//!
//! Invariants: what is kept for ever is never marked. A lock on the account (`Never`) marks nothing.

use posthorn_model::{AccountId, Uidl};
use rusqlite::params;

use super::{DropState, note_listed};
use crate::account::{self, PopPolicy};
use crate::error::Result;
use crate::tx::WriteTx;

/// A message that the user wants deleted on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Its unique id.
    pub uidl: Uidl,
    /// Bytes, as LIST says.
    pub size: u64,
    /// Hash of the header that the user saw, in hex; empty = not known. Another message under the same id is spared.
    pub header_hash: String,
}

/// Keeps messages on the server for ever, or ends that. A removal that was not told to the server yet is taken back.
pub fn set_kept(
    tx: &WriteTx<'_>,
    account: AccountId,
    listed: &[(Uidl, u64)],
    is_kept: bool,
) -> Result<()> {
    note_listed(tx, account, listed)?;
    let sql = "UPDATE maildrop SET is_kept = ?3, state = CASE WHEN ?3 AND state = 'marked' THEN \
          CASE WHEN message IS NULL THEN CASE WHEN header_hash = '' \
              OR EXISTS (SELECT 1 FROM maildrop_ruling WHERE entry = maildrop.id) THEN 'known' ELSE 'downloaded' END \
            WHEN (SELECT body_state FROM message WHERE id = maildrop.message) = 2 THEN 'downloaded' \
            ELSE 'headers' END ELSE state END \
        WHERE account = ?1 AND uidl = ?2";
    for (uidl, _) in listed {
        tx.run(sql, params![account.0, uidl.0, is_kept])?;
    }
    Ok(())
}

/// Marks messages for removal, whether they are here or not; what is kept for ever, and everything under a lock, is left
/// out.
pub fn mark_for_removal(tx: &WriteTx<'_>, account: AccountId, removals: &[Removal]) -> Result<()> {
    if account::get(tx, account)?.settings.pop_policy == PopPolicy::Never {
        return Ok(());
    }
    let sql = "UPDATE maildrop SET state = 'marked', \
          header_hash = CASE WHEN header_hash = '' THEN ?3 ELSE header_hash END \
        WHERE account = ?1 AND uidl = ?2 AND NOT is_kept";
    for one in removals {
        note_listed(tx, account, &[(one.uidl.clone(), one.size)])?;
        tx.run(sql, params![account.0, one.uidl.0, one.header_hash])?;
    }
    Ok(())
}

/// Lets messages come again whose copies here were deleted for good. Those that are here stay as they are.
pub fn take_again(tx: &WriteTx<'_>, account: AccountId, uidls: &[Uidl]) -> Result<()> {
    let sql = "UPDATE maildrop SET state = ?3 WHERE account = ?1 AND uidl = ?2 AND message IS NULL \
        AND state IN ('downloaded', 'headers', 'marked')";
    for uidl in uidls {
        super::ruling::forget(tx, account, uidl)?;
        tx.run(sql, params![account.0, uidl.0, DropState::Known.word()])?;
    }
    Ok(())
}
