//! What wakes a worker. Signals of one kind coalesce: a worker that is busy finds them once, when it looks.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use posthorn_model::MailboxId;
use tokio::sync::Notify;

/// What was asked of a worker since it last looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Look at everything now, and prove that the connections live.
    pub(crate) check: bool,
    /// Prove that the working connection lives.
    pub(crate) probe: bool,
    /// Operations wait in the log.
    pub(crate) operations: bool,
    /// Something happened in INBOX.
    pub(crate) inbox: bool,
    /// Folders that the user opened.
    pub(crate) opened: BTreeSet<MailboxId>,
    /// Bodies came, or could not come: the status has something to say.
    pub(crate) bodies: bool,
}

impl Wanted {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The signals of one worker.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    wanted: Mutex<Wanted>,
    notify: Notify,
}

impl Signals {
    /// Adds to what is wanted and wakes the worker.
    pub(crate) fn raise(&self, add: impl FnOnce(&mut Wanted)) {
        add(&mut self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        self.notify.notify_one();
    }

    /// Takes everything that is wanted.
    pub(crate) fn take(&self) -> Wanted {
        std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells whether something is wanted that may not wait for a long download.
    pub(crate) fn is_urgent(&self) -> bool {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.operations
            || wanted.inbox
            || wanted.check
            || wanted.probe
            || !wanted.opened.is_empty()
    }

    /// Waits until something is wanted. May be dropped and called again.
    pub(crate) async fn wait(&self) {
        loop {
            if !self.wanted.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                return;
            }
            self.notify.notified().await;
        }
    }
}
