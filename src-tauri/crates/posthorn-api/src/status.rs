//! What the synchronisation says of an account, in the contract's words.

use posthorn_sync::{Problem, ProblemKind, State, Status};

use crate::contract::{AccountState, AccountStatus, Code, Error, ServerSide};

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let code = match problem.kind {
            ProblemKind::Offline => Code::Offline,
            ProblemKind::HostUnknown => Code::HostUnknown,
            ProblemKind::ConnectionLost => Code::ConnectionLost,
            ProblemKind::Timeout => Code::Timeout,
            ProblemKind::Certificate => Code::Certificate,
            ProblemKind::CertificateIssuer => Code::CertificateIssuer,
            ProblemKind::CertificateHost => Code::CertificateHost,
            ProblemKind::CertificateExpired => Code::CertificateExpired,
            ProblemKind::CertificateEarly => Code::CertificateEarly,
            ProblemKind::CertificateChanged => Code::CertificateChanged,
            ProblemKind::Proxy => Code::Proxy,
            ProblemKind::Portal => Code::Portal,
            ProblemKind::Tls => Code::Tls,
            ProblemKind::Credentials | ProblemKind::NoPassword => Code::Credentials,
            ProblemKind::SignInOver => Code::SignInOver,
            ProblemKind::SignInDenied => Code::SignInDenied,
            ProblemKind::SignInFailed => Code::SignInFailed,
            ProblemKind::NoClient => Code::NoClient,
            ProblemKind::Refused | ProblemKind::Unsupported => Code::Refused,
            ProblemKind::Crowded => Code::Crowded,
            ProblemKind::Referral => Code::Referral,
            ProblemKind::OverQuota => Code::OverQuota,
            ProblemKind::InUse => Code::InUse,
            ProblemKind::Protocol => Code::Protocol,
            ProblemKind::Limit => Code::Limit,
            ProblemKind::DiskFull => Code::DiskFull,
            ProblemKind::File => Code::File,
            ProblemKind::Store => Code::Corrupt,
            ProblemKind::Secrets => Code::Secrets,
            ProblemKind::NotHere => Code::NotHere,
            ProblemKind::Gone => Code::NotFound,
            ProblemKind::Cancelled => Code::Cancelled,
        };
        let detail =
            if problem.server_said.is_empty() { problem.host } else { problem.server_said };
        Self { code, message: problem.message, detail }
    }
}

impl From<posthorn_net::Error> for Error {
    fn from(error: posthorn_net::Error) -> Self {
        use posthorn_net::Failure;
        let code = match error.failure.as_ref() {
            Failure::Unresolved(_) => Code::HostUnknown,
            Failure::Io(_) => Code::ConnectionLost,
            Failure::TimedOut(_) => Code::Timeout,
            Failure::Proxy { .. } => Code::Proxy,
            Failure::Tls(_) => Code::Tls,
            Failure::Certificate { .. } => Code::Certificate,
            Failure::NoTrust(_) => Code::File,
            Failure::Forbidden | Failure::Http(_) | Failure::Document(_) => Code::Refused,
        };
        Self { code, message: error.failure.to_string(), detail: error.host }
    }
}

impl From<posthorn_store::OpenError> for Error {
    fn from(error: posthorn_store::OpenError) -> Self {
        // No cause: the file is newer than this program.
        let code = error.cause().map_or(Code::NewerVersion, |cause| Self::from(cause.clone()).code);
        Self::new(code, error.to_string())
    }
}

impl From<State> for AccountState {
    fn from(state: State) -> Self {
        match state {
            State::Disabled => Self::Disabled,
            State::Offline => Self::Offline,
            State::Connecting => Self::Connecting,
            State::Syncing => Self::Syncing,
            State::UpToDate => Self::UpToDate,
            State::Waiting => Self::Waiting,
            State::NeedsPassword => Self::NeedsPassword,
            State::Failed => Self::Failed,
            State::Local => Self::Local,
        }
    }
}

/// Tells whether the user must give another password.
fn is_refused(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::Credentials | ProblemKind::NoPassword | ProblemKind::SignInOver
    )
}

/// Returns the problem of sending that is told, and the identity whose own server has it: one that the user must give a
/// password for goes before others, and the account's server before those of identities.
fn outgoing(status: &Status) -> Option<(Option<i64>, &Problem)> {
    let of_account = status.outgoing.iter().map(|problem| (None, problem));
    let of_identities = status.identities.iter().map(|(id, problem)| (Some(*id), problem));
    let all = || of_account.clone().chain(of_identities.clone());
    all().find(|(_, problem)| is_refused(problem)).or_else(|| all().next())
}

