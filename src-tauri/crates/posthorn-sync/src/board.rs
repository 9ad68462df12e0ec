//! The statuses of all accounts, and who came to rest.
//!
//! Work is counted: whoever wants something of an account raises `wanted`; a worker notes the number before it
//! looks for work and reports it as `served` when everything that it found is done. So "at rest" never overlooks
//! what was asked for in the meantime. An account has several workers ([`Part`]), each with its own two numbers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use posthorn_model::{AccountId, Clock, Timestamp};
use tokio::sync::{broadcast, watch};

use crate::event::SyncEvent;
use crate::limit::{EVENTS, PROGRESS_MS};
use crate::status::{State, Status};

/// A worker of an account whose rest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// What fetches mail and replays operations.
    Incoming,
    /// What sends mail.
    Outgoing,
}

/// Two counters: what was asked for, and what of it is done.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    wanted: u64,
    served: u64,
}

#[derive(Debug)]
struct Entry {
    status: Status,
    counts: BTreeMap<Part, Count>,
    told_at: Timestamp,
    was_at_rest: bool,
}

impl Entry {
    fn is_at_rest(&self) -> bool {
        let is_served = self.counts.values().all(|count| count.served >= count.wanted);
        match self.status.state {
            State::Disabled
            | State::Offline
            | State::NeedsPassword
            | State::Failed
            | State::Local => true,
            State::UpToDate => is_served && self.status.pending_operations == 0,
            // Connected, and nothing can be done before the next look.
            State::Waiting => {
                is_served
                    && self.status.connected_since.is_some()
                    && self.status.pending_operations == 0
            }
            State::Connecting | State::Syncing => false,
        }
    }
}

/// All statuses. Cheap to clone; all clones are the same board.
#[derive(Clone, Debug)]
pub(crate) struct Board(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    entries: Mutex<BTreeMap<AccountId, Entry>>,
    events: broadcast::Sender<SyncEvent>,
    /// Moves with every change, so that a waiter looks again.
    version: watch::Sender<u64>,
    indexing: watch::Sender<bool>,
}

impl Board {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            clock,
            entries: Mutex::default(),
            events: broadcast::Sender::new(EVENTS),
            version: watch::Sender::new(0),
            indexing: watch::Sender::new(false),
        }))
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<AccountId, Entry>> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a listener for everything that is told from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<SyncEvent> {
        self.0.events.subscribe()
    }

    /// Tells all listeners; nobody listening is fine.
    pub(crate) fn tell(&self, event: SyncEvent) {
        let _ = self.0.events.send(event);
    }

    /// Puts an account on the board, unless it is there.
    pub(crate) fn add(&self, account: AccountId) {
        let now = self.0.clock.now();
        let fresh = || Entry {
            status: Status::new(account, now),
            counts: BTreeMap::from([(Part::Incoming, Count { wanted: 1, served: 0 })]),
            told_at: Timestamp::default(),
            was_at_rest: false,
        };
        self.entries().entry(account).or_insert_with(fresh);
        self.touch();
    }

    /// Takes an account off the board.
    pub(crate) fn remove(&self, account: AccountId) {
        self.entries().remove(&account);
        self.touch();
    }

    /// Returns an account's status. Absent when it is not on the board.
    pub(crate) fn status(&self, account: AccountId) -> Option<Status> {
        self.entries().get(&account).map(|entry| entry.status.clone())
    }

    /// Returns all statuses, by account.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        self.entries().values().map(|entry| entry.status.clone()).collect()
    }

    /// Changes a status and tells what changed.
    pub(crate) fn update(&self, account: AccountId, change: impl FnOnce(&mut Status)) {
        let now = self.0.clock.now();
        let mut events = Vec::new();
        {
            let mut entries = self.entries();
            let Some(entry) = entries.get_mut(&account) else { return };
            let before = entry.status.clone();
            change(&mut entry.status);
            if entry.status.state != before.state {
                entry.status.since = now;
            }
            if entry.status != before
                && (is_more_than_progress(&before, &entry.status) || entry.is_due(now))
            {
                entry.told_at = now;
                events.push(SyncEvent::StatusChanged(Box::new(entry.status.clone())));
            }
            events.extend(entry.came_to_rest(account));
        }
        for event in events {
            self.tell(event);
        }
        self.touch();
    }

    /// Notes that something is wanted of a worker.
    pub(crate) fn want(&self, account: AccountId, part: Part) {
        if let Some(entry) = self.entries().get_mut(&account) {
            entry.counts.entry(part).or_default().wanted += 1;
            entry.was_at_rest = entry.is_at_rest();
        }
        self.touch();
    }

    /// Returns what is wanted now; to be handed to [`Self::served`] when the work that is found after it is done.
    pub(crate) fn wanted(&self, account: AccountId, part: Part) -> u64 {
        self.entries()
            .get(&account)
            .and_then(|entry| entry.counts.get(&part))
            .map_or(0, |count| count.wanted)
    }

    /// Notes that everything up to `wanted` is done.
    pub(crate) fn served(&self, account: AccountId, part: Part, wanted: u64) {
        let mut event = None;
        if let Some(entry) = self.entries().get_mut(&account) {
            let count = entry.counts.entry(part).or_default();
            count.served = count.served.max(wanted);
            event = entry.came_to_rest(account);
        }
        if let Some(event) = event {
            self.tell(event);
        }
        self.touch();
    }

    /// Tells whether an account is about to get more mail.
    pub(crate) fn is_downloading(&self) -> bool {
        self.entries().values().any(|entry| entry.status.state == State::Syncing)
    }

    /// Waits until no account is about to get more mail.
    pub(crate) async fn until_downloaded(&self) {
        let mut version = self.watch();
        while self.is_downloading() {
            if version.changed().await.is_err() {
                return;
            }
        }
    }

    /// Notes whether words are still on their way into the search index.
    pub(crate) fn set_indexing(&self, is_indexing: bool) {
        self.0.indexing.send_replace(is_indexing);
        self.touch();
    }

    /// Tells whether an account, or every account, is at rest and searchable. An unknown account is at rest.
    pub(crate) fn is_at_rest(&self, account: Option<AccountId>) -> bool {
        let entries = self.entries();
        let all = match account {
            Some(account) => entries.get(&account).is_none_or(Entry::is_at_rest),
            None => entries.values().all(Entry::is_at_rest),
        };
        all && !*self.0.indexing.borrow()
    }

    /// Returns a watcher that wakes with every change of the board.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    fn touch(&self) {
        self.0.version.send_modify(|version| *version = version.wrapping_add(1));
    }
}

