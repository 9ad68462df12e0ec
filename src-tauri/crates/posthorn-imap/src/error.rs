//! What can go wrong on an IMAP connection, and what that means for whoever asked.
//!
//! Invariant: every error is exactly one of transient, about credentials, or permanent.

use std::time::Duration;

use crate::Code;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command has no answer that may be believed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection ended before the answer did. What the server did with the command is unknown.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The server closed the connection and said why (`BYE`, RFC 9051 section 7.1.5).
    #[error("the server closed the connection: {0}")]
    Bye(String),
    /// The server closed the connection because of a limit of its own on connections or requests (`BYE` with `LIMIT`,
    /// RFC 9051 section 7.1).
    #[error("the server allows no more connections or requests now: {0}")]
    Limited(String),
    /// The server closed the connection and named another server (RFC 2221). Nobody follows: the other one would get the
    /// password.
    #[error("the server refers to {to}, which is not followed: {text}")]
    Referred {
        /// The other server's name; empty where the address cannot be read.
        to: String,
        /// The server's sentence, without the code.
        text: String,
    },
    /// Nothing moved for this long; the connection is given up.
    #[error("the server did not answer within {} seconds", .0.as_secs())]
    Timeout(Duration),
    /// The server refused the command (`NO`).
    #[error("the server refused: {text}")]
    No {
        /// Response code, where the server gave one.
        code: Option<Code>,
        /// The server's sentence, without the code.
        text: String,
    },
    /// The server did not understand the command or forbids it in this state (`BAD`).
    #[error("the server rejected the command: {text}")]
    Bad {
        /// Response code, where the server gave one.
        code: Option<Code>,
        /// The server's sentence, without the code.
        text: String,
    },
    /// The server refused the name or the password.
    #[error("the server refused the sign-in: {text}")]
    LoginRefused {
        /// Response code (`AUTHENTICATIONFAILED`, `EXPIRED`, …), where the server gave one.
        code: Option<Code>,
        /// The server's sentence, without the code.
        text: String,
    },
    /// The server said something that is not IMAP, or left out what it must say.
    #[error("the server's answer cannot be understood: {0}")]
    Protocol(String),
    /// The server sent more than is accepted.
    #[error("the server's {what} is larger than {limit}")]
    Limit {
        /// What was too large.
        what: &'static str,
        /// The limit, in octets unless `what` names a count.
        limit: u64,
    },
    /// The message is larger than the server says that it takes (RFC 7889); nothing was sent.
    #[error("the server takes no message above {limit} octets")]
    TooLarge {
        /// The server's limit, in octets.
        limit: u64,
    },
    /// The server does not offer what the command needs.
    #[error("the server does not offer {0}")]
    Unsupported(&'static str),
    /// The caller gave something that no IMAP command can carry; nothing was sent.
    #[error("this cannot be sent: {0}")]
    Argument(&'static str),
    /// A file of this computer could not be read or written (spooling a large literal, reading what is appended).
    #[error("a local file failed: {0}")]
    Local(String),
}

impl Error {
    /// Tells whether the same command may succeed later, on a new connection, without anyone's doing.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Lost(_)
            | Self::Bye(_)
            | Self::Limited(_)
            | Self::Timeout(_)
            | Self::Protocol(_)
            | Self::Local(_) => true,
            Self::No { code, .. } | Self::Bad { code, .. } => {
                code.as_ref().is_some_and(Code::is_transient)
            }
            _ => false,
        }
    }

    /// Tells whether the user must give another password.
    pub fn needs_credentials(&self) -> bool {
        matches!(self, Self::LoginRefused { .. })
    }

    /// Tells whether repeating the command is pointless.
    pub fn is_permanent(&self) -> bool {
        !self.is_transient() && !self.needs_credentials()
    }

    /// Tells whether the mailbox or account is full (`OVERQUOTA`, RFC 9208 section 4.3.1).
    pub fn is_over_quota(&self) -> bool {
        self.code().is_some_and(|code| matches!(code, Code::Other(name, _) if name == "OVERQUOTA"))
    }

    /// Tells whether the named mailbox or message does not exist (`NONEXISTENT`, `TRYCREATE`).
    pub fn is_nonexistent(&self) -> bool {
        self.code().is_some_and(|code| {
            matches!(code, Code::TryCreate)
                || matches!(code, Code::Other(name, _) if name == "NONEXISTENT")
        })
    }

    /// Tells whether the server knows no such letters (`BADCHARSET`, RFC 9051 section 7.1).
    pub fn is_bad_charset(&self) -> bool {
        self.code().is_some_and(|code| matches!(code, Code::Other(name, _) if name == "BADCHARSET"))
    }

    /// Tells whether a limit of the server on connections or requests was reached (`LIMIT`).
    pub fn is_limited(&self) -> bool {
        let is_code = |code: &Code| matches!(code, Code::Other(name, _) if name == "LIMIT");
        matches!(self, Self::Limited(_)) || self.code().is_some_and(is_code)
    }

    /// Returns the server that this one refers to (RFC 2221, RFC 2193), empty where its address cannot be read. Absent where
    /// it refers to none. For words alone: it is never connected to.
    pub fn referral(&self) -> Option<String> {
        match (self, self.code()) {
            (Self::Referred { to, .. }, _) => Some(to.clone()),
            (_, Some(Code::Other(name, url))) if name == "REFERRAL" => Some(host_of(url)),
            _ => None,
        }
    }

    /// Returns what a `BYE` means.
    pub(crate) fn of_bye(code: Option<&Code>, text: String) -> Self {
        match code {
            Some(Code::Other(name, url)) if name == "REFERRAL" => {
                Self::Referred { to: host_of(url), text }
            }
            Some(Code::Other(name, _)) if name == "LIMIT" => Self::Limited(text),
            _ => Self::Bye(text),
        }
    }

    /// Tells whether the connection can no longer be used.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::Lost(_)
                | Self::Bye(_)
                | Self::Limited(_)
                | Self::Referred { .. }
                | Self::Timeout(_)
                | Self::Protocol(_)
                | Self::Limit { .. }
        ) || matches!(self, Self::Local(_))
    }

    /// Returns the response code of a refusal.
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::No { code, .. } | Self::Bad { code, .. } | Self::LoginRefused { code, .. } => {
                code.as_ref()
            }
            _ => None,
        }
    }

    /// Returns the server's own sentence, where it said one.
    pub fn server_text(&self) -> Option<&str> {
        match self {
            Self::No { text, .. }
            | Self::Bad { text, .. }
            | Self::LoginRefused { text, .. }
            | Self::Referred { text, .. }
            | Self::Limited(text)
            | Self::Bye(text) => Some(text),
            _ => None,
        }
    }

    /// Wraps the error for the byte stream below async-imap; [`Self::from_io`] finds it again.
    pub(crate) fn into_io(self) -> std::io::Error {
        std::io::Error::other(self)
    }

    /// Returns the error that [`Self::into_io`] wrapped, or says that the connection is lost.
    pub(crate) fn from_io(error: std::io::Error) -> Self {
        let kind = error.kind();
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(_) if kind == std::io::ErrorKind::UnexpectedEof => {
                Self::Lost("the server closed it".to_owned())
            }
            Err(other) => Self::Lost(clip(&other.to_string(), 200)),
        }
    }
}

