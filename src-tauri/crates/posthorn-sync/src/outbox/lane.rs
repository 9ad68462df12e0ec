//! What holds sending up, for each submission server of an account by itself: an identity's server that cannot be
//! reached holds up nothing that goes through the account's.

use std::collections::BTreeMap;
use std::time::Duration;

use posthorn_model::Timestamp;
use posthorn_store::outbox::Route;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::problem::Problem;
use crate::tuning::Tuning;

/// The way to one server.
#[derive(Debug)]
pub(super) struct Lane {
    /// Waits after failures of the connection.
    backoff: Backoff,
    /// Nothing is sent before this; absent = at once.
    pause: Option<Instant>,
    /// The credentials were refused: nothing is sent until the account changes, which starts another worker.
    is_locked_out: bool,
    /// What is wrong, and when it is tried again; absent = nothing is known to be wrong.
    pub(super) problem: Option<(Problem, Option<Timestamp>)>,
}

impl Lane {
    fn new(tuning: Tuning) -> Self {
        Self {
            backoff: Backoff::new(tuning.retry_first, tuning.retry_last),
            pause: None,
            is_locked_out: false,
            problem: None,
        }
    }

    /// Sends nothing any more: the credentials were refused.
    pub(super) fn lock_out(&mut self) {
        self.is_locked_out = true;
        self.pause = None;
    }

    /// Tells whether the credentials were refused.
    pub(super) fn is_locked_out(&self) -> bool {
        self.is_locked_out
    }

    /// Sends nothing for a while after a failure of the connection; returns for how long.
    pub(super) fn back_off(&mut self) -> Duration {
        let wait = self.backoff.next_wait();
        self.rest(wait);
        wait
    }

    /// Sends nothing for so long.
    pub(super) fn rest(&mut self, wait: Duration) {
        self.pause = Some(Instant::now() + wait);
    }

    /// Forgets the wait: the user does not want it.
    pub(super) fn resume(&mut self) {
        self.pause = None;
    }

    /// Notes that the server took a message.
    pub(super) fn succeeded(&mut self) {
        self.backoff.reset();
    }

    fn is_held(&self) -> bool {
        self.is_locked_out || self.pause.is_some_and(|pause| pause > Instant::now())
    }
}

/// The ways to all servers of an account that were used so far.
#[derive(Debug)]
pub(super) struct Lanes {
    tuning: Tuning,
    lanes: BTreeMap<Route, Lane>,
}

impl Lanes {
    pub(super) fn new(tuning: Tuning) -> Self {
        Self { tuning, lanes: BTreeMap::new() }
    }

    /// Returns the way to one server.
    pub(super) fn at(&mut self, route: Route) -> &mut Lane {
        let tuning = self.tuning;
        self.lanes.entry(route).or_insert_with(|| Lane::new(tuning))
    }

    /// Lets everything be tried now that no refusal holds up, with short waits again.
    pub(super) fn hurry(&mut self) {
        for lane in self.lanes.values_mut() {
            lane.pause = None;
            lane.backoff.reset();
        }
    }

    /// Returns the servers through which nothing may be sent now.
    pub(super) fn held(&self) -> Vec<Route> {
        let held = self.lanes.iter().filter(|(_, lane)| lane.is_held());
        held.map(|(route, _)| *route).collect()
    }

    /// Returns when something may go through a server that is due at a time; absent = not before the account changes.
    pub(super) fn open_at(&self, route: Route, due: Instant) -> Option<Instant> {
        let Some(lane) = self.lanes.get(&route) else { return Some(due) };
        (!lane.is_locked_out).then(|| lane.pause.map_or(due, |pause| due.max(pause)))
    }

    /// Returns what is wrong with which server, the account's first.
    pub(super) fn problems(&self) -> impl Iterator<Item = (Route, &Problem, Option<Timestamp>)> {
        self.lanes.iter().filter_map(|(route, lane)| {
            lane.problem.as_ref().map(|(problem, next)| (*route, problem, *next))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use posthorn_store::outbox::Route;
    use tokio::time::Instant;

    use super::Lanes;
    use crate::tuning::Tuning;

    #[test]
    fn one_server_holds_up_no_other() {
        let (shop, day) = (Route::Identity(7), Duration::from_hours(24));
        let mut lanes = Lanes::new(Tuning::default());
        let now = Instant::now();
        assert!(lanes.held().is_empty());
        assert_eq!(lanes.open_at(shop, now), Some(now));
        lanes.at(shop).rest(day);
        assert_eq!((lanes.held(), lanes.open_at(Route::Account, now)), (vec![shop], Some(now)));
        assert!(lanes.open_at(shop, now).is_some_and(|at| at > now));
        lanes.hurry();
        assert!(lanes.held().is_empty());
        lanes.at(shop).lock_out();
        lanes.hurry();
        assert_eq!((lanes.held(), lanes.open_at(shop, now)), (vec![shop], None), "asked for first");
    }
}
