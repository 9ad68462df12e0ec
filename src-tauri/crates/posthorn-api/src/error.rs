//! How the errors of the crates below become what a page sees: a code, a sentence, and the other side's words.

use std::fmt;

use crate::contract::{Code, Error};

/// Result of every use case.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Returns an error without detail.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: String::new() }
    }

    /// Returns the error for a request that the caller should not have made.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message)
    }

    /// Adds a path, a host or the other side's sentence.
    #[must_use]
    pub(crate) fn with(mut self, detail: impl fmt::Display) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// Returns the error for a file that cannot be read or written.
    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let code = if error.kind() == std::io::ErrorKind::StorageFull {
            Code::DiskFull
        } else {
            Code::File
        };
        Self::new(code, format!("The file cannot be used: {error}")).with(path.display())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        if !self.detail.is_empty() {
            write!(formatter, " ({})", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<posthorn_store::Error> for Error {
    fn from(error: posthorn_store::Error) -> Self {
        use posthorn_store::Error as Store;
        let code = match &error {
            Store::DiskFull => Code::DiskFull,
            Store::Corrupt(_) | Store::BodyDamaged => Code::Corrupt,
            Store::NotFound(_) => Code::NotFound,
            Store::NotUndoable(_) | Store::IllegalStep { .. } => Code::TooLate,
            Store::Invalid(_) => Code::Invalid,
            Store::Interrupted | Store::Closed => Code::Cancelled,
            Store::File(_) => Code::File,
            Store::Locked => Code::ProfileInUse,
            Store::Database(_) => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}
