//! Growing, scattered waits: a thousand clients of a server that comes back must not arrive together.

use std::time::Duration;

/// How long to wait after the next failure.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    last: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(first: Duration, last: Duration) -> Self {
        Self { first, last, failures: 0 }
    }

    /// Forgets earlier failures: what followed was good for long enough.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// Returns the wait after one more failure: between half of the step and all of it.
    pub(crate) fn next_wait(&mut self) -> Duration {
        let step = self.first.saturating_mul(1_u32 << self.failures.min(20)).min(self.last);
        self.failures = self.failures.saturating_add(1);
        let mut random = [0_u8; 2];
        // Without randomness all wait the whole step, which is still right.
        let part = match getrandom::fill(&mut random) {
            Ok(()) => 0.5 + f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX) / 2.0,
            Err(_) => 1.0,
        };
        step.mul_f64(part)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn waits_grow_up_to_a_bound_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_mins(5));
        for step in [2_u64, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300] {
            let wait = backoff.next_wait();
            assert!(
                wait <= Duration::from_secs(step) && wait >= Duration::from_secs(step) / 2,
                "{wait:?} of {step}"
            );
        }
        backoff.reset();
        assert!(backoff.next_wait() <= Duration::from_secs(2));
    }
}
