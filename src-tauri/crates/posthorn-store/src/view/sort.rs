//! Orders that are not the order of positions.

use std::cmp::Ordering;

use posthorn_model::Position;

use super::{Sort, ViewSpec};
use crate::address_list;
use crate::error::Result;
use crate::tx::ReadTx;

/// What a row is sorted by; never changes for a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The position itself.
    Time,
    /// Text, folded; rising.
    Text(String),
    /// Bytes, negative: the largest first.
    Size(i64),
}

/// Returns what a position is sorted by.
pub(super) fn key(tx: &ReadTx<'_>, sort: Sort, position: Position) -> Result<Key> {
    let text = |sql: &str| {
        tx.maybe(sql, [position.0], |row| row.get::<_, String>(0)).map(Option::unwrap_or_default)
    };
    Ok(match sort {
        Sort::Newest | Sort::Oldest => Key::Time,
        Sort::Sender => {
            let list = text("SELECT from_list FROM message WHERE position = ?1")?;
            let first = address_list::read(&list).into_iter().next().unwrap_or_default();
            Key::Text(first.display().to_lowercase())
        }
        Sort::Subject => {
            Key::Text(text("SELECT lower(subject_key) FROM message WHERE position = ?1")?)
        }
        Sort::Size => {
            let sql = "SELECT size FROM message WHERE position = ?1";
            let size: Option<i64> = tx.maybe(sql, [position.0], |row| row.get(0))?;
            Key::Size(-size.unwrap_or_default())
        }
    })
}

/// Compares two rows in a list's order; never equal for two different positions.
pub(super) fn compare(sort: Sort, one: (&Key, Position), other: (&Key, Position)) -> Ordering {
    match sort {
        Sort::Oldest => one.1.cmp(&other.1),
        _ => one.0.cmp(other.0).then(other.1.cmp(&one.1)),
    }
}

/// Puts positions, which come by time, into the list's order.
pub(super) fn sorted(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    entries: Vec<Position>,
) -> Result<Vec<Position>> {
    if matches!(spec.sort, Sort::Newest | Sort::Oldest) {
        return Ok(entries);
    }
    let keyed = entries.into_iter().map(|position| Ok((key(tx, spec.sort, position)?, position)));
    let mut keyed = keyed.collect::<Result<Vec<_>>>()?;
    keyed.sort_unstable_by(|one, other| compare(spec.sort, (&one.0, one.1), (&other.0, other.1)));
    Ok(keyed.into_iter().map(|(_, position)| position).collect())
}
