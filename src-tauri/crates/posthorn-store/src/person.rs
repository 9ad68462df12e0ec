//! The address book: people whom the user keeps, with their addresses, numbers and a note.
//!
//! Invariants: entries keep their order; an address is stored in small letters, and two people may share one. What is
//! allowed in a field is the API's business; here is counted.

use rusqlite::{Row, params};

use crate::contact::{Typed, sort_key, words_to_type};
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// People in all: more than anybody knows, and what a search by letters still reads at once.
pub const PERSON_LIMIT: usize = 10_000;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Postal address, lines separated by `\n`.
    Address,
    /// Page.
    Url,
    /// What somebody does.
    Title,
    /// Birthday as written.
    Birthday,
}

/// Names of [`What`] as they are stored.
const NAMES: [(What, &str); 6] = [
    (What::Email, "email"),
    (What::Phone, "phone"),
    (What::Address, "address"),
    (What::Url, "url"),
    (What::Title, "title"),
    (What::Birthday, "birthday"),
];

impl What {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(what, _)| *what == self).map(|(_, name)| *name).unwrap_or_default()
    }

    /// Returns what has this name; absent where nothing has.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(what, _)| *what)
    }
}

/// One thing that is known of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub what: What,
    /// `work`, `home`, `cell`, `fax`; empty = not said.
    pub kind: String,
    /// As it is read.
    pub value: String,
}

/// Somebody in the address book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Its id; 0 for one that is not stored yet.
    pub id: i64,
    /// Name; empty where only addresses are known.
    pub name: String,
    /// Organisation; empty when missing.
    pub organization: String,
    /// The user's words about them; empty when missing.
    pub note: String,
    /// Addresses, numbers and so on, in order.
    pub entries: Vec<Entry>,
}

impl Person {
    /// Returns the entries of one kind, in order.
    pub fn all(&self, what: What) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.what == what)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        organization: row.get(2)?,
        note: row.get(3)?,
        entries: Vec::new(),
    })
}

fn with_entries(tx: &ReadTx<'_>, mut person: Person) -> Result<Person> {
    let sql = "SELECT what, kind, value FROM person_entry WHERE person = ?1 ORDER BY place";
    let rows = tx.all(sql, [person.id], |row| {
        let what: String = row.get(0)?;
        Ok((What::named(&what), row.get(1)?, row.get(2)?))
    })?;
    // What a newer program knows besides is left to it.
    let known = rows.into_iter();
    person.entries = known
        .filter_map(|(what, kind, value)| what.map(|what| Entry { what, kind, value }))
        .collect();
    Ok(person)
}

/// Returns how many there are.
pub fn count(tx: &ReadTx<'_>) -> Result<usize> {
    tx.one("SELECT COUNT(*) FROM person", [], |row| {
        row.get::<_, i64>(0).map(|count| count as usize)
    })
}

/// Returns those with the text in their name, organisation, note or an entry, or whose name is typed so, by name, at most
/// `limit`; and how many there are. An empty text finds all.
pub fn search(tx: &ReadTx<'_>, text: &str, limit: usize) -> Result<(Vec<Person>, usize)> {
    let Some(typed) = Typed::of(text) else {
        let sql = "SELECT id, name, organization, note FROM person ORDER BY sort_key, id LIMIT ?1";
        let found = tx.all(sql, [limit as i64], read)?;
        let found: Result<Vec<Person>> =
            found.into_iter().map(|person| with_entries(tx, person)).collect();
        return Ok((found?, count(tx)?));
    };
    let sql = "SELECT id, name, organization, note FROM person WHERE \
          instr(lower(name), ?1) > 0 OR instr(lower(organization), ?1) > 0 OR instr(lower(note), ?1) > 0 \
          OR id IN (SELECT person FROM person_entry WHERE instr(lower(value), ?1) > 0) \
          OR id IN (SELECT person FROM person_word WHERE word >= ?1 AND word < ?2 \
            UNION ALL SELECT person FROM person_word WHERE word >= ?3 AND word < ?4) \
        ORDER BY sort_key, id";
    let values = params![typed.text, typed.text_end, typed.close, typed.close_end];
    let found = tx.all(sql, values, read)?;
    let total = found.len();
    let shown: Result<Vec<Person>> =
        found.into_iter().take(limit).map(|person| with_entries(tx, person)).collect();
    Ok((shown?, total))
}

