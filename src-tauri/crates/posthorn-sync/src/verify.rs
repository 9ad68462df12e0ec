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
            Ok(security) => tell(VerifyStep::Succeeded { side, host, security }),
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

/// Signs in and leaves; returns the protection of the connection in words.
async fn sign_in(
    dialer: &Dialer,
    login: &Login,
    credential: &Credential,
) -> Result<String, Failure> {
    let host = &login.server.host;
    let tuning = Tuning::default();
    match login.server.protocol {
        Protocol::Imap => {
            let said = connect::Said::default();
            let connection = connect::sign_in(dialer, login, credential, said, &tuning).await?;
            let security = connection.security.clone();
            connection.leave().await;
            Ok(security)
        }
        Protocol::Pop3 => {
            let (mut session, security) = dial::pop3(dialer, login, None, &tuning).await?;
            let exposure = exposure(login, &security);
            let proof = async { Ok(session.sign_in(&credential.at(login), exposure).await?) };
            dial::in_time(host, &tuning, proof).await?;
            // The login stands, whatever the server says to QUIT.
            let _ = session.quit().await;
            Ok(security)
        }
        Protocol::Local => Err(Failure::Unsupported("an account without a server")),
        Protocol::Smtp => {
            let (session, protection) =
                dial::smtp(dialer, login, dial::Ears::default(), &tuning).await?;
            let security = protection.words;
            if login.user.is_empty() {
                let _ = session.quit().await;
                return Ok(security);
            }
            let exposure = exposure(login, &security);
            let proof =
                async { Ok(posthorn_smtp::prove(session, &credential.at(login), exposure).await?) };
            dial::in_time(host, &tuning, proof).await?;
            Ok(security)
        }
    }
}
