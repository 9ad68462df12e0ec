//! Why a worker stopped, and what heals it.

use std::time::Duration;

use posthorn_net::{CertificateProblem, Failure as NetFailure, Stage};

use crate::imap::quirk;
use crate::problem::{Problem, ProblemKind, sentence};
use crate::tuning::Tuning;

/// What heals a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cure {
    /// Waiting.
    Time,
    /// Another password.
    Password,
    /// The user's doing.
    User,
}

/// Why a worker stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The connection did not come about.
    #[error(transparent)]
    Net(#[from] posthorn_net::Error),
    /// IMAP failed.
    #[error("{host}: {error}")]
    Imap {
        /// The server.
        host: String,
        /// What happened.
        error: posthorn_imap::Error,
    },
    /// POP3 failed.
    #[error("{host}: {error}")]
    Pop3 {
        /// The server.
        host: String,
        /// What happened.
        error: posthorn_pop3::Error,
    },
    /// Submission failed.
    #[error("{host}: {error}")]
    Smtp {
        /// The server.
        host: String,
        /// What happened.
        error: posthorn_smtp::Error,
    },
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] posthorn_store::Error),
    /// The keychain failed.
    #[error("the passwords: {0}")]
    Secrets(String),
    /// Signing in through the browser failed, or is over.
    #[error(transparent)]
    SignIn(#[from] posthorn_oauth::Error),
    /// No password is stored.
    #[error("no password is stored for {0}")]
    NoPassword(String),
    /// A connection without TLS, where there was one before.
    #[error("{0}: this account used an encrypted connection before; an unencrypted one is refused")]
    Downgrade(String),
    /// The network wants a sign-in in the browser before it lets anything through.
    #[error("the network wants a sign-in in the browser first ({page})")]
    Portal {
        /// The server that was meant.
        host: String,
        /// The network's page.
        page: String,
    },
    /// A folder holds more messages than are synchronised.
    #[error("{host}: a folder has more than {limit} messages")]
    TooMany {
        /// The server.
        host: String,
        /// The limit.
        limit: u32,
    },
    /// A file of this computer failed.
    #[error("a local file: {0}")]
    Local(String),
    /// Signing in took too long.
    #[error("{0}: no answer in time")]
    Timeout(String),
    /// The other half of a pipeline ended: its own failure says why.
    #[error("interrupted")]
    Interrupted,
    /// What the server must offer is missing, or this program lacks it.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
}

impl From<posthorn_imap::Error> for Failure {
    fn from(error: posthorn_imap::Error) -> Self {
        Self::Imap { host: String::new(), error }
    }
}

impl From<posthorn_pop3::Error> for Failure {
    fn from(error: posthorn_pop3::Error) -> Self {
        Self::Pop3 { host: String::new(), error }
    }
}

impl From<posthorn_smtp::Error> for Failure {
    fn from(error: posthorn_smtp::Error) -> Self {
        Self::Smtp { host: String::new(), error }
    }
}

impl Failure {
    /// Adds the host where the failure does not know it yet.
    #[must_use]
    pub(crate) fn at(self, name: &str) -> Self {
        match self {
            Self::Imap { host, error } if host.is_empty() => {
                Self::Imap { host: name.to_owned(), error }
            }
            Self::Pop3 { host, error } if host.is_empty() => {
                Self::Pop3 { host: name.to_owned(), error }
            }
            Self::Smtp { host, error } if host.is_empty() => {
                Self::Smtp { host: name.to_owned(), error }
            }
            other => other,
        }
    }

