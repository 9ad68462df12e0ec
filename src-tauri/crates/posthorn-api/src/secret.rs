//! Where passwords are, behind one door that can still be locked.
//!
//! Invariants: a secret is never answered to a page and never logged; keys are those of `posthorn_sync::secret_key`.
//! A keychain that does not run, or a file whose passphrase is missing, is an error in words at the moment when a
//! secret is needed: the engine opens all the same, and mail that is here stays readable.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use posthorn_net::{Secret, SecretError, SecretKind, SecretSource, SecretStore, choose};

use crate::contract::{Code, Error, SecretsDoor};
use crate::error::Result;
use crate::options::{Options, SecretsKind};

/// Name of the encrypted file inside the profile.
const FILE_NAME: &str = "secrets";
/// Key of what is kept for a moment to see whether anything is.
const PROOF: &str = "proof";
/// Longest passphrase read from a file, bytes.
const PASSPHRASE_LIMIT: usize = 4096;

/// The secrets of a profile.
#[derive(Debug)]
pub(crate) struct Vault {
    service: String,
    file: PathBuf,
    state: RwLock<State>,
}

/// Which place, and its store once it is open.
#[derive(Debug)]
struct State {
    kind: SecretsKind,
    open: Option<Arc<dyn SecretStore>>,
}

