//! What changed in an open list.

use std::collections::{BTreeSet, HashMap, HashSet};

use posthorn_model::Position;

use super::sort::{self, Key};
use super::{DELTA_LIMIT, Sort, Source, Touched, View, open, source};
use crate::error::Result;
use crate::tx::ReadTx;

/// The difference between two versions of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// Nothing; the version stays.
    Unchanged,
    /// Too much to say: ask for the windows again.
    Reset {
        /// New version.
        version: u64,
        /// New number of rows.
        len: usize,
    },
    /// First take away, then put in, then draw anew.
    Patch {
        /// New version.
        version: u64,
        /// New number of rows.
        len: usize,
        /// Indices in the old list that are gone, rising.
        removed: Vec<usize>,
        /// Indices in the new list that came, rising, with what is there.
        inserted: Vec<(usize, Position)>,
        /// Indices in the new list of rows that stayed and show something else, rising.
        changed: Vec<usize>,
    },
}

/// Brings a list in line with the database at what was touched, and returns the difference.
pub fn refresh(tx: &ReadTx<'_>, view: &mut View, touched: &Touched) -> Result<Delta> {
    let is_search = matches!(view.spec.source, Source::Search(_));
    let mut asked: BTreeSet<Position> = touched.positions.clone();
    if is_search {
        asked.extend(&touched.searchable);
    }
    if asked.is_empty() && !touched.is_structure_changed && !touched.are_mailboxes_changed {
        return Ok(Delta::Unchanged);
    }
    let is_other = source::mailboxes(tx, &view.spec.source)? != view.mailboxes;
    if is_other || (is_search && touched.is_structure_changed) || asked.len() > DELTA_LIMIT {
        return reset(tx, view);
    }
    let asked: Vec<Position> = asked.into_iter().collect();
    let members = source::members(tx, &view.spec, &view.mailboxes, &asked)?;
    let listed = listed(view, &asked);
    if members.is_empty() && listed.is_empty() {
        return Ok(Delta::Unchanged);
    }
    patch(tx, view, &asked, &members, &listed)
}

fn reset(tx: &ReadTx<'_>, view: &mut View) -> Result<Delta> {
    let new = open(tx, &view.spec)?;
    if new.entries == view.entries && new.mailboxes == view.mailboxes && new.entries.is_empty() {
        return Ok(Delta::Unchanged);
    }
    *view = View { version: view.version + 1, ..new };
    Ok(Delta::Reset { version: view.version, len: view.len() })
}

/// Returns where these positions are in the list now.
fn listed(view: &View, asked: &[Position]) -> HashMap<Position, usize> {
    if matches!(view.spec.sort, Sort::Newest | Sort::Oldest) {
        return asked
            .iter()
            .filter_map(|position| Some((*position, view.index_of(*position)?)))
            .collect();
    }
    let wanted: HashSet<Position> = asked.iter().copied().collect();
    let entries = view.entries.iter().enumerate();
    entries
        .filter(|(_, entry)| wanted.contains(entry))
        .map(|(index, entry)| (*entry, index))
        .collect()
}

fn patch(
    tx: &ReadTx<'_>,
    view: &mut View,
    asked: &[Position],
    members: &HashSet<Position>,
    listed: &HashMap<Position, usize>,
) -> Result<Delta> {
    let mut removed: Vec<usize> = listed
        .iter()
        .filter(|(position, _)| !members.contains(position))
        .map(|(_, index)| *index)
        .collect();
    removed.sort_unstable();
    let mut stayed: Vec<usize> = listed
        .iter()
        .filter(|(position, _)| members.contains(position))
        .map(|(_, index)| *index)
        .collect();
    stayed.sort_unstable();
    let sort = view.spec.sort;
    let mut arriving: Vec<(Key, Position)> = Vec::new();
    for position in
        asked.iter().filter(|position| members.contains(position) && !listed.contains_key(position))
    {
        arriving.push((sort::key(tx, sort, *position)?, *position));
    }
    arriving.sort_by(|one, other| sort::compare(sort, (&one.0, one.1), (&other.0, other.1)));

    let mut remaining = view.entries.clone();
    let mut gone = removed.iter().peekable();
    let mut index = 0;
    remaining.retain(|_| {
        let is_gone = gone.next_if(|removed| **removed == index).is_some();
        index += 1;
        !is_gone
    });
    // For each arrival the index, among what remained, before which it stands.
    let mut places = Vec::with_capacity(arriving.len());
    for (key, position) in &arriving {
        places.push((place(tx, sort, &remaining, key, *position)?, *position));
    }
    let changed = stayed.iter().map(|old| {
        let among_remaining = old - removed.partition_point(|gone| gone < old);
        among_remaining + places.partition_point(|(at, _)| *at <= among_remaining)
    });
    let changed: Vec<usize> = changed.collect();
    let inserted: Vec<(usize, Position)> =
        places.iter().enumerate().map(|(count, (at, position))| (at + count, *position)).collect();
    view.entries = woven(remaining, &places);
    view.version += 1;
    Ok(Delta::Patch { version: view.version, len: view.len(), removed, inserted, changed })
}

/// Finds before which remaining row an arrival stands, by halving; keys are read only where it looks.
fn place(
    tx: &ReadTx<'_>,
    sort: Sort,
    remaining: &[Position],
    key: &Key,
    position: Position,
) -> Result<usize> {
    let (mut low, mut high) = (0, remaining.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let Some(there) = remaining.get(middle) else { break };
        let there_key = sort::key(tx, sort, *there)?;
        if sort::compare(sort, (&there_key, *there), (key, position)).is_lt() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn woven(remaining: Vec<Position>, places: &[(usize, Position)]) -> Vec<Position> {
    if places.is_empty() {
        return remaining;
    }
    let mut entries = Vec::with_capacity(remaining.len() + places.len());
    let mut from = 0;
    for (at, position) in places {
        entries.extend(remaining.get(from..*at).unwrap_or_default());
        entries.push(*position);
        from = *at;
    }
    entries.extend(remaining.get(from..).unwrap_or_default());
    entries
}