/// Returns one.
pub fn get(tx: &ReadTx<'_>, id: i64) -> Result<Person> {
    let sql = "SELECT id, name, organization, note FROM person WHERE id = ?1";
    let found = tx.maybe(sql, [id], read)?.ok_or(Error::NotFound("contact"))?;
    with_entries(tx, found)
}

/// Returns whoever has the address, the first of several; absent where nobody has.
pub fn find(tx: &ReadTx<'_>, email: &str) -> Result<Option<Person>> {
    let sql = "SELECT MIN(person) FROM person_entry WHERE what = 'email' AND value = ?1";
    let id: Option<i64> = tx.one(sql, [email.to_lowercase()], |row| row.get(0))?;
    id.map(|id| get(tx, id)).transpose()
}

/// Returns the one with this name and without any address; absent where there is none.
pub fn nameless_address(tx: &ReadTx<'_>, name: &str) -> Result<Option<Person>> {
    let sql = "SELECT MIN(id) FROM person WHERE name = ?1 AND NOT EXISTS \
        (SELECT 1 FROM person_entry WHERE person = person.id AND what = 'email')";
    let id: Option<i64> = tx.one(sql, [name], |row| row.get(0))?;
    id.map(|id| get(tx, id)).transpose()
}

/// Adds somebody (id 0) or changes them; returns the id.
pub fn put(tx: &WriteTx<'_>, person: &Person) -> Result<i64> {
    let id = if person.id == 0 {
        if count(tx)? >= PERSON_LIMIT {
            return Err(Error::Invalid("the address book is full"));
        }
        tx.insert("INSERT INTO person (name) VALUES ('')", [])?
    } else {
        person.id
    };
    let sql =
        "UPDATE person SET name = ?2, organization = ?3, note = ?4, sort_key = ?5 WHERE id = ?1";
    let first = person.all(What::Email).next().map(|entry| entry.value.to_lowercase());
    let key = [person.name.as_str(), person.organization.as_str()]
        .into_iter()
        .find(|name| !name.is_empty());
    let key = key.map_or_else(|| first.unwrap_or_default(), sort_key);
    let values = params![id, person.name, person.organization, person.note, key];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("contact"));
    }
    tx.run("DELETE FROM person_entry WHERE person = ?1", [id])?;
    tx.run("DELETE FROM person_word WHERE person = ?1", [id])?;
    for (place, entry) in (0_i64..).zip(&person.entries) {
        let value = if entry.what == What::Email {
            entry.value.to_lowercase()
        } else {
            entry.value.clone()
        };
        let sql = "INSERT INTO person_entry (person, place, what, kind, value) VALUES (?1, ?2, ?3, ?4, ?5)";
        tx.run(sql, params![id, place, entry.what.name(), entry.kind, value])?;
    }
    for word in words_to_type(&person.name).into_iter().chain(words_to_type(&person.organization)) {
        let sql = "INSERT OR IGNORE INTO person_word (word, person) VALUES (?1, ?2)";
        tx.run(sql, params![word, id])?;
    }
    tx.note(crate::change::ChangeSet::contacts);
    Ok(id)
}

/// Removes somebody; one who is gone already is no failure.
pub fn remove(tx: &WriteTx<'_>, id: i64) -> Result<()> {
    tx.run("DELETE FROM person WHERE id = ?1", [id])?;
    tx.note(crate::change::ChangeSet::contacts);
    Ok(())
}
