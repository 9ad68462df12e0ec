//! One sign-in: what to say, and whether the server's yes may be believed.

use zeroize::Zeroizing;

use crate::scram::Scram;
use crate::{Credentials, Error, Mechanism};

/// What is sent, decoded. It may hold a secret, and is wiped when dropped.
pub type Message = Zeroizing<Vec<u8>>;

/// Octets of an OAuth error report that are kept: a status, a scope, a list of schemes.
const REPORT: usize = 2_000;

enum State {
    /// PLAIN: everything is in the first message.
    Plain(Message),
    /// LOGIN: the server asks for the name, then for the password.
    Login { user: Message, password: Message, asked: u8 },
    /// OAUTHBEARER and XOAUTH2: the first message, and what answers the server's report of a failure.
    Token { first: Message, after_report: &'static [u8], report: String },
    /// SCRAM.
    Scram(Box<Scram>),
}

/// One sign-in under way.
pub struct Exchange {
    state: State,
    mechanism: Mechanism,
    /// The secret, or a proof of it, went out: a refusal from now on is about the credentials.
    has_shown: bool,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Exchange")
            .field("mechanism", &self.mechanism)
            .field("has_shown", &self.has_shown)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// Begins a sign-in.
    pub fn new(mechanism: Mechanism, credentials: &Credentials<'_>) -> Result<Self, Error> {
        let state = match (mechanism, credentials) {
            (Mechanism::ScramSha256, Credentials::Password { user, password }) => {
                State::Scram(Box::new(Scram::new(user, password)?))
            }
            (Mechanism::Plain, Credentials::Password { user, password }) => {
                if user.contains('\0') || password.contains('\0') {
                    return Err(Error::Unsendable("a name or password with NUL"));
                }
                State::Plain(join(&["\0", user, "\0", password]))
            }
            (Mechanism::Login, Credentials::Password { user, password }) => {
                State::Login { user: join(&[user]), password: join(&[password]), asked: 0 }
            }
            (
                Mechanism::XOAuth2 | Mechanism::OAuthBearer,
                Credentials::Token { user, token, host, port },
            ) => bearer(mechanism, user, token, host, *port)?,
            _ => return Err(Error::WrongCredentials),
        };
        Ok(Self { state, mechanism, has_shown: false })
    }

    /// Returns the mechanism.
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Returns what the client says before the server said anything: as an initial response where the protocol has
    /// one, else as the answer to an empty challenge. Nothing where the server speaks first.
    pub fn first(&mut self) -> Option<Message> {
        match &self.state {
            State::Plain(message) => {
                self.has_shown = true;
                Some(message.clone())
            }
            State::Token { first, .. } => {
                self.has_shown = true;
                Some(first.clone())
            }
            State::Scram(scram) => Some(Zeroizing::new(scram.first())),
            State::Login { .. } => None,
        }
    }

    /// Answers a challenge, after [`Self::first`] was sent where there is one.
    pub fn answer(&mut self, challenge: &[u8]) -> Result<Message, Error> {
        match &mut self.state {
            State::Plain(_) => Err(Error::Malformed("a second question")),
            State::Login { user, password, asked } => {
                *asked += 1;
                match asked {
                    1 => Ok(user.clone()),
                    2 => {
                        self.has_shown = true;
                        Ok(password.clone())
                    }
                    _ => Err(Error::Malformed("a third question")),
                }
            }
            State::Token { after_report, report, .. } => {
                // RFC 7628 section 3.2.3: the report is acknowledged, then the refusal follows.
                let head = challenge.get(..REPORT).unwrap_or(challenge);
                *report = String::from_utf8_lossy(head).into_owned();
                Ok(Zeroizing::new(after_report.to_vec()))
            }
            State::Scram(scram) => {
                let answer = scram.answer(challenge)?;
                self.has_shown = true;
                Ok(Zeroizing::new(answer))
            }
        }
    }

    /// Must be called when the server said yes. An error means that it may not be believed.
    pub fn finish(&self) -> Result<(), Error> {
        match &self.state {
            State::Scram(scram) if !scram.is_proved() => Err(Error::Unproved),
            _ => Ok(()),
        }
    }

    /// Tells whether the secret, or a proof of it, was shown: only then a refusal is about the credentials. Before it
    /// the server refused the mechanism itself (it has no SCRAM keys of this user, say).
    pub fn has_shown_secret(&self) -> bool {
        self.has_shown
    }

