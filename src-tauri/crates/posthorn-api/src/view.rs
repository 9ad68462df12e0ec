//! Lists on screen: handles that pages hold, windows of rows, deltas, and what a selection of rows means.
//!
//! Invariants: a list is refreshed from the store's own changes and from nothing else, at most ten times a second;
//! its version advances only with a delta that was told; whoever waits for a window never sees rows of another version.

mod beyond;
mod grow;
mod open;
mod row;
mod select;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use posthorn_store::view::{self, Delta, Touched, View};
use posthorn_store::{Change, ReadTx, message};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub(crate) use open::{views_close, views_find, views_open, views_range};
pub(crate) use select::Chosen;

use crate::contract::{Code, Error, Event, MovedRow, SearchInfo, ViewDelta};
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
    list: tokio::sync::Mutex<Option<View>>,
    /// Tells those who wait for the whole list that it is there.
    grown: Notify,
    /// The list was closed: what is still read for it is of no use.
    closed: CancellationToken,
    /// When it was last used, in turns.
    used: Mutex<u64>,
}

#[derive(Debug, Default)]
struct Table {
    slots: BTreeMap<i64, Arc<Slot>>,
    next: i64,
    turn: u64,
}

impl Table {
    fn close(&mut self, id: i64) {
        if let Some(slot) = self.slots.remove(&id) {
            slot.closed.cancel();
        }
    }
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
            table.close(oldest);
        }
        table.next += 1;
        table.turn += 1;
        let slot = Arc::new(Slot {
            touched: Mutex::default(),
            list: tokio::sync::Mutex::default(),
            grown: Notify::new(),
            closed: CancellationToken::new(),
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).close(id);
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
            touched.is_everything = true;
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

/// What a refresh found, with the messages of changed and moved rows.
#[derive(Debug)]
struct Refreshed {
    delta: Delta,
    changed: Vec<i64>,
    moved: Vec<MovedRow>,
    unread: u64,
    is_counting: bool,
}

impl Refreshed {
    /// A delta that names no message.
    fn bare(delta: Delta, list: &View) -> Self {
        let (unread, is_counting) = (list.unread() as u64, !list.is_whole());
        Self { delta, changed: Vec::new(), moved: Vec::new(), unread, is_counting }
    }
}

fn refreshed(
    tx: &ReadTx<'_>,
    list: &mut View,
    touched: &Touched,
) -> posthorn_store::Result<Refreshed> {
    let delta = view::refresh(tx, list, touched)?;
    let message_at = |index: usize| match list.entries().get(index) {
        Some(position) => message::at(tx, *position),
        None => Ok(None),
    };
    let (mut changed, mut moved) = (Vec::new(), Vec::new());
    if let Delta::Patch { changed: indices, moved: pairs, .. } = &delta {
        for index in indices.iter().take(view::DELTA_LIMIT + 1) {
            changed.extend(message_at(*index)?.map(|found| found.0));
        }
        for (from, to) in pairs {
            let (from, to, found) = (*from as u64, *to as u64, message_at(*to)?);
            moved.extend(found.map(|found| MovedRow { from, to, message: found.0 }));
        }
    }
    Ok(Refreshed { changed, moved, ..Refreshed::bare(delta, list) })
}

/// Brings one list in line with what it noted, and tells the delta.
async fn catch_up(engine: &Engine, id: i64, slot: &Slot, list: &mut Option<View>) -> Result<()> {
    // Taken also where there is no list (it could not be read): nobody waits for its deltas.
    let touched = std::mem::take(&mut *slot.touched.lock().unwrap_or_else(PoisonError::into_inner));
    let Some(mut listed) = list.take() else { return Ok(()) };
    if touched.is_empty() {
        *list = Some(listed);
        return Ok(());
    }
    let before = listed.version();
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
            notes.absorb(touched);
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
    let bare = |version: u64, len: usize| ViewDelta {
        view: id,
        from_version: before,
        version,
        total: len as u64,
        unread: found.unread,
        counting: found.is_counting,
        reset: false,
        removed: Vec::new(),
        inserted: Vec::new(),
        moved: Vec::new(),
        changed: Vec::new(),
        stale: false,
    };
    Some(match found.delta {
        Delta::Unchanged => return None,
        Delta::Grown { version, len } => bare(version, len),
        Delta::Reset { version, len } => ViewDelta { reset: true, ..bare(version, len) },
        Delta::Patch { version, len, removed, inserted, .. }
            if removed.len() + inserted.len() > view::DELTA_LIMIT =>
        {
            ViewDelta { reset: true, ..bare(version, len) }
        }
        Delta::Patch { version, len, removed, inserted, is_stale, .. } => {
            let stale = is_stale || found.changed.len() > view::DELTA_LIMIT;
            ViewDelta {
                removed: numbers(removed),
                inserted: numbers(inserted.into_iter().map(|(index, _)| index).collect()),
                moved: found.moved,
                changed: if stale { Vec::new() } else { found.changed },
                stale,
                ..bare(version, len)
            }
        }
    })
}

/// What a list of a search says besides its rows.
type Info = Option<SearchInfo>;

#[cfg(test)]
mod tests {
    use posthorn_model::Position;
    use posthorn_store::view::Delta;

    use super::{Refreshed, VIEW_LIMIT, Views, told};
    use crate::contract::{Code, MovedRow};

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
                moved: vec![(1, 0)],
                changed: vec![2],
                is_stale: false,
            },
            changed: vec![77],
            moved: vec![MovedRow { from: 1, to: 0, message: 78 }],
            unread: 4,
            is_counting: false,
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
        assert_eq!(delta.moved, vec![MovedRow { from: 1, to: 0, message: 78 }]);
        let long = told(3, 7, patch(1000)).unwrap();
        assert!(
            long.reset
                && long.removed.is_empty()
                && long.inserted.is_empty()
                && long.moved.is_empty()
                && long.changed.is_empty()
        );
        let many = told(3, 7, Refreshed { changed: vec![1; 1001], ..patch(1) }).unwrap();
        assert!(many.stale && many.changed.is_empty() && many.removed == vec![1, 3]);
        let grown = Refreshed { delta: Delta::Grown { version: 8, len: 900 }, ..patch(0) };
        let grown = told(3, 7, Refreshed { is_counting: true, ..grown }).unwrap();
        assert!(grown.counting && !grown.reset && grown.inserted.is_empty());
        assert_eq!(grown.total, 900);
        assert_eq!(told(3, 7, Refreshed { delta: Delta::Unchanged, ..patch(0) }), None);
    }
}
