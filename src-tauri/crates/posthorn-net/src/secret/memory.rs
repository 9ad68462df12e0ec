//! Secrets that die with the process: for tests and for people who want to type.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::{Secret, SecretError, SecretKind, SecretStore};

/// A table.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<String, Secret>>);

impl SecretStore for Memory {
    fn kind(&self) -> SecretKind {
        SecretKind::Memory
    }

    fn get(&self, key: &str) -> Result<Option<Secret>, SecretError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn set(&self, key: &str, secret: &Secret) -> Result<(), SecretError> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        Ok(())
    }
}
