//! Writing words.
//!
//! A batch is sorted by position before it is inserted: FTS5 flushes its buffer at every smaller row number.

use std::cell::RefCell;

use posthorn_model::Position;
use posthorn_query::words::{beginnings, index_text};
use rusqlite::{Connection, OptionalExtension, params};

use super::Words;
use super::known::{self, Fresh};
use crate::address_list;
use crate::change::ChangeSet;
use crate::error::Result;
use crate::tx::ReadTx;

/// A message's words, ready to be inserted.
#[derive(Debug)]
pub(super) struct Prepared {
    position: i64,
    /// Absent = the message is gone.
    head: Option<Head>,
    /// Absent = no bytes here.
    text: Option<String>,
    /// Beginnings of the words of both.
    beginnings: String,
}

impl Prepared {
    /// Returns everything that is indexed of the message.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.head.iter().flat_map(Head::texts).chain(self.text.as_deref())
    }
}

#[derive(Debug)]
struct Head {
    subject: String,
    sender: String,
    recipient: String,
    cc: String,
    bcc: String,
    file: String,
}

impl Head {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let all = [&self.subject, &self.sender, &self.recipient, &self.cc, &self.bcc, &self.file];
        all.into_iter().map(String::as_str)
    }
}

/// Reads heads and makes words; no transaction of the search database is open meanwhile.
pub(super) fn prepare(tx: &ReadTx<'_>, mut batch: Vec<Words>) -> Result<Vec<Prepared>> {
    batch.sort_by_key(|words| words.position);
    batch.dedup_by_key(|words| words.position);
    let one = |words: Words| {
        let text = words.text.map(|text| index_text(&text));
        let (position, head) = (words.position.0, head(tx, words.position)?);
        let mut prepared = Prepared { position, head, text, beginnings: String::new() };
        prepared.beginnings = beginnings(prepared.texts());
        Ok(prepared)
    };
    batch.into_iter().map(one).collect()
}

fn head(tx: &ReadTx<'_>, position: Position) -> Result<Option<Head>> {
    let sql = "SELECT subject, from_list, to_list, cc_list, bcc_list, \
        (SELECT group_concat(name, ' ') FROM attachment WHERE attachment.message = message.id) \
        FROM message WHERE position = ?1";
    tx.maybe(sql, [position.0], |row| {
        let people =
            |index| row.get_ref(index).map(|value| people(value.as_str().unwrap_or_default()));
        Ok(Head {
            subject: index_text(&row.get::<_, String>(0)?),
            sender: people(1)?,
            recipient: people(2)?,
            cc: people(3)?,
            bcc: people(4)?,
            file: index_text(&row.get::<_, Option<String>>(5)?.unwrap_or_default()),
        })
    })
}

fn people(list: &str) -> String {
    let addresses = address_list::read(list);
    let texts: Vec<String> = addresses
        .iter()
        .map(|address| index_text(&format!("{} {}", address.name, address.email)))
        .collect();
    texts.join(" ")
}

pub(super) fn write(
    connection: &Connection,
    batch: &[Prepared],
    fresh: &Fresh,
    changes: &RefCell<ChangeSet>,
) -> Result<()> {
    known::write(connection, fresh)?;
    // Heads and bodies, more or fewer than before.
    let (mut heads, mut bodies) = (0_i64, 0_i64);
    for words in batch {
        if let Some(had_body) = remove(connection, words.position)? {
            heads -= 1;
            bodies -= i64::from(had_body);
        }
        if let Some(head) = &words.head {
            let sql = "INSERT INTO head (rowid, subject, sender, recipient, cc, bcc, file) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let values = params![
                words.position,
                head.subject,
                head.sender,
                head.recipient,
                head.cc,
                head.bcc,
                head.file
            ];
            connection.prepare_cached(sql)?.execute(values)?;
            if let Some(text) = &words.text {
                connection
                    .prepare_cached("INSERT INTO body (rowid, text) VALUES (?1, ?2)")?
                    .execute(params![words.position, text])?;
            }
            connection
                .prepare_cached("INSERT INTO beginning (rowid, text) VALUES (?1, ?2)")?
                .execute(params![words.position, words.beginnings])?;
            connection
                .prepare_cached("INSERT INTO indexed (position, has_body) VALUES (?1, ?2)")?
                .execute(params![words.position, words.text.is_some()])?;
            heads += 1;
            bodies += i64::from(words.text.is_some());
        }
        changes.borrow_mut().searchable(Position(words.position));
    }
    let sql = "UPDATE tally SET heads = heads + ?1, bodies = bodies + ?2 WHERE id = 1";
    connection.prepare_cached(sql)?.execute([heads, bodies])?;
    Ok(())
}

/// Takes a message's words away; returns whether its body was indexed, absent where nothing of it was.
fn remove(connection: &Connection, position: i64) -> Result<Option<bool>> {
    // Asked first: nearly always there is nothing, and a DELETE that returns something costs a savepoint.
    let sql = "SELECT has_body FROM indexed WHERE position = ?1";
    let was_there: Option<bool> =
        connection.prepare_cached(sql)?.query_row([position], |row| row.get(0)).optional()?;
    if let Some(has_body) = was_there {
        connection
            .prepare_cached("DELETE FROM indexed WHERE position = ?1")?
            .execute([position])?;
        connection.prepare_cached("DELETE FROM head WHERE rowid = ?1")?.execute([position])?;
        connection.prepare_cached("DELETE FROM beginning WHERE rowid = ?1")?.execute([position])?;
        if has_body {
            connection.prepare_cached("DELETE FROM body WHERE rowid = ?1")?.execute([position])?;
        }
    }
    Ok(was_there)
}

/// Empties the index.
pub(super) fn clear(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "INSERT INTO head (head) VALUES ('delete-all'); INSERT INTO body (body) VALUES ('delete-all'); \
         INSERT INTO beginning (beginning) VALUES ('delete-all'); DELETE FROM indexed; DELETE FROM known_word; \
         UPDATE tally SET heads = 0, bodies = 0;",
    )?;
    Ok(())
}

/// Returns positions that only one side has, or whose bytes came without their words.
pub(super) fn differing(tx: &ReadTx<'_>) -> Result<Vec<Position>> {
    let sql = "SELECT message.position FROM message INDEXED BY message_facts \
          LEFT JOIN words.indexed AS known ON known.position = message.position \
          WHERE known.position IS NULL OR (known.has_body = 0 AND message.body_state = 2) \
        UNION ALL \
        SELECT known.position FROM words.indexed AS known \
          WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.position = known.position)";
    tx.all(sql, [], |row| row.get(0).map(Position))
}
