//! From an account to a signed-in POP3 session.

use posthorn_model::Encryption;
use posthorn_net::Stream;
use posthorn_pop3::{RespCode, Session};
use posthorn_store::account;
use tokio::time::Instant;

use crate::console::Purpose;
use crate::credential::{Attempts, Credential, exposure};
use crate::dial;
use crate::engine::{Account, Side};
use crate::failure::Failure;
use crate::problem::sentence;
use crate::status::State;

/// A signed-in session.
pub(super) struct Connection {
    pub(super) session: Session<Stream>,
    pub(super) host: String,
    /// Seconds that the server wants between two sessions; absent where it does not say.
    pub(super) login_delay: Option<u64>,
    /// Days that a message stays on the server; 0 where it goes once it was fetched. Absent where it does not say.
    pub(super) expire_days: Option<u64>,
    /// Messages for which DELE was sent: QUIT decides.
    pub(super) marked: Vec<posthorn_model::Uidl>,
}

/// Dials the account's server and signs in.
pub(super) async fn connect(account: &Account) -> Result<Connection, Failure> {
    let id = account.id;
    let stored = account.store().read(move |tx| account::get(tx, id)).await?;
    let login = &stored.settings.incoming;
    let host = login.server.host.clone();
    if login.server.encryption == Encryption::Plaintext && stored.tls_seen {
        return Err(Failure::Downgrade(host));
    }
    let mut attempts = Attempts::begin(account, &stored, Side::Incoming).await?;
    let (session, security, greeting) = loop {
        let signed_in = sign_in(account, &stored, attempts.credential()).await;
        if is_too_early(&signed_in) {
            account.pace.was_early();
        }
        match signed_in {
            Ok(signed_in) => break signed_in,
            Err(failure) => attempts.after(failure).await?,
        }
    };
    account.pace.logged_in(session.capabilities().login_delay);
    if !security.is_empty() && !stored.tls_seen {
        account.store().write(move |tx| account::note_tls(tx, id)).await?;
    }
    let now = account.now();
    account.update(|status| {
        status.enter(State::Syncing);
        status.connected_since = Some(now);
        status.security = security;
        if !greeting.is_empty() {
            status.server_said = greeting;
        }
    });
    let offered = session.capabilities();
    let (login_delay, expire_days) = (offered.login_delay, offered.expire_days);
    account.browser.note_expiry(expire_days);
    Ok(Connection { session, host, login_delay, expire_days, marked: Vec::new() })
}

/// Dials and signs in; returns the session, its protection and its greeting in words.
async fn sign_in(
    account: &Account,
    stored: &account::Account,
    credential: &Credential,
) -> Result<(Session<Stream>, String, String), Failure> {
    let login = &stored.settings.incoming;
    let engine = &account.engine;
    let tap = engine.console.attach(account.id, Purpose::Maildrop, &login.server.host);
    let (mut session, security) =
        dial::pop3(&engine.dialer, login, Some(tap), &engine.tuning).await?;
    let greeting = sentence(session.greeting());
    // APOP hides a password where nothing else does, and only where the user wants that.
    let by_apop = stored.settings.pop_apop && security.is_empty() && session.offers_apop();
    let exposure = exposure(login, &security);
    let sign_in = async {
        if by_apop && let Credential::Password(password) = credential {
            return Ok(session.login_apop(&login.user, password.expose()).await?);
        }
        Ok(session.sign_in(&credential.at(login), exposure).await?)
    };
    dial::in_time(&login.server.host, &account.engine.tuning, sign_in).await?;
    Ok((session, security, greeting))
}

fn is_too_early<T>(signed_in: &Result<T, Failure>) -> bool {
    let Err(Failure::Pop3 { error: posthorn_pop3::Error::Refused { refusal, .. }, .. }) = signed_in
    else {
        return false;
    };
    refusal.code == Some(RespCode::LoginDelay)
}

/// Waits until the server takes the next session, and says so.
pub(super) async fn until_allowed(account: &Account) {
    while let Some(at) = account.pace.not_before() {
        let wait = at.saturating_duration_since(Instant::now());
        let next = account.now().plus_ms(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        account.update(|status| {
            status.enter(State::Waiting);
            status.next_try = Some(next);
        });
        tokio::time::sleep_until(at).await;
    }
}
