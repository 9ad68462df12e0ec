//! What can go wrong in a POP3 session, and what the scheduler may do about it.

use std::{fmt, io, time::Duration};

/// An extended response code (RFC 2449 section 8, RFC 3206).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RespCode {
    /// `[IN-USE]`: another session has the maildrop.
    InUse,
    /// `[LOGIN-DELAY]`: too soon after the last session.
    LoginDelay,
    /// `[SYS/TEMP]`: the server is ill for now.
    SysTemp,
    /// `[SYS/PERM]`: a person must repair the server.
    SysPerm,
    /// `[AUTH]`: the credentials are wrong.
    Auth,
    /// A code that we do not know, in upper case.
    Other(String),
}

/// An `-ERR` answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The bracketed code. `None` where the server sent none.
    pub code: Option<RespCode>,
    /// The server's sentence without the code; invalid bytes replaced, control characters removed.
    pub text: String,
}

impl Refusal {
    /// Reads the text that follows `-ERR`.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        let coded = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((code, sentence)) = coded else {
            return Self { code: None, text: text.to_owned() };
        };
        let code = match code.to_ascii_uppercase().as_str() {
            "IN-USE" => RespCode::InUse,
            "LOGIN-DELAY" => RespCode::LoginDelay,
            "SYS/TEMP" => RespCode::SysTemp,
            "SYS/PERM" => RespCode::SysPerm,
            "AUTH" => RespCode::Auth,
            other => RespCode::Other(other.to_owned()),
        };
        Self { code: Some(code), text: sentence.trim().to_owned() }
    }

    /// Returns whether waiting may help. Servers without codes say that the maildrop is locked in plain words.
    pub fn is_transient(&self) -> bool {
        match self.code {
            Some(RespCode::InUse | RespCode::LoginDelay | RespCode::SysTemp) => true,
            Some(_) => false,
            None => {
                let text = self.text.to_ascii_lowercase();
                ["lock", "in use", "busy", "try again", "too many"]
                    .iter()
                    .any(|word| text.contains(word))
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.text.is_empty() { "no reason given" } else { &self.text })
    }
}

/// Why a POP3 command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server answered `-ERR`. The session goes on.
    #[error("the server refused {command}: {refusal}")]
    Refused {
        /// The command, without arguments.
        command: &'static str,
        /// What the server said.
        refusal: Refusal,
    },
    /// The connection ended or broke. The session is poisoned.
    #[error("the connection was lost during {stage}: {source}")]
    Lost {
        /// What was being done.
        stage: &'static str,
        /// The stream's error; `UnexpectedEof` where the server closed.
        source: io::Error,
    },
    /// The server was silent for too long. The session is poisoned.
    #[error("the server did not answer {stage} within {} seconds", after.as_secs())]
    TimedOut {
        /// What was being done.
        stage: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The answer is not POP3. The session is poisoned.
    #[error("the answer to {stage} could not be understood: {detail}")]
    Garbled {
        /// What was being done.
        stage: &'static str,
        /// What was wrong, without mail text.
        detail: String,
    },
    /// The message is larger than the caller allows. It was skipped; the session goes on.
    #[error("message {number} is larger than {limit} bytes")]
    TooLarge {
        /// The message's number in this session.
        number: u32,
        /// The limit in bytes.
        limit: u64,
    },
    /// An argument holds CR, LF, NUL or is too long. Nothing was sent.
    #[error("the {what} holds a character that POP3 cannot carry, or is too long")]
    Unsendable {
        /// Which argument.
        what: &'static str,
    },
    /// APOP is wanted, and the greeting has no timestamp for it. Nothing was sent.
    #[error("the server does not offer APOP")]
    ApopNotOffered,
    /// The server offers no way to sign in that fits the credentials and the connection. Nothing secret was sent.
    #[error("the server offers no way to sign in that can be used (it offers: {})", offered.join(", "))]
    AuthNotOffered {
        /// The mechanisms that it offers, in upper case.
        offered: Vec<String>,
    },
    /// STLS is needed and not offered. Nothing was sent in clear.
    #[error("the server does not offer STLS")]
    TlsNotOffered,
    /// Bytes came between the answer to STLS and the handshake: somebody may be injecting (RFC 2595 section 4).
    #[error("the server sent data before the TLS handshake")]
    TlsInjection,
    /// The local side could not store the bytes. The session is poisoned, because the rest was not read.
    #[error("storing the message failed: {0}")]
    Sink(#[source] io::Error),
    /// An earlier failure or a cancelled command left the session in an unknown place. Dial again.
    #[error("the session is no longer usable after an earlier failure")]
    Poisoned,
}

impl Error {
    /// Returns whether the same attempt may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => refusal.is_transient(),
            Self::Lost { .. } | Self::TimedOut { .. } | Self::Poisoned => true,
            _ => false,
        }
    }

    /// Returns whether the user must give another name or password.
    pub fn needs_credentials(&self) -> bool {
        match self {
            Self::Refused { command: "USER" | "PASS" | "AUTH" | "APOP", refusal } => {
                match refusal.code {
                    Some(RespCode::Auth) => true,
                    None => !refusal.is_transient(),
                    Some(_) => false,
                }
            }
            _ => false,
        }
    }

    /// Returns whether trying again is useless until something changes.
    pub fn is_permanent(&self) -> bool {
        !self.is_transient() && !self.needs_credentials()
    }
}
