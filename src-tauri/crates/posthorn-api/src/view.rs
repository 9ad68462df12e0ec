//! Lists on screen: handles that pages hold, windows of rows, deltas, and what a selection of rows means.
//!
//! Invariants: a list is refreshed from the store's own changes and from nothing else, at most ten times a second;
//! its version advances only with a delta that was told; whoever waits for a window never sees rows of another version.

mod open;
mod row;
mod select;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use posthorn_store::view::{self, Delta, Touched, View};
use posthorn_store::{Change, ReadTx, message};

pub(crate) use open::{views_close, views_find, views_open, views_range};
pub(crate) use select::Chosen;

use crate::contract::{Code, Error, Event, SearchInfo, ViewDelta};
use crate::engine::Engine;
use crate::error::Result;

/// Lists open at once; a page that was reloaded never closes its own, so the least recently used one goes.
const VIEW_LIMIT: usize = 64;

/// A list that a page holds.
#[derive(Debug)]
pub(crate) struct Slot {
    /// What changed since the list was last brought in line.
    touched: Mutex<Touched>,
    /// The list; absent while it is opened, and after an error.
    list: tokio::sync::Mutex<Option<Listed>>,
    /// When it was last used, in turns.
    used: Mutex<u64>,
}

/// An open list and what its delta tells besides.
#[derive(Debug)]
struct Listed {
    view: View,
    unread: u64,
}

#[derive(Debug, Default)]
struct Table {
    slots: BTreeMap<i64, Arc<Slot>>,
    next: i64,
    turn: u64,
}

/// All lists of an engine.
#[derive(Debug, Default)]
pub(crate) struct Views(Mutex<Table>);

impl Views {
    /// Returns a handle for a list that is about to be opened. From now on it takes note of changes.
    fn reserve(&self) -> (i64, Arc<Slot>) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while table.slots.len() >= VIEW_LIMIT {
            let used = |slot: &Slot| *slot.used.lock().unwrap_or_else(PoisonError::into_inner);
            let oldest = table.slots.iter().min_by_key(|(_, slot)| used(slot)).map(|(id, _)| *id);
            let Some(oldest) = oldest else { break };
            table.slots.remove(&oldest);
        }
        table.next += 1;
        table.turn += 1;
        let slot = Arc::new(Slot {
            touched: Mutex::default(),
            list: tokio::sync::Mutex::default(),
            used: Mutex::new(table.turn),
        });
        let id = table.next;
        table.slots.insert(id, Arc::clone(&slot));
        (id, slot)
    }

    fn get(&self, id: i64) -> Result<Arc<Slot>> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.turn += 1;
        let slot = table.slots.get(&id).cloned();
        let slot =
            slot.ok_or_else(|| Error::new(Code::NotFound, "This list was closed; open it again"))?;
        *slot.used.lock().unwrap_or_else(PoisonError::into_inner) = table.turn;
        Ok(slot)
    }

    fn remove(&self, id: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).slots.remove(&id);
    }

    fn all(&self) -> Vec<(i64, Arc<Slot>)> {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.slots.iter().map(|(id, slot)| (*id, Arc::clone(slot))).collect()
    }

    /// Takes note of what a commit changed.
    pub(crate) fn note(&self, changes: &[Change]) {
        for (_, slot) in self.all() {
            slot.touched.lock().unwrap_or_else(PoisonError::into_inner).add(changes);
        }
    }

    /// Takes note that changes were missed: every list looks at everything again.
    pub(crate) fn note_everything(&self) {
        for (_, slot) in self.all() {
            let mut touched = slot.touched.lock().unwrap_or_else(PoisonError::into_inner);
            touched.is_structure_changed = true;
            // More positions than a delta has: the refresh reads the whole list anew.
            touched.positions.extend(
                (0..=view::DELTA_LIMIT as i64).map(|index| posthorn_model::Position(-1 - index)),
            );
        }
    }

    /// Brings all lists in line and tells their deltas. A list that is just being read keeps its notes for the next time.
    pub(crate) async fn refresh(&self, engine: &Engine) {
        for (id, slot) in self.all() {
            let Ok(mut list) = slot.list.try_lock() else { continue };
            match catch_up(engine, id, &slot, &mut list).await {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "a list could not be brought in line"),
            }
        }
    }

    /// Returns whether some list has notes that are not told yet.
    pub(crate) fn is_behind(&self) -> bool {
        let has_notes =
            |slot: &Slot| !slot.touched.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        self.all().iter().any(|(_, slot)| has_notes(slot))
    }
}

/// What a refresh found, with the messages of changed rows.
struct Refreshed {
    delta: Delta,
    changed: Vec<i64>,
    unread: u64,
}

