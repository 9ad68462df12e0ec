//! Signing in (RFC 4954): AUTH with the strongest mechanism that fits, in one round trip where the line has room.
//!
//! Invariants: a secret is shown once. After a refusal nothing else is tried with it, unless the server says that it
//! does not know the mechanism at all (504): two failures for one typed password lock accounts. What shows the secret
//! to whoever listens is not sent unless the caller allows it. A server that goes on asking is left.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use posthorn_sasl::{Credentials, Exchange, Exposure, Mechanism, choose};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::session::Session;
use crate::{Capabilities, Error, Reply};

/// Longest line with an initial response, without CRLF: AUTH is bound to the 512 octets of any command (RFC 4954
/// section 4, RFC 5321 section 4.5.3.1.4). What is longer follows on a line of its own.
const MAX_INITIAL: usize = 510;
/// Questions that a server may ask in one exchange; SCRAM, the longest, has two.
const MAX_QUESTIONS: u8 = 6;

/// How a mechanism ended.
enum Attempt {
    /// The server said yes, and may be believed.
    Done,
    /// The server refused the mechanism, not the secret: another one may be tried.
    NotThisWay(Error),
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Session<S> {
    /// Signs in with a password, on a connection that is encrypted or that the user allowed to be open. See
    /// [`Self::sign_in`].
    pub async fn authenticate(&mut self, user: &str, password: &str) -> Result<(), Error> {
        self.sign_in(&Credentials::Password { user, password }, Exposure::Harmless).await
    }

    /// Signs in.
    ///
    /// [`Error::AuthNotOffered`] says that the server offers nothing that fits; then nothing secret was sent.
    pub async fn sign_in(
        &mut self,
        credentials: &Credentials<'_>,
        exposure: Exposure,
    ) -> Result<(), Error> {
        if let Credentials::Password { user, password } = credentials {
            for (what, text) in [("user name", user), ("password", password)] {
                if text.contains('\0') {
                    return Err(Error::Unsendable { what, value: String::new() });
                }
            }
        }
        let names = self.capabilities().auth.clone();
        let mut offered: Vec<Mechanism> =
            names.iter().filter_map(|name| Mechanism::parse(name)).collect();
        let mut refusal = None;
        while let Some(mechanism) =
            choose(offered.iter().map(|mechanism| mechanism.name()), credentials, exposure)
        {
            match self.attempt(mechanism, credentials).await? {
                Attempt::Done => return Ok(()),
                Attempt::NotThisWay(error) => {
                    offered.retain(|other| *other != mechanism);
                    refusal = Some(error);
                }
            }
        }
        Err(refusal.unwrap_or(Error::AuthNotOffered { offered: names }))
    }

    async fn attempt(
        &mut self,
        mechanism: Mechanism,
        credentials: &Credentials<'_>,
    ) -> Result<Attempt, Error> {
        let mut exchange = Exchange::new(mechanism, credentials).map_err(unsendable)?;
        let name = mechanism.name();
        // What is said unasked, until it is known to have been heard.
        let mut first = exchange.first().map(|message| BASE64.encode(&*message));
        let line = first.as_ref().map(|first| format!("AUTH {name} {first}"));
        let line = line.filter(|line| line.len() <= MAX_INITIAL);
        let was_sent = line.is_some();
        let mut reply = match line {
            Some(line) => self.hidden("AUTH", &line, &format!("AUTH {name} •••")).await?,
            None => self.command("AUTH", &format!("AUTH {name}")).await?,
        };
        let mut broken = None;
        let mut questions = 0;
        while reply.code == 334 {
            questions += 1;
            if questions > MAX_QUESTIONS {
                self.is_busy = true;
                let detail = "the server goes on asking".to_owned();
                return Err(Error::Garbled { stage: "AUTH", detail });
            }
            let challenge = reply.lines.first().map(|line| line.trim()).unwrap_or_default();
            // Some servers overlook the initial response and ask for it.
            let again = first.take().filter(|_| !was_sent || challenge.is_empty());
            let line = again.map_or_else(|| respond(&mut exchange, challenge), Ok);
            let line = line.unwrap_or_else(|error| {
                broken = Some(error);
                // It ends the exchange; the refusal follows.
                "*".to_owned()
            });
            reply = self.hidden("AUTH", &line, "•••").await?;
        }
        judge(mechanism, &exchange, reply, broken)
    }
}

/// Says what the end of an exchange means.
fn judge(
    mechanism: Mechanism,
    exchange: &Exchange,
    reply: Reply,
    broken: Option<posthorn_sasl::Error>,
) -> Result<Attempt, Error> {
    let garbled = |detail: String| Err(Error::Garbled { stage: "AUTH", detail });
    if reply.is_positive() && reply.code != 235 {
        return garbled(format!("{} instead of 235", reply.code));
    }
    if reply.code == 235 {
        // A server that cannot speak the mechanism, or not prove itself, is not signed in to, whatever it says.
        return match broken.map_or_else(|| exchange.finish(), Err) {
            Ok(()) => Ok(Attempt::Done),
            Err(error) => garbled(error.to_string()),
        };
    }
    if let Some(error) = broken
        && !mechanism.shows_secret()
    {
        return garbled(error.to_string());
    }
    let is_unknown = reply.code == 504;
    let is_unshown = !exchange.has_shown_secret() && !reply.is_transient();
    let error = Error::Refused { command: "AUTH", reply };
    if is_unknown || is_unshown { Ok(Attempt::NotThisWay(error)) } else { Err(error) }
}

/// Answers a challenge as it came over the wire.
fn respond(exchange: &mut Exchange, text: &str) -> Result<String, posthorn_sasl::Error> {
    // The two questions of LOGIN are the same whatever their words, and some servers do not encode them.
    let challenge = match BASE64.decode(text) {
        Ok(challenge) => challenge,
        Err(_) if exchange.mechanism() == Mechanism::Login => Vec::new(),
        Err(_) => return Err(posthorn_sasl::Error::Malformed("it is not base64")),
    };
    exchange.answer(&challenge).map(|answer| BASE64.encode(&*answer))
}

fn unsendable(error: posthorn_sasl::Error) -> Error {
    match error {
        posthorn_sasl::Error::Unsendable(what) => Error::Unsendable { what, value: String::new() },
        other => Error::Garbled { stage: "AUTH", detail: other.to_string() },
    }
}

/// Signs in with a password and leaves: shows that address, password and server belong together.
pub async fn verify<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    session: Session<S>,
    user: &str,
    password: &str,
) -> Result<Capabilities, Error> {
    prove(session, &Credentials::Password { user, password }, Exposure::Harmless).await
}

/// Signs in and leaves: shows that address, credentials and server belong together.
pub async fn prove<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    mut session: Session<S>,
    credentials: &Credentials<'_>,
    exposure: Exposure,
) -> Result<Capabilities, Error> {
    session.sign_in(credentials, exposure).await?;
    let capabilities = session.capabilities().clone();
    // The sign-in stands, whatever the server says to QUIT.
    let _ = session.quit().await;
    Ok(capabilities)
}
