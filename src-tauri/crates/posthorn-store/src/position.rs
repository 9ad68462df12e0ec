//! Where a message stands in time order.
//!
//! Invariant: a position is unique, between 1990 and tomorrow (plus the room that collisions need), and below 2^53,
//! so that a page's numbers hold it exactly.

use posthorn_model::{Position, Timestamp};

use crate::error::Result;
use crate::tx::ReadTx;

/// Numbers for the messages of one second.
const PER_SECOND: i64 = 16;
/// 1990-01-01T00:00:00Z: older dates are a sender's broken clock.
const FIRST_SECOND: i64 = 631_152_000;
/// Numbers behind its own second that a message may stand at: of a migrated mailbox thousands have one second.
const CROWDED: i64 = 1 << 20;
/// Seconds that a date may lie ahead: time zones taken for UTC, clocks that run fast.
const AHEAD: i64 = 86_400;

/// Returns the first number of the second in which a message was received.
pub(crate) fn wanted(received: Timestamp, now: Timestamp) -> i64 {
    let last = (now.seconds() + AHEAD).max(FIRST_SECOND);
    received.seconds().clamp(FIRST_SECOND, last) * PER_SECOND
}

/// Returns the range of positions in which the messages lie that were received between two moments, with others; not what
/// came days before the time that it claims.
pub(crate) fn around(from: Timestamp, to: Timestamp, now: Timestamp) -> (i64, i64) {
    // What claims to come from the future stands at the day on which it came.
    let last = |moment: Timestamp| moment.seconds() >= now.seconds();
    let first = if last(from) { FIRST_SECOND * PER_SECOND } else { wanted(from, now) };
    // A second's messages may have taken the numbers of those behind it.
    let end = if last(to) { i64::MAX } else { wanted(to, now).saturating_add(CROWDED) };
    (first, end)
}

/// Returns a free position at or soon after the time of receipt.
pub(crate) fn free(tx: &ReadTx<'_>, received: Timestamp) -> Result<Position> {
    let mut taken = wanted(received, tx.now()) - 1;
    // A migrated mailbox can have thousands of messages in one second: doubling steps, then halving them, find an
    // end of the occupied run without walking along it.
    let mut step = 1;
    while is_taken(tx, taken + step)? {
        taken += step;
        step *= 2;
    }
    let mut open = taken + step;
    while open - taken > 1 {
        let middle = taken + (open - taken) / 2;
        if is_taken(tx, middle)? {
            taken = middle;
        } else {
            open = middle;
        }
    }
    Ok(Position(open))
}

fn is_taken(tx: &ReadTx<'_>, position: i64) -> Result<bool> {
    tx.one("SELECT EXISTS (SELECT 1 FROM message WHERE position = ?1)", [position], |row| {
        row.get(0)
    })
}

/// Returns the position at which a moment begins, for `before:` and `after:`.
pub(crate) fn at(moment: Timestamp) -> i64 {
    moment.seconds().saturating_mul(PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::{around, wanted};
    use posthorn_model::Timestamp;

    #[test]
    fn nonsense_dates_are_clamped() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let table = [
            (i64::MIN, 631_152_000),
            (0, 631_152_000),
            (1_700_000_000_999, 1_700_000_000),
            (1_800_000_100_000, 1_800_000_100),
            (9_000_000_000_000, 1_800_086_400),
            (i64::MAX, 1_800_086_400),
        ];
        for (received, second) in table {
            assert_eq!(wanted(Timestamp(received), now), second * 16, "{received}");
        }
        assert!(wanted(Timestamp(i64::MAX), Timestamp(253_402_300_799_000)) < 1 << 53);
    }

    #[test]
    fn a_range_of_time_holds_the_positions_of_its_messages() {
        let now = 1_800_000_000;
        let at = Timestamp::from_seconds;
        for (from, to) in [
            (now - 100, now - 50),
            (now - 100, now + 50),
            (now + 10, now + 20),
            (now + 900_000, now + 900_001),
            (-20, -10),
            (0, 631_152_100),
        ] {
            let (first, last) = around(at(from), at(to), at(now));
            for (received, came) in [(from, now), (to, now), (from, now - 40), (to, now - 40)] {
                let position = wanted(at(received), at(came));
                assert!((first..=last).contains(&position), "{received} of {from} to {to}");
            }
        }
        let (first, last) = around(at(now - 100), at(now - 50), at(now));
        assert!(first >= (now - 100) * 16 && last < (now + 70_000) * 16);
    }
}
