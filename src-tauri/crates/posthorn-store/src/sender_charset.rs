//! In which encoding a sender's mail is read, where it names a wrong one.
//!
//! The choice holds for mail of the same address that would be read in the same encoding: what the sender's other
//! program labels rightly is left alone.

use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};

/// A choice of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the mail is read in by itself, lower case.
    pub own: String,
    /// What it is read in instead.
    pub charset: String,
}

/// Returns the choices for a sender's mail.
pub fn of_sender(tx: &ReadTx<'_>, email: &str) -> Result<Vec<Choice>> {
    let sql = "SELECT own, charset FROM sender_charset WHERE email = ?1 ORDER BY own";
    tx.all(sql, [email.to_lowercase()], |row| Ok(Choice { own: row.get(0)?, charset: row.get(1)? }))
}

/// Remembers a choice.
pub fn set(tx: &WriteTx<'_>, email: &str, choice: &Choice) -> Result<()> {
    let sql = "INSERT INTO sender_charset (email, own, charset) VALUES (?1, ?2, ?3) \
        ON CONFLICT (email, own) DO UPDATE SET charset = excluded.charset";
    tx.run(sql, [email.to_lowercase(), choice.own.to_lowercase(), choice.charset.clone()])?;
    Ok(())
}

/// Forgets a choice.
pub fn forget(tx: &WriteTx<'_>, email: &str, own: &str) -> Result<()> {
    let sql = "DELETE FROM sender_charset WHERE email = ?1 AND own = ?2";
    tx.run(sql, [email.to_lowercase(), own.to_lowercase()])?;
    Ok(())
}
