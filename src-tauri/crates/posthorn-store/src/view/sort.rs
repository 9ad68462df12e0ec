//! Orders that are not the order of positions.

use std::cmp::Ordering;

use posthorn_model::Position;

use super::Sort;
use crate::address_list;
use crate::error::Result;
use crate::tx::ReadTx;

/// What a row is sorted by; never changes for a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The position itself.
    Time,
    /// Text, folded; rising.
    Text(Box<str>),
    /// Bytes, negative: the largest first.
    Size(i64),
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
        Sort::Sender => Some("SELECT from_list FROM message WHERE position = ?1"),
        Sort::Subject => Some("SELECT subject_key FROM message WHERE position = ?1"),
        Sort::Size => Some("SELECT size FROM message INDEXED BY message_facts WHERE position = ?1"),
    }
}

fn read(sort: Sort, row: &rusqlite::Row<'_>) -> rusqlite::Result<Key> {
    let text = || row.get_ref(0).map(|value| value.as_str().unwrap_or_default());
    Ok(match sort {
        Sort::Newest | Sort::Oldest => Key::Time,
        Sort::Sender => {
            Key::Text(address_list::first_shown(text()?).to_lowercase().into_boxed_str())
        }
        Sort::Subject => Key::Text(text()?.to_lowercase().into_boxed_str()),
        Sort::Size => Key::Size(-row.get::<_, i64>(0)?),
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
    let found = tx.maybe(sql, [position.0], |row| read(sort, row))?;
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
            Some(row) => read(sort, row)?,
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
