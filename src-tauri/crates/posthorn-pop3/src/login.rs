//! Signing in: SASL with the strongest mechanism that fits (RFC 5034), USER and PASS in place of what shows the
//! password, APOP; and what UTF-8 needs before it.
//!
//! Invariant: a password is shown at most once in a session, by one mechanism. After a refusal nothing else is tried,
//! unless the server refused before it was shown: a second failure locks accounts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest as _, Md5};
use posthorn_sasl::{Credentials, Exchange, Exposure, Mechanism, choose};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::session::sendable;
use crate::wire::{Answered, Status};
use crate::{Error, Session};

/// Longest line with an initial response, without CRLF (RFC 5034 section 4: 255 bytes with CRLF).
const MAX_INITIAL: usize = 253;
/// Questions that a server may ask in one exchange; SCRAM, the longest, has two.
const MAX_QUESTIONS: u8 = 6;

/// How a mechanism ended.
enum Attempt {
    /// The server said yes, and may be believed.
    Done,
    /// The server refused the mechanism, not the secret: another one may be tried.
    NotThisWay(Error),
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Session<S> {
    /// Signs in with a password, on a connection that is encrypted or that the user allowed to be open. See
    /// [`Self::sign_in`].
    pub async fn login(&mut self, user: &str, password: &str) -> Result<(), Error> {
        self.sign_in(&Credentials::Password { user, password }, Exposure::Harmless).await
    }

    /// Signs in and asks again for the capabilities. [`Error::AuthNotOffered`] says that the server offers nothing
    /// that fits; then nothing secret was sent.
    pub async fn sign_in(
        &mut self,
        credentials: &Credentials<'_>,
        exposure: Exposure,
    ) -> Result<(), Error> {
        let plainly = self.plainly(credentials, exposure)?;
        if self.capabilities().utf8 {
            self.use_utf8().await?;
        }
        let names = self.capabilities().sasl.clone();
        let mut offered: Vec<Mechanism> = names
            .iter()
            .filter_map(|name| Mechanism::parse(name))
            // USER and PASS say the same, and older servers are better used to them.
            .filter(|mechanism| *mechanism != Mechanism::Login)
            .filter(|mechanism| plainly.is_none() || !mechanism.shows_secret())
            .collect();
        let mut refusal = None;
        while let Some(mechanism) =
            choose(offered.iter().map(|mechanism| mechanism.name()), credentials, exposure)
        {
            match self.attempt(mechanism, credentials).await? {
                Attempt::Done => return self.ask_capabilities().await,
                Attempt::NotThisWay(error) => {
                    offered.retain(|other| *other != mechanism);
                    refusal = Some(error);
                }
            }
        }
        let Some((user, password)) = plainly else {
            return Err(refusal.unwrap_or(Error::AuthNotOffered { offered: names }));
        };
        self.secret_command("USER", &format!("USER {user}"), "USER •••").await?;
        self.secret_command("PASS", &format!("PASS {password}"), "PASS •••").await?;
        self.ask_capabilities().await
    }

    /// Returns what USER and PASS would say, where they are to be used for what shows the password.
    fn plainly<'c>(
        &self,
        credentials: &Credentials<'c>,
        exposure: Exposure,
    ) -> Result<Option<(&'c str, &'c str)>, Error> {
        let Credentials::Password { user, password } = *credentials else { return Ok(None) };
        let capabilities = self.capabilities();
        let has_plain = capabilities.sasl.iter().any(|mechanism| mechanism == "PLAIN");
        // USER is not announced by many servers that take it (RFC 2449 section 6.3 made it optional).
        let is_ascii = user.is_ascii() && password.is_ascii();
        let by_sasl = has_plain && (!capabilities.user || !is_ascii);
        let (user, password) = (sendable("user name", user)?, sendable("password", password)?);
        Ok((!by_sasl && exposure == Exposure::Harmless).then_some((user, password)))
    }

    /// Tells whether [`Self::login_apop`] has what it needs: a timestamp in the greeting (RFC 1939 section 7).
    pub fn offers_apop(&self) -> bool {
        timestamp(self.greeting()).is_some()
    }

