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

#[cfg(test)]
mod tests {
    use posthorn_model::{AccountId, Encryption, Protocol, ServerAddress};
    use posthorn_net::{Secret, SecretStore as _};
    use posthorn_store::account::Login;
    use posthorn_testkit::Peer;

    use super::{Server, Verified, key, verify};
    use crate::contract::{Code, Identity, IdentityDraft};
    use crate::{Engine, Options, SecretsKind};

    /// Whose server it is.
    const ACCOUNT: i64 = 1;
    const IDENTITY: i64 = 7;
    /// A port of another server; nobody goes there.
    const ELSEWHERE: u16 = 1;
    /// A submission server that lets everybody in.
    const SERVER: &str = "?\nS: 220 hello\n? EHLO *\nS: 250-hello\nS: 250 AUTH PLAIN\n? AUTH PLAIN *\nS: 235 in\n\
        ? QUIT\nS: 221 bye\n!cut\n? *\nS: 500 what\n";

    fn draft() -> IdentityDraft {
        let identity = Identity {
            id: IDENTITY,
            account: ACCOUNT,
            name: "The shop".to_owned(),
            email: "shop@example.org".to_owned(),
            reply_to: String::new(),
            signature: String::new(),
            bcc: Vec::new(),
            sent_mailbox: None,
            main: false,
            server: None,
            pin: String::new(),
        };
        IdentityDraft { identity, password: None, certificate: None }
    }

    fn login(port: u16, user: &str) -> Login {
        let server = ServerAddress {
            protocol: Protocol::Smtp,
            host: "127.0.0.1".to_owned(),
            port,
            encryption: Encryption::Plaintext,
        };
        Login { server, user: user.to_owned(), fingerprint: String::new() }
    }

    /// The vault still holds what an earlier server of the identity was opened with: taking it out failed, because the
    /// vault was locked.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_password_is_offered_where_it_was_given_for_and_nowhere_else() {
        let profile = tempfile::tempdir().unwrap();
        let options = Options {
            profile: profile.path().to_owned(),
            secrets: SecretsKind::Memory,
            ..Options::default()
        };
        let engine = Engine::open(options).await.unwrap();
        let stored = Secret::new("of an earlier server");
        engine.vault().set(&key(AccountId(ACCOUNT), IDENTITY), &stored).unwrap();
        // The user name that the server had before, whether it was the same server, and whether it is asked.
        let table = [
            (Some(("", true)), false),
            (Some(("other", false)), false),
            (None, false),
            (Some(("other", true)), true),
        ];
        for (before, is_asked) in table {
            let peer = Peer::parse(SERVER).unwrap().listen().await.unwrap();
            let before = before
                .map(|(user, is_same)| login(if is_same { peer.port() } else { ELSEWHERE }, user));
            let server = Server { login: login(peer.port(), "shop"), password: None };
            let verified = verify(&engine, &draft(), &server, before.as_ref()).await.unwrap();
            if is_asked {
                assert!(matches!(verified, Verified::Open(_)));
                assert!(peer.said().iter().any(|line| line.starts_with("AUTH PLAIN ")));
            } else {
                let Verified::Refused(error) = verified else { unreachable!("{before:?}") };
                assert_eq!(error.code, Code::Credentials, "{before:?}");
                assert_eq!(peer.connections(), 0, "nobody goes there: {before:?}");
            }
        }
        engine.shutdown().await;
    }
}
