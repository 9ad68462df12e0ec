//! From an account to a signed-in session.

use std::sync::{Arc, Mutex, PoisonError};

use posthorn_imap::sasl::{Credentials, Exposure};
use posthorn_imap::{Namespaces, Options, Session, Speaker, WireLog};
use posthorn_model::{Encryption, MailboxId, UidValidity};
use posthorn_net::{Dialer, Fingerprint, Stream};
use posthorn_store::account::{self, Login};

use crate::dial::{in_time, security};
use crate::engine::{Account, Side};
use crate::failure::Failure;
use crate::imap::quirk;
use crate::limit::LOGOUT;
use crate::problem::sentence;

/// What a server last said in words, redacted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said(Arc<Mutex<String>>);

impl Said {
    /// Returns the sentence; empty before the first.
    pub(crate) fn last(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn log(&self) -> WireLog {
        let said = self.0.clone();
        WireLog::new(move |speaker, line| {
            tracing::trace!(target: "posthorn::wire", ?speaker, line);
            if speaker == Speaker::Server
                && let Some(text) = status_text(line)
            {
                *said.lock().unwrap_or_else(PoisonError::into_inner) = sentence(text);
            }
        })
    }
}

/// Returns the sentence of a status line: `A1 OK done`, `* BYE too many`.
fn status_text(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(' ')?;
    let (condition, text) = rest.split_once(' ')?;
    if !matches!(condition, "OK" | "NO" | "BAD" | "BYE") {
        return None;
    }
    let text = match text.strip_prefix('[').and_then(|code| code.split_once(']')) {
        Some((_, sentence)) => sentence.trim(),
        None => text,
    };
    (!text.is_empty()).then_some(text)
}

/// What servers are told about us (RFC 2971). Some providers (163, 126) let nobody read mail who has not said it.
pub(crate) const WHO_WE_ARE: [(&str, &str); 3] =
    [("name", "Posthorn"), ("version", env!("CARGO_PKG_VERSION")), ("vendor", "Posthorn")];

/// A signed-in session.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The session.
    pub(crate) session: Session<Stream>,
    /// The mailbox that is open, and the epoch of its uids. Absent when none is, or when that is not known.
    pub(crate) open: Option<(MailboxId, UidValidity)>,
    /// Protection in words; empty when there is none.
    pub(crate) security: String,
    /// The server.
    pub(crate) host: String,
    /// What it last said.
    pub(crate) said: Said,
    /// Whose folders are where; empty where the server does not tell.
    pub(crate) namespaces: Namespaces,
}

impl Connection {
    /// Says goodbye, shortly.
    pub(crate) async fn leave(self) {
        // A server that does not answer is left all the same.
        let _ = tokio::time::timeout(LOGOUT, self.session.logout()).await;
    }
}

/// Dials the account's server and signs in, for work: compressed where the server can.
pub(crate) async fn connect(account: &Account) -> Result<Connection, Failure> {
    let mut connection = connect_to_listen(account).await?;
    let host = connection.host.clone();
    connection.session.compress().await.map_err(|error| Failure::from(error).at(&host))?;
    Ok(connection)
}

/// Dials the account's server and signs in, for listening: so little is said there that compressing it costs more than
/// it saves.
pub(crate) async fn connect_to_listen(account: &Account) -> Result<Connection, Failure> {
    let id = account.id;
    let stored = account.store().read(move |tx| account::get(tx, id)).await?;
    let login = &stored.settings.incoming;
    if login.server.encryption == Encryption::Plaintext && stored.tls_seen {
        return Err(Failure::Downgrade(login.server.host.clone()));
    }
    let password = account.password(Side::Incoming, &login.user).await?;
    let connection = sign_in(&account.engine.dialer, login, password.expose()).await?;
    if !connection.security.is_empty() && !stored.tls_seen {
        account.store().write(move |tx| account::note_tls(tx, id)).await?;
    }
    Ok(connection)
}

/// Dials a server and signs in.
pub(crate) async fn sign_in(
    dialer: &Dialer,
    login: &Login,
    password: &str,
) -> Result<Connection, Failure> {
    in_time(&login.server.host, signed_in(dialer, login, password)).await
}

async fn signed_in(dialer: &Dialer, login: &Login, password: &str) -> Result<Connection, Failure> {
    let said = Said::default();
    let options = Options { wire_log: Some(said.log()), ..Options::default() };
    let accepted = Fingerprint::parse(&login.fingerprint);
    let mut stream = dialer.dial(&login.server, accepted).await?;
    let (mut session, protection) = if login.server.encryption == Encryption::StartTls {
        let session = Session::open(stream, &options).await?;
        stream = dialer.upgrade(session.starttls().await?, &login.server, accepted).await?;
        let protection = security(&stream);
        (Session::without_greeting(stream, &options).await?, protection)
    } else {
        let protection = security(&stream);
        (Session::open(stream, &options).await?, protection)
    };
    let credentials = Credentials::Password { user: &login.user, password };
    // An account without encryption is one that the user allowed so.
    let is_allowed = !protection.is_empty() || login.server.encryption == Encryption::Plaintext;
    let exposure = if is_allowed { Exposure::Harmless } else { Exposure::Refused };
    session.sign_in(&credentials, exposure).await.map_err(quirk::translate)?;
    let introduction = session.introduce(&WHO_WE_ARE, quirk::EXTENSIONS).await?;
    session.distrust(quirk::of(&introduction.server).distrusted.iter().copied());
    Ok(Connection {
        session,
        open: None,
        security: protection,
        host: login.server.host.clone(),
        said,
        namespaces: introduction.namespaces,
    })
}

#[cfg(test)]
mod tests {
    use super::status_text;

    #[test]
    fn only_sentences_are_taken_for_what_the_server_said() {
        let table = [
            ("A0001 OK [CAPABILITY IMAP4rev1] Logged in", Some("Logged in")),
            ("* BYE Disconnected for inactivity.", Some("Disconnected for inactivity.")),
            ("A7 NO [OVERQUOTA] Quota exceeded", Some("Quota exceeded")),
            ("* 3 EXISTS", None),
            ("* OK [HIGHESTMODSEQ 3]", None),
            ("* 1 FETCH (FLAGS ())", None),
        ];
        for (line, text) in table {
            assert_eq!(status_text(line), text, "{line}");
        }
    }
}
