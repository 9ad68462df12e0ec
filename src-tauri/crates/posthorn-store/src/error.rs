//! What can go wrong in the store, classified for the one who must decide what to do next.
//!
//! No variant carries mail text or secrets. `rusqlite`'s own error stays inside this crate.

use rusqlite::ErrorCode;

/// Why a read, a write or a body could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The disk, or the user's share of it, is full. Nothing of the transaction was kept.
    #[error("the disk is full")]
    DiskFull,
    /// The database file is damaged.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// Another process holds the database and did not let go in time.
    #[error("another program is using the database")]
    Locked,
    /// The read was cancelled, or took longer than it may.
    #[error("the search was interrupted")]
    Interrupted,
    /// The thing named is not there (any more).
    #[error("this {0} is not there any more")]
    NotFound(&'static str),
    /// The step is not allowed from the present state.
    #[error("an outbox message cannot go from {from} to {to}")]
    IllegalStep {
        /// State in which the row is.
        from: &'static str,
        /// State that was asked for.
        to: &'static str,
    },
    /// The operation cannot be taken back, with the reason.
    #[error("this cannot be undone: {0}")]
    NotUndoable(&'static str),
    /// The request makes no sense, with the reason.
    #[error("{0}")]
    Invalid(&'static str),
    /// Bytes that were stored could not be read back as they were.
    #[error("stored bytes are damaged")]
    BodyDamaged,
    /// A file beside the database could not be read or written.
    #[error("a file of the store could not be used: {0}")]
    File(String),
    /// The store was closed, or the job ended in a bug.
    #[error("the store is closed")]
    Closed,
    /// Anything else that SQLite says; its words hold names of tables, never their contents.
    #[error("database: {0}")]
    Database(String),
}

/// Result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Returns whether the same request may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Locked | Self::Interrupted)
    }

    /// Returns whether repeating the same request is pointless.
    pub fn is_permanent(&self) -> bool {
        !self.is_transient() && !matches!(self, Self::DiskFull)
    }

    /// Returns false: no store asks for credentials.
    pub fn needs_credentials(&self) -> bool {
        false
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, text) => {
                let words = || text.clone().unwrap_or_else(|| failure.to_string());
                match failure.code {
                    ErrorCode::DiskFull => Self::DiskFull,
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(words()),
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked,
                    ErrorCode::OperationInterrupted => Self::Interrupted,
                    _ => Self::Database(words()),
                }
            }
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound("row"),
            other => Self::Database(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::File(kind.to_string()),
        }
    }
}

/// Why the store could not be opened. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The file was written by a newer Posthorn, which this one would damage.
    #[error(
        "{file} was written by a newer version of Posthorn (format {found}; this version knows {known})"
    )]
    Newer {
        /// Name of the database file, without its folder.
        file: &'static str,
        /// Oldest format that the file allows to be used with.
        found: i64,
        /// Newest format that this program knows.
        known: i64,
    },
    /// The step to a newer format failed; the file is as it was.
    #[error("{file} could not be brought to format {to}: {cause}")]
    Migration {
        /// Name of the database file, without its folder.
        file: &'static str,
        /// Format that was not reached.
        to: i64,
        /// What happened.
        cause: Error,
    },
    /// The file could not be opened.
    #[error("{file}: {cause}")]
    Unusable {
        /// Name of the database file, without its folder.
        file: &'static str,
        /// What happened.
        cause: Error,
    },
}

impl OpenError {
    /// Returns what lies behind it; absent where the file is newer than the program.
    pub fn cause(&self) -> Option<&Error> {
        match self {
            Self::Newer { .. } => None,
            Self::Migration { cause, .. } | Self::Unusable { cause, .. } => Some(cause),
        }
    }
}
