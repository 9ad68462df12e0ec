//! People seen in mail, for completing addresses.
//!
//! Those that the user wrote to come first; among them counts how often, and the more the longer ago that was the less.
//! Names in Chinese characters are found by pinyin and initials too. Addresses that no person reads are not learnt.

mod complete;

use posthorn_model::{Address, Timestamp};
use rusqlite::params;

pub(crate) use complete::Typed;
pub use complete::complete;

use crate::error::Result;
use crate::message::Head;
use crate::spelling::spellings;
use crate::tx::{ReadTx, WriteTx};

/// Recipients learnt from one message: a list of hundreds is nobody's address book.
const LEARN_LIMIT: usize = 20;
/// Words by which one contact can be found.
const WORD_LIMIT: usize = 8;
/// Local parts that no person reads.
const NOBODY: [&str; 8] = [
    "noreply",
    "no-reply",
    "donotreply",
    "do-not-reply",
    "mailer-daemon",
    "bounce",
    "bounces",
    "notifications",
];

/// A person seen in mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Name and address; the name is the last that was seen.
    pub address: Address,
    /// Messages that the user sent there.
    pub sent: u32,
    /// Messages that came from there.
    pub received: u32,
    /// Last of both.
    pub last_used: Timestamp,
}

/// Returns a contact by address, absent where nobody wrote from or to it, or no person reads it.
pub fn find(tx: &ReadTx<'_>, email: &str) -> Result<Option<Contact>> {
    let sql = "SELECT name, email, sent, received, last_used FROM contact WHERE email = ?1";
    tx.maybe(sql, [email.to_lowercase()], read)
}

/// Returns the one of this name to whom the user wrote last, under another address than this one.
pub fn of_same_name(tx: &ReadTx<'_>, name: &str, email: &str) -> Result<Option<Contact>> {
    let sql = "SELECT name, email, sent, received, last_used FROM contact WHERE id IN \
           (SELECT contact FROM contact_word WHERE word = ?1) AND sent > 0 AND email <> ?2 AND lower(name) = ?1 \
         ORDER BY last_used DESC LIMIT 1";
    tx.maybe(sql, [name.to_lowercase(), email.to_lowercase()], read)
}

/// Returns the domains that the user wrote to, the latest first, each once.
pub fn written_domains(tx: &ReadTx<'_>, limit: usize) -> Result<Vec<String>> {
    let sql = "SELECT substr(email, instr(email, '@') + 1) AS domain FROM contact WHERE sent > 0 \
        GROUP BY domain ORDER BY MAX(last_used) DESC LIMIT ?1";
    tx.all(sql, [limit as i64], |row| row.get(0))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        address: Address { name: row.get(0)?, email: row.get(1)? },
        sent: row.get(2)?,
        received: row.get(3)?,
        last_used: Timestamp(row.get(4)?),
    })
}

/// Forgets a contact.
pub fn forget(tx: &WriteTx<'_>, email: &str) -> Result<()> {
    tx.run("DELETE FROM contact WHERE email = ?1", [email.to_lowercase()])?;
    tx.note(crate::change::ChangeSet::contacts);
    Ok(())
}

/// Learns whom the user wrote to.
pub fn note_sent(tx: &WriteTx<'_>, recipients: &[Address]) -> Result<()> {
    for recipient in recipients.iter().take(LEARN_LIMIT) {
        see(tx, recipient, 1, 0, tx.now())?;
    }
    Ok(())
}

/// Learns people from a message: recipients of the user's own, else its sender.
pub(crate) fn learn(tx: &WriteTx<'_>, own: &[String], head: &Head) -> Result<()> {
    let is_own = head.from.iter().any(|from| own.contains(&from.email.to_lowercase()));
    if is_own {
        for recipient in head.to.iter().chain(&head.cc).take(LEARN_LIMIT) {
            see(tx, recipient, 1, 0, head.received)?;
        }
    } else if let Some(sender) = head.from.first() {
        see(tx, sender, 0, 1, head.received)?;
    }
    Ok(())
}

fn see(tx: &WriteTx<'_>, address: &Address, sent: u32, received: u32, at: Timestamp) -> Result<()> {
    let email = address.email.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    if !email.contains('@') || NOBODY.contains(&local) {
        return Ok(());
    }
    let sql = "SELECT id, name, last_used FROM contact WHERE email = ?1";
    let known: Option<(i64, String, i64)> =
        tx.maybe(sql, [&email], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut is_same = false;
    let id = if let Some((id, name, last_used)) = known {
        is_same = address.name.is_empty() || address.name == name;
        // The newest name wins; a message without one does not take it away.
        let is_newest = !address.name.is_empty() && (name.is_empty() || at.0 >= last_used);
        let name = if is_newest { &address.name } else { &name };
        let sql = "UPDATE contact SET sent = sent + ?2, received = received + ?3, name = ?4, last_used = ?5 \
            WHERE id = ?1";
        tx.run(sql, params![id, sent, received, name, at.0.max(last_used)])?;
        id
    } else {
        let sql = "INSERT INTO contact (email, name, sent, received, last_used) VALUES (?1, ?2, ?3, ?4, ?5)";
        tx.insert(sql, params![email, address.name, sent, received, at.0])?
    };
    // By every name that somebody wrote under.
    if !is_same {
        for word in words(&address.name, &email).into_iter().chain(spellings(&address.name)) {
            tx.run(
                "INSERT OR IGNORE INTO contact_word (word, contact) VALUES (?1, ?2)",
                params![word, id],
            )?;
        }
    }
    tx.note(crate::change::ChangeSet::contacts);
    Ok(())
}

/// The words by which someone is found: the address, its domain, the name and each word of it.
fn words(name: &str, email: &str) -> Vec<String> {
    let mut words = vec![email.to_owned()];
    words.extend(email.split_once('@').map(|(_, domain)| domain.to_owned()));
    words.extend(words_of(name));
    words.retain(|word| !word.is_empty());
    words.dedup();
    words.truncate(WORD_LIMIT);
    words
}

/// The words of a name: all of it, and each, in small letters.
fn words_of(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let each = name.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned);
    let each: Vec<String> = each.filter(|word| !word.is_empty()).collect();
    std::iter::once(name.clone()).filter(|_| !name.is_empty()).chain(each).collect()
}

/// The words by which a name is completed: itself, each of its words, and how they are typed where they are Chinese.
pub(crate) fn words_to_type(name: &str) -> Vec<String> {
    let mut words = words_of(name);
    words.truncate(WORD_LIMIT);
    words.extend(spellings(name));
    words
}

/// What a name is sorted by: as it is typed where it is Chinese, else itself in small letters.
pub(crate) fn sort_key(name: &str) -> String {
    spellings(name).into_iter().next().unwrap_or_else(|| name.to_lowercase())
}