impl Vault {
    /// Returns the vault of these options, opened where that is possible now. Blocks.
    pub(crate) fn open(options: &Options) -> Result<Self> {
        let file = options.profile.join(FILE_NAME);
        // Passwords once went into the file because there was no keychain: there they are, whatever runs today.
        let kind = if options.secrets == SecretsKind::Keychain && file.exists() {
            SecretsKind::File
        } else {
            options.secrets
        };
        let vault = Self {
            // Profiles have entries of their own, so that the demo never reads the user's passwords.
            service: format!("Posthorn {}", options.profile.display()),
            file,
            state: RwLock::new(State { kind, open: None }),
        };
        match (kind, &options.passphrase_file) {
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

    /// Keeps the passwords of a profile without accounts in the encrypted file when there is no keychain.
    pub(crate) fn settle_for_a_file(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.kind == SecretsKind::Keychain && state.open.is_none() {
            state.kind = SecretsKind::File;
        }
    }

    /// Keeps something for a moment: a keychain that answers may still refuse to keep, locked or without a collection.
    /// `may_move`: the encrypted file takes its place then. Blocks.
    pub(crate) fn prove(&self, may_move: bool) -> Result<(), SecretError> {
        let kept = self.set(PROOF, &Secret::new("posthorn")).and_then(|()| self.delete(PROOF));
        if kept.is_err() && may_move {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if state.kind == SecretsKind::Keychain {
                *state = State { kind: SecretsKind::File, open: None };
            }
        }
        kept
    }

    /// Returns where passwords are kept.
    pub(crate) fn secrets_kind(&self) -> SecretsKind {
        self.state.read().unwrap_or_else(PoisonError::into_inner).kind
    }

    /// Tells whether passwords can be read, and what is missing where not. Blocks: a keychain is asked again.
    pub(crate) fn door(&self) -> SecretsDoor {
        match (self.store(), self.secrets_kind()) {
            (Ok(_), _) => SecretsDoor::Open,
            (Err(_), SecretsKind::File) if self.file.exists() => SecretsDoor::Locked,
            (Err(_), SecretsKind::File | SecretsKind::Memory) => SecretsDoor::New,
            (Err(_), SecretsKind::Keychain) => SecretsDoor::Absent,
        }
    }

    /// Opens the encrypted file, or makes it; then it takes the place of a keychain that does not answer. Blocks (the
    /// key is derived slowly on purpose).
    pub(crate) fn unlock(&self, passphrase: Secret) -> Result<()> {
        if passphrase.is_empty() || passphrase.expose().len() > PASSPHRASE_LIMIT {
            return Err(Error::invalid("A passphrase has 1 to 4096 bytes"));
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let is_elsewhere = match state.kind {
            SecretsKind::File => false,
            SecretsKind::Keychain => state.open.is_some(),
            SecretsKind::Memory => true,
        };
        if is_elsewhere {
            return Err(Error::invalid("Passwords are not kept in an encrypted file"));
        }
        let opened = choose(SecretSource::File { path: self.file.clone(), passphrase })?;
        *state = State { kind: SecretsKind::File, open: Some(opened) };
        Ok(())
    }

    /// Returns the store behind the door. A keychain that was not there is looked for again.
    fn store(&self) -> Result<Arc<dyn SecretStore>, SecretError> {
        if let Some(store) = &self.state.read().unwrap_or_else(PoisonError::into_inner).open {
            return Ok(Arc::clone(store));
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = &state.open {
            return Ok(Arc::clone(store));
        }
        let source = match state.kind {
            SecretsKind::Keychain => SecretSource::Keychain { service: self.service.clone() },
            SecretsKind::Memory => SecretSource::Memory,
            SecretsKind::File => {
                return Err(SecretError::Unavailable(
                    "the encrypted file waits for its passphrase".to_owned(),
                ));
            }
        };
        let store = choose(source)?;
        state.open = Some(Arc::clone(&store));
        Ok(store)
    }
}

impl SecretStore for Vault {
    fn kind(&self) -> SecretKind {
        match self.secrets_kind() {
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
        let code = match error {
            SecretError::WrongPassphrase => Code::WrongPassphrase,
            _ => Code::Secrets,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::AccountId;
    use posthorn_net::{Secret, SecretStore as _};
    use posthorn_sync::{Side, secret_key};

    use super::Vault;
    use crate::contract::{Code, SecretsDoor};
    use crate::options::{Options, SecretsKind};

    fn options(folder: &tempfile::TempDir, secrets: SecretsKind) -> Options {
        Options { profile: folder.path().to_owned(), secrets, ..Options::default() }
    }

    #[test]
    fn a_file_opens_with_its_passphrase_alone() {
        let folder = tempfile::tempdir().unwrap();
        let name = secret_key(AccountId(7), Side::Incoming);
        let vault = Vault::open(&options(&folder, SecretsKind::File)).unwrap();
        assert_eq!(vault.door(), SecretsDoor::New);
        assert!(vault.get(&name).is_err());
        assert_eq!(vault.unlock(Secret::new("")).unwrap_err().code, Code::Invalid);
        assert_eq!(vault.door(), SecretsDoor::New, "an empty passphrase makes nothing");
        vault.unlock(Secret::new("right")).unwrap();
        vault.set(&name, &Secret::new("p")).unwrap();
        assert_eq!(vault.door(), SecretsDoor::Open);

        let again = Vault::open(&options(&folder, SecretsKind::File)).unwrap();
        assert_eq!(again.door(), SecretsDoor::Locked);
        let refused = again.unlock(Secret::new("wrong")).unwrap_err();
        assert_eq!((refused.code, again.door()), (Code::WrongPassphrase, SecretsDoor::Locked));
        again.unlock(Secret::new("right")).unwrap();
        assert_eq!(again.get(&name).unwrap().unwrap().expose(), "p");
    }

    #[test]
    fn a_file_that_was_made_for_want_of_a_keychain_stays_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let made = Vault::open(&options(&folder, SecretsKind::File)).unwrap();
        made.unlock(Secret::new("right")).unwrap();
        let later = Vault::open(&options(&folder, SecretsKind::Keychain)).unwrap();
        assert_eq!((later.secrets_kind(), later.door()), (SecretsKind::File, SecretsDoor::Locked));
    }

    #[test]
    fn memory_takes_no_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&options(&folder, SecretsKind::Memory)).unwrap();
        assert_eq!(vault.door(), SecretsDoor::Open);
        assert_eq!(vault.unlock(Secret::new("x")).unwrap_err().code, Code::Invalid);
        vault.settle_for_a_file();
        assert_eq!(vault.secrets_kind(), SecretsKind::Memory);
    }
}
