//! What changed in an open list.

use std::collections::{BTreeSet, HashMap, HashSet};

use posthorn_model::{Position, ThreadId};

use super::open::falling;
use super::sort::{self, Key};
use super::{DELTA_LIMIT, Grouping, Sort, Source, Touched, View, open, source};
use crate::error::Result;
use crate::tx::ReadTx;

/// A list is read anew when more than one of so many of its rows is to be looked at: a look costs that much more than
/// reading one in a row.
const LOOK_COST: usize = 32;

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
    /// Further rows were found behind the last one; nothing else changed.
    Grown {
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
        /// Rows that went and came at once, because the newest message of their conversation is another one now: index
        /// in the old list, index in the new. All of them stand in `removed` and `inserted` too.
        moved: Vec<(usize, usize)>,
        /// Indices in the new list of rows that stayed and show something else, rising.
        changed: Vec<usize>,
        /// Nobody knows which rows show something else: any may; `changed` is empty.
        is_stale: bool,
    },
}

/// Brings a list in line with the database at what was touched, and returns the difference.
pub fn refresh(tx: &ReadTx<'_>, view: &mut View, touched: &Touched) -> Result<Delta> {
    let is_search = matches!(view.spec.source, Source::Search(_));
    let mut asked: BTreeSet<Position> = touched.positions.clone();
    if is_search {
        asked.extend(&touched.searchable);
    }
    let is_structure_touched = touched.is_structure_changed || touched.are_mailboxes_changed;
    if asked.is_empty() && !is_structure_touched && !touched.is_everything {
        return Ok(Delta::Unchanged);
    }
    let is_other = source::mailboxes(tx, &view.spec.source)? != view.mailboxes;
    // Which accounts are switched on.
    let asks_accounts = is_search || view.spec.source == Source::FollowUps;
    if is_other || (asks_accounts && touched.is_structure_changed) {
        return reset(tx, view);
    }
    let (asked, behind): (Vec<Position>, Vec<Position>) =
        asked.into_iter().partition(|position| view.reaches(*position));
    view.deferred.extend(behind);
    if touched.is_everything || asked.len() > DELTA_LIMIT.max(view.len() / LOOK_COST) {
        return read_anew(tx, view);
    }
    let members = source::members(tx, &view.spec, &view.mailboxes, &asked)?;
    let listed = listed(view, &asked);
    if members.is_empty() && listed.is_empty() {
        return Ok(Delta::Unchanged);
    }
    patch(tx, view, &asked, &members, &listed)
}

/// Replaces the list by what it is now, without saying what the difference is.
fn reset(tx: &ReadTx<'_>, view: &mut View) -> Result<Delta> {
    let new = open(tx, &view.spec)?;
    if new.entries == view.entries && new.mailboxes == view.mailboxes && new.entries.is_empty() {
        return Ok(Delta::Unchanged);
    }
    take(view, new);
    Ok(Delta::Reset { version: view.version, len: view.len() })
}

fn take(view: &mut View, new: View) {
    *view = View { version: view.version + 1, reading: view.reading + 1, ..new };
}

/// Reads the list anew, and says what the difference is where it is small: rows that only read differently (ten
/// thousand were marked as read) stay where they are.
fn read_anew(tx: &ReadTx<'_>, view: &mut View) -> Result<Delta> {
    let new = open(tx, &view.spec)?;
    let old = std::mem::take(&mut view.entries);
    let sort = view.spec.sort;
    take(view, new);
    let (version, len) = (view.version, view.len());
    let difference = if sort.is_by_time() {
        difference(sort, &old, &view.entries)
    } else {
        (old == view.entries).then(Default::default)
    };
    let Some((removed, inserted)) = difference else { return Ok(Delta::Reset { version, len }) };
    if old.is_empty() && len == 0 {
        return Ok(Delta::Unchanged);
    }
    let gone: Vec<(usize, Position)> =
        removed.iter().filter_map(|index| Some((*index, *old.get(*index)?))).collect();
    let moved = moved(tx, view, &gone, &inserted)?;
    Ok(Delta::Patch { version, len, removed, inserted, moved, changed: Vec::new(), is_stale: true })
}

type Difference = (Vec<usize>, Vec<(usize, Position)>);

/// Compares two lists by time; absent where they differ in more rows than a delta tells.
fn difference(sort: Sort, old: &[Position], new: &[Position]) -> Option<Difference> {
    let (mut removed, mut inserted) = (Vec::new(), Vec::new());
    let (mut before, mut after) = (0, 0);
    loop {
        let order = match (old.get(before), new.get(after)) {
            (None, None) => return Some((removed, inserted)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(one), Some(other)) => {
                sort::compare(sort, (&Key::Time, *one), (&Key::Time, *other))
            }
        };
        if order.is_lt() {
            removed.push(before);
        } else if order.is_gt() {
            inserted.extend(new.get(after).map(|position| (after, *position)));
        }
        before += usize::from(order.is_le());
        after += usize::from(order.is_ge());
        if removed.len() + inserted.len() > DELTA_LIMIT {
            return None;
        }
    }
}

