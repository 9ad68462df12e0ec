//! Orders that are not the order of positions.

use std::cmp::Ordering;

use posthorn_model::Position;
use rusqlite::types::Value;

use super::Sort;
use crate::error::Result;
use crate::tx::ReadTx;

/// What a row is sorted by; never changes for a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The position itself.
    Time,
    /// Text in small letters; rising.
    Text(Box<str>),
    /// Bytes, negative: the largest first.
    Size(i64),
}

impl Key {
    /// Returns it as its column holds it.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Time => Value::Null,
            Self::Text(text) => Value::Text(text.to_string()),
            Self::Size(negative) => Value::Integer(-negative),
        }
    }
}

/// A row with what it is sorted by.
#[derive(Clone, Debug)]
pub(super) struct Keyed {
    pub(super) key: Key,
    pub(super) position: Position,
    pub(super) is_unread: bool,
}

fn sql(sort: Sort) -> Option<&'static str> {
    match sort {
        Sort::Newest | Sort::Oldest => None,
        Sort::Sender => Some("SELECT sender_key FROM message WHERE position = ?1"),
        Sort::Subject => Some("SELECT subject_key FROM message WHERE position = ?1"),
        Sort::Size => Some("SELECT size FROM message INDEXED BY message_facts WHERE position = ?1"),
    }
}

/// Reads what a row is sorted by from a column.
pub(super) fn read(sort: Sort, row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Key> {
    Ok(match sort {
        Sort::Newest | Sort::Oldest => Key::Time,
        Sort::Sender | Sort::Subject => {
            Key::Text(row.get_ref(column)?.as_str().unwrap_or_default().into())
        }
        Sort::Size => Key::Size(-row.get::<_, i64>(column)?),
    })
}

fn missing(sort: Sort) -> Key {
    match sort {
        Sort::Newest | Sort::Oldest => Key::Time,
        Sort::Sender | Sort::Subject => Key::Text(Box::default()),
        Sort::Size => Key::Size(0),
    }
}

/// Returns what a position is sorted by.
pub(super) fn key(tx: &ReadTx<'_>, sort: Sort, position: Position) -> Result<Key> {
    let Some(sql) = sql(sort) else { return Ok(Key::Time) };
    let found = tx.maybe(sql, [position.0], |row| read(sort, row, 0))?;
    Ok(found.unwrap_or_else(|| missing(sort)))
}

/// Gives rows what they are sorted by.
pub(super) fn keyed(
    tx: &ReadTx<'_>,
    sort: Sort,
    rows: Vec<(Position, bool)>,
) -> Result<Vec<Keyed>> {
    let Some(sql) = sql(sort) else { return Ok(Vec::new()) };
    // One statement for all: finding it again a million times would cost as much as running it.
    let mut statement = tx.statement(sql)?;
    let mut keyed = Vec::with_capacity(rows.len());
    for (position, is_unread) in rows {
        let mut found = statement.query([position.0])?;
        let key = match found.next()? {
            Some(row) => read(sort, row, 0)?,
            None => missing(sort),
        };
        keyed.push(Keyed { key, position, is_unread });
    }
    Ok(keyed)
}

/// Compares two rows in a list's order; never equal for two different positions.
pub(super) fn compare(sort: Sort, one: (&Key, Position), other: (&Key, Position)) -> Ordering {
    match sort {
        Sort::Oldest => one.1.cmp(&other.1),
        _ => one.0.cmp(other.0).then(other.1.cmp(&one.1)),
    }
}
