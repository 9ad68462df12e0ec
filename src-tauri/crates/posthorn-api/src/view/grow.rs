//! The rest of a list, behind the first window that was shown.
//!
//! Invariants: the list is not held while it is read on, so windows and deltas do not wait; each stretch is told as a
//! delta; a list that is closed (the next letter of a search was typed) ends the read at once. A stretch that cannot
//! be read is tried again: until then the list says that it is still counting.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use posthorn_store::view::{self, View};
use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::{Refreshed, Slot, told};
use crate::contract::Event;
use crate::engine::Engine;

/// Time after which a search tells what it found at first; later stretches take four times as long each, because
/// beginning again costs too.
const FIRST_STRETCH: Duration = Duration::from_millis(60);
/// Stretches with a limit; then the rest comes at once.
const STRETCHES: u32 = 4;
/// Rest before a stretch that failed is read again.
const RETRY: Duration = Duration::from_secs(1);

/// Reads a list on until it is whole or closed.
pub(super) async fn grow(engine: Engine, id: i64, slot: Arc<Slot>) {
    let work = async {
        let mut round = 0;
        while stretch(&engine, id, &slot, round).await {
            round += 1;
        }
    };
    tokio::select! {
        biased;
        () = engine.cancel().cancelled() => {}
        () = slot.closed.cancelled() => {}
        () = work => {}
    }
    slot.grown.notify_waiters();
}

/// Reads one stretch; returns whether more may follow.
async fn stretch(engine: &Engine, id: i64, slot: &Slot, round: u32) -> bool {
    let seam = slot.list.lock().await.as_ref().and_then(View::seam);
    let Some(seam) = seam else { return false };
    let until = (round < STRETCHES).then(|| Instant::now() + FIRST_STRETCH * 4_u32.pow(round));
    let read = engine.store().read(move |tx| view::read_on(tx, &seam, usize::MAX, until)).await;
    let chunk = match read {
        Ok(chunk) => chunk,
        Err(error) => {
            tracing::warn!(%error, "a list could not be read on");
            tokio::time::sleep(RETRY).await;
            return true;
        }
    };
    let mut list = slot.list.lock().await;
    let Some(open) = list.as_mut() else { return false };
    let before = open.version();
    let grown = open.append(chunk);
    let touched = &slot.touched;
    touched.lock().unwrap_or_else(PoisonError::into_inner).positions.extend(grown.positions);
    if let Some(delta) = told(id, before, Refreshed::bare(grown.delta, open)) {
        engine.tell(Event::ViewChanged { delta });
    }
    !open.is_whole()
}

impl Slot {
    /// Waits until the list is whole, or can no longer become so.
    pub(super) async fn whole(&self) -> MutexGuard<'_, Option<View>> {
        loop {
            let mut grown = std::pin::pin!(self.grown.notified());
            // Before the look, so that what is told in between is not missed.
            grown.as_mut().enable();
            let list = self.list.lock().await;
            let is_waiting = list.as_ref().is_some_and(|open| !open.is_whole());
            if !is_waiting || self.closed.is_cancelled() {
                return list;
            }
            drop(list);
            tokio::select! {
                () = self.closed.cancelled() => {}
                () = grown => {}
            }
        }
    }
}
