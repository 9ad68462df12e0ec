//! Secrets in the operating system's keychain: the Secret Service on Linux.
//!
//! On other systems the store says that it is unavailable until its platform crate is added.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};

use crate::{Secret, SecretError, SecretKind, SecretStore};

/// Entries of one service name.
#[derive(Debug)]
pub(super) struct Keychain {
    store: Arc<CredentialStore>,
    service: String,
}

impl Keychain {
    pub(super) fn open(service: String) -> Result<Self, SecretError> {
        let opened = Self { store: platform_store()?, service };
        // Looking for what is not there shows whether the service answers.
        opened.get("is anybody there")?;
        Ok(opened)
    }

    fn entry(&self, key: &str) -> Result<Entry, SecretError> {
        self.store.build(&self.service, key, None).map_err(unavailable)
    }
}

#[cfg(target_os = "linux")]
fn platform_store() -> Result<Arc<CredentialStore>, SecretError> {
    let store: Arc<CredentialStore> =
        zbus_secret_service_keyring_store::Store::new().map_err(unavailable)?;
    Ok(store)
}

#[cfg(not(target_os = "linux"))]
fn platform_store() -> Result<Arc<CredentialStore>, SecretError> {
    Err(SecretError::Unavailable("this system's keychain is not supported yet".to_owned()))
}

fn unavailable(error: Error) -> SecretError {
    // Some variants carry the secret's bytes; their words are ours.
    SecretError::Unavailable(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "the entry was not written by Posthorn".to_owned()
        }
        Error::Ambiguous(_) => "several entries have the same name".to_owned(),
        other => other.to_string(),
    })
}

impl SecretStore for Keychain {
    fn kind(&self) -> SecretKind {
        SecretKind::Keychain
    }

    fn get(&self, key: &str) -> Result<Option<Secret>, SecretError> {
        match self.entry(key)?.get_password() {
            Ok(password) => Ok(Some(Secret::new(password))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn set(&self, key: &str, secret: &Secret) -> Result<(), SecretError> {
        self.entry(key)?.set_password(secret.expose()).map_err(unavailable)
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        match self.entry(key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}
