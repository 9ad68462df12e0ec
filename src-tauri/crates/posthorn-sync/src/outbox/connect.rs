//! From an account to a submission session that is signed in.

use posthorn_model::AccountId;
use posthorn_net::Stream;
use posthorn_smtp::Session;
use posthorn_store::account::Login;
use posthorn_store::{ReadTx, account, setting};

use crate::console::Purpose;
use crate::credential::{Attempts, Credential, exposure};
use crate::dial;
use crate::engine::{Account, Side};
use crate::failure::Failure;

/// A session that can submit.
pub(super) struct Submission {
    pub(super) session: Session<Stream>,
    pub(super) host: String,
}

/// Key of the setting that holds the largest message a server takes, in bytes.
fn size_key(account: AccountId) -> String {
    format!("outgoing-size-limit/{account}")
}

/// Returns the largest message that an account's submission server takes, in bytes, as it last announced (RFC 1870);
/// absent where it has no limit, or was never reached.
pub fn size_limit(tx: &ReadTx<'_>, account: AccountId) -> posthorn_store::Result<Option<u64>> {
    let text = setting::get(tx, &size_key(account))?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// Dials and signs in.
async fn sign_in(
    account: &Account,
    login: &Login,
    credential: &Credential,
) -> Result<Session<Stream>, Failure> {
    let engine = &account.engine;
    let tap = engine.console.attach(account.id, Purpose::Submission, &login.server.host);
    let (mut session, security) =
        dial::smtp(&engine.dialer, login, Some(tap), &engine.tuning).await?;
    let exposure = exposure(login, &security);
    let sign_in = async { Ok(session.sign_in(&credential.at(login), exposure).await?) };
    dial::in_time(&login.server.host, &account.engine.tuning, sign_in).await?;
    Ok(session)
}

/// Dials the account's submission server, signs in where a user name is set, and remembers the size that it takes.
pub(super) async fn connect(account: &Account) -> Result<Submission, Failure> {
    let id = account.id;
    let (stored, known) =
        account.store().read(move |tx| Ok((account::get(tx, id)?, size_limit(tx, id)?))).await?;
    let login = &stored.settings.outgoing;
    let host = login.server.host.clone();
    let session = if login.user.is_empty() {
        let engine = &account.engine;
        let tap = engine.console.attach(id, Purpose::Submission, &login.server.host);
        dial::smtp(&engine.dialer, login, Some(tap), &engine.tuning).await?.0
    } else {
        let mut attempts = Attempts::begin(account, &stored, Side::Outgoing).await?;
        loop {
            match sign_in(account, login, attempts.credential()).await {
                Ok(session) => break session,
                Err(failure) => attempts.after(failure).await?,
            }
        }
    };
    let announced = session.capabilities().size;
    if announced != known {
        let write = account.store().write(move |tx| match announced {
            Some(limit) => setting::set(tx, &size_key(id), &limit.to_string()),
            None => setting::remove(tx, &size_key(id)),
        });
        write.await?;
    }
    Ok(Submission { session, host })
}
