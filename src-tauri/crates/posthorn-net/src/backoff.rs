//! How long to wait before the next try: doubled each time, with a limit, and never all at the same moment.

use std::time::Duration;

/// The first pause: long enough for a server that restarts, short enough that nobody notices.
pub const FIRST: Duration = Duration::from_secs(5);
/// The longest pause: a connection that is back is used within this time.
pub const LONGEST: Duration = Duration::from_mins(15);

/// Returns the pause after `failures` failures in a row (0: none yet). `random` is any number; it moves the pause by up to
/// a fifth either way, so that many accounts do not come back in one second.
pub fn delay(failures: u32, random: u64) -> Duration {
    if failures == 0 {
        return Duration::ZERO;
    }
    let factor = 1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
    let pause = FIRST.saturating_mul(factor).min(LONGEST);
    let permille = 800 + random % 401;
    Duration::from_millis(pause.as_millis() as u64 * permille / 1000)
}

/// Returns a random number for [`delay`].
pub fn random() -> u64 {
    // Without a random source all accounts come back together, which is no reason to stop.
    getrandom::u64().unwrap_or(200)
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LONGEST, delay};
    use proptest::prelude::*;

    #[test]
    fn pauses_double_until_the_limit() {
        let middle = 200;
        let seconds: Vec<_> = (0..11).map(|failures| delay(failures, middle).as_secs()).collect();
        assert_eq!(seconds, [0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    }

    proptest! {
        #[test]
        fn pauses_stay_between_the_limits(failures in 1_u32.., random in any::<u64>()) {
            let pause = delay(failures, random);
            prop_assert!(pause >= FIRST.mul_f64(0.79) && pause <= LONGEST.mul_f64(1.21));
        }
    }
}