impl Entry {
    fn is_due(&self, now: Timestamp) -> bool {
        now.0.saturating_sub(self.told_at.0) >= PROGRESS_MS
    }

    fn came_to_rest(&mut self, account: AccountId) -> Option<SyncEvent> {
        let is_at_rest = self.is_at_rest();
        let was_at_rest = std::mem::replace(&mut self.was_at_rest, is_at_rest);
        (self.was_at_rest && !was_at_rest).then_some(SyncEvent::Settled(account))
    }
}

fn is_more_than_progress(before: &Status, after: &Status) -> bool {
    let mut without = after.clone();
    (without.done, without.total) = (before.done, before.total);
    without != *before
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use posthorn_model::{AccountId, ManualClock, Timestamp};

    use super::{Board, Part};
    use crate::event::SyncEvent;
    use crate::status::State;

    const ANNA: AccountId = AccountId(1);

    fn board() -> (Board, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp(1_000)));
        let board = Board::new(clock.clone());
        board.add(ANNA);
        (board, clock)
    }

    #[test]
    fn rest_needs_everything_that_was_wanted() {
        let (board, _) = board();
        board.update(ANNA, |status| status.enter(State::UpToDate));
        assert!(!board.is_at_rest(Some(ANNA)), "the first pass was not served");
        let wanted = board.wanted(ANNA, Part::Incoming);
        board.want(ANNA, Part::Incoming);
        board.served(ANNA, Part::Incoming, wanted);
        assert!(!board.is_at_rest(Some(ANNA)), "something was wanted meanwhile");
        board.served(ANNA, Part::Incoming, board.wanted(ANNA, Part::Incoming));
        assert!(board.is_at_rest(None));
        board.update(ANNA, |status| status.pending_operations = 1);
        assert!(!board.is_at_rest(None), "an operation waits");
        board.update(ANNA, |status| status.enter(State::NeedsPassword));
        assert!(board.is_at_rest(None), "only the user can help now");
    }

    #[test]
    fn progress_is_told_rarely_and_states_always() {
        let (board, clock) = board();
        let mut events = board.subscribe();
        board.update(ANNA, |status| status.enter(State::Syncing));
        for done in 0..50 {
            board.update(ANNA, |status| status.done = Some(done));
        }
        clock.advance_ms(100);
        board.update(ANNA, |status| status.done = Some(50));
        board.update(ANNA, |status| status.enter(State::Waiting));
        let mut told = Vec::new();
        while let Ok(SyncEvent::StatusChanged(status)) = events.try_recv() {
            told.push((status.state, status.done));
        }
        assert_eq!(
            told,
            [(State::Syncing, None), (State::Syncing, Some(50)), (State::Waiting, None)]
        );
    }

    #[test]
    fn since_moves_with_the_state_alone() {
        let (board, clock) = board();
        clock.advance_ms(500);
        board.update(ANNA, |status| status.activity = "INBOX".to_owned());
        assert_eq!(board.status(ANNA).unwrap().since, Timestamp(1_000));
        board.update(ANNA, |status| status.enter(State::Syncing));
        assert_eq!(board.status(ANNA).unwrap().since, Timestamp(1_500));
    }
}
