//! From an account to a submission session that is signed in.

use posthorn_model::AccountId;
use posthorn_net::Stream;
use posthorn_smtp::Session;
use posthorn_store::account::Login;
use posthorn_store::outbox::{Handover, Route};
use posthorn_store::{ReadTx, WriteTx, account, setting};

use super::dialogue::Dialogue;
use crate::console::Purpose;
use crate::credential::{Attempts, Credential, exposure};
use crate::dial::{self, Ears, Protection};
use crate::engine::{Account, Side};
use crate::failure::Failure;

/// A session that can submit.
pub(super) struct Submission {
    pub(super) session: Session<Stream>,
    /// Whose server it is with.
    pub(super) route: Route,
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
fn size_key(account: AccountId, route: Route) -> String {
    match route {
        Route::Account => format!("outgoing-size-limit/{account}"),
        Route::Identity(id) => format!("outgoing-size-limit/{account}/{id}"),
    }
}

fn known_limit(
    tx: &ReadTx<'_>,
    account: AccountId,
    route: Route,
) -> posthorn_store::Result<Option<u64>> {
    let text = setting::get(tx, &size_key(account, route))?;
    Ok(text.and_then(|text| text.parse().ok()))
}

fn put_limit(
    tx: &WriteTx<'_>,
    account: AccountId,
    route: Route,
    announced: Option<u64>,
) -> posthorn_store::Result<()> {
    let key = size_key(account, route);
    match announced {
        Some(limit) => setting::set(tx, &key, &limit.to_string()),
        None => setting::remove(tx, &key),
    }
}

/// Returns the largest message that the submission server of an account takes, or of an identity which has one of its own,
/// in bytes: as it last announced (RFC 1870), or as its provider is known to take where that is less. Absent where neither
/// is known.
pub fn size_limit(
    tx: &ReadTx<'_>,
    account: AccountId,
    identity: Option<i64>,
) -> posthorn_store::Result<Option<u64>> {
    let route = identity.map_or(Route::Account, Route::Identity);
    let (_, login, route) = login(tx, account, route)?;
    let known = posthorn_net::discovery::message_limit(&login.server.host);
    let announced = known_limit(tx, account, route)?;
    Ok([known, announced].into_iter().flatten().min())
}

/// Notes what the submission server of an account announced, or of an identity which has one of its own: what was proved
/// before it was saved need not be waited for.
pub fn note_size_limit(
    tx: &WriteTx<'_>,
    account: AccountId,
    identity: Option<i64>,
    announced: Option<u64>,
) -> posthorn_store::Result<()> {
    put_limit(tx, account, identity.map_or(Route::Account, Route::Identity), announced)
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

/// Returns the server that a route leads to, and the account. An identity that has none any more sends through the
/// account's.
fn login(
    tx: &ReadTx<'_>,
    account: AccountId,
    route: Route,
) -> posthorn_store::Result<(account::Account, Login, Route)> {
    let stored = account::get(tx, account)?;
    let own = match route {
        Route::Account => None,
        Route::Identity(id) => account::identity_server(tx, id)?,
    };
    let route = if own.is_some() { route } else { Route::Account };
    let login = own.unwrap_or_else(|| stored.settings.outgoing.clone());
    Ok((stored, login, route))
}

/// Dials a submission server, signs in where a user name is set, and remembers the size that it takes.
pub(super) async fn connect(account: &Account, route: Route) -> Result<Submission, Failure> {
    let id = account.id;
    let read = account.store().read(move |tx| {
        let (stored, login, route) = login(tx, id, route)?;
        Ok((stored, login, route, known_limit(tx, id, route)?))
    });
    let (stored, login, route, known) = read.await?;
    let host = login.server.host.clone();
    let new_dialogue = || Dialogue::new(account.store().clock().clone());
    let (session, protection, dialogue) = if login.user.is_empty() {
        let (engine, dialogue) = (&account.engine, new_dialogue());
        let ears = ears(account, &login, &dialogue);
        let (session, protection) =
            dial::smtp(&engine.dialer, &login, ears, &engine.tuning).await?;
        (session, protection, dialogue)
    } else {
        let mut attempts = match route {
            Route::Account => Attempts::begin(account, &stored, Side::Outgoing).await?,
            Route::Identity(identity) => {
                Attempts::of_identity(account, identity, &login.user).await?
            }
        };
        loop {
            let dialogue = new_dialogue();
            match sign_in(account, &login, attempts.credential(), &dialogue).await {
                Ok((session, protection)) => break (session, protection, dialogue),
                Err(failure) => attempts.after(failure).await?,
            }
        }
    };
    let announced = session.capabilities().size;
    if announced != known {
        account.store().write(move |tx| put_limit(tx, id, route, announced)).await?;
    }
    Ok(Submission { session, route, host, protection, dialogue })
}