/// Returns the host of an IMAP URL (RFC 5092): `imap://ann;AUTH=*@mail.example:143/x` names `mail.example`.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    if host.chars().all(is_name) { clip(host, MAX_HOST) } else { String::new() }
}

/// Characters of a host name (RFC 1035 section 2.3.4).
const MAX_HOST: usize = 253;

/// Returns the first `max` characters: parser errors carry whole buffers.
pub(crate) fn clip(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

#[cfg(test)]
mod tests {
    use super::Error;
    use crate::Code;

    #[test]
    fn a_goodbye_says_what_it_means() {
        let table = [
            ("REFERRAL imap://ann;AUTH=*@mail.example/", Some("mail.example")),
            ("REFERRAL IMAP://mail.example:1143/x@y", Some("mail.example")),
            ("REFERRAL imap://a\u{202e}b/", Some("")),
            ("REFERRAL", Some("")),
            ("UNAVAILABLE", None),
            ("LIMIT", None),
        ];
        for (code, to) in table {
            let code = Code::parse(code);
            let bye = Error::of_bye(Some(&code), "x".to_owned());
            let no = Error::No { code: Some(code.clone()), text: "x".to_owned() };
            assert_eq!(bye.referral().as_deref(), to, "{code:?}");
            assert_eq!(no.referral().as_deref(), to, "{code:?}");
            assert_eq!((bye.is_fatal(), no.is_fatal()), (true, false));
            assert_eq!(bye.is_permanent(), to.is_some(), "{code:?}");
            assert_eq!(bye.is_limited(), no.is_limited(), "{code:?}");
        }
        let limit = Code::parse("LIMIT");
        assert!(Error::of_bye(Some(&limit), String::new()).is_limited());
    }
}
