//! Proves that an account works before it is saved: a real login on the incoming server and a real AUTH on the outgoing
//! one. Stores nothing and fetches nothing.

use posthorn_model::Protocol;
use posthorn_net::Dialer;
use posthorn_store::account::Login;

use crate::credential::{Credential, exposure};
use crate::dial;
use crate::engine::Side;
use crate::failure::Failure;
use crate::imap::connect;
use crate::problem::Problem;
use crate::tuning::Tuning;

/// A step of the proof, as it begins and as it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyStep {
    /// A server is being tried.
    Trying {
        /// Which.
        side: Side,
        /// Its host.
        host: String,
    },
    /// A login succeeded.
    Succeeded {
        /// Which server.
        side: Side,
        /// Its host.
        host: String,
        /// Protection in words (`TLS 1.3`); empty when there is none.
        security: String,
    },
    /// A login failed.
    Failed {
        /// Which server.
        side: Side,
        /// Why.
        problem: Problem,
    },
}

/// How the proof went. The account works when both are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// What is wrong with the incoming server; absent when the login succeeded.
    pub incoming: Option<Problem>,
    /// What is wrong with the outgoing server; absent when AUTH succeeded, or none is wanted and it answered.
    pub outgoing: Option<Problem>,
    /// Largest message that the outgoing server takes, bytes, as it announced (RFC 1870); absent where it has no limit, or
    /// the login failed.
    pub message_size: Option<u64>,
}

/// What a successful login showed.
struct Proof {
    /// Protection in words; empty when there is none.
    security: String,
    /// Largest message that a submission server takes, bytes; absent where it has no limit.
    message_size: Option<u64>,
}

impl From<String> for Proof {
    fn from(security: String) -> Self {
        Self { security, message_size: None }
    }
}

/// Logs in on both servers, one after the other, and tells each step.
pub async fn verify(
    dialer: &Dialer,
    incoming: (&Login, &Credential),
    outgoing: (&Login, &Credential),
    mut tell: impl FnMut(VerifyStep) + Send,
) -> Verification {
    let mut verification = Verification::default();
    for (side, (login, credential)) in [(Side::Incoming, incoming), (Side::Outgoing, outgoing)] {
        let host = login.server.host.clone();
        tell(VerifyStep::Trying { side, host: host.clone() });
        match Box::pin(sign_in(dialer, login, credential)).await {
            Ok(Proof { security, message_size }) => {
                verification.message_size = verification.message_size.or(message_size);
                tell(VerifyStep::Succeeded { side, host, security });
            }
            Err(failure) => {
                let problem = failure.problem().at(&host);
                tell(VerifyStep::Failed { side, problem: problem.clone() });
                match side {
                    Side::Incoming => verification.incoming = Some(problem),
                    Side::Outgoing => verification.outgoing = Some(problem),
                }
            }
        }
    }
    verification
}

/// Logs in on the own outgoing server of an identity; returns the largest message that it takes (see
/// [`Verification::message_size`]).
pub async fn verify_one(
    dialer: &Dialer,
    login: &Login,
    credential: &Credential,
) -> Result<Option<u64>, Problem> {
    match Box::pin(sign_in(dialer, login, credential)).await {
        Ok(proof) => Ok(proof.message_size),
        Err(failure) => Err(failure.problem().at(&login.server.host)),
    }
}

/// Signs in and leaves.
async fn sign_in(
    dialer: &Dialer,
    login: &Login,
    credential: &Credential,
) -> Result<Proof, Failure> {
    let host = &login.server.host;
    let tuning = Tuning::default();
    match login.server.protocol {
        Protocol::Imap => {
            let said = connect::Said::default();
            let connection = connect::sign_in(dialer, login, credential, said, &tuning).await?;
            let security = connection.security.clone();
            connection.leave().await;
            Ok(security.into())
        }
        Protocol::Pop3 => {
            let (mut session, security) = dial::pop3(dialer, login, None, &tuning).await?;
            let exposure = exposure(login, &security);
            let proof = async { Ok(session.sign_in(&credential.at(login), exposure).await?) };
            dial::in_time(host, &tuning, proof).await?;
            // The login stands, whatever the server says to QUIT.
            let _ = session.quit().await;
            Ok(security.into())
        }
        Protocol::Local => Err(Failure::Unsupported("an account without a server")),
        Protocol::Smtp => {
            let (session, protection) =
                dial::smtp(dialer, login, dial::Ears::default(), &tuning).await?;
            let message_size = session.capabilities().size;
            let found = Proof { security: protection.words, message_size };
            if login.user.is_empty() {
                let _ = session.quit().await;
                return Ok(found);
            }
            let exposure = exposure(login, &found.security);
            let proof =
                async { Ok(posthorn_smtp::prove(session, &credential.at(login), exposure).await?) };
            dial::in_time(host, &tuning, proof).await?;
            Ok(found)
        }
    }
}
