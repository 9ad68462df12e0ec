//! How much came over a connection, to be looked at while a command is under way.
//!
//! It counts octets after unpacking, of everything that the server says; what of them belongs to an answer is not known
//! here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Octets that came over a connection since its beginning. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Traffic(Arc<AtomicU64>);

impl Traffic {
    /// Returns the octets so far.
    pub fn octets(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, octets: usize) {
        self.0.fetch_add(octets as u64, Ordering::Relaxed);
    }
}
