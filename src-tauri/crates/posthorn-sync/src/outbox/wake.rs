//! What the sender is told from outside, and what it tells of a message on its way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use posthorn_model::OutboxId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

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

/// A message that is being handed over.
#[derive(Debug, Default)]
struct Upload {
    /// Bytes that went out.
    sent: u64,
    /// The user took it back.
    stop: CancellationToken,
}

/// The messages that are being handed over now. Lost with the process, as the connection is.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<BTreeMap<OutboxId, Upload>>);

impl Uploads {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<OutboxId, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how many bytes of a message went out in the current try; absent when none is under way.
    pub(crate) fn get(&self, id: OutboxId) -> Option<u64> {
        self.lock().get(&id).map(|upload| upload.sent)
    }

    /// Stops a message that the user took back; nothing where it is not under way.
    pub(crate) fn stop(&self, id: OutboxId) {
        if let Some(upload) = self.lock().get(&id) {
            upload.stop.cancel();
        }
    }

    /// Notes that a message is about to be handed over; returns what tells when it is taken back.
    pub(super) fn begin(&self, id: OutboxId) -> CancellationToken {
        let upload = Upload::default();
        let stop = upload.stop.clone();
        self.lock().insert(id, upload);
        stop
    }

    pub(super) fn set(&self, id: OutboxId, bytes: u64) {
        if let Some(upload) = self.lock().get_mut(&id) {
            upload.sent = bytes;
        }
    }

    pub(super) fn forget(&self, id: OutboxId) {
        self.lock().remove(&id);
    }
}
