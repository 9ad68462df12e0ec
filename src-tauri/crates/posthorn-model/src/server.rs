//! Where a server is and how it is spoken to.

/// A mail protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// RFC 9051 and RFC 3501.
    Imap,
    /// RFC 1939.
    Pop3,
    /// Submission, RFC 6409.
    Smtp,
    /// None: the account of this computer's own folders has no server.
    Local,
}

impl Protocol {
    /// Returns the word for the index database; never changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Smtp => "smtp",
            Self::Local => "local",
        }
    }

    /// Returns the protocol that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Imap, Self::Pop3, Self::Smtp, Self::Local]
            .into_iter()
            .find(|protocol| protocol.as_str() == word)
    }
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encryption {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS or STLS, required: a server that does not offer it is refused.
    StartTls,
    /// None. Only after the user said so for this account.
    Plaintext,
}

impl Encryption {
    /// Returns the word for the index database; never changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plaintext => "plaintext",
        }
    }

    /// Returns the encryption that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Tls, Self::StartTls, Self::Plaintext]
            .into_iter()
            .find(|encryption| encryption.as_str() == word)
    }
}

/// A server to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    /// Protocol spoken there.
    pub protocol: Protocol,
    /// Host name or address, as the user or discovery gave it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the connection.
    pub encryption: Encryption,
}