/// Finds the conversations whose row went at one place and came at another.
fn moved(
    tx: &ReadTx<'_>,
    view: &View,
    removed: &[(usize, Position)],
    inserted: &[(usize, Position)],
) -> Result<Vec<(usize, usize)>> {
    if view.spec.grouping == Grouping::Messages || removed.is_empty() || inserted.is_empty() {
        return Ok(Vec::new());
    }
    let mut came: HashMap<ThreadId, usize> = HashMap::new();
    for (index, position) in inserted {
        came.extend(thread_at(tx, *position)?.map(|thread| (thread, *index)));
    }
    let mut moved = Vec::new();
    for (from, position) in removed {
        // Of conversations that became one, the first row stands for it.
        let to = thread_at(tx, *position)?.and_then(|thread| came.remove(&thread));
        moved.extend(to.map(|to| (*from, to)));
    }
    Ok(moved)
}

fn thread_at(tx: &ReadTx<'_>, position: Position) -> Result<Option<ThreadId>> {
    let sql = "SELECT thread FROM message WHERE position = ?1";
    tx.maybe(sql, [position.0], |row| row.get(0).map(ThreadId))
}

/// Returns where these positions are in the list now.
fn listed(view: &View, asked: &[Position]) -> HashMap<Position, usize> {
    if view.spec.sort.is_by_time() {
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
    members: &HashMap<Position, bool>,
    listed: &HashMap<Position, usize>,
) -> Result<Delta> {
    let indices = |is_member: bool| {
        let those = listed.iter().filter(|(at, _)| members.contains_key(at) == is_member);
        let mut indices: Vec<(usize, Position)> = those.map(|(at, index)| (*index, *at)).collect();
        indices.sort_unstable();
        indices
    };
    let (gone, stayed) = (indices(false), indices(true));
    let removed: Vec<usize> = gone.iter().map(|(index, _)| *index).collect();
    let sort = view.spec.sort;
    let mut arriving: Vec<(Key, Position)> = Vec::new();
    for position in asked
        .iter()
        .filter(|position| members.contains_key(position) && !listed.contains_key(position))
    {
        arriving.push((sort::key(tx, sort, *position)?, *position));
    }
    arriving.sort_by(|one, other| sort::compare(sort, (&one.0, one.1), (&other.0, other.1)));
    // For each arrival the index, among what remains, before which it stands.
    let mut places = Vec::with_capacity(arriving.len());
    if !(removed.is_empty() && arriving.is_empty()) {
        let remaining = without(&view.entries, &removed);
        for (key, position) in &arriving {
            places.push((place(tx, sort, &remaining, key, *position)?, *position));
        }
        view.entries = woven(remaining, &places);
    }
    let changed = stayed.iter().map(|(old, _)| {
        let among_remaining = old - removed.partition_point(|gone| gone < old);
        among_remaining + places.partition_point(|(at, _)| *at <= among_remaining)
    });
    let changed: Vec<usize> = changed.collect();
    let inserted: Vec<(usize, Position)> =
        places.iter().enumerate().map(|(count, (at, position))| (at + count, *position)).collect();
    mark(view, asked, members);
    view.version += 1;
    let moved = moved(tx, view, &gone, &inserted)?;
    let (version, len) = (view.version, view.len());
    Ok(Delta::Patch { version, len, removed, inserted, moved, changed, is_stale: false })
}

fn without(entries: &[Position], removed: &[usize]) -> Vec<Position> {
    let mut gone = removed.iter().peekable();
    let entries = entries.iter().enumerate();
    let stays = entries.filter(|(index, _)| gone.next_if(|removed| *removed == index).is_none());
    stays.map(|(_, position)| *position).collect()
}

/// Keeps which rows are not read in line.
fn mark(view: &mut View, asked: &[Position], members: &HashMap<Position, bool>) {
    let is_marked =
        |position: &Position| view.unread.binary_search_by(|other| position.cmp(other)).is_ok();
    let is_unread = |position: &&Position| members.get(position) == Some(&true);
    let (now, not): (Vec<&Position>, Vec<&Position>) = asked.iter().partition(is_unread);
    let came: Vec<Position> =
        now.into_iter().filter(|position| !is_marked(position)).copied().collect();
    let went: HashSet<Position> =
        not.into_iter().filter(|position| is_marked(position)).copied().collect();
    if !went.is_empty() {
        view.unread.retain(|position| !went.contains(position));
    }
    if !came.is_empty() {
        view.unread.extend(came);
        view.unread = falling(std::mem::take(&mut view.unread));
    }
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
