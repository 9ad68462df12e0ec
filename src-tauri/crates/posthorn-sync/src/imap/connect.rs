//! From an account to a signed-in session.

use std::sync::{Arc, Mutex, PoisonError};

use posthorn_imap::{Namespaces, Options, Session, Speaker, WireLog};
use posthorn_model::{Encryption, MailboxId, UidValidity};
use posthorn_net::{Dialer, Fingerprint, Stream};
use posthorn_store::account::{self, Login};

use crate::console::{Purpose, Tap};
use crate::credential::{Attempts, Credential, exposure};
use crate::dial::{in_time, security};
use crate::engine::{Account, Side};
use crate::failure::Failure;
use crate::imap::quirk;
use crate::limit::LOGOUT;
use crate::problem::sentence;
use crate::tuning::Tuning;

/// What a server last said in words, redacted, and where everything goes that is said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    last: Arc<Mutex<String>>,
    /// The console's; absent where nobody can listen.
    tap: Option<Arc<Tap>>,
}

impl Said {
    /// Passes everything on to the console, too.
    pub(crate) fn heard_by(tap: Tap) -> Self {
        Self { last: Arc::default(), tap: Some(Arc::new(tap)) }
    }

    /// Returns the sentence; empty before the first.
    pub(crate) fn last(&self) -> String {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn log(&self) -> WireLog {
        let (said, tap, wanting) = (self.last.clone(), self.tap.clone(), self.tap.clone());
        let wants = move || {
            wanting.as_ref().is_some_and(|tap| tap.is_open())
                || tracing::enabled!(target: "posthorn::wire", tracing::Level::TRACE)
        };
        WireLog::while_wanted(wants, move |speaker, line| {
            tracing::trace!(target: "posthorn::wire", ?speaker, line);
            if let Some(tap) = &tap {
                tap.line(speaker == Speaker::Client, format_args!("{line}"));
            }
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
pub(crate) async fn connect(account: &Account, purpose: Purpose) -> Result<Connection, Failure> {
    let mut connection = connect_to_listen(account, purpose).await?;
    let host = connection.host.clone();
    connection.session.compress().await.map_err(|error| Failure::from(error).at(&host))?;
    Ok(connection)
}

/// Dials the account's server and signs in, for listening: so little is said there that compressing it costs more than
/// it saves.
pub(crate) async fn connect_to_listen(
    account: &Account,
    purpose: Purpose,
) -> Result<Connection, Failure> {
    let id = account.id;
    let stored = account.store().read(move |tx| account::get(tx, id)).await?;
    let login = &stored.settings.incoming;
    if login.server.encryption == Encryption::Plaintext && stored.tls_seen {
        return Err(Failure::Downgrade(login.server.host.clone()));
    }
    let engine = &account.engine;
    let mut attempts = Attempts::begin(account, &stored, Side::Incoming).await?;
    let connection = loop {
        let tap = engine.console.attach(id, purpose, &login.server.host);
        let said = Said::heard_by(tap);
        let signing_in =
            sign_in(&engine.dialer, login, attempts.credential(), said, &engine.tuning);
        match signing_in.await {
            Ok(connection) => break connection,
            Err(failure) => attempts.after(failure).await?,
        }
    };
    if !connection.security.is_empty() && !stored.tls_seen {
        account.store().write(move |tx| account::note_tls(tx, id)).await?;
    }
    Ok(connection)
}

/// Dials a server and signs in.
pub(crate) async fn sign_in(
    dialer: &Dialer,
    login: &Login,
    credential: &Credential,
    said: Said,
    tuning: &Tuning,
) -> Result<Connection, Failure> {
    let signing_in = signed_in(dialer, login, credential, said, tuning);
    in_time(&login.server.host, tuning, signing_in).await
}

/// Dials a server and hears its greeting, behind the handshake where there is one; returns the session and its
/// protection in words. Nothing secret is sent.
pub(crate) async fn greet(
    dialer: &Dialer,
    login: &Login,
    said: &Said,
    tuning: &Tuning,
) -> Result<(Session<Stream>, String), Failure> {
    let options = Options { wire_log: Some(said.log()), stall: tuning.stall, ..Options::default() };
    let accepted = Fingerprint::parse(&login.fingerprint);
    let mut stream = dialer.dial(&login.server, accepted).await?;
    if login.server.encryption == Encryption::StartTls {
        let session = Session::open(stream, &options).await?;
        stream = dialer.upgrade(session.starttls().await?, &login.server, accepted).await?;
        let protection = security(&stream);
        return Ok((Session::without_greeting(stream, &options).await?, protection));
    }
    let protection = security(&stream);
    Ok((Session::open(stream, &options).await?, protection))
}

async fn signed_in(
    dialer: &Dialer,
    login: &Login,
    credential: &Credential,
    said: Said,
    tuning: &Tuning,
) -> Result<Connection, Failure> {
    let (mut session, protection) = greet(dialer, login, &said, tuning).await?;
    let exposure = exposure(login, &protection);
    session.sign_in(&credential.at(login), exposure).await.map_err(quirk::translate)?;
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