    /// Logs in by APOP, which hides the password by MD5 and nothing else. Only for those who asked for it.
    pub async fn login_apop(&mut self, user: &str, password: &str) -> Result<(), Error> {
        let user = sendable("user name", user)?;
        let Some(timestamp) = timestamp(self.greeting()) else { return Err(Error::ApopNotOffered) };
        let mut hasher = Md5::new();
        hasher.update(timestamp);
        hasher.update(password);
        let digest = format!("{:x}", hasher.finalize());
        self.secret_command("APOP", &format!("APOP {user} {digest}"), "APOP •••").await?;
        self.ask_capabilities().await
    }

    /// Asks for messages and answers in UTF-8 (RFC 6856 section 2). A server that refuses after all goes on without.
    async fn use_utf8(&mut self) -> Result<(), Error> {
        match self.command("UTF8", "UTF8").await {
            Ok(_) | Err(Error::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// One SASL exchange (RFC 5034), with an initial response where the line has room for it (section 4).
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
        let mut answer = if let Some(line) = line {
            self.ask("AUTH", &line, &format!("AUTH {name} •••")).await?
        } else {
            let line = format!("AUTH {name}");
            self.ask("AUTH", &line, &line).await?
        };
        let mut broken = None;
        let mut questions = 0;
        loop {
            let challenge = match answer {
                Answered::Status(status) => return judge(mechanism, &exchange, status, broken),
                Answered::Challenge(challenge) => challenge,
            };
            questions += 1;
            if questions > MAX_QUESTIONS {
                self.wire.poison();
                return Err(garbled("the server goes on asking"));
            }
            // Some servers overlook the initial response and ask for it.
            let again = first.take().filter(|_| !was_sent || challenge.is_empty());
            let line = again.map_or_else(|| respond(&mut exchange, &challenge), Ok);
            let line = line.unwrap_or_else(|error| {
                broken = Some(error);
                // It ends the exchange; the refusal follows.
                "*".to_owned()
            });
            answer = self.ask("AUTH", &line, "•••").await?;
        }
    }
}

/// Says what the end of an exchange means.
fn judge(
    mechanism: Mechanism,
    exchange: &Exchange,
    status: Status,
    broken: Option<posthorn_sasl::Error>,
) -> Result<Attempt, Error> {
    match (status, broken) {
        // A server that cannot speak the mechanism, or not prove itself, is not signed in to, whatever it says.
        (Ok(_), broken) => match broken.map_or_else(|| exchange.finish(), Err) {
            Ok(()) => Ok(Attempt::Done),
            Err(error) => Err(garbled(&error.to_string())),
        },
        (Err(_), Some(error)) if !mechanism.shows_secret() => Err(garbled(&error.to_string())),
        (Err(refusal), _) => {
            let is_about_mechanism = !exchange.has_shown_secret() && !refusal.is_transient();
            let error = Error::Refused { command: "AUTH", refusal };
            if is_about_mechanism { Ok(Attempt::NotThisWay(error)) } else { Err(error) }
        }
    }
}

/// Answers a challenge as it came over the wire.
fn respond(exchange: &mut Exchange, text: &str) -> Result<String, posthorn_sasl::Error> {
    let challenge =
        BASE64.decode(text).map_err(|_| posthorn_sasl::Error::Malformed("it is not base64"))?;
    exchange.answer(&challenge).map(|answer| BASE64.encode(&*answer))
}

fn garbled(detail: &str) -> Error {
    Error::Garbled { stage: "AUTH", detail: detail.to_owned() }
}

fn unsendable(error: posthorn_sasl::Error) -> Error {
    match error {
        posthorn_sasl::Error::Unsendable(what) => Error::Unsendable { what },
        other => garbled(&other.to_string()),
    }
}

/// Returns the timestamp of a greeting, brackets included.
fn timestamp(greeting: &str) -> Option<&str> {
    let (_, rest) = greeting.split_at_checked(greeting.find('<')?)?;
    let end = rest.find('>')?;
    let stamp = rest.get(..=end)?;
    // RFC 1939 asks for the form of a Message-ID; a bracketed host name alone is a greeting and no challenge.
    (stamp.contains('@') && stamp.bytes().all(|byte| byte.is_ascii_graphic())).then_some(stamp)
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn only_a_challenge_is_one() {
        let table = [
            ("POP3 server ready <1896.697170952@dbc.mtview.ca.us>", true),
            ("ready <host>", false),
            ("ready <a b@c>", false),
            ("ready", false),
            ("<a@b", false),
        ];
        for (greeting, is_one) in table {
            assert_eq!(timestamp(greeting).is_some(), is_one, "{greeting}");
        }
    }
}
