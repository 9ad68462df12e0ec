//! What the user holds back, and what was thrown away and can still be taken back.
//!
//! Invariant: neither is ever due. What was thrown away keeps its draft until it is buried.

use posthorn_model::{AccountId, OutboxId, Timestamp};
use rusqlite::params;

use super::OutboxState;
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// Holds a row back that is not under way.
pub fn hold(tx: &WriteTx<'_>, id: OutboxId) -> Result<()> {
    let sql = "UPDATE outbox SET is_held = 1, updated_at = ?2 \
        WHERE id = ?1 AND state IN ('queued', 'waiting') AND discarded_at = 0";
    if tx.run(sql, params![id.0, tx.now().0])? == 0 {
        return Err(Error::Invalid("this message is under way already"));
    }
    tx.note(|changes| changes.outbox(id));
    Ok(())
}

/// Throws a row away that is not under way: it leaves the list, is not sent, and can be taken back until it is buried.
pub fn discard(tx: &WriteTx<'_>, id: OutboxId) -> Result<()> {
    let row = super::get(tx, id)?;
    if !row.state.is_cancellable() || row.state.is_under_way() {
        return Err(Error::IllegalStep {
            from: row.state.as_str(),
            to: OutboxState::Cancelled.as_str(),
        });
    }
    let sql = "UPDATE outbox SET discarded_at = ?2 WHERE id = ?1";
    tx.run(sql, params![id.0, tx.now().0.max(1)])?;
    tx.note(|changes| changes.outbox(id));
    Ok(())
}

/// Takes back that a row was thrown away. It is held then: nobody who wavered wants it to leave at once.
pub fn restore(tx: &WriteTx<'_>, id: OutboxId) -> Result<()> {
    let sql = "UPDATE outbox SET discarded_at = 0, is_held = state IN ('queued', 'waiting'), updated_at = ?2 \
        WHERE id = ?1 AND discarded_at <> 0 AND state NOT IN ('done', 'cancelled')";
    if tx.run(sql, params![id.0, tx.now().0])? == 0 {
        return Err(Error::NotFound("outbox message"));
    }
    tx.note(|changes| changes.outbox(id));
    Ok(())
}

/// Returns the time of the account's earliest row that was thrown away; absent where there is none.
pub fn next_burial(tx: &ReadTx<'_>, account: AccountId) -> Result<Option<Timestamp>> {
    let sql = "SELECT MIN(discarded_at) FROM outbox WHERE account = ?1 AND discarded_at <> 0";
    tx.one(sql, [account.0], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp)))
}

/// Removes for good what the account's user threw away at this time or before, with its drafts.
pub fn bury(tx: &WriteTx<'_>, account: AccountId, until: Timestamp) -> Result<()> {
    let sql =
        "SELECT id FROM outbox WHERE account = ?1 AND discarded_at BETWEEN 1 AND ?2 ORDER BY id";
    let rows = tx.all(sql, params![account.0, until.0], |row| row.get(0).map(OutboxId))?;
    for id in rows {
        let row = super::get(tx, id)?;
        if row.state.is_cancellable() {
            super::step(tx, id, OutboxState::Cancelled, "")?;
            if let Some(draft) = row.request.draft {
                crate::draft::discard(tx, draft)?;
            }
            super::remove(tx, id)?;
        } else {
            // It was found to have arrived meanwhile: it goes its way like every other.
            tx.run("UPDATE outbox SET discarded_at = 0 WHERE id = ?1", [id.0])?;
        }
    }
    Ok(())
}