/// Tells whose password the user must give.
pub(crate) fn password_for(status: &Status) -> Option<ServerSide> {
    if status.state == State::NeedsPassword {
        return Some(ServerSide::Incoming);
    }
    let is_off = status.state == State::Disabled;
    outgoing(status).filter(|(_, problem)| !is_off && is_refused(problem))?;
    Some(ServerSide::Outgoing)
}

impl From<Status> for AccountStatus {
    fn from(status: Status) -> Self {
        let password_for = password_for(&status);
        let (outgoing_identity, outgoing) = outgoing(&status).unzip();
        let (outgoing_identity, outgoing) = (outgoing_identity.flatten(), outgoing.cloned());
        Self {
            account: status.account.0,
            state: status.state.into(),
            since_at: status.since.0,
            connected_since_at: status.connected_since.map(|at| at.0),
            activity: status.activity,
            done: status.done,
            total: status.total,
            server_said: status.server_said,
            password_for,
            outgoing_problem: outgoing.clone().map(Error::from),
            outgoing_identity,
            // What is wrong with sending is said where nothing is wrong with fetching.
            problem: status.problem.or(outgoing).map(Error::from),
            next_try_at: status.next_try.map(|at| at.0),
            last_complete_at: status.last_complete.map(|at| at.0),
            pending_operations: status.pending_operations,
            security: status.security,
        }
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::{AccountId, Timestamp};
    use posthorn_sync::{Problem, ProblemKind, State, Status};

    use super::password_for;
    use crate::contract::{AccountStatus, Code, ServerSide};

    #[test]
    fn the_server_that_refuses_a_password_is_named() {
        let problem = |kind| Problem {
            kind,
            host: "smtp.x.example".to_owned(),
            message: "refused".to_owned(),
            server_said: "535 wrong".to_owned(),
            is_transient: false,
        };
        let table = [
            (State::UpToDate, None, None),
            (State::NeedsPassword, None, Some(ServerSide::Incoming)),
            (State::UpToDate, Some(ProblemKind::Credentials), Some(ServerSide::Outgoing)),
            (State::UpToDate, Some(ProblemKind::NoPassword), Some(ServerSide::Outgoing)),
            (State::UpToDate, Some(ProblemKind::Timeout), None),
            (State::NeedsPassword, Some(ProblemKind::Credentials), Some(ServerSide::Incoming)),
            (State::Disabled, Some(ProblemKind::Credentials), None),
        ];
        for (state, outgoing, expected) in table {
            let mut status = Status::new(AccountId(1), Timestamp(1));
            status.state = state;
            status.outgoing = outgoing.map(problem);
            assert_eq!(password_for(&status), expected, "{state:?} {outgoing:?}");
            let told = AccountStatus::from(status).outgoing_problem;
            assert_eq!(told.is_some(), outgoing.is_some());
            if let (Some(told), Some(ProblemKind::Credentials)) = (told, outgoing) {
                assert_eq!((told.code, told.detail.as_str()), (Code::Credentials, "535 wrong"));
            }
        }
    }

    #[test]
    fn the_identity_whose_server_refuses_a_password_is_named() {
        let problem = |kind| Problem {
            kind,
            host: "smtp.x.example".to_owned(),
            message: "refused".to_owned(),
            server_said: String::new(),
            is_transient: false,
        };
        let (refused, slow) = (ProblemKind::Credentials, ProblemKind::Timeout);
        let outgoing = Some(ServerSide::Outgoing);
        for (of_account, of_identities, expected) in [
            (None, vec![(7, refused)], (outgoing, Some(7))),
            (Some(slow), vec![(7, refused)], (outgoing, Some(7))),
            (Some(refused), vec![(7, refused)], (outgoing, None)),
            (None, vec![(7, slow), (9, refused)], (outgoing, Some(9))),
            (None, vec![(7, slow)], (None, Some(7))),
            (Some(slow), vec![(7, slow)], (None, None)),
        ] {
            let mut status = Status::new(AccountId(1), Timestamp(1));
            status.state = State::UpToDate;
            status.outgoing = of_account.map(problem);
            status.identities =
                of_identities.into_iter().map(|(id, kind)| (id, problem(kind))).collect();
            let told = AccountStatus::from(status);
            assert_eq!((told.password_for, told.outgoing_identity), expected);
            assert!(told.outgoing_problem.is_some() && told.problem.is_some());
        }
    }
}
