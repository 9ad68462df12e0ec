//! Groups of the address book: named lists of addresses, to write to at once.
//!
//! Invariants: no two have the same name; a group has each address once. A member is an address, not a person: it stays
//! when the person is removed, and is called as the address book calls that address now.

use posthorn_model::Address;
use rusqlite::params;

use crate::contact::{Typed, sort_key, words_to_type};
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// Groups in all: a list of more is not looked through.
pub const GROUP_LIMIT: usize = 500;

/// A named list of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its id; 0 for one that is not stored yet.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Addresses, in order; each once.
    pub members: Vec<Address>,
}

fn with_members(tx: &ReadTx<'_>, id: i64, name: String) -> Result<Group> {
    let sql = "SELECT member.email, COALESCE(NULLIF((SELECT person.name FROM person_entry AS entry \
            JOIN person ON person.id = entry.person \
            WHERE entry.what = 'email' AND entry.value = member.email ORDER BY person.id LIMIT 1), ''), member.name) \
        FROM address_group_member AS member WHERE member.address_group = ?1 ORDER BY member.place";
    let members = tx.all(sql, [id], |row| Ok(Address { email: row.get(0)?, name: row.get(1)? }))?;
    Ok(Group { id, name, members })
}

fn named(tx: &ReadTx<'_>, rows: Vec<(i64, String)>) -> Result<Vec<Group>> {
    rows.into_iter().map(|(id, name)| with_members(tx, id, name)).collect()
}

/// Returns all by name.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Group>> {
    let sql = "SELECT id, name FROM address_group ORDER BY sort_key, id";
    let rows = tx.all(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    named(tx, rows)
}

/// Returns groups with members of whom a word begins with the text, by name. An empty text finds none.
pub fn complete(tx: &ReadTx<'_>, text: &str, limit: usize) -> Result<Vec<Group>> {
    let Some(typed) = Typed::of(text) else { return Ok(Vec::new()) };
    let sql = "SELECT id, name FROM address_group WHERE id IN \
          (SELECT address_group FROM address_group_word WHERE word >= ?1 AND word < ?2 \
            UNION ALL SELECT address_group FROM address_group_word WHERE word >= ?3 AND word < ?4) \
          AND EXISTS (SELECT 1 FROM address_group_member WHERE address_group = address_group.id) \
        ORDER BY sort_key, id LIMIT ?5";
    let values = params![typed.text, typed.text_end, typed.close, typed.close_end, limit as i64];
    let rows = tx.all(sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    named(tx, rows)
}

/// Adds a group (id 0) or changes one; returns its id.
pub fn put(tx: &WriteTx<'_>, group: &Group) -> Result<i64> {
    let known = list(tx)?;
    let lower = group.name.to_lowercase();
    if known.iter().any(|one| one.id != group.id && one.name.to_lowercase() == lower) {
        return Err(Error::Invalid("there is a group of this name already"));
    }
    let key = sort_key(&group.name);
    let id = if group.id == 0 {
        if known.len() >= GROUP_LIMIT {
            return Err(Error::Invalid("there are too many groups"));
        }
        let sql = "INSERT INTO address_group (name, sort_key) VALUES (?1, ?2)";
        tx.insert(sql, params![group.name, key])?
    } else {
        let sql = "UPDATE address_group SET name = ?2, sort_key = ?3 WHERE id = ?1";
        if tx.run(sql, params![group.id, group.name, key])? == 0 {
            return Err(Error::NotFound("group"));
        }
        group.id
    };
    tx.run("DELETE FROM address_group_member WHERE address_group = ?1", [id])?;
    tx.run("DELETE FROM address_group_word WHERE address_group = ?1", [id])?;
    let mut seen: Vec<String> = Vec::new();
    for member in &group.members {
        let email = member.email.to_lowercase();
        if seen.contains(&email) {
            continue;
        }
        let sql = "INSERT INTO address_group_member (address_group, place, email, name) VALUES (?1, ?2, ?3, ?4)";
        tx.run(sql, params![id, seen.len() as i64, email, member.name])?;
        seen.push(email);
    }
    for word in words_to_type(&group.name) {
        let sql = "INSERT OR IGNORE INTO address_group_word (word, address_group) VALUES (?1, ?2)";
        tx.run(sql, params![word, id])?;
    }
    tx.note(crate::change::ChangeSet::contacts);
    Ok(id)
}

/// Removes a group; its members stay where else they are.
pub fn remove(tx: &WriteTx<'_>, id: i64) -> Result<()> {
    tx.run("DELETE FROM address_group WHERE id = ?1", [id])?;
    tx.note(crate::change::ChangeSet::contacts);
    Ok(())
}
