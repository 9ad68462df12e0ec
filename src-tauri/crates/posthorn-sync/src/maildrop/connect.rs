//! From an account to a signed-in POP3 session.

use posthorn_model::Encryption;
use posthorn_net::Stream;
use posthorn_pop3::Session;
use posthorn_store::account;

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
    let password = account.password(Side::Incoming, &login.user).await?;
    let (mut session, security) = dial::pop3(&account.engine.dialer, login).await?;
    let greeting = sentence(session.greeting());
    dial::in_time(&host, async { Ok(session.login(&login.user, password.expose()).await?) })
        .await?;
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
    let login_delay = session.capabilities().login_delay;
    Ok(Connection { session, host, login_delay, marked: Vec::new() })
}