    /// Returns what heals it.
    pub(crate) fn cure(&self) -> Cure {
        match self {
            Self::Net(error) if error.is_transient() => Cure::Time,
            Self::Net(_) => Cure::User,
            Self::Imap { error, .. } if error.needs_credentials() => Cure::Password,
            // Nobody follows: whoever the account moved to, the user says so in its settings.
            Self::Imap { error, .. } if error.referral().is_some() => Cure::User,
            Self::Imap { error, .. } if error.is_transient() || error.is_fatal() => Cure::Time,
            // A refusal without a code that says more: servers say so of overload too, so time is tried first.
            Self::Imap {
                error: posthorn_imap::Error::No { .. } | posthorn_imap::Error::Bad { .. },
                ..
            } => Cure::Time,
            Self::Imap { .. } => Cure::User,
            Self::Pop3 { error, .. } if error.needs_credentials() => Cure::Password,
            // What cannot be read once (a captive portal, a server in trouble), and a refusal without a code that says
            // more, are tried again, as with IMAP.
            Self::Pop3 { error: posthorn_pop3::Error::Garbled { .. }, .. } => Cure::Time,
            Self::Pop3 { error: posthorn_pop3::Error::Refused { refusal, .. }, .. }
                if refusal.code.is_none() =>
            {
                Cure::Time
            }
            Self::Pop3 { error, .. } if error.is_transient() => Cure::Time,
            Self::Smtp { error, .. } if error.needs_credentials() => Cure::Password,
            Self::Smtp { error, .. } if error.is_transient() => Cure::Time,
            Self::Pop3 { .. } | Self::Smtp { .. } => Cure::User,
            Self::Store(posthorn_store::Error::Corrupt(_) | posthorn_store::Error::Closed) => {
                Cure::User
            }
            Self::NoPassword(_) => Cure::Password,
            Self::SignIn(error) if error.needs_credentials() => Cure::Password,
            Self::SignIn(error) if error.is_transient() => Cure::Time,
            Self::SignIn(_) => Cure::User,
            Self::Downgrade(_) | Self::Unsupported(_) => Cure::User,
            Self::Store(_)
            | Self::TooMany { .. }
            | Self::Secrets(_)
            | Self::Portal { .. }
            | Self::Local(_)
            | Self::Timeout(_)
            | Self::Interrupted => Cure::Time,
        }
    }

    /// Returns how long the server is to be left alone at least: for as long as it says, and for a while where it allows no
    /// more connections or requests.
    pub(crate) fn least_wait(&self, tuning: &Tuning) -> Duration {
        let problem = self.problem();
        let asked = quirk::pause(&problem.server_said).unwrap_or_default();
        if problem.kind == ProblemKind::Crowded { asked.max(tuning.crowded) } else { asked }
    }

    /// Returns what the user is told.
    pub(crate) fn problem(&self) -> Problem {
        let mut problem = match self {
            Self::Net(error) => of_net(error),
            Self::Imap { host, error } => of_imap(error).at(host),
            Self::Pop3 { host, error } => of_pop3(error).at(host),
            Self::Smtp { host, error } => of_smtp(error).at(host),
            Self::Store(error) => Problem::of_store(error),
            Self::Secrets(_) => self.of_kind(ProblemKind::Secrets),
            Self::NoPassword(_) => self.of_kind(ProblemKind::NoPassword),
            Self::SignIn(error) => of_sign_in(error),
            Self::Downgrade(host) => self.of_kind(ProblemKind::Tls).at(host),
            Self::Portal { host, page } => {
                let problem = self.of_kind(ProblemKind::Portal).at(host);
                Problem { server_said: sentence(page), ..problem }
            }
            Self::TooMany { host, .. } => self.of_kind(ProblemKind::Limit).at(host),
            Self::Local(_) => self.of_kind(ProblemKind::File),
            Self::Timeout(host) => self.of_kind(ProblemKind::Timeout).at(host),
            Self::Interrupted => self.of_kind(ProblemKind::ConnectionLost),
            Self::Unsupported(_) => self.of_kind(ProblemKind::Unsupported),
        };
        problem.is_transient = self.cure() == Cure::Time;
        problem
    }

    fn of_kind(&self, kind: ProblemKind) -> Problem {
        Problem { message: self.to_string(), ..Problem::of_kind(kind) }
    }
}