    /// Returns the server's report of why a token was refused (JSON, RFC 7628 section 3.2.2); empty where there is
    /// none.
    pub fn report(&self) -> &str {
        match &self.state {
            State::Token { report, .. } => report,
            _ => "",
        }
    }
}

fn join(parts: &[&str]) -> Message {
    let mut message = Message::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        message.extend_from_slice(part.as_bytes());
    }
    message
}

fn bearer(
    mechanism: Mechanism,
    user: &str,
    token: &str,
    host: &str,
    port: u16,
) -> Result<State, Error> {
    if [user, token, host].iter().any(|part| part.bytes().any(|byte| byte < b' ')) {
        return Err(Error::Unsendable("a name or token with control characters"));
    }
    if mechanism == Mechanism::XOAuth2 {
        let first = join(&["user=", user, "\x01auth=Bearer ", token, "\x01\x01"]);
        return Ok(State::Token { first, after_report: b"", report: String::new() });
    }
    let name = user.replace('=', "=3D").replace(',', "=2C");
    let port = port.to_string();
    let first = join(&[
        "n,a=",
        &name,
        ",\x01host=",
        host,
        "\x01port=",
        &port,
        "\x01auth=Bearer ",
        token,
        "\x01\x01",
    ]);
    Ok(State::Token { first, after_report: b"\x01", report: String::new() })
}

#[cfg(test)]
mod tests {
    use super::Exchange;
    use crate::{Credentials, Error, Mechanism};

    const PASSWORD: Credentials<'_> = Credentials::Password { user: "ann", password: "s3cret" };
    const TOKEN: Credentials<'_> =
        Credentials::Token { user: "a,b@x.org", token: "vF9d", host: "mail.x.org", port: 993 };

    #[test]
    fn each_mechanism_says_what_its_document_says() {
        let first = |mechanism, credentials| {
            let mut exchange = Exchange::new(mechanism, &credentials).unwrap();
            exchange.first().map(|message| String::from_utf8(message.to_vec()).unwrap())
        };
        assert_eq!(first(Mechanism::Plain, PASSWORD).unwrap(), "\0ann\0s3cret");
        assert_eq!(first(Mechanism::Login, PASSWORD), None);
        assert_eq!(
            first(Mechanism::XOAuth2, TOKEN).unwrap(),
            "user=a,b@x.org\x01auth=Bearer vF9d\x01\x01"
        );
        assert_eq!(
            first(Mechanism::OAuthBearer, TOKEN).unwrap(),
            "n,a=a=2Cb@x.org,\x01host=mail.x.org\x01port=993\x01auth=Bearer vF9d\x01\x01"
        );
    }

    #[test]
    fn login_answers_two_questions_whatever_they_are() {
        let mut exchange = Exchange::new(Mechanism::Login, &PASSWORD).unwrap();
        assert_eq!(exchange.answer(b"Username:").unwrap().as_slice(), b"ann");
        assert!(!exchange.has_shown_secret());
        assert_eq!(exchange.answer(b"").unwrap().as_slice(), b"s3cret");
        assert!(exchange.has_shown_secret());
        assert!(exchange.answer(b"Password:").is_err());
    }

    #[test]
    fn a_refused_token_is_acknowledged_and_reported() {
        for (mechanism, wanted) in
            [(Mechanism::XOAuth2, &b""[..]), (Mechanism::OAuthBearer, &b"\x01"[..])]
        {
            let mut exchange = Exchange::new(mechanism, &TOKEN).unwrap();
            exchange.first().unwrap();
            assert_eq!(exchange.answer(b"{\"status\":\"401\"}").unwrap().as_slice(), wanted);
            assert_eq!(exchange.report(), "{\"status\":\"401\"}");
        }
    }

    #[test]
    fn what_cannot_be_carried_is_refused() {
        let nul = Credentials::Password { user: "a\0b", password: "c" };
        assert!(matches!(Exchange::new(Mechanism::Plain, &nul), Err(Error::Unsendable(_))));
        let cr = Credentials::Token { user: "a", token: "b\x01c", host: "h", port: 1 };
        assert!(matches!(Exchange::new(Mechanism::XOAuth2, &cr), Err(Error::Unsendable(_))));
        assert_eq!(Exchange::new(Mechanism::Plain, &TOKEN).unwrap_err(), Error::WrongCredentials);
    }
}
