//! How soon a maildrop may be looked into again: what the server says by LOGIN-DELAY (RFC 2449 section 6.5) is kept, also
//! when the user is in a hurry, because the server refuses a session that comes too soon.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Longest delay that is believed; a server that asks for more is asked once a day.
const MAX_DELAY: Duration = Duration::from_hours(24);
/// Wait after a server refused a session as too early without having said when it is not.
const UNSAID: Duration = Duration::from_mins(1);

/// When the next session may begin. Shared by all tries of one account's worker.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Known>);

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    delay: Duration,
    not_before: Option<Instant>,
}

impl Pace {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a login, and what the server then said of the next one, in seconds.
    pub(super) fn logged_in(&self, login_delay: Option<u64>) {
        let delay = login_delay.map_or(Duration::ZERO, Duration::from_secs).min(MAX_DELAY);
        let not_before = (!delay.is_zero()).then(|| Instant::now() + delay);
        *self.known() = Known { delay, not_before };
    }

    /// Notes that the server refused a session as too early.
    pub(super) fn was_early(&self) {
        let mut known = self.known();
        let wait = if known.delay.is_zero() { UNSAID } else { known.delay };
        known.not_before = Some(Instant::now() + wait);
    }

    /// Returns when the next session may begin; absent = now.
    pub(super) fn not_before(&self) -> Option<Instant> {
        self.known().not_before.filter(|at| *at > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    #[tokio::test(start_paused = true)]
    async fn a_server_that_wants_time_between_sessions_gets_it() {
        let pace = Pace::default();
        assert!(pace.not_before().is_none());
        pace.logged_in(Some(900));
        tokio::time::advance(Duration::from_secs(899)).await;
        assert!(pace.not_before().is_some());
        pace.was_early();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(pace.not_before().is_some(), "it counts from the refusal");
        tokio::time::advance(Duration::from_mins(15)).await;
        assert!(pace.not_before().is_none());
        pace.logged_in(None);
        assert!(pace.not_before().is_none());
        pace.logged_in(Some(u64::MAX));
        tokio::time::advance(Duration::from_hours(25)).await;
        assert!(pace.not_before().is_none());
    }
}
