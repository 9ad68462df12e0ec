//! Passwords: a type that cannot be printed, and the places that keep them.
//!
//! All stores block; call them from `spawn_blocking`.

mod file;
mod keychain;
mod memory;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A password or token. Prints as `•••`, is wiped when dropped, and has no way to be serialized.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a password in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the password itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("•••")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("•••")
    }
}

/// Why a secret could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The keychain does not run, or is locked and was not opened.
    #[error("the keychain cannot be used: {0}")]
    Unavailable(String),
    /// The passphrase does not open the file.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file is damaged or was not written by Posthorn.
    #[error("the file of secrets cannot be read: {0}")]
    Damaged(String),
    /// The file could not be read or written.
    #[error("the file of secrets: {0}")]
    Io(#[from] std::io::Error),
}

impl SecretError {
    /// Returns whether the same attempt may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Io(_))
    }
}

/// Where secrets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The operating system's keychain.
    Keychain,
    /// An encrypted file.
    File,
    /// This process alone.
    Memory,
}

/// Keeps secrets under keys such as `account/7/incoming`.
pub trait SecretStore: Send + Sync + fmt::Debug {
    /// Returns where secrets are.
    fn kind(&self) -> SecretKind;
    /// Returns the secret under `key`; `None` where there is none.
    fn get(&self, key: &str) -> Result<Option<Secret>, SecretError>;
    /// Puts a secret under `key`, in place of the one before.
    fn set(&self, key: &str, secret: &Secret) -> Result<(), SecretError>;
    /// Removes the secret under `key`; none is fine.
    fn delete(&self, key: &str) -> Result<(), SecretError>;
}

/// Which store to open.
#[derive(Clone, Debug)]
pub enum SecretSource {
    /// The operating system's keychain; entries carry this service name, one per profile.
    Keychain {
        /// For instance `Posthorn`, or `Posthorn /path/of/profile`.
        service: String,
    },
    /// The encrypted file; made where it is missing.
    File {
        /// Where it is.
        path: PathBuf,
        /// What opens it.
        passphrase: Secret,
    },
    /// Nothing that outlives the process.
    Memory,
}

/// Opens a store. A keychain is tried at once, so that its absence is known here.
pub fn choose(source: SecretSource) -> Result<Arc<dyn SecretStore>, SecretError> {
    Ok(match source {
        SecretSource::Keychain { service } => Arc::new(keychain::Keychain::open(service)?),
        SecretSource::File { path, passphrase } => {
            Arc::new(file::SecretFile::open(path, &passphrase)?)
        }
        SecretSource::Memory => Arc::new(memory::Memory::default()),
    })
}
