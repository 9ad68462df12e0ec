//! What opens an account's servers: typed or kept passwords, or a sign-in through the browser.
//!
//! Invariants: only the vault and the servers see a password, only the vault and the provider a refresh token. An
//! account has either; what replaces the other removes it.

use posthorn_model::AccountId;
use posthorn_net::{Secret, SecretStore as _};
use posthorn_oauth::Grant;
use posthorn_store::account;
use posthorn_sync::{Credential, Side, secret_key as key};

use crate::contract::{AccountDraft, Code, Error};
use crate::engine::Engine;
use crate::error::Result;
use crate::sign_in;

/// What opens one account's servers.
#[derive(Clone, Debug)]
pub(crate) enum Keys {
    /// Passwords, typed or kept.
    Passwords {
        /// Of the server that mail comes from.
        incoming: Secret,
        /// Of the server that mail goes to.
        outgoing: Secret,
    },
    /// A sign-in that came to its end a moment ago.
    SignedIn {
        /// Names it.
        ticket: String,
        /// Its tokens.
        grant: Box<Grant>,
    },
    /// The account stays signed in as it is.
    Kept {
        /// An access token.
        access: Secret,
    },
}

impl Keys {
    /// Returns what is shown to one of the servers.
    pub(super) fn credential(&self, side: Side) -> Credential {
        match (self, side) {
            (Self::Passwords { incoming, .. }, Side::Incoming) => {
                Credential::Password(incoming.clone())
            }
            (Self::Passwords { outgoing, .. }, Side::Outgoing) => {
                Credential::Password(outgoing.clone())
            }
            (Self::SignedIn { grant, .. }, _) => Credential::Token(grant.access.clone()),
            (Self::Kept { access }, _) => Credential::Token(access.clone()),
        }
    }
}

/// Runs what blocks.
pub(super) async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T>
where
    Error: From<E>,
{
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| Error::new(Code::Internal, error.to_string()))??)
}

/// Returns what opens the servers of an account: what the draft brings, else what is kept.
pub(super) async fn keys(engine: &Engine, draft: &AccountDraft) -> Result<Keys> {
    if let Some(ticket) = &draft.sign_in {
        let grant = Box::new(engine.sign_ins().grant(ticket)?);
        return Ok(Keys::SignedIn { ticket: ticket.clone(), grant });
    }
    let has_typed = draft.incoming_password.is_some();
    if let Some(id) = draft.id.map(AccountId)
        && !has_typed
    {
        let stored = engine.store().read(move |tx| account::get(tx, id)).await?;
        if let Some(provider) = stored.sign_in {
            let access = engine.sync().tokens().access(id, &provider).await;
            return Ok(Keys::Kept { access: access.map_err(|error| sign_in::error(&error))? });
        }
    }
    passwords(engine, draft).await
}

/// Reads what the vault has, and puts what was typed in its place.
async fn passwords(engine: &Engine, draft: &AccountDraft) -> Result<Keys> {
    let stored = match draft.id {
        Some(id) => {
            let vault = engine.vault().clone();
            blocking(move || {
                let get = |side| vault.get(&key(AccountId(id), side));
                Ok::<_, posthorn_net::SecretError>((get(Side::Incoming)?, get(Side::Outgoing)?))
            })
            .await
        }
        None => Ok((None, None)),
    };
    let typed = |text: &Option<String>| text.as_ref().map(|text| Secret::new(text.as_str()));
    let (incoming, outgoing) = (typed(&draft.incoming_password), typed(&draft.outgoing_password));
    // A vault that cannot be read matters only where something is needed from it.
    let (stored_incoming, stored_outgoing) = match stored {
        Ok(stored) => stored,
        Err(_) if incoming.is_some() => (None, None),
        Err(error) => return Err(error),
    };
    let is_new = incoming.is_some();
    let incoming = incoming.or(stored_incoming).unwrap_or_default();
    let kept = if is_new { None } else { stored_outgoing };
    let outgoing = outgoing.or(kept).unwrap_or_else(|| incoming.clone());
    Ok(Keys::Passwords { incoming, outgoing })
}

/// Puts what opens an account into the vault, and says in the store which of both it is.
pub(super) async fn keep(engine: &Engine, id: AccountId, keys: Keys) -> Result<()> {
    let (vault, tokens) = (engine.vault().clone(), engine.sync().tokens().clone());
    let failed = |error: posthorn_oauth::Error| sign_in::error(&error);
    match keys {
        Keys::Passwords { incoming, outgoing } => {
            blocking(move || {
                vault.set(&key(id, Side::Incoming), &incoming)?;
                vault.set(&key(id, Side::Outgoing), &outgoing)
            })
            .await?;
            engine.store().write(move |tx| account::set_sign_in(tx, id, None)).await?;
            tokens.forget(id).await.map_err(failed)
        }
        Keys::SignedIn { ticket, grant } => {
            tokens.keep(id, &grant).await.map_err(failed)?;
            let provider = grant.provider.clone();
            engine.store().write(move |tx| account::set_sign_in(tx, id, Some(&provider))).await?;
            engine.sign_ins().used(&ticket);
            blocking(move || {
                vault.delete(&key(id, Side::Incoming))?;
                vault.delete(&key(id, Side::Outgoing))
            })
            .await
        }
        Keys::Kept { .. } => Ok(()),
    }
}

/// Takes an account's secrets out of the vault.
pub(super) async fn forget(engine: &Engine, id: AccountId) -> Result<()> {
    let vault = engine.vault().clone();
    blocking(move || {
        vault.delete(&key(id, Side::Incoming))?;
        vault.delete(&key(id, Side::Outgoing))
    })
    .await?;
    let forgotten = engine.sync().tokens().forget(id).await;
    forgotten.map_err(|error| sign_in::error(&error))
}
