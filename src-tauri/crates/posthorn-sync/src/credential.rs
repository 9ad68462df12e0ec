//! What an account shows to its servers: a password, or the access token of a sign-in through the browser.
//!
//! Invariants: a password that was refused is not tried again. A token that was refused is replaced once, because tokens
//! end before their time; when the new one is refused as well, the user is asked.

use posthorn_imap::sasl::{Credentials, Exposure};
use posthorn_model::Encryption;
use posthorn_net::Secret;
use posthorn_store::account::{Account as Stored, Login};

use crate::engine::{Account, Side, identity_secret_key, secret_key};
use crate::failure::{Cure, Failure};

/// What is shown to a server. Cannot be printed.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A password.
    Password(Secret),
    /// An access token (RFC 6750).
    Token(Secret),
}

impl Credential {
    /// Returns it as the protocols take it.
    pub(crate) fn at<'c>(&'c self, login: &'c Login) -> Credentials<'c> {
        let user = &login.user;
        match self {
            Self::Password(secret) => Credentials::Password { user, password: secret.expose() },
            Self::Token(secret) => Credentials::Token {
                user,
                token: secret.expose(),
                host: &login.server.host,
                port: login.server.port,
            },
        }
    }
}

/// Tells what may be shown on a connection whose protection is in words (empty where there is none). An account without
/// encryption is one that the user allowed so.
pub(crate) fn exposure(login: &Login, security: &str) -> Exposure {
    if security.is_empty() && login.server.encryption != Encryption::Plaintext {
        Exposure::Refused
    } else {
        Exposure::Harmless
    }
}

/// The credential of one attempt to sign in, and what comes after a refusal.
pub(crate) struct Attempts<'a> {
    account: &'a Account,
    provider: Option<String>,
    credential: Credential,
    is_renewed: bool,
}

impl<'a> Attempts<'a> {
    /// Gets the credential for one of the account's servers.
    pub(crate) async fn begin(
        account: &'a Account,
        stored: &Stored,
        side: Side,
    ) -> Result<Self, Failure> {
        let login = match side {
            Side::Incoming => &stored.settings.incoming,
            Side::Outgoing => &stored.settings.outgoing,
        };
        let credential = match &stored.sign_in {
            Some(provider) => token(account, provider).await?,
            None => Credential::Password(account.password(side, &login.user).await?),
        };
        Ok(Self { account, provider: stored.sign_in.clone(), credential, is_renewed: false })
    }

    /// Gets the password for the own submission server of an identity. The account's is never shown there.
    pub(crate) async fn of_identity(
        account: &'a Account,
        identity: i64,
        user: &str,
    ) -> Result<Self, Failure> {
        let (secrets, key) =
            (account.engine.secrets.clone(), identity_secret_key(account.id, identity));
        let read = tokio::task::spawn_blocking(move || secrets.get(&key));
        let secret = read.await.map_err(|_| Failure::Interrupted)?;
        let secret = secret.map_err(|error| Failure::Secrets(error.to_string()))?;
        let secret = secret.ok_or_else(|| Failure::NoPassword(user.to_owned()))?;
        let credential = Credential::Password(secret);
        Ok(Self { account, provider: None, credential, is_renewed: false })
    }

    /// Returns what is to be shown now.
    pub(crate) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Takes a failure: nothing where another attempt is to be made with [`Self::credential`], else the failure.
    pub(crate) async fn after(&mut self, failure: Failure) -> Result<(), Failure> {
        let (Credential::Token(refused), Some(provider)) = (&self.credential, &self.provider)
        else {
            return Err(failure);
        };
        if self.is_renewed || failure.cure() != Cure::Password {
            return Err(failure);
        }
        self.account.engine.tokens.distrust(self.account.id, refused).await;
        self.credential = token(self.account, provider).await?;
        self.is_renewed = true;
        Ok(())
    }
}

async fn token(account: &Account, provider: &str) -> Result<Credential, Failure> {
    Ok(Credential::Token(account.engine.tokens.access(account.id, provider).await?))
}

impl Account {
    /// Returns the password for one of the servers; the outgoing server's is the incoming one's where it has none.
    async fn password(&self, side: Side, user: &str) -> Result<Secret, Failure> {
        let (secrets, id) = (self.engine.secrets.clone(), self.id);
        let read =
            tokio::task::spawn_blocking(move || match secrets.get(&secret_key(id, side))? {
                None if side == Side::Outgoing => secrets.get(&secret_key(id, Side::Incoming)),
                found => Ok(found),
            });
        let secret = read.await.map_err(|_| Failure::Interrupted)?;
        let secret = secret.map_err(|error| Failure::Secrets(error.to_string()))?;
        secret.ok_or_else(|| Failure::NoPassword(user.to_owned()))
    }
}
