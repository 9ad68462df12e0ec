//! From a login to a greeted session of POP3 or submission: dialling, the greeting, TLS where it is asked for.
//!
//! What IMAP needs besides is in [`crate::imap::connect`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use posthorn_model::Encryption;
use posthorn_net::{Dialer, Fingerprint, Stream};
use posthorn_store::account::Login;

use crate::console::Tap;
use crate::failure::Failure;
use crate::outbox::dialogue::Dialogue;
use crate::tuning::Tuning;

/// Runs a step of signing in within its time, and adds the host to its failure.
pub(crate) async fn in_time<T>(
    host: &str,
    tuning: &Tuning,
    step: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(tuning.sign_in, step).await {
        Ok(result) => result.map_err(|failure| failure.at(host)),
        Err(_) => Err(Failure::Timeout(host.to_owned())),
    }
}

/// Who is at the other end, and how the way there is protected.
#[derive(Clone, Debug, Default)]
pub(crate) struct Protection {
    /// In words (`TLS 1.3`); empty when it is not.
    pub(crate) words: String,
    /// SHA-256 of the server's certificate in lower-case hex; empty when it is not.
    pub(crate) certificate: String,
    /// Address and port of the server; empty when a proxy stands in between.
    pub(crate) address: String,
}

impl Protection {
    fn of(stream: &Stream, is_direct: bool) -> Self {
        let certificate = stream.security().map(|security| security.fingerprint.to_string());
        let address = stream.peer().filter(|_| is_direct).map(|peer| peer.to_string());
        Self {
            words: security(stream),
            certificate: certificate.unwrap_or_default().replace(':', "").to_lowercase(),
            address: address.unwrap_or_default(),
        }
    }
}

/// Returns the protection of a stream in words; empty when there is none.
pub(crate) fn security(stream: &Stream) -> String {
    stream.security().map(|security| security.version.clone()).unwrap_or_default()
}

/// Where a session's lines go; POP3 and SMTP spell it alike.
type Transcript = Arc<dyn Fn(fmt::Arguments<'_>) + Send + Sync>;

/// Returns where a session's lines go.
fn transcript(tap: Option<Tap>) -> Option<Transcript> {
    let tap = tap?;
    Some(Arc::new(move |line: fmt::Arguments<'_>| tap.spoken(line)))
}

/// Dials a POP3 server and hears its greeting; returns the session and its protection in words.
pub(crate) async fn pop3(
    dialer: &Dialer,
    login: &Login,
    tap: Option<Tap>,
    tuning: &Tuning,
) -> Result<(posthorn_pop3::Session<Stream>, String), Failure> {
    use posthorn_pop3::{Session, Settings};
    let server = &login.server;
    let settings = Settings {
        answer_timeout: tuning.stall,
        greeting_timeout: tuning.stall,
        transcript: transcript(tap),
    };
    let greet = async {
        let accepted = Fingerprint::parse(&login.fingerprint);
        let stream = dialer.dial(server, accepted).await?;
        if server.encryption == Encryption::StartTls {
            let session = Session::greet(stream, settings.clone()).await?;
            let stream = dialer.upgrade(session.start_tls().await?, server, accepted).await?;
            let words = security(&stream);
            return Ok((Session::resume(stream, settings).await?, words));
        }
        let words = security(&stream);
        Ok((Session::greet(stream, settings).await?, words))
    };
    in_time(&server.host, tuning, greet).await
}

/// Who hears what is said on a submission connection.
#[derive(Default)]
pub(crate) struct Ears {
    /// The console.
    pub(crate) tap: Option<Tap>,
    /// Receipts.
    pub(crate) dialogue: Option<Dialogue>,
}

impl Ears {
    fn transcript(self) -> Option<Transcript> {
        let Self { tap, dialogue } = self;
        if tap.is_none() && dialogue.is_none() {
            return None;
        }
        Some(Arc::new(move |line: fmt::Arguments<'_>| {
            if let Some(tap) = &tap {
                tap.spoken(line);
            }
            if let Some(dialogue) = &dialogue {
                dialogue.hear(line);
            }
        }))
    }
}

/// Dials a submission server and hears its greeting; returns the session and its protection.
pub(crate) async fn smtp(
    dialer: &Dialer,
    login: &Login,
    ears: Ears,
    tuning: &Tuning,
) -> Result<(posthorn_smtp::Session<Stream>, Protection), Failure> {
    use posthorn_smtp::{Session, Settings};
    let server = &login.server;
    let settings = Settings {
        timeouts: timeouts(tuning.submission),
        transcript: ears.transcript(),
        ..Settings::default()
    };
    let is_direct = dialer.is_direct(&server.host);
    let greet = async {
        let accepted = Fingerprint::parse(&login.fingerprint);
        let stream = dialer.dial(server, accepted).await?;
        if server.encryption == Encryption::StartTls {
            let session = Session::greet(stream, settings.clone()).await?;
            let stream = dialer.upgrade(session.start_tls().await?, server, accepted).await?;
            let protection = Protection::of(&stream, is_direct);
            return Ok((Session::resume(stream, settings).await?, protection));
        }
        let protection = Protection::of(&stream, is_direct);
        Ok((Session::greet(stream, settings).await?, protection))
    };
    in_time(&server.host, tuning, greet).await
}

/// Returns the times of a submission's stages: the same for all where one is set.
fn timeouts(every: Option<Duration>) -> posthorn_smtp::Timeouts {
    use posthorn_smtp::Timeouts;
    every.map_or_else(Timeouts::default, |every| Timeouts {
        data: every,
        block: every,
        dot: every,
        ..Timeouts::impatient(every)
    })
}