/// Returns what a failed dial means to the user.
pub(crate) fn of_net(error: &posthorn_net::Error) -> Problem {
    let kind = match (error.failure.as_ref(), error.stage) {
        (NetFailure::Unresolved(_), _) => ProblemKind::HostUnknown,
        (NetFailure::Certificate { problem, .. }, _) => match problem {
            CertificateProblem::UnknownIssuer => ProblemKind::CertificateIssuer,
            CertificateProblem::WrongHost => ProblemKind::CertificateHost,
            CertificateProblem::Expired => ProblemKind::CertificateExpired,
            CertificateProblem::NotYetValid => ProblemKind::CertificateEarly,
            CertificateProblem::Changed { .. } => ProblemKind::CertificateChanged,
            _ => ProblemKind::Certificate,
        },
        (NetFailure::Proxy { .. }, _) => ProblemKind::Proxy,
        (NetFailure::Tls(_), _) => ProblemKind::Tls,
        // Without authorities nobody vouches for any server.
        (NetFailure::NoTrust(_), _) => ProblemKind::CertificateIssuer,
        (NetFailure::TimedOut(_), _) => ProblemKind::Timeout,
        (NetFailure::Io(_), Stage::Resolve | Stage::Connect) => ProblemKind::Offline,
        (NetFailure::Io(_), _) => ProblemKind::ConnectionLost,
        _ => ProblemKind::Refused,
    };
    let problem = Problem { message: error.failure.to_string(), ..Problem::of_kind(kind) };
    Problem { is_transient: error.is_transient(), ..problem }.at(&error.host)
}

/// Returns what a failed sign-in through the browser means to the user.
pub fn of_sign_in(error: &posthorn_oauth::Error) -> Problem {
    use posthorn_oauth::Error;
    let (kind, said) = match error {
        Error::Net(error) => return of_net(error),
        Error::Revoked(said) => (ProblemKind::SignInOver, said.as_str()),
        Error::NotSignedIn => (ProblemKind::SignInOver, ""),
        Error::NoClient(_) | Error::UnknownProvider(_) => (ProblemKind::NoClient, ""),
        Error::Denied(said) => (ProblemKind::SignInDenied, said.as_str()),
        Error::TimedOut(_) => (ProblemKind::Timeout, ""),
        Error::Secrets(_) => (ProblemKind::Secrets, ""),
        Error::File(_) => (ProblemKind::File, ""),
        Error::Refused { said, .. } => (ProblemKind::SignInFailed, said.as_str()),
        _ => (ProblemKind::SignInFailed, ""),
    };
    Problem {
        message: sentence(&error.to_string()),
        server_said: sentence(said),
        is_transient: error.is_transient(),
        ..Problem::of_kind(kind)
    }
}

/// Returns what an IMAP error means to the user.
pub(crate) fn of_imap(error: &posthorn_imap::Error) -> Problem {
    use posthorn_imap::Error;
    let kind = match error {
        _ if error.is_over_quota() => ProblemKind::OverQuota,
        _ if error.referral().is_some() => ProblemKind::Referral,
        _ if error.is_limited() || quirk::is_crowded(error) => ProblemKind::Crowded,
        Error::Lost(_) | Error::Bye(_) | Error::Limited(_) | Error::Referred { .. } => {
            ProblemKind::ConnectionLost
        }
        Error::Timeout(_) => ProblemKind::Timeout,
        Error::No { .. } | Error::Bad { .. } => ProblemKind::Refused,
        Error::LoginRefused { .. } => ProblemKind::Credentials,
        Error::Limit { .. } | Error::TooLarge { .. } => ProblemKind::Limit,
        Error::Unsupported(_) => ProblemKind::Unsupported,
        Error::Local(_) => ProblemKind::File,
        Error::Protocol(_) | Error::Argument(_) => ProblemKind::Protocol,
    };
    let message = match error.referral() {
        Some(to) => format!("the server refers to {to}, and this program does not follow"),
        None => error.to_string(),
    };
    Problem {
        message: sentence(&message),
        server_said: error.server_text().map(sentence).unwrap_or_default(),
        is_transient: error.is_transient(),
        ..Problem::of_kind(kind)
    }
}

/// Returns what a POP3 error means to the user.
pub(crate) fn of_pop3(error: &posthorn_pop3::Error) -> Problem {
    use posthorn_pop3::{Error, RespCode};
    let kind = match error {
        Error::Refused { refusal, .. } if refusal.code == Some(RespCode::InUse) => {
            ProblemKind::InUse
        }
        _ if error.needs_credentials() => ProblemKind::Credentials,
        Error::Refused { .. } => ProblemKind::Refused,
        Error::TlsNotOffered | Error::TlsInjection => ProblemKind::Tls,
        Error::Lost { .. } => ProblemKind::ConnectionLost,
        Error::TimedOut { .. } => ProblemKind::Timeout,
        _ => ProblemKind::Protocol,
    };
    let said = match error {
        Error::Refused { refusal, .. } => sentence(&refusal.text),
        _ => String::new(),
    };
    let problem = Problem {
        message: sentence(&error.to_string()),
        server_said: said,
        ..Problem::of_kind(kind)
    };
    Problem { is_transient: error.is_transient(), ..problem }
}

