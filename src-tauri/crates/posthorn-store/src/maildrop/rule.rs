//! Rules before download: what of a maildrop comes, what comes by its head alone, what stays, what is deleted there.
//!
//! Invariant: the list of an account is always written whole, so its order is the user's.
//!
//! Not here: what a rule matches and what it may do, which the engine knows; here they are only kept.

use posthorn_model::AccountId;
use rusqlite::{Row, params};

use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};

/// What a rule looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RuleCondition {
    /// More than so many bytes, as LIST says.
    LargerThan(u64),
    /// Fewer than so many bytes, as LIST says.
    SmallerThan(u64),
    /// The first sender has this address, or one of this domain (without `@`) or of one below it.
    From(String),
    /// The subject contains this, whatever the case.
    SubjectContains(String),
    /// Received or written more than so many days ago.
    OlderThan(u32),
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleAction {
    /// The message comes whole, whatever its size and whatever later rules say.
    Download,
    /// Its head comes (TOP); the rest when the user asks for it.
    HeadOnly,
    /// It does not come, and stays in sight in the maildrop browser.
    Skip,
    /// It is deleted on the server without having come.
    Delete,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// It is looked at.
    pub is_on: bool,
    /// What it looks at.
    pub condition: RuleCondition,
    /// What it does where that is so.
    pub action: RuleAction,
}

impl RuleCondition {
    /// Returns its word, number and words, as the tables keep it.
    pub(super) fn columns(&self) -> (&'static str, i64, &str) {
        match self {
            Self::LargerThan(bytes) => ("larger", signed(*bytes), ""),
            Self::SmallerThan(bytes) => ("smaller", signed(*bytes), ""),
            Self::From(whom) => ("sender", 0, whom),
            Self::SubjectContains(words) => ("subject", 0, words),
            Self::OlderThan(days) => ("older", i64::from(*days), ""),
        }
    }

    fn parse(word: &str, number: i64, words: String) -> Option<Self> {
        Some(match word {
            "larger" => Self::LargerThan(number.unsigned_abs()),
            "smaller" => Self::SmallerThan(number.unsigned_abs()),
            "sender" => Self::From(words),
            "subject" => Self::SubjectContains(words),
            "older" => Self::OlderThan(u32::try_from(number).unwrap_or(u32::MAX)),
            _ => return None,
        })
    }
}

impl RuleAction {
    const ALL: [Self; 4] = [Self::Download, Self::HeadOnly, Self::Skip, Self::Delete];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::HeadOnly => "head",
            Self::Skip => "skip",
            Self::Delete => "delete",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads a rule from the columns condition, number, words and action that begin at one; absent where a later version
/// wrote what this one does not know.
pub(super) fn read(row: &Row<'_>, at: usize, is_on: bool) -> rusqlite::Result<Option<Rule>> {
    let word = row.get_ref(at)?.as_str()?.to_owned();
    let condition = RuleCondition::parse(&word, row.get(at + 1)?, row.get(at + 2)?);
    let action = RuleAction::parse(row.get_ref(at + 3)?.as_str()?);
    let known = condition.zip(action);
    Ok(known.map(|(condition, action)| Rule { is_on, condition, action }))
}

/// Returns an account's rules in their order.
pub fn rules(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Rule>> {
    let sql = "SELECT is_on, condition, number, words, action FROM maildrop_rule WHERE account = ?1 \
        ORDER BY place, id";
    let all = tx.all(sql, [account.0], |row| read(row, 1, row.get(0)?))?;
    Ok(all.into_iter().flatten().collect())
}

/// Replaces an account's rules.
pub fn set_rules(tx: &WriteTx<'_>, account: AccountId, rules: &[Rule]) -> Result<()> {
    crate::account::get(tx, account)?;
    tx.run("DELETE FROM maildrop_rule WHERE account = ?1", [account.0])?;
    let sql = "INSERT INTO maildrop_rule (account, place, is_on, condition, number, words, action) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for (place, rule) in rules.iter().enumerate() {
        let (condition, number, words) = rule.condition.columns();
        let place = signed(place as u64);
        let action = rule.action.word();
        tx.run(sql, params![account.0, place, rule.is_on, condition, number, words, action])?;
    }
    tx.note(|changes| changes.maildrop(account));
    Ok(())
}
