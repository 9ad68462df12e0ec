//! Which certificate a server shows, and what is wrong with it: for the person who is asked whether to trust it.
//!
//! Invariant: nothing secret is sent; the connection ends behind the greeting.

use posthorn_model::Protocol;
use posthorn_net::{Certificate, CertificateProblem, Dialer};
use posthorn_store::account::Login;

use crate::dial;
use crate::failure::Failure;
use crate::imap::connect;
use crate::limit::LOGOUT;
use crate::problem::Problem;

/// How a server presents itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    /// What is wrong; absent when nothing is, or the certificate is the one that was accepted.
    pub problem: Option<Problem>,
    /// The certificate; absent where the problem is not about one.
    pub certificate: Option<Certificate>,
    /// The fingerprint that was accepted, where another certificate came; empty otherwise.
    pub accepted: String,
}

/// Looks at the certificate of a server.
pub async fn look(dialer: &Dialer, login: &Login) -> Presented {
    let Err(failure) = greet(dialer, login).await else { return Presented::default() };
    let problem = Some(failure.problem().at(&login.server.host));
    let Failure::Net(error) = &failure else {
        return Presented { problem, ..Presented::default() };
    };
    let found = error.certificate();
    let accepted = match found {
        Some((CertificateProblem::Changed { accepted }, _)) => accepted.to_string(),
        _ => String::new(),
    };
    Presented { problem, certificate: found.map(|(_, certificate)| certificate.clone()), accepted }
}

async fn greet(dialer: &Dialer, login: &Login) -> Result<(), Failure> {
    let tuning = crate::tuning::Tuning::default();
    // Whoever does not answer a goodbye is left all the same.
    match login.server.protocol {
        Protocol::Imap => {
            let said = connect::Said::default();
            let greeting = connect::greet(dialer, login, &said, &tuning);
            let (session, _) = dial::in_time(&login.server.host, &tuning, greeting).await?;
            let _ = tokio::time::timeout(LOGOUT, session.logout()).await;
        }
        Protocol::Pop3 => {
            let (session, _) = dial::pop3(dialer, login, None, &tuning).await?;
            let _ = tokio::time::timeout(LOGOUT, session.quit()).await;
        }
        Protocol::Smtp => {
            let (session, _) = dial::smtp(dialer, login, dial::Ears::default(), &tuning).await?;
            let _ = tokio::time::timeout(LOGOUT, session.quit()).await;
        }
        Protocol::Local => return Err(Failure::Unsupported("a server for this account")),
    }
    Ok(())
}
