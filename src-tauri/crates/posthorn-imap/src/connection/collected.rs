//! What came untagged with one command, where it is needed as a whole.
//!
//! Invariant: bounded in number and in memory, whatever the server says.

use crate::limit::{MAX_COLLECTED, MAX_COLLECTED_MEMORY};
use crate::response::Untagged;
use crate::{Error, Result};

/// Untagged responses in their order.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    seen: Vec<Untagged>,
    memory: usize,
}

impl Collected {
    /// Keeps one more.
    pub(crate) fn push(&mut self, untagged: Untagged) -> Result<()> {
        self.memory =
            self.memory.saturating_add(size_of::<Untagged>()).saturating_add(untagged.heap());
        if self.memory > MAX_COLLECTED_MEMORY {
            return Err(Error::Limit { what: "answer", limit: MAX_COLLECTED_MEMORY as u64 });
        }
        if self.seen.len() >= MAX_COLLECTED {
            return Err(too_many(MAX_COLLECTED));
        }
        self.seen.push(untagged);
        Ok(())
    }

    /// Returns all of them.
    pub(crate) fn into_vec(self) -> Vec<Untagged> {
        self.seen
    }
}

/// Says that a command was answered with more responses than are read.
pub(crate) fn too_many(limit: usize) -> Error {
    Error::Limit { what: "number of responses", limit: limit as u64 }
}
