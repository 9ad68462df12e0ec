//! Keeps accounts signed in.
//!
//! Access tokens live in memory alone; the refresh token is in the secret store. Invariants:
//! * One renewal at a time for an account: whoever asks meanwhile waits for its result.
//! * A renewal that has begun runs to its end, also when the one who asked has gone: the provider may have replaced the
//!   refresh token, and the new one would be lost.
//! * A new refresh token is in the secret store before the access token that came with it is given to anybody.
//! * After the provider refused the refresh token it is not asked again before somebody signed in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use posthorn_model::{AccountId, Clock, Timestamp};
use posthorn_net::{Dialer, Secret, SecretStore};
use tokio::sync::OwnedMutexGuard;

use crate::exchange::renew;
use crate::{Error, Grant, Providers};

/// How long before its end an access token is renewed: longer than signing in takes, and than clocks differ.
const REFRESH_BEFORE: Duration = Duration::from_mins(5);
/// A token that lives shortly is used for at least this part of its life.
const USED_PART: u32 = 4;

/// Returns the key under which the secret store keeps an account's refresh token.
pub fn secret_key(account: AccountId) -> String {
    format!("account/{account}/oauth")
}

/// What is known of one account.
#[derive(Default)]
struct Entry {
    /// The access token, whose it is, and when it is to be renewed.
    access: Option<(String, Secret, Timestamp)>,
    /// A refresh token that could not be written down yet, with its provider: it is before anything else.
    unsaved: Option<(String, Secret)>,
    /// The provider refused the refresh token, in these words.
    refused: Option<String>,
}

type Slot = Arc<tokio::sync::Mutex<Entry>>;

/// Keeps accounts signed in. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    providers: Providers,
    secrets: Arc<dyn SecretStore>,
    dialer: Dialer,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<AccountId, Slot>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    /// Returns a keeper whose refresh tokens are in `secrets`.
    pub fn new(
        providers: Providers,
        secrets: Arc<dyn SecretStore>,
        dialer: Dialer,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Inner { providers, secrets, dialer, clock, slots: Mutex::default() }))
    }

    /// Returns the providers.
    pub fn providers(&self) -> &Providers {
        &self.0.providers
    }

    /// Returns an access token that is good for some minutes, renewed where that is due.
    pub async fn access(&self, account: AccountId, provider: &str) -> Result<Secret, Error> {
        let mut entry = self.slot(account).lock_owned().await;
        if let Some((owner, access, until)) = &entry.access
            && owner == provider
            && self.0.clock.now() < *until
        {
            return Ok(access.clone());
        }
        if let Some(said) = &entry.refused {
            return Err(Error::Revoked(said.clone()));
        }
        let (inner, provider) = (self.0.clone(), provider.to_owned());
        // A task of its own: see the module's second invariant.
        let renewal = tokio::spawn(async move {
            let renewed = inner.renewed(account, &provider, &mut entry).await;
            drop(entry);
            renewed
        });
        renewal.await.map_err(|_| Error::Interrupted)?
    }

    /// Says that a mail server refused an access token: it is not given again.
    pub async fn distrust(&self, account: AccountId, token: &Secret) {
        let mut entry = self.slot(account).lock_owned().await;
        if entry.access.as_ref().is_some_and(|(_, access, _)| access.expose() == token.expose()) {
            entry.access = None;
        }
    }

    /// Keeps what a sign-in gave, in place of what was before. The refresh token is stored when this returns.
    pub async fn keep(&self, account: AccountId, grant: &Grant) -> Result<(), Error> {
        let mut entry = self.slot(account).lock_owned().await;
        self.0.store(account, &grant.provider, &grant.refresh).await?;
        *entry = Entry {
            access: Some((grant.provider.clone(), grant.access.clone(), self.0.until(grant.life))),
            ..Entry::default()
        };
        Ok(())
    }

    /// Forgets an account, here and in the secret store.
    pub async fn forget(&self, account: AccountId) -> Result<(), Error> {
        let mut entry: OwnedMutexGuard<Entry> = self.slot(account).lock_owned().await;
        *entry = Entry::default();
        let secrets = self.0.secrets.clone();
        blocking(move || secrets.delete(&secret_key(account))).await
    }

    /// Waits until no renewal is under way: to be called before the runtime ends.
    pub async fn settle(&self) {
        let slots: Vec<Slot> =
            self.0.slots.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for slot in slots {
            drop(slot.lock_owned().await);
        }
    }

    fn slot(&self, account: AccountId) -> Slot {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(account).or_default())
    }
}

impl Inner {
    /// Returns when a token that has come now is to be renewed.
    fn until(&self, life: Duration) -> Timestamp {
        let used = life.saturating_sub(REFRESH_BEFORE).max(life / USED_PART);
        self.clock.now().plus_ms(i64::try_from(used.as_millis()).unwrap_or(i64::MAX))
    }

    async fn renewed(
        &self,
        account: AccountId,
        provider: &str,
        entry: &mut Entry,
    ) -> Result<Secret, Error> {
        if let Some((provider, refresh)) = entry.unsaved.clone() {
            self.store(account, &provider, &refresh).await?;
            entry.unsaved = None;
        }
        let refresh = self.stored(account, provider).await?.ok_or(Error::NotSignedIn)?;
        let provider = self.providers.get(provider)?;
        let given = match renew(&self.dialer, provider, &refresh).await {
            Ok(given) => given,
            Err(error) => {
                if let Error::Revoked(said) = &error {
                    entry.refused = Some(said.clone());
                }
                tracing::info!(account = account.0, %error, "a sign-in was not renewed");
                return Err(error);
            }
        };
        if let Some(new) = given.refresh.filter(|new| new.expose() != refresh.expose()) {
            entry.unsaved = Some((provider.id.clone(), new.clone()));
            self.store(account, &provider.id, &new).await?;
            entry.unsaved = None;
        }
        entry.access = Some((provider.id.clone(), given.access.clone(), self.until(given.life)));
        Ok(given.access)
    }

    /// Reads the refresh token; nothing where there is none, or it is another provider's.
    async fn stored(&self, account: AccountId, provider: &str) -> Result<Option<Secret>, Error> {
        let secrets = self.secrets.clone();
        let stored = blocking(move || secrets.get(&secret_key(account))).await?;
        Ok(stored.and_then(|stored| {
            let (owner, token) = stored.expose().split_once(' ')?;
            (owner == provider).then(|| Secret::new(token))
        }))
    }

    async fn store(
        &self,
        account: AccountId,
        provider: &str,
        refresh: &Secret,
    ) -> Result<(), Error> {
        let secrets = self.secrets.clone();
        // With its owner: a token never goes to another provider.
        let value = Secret::new(format!("{provider} {}", refresh.expose()));
        blocking(move || secrets.set(&secret_key(account), &value)).await
    }
}

/// Does something with the secret store, which blocks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, posthorn_net::SecretError> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Interrupted)?;
    done.map_err(|error| Error::Secrets(error.to_string()))
}
