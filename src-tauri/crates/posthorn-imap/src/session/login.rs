//! Signing in: AUTHENTICATE with the strongest mechanism that fits (RFC 9051 section 6.2.2), in one round trip with
//! SASL-IR (RFC 4959); LOGIN where the server has nothing else.
//!
//! Invariants: a secret is sent once. After a refusal nothing else is tried with it: two failures for one typed
//! password lock accounts. What shows the secret to whoever listens is not sent unless the caller allows it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use posthorn_sasl::{Credentials, Exchange, Exposure, Mechanism, choose};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::connection::{Collected, Done, Step};
use crate::error::clip;
use crate::limit::MAX_CHALLENGES;
use crate::{Code, Error, Result};

/// Codes of a refusal that are about the credentials (RFC 5530 section 3).
const CREDENTIAL_CODES: [&str; 4] =
    ["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "WEBALERT"];

/// How a mechanism ended.
enum Attempt {
    /// The server said yes, and may be believed.
    Done(Done),
    /// The server refused before anything secret was shown: another mechanism may be tried.
    NotThisWay(Error),
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Signs in with a password on a connection that is encrypted, or on which the user allowed it otherwise. See
    /// [`Self::sign_in`].
    pub async fn login(&mut self, user: &str, password: &str) -> Result<()> {
        self.sign_in(&Credentials::Password { user, password }, Exposure::Harmless).await
    }

    /// Signs in. The capabilities are those of the signed-in state afterwards.
    ///
    /// [`Error::Unsupported`] says that the server offers nothing that fits; then nothing secret was sent.
    pub async fn sign_in(
        &mut self,
        credentials: &Credentials<'_>,
        exposure: Exposure,
    ) -> Result<()> {
        self.ensure_capabilities().await?;
        self.connection.shim().is_secret = true;
        let answer = self.sign_in_somehow(credentials, exposure).await;
        self.connection.shim().is_secret = false;
        let done = answer?;
        self.heed(&done);
        if !matches!(done.code, Some(Code::Capability(_))) {
            self.capability().await?;
        }
        Ok(())
    }

    async fn sign_in_somehow(
        &mut self,
        credentials: &Credentials<'_>,
        exposure: Exposure,
    ) -> Result<Done> {
        let mut offered: Vec<Mechanism> = self
            .capabilities()
            .iter()
            .filter_map(|word| Mechanism::parse(word.strip_prefix("AUTH=")?))
            // The command says the same in one round trip, and older servers are better used to it.
            .filter(|mechanism| *mechanism != Mechanism::Login || self.has("LOGINDISABLED"))
            .collect();
        let mut refusal = None;
        while let Some(mechanism) =
            choose(offered.iter().map(|mechanism| mechanism.name()), credentials, exposure)
        {
            match self.authenticate(mechanism, credentials).await? {
                Attempt::Done(done) => return Ok(done),
                // The server keeps no keys of this kind for the user, say. Nothing was guessed, so nothing counts.
                Attempt::NotThisWay(error) => {
                    offered.retain(|other| *other != mechanism);
                    refusal = Some(error);
                }
            }
        }
        if let Some(error) = refusal {
            return Err(error);
        }
        match credentials {
            Credentials::Token { .. } => {
                Err(Error::Unsupported("a sign-in with a token (OAUTHBEARER, XOAUTH2)"))
            }
            Credentials::Password { .. } if self.has("LOGINDISABLED") => Err(Error::Unsupported(
                "a sign-in with a password on this connection (LOGINDISABLED)",
            )),
            Credentials::Password { .. } if exposure == Exposure::Refused => {
                Err(Error::Unsupported(
                    "a sign-in that nobody can listen to, and this connection is not encrypted",
                ))
            }
            Credentials::Password { user, password } => {
                self.plainly(user, password).await.map_err(|error| refused(error, ""))
            }
        }
    }

    async fn authenticate(
        &mut self,
        mechanism: Mechanism,
        credentials: &Credentials<'_>,
    ) -> Result<Attempt> {
        let mut exchange = Exchange::new(mechanism, credentials).map_err(unsendable)?;
        let mut first = exchange.first().map(|message| encode(&message));
        let mut command = format!("AUTHENTICATE {}", mechanism.name());
        if self.has("SASL-IR")
            && let Some(first) = first.take()
        {
            command = format!("{command} {first}");
        }
        let mut seen = Collected::default();
        let (mut broken, mut challenges) = (None, 0);
        let tag = self.connection.start(&Command::new(command), &mut seen).await?;
        let answer = loop {
            match self.connection.step(&tag).await {
                Ok(Step::Untagged(untagged)) => seen.push(untagged)?,
                Ok(Step::Continue(_)) if challenges >= MAX_CHALLENGES => {
                    return Err(Error::Limit {
                        what: "number of challenges",
                        limit: MAX_CHALLENGES as u64,
                    });
                }
                Ok(Step::Continue(text)) => {
                    challenges += 1;
                    let line = first.take().map_or_else(|| respond(&mut exchange, &text), Ok);
                    // `*` ends the exchange; the refusal follows.
                    let line = line.unwrap_or_else(|error| {
                        broken = Some(error);
                        "*".to_owned()
                    });
                    self.connection.send_untagged(&line).await?;
                }
                Ok(Step::Done(done)) => break Ok(done),
                Err(error) => break Err(error),
            }
        };
        self.absorb_all(seen.into_vec());
        match (answer, broken) {
            // A server that cannot speak the mechanism, or not prove itself, is not signed in to, whatever it says.
            (Ok(_), Some(error)) => Err(Error::Protocol(error.to_string())),
            (Err(Error::No { .. } | Error::Bad { .. }), Some(error))
                if !mechanism.shows_secret() =>
            {
                Err(Error::Protocol(error.to_string()))
            }
            (Ok(done), None) => match exchange.finish() {
                Ok(()) => Ok(Attempt::Done(done)),
                Err(error) => Err(Error::Protocol(error.to_string())),
            },
            (Err(error @ (Error::No { .. } | Error::Bad { .. })), None)
                if !exchange.has_shown_secret() =>
            {
                Ok(Attempt::NotThisWay(refused(error, "")))
            }
            (Err(error), _) => Err(refused(error, exchange.report())),
        }
    }

    async fn plainly(&mut self, user: &str, password: &str) -> Result<Done> {
        let command = Command::new("LOGIN").string(user.as_bytes())?.string(password.as_bytes())?;
        self.run(&command).await
    }
}

/// Answers a challenge as it came over the wire.
fn respond(exchange: &mut Exchange, text: &str) -> Result<String, posthorn_sasl::Error> {
    let challenge = STANDARD
        .decode(text.as_bytes())
        .map_err(|_| posthorn_sasl::Error::Malformed("it is not base64"))?;
    exchange.answer(&challenge).map(|answer| encode(&answer))
}

fn encode(message: &[u8]) -> String {
    STANDARD.encode(message)
}

fn unsendable(error: posthorn_sasl::Error) -> Error {
    match error {
        posthorn_sasl::Error::Unsendable(what) => Error::Argument(what),
        posthorn_sasl::Error::Random(text) => Error::Local(text),
        other => Error::Protocol(other.to_string()),
    }
}

/// Says what a refusal means; `report` is what the server said of a token (RFC 7628 section 3.2.2).
fn refused(error: Error, report: &str) -> Error {
    let is_about_credentials = match (&error, error.code()) {
        (Error::No { .. }, None | Some(Code::Alert)) => true,
        // `BAD` is about the command, unless the server says otherwise.
        (_, Some(Code::Other(name, _))) => CREDENTIAL_CODES.contains(&name.as_str()),
        _ => false,
    };
    match error {
        Error::No { code, text } | Error::Bad { code, text } if is_about_credentials => {
            let text = if text.is_empty() { clip(report, 200) } else { text };
            Error::LoginRefused { code, text }
        }
        other => other,
    }
}
