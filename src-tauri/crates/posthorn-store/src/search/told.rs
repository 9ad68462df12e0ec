//! Positions that servers say fit a search: they join what the words of this computer find.
//!
//! A server judges what is not here: texts. Everything else about a message is judged here all the same
//! ([`judged_here`]), so that a change is seen at once and nothing is shown that plainly does not fit.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use posthorn_model::Position;
use posthorn_query::{Field, Query, Term};

/// Positions that servers found. Its clones are the same set; it grows while servers answer.
#[derive(Clone, Debug, Default)]
pub struct Told(Arc<Mutex<BTreeSet<i64>>>);

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Told {}

impl Told {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds positions and returns those that are new.
    pub fn add(&self, positions: &[Position]) -> Vec<Position> {
        let mut set = self.lock();
        positions.iter().copied().filter(|position| set.insert(position.0)).collect()
    }

    /// Returns how many there are.
    pub fn len(&self) -> u64 {
        self.lock().len() as u64
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Returns them in the order of a walk, falling.
    pub(super) fn falling(&self, key: impl Fn(i64) -> i64) -> Vec<i64> {
        let mut keys: Vec<i64> = self.lock().iter().map(|position| key(*position)).collect();
        keys.sort_unstable_by(|one, other| other.cmp(one));
        keys
    }
}

/// Returns what of a search is judged here for messages that a server found: all but the words that must be there.
pub(super) fn judged_here(query: &Query) -> Query {
    let members = match query {
        Query::And(members) => members.as_slice(),
        other => std::slice::from_ref(other),
    };
    let is_known = |member: &&Query| {
        let is_of_server =
            |term: &&Term| matches!(term, Term::Text { field, .. } if *field != Field::FileName);
        match member {
            Query::Not(_) => true,
            other => !other.terms().iter().any(is_of_server),
        }
    };
    Query::and(members.iter().filter(is_known).cloned().collect())
}

#[cfg(test)]
mod tests {
    use posthorn_model::{Position, Timestamp};
    use posthorn_query::{Now, parse, print};

    use super::{Told, judged_here};

    #[test]
    fn all_but_the_words_is_judged_here() {
        let now = Now { at: Timestamp(0), utc_offset_seconds: 0 };
        let table = [
            ("horn", ""),
            ("horn is:unread has:attachment", "is:unread has:attachment"),
            ("horn -brass", "-brass"),
            ("subject:horn in:inbox", "in:inbox"),
            ("horn filename:map.pdf", "filename:map.pdf"),
            ("(horn OR brass) larger:10", "larger:10"),
        ];
        for (text, wanted) in table {
            let query = judged_here(&parse(text, now).query);
            assert_eq!(query, parse(wanted, now).query, "{text}: {}", print(&query));
        }
    }

    #[test]
    fn clones_are_one_set() {
        let told = Told::default();
        assert_eq!(told.clone().add(&[Position(2), Position(1), Position(2)]).len(), 2);
        assert_eq!((told.len(), told.add(&[Position(1)]).len()), (2, 0));
        assert_eq!(told.falling(|position| -position), [-1, -2]);
        assert!(told == told.clone() && told != Told::default());
    }
}
