//! Why a connection did not come about, with where it was.

use std::{fmt, io, time::Duration};

use crate::{Certificate, Fingerprint};

/// How far a connection came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asking for the host's addresses.
    Resolve,
    /// Opening the TCP connection, through a proxy where there is one.
    Connect,
    /// The TLS handshake.
    Handshake,
    /// Reading or writing afterwards.
    Transfer,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// No authority that this computer trusts vouches for it (also: self-signed).
    UnknownIssuer,
    /// It belongs to another host.
    WrongHost,
    /// Its time is over.
    Expired,
    /// Its time has not come; often this computer's clock is wrong.
    NotYetValid,
    /// Its issuer took it back.
    Revoked,
    /// It is not the one that the user accepted.
    Changed {
        /// The accepted one.
        accepted: Fingerprint,
    },
    /// Something else, in rustls' words.
    Other(String),
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer => formatter.write_str("no trusted authority vouches for it"),
            Self::WrongHost => formatter.write_str("it belongs to another host"),
            Self::Expired => formatter.write_str("it has expired"),
            Self::NotYetValid => formatter.write_str("it is not valid yet"),
            Self::Revoked => formatter.write_str("it was revoked"),
            Self::Changed { .. } => formatter.write_str("it is not the one that was accepted"),
            Self::Other(text) => formatter.write_str(text),
        }
    }
}

/// What failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The name has no address, or is none.
    #[error("the name could not be resolved: {0}")]
    Unresolved(String),
    /// The network or the server said no.
    #[error("{0}")]
    Io(#[source] io::Error),
    /// Nothing happened for too long.
    #[error("no answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// The proxy that stands between did not open the way.
    #[error("the proxy did not open the way: {said}")]
    Proxy {
        /// What it said, in our words.
        said: String,
        /// The same may succeed later.
        is_transient: bool,
    },
    /// The handshake failed for another reason than the certificate.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The certificate cannot be trusted.
    #[error("the certificate cannot be trusted: {problem}")]
    Certificate {
        /// Why.
        problem: CertificateProblem,
        /// What the certificate says, for an exception that the user may make.
        certificate: Box<Certificate>,
    },
    /// The trusted certificates of this computer could not be read.
    #[error("no trusted certificates: {0}")]
    NoTrust(String),
    /// The address is one that must not be contacted (a private one, for remote content).
    #[error("the address is not allowed")]
    Forbidden,
    /// An HTTP answer that is not the document.
    #[error("the web server answered {0}")]
    Http(u16),
    /// An HTTP answer that is too large, redirects too often, or is not HTTP.
    #[error("the web server's answer cannot be used: {0}")]
    Document(String),
}

/// Why a connection did not come about.
#[derive(Debug, thiserror::Error)]
#[error("{host}:{port}: {failure}")]
pub struct Error {
    /// The host, as it was asked for.
    pub host: String,
    /// The TCP port. 0 where none was involved.
    pub port: u16,
    /// How far the connection came.
    pub stage: Stage,
    /// What failed.
    #[source]
    pub failure: Box<Failure>,
}

impl Error {
    /// Builds an error.
    pub(crate) fn new(host: &str, port: u16, stage: Stage, failure: Failure) -> Self {
        Self { host: host.to_owned(), port, stage, failure: Box::new(failure) }
    }

    /// Returns whether the same attempt may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self.failure.as_ref() {
            Failure::Unresolved(_) | Failure::Io(_) | Failure::TimedOut(_) => true,
            Failure::Proxy { is_transient, .. } => *is_transient,
            Failure::Http(status) => *status >= 500 || *status == 429,
            _ => false,
        }
    }

    /// Returns whether the user must give another name or password: never, below the protocols.
    pub fn needs_credentials(&self) -> bool {
        false
    }

    /// Returns whether trying again is useless until something changes.
    pub fn is_permanent(&self) -> bool {
        !self.is_transient()
    }

    /// Tells whether a network that wants a sign-in first can have done this: it answers for others, or lets nobody
    /// through.
    pub fn may_be_portal(&self) -> bool {
        match self.failure.as_ref() {
            Failure::Certificate { problem, .. } => matches!(
                problem,
                CertificateProblem::UnknownIssuer
                    | CertificateProblem::WrongHost
                    | CertificateProblem::Changed { .. }
            ),
            Failure::Tls(_) => true,
            Failure::Io(_) | Failure::TimedOut(_) => {
                matches!(self.stage, Stage::Connect | Stage::Handshake)
            }
            _ => false,
        }
    }

    /// Returns the certificate and what is wrong with it, where that is what failed.
    pub fn certificate(&self) -> Option<(&CertificateProblem, &Certificate)> {
        match self.failure.as_ref() {
            Failure::Certificate { problem, certificate } => Some((problem, certificate)),
            _ => None,
        }
    }
}
