//! Mechanisms, and which one to take.

use std::fmt;

/// Who signs in, and with what. Not printable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credentials<'a> {
    /// A password that the user typed.
    Password {
        /// The name at the server.
        user: &'a str,
        /// The password.
        password: &'a str,
    },
    /// An OAuth 2.0 access token (RFC 6750).
    Token {
        /// The name at the server, usually the mail address.
        user: &'a str,
        /// The token, without `Bearer`.
        token: &'a str,
        /// The server's name, as dialled.
        host: &'a str,
        /// The server's port, as dialled.
        port: u16,
    },
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Password { .. } => "Credentials::Password(…)",
            Self::Token { .. } => "Credentials::Token(…)",
        })
    }
}

/// What it means to show the secret on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// The connection is encrypted, or the user allowed an unencrypted one for this account.
    Harmless,
    /// Whoever listens could read it: only mechanisms that do not show it are used.
    Refused,
}

/// A way of signing in, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// `SCRAM-SHA-256` (RFC 5802, RFC 7677): the password is never shown, and the server proves that it knows it.
    ScramSha256,
    /// `OAUTHBEARER` (RFC 7628).
    OAuthBearer,
    /// `XOAUTH2`: what Google and Microsoft had before RFC 7628, and still have.
    XOAuth2,
    /// `PLAIN` (RFC 4616).
    Plain,
    /// `LOGIN` (draft-murchison-sasl-login): what old Exchange offers alone.
    Login,
}

impl Mechanism {
    /// All, the strongest first.
    pub const ALL: [Self; 5] =
        [Self::ScramSha256, Self::OAuthBearer, Self::XOAuth2, Self::Plain, Self::Login];

    /// Returns its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// Returns the mechanism of this name, in any case; nothing for one that is not known here.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Tells whether whoever listens on an unencrypted connection learns the secret.
    pub fn shows_secret(self) -> bool {
        self != Self::ScramSha256
    }

    /// Tells whether it can carry these credentials.
    pub fn takes(self, credentials: &Credentials<'_>) -> bool {
        match credentials {
            Credentials::Password { .. } => {
                matches!(self, Self::ScramSha256 | Self::Plain | Self::Login)
            }
            Credentials::Token { .. } => matches!(self, Self::OAuthBearer | Self::XOAuth2),
        }
    }
}

/// Returns the strongest of the offered mechanisms that the credentials and the connection allow; nothing where there
/// is none. Names that are not known here are passed over.
pub fn choose<'n>(
    offered: impl IntoIterator<Item = &'n str>,
    credentials: &Credentials<'_>,
    exposure: Exposure,
) -> Option<Mechanism> {
    let is_allowed = |mechanism: &Mechanism| {
        mechanism.takes(credentials)
            && (exposure == Exposure::Harmless || !mechanism.shows_secret())
    };
    offered.into_iter().filter_map(Mechanism::parse).filter(is_allowed).min()
}

#[cfg(test)]
mod tests {
    use super::{Credentials, Exposure, Mechanism, choose};

    #[test]
    fn the_strongest_that_fits_is_chosen() {
        let password = Credentials::Password { user: "a", password: "b" };
        let token = Credentials::Token { user: "a", token: "b", host: "h", port: 993 };
        let (open, closed) = (Exposure::Refused, Exposure::Harmless);
        let table = [
            ("PLAIN LOGIN scram-sha-256 XOAUTH2", password, closed, Some(Mechanism::ScramSha256)),
            ("PLAIN LOGIN SCRAM-SHA-256", password, open, Some(Mechanism::ScramSha256)),
            ("LOGIN PLAIN", password, closed, Some(Mechanism::Plain)),
            ("LOGIN", password, closed, Some(Mechanism::Login)),
            ("LOGIN PLAIN", password, open, None),
            ("NTLM GSSAPI DIGEST-MD5 ANONYMOUS", password, closed, None),
            ("PLAIN XOAUTH2 OAUTHBEARER", token, closed, Some(Mechanism::OAuthBearer)),
            ("PLAIN XOAUTH2", token, closed, Some(Mechanism::XOAuth2)),
            ("XOAUTH2 OAUTHBEARER", token, open, None),
            ("PLAIN SCRAM-SHA-256", token, closed, None),
            ("XOAUTH2", password, closed, None),
        ];
        for (offered, credentials, exposure, wanted) in table {
            assert_eq!(choose(offered.split(' '), &credentials, exposure), wanted, "{offered}");
        }
    }

    #[test]
    fn credentials_cannot_be_printed() {
        let token = Credentials::Token { user: "ann", token: "hunter2", host: "h", port: 1 };
        assert!(!format!("{token:?}").contains("hunter2"));
    }
}
