//! What can go wrong in a submission, and what the scheduler may do about it.

use std::{io, time::Duration};

use crate::Reply;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server answered 4yz or 5yz.
    #[error("the server refused {command}: {reply}")]
    Refused {
        /// The command, without arguments.
        command: &'static str,
        /// What the server said.
        reply: Reply,
    },
    /// The connection ended or broke.
    #[error("the connection was lost during {stage}: {source}")]
    Lost {
        /// What was being done.
        stage: &'static str,
        /// The stream's error; `UnexpectedEof` where the server closed.
        source: io::Error,
    },
    /// The server was silent for too long.
    #[error("the server did not answer {stage} within {} seconds", after.as_secs())]
    TimedOut {
        /// What was being done.
        stage: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The reply is not SMTP.
    #[error("the answer to {stage} could not be understood: {detail}")]
    Garbled {
        /// What was being done.
        stage: &'static str,
        /// What was wrong.
        detail: String,
    },
    /// An argument holds a character that SMTP cannot carry. Nothing was sent.
    #[error("the {what} cannot be sent as it is written: {value}")]
    Unsendable {
        /// Which argument.
        what: &'static str,
        /// It, with control characters escaped. Empty for a password.
        value: String,
    },
    /// An address needs SMTPUTF8 (RFC 6531) and the server does not offer it.
    #[error("the server cannot carry the address {address}")]
    NeedsUtf8 {
        /// The address.
        address: String,
    },
    /// The message needs 8BITMIME (RFC 6152) and the server does not offer it.
    #[error("the server takes no 8-bit messages")]
    NeedsEightBit,
    /// The message is larger than the server announced (RFC 1870). Nothing was uploaded.
    #[error("the message has {size} bytes, the server takes {limit}")]
    TooLarge {
        /// Bytes of the message.
        size: u64,
        /// The server's limit in bytes.
        limit: u64,
    },
    /// The server offers no way to log in that we know.
    #[error("the server offers no known way to log in (it offers: {})", offered.join(", "))]
    AuthNotOffered {
        /// The mechanisms that it offers, in upper case.
        offered: Vec<String>,
    },
    /// STARTTLS is needed and not offered. Nothing was sent in clear.
    #[error("the server does not offer STARTTLS")]
    TlsNotOffered,
    /// Bytes came between the answer to STARTTLS and the handshake: somebody may be injecting (RFC 3207 section 6).
    #[error("the server sent data before the TLS handshake")]
    TlsInjection,
    /// The message's bytes could not be read. The dot was not sent.
    #[error("reading the message failed: {0}")]
    Source(#[source] io::Error),
    /// The message has a CR or LF of its own, or is not as long as was said. The dot was not sent.
    #[error("the message is not in the form that SMTP carries (byte {offset})")]
    Malformed {
        /// Where, from 0.
        offset: u64,
    },
    /// The observer stopped the submission. The dot was not sent.
    #[error("the submission was stopped")]
    Stopped,
    /// An earlier failure or a cancelled command left the session in an unknown place. Dial again.
    #[error("the session is no longer usable after an earlier failure")]
    Poisoned,
}

impl Error {
    /// Returns whether the same attempt may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { reply, .. } => reply.is_transient(),
            Self::Lost { .. } | Self::TimedOut { .. } | Self::Poisoned => true,
            _ => false,
        }
    }

    /// Returns whether the user must give another name or password (535, or 530 where a login is wanted first).
    pub fn needs_credentials(&self) -> bool {
        match self {
            Self::Refused { command, reply } => {
                reply.code == 530 || (*command == "AUTH" && (500..600).contains(&reply.code))
            }
            _ => false,
        }
    }

    /// Returns whether trying again is useless until something changes.
    pub fn is_permanent(&self) -> bool {
        !self.is_transient() && !self.needs_credentials()
    }
}
