//! When each of several things is tried again, in memory: after a start everything is tried at once.

use std::collections::BTreeMap;

use posthorn_model::OutboxId;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::tuning::Tuning;

/// Growing waits for each row.
#[derive(Debug)]
pub(super) struct Schedule {
    tuning: Tuning,
    /// Tries by themselves; absent = for ever.
    limit: Option<u32>,
    rows: BTreeMap<OutboxId, Entry>,
}

#[derive(Debug)]
struct Entry {
    backoff: Backoff,
    tries: u32,
    next: Instant,
}

impl Schedule {
    pub(super) fn new(tuning: Tuning, limit: Option<u32>) -> Self {
        Self { tuning, limit, rows: BTreeMap::new() }
    }

    /// Tells whether a row may be tried now.
    pub(super) fn is_due(&self, id: OutboxId) -> bool {
        self.rows.get(&id).is_none_or(|entry| !self.is_over(entry) && entry.next <= Instant::now())
    }

    /// Notes a try that did not bring the row on; the next follows later.
    pub(super) fn put_off(&mut self, id: OutboxId) {
        let tuning = self.tuning;
        let fresh = || Entry {
            backoff: Backoff::new(tuning.retry_first, tuning.retry_last),
            tries: 0,
            next: Instant::now(),
        };
        let entry = self.rows.entry(id).or_insert_with(fresh);
        entry.tries = entry.tries.saturating_add(1);
        entry.next = Instant::now() + entry.backoff.next_wait();
    }

    /// Forgets the rows that are not among these any more.
    pub(super) fn retain(&mut self, rows: &[OutboxId]) {
        self.rows.retain(|id, _| rows.contains(id));
    }

    /// Lets everything be tried now, with short waits again.
    pub(super) fn hurry(&mut self) {
        self.rows.clear();
    }

    /// Returns when the next row is due; absent where none waits.
    pub(super) fn next(&self) -> Option<Instant> {
        self.rows.values().filter(|entry| !self.is_over(entry)).map(|entry| entry.next).min()
    }

    fn is_over(&self, entry: &Entry) -> bool {
        self.limit.is_some_and(|limit| entry.tries >= limit)
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::OutboxId;

    use super::Schedule;
    use crate::tuning::Tuning;

    #[test]
    fn rows_wait_and_are_given_up_only_where_there_is_a_limit() {
        let mut limited = Schedule::new(Tuning::default(), Some(2));
        let row = OutboxId(1);
        assert!(limited.is_due(row) && limited.next().is_none());
        limited.put_off(row);
        assert!(!limited.is_due(row) && limited.next().is_some());
        limited.put_off(row);
        assert!(limited.next().is_none(), "it is over");
        limited.hurry();
        assert!(limited.is_due(row));
        let mut endless = Schedule::new(Tuning::default(), None);
        (0..100).for_each(|_| endless.put_off(row));
        assert!(endless.next().is_some());
        endless.retain(&[]);
        assert!(endless.next().is_none());
    }
}
