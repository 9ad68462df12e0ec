//! What the user must know about an account that does not work: state, not log lines.

use std::fmt;

use crate::limit::SENTENCE;

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// No network, or the host does not answer.
    Offline,
    /// The host name has no address.
    HostUnknown,
    /// The server refused the connection or broke it.
    ConnectionLost,
    /// Nothing came in time.
    Timeout,
    /// The certificate cannot be trusted, for another reason than the following.
    Certificate,
    /// No trusted authority vouches for the certificate.
    CertificateIssuer,
    /// The certificate belongs to another host.
    CertificateHost,
    /// The certificate has expired.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateEarly,
    /// The certificate is not the one that the user accepted.
    CertificateChanged,
    /// The proxy that stands between did not open the way.
    Proxy,
    /// The network wants the user to sign in in the browser first.
    Portal,
    /// TLS is not offered, failed, or would be given up where it was used before.
    Tls,
    /// User name or password was refused.
    Credentials,
    /// No password is stored for the account.
    NoPassword,
    /// The sign-in through the browser is over: the user signs in again.
    SignInOver,
    /// The user or the provider said no in the browser.
    SignInDenied,
    /// The provider refused for a reason that the user cannot change by signing in.
    SignInFailed,
    /// No client id is configured for the provider.
    NoClient,
    /// The server refused, with its sentence.
    Refused,
    /// The server allows no more connections or requests for now.
    Crowded,
    /// The server names another server to go to, which is not done.
    Referral,
    /// The mailbox or account is full.
    OverQuota,
    /// The maildrop is locked by another client.
    InUse,
    /// The server broke the protocol.
    Protocol,
    /// A limit of ours was reached.
    Limit,
    /// The disk is full, or nearly.
    DiskFull,
    /// A file cannot be read or written.
    File,
    /// The database cannot be used.
    Store,
    /// The keychain or the encrypted file cannot be opened.
    Secrets,
    /// What is asked for is not here and cannot be fetched now.
    NotHere,
    /// What is asked for is not on the server any more.
    Gone,
    /// The user does not want it now.
    Cancelled,
    /// It is not offered, by the server or by this program.
    Unsupported,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing.
    pub kind: ProblemKind,
    /// Host concerned; empty where there is none.
    pub host: String,
    /// One English sentence, for logs and scripts; the page has its own words for `kind`.
    pub message: String,
    /// The server's own sentence, without secrets; empty where it said nothing.
    pub server_said: String,
    /// It may heal by itself, and is tried again.
    pub is_transient: bool,
}

impl Problem {
    /// Returns a problem without server or sentence.
    pub(crate) fn of_kind(kind: ProblemKind) -> Self {
        let message = match kind {
            ProblemKind::NotHere => "it is not on this computer and cannot be fetched now",
            ProblemKind::Gone => "the server does not have it any more",
            ProblemKind::Cancelled => "it was cancelled",
            ProblemKind::DiskFull => {
                "the disk is nearly full: messages are listed, their contents stay on the server"
            }
            ProblemKind::Limit => "it is larger than what is fetched at once",
            _ => "it cannot be done",
        };
        Self {
            kind,
            host: String::new(),
            message: message.to_owned(),
            server_said: String::new(),
            is_transient: true,
        }
    }

    /// Returns what an error of the store means to the user.
    pub(crate) fn of_store(error: &posthorn_store::Error) -> Self {
        let kind = match error {
            posthorn_store::Error::DiskFull => ProblemKind::DiskFull,
            posthorn_store::Error::NotFound(_) => ProblemKind::Gone,
            posthorn_store::Error::File(_) => ProblemKind::File,
            _ => ProblemKind::Store,
        };
        let is_transient =
            !matches!(error, posthorn_store::Error::Corrupt(_) | posthorn_store::Error::Closed);
        Self { message: error.to_string(), is_transient, ..Self::of_kind(kind) }
    }

    /// Adds the host.
    #[must_use]
    pub(crate) fn at(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.host.is_empty() {
            write!(formatter, "{}: ", self.host)?;
        }
        formatter.write_str(&self.message)
    }
}

/// Returns a server's sentence as it may be shown: one line, bounded, without control characters.
pub(crate) fn sentence(text: &str) -> String {
    let clean = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    clean.take(SENTENCE).collect::<String>().trim().to_owned()
}