/// Returns what a submission error means to the user.
pub(crate) fn of_smtp(error: &posthorn_smtp::Error) -> Problem {
    use posthorn_smtp::Error;
    let kind = match error {
        _ if error.needs_credentials() => ProblemKind::Credentials,
        Error::Refused { .. } => ProblemKind::Refused,
        Error::TlsNotOffered | Error::TlsInjection => ProblemKind::Tls,
        Error::Lost { .. } | Error::Poisoned => ProblemKind::ConnectionLost,
        Error::TimedOut { .. } => ProblemKind::Timeout,
        Error::TooLarge { .. } => ProblemKind::Limit,
        Error::AuthNotOffered { .. } | Error::NeedsUtf8 { .. } | Error::NeedsEightBit => {
            ProblemKind::Unsupported
        }
        Error::Source(_) => ProblemKind::File,
        _ => ProblemKind::Protocol,
    };
    let said = match error {
        Error::Refused { reply, .. } => sentence(&reply.to_string()),
        _ => String::new(),
    };
    let problem = Problem {
        message: sentence(&error.to_string()),
        server_said: said,
        ..Problem::of_kind(kind)
    };
    Problem { is_transient: error.is_transient(), ..problem }
}

#[cfg(test)]
mod tests {
    use posthorn_imap::Error;

    use super::{Cure, Failure};
    use crate::problem::ProblemKind;

    #[test]
    fn each_failure_has_its_cure() {
        let imap = |error| Failure::from(error);
        let refused = Error::LoginRefused { code: None, text: "no such user".to_owned() };
        let table = [
            (imap(refused), Cure::Password, ProblemKind::Credentials),
            (imap(Error::Lost("x".to_owned())), Cure::Time, ProblemKind::ConnectionLost),
            (
                imap(Error::No { code: None, text: "busy".to_owned() }),
                Cure::Time,
                ProblemKind::Refused,
            ),
            (imap(Error::Unsupported("IDLE")), Cure::User, ProblemKind::Unsupported),
            (imap(Error::Limited("slowly".to_owned())), Cure::Time, ProblemKind::Crowded),
            (
                imap(Error::Bye("Too many simultaneous connections".to_owned())),
                Cure::Time,
                ProblemKind::Crowded,
            ),
            (
                imap(Error::Referred { to: "other".to_owned(), text: String::new() }),
                Cure::User,
                ProblemKind::Referral,
            ),
            (Failure::Store(posthorn_store::Error::DiskFull), Cure::Time, ProblemKind::DiskFull),
            (Failure::Downgrade("mail".to_owned()), Cure::User, ProblemKind::Tls),
            (Failure::NoPassword("ann".to_owned()), Cure::Password, ProblemKind::NoPassword),
            (
                Failure::SignIn(posthorn_oauth::Error::Revoked("over".to_owned())),
                Cure::Password,
                ProblemKind::SignInOver,
            ),
            (
                Failure::SignIn(posthorn_oauth::Error::NoClient("Google".to_owned())),
                Cure::User,
                ProblemKind::NoClient,
            ),
        ];
        for (failure, cure, kind) in table {
            assert_eq!((failure.cure(), failure.problem().kind), (cure, kind), "{failure}");
            assert_eq!(failure.problem().is_transient, cure == Cure::Time);
        }
    }

    #[test]
    fn a_crowded_server_is_left_alone_for_a_minute_at_least() {
        let tuning = crate::tuning::Tuning::default();
        let wait = |error: Error| Failure::from(error).least_wait(&tuning);
        assert_eq!(wait(Error::Limited("later".to_owned())), tuning.crowded);
        assert_eq!(wait(Error::Lost("x".to_owned())), std::time::Duration::ZERO);
        let asked = "Request is throttled. Suggested Backoff Time: 299961 milliseconds";
        assert_eq!(wait(Error::Bye(asked.to_owned())).as_millis(), 299_961);
    }
}
