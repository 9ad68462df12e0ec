//! What rules decided of messages that did not come: the heads of those that were left on the server, so that they are
//! asked for once, and the names of those that were deleted there, so that nothing disappears unseen.
//!
//! Invariants: a deletion is written down in the transaction that marks the message, and only where the mark took: never
//! under a lock, never for what is kept for ever. It goes with the row of its message (a year after the removal).

use std::collections::HashSet;

use posthorn_model::{AccountId, Address, Timestamp, Uidl};
use rusqlite::{Row, params};

use super::rule::{self, Rule, RuleAction};
use super::{DropState, Removal, mark_for_removal, note_listed, set_state};
use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};

/// What was decided of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Its unique id.
    pub uidl: Uidl,
    /// The rule, as it was then.
    pub rule: Rule,
    /// Bytes, as LIST said then.
    pub size: u64,
    /// Hash of its header in hex; empty = the server did not show it, and what follows is empty too.
    pub header_hash: String,
    /// First sender.
    pub from: Address,
    /// Subject, decoded.
    pub subject: String,
    /// When it was received or written; absent where its head does not say.
    pub received: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When the server confirmed the deletion; absent until then, and for what was left there.
    pub removed_at: Option<Timestamp>,
}

/// Deletions by rules, as the account tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruled {
    /// Messages that the server confirmed.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The newest that were decided, also those that wait for the confirmation.
    pub newest: Vec<Ruling>,
}

const COLUMNS: &str = "maildrop.uidl, ruling.condition, ruling.number, ruling.words, ruling.action, ruling.size, \
    ruling.header_hash, ruling.sender_name, ruling.sender, ruling.subject, ruling.received, ruling.decided_at, \
    maildrop.state, maildrop.deleted_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Ruling>> {
    let Some(rule) = rule::read(row, 1, true)? else { return Ok(None) };
    let received = Timestamp(row.get(10)?);
    let is_removed = row.get_ref(12)?.as_str()? == DropState::Deleted.word();
    let removed_at = Timestamp(row.get(13)?);
    Ok(Some(Ruling {
        uidl: Uidl(row.get(0)?),
        rule,
        size: row.get::<_, i64>(5)?.unsigned_abs(),
        header_hash: row.get(6)?,
        from: Address { name: row.get(7)?, email: row.get(8)? },
        subject: row.get(9)?,
        received: (received.0 != 0).then_some(received),
        decided_at: Timestamp(row.get(11)?),
        removed_at: is_removed.then_some(removed_at),
    }))
}

/// Returns what was left on the server and is not here, with the head that was seen.
pub fn left_there(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Ruling>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM maildrop JOIN maildrop_ruling AS ruling ON ruling.entry = maildrop.id \
         WHERE maildrop.account = ?1 AND maildrop.state = 'known' AND ruling.header_hash <> ''"
    );
    Ok(tx.all(&sql, [account.0], read)?.into_iter().flatten().collect())
}

/// Returns the ids of messages that stay on the server for ever by the user's wish.
pub fn kept(tx: &ReadTx<'_>, account: AccountId) -> Result<HashSet<Uidl>> {
    let sql = "SELECT uidl FROM maildrop WHERE account = ?1 AND is_kept";
    Ok(tx.all(sql, [account.0], |row| Ok(Uidl(row.get(0)?)))?.into_iter().collect())
}

/// Says what rules deleted on the server, with at most `limit` names.
pub fn ruled_out(tx: &ReadTx<'_>, account: AccountId, limit: u32) -> Result<Ruled> {
    let from = "FROM maildrop JOIN maildrop_ruling AS ruling ON ruling.entry = maildrop.id \
        WHERE maildrop.account = ?1 AND ruling.action = 'delete'";
    let sums = format!(
        "SELECT COUNT(*), COALESCE(SUM(ruling.size), 0) {from} AND maildrop.state = 'deleted'"
    );
    let (count, bytes): (i64, i64) =
        tx.one(&sums, [account.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let list = format!(
        "SELECT {COLUMNS} {from} AND maildrop.state IN ('marked', 'deleted') ORDER BY ruling.id DESC LIMIT ?2"
    );
    let newest = tx.all(&list, params![account.0, limit], read)?.into_iter().flatten().collect();
    Ok(Ruled { count: count.unsigned_abs(), bytes: bytes.unsigned_abs(), newest })
}

/// Writes down what was decided, and marks what is to be deleted: in one step.
pub fn note_rulings(tx: &WriteTx<'_>, account: AccountId, rulings: &[Ruling]) -> Result<()> {
    for ruling in rulings {
        let (uidl, size) = (ruling.uidl.clone(), ruling.size);
        if ruling.rule.action == RuleAction::Delete {
            let header_hash = ruling.header_hash.clone();
            mark_for_removal(tx, account, &[Removal { uidl, size, header_hash }])?;
        } else {
            note_listed(tx, account, &[(uidl, size)])?;
        }
        let (condition, number, words) = ruling.rule.condition.columns();
        let sql = "INSERT OR REPLACE INTO maildrop_ruling (entry, condition, number, words, action, size, \
              header_hash, sender_name, sender, subject, received, decided_at) \
            SELECT id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 FROM maildrop \
            WHERE account = ?1 AND uidl = ?2 AND state = ?3";
        let state = match ruling.rule.action {
            RuleAction::Delete => DropState::Marked,
            _ => DropState::Known,
        };
        let values = params![
            account.0,
            ruling.uidl.0,
            state.word(),
            condition,
            number,
            words,
            ruling.rule.action.word(),
            i64::try_from(ruling.size).unwrap_or(i64::MAX),
            ruling.header_hash,
            ruling.from.name,
            ruling.from.email,
            ruling.subject,
            ruling.received.map_or(0, |at| at.0),
            tx.now().0,
        ];
        tx.run(sql, values)?;
    }
    tx.note(|changes| changes.maildrop(account));
    Ok(())
}

/// Returns what rules deleted or marked: what of it is still listed was not deleted after all.
pub fn undecided(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Uidl>> {
    let sql = "SELECT uidl FROM maildrop JOIN maildrop_ruling AS ruling ON ruling.entry = maildrop.id \
        WHERE maildrop.account = ?1 AND maildrop.state IN ('marked', 'deleted') AND ruling.action = 'delete'";
    tx.all(sql, [account.0], |row| Ok(Uidl(row.get(0)?)))
}

/// Takes such marks back, where the messages are still there: the rules of today decide anew.
pub fn decide_again(tx: &WriteTx<'_>, account: AccountId, uidls: &[Uidl]) -> Result<()> {
    for uidl in uidls {
        forget(tx, account, uidl)?;
        set_state(tx, account, uidl, DropState::Known)?;
        let sql = "UPDATE maildrop SET header_hash = '' WHERE account = ?1 AND uidl = ?2";
        tx.run(sql, params![account.0, uidl.0])?;
    }
    Ok(())
}

/// Forgets what a rule decided of a message: the user decided otherwise.
pub(super) fn forget(tx: &WriteTx<'_>, account: AccountId, uidl: &Uidl) -> Result<()> {
    let sql = "DELETE FROM maildrop_ruling WHERE entry = \
        (SELECT id FROM maildrop WHERE account = ?1 AND uidl = ?2)";
    tx.run(sql, params![account.0, uidl.0]).map(drop)
}
