//! Signing in: AUTHENTICATE PLAIN (RFC 4616), in one round trip with SASL-IR (RFC 4959), else LOGIN.
//!
//! Invariant: a password is sent once. After a refusal nothing else is tried with it: two failures for one typed
//! password lock accounts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::connection::{Done, Step};
use crate::{Code, Error, Result};

/// Codes of a refusal that are about the credentials (RFC 5530 section 3).
const CREDENTIAL_CODES: [&str; 4] =
    ["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "WEBALERT"];

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Signs in. The capabilities are those of the signed-in state afterwards.
    pub async fn login(&mut self, user: &str, password: &str) -> Result<()> {
        self.ensure_capabilities().await?;
        let is_plain_offered = self.has("AUTH=PLAIN");
        if !is_plain_offered && self.has("LOGINDISABLED") {
            return Err(Error::Unsupported(
                "a sign-in with a password on this connection (LOGINDISABLED)",
            ));
        }
        self.connection.shim().is_secret = true;
        let answer = if is_plain_offered {
            self.plain(user, password).await
        } else {
            self.plainly(user, password).await
        };
        self.connection.shim().is_secret = false;
        let done = answer.map_err(refusal)?;
        self.heed(&done);
        if !matches!(done.code, Some(Code::Capability(_))) {
            self.capability().await?;
        }
        Ok(())
    }

    async fn plain(&mut self, user: &str, password: &str) -> Result<Done> {
        if user.contains('\0') || password.contains('\0') {
            return Err(Error::Argument("a name or password with NUL"));
        }
        let answer = STANDARD.encode(format!("\0{user}\0{password}"));
        let in_one = self.has("SASL-IR");
        let command = if in_one {
            format!("AUTHENTICATE PLAIN {answer}")
        } else {
            "AUTHENTICATE PLAIN".to_owned()
        };
        let mut seen = Vec::new();
        let tag = self.connection.start(&Command::new(command), &mut seen).await?;
        let mut is_answered = in_one;
        loop {
            match self.connection.step(&tag).await? {
                Step::Done(done) => {
                    self.absorb_all(seen);
                    return Ok(done);
                }
                Step::Untagged(untagged) => seen.push(untagged),
                Step::Continue(_) => {
                    // A second challenge can only be an error report: it is cancelled, and the refusal follows.
                    let line = if is_answered { "*" } else { &answer };
                    self.connection.send_untagged(line).await?;
                    is_answered = true;
                }
            }
        }
    }

    async fn plainly(&mut self, user: &str, password: &str) -> Result<Done> {
        let command = Command::new("LOGIN").string(user.as_bytes())?.string(password.as_bytes())?;
        self.run(&command).await
    }
}

fn refusal(error: Error) -> Error {
    let is_about_credentials = match (&error, error.code()) {
        (Error::No { .. }, None | Some(Code::Alert)) => true,
        // `BAD` is about the command, unless the server says otherwise.
        (_, Some(Code::Other(name, _))) => CREDENTIAL_CODES.contains(&name.as_str()),
        _ => false,
    };
    match error {
        Error::No { code, text } | Error::Bad { code, text } if is_about_credentials => {
            Error::LoginRefused { code, text }
        }
        other => other,
    }
}
