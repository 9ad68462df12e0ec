//! What a message asks of those who get it: a delivery report, a read receipt. Chosen per message, with a habit per account.

use posthorn_model::{AccountId, DraftId};
use rusqlite::params;

use crate::error::{Error, Result};
use crate::setting;
use crate::tx::{ReadTx, WriteTx};

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The servers on the way: a report on success, delay and failure (RFC 3461).
    pub report: bool,
    /// The reader: a word that it was read (RFC 8098).
    pub receipt: bool,
}

impl Wishes {
    fn word(self) -> &'static str {
        match (self.report, self.receipt) {
            (false, false) => "none",
            (true, false) => "report",
            (false, true) => "receipt",
            (true, true) => "report receipt",
        }
    }

    /// Reads a word of [`Self::word`]; absent where nothing was chosen.
    fn parse(word: &str) -> Option<Self> {
        let has = |name: &str| word.split(' ').any(|part| part == name);
        (!word.is_empty()).then(|| Self { report: has("report"), receipt: has("receipt") })
    }
}

fn key(account: AccountId) -> String {
    format!("sending-wishes/{}", account.0)
}

/// Returns what an account's messages ask for unless they are told otherwise.
pub fn habit(tx: &ReadTx<'_>, account: AccountId) -> Result<Wishes> {
    let stored = setting::get(tx, &key(account))?.unwrap_or_default();
    Ok(Wishes::parse(stored.trim_matches('"')).unwrap_or_default())
}

/// Chooses what an account's messages ask for, from the next one on.
pub fn set_habit(tx: &WriteTx<'_>, account: AccountId, wishes: Wishes) -> Result<()> {
    if wishes == Wishes::default() {
        setting::remove(tx, &key(account))?;
    } else {
        setting::set(tx, &key(account), &format!("\"{}\"", wishes.word()))?;
    }
    tx.note(|changes| changes.account(account));
    Ok(())
}

/// Returns what a draft asks for: what was chosen for it, else its account's habit.
pub fn wishes(tx: &ReadTx<'_>, id: DraftId) -> Result<Wishes> {
    let sql = "SELECT wishes, account FROM draft WHERE id = ?1";
    let found = tx.maybe(sql, [id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let (chosen, account) = found.ok_or(Error::NotFound("draft"))?;
    Wishes::parse(&chosen).map_or_else(|| habit(tx, AccountId(account)), Ok)
}

/// Chooses what a draft asks for. One that is being sent is not changed.
pub fn set_wishes(tx: &WriteTx<'_>, id: DraftId, wishes: Wishes) -> Result<()> {
    let sql = "UPDATE draft SET wishes = ?2 WHERE id = ?1 AND outbox = 0";
    if tx.run(sql, params![id.0, wishes.word()])? == 0 {
        return Err(Error::NotFound("draft"));
    }
    tx.note(|changes| changes.draft(id));
    Ok(())
}
