//! The own outgoing server of an identity: signed in to before it is saved, its password in the vault.
//!
//! Invariants: a stored password is shown to the host and port that it was given for, and to no other; the account's
//! password is never shown to an identity's server. A password of a server that is gone is taken out of the vault.

use posthorn_model::AccountId;
use posthorn_net::{Secret, SecretStore as _};
use posthorn_store::account::Login;
use posthorn_sync::{Credential, identity_secret_key as key};

use crate::account::keys::blocking;
use crate::account::{config, pin};
use crate::contract::{Code, Error, IdentityDraft};
use crate::engine::Engine;
use crate::error::Result;

/// What is to be saved: the server, and what opens it.
pub(super) struct Server {
    /// Where it is, with the certificate that was accepted.
    pub(super) login: Login,
    /// Password that was typed; absent keeps the stored one.
    pub(super) password: Option<Secret>,
}

/// What signing in showed.
pub(super) enum Verified {
    /// Nothing changed: it was not asked.
    AsBefore,
    /// It lets us in, and takes messages of at most so many bytes; absent = it has no limit.
    Open(Option<u64>),
    /// It does not.
    Refused(Error),
}

/// Reads the server of a draft; absent where it has none. Refuses what no server can be.
pub(super) fn read(draft: &IdentityDraft, before: Option<&Login>) -> Result<Option<Server>> {
    let Some(server) = &draft.identity.server else { return Ok(None) };
    config::check_outgoing(server)?;
    let mut login = config::login(server, before);
    if let Some(fingerprint) = &draft.certificate {
        login.fingerprint = pin::read(fingerprint)?;
    }
    let password = draft.password.as_deref().filter(|text| !text.is_empty()).map(Secret::new);
    Ok(Some(Server { login, password }))
}

/// Signs in where something changed.
pub(super) async fn verify(
    engine: &Engine,
    draft: &IdentityDraft,
    server: &Server,
    before: Option<&Login>,
) -> Result<Verified> {
    let login = &server.login;
    if server.password.is_none() && before == Some(login) {
        return Ok(Verified::AsBefore);
    }
    let password = match &server.password {
        _ if login.user.is_empty() => Secret::default(),
        Some(typed) => typed.clone(),
        None => {
            // Without a user name it had none: what the vault still holds was another server's.
            let is_same = before
                .is_some_and(|before| before.server == login.server && !before.user.is_empty());
            let kept = if is_same { stored(engine, draft).await? } else { None };
            let Some(kept) = kept else {
                let missing = Error::new(Code::Credentials, "This server needs a password");
                return Ok(Verified::Refused(missing.with(&login.server.host)));
            };
            kept
        }
    };
    let credential = Credential::Password(password);
    Ok(match posthorn_sync::verify_one(engine.dialer(), login, &credential).await {
        Ok(most) => Verified::Open(most),
        Err(problem) => Verified::Refused(problem.into()),
    })
}

async fn stored(engine: &Engine, draft: &IdentityDraft) -> Result<Option<Secret>> {
    let vault = engine.vault().clone();
    let key = key(AccountId(draft.identity.account), draft.identity.id);
    blocking(move || vault.get(&key)).await
}

/// Puts a typed password into the vault.
pub(super) async fn keep(
    engine: &Engine,
    account: AccountId,
    identity: i64,
    password: Option<Secret>,
) -> Result<()> {
    let Some(password) = password else { return Ok(()) };
    let vault = engine.vault().clone();
    blocking(move || vault.set(&key(account, identity), &password)).await
}

/// Takes the passwords of identities out of the vault that need none any more. A vault that is locked keeps an entry that
/// nothing refers to.
pub(crate) async fn forget(engine: &Engine, account: AccountId, identities: Vec<i64>) {
    let vault = engine.vault().clone();
    let job = move || identities.iter().try_for_each(|id| vault.delete(&key(account, *id)));
    if let Err(error) = blocking(job).await {
        tracing::warn!(account = account.0, %error, "the password of an identity could not be deleted");
    }
}
