//! One message that a server cannot give must not keep the others back: what was refused is asked for in halves.

use std::collections::VecDeque;

use posthorn_imap::{Error, UidSet};
use posthorn_model::Uid;

/// Refusals of one download; a server that refuses more has another trouble than single messages.
const MOST: usize = 100;

/// What is still to be asked for.
#[derive(Debug)]
pub(crate) struct Queue {
    sets: VecDeque<UidSet>,
    refusals: usize,
}

impl Queue {
    pub(crate) fn new(sets: impl IntoIterator<Item = UidSet>) -> Self {
        Self { sets: sets.into_iter().collect(), refusals: 0 }
    }

    /// Returns what is asked for next.
    pub(crate) fn next(&mut self) -> Option<UidSet> {
        self.sets.pop_front()
    }

    /// Puts the halves of what was refused first. Returns the message that cannot be had when it was asked for alone; an
    /// error where the refusal is not about messages.
    pub(crate) fn refused(&mut self, set: &UidSet, error: Error) -> Result<Option<Uid>, Error> {
        let is_about_messages =
            matches!(error, Error::No { .. } | Error::Bad { .. }) && !error.is_transient();
        self.refusals += 1;
        if !is_about_messages || self.refusals > MOST {
            return Err(error);
        }
        tracing::debug!(messages = set.len(), %error, "messages were refused");
        if set.len() <= 1 {
            return Ok(set.min());
        }
        let half = u32::try_from(set.len().div_ceil(2)).unwrap_or(u32::MAX);
        for piece in set.pieces(half) {
            self.sets.push_front(piece);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use posthorn_imap::{Error, UidSet};
    use posthorn_model::Uid;

    use super::Queue;

    fn no() -> Error {
        Error::No { code: None, text: "Server error".to_owned() }
    }

    #[test]
    fn only_the_message_that_cannot_be_had_is_left_out() {
        let mut queue = Queue::new([UidSet::range(Uid(1), Uid(100))]);
        let (mut given, mut left_out) = (UidSet::new(), Vec::new());
        while let Some(set) = queue.next() {
            if set.contains(Uid(37)) {
                left_out.extend(queue.refused(&set, no()).unwrap());
            } else {
                given.extend(&set);
            }
        }
        assert_eq!(left_out, [Uid(37)]);
        assert_eq!(given.len(), 99);
    }

    #[test]
    fn other_troubles_are_not_cut_in_two() {
        let set = UidSet::range(Uid(1), Uid(9));
        let mut queue = Queue::new([]);
        assert!(queue.refused(&set, Error::Lost("x".to_owned())).is_err());
        for _ in 0..100 {
            let _ = queue.refused(&set, no());
        }
        assert!(queue.refused(&set, no()).is_err(), "a server that refuses everything");
    }
}