fn refreshed(
    tx: &ReadTx<'_>,
    list: &mut Listed,
    touched: &Touched,
) -> posthorn_store::Result<Refreshed> {
    let delta = view::refresh(tx, &mut list.view, touched)?;
    let mut changed = Vec::new();
    if let Delta::Patch { changed: indices, .. } = &delta {
        for index in indices {
            let position = list.view.entries().get(*index);
            if let Some(found) =
                position.map(|position| message::at(tx, *position)).transpose()?.flatten()
            {
                changed.push(found.0);
            }
        }
    }
    if delta != Delta::Unchanged {
        list.unread = open::unread(tx, &list.view)?;
    }
    Ok(Refreshed { delta, changed, unread: list.unread })
}

/// Brings one list in line with what it noted, and tells the delta.
async fn catch_up(engine: &Engine, id: i64, slot: &Slot, list: &mut Option<Listed>) -> Result<()> {
    // Taken also where there is no list (it could not be read): nobody waits for its deltas.
    let touched = std::mem::take(&mut *slot.touched.lock().unwrap_or_else(PoisonError::into_inner));
    let Some(mut listed) = list.take() else { return Ok(()) };
    if touched.is_empty() {
        *list = Some(listed);
        return Ok(());
    }
    let before = listed.view.version();
    // The list travels into the read and back, also when the read fails: it is too large to be copied ten times a second.
    let read = engine.store().read(move |tx| {
        let found = refreshed(tx, &mut listed, &touched);
        Ok((listed, found, touched))
    });
    let (listed, found, touched) = read.await?;
    *list = Some(listed);
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let mut notes = slot.touched.lock().unwrap_or_else(PoisonError::into_inner);
            notes.positions.extend(touched.positions);
            notes.searchable.extend(touched.searchable);
            notes.is_structure_changed |= touched.is_structure_changed;
            return Err(error.into());
        }
    };
    if let Some(delta) = told(id, before, found) {
        engine.tell(Event::ViewChanged { delta });
    }
    Ok(())
}

/// Puts a delta into the contract's words; nothing where nothing changed.
fn told(id: i64, before: u64, found: Refreshed) -> Option<ViewDelta> {
    let numbers = |list: Vec<usize>| list.into_iter().map(|index| index as u64).collect::<Vec<_>>();
    let (version, total, reset, removed, inserted) = match found.delta {
        Delta::Unchanged => return None,
        Delta::Reset { version, len } => (version, len, true, Vec::new(), Vec::new()),
        Delta::Patch { version, len, removed, inserted, .. } => {
            let is_long = removed.len() + inserted.len() > view::DELTA_LIMIT;
            let inserted = inserted.into_iter().map(|(index, _)| index).collect();
            if is_long {
                (version, len, true, Vec::new(), Vec::new())
            } else {
                (version, len, false, removed, inserted)
            }
        }
    };
    Some(ViewDelta {
        view: id,
        from_version: before,
        version,
        total: total as u64,
        unread: found.unread,
        reset,
        removed: numbers(removed),
        inserted: numbers(inserted),
        changed: if reset { Vec::new() } else { found.changed },
    })
}

/// What a list of a search says besides its rows.
type Info = Option<SearchInfo>;

#[cfg(test)]
mod tests {
    use posthorn_model::Position;
    use posthorn_store::view::Delta;

    use super::{Refreshed, VIEW_LIMIT, Views, told};
    use crate::contract::Code;

    #[test]
    fn handles_end_with_the_least_recently_used() {
        let views = Views::default();
        let (first, _) = views.reserve();
        let (second, _) = views.reserve();
        for _ in 2..VIEW_LIMIT {
            views.reserve();
        }
        assert!(views.get(first).is_ok());
        let (newest, _) = views.reserve();
        assert!(views.get(first).is_ok() && views.get(newest).is_ok());
        assert_eq!(views.get(second).unwrap_err().code, Code::NotFound);
    }

    #[test]
    fn deltas_are_told_in_row_numbers_and_long_ones_are_resets() {
        let patch = |count: usize| Refreshed {
            delta: Delta::Patch {
                version: 8,
                len: 5,
                removed: vec![1, 3],
                inserted: (0..count).map(|index| (index, Position(9))).collect(),
                changed: vec![2],
            },
            changed: vec![77],
            unread: 4,
        };
        let delta = told(3, 7, patch(1)).unwrap();
        assert_eq!(
            (delta.view, delta.from_version, delta.version, delta.total, delta.unread),
            (3, 7, 8, 5, 4)
        );
        assert_eq!(
            (delta.removed, delta.inserted, delta.changed, delta.reset),
            (vec![1, 3], vec![0], vec![77], false)
        );
        let long = told(3, 7, patch(1000)).unwrap();
        assert!(
            long.reset
                && long.removed.is_empty()
                && long.inserted.is_empty()
                && long.changed.is_empty()
        );
        let nothing = Refreshed { delta: Delta::Unchanged, changed: Vec::new(), unread: 0 };
        assert_eq!(told(3, 7, nothing), None);
    }
}
