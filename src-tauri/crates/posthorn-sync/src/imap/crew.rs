//! What an account's IMAP tasks tell each other: the working one, the watching one, the one that downloads bodies.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::problem::Problem;

/// How the download of bodies goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyState {
    /// Everything that was wanted is here.
    Done,
    /// Going on.
    Busy,
    /// It cannot go on now.
    Stuck(Problem),
}

/// Shared by the tasks of one connected account.
#[derive(Debug)]
pub(crate) struct Crew {
    is_watching: AtomicBool,
    is_first_look_over: watch::Sender<bool>,
    wanted: watch::Sender<u64>,
    served: AtomicU64,
    stuck: Mutex<Option<Problem>>,
}

impl Crew {
    pub(crate) fn new() -> Self {
        Self {
            is_watching: AtomicBool::new(false),
            is_first_look_over: watch::Sender::new(false),
            wanted: watch::Sender::new(0),
            served: AtomicU64::new(0),
            stuck: Mutex::default(),
        }
    }

    /// Notes that the working connection looked at INBOX, or has no reason to.
    pub(crate) fn first_look_is_over(&self) {
        self.is_first_look_over.send_if_modified(|is_over| !std::mem::replace(is_over, true));
    }

    /// Waits for that.
    pub(crate) async fn until_first_look(&self) {
        // The sender is ours: it cannot be gone.
        let _ = self.is_first_look_over.subscribe().wait_for(|is_over| *is_over).await;
    }

    /// Tells whether somebody listens to INBOX.
    pub(crate) fn is_watching(&self) -> bool {
        self.is_watching.load(Ordering::Acquire)
    }

    pub(crate) fn set_watching(&self, is_watching: bool) {
        self.is_watching.store(is_watching, Ordering::Release);
    }

    /// Asks for the bodies that are missing now.
    pub(crate) fn want_bodies(&self) {
        self.wanted.send_modify(|wanted| *wanted += 1);
    }

    /// Returns a watcher of what is wanted.
    pub(crate) fn wanted(&self) -> watch::Receiver<u64> {
        self.wanted.subscribe()
    }

    /// Notes that everything that was missing when `wanted` was read is here, or that it cannot go on.
    pub(crate) fn report(&self, wanted: u64, outcome: Result<(), Problem>) {
        if outcome.is_ok() {
            self.served.store(wanted, Ordering::Release);
        }
        *self.stuck.lock().unwrap_or_else(PoisonError::into_inner) = outcome.err();
    }

    /// Notes that everything that is wanted now is here, whoever fetched it.
    pub(crate) fn all_here(&self) {
        self.report(*self.wanted.borrow(), Ok(()));
    }

    pub(crate) fn bodies(&self) -> BodyState {
        if self.served.load(Ordering::Acquire) >= *self.wanted.borrow() {
            return BodyState::Done;
        }
        let stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner).clone();
        stuck.map_or(BodyState::Busy, BodyState::Stuck)
    }
}
