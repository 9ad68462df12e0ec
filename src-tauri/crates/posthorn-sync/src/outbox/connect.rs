//! From an account to a submission session that is signed in.

use posthorn_model::AccountId;
use posthorn_net::Stream;
use posthorn_smtp::Session;
use posthorn_store::account::Login;
use posthorn_store::outbox::Handover;
use posthorn_store::{ReadTx, account, setting};

use super::dialogue::Dialogue;
use crate::console::Purpose;
use crate::credential::{Attempts, Credential, exposure};
use crate::dial::{self, Ears, Protection};
use crate::engine::{Account, Side};
use crate::failure::Failure;

/// A session that can submit.
pub(super) struct Submission {
    pub(super) session: Session<Stream>,
    pub(super) host: String,
    /// Who was reached, and how the way there is protected.
    pub(super) protection: Protection,
    /// What was said.
    pub(super) dialogue: Dialogue,
}

impl Submission {
    /// Returns what a receipt says of it; nothing was said yet.
    pub(super) fn handover(&self, sha256: String, wants_report: bool) -> Handover {
        let protection = self.protection.clone();
        Handover {
            server: self.host.clone(),
            address: protection.address,
            security: protection.words,
            certificate: protection.certificate,
            sha256,
            dialogue: String::new(),
            is_report_asked: wants_report && self.session.capabilities().dsn,
        }
    }
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

fn ears(account: &Account, login: &Login, dialogue: &Dialogue) -> Ears {
    let console = &account.engine.console;
    let tap = console.attach(account.id, Purpose::Submission, &login.server.host);
    Ears { tap: Some(tap), dialogue: Some(dialogue.clone()) }
}

/// Dials and signs in.
async fn sign_in(
    account: &Account,
    login: &Login,
    credential: &Credential,
    dialogue: &Dialogue,
) -> Result<(Session<Stream>, Protection), Failure> {
    let engine = &account.engine;
    let (mut session, protection) =
        dial::smtp(&engine.dialer, login, ears(account, login, dialogue), &engine.tuning).await?;
    let exposure = exposure(login, &protection.words);
    let sign_in = async { Ok(session.sign_in(&credential.at(login), exposure).await?) };
    dial::in_time(&login.server.host, &account.engine.tuning, sign_in).await?;
    Ok((session, protection))
}

/// Dials the account's submission server, signs in where a user name is set, and remembers the size that it takes.
pub(super) async fn connect(account: &Account) -> Result<Submission, Failure> {
    let id = account.id;
    let (stored, known) =
        account.store().read(move |tx| Ok((account::get(tx, id)?, size_limit(tx, id)?))).await?;
    let login = &stored.settings.outgoing;
    let host = login.server.host.clone();
    let new_dialogue = || Dialogue::new(account.store().clock().clone());
    let (session, protection, dialogue) = if login.user.is_empty() {
        let (engine, dialogue) = (&account.engine, new_dialogue());
        let ears = ears(account, login, &dialogue);
        let (session, protection) = dial::smtp(&engine.dialer, login, ears, &engine.tuning).await?;
        (session, protection, dialogue)
    } else {
        let mut attempts = Attempts::begin(account, &stored, Side::Outgoing).await?;
        loop {
            let dialogue = new_dialogue();
            match sign_in(account, login, attempts.credential(), &dialogue).await {
                Ok((session, protection)) => break (session, protection, dialogue),
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
    Ok(Submission { session, host, protection, dialogue })
}
