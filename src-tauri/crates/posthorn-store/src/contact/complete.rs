//! Completing an address: people of the address book first, then those who were seen in mail.
//!
//! Invariant: every address is offered once, under the name that the address book gives it. Somebody kept there stands
//! before everybody who is not; among both kinds counts how often and how lately the user wrote.

use rusqlite::params;

use super::{Contact, read};
use crate::error::Result;
use crate::tx::ReadTx;

/// What an address is offered with, best first, at the time `?1` in milliseconds. What was written counts four times what
/// was received, and all of it half when the last was a month ago: somebody of years ago with hundreds of messages stands
/// behind the colleague of today.
const OFFERED: &str = "SELECT COALESCE(NULLIF(person.name, ''), contact.name, '') AS shown, hit.email AS address, \
      COALESCE(contact.sent, 0) AS wrote, COALESCE(contact.received, 0) AS got, \
      COALESCE(contact.last_used, 0) AS used, MIN(person.id) AS kept \
    FROM hit LEFT JOIN contact ON contact.email = hit.email \
      LEFT JOIN person_entry AS entry ON entry.value = hit.email AND entry.what = 'email' \
      LEFT JOIN person ON person.id = entry.person \
    GROUP BY hit.email \
    ORDER BY kept IS NULL, wrote > 0 DESC, \
      (wrote * 4 + got) / (1.0 + max(?1 - used, 0) / 2592000000.0) DESC, used DESC, address LIMIT ?2";

/// Returns those of whom a word begins with the text, best first. An empty text gives the best of all.
pub fn complete(tx: &ReadTx<'_>, text: &str, limit: usize) -> Result<Vec<Contact>> {
    let (now, limit) = (tx.now().0, limit as i64);
    let Some(Typed { text, text_end, close, close_end }) = Typed::of(text) else {
        let sql = format!(
            "WITH hit (email) AS (SELECT email FROM contact \
               UNION SELECT value FROM person_entry WHERE what = 'email') {OFFERED}"
        );
        return tx.all(&sql, params![now, limit], read);
    };
    let sql = format!(
        "WITH hit (email) AS ( \
           SELECT email FROM contact WHERE id IN ( \
             SELECT contact FROM contact_word WHERE word >= ?3 AND word < ?4 \
             UNION ALL SELECT contact FROM contact_word WHERE word >= ?5 AND word < ?6) \
           UNION SELECT value FROM person_entry WHERE what = 'email' AND value >= ?3 AND value < ?4 \
           UNION SELECT value FROM person_entry WHERE what = 'email' AND person IN ( \
             SELECT person FROM person_word WHERE word >= ?3 AND word < ?4 \
             UNION ALL SELECT person FROM person_word WHERE word >= ?5 AND word < ?6)) {OFFERED}"
    );
    tx.all(&sql, params![now, limit, text, text_end, close, close_end], read)
}

/// What was typed, as two ranges of words: everything that begins with it sorts from the first on and before the second.
pub(crate) struct Typed {
    /// As typed, in small letters.
    pub(crate) text: String,
    /// The end of its range.
    pub(crate) text_end: String,
    /// The same without spaces and apostrophes: pinyin is typed with them between syllables, or without.
    pub(crate) close: String,
    /// The end of its range.
    pub(crate) close_end: String,
}

impl Typed {
    /// Returns the ranges; absent where nothing was typed.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return None;
        }
        let close: String =
            text.chars().filter(|letter| !matches!(letter, ' ' | '\'' | '’')).collect();
        let end = |text: &str| format!("{text}\u{10ffff}");
        Some(Self { text_end: end(&text), close_end: end(&close), text, close })
    }
}
