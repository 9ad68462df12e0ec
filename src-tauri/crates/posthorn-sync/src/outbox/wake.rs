//! What the sender is told from outside, and what it tells of a message on its way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use posthorn_model::OutboxId;
use tokio::sync::Notify;

/// Wakes the sender of an account.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    is_raised: AtomicBool,
    notify: Notify,
}

impl Wake {
    /// Asks for a look at the outbox now, also at what waits for a better connection.
    pub(crate) fn raise(&self) {
        self.is_raised.store(true, Ordering::Release);
        self.notify.notify_one();
    }

    /// Returns whether somebody asked, and forgets it.
    pub(super) fn take(&self) -> bool {
        self.is_raised.swap(false, Ordering::AcqRel)
    }

    /// Waits until somebody asks.
    pub(super) async fn wait(&self) {
        while !self.is_raised.load(Ordering::Acquire) {
            self.notify.notified().await;
        }
    }
}

/// Bytes of the messages that are being handed over now. Lost with the process, as the connection is.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<BTreeMap<OutboxId, u64>>);

impl Uploads {
    /// Returns how many bytes of a message went out in the current try; absent when none is under way.
    pub(crate) fn get(&self, id: OutboxId) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }

    pub(super) fn set(&self, id: OutboxId, bytes: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, bytes);
    }

    pub(super) fn forget(&self, id: OutboxId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
