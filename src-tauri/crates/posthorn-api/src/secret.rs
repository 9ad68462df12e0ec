//! Where passwords are, behind one door that can still be locked.
//!
//! Invariants: a secret is never answered to a page and never logged; keys are those of `posthorn_sync::secret_key`.
//! A keychain that does not run, or a file whose passphrase is missing, is an error in words at the moment when a
//! secret is needed: the engine opens all the same, and mail that is here stays readable.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use posthorn_net::{Secret, SecretError, SecretKind, SecretSource, SecretStore, choose};

use crate::contract::{Code, Error};
use crate::error::Result;
use crate::options::{Options, SecretsKind};

/// Name of the encrypted file inside the profile.
const FILE_NAME: &str = "secrets";
/// Longest passphrase read from a file, bytes.
const PASSPHRASE_LIMIT: usize = 4096;

/// The secrets of a profile.
#[derive(Debug)]
pub(crate) struct Vault {
    kind: SecretsKind,
    service: String,
    file: PathBuf,
    open: RwLock<Option<Arc<dyn SecretStore>>>,
}

impl Vault {
    /// Returns the vault of these options, opened where that is possible now. Blocks.
    pub(crate) fn open(options: &Options) -> Result<Self> {
        let vault = Self {
            kind: options.secrets,
            // Profiles have entries of their own, so that the demo never reads the user's passwords.
            service: format!("Posthorn {}", options.profile.display()),
            file: options.profile.join(FILE_NAME),
            open: RwLock::new(None),
        };
        match (options.secrets, &options.passphrase_file) {
            (SecretsKind::File, Some(path)) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| Error::file(path, &error))?;
                let passphrase = text.lines().next().unwrap_or_default();
                if passphrase.is_empty() || passphrase.len() > PASSPHRASE_LIMIT {
                    return Err(Error::invalid(
                        "The passphrase file has no passphrase in its first line",
                    )
                    .with(path.display()));
                }
                vault.unlock(Secret::new(passphrase))?;
            }
            (SecretsKind::File, None) => {}
            (SecretsKind::Keychain | SecretsKind::Memory, _) => {
                if let Err(error) = vault.store() {
                    tracing::warn!(%error, "passwords cannot be read yet");
                }
            }
        }
        Ok(vault)
    }

    /// Tells whether the encrypted file waits for its passphrase.
    pub(crate) fn is_locked(&self) -> bool {
        self.kind == SecretsKind::File
            && self.open.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Opens the encrypted file, or makes it. Blocks (the key is derived slowly on purpose).
    pub(crate) fn unlock(&self, passphrase: Secret) -> Result<()> {
        if self.kind != SecretsKind::File {
            return Err(Error::invalid("Passwords are not kept in an encrypted file"));
        }
        let opened = choose(SecretSource::File { path: self.file.clone(), passphrase })?;
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(opened);
        Ok(())
    }

    /// Returns the store behind the door. A keychain that was not there is looked for again.
    fn store(&self) -> Result<Arc<dyn SecretStore>, SecretError> {
        if let Some(store) = self.open.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            return Ok(Arc::clone(store));
        }
        let source = match self.kind {
            SecretsKind::Keychain => SecretSource::Keychain { service: self.service.clone() },
            SecretsKind::Memory => SecretSource::Memory,
            SecretsKind::File => {
                return Err(SecretError::Unavailable(
                    "the encrypted file waits for its passphrase".to_owned(),
                ));
            }
        };
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let store = match open.as_ref() {
            Some(store) => Arc::clone(store),
            None => choose(source)?,
        };
        *open = Some(Arc::clone(&store));
        Ok(store)
    }
}

impl SecretStore for Vault {
    fn kind(&self) -> SecretKind {
        match self.kind {
            SecretsKind::Keychain => SecretKind::Keychain,
            SecretsKind::File => SecretKind::File,
            SecretsKind::Memory => SecretKind::Memory,
        }
    }

    fn get(&self, key: &str) -> Result<Option<Secret>, SecretError> {
        self.store()?.get(key)
    }

    fn set(&self, key: &str, secret: &Secret) -> Result<(), SecretError> {
        self.store()?.set(key, secret)
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        self.store()?.delete(key)
    }
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        Self::new(Code::Secrets, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::AccountId;
    use posthorn_net::{Secret, SecretStore as _};
    use posthorn_sync::{Side, secret_key};

    use super::Vault;
    use crate::contract::Code;
    use crate::options::{Options, SecretsKind};

    #[test]
    fn a_file_opens_with_its_passphrase_alone() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            profile: folder.path().to_owned(),
            secrets: SecretsKind::File,
            ..Options::default()
        };
        let name = secret_key(AccountId(7), Side::Incoming);
        let vault = Vault::open(&options).unwrap();
        assert!(vault.is_locked() && vault.get(&name).is_err());
        vault.unlock(Secret::new("right")).unwrap();
        vault.set(&name, &Secret::new("p")).unwrap();
        assert!(!vault.is_locked());

        let again = Vault::open(&options).unwrap();
        assert_eq!(again.unlock(Secret::new("wrong")).unwrap_err().code, Code::Secrets);
        assert!(again.is_locked());
        again.unlock(Secret::new("right")).unwrap();
        assert_eq!(again.get(&name).unwrap().unwrap().expose(), "p");
    }
}
