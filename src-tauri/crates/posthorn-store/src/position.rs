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
/// Seconds that a date may lie ahead: time zones taken for UTC, clocks that run fast.
const AHEAD: i64 = 86_400;

/// Returns the first number of the second in which a message was received.
pub(crate) fn wanted(received: Timestamp, now: Timestamp) -> i64 {
    let last = (now.seconds() + AHEAD).max(FIRST_SECOND);
    received.seconds().clamp(FIRST_SECOND, last) * PER_SECOND
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
    use super::wanted;
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
}
