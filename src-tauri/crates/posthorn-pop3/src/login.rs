//! Signing in: USER and PASS, SASL PLAIN, APOP; and what UTF-8 needs before it.
//!
//! Invariant: a password is sent at most once in a session, by one mechanism. After a refusal nothing else is tried:
//! a second failure locks accounts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest as _, Md5};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::session::sendable;
use crate::{Error, Session};

/// Longest line with an initial response, without CRLF (RFC 5034 section 4: 255 bytes with CRLF).
const MAX_INITIAL: usize = 253;

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Session<S> {
    /// Logs in and asks again for the capabilities: by USER and PASS where the server takes them, else by SASL PLAIN.
    pub async fn login(&mut self, user: &str, password: &str) -> Result<(), Error> {
        let capabilities = self.capabilities();
        let has_plain = capabilities.sasl.iter().any(|mechanism| mechanism == "PLAIN");
        // USER is not announced by many servers that take it (RFC 2449 section 6.3 made it optional).
        let is_ascii = user.is_ascii() && password.is_ascii();
        let by_sasl = has_plain && (!capabilities.user || !is_ascii);
        let offers_utf8 = capabilities.utf8;
        let user = sendable("user name", user)?;
        let password = sendable("password", password)?;
        if offers_utf8 {
            self.use_utf8().await?;
        }
        if by_sasl {
            self.auth_plain(user, password).await?;
        } else {
            self.command("USER", &format!("USER {user}")).await?;
            self.secret_command("PASS", &format!("PASS {password}"), "PASS •••").await?;
        }
        self.ask_capabilities().await
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
        let shown = format!("APOP {user} •••");
        self.secret_command("APOP", &format!("APOP {user} {digest}"), &shown).await?;
        self.ask_capabilities().await
    }

    /// Asks for messages and answers in UTF-8 (RFC 6856 section 2). A server that refuses after all goes on without.
    async fn use_utf8(&mut self) -> Result<(), Error> {
        match self.command("UTF8", "UTF8").await {
            Ok(_) | Err(Error::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// SASL PLAIN (RFC 4616), with an initial response where the line has room for it (RFC 5034 section 4).
    async fn auth_plain(&mut self, user: &str, password: &str) -> Result<(), Error> {
        let secret = BASE64.encode(format!("\0{user}\0{password}"));
        let line = format!("AUTH PLAIN {secret}");
        let answer = if line.len() <= MAX_INITIAL {
            self.ask("AUTH", &line, "AUTH PLAIN •••").await?
        } else {
            self.ask("AUTH", "AUTH PLAIN", "AUTH PLAIN").await?
        };
        // Some servers overlook the initial response and ask for it.
        let answer = match answer {
            None => self.ask("AUTH", &secret, "•••").await?,
            answer => answer,
        };
        match answer {
            Some(Ok(_)) => Ok(()),
            Some(Err(refusal)) => Err(Error::Refused { command: "AUTH", refusal }),
            None => {
                self.wire.poison();
                Err(Error::Garbled {
                    stage: "AUTH",
                    detail: "the server goes on asking".to_owned(),
                })
            }
        }
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
