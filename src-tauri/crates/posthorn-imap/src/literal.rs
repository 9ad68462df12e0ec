//! Bytes that a server sent: in memory when small, in a temporary file when large.
//!
//! Invariant: a spooled file has no name (or loses it at once, where the system cannot make nameless files), so
//! a crash leaves no mail behind.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Octets of one literal or quoted string, exactly as the server meant them.
pub enum Literal {
    /// Small: at most [`SPOOL_ABOVE`](crate::limit::SPOOL_ABOVE) octets.
    Memory(Vec<u8>),
    /// Large: in a temporary file.
    Spooled(Spooled),
}

/// A large literal on disk.
pub struct Spooled {
    pub(crate) file: File,
    pub(crate) len: u64,
}

impl Literal {
    /// Returns how many octets there are.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Spooled(spooled) => spooled.len,
        }
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether the octets lie in a file.
    pub fn is_spooled(&self) -> bool {
        matches!(self, Self::Spooled(_))
    }

    /// Returns the octets if they are in memory.
    pub fn as_memory(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::Spooled(_) => None,
        }
    }

    /// Returns a reader over the octets, from the first on. It blocks on the disk, never on the network.
    pub fn into_reader(self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(io::Cursor::new(bytes)),
            Self::Spooled(mut spooled) => {
                spooled.file.seek(SeekFrom::Start(0))?;
                Box::new(spooled.file.take(spooled.len))
            }
        })
    }

    /// Returns all octets in memory; an error if there are more than `max`.
    pub fn into_bytes(self, max: u64) -> io::Result<Vec<u8>> {
        if self.len() > max {
            return Err(io::Error::other(format!("{} octets are more than {max}", self.len())));
        }
        if let Self::Memory(bytes) = self {
            return Ok(bytes);
        }
        let mut bytes = Vec::new();
        self.into_reader()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl fmt::Debug for Literal {
    /// Prints the size alone: mail text never reaches a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.is_spooled() { "spooled" } else { "in memory" };
        write!(formatter, "Literal({} octets {place})", self.len())
    }
}
