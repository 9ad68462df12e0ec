//! Accounts: found, verified, saved, changed, removed.
//!
//! Invariants: an account is saved only after both logins succeeded; a secret goes into the vault before the account
//! that needs it is started, and never comes back to a page; an account's mail is removed only after the user confirmed
//! the number of messages that exist nowhere else.

mod config;
mod find;
mod identity;
mod keys;
mod pin;
mod pop;
mod remove;
mod signature;

use posthorn_model::{AccountId, MailboxRole, Protocol};
use posthorn_store::{ReadTx, account, mailbox};

pub(crate) use config::to_html as text_to_html;
pub(crate) use find::{accounts_discover, verify};
pub(crate) use identity::{identities_remove, identities_save};
use keys::{forget, keep, keys};
pub(crate) use pin::{certificates_look, certificates_pin};
pub(crate) use pop::accounts_preview_pop_rules;
pub(crate) use remove::{accounts_removal_preview, accounts_remove};
pub(crate) use signature::{
    plain as plain_signature, shown as shown_signature, signatures_choose, signatures_list,
    signatures_read_picture, signatures_remove, signatures_save,
};

use crate::contract::{
    Account, AccountDraft, AccountSaved, AccountStatus, CheckNow, Code, Error, Nothing,
    SetAllOrNothing, SetEnabled, SetPassword, SyncWait, SyncWaited, Verification,
};
use crate::engine::Engine;
use crate::error::Result;

/// Longest wait of `sync.wait`, milliseconds.
const WAIT_LIMIT: u64 = 600_000;

/// The folders that a POP3 account has on this computer.
const LOCAL_FOLDERS: [(&str, MailboxRole); 6] = [
    ("Inbox", MailboxRole::Inbox),
    ("Drafts", MailboxRole::Drafts),
    ("Sent", MailboxRole::Sent),
    ("Archive", MailboxRole::Archive),
    ("Junk", MailboxRole::Junk),
    ("Trash", MailboxRole::Trash),
];

/// Returns an account's status; one that the synchronisation does not know is off.
fn status(engine: &Engine, id: AccountId) -> AccountStatus {
    let known = engine.sync().status(id);
    known.unwrap_or_else(|| posthorn_sync::Status::new(id, engine.clock().now())).into()
}

/// An account with what stands beside it.
type Read = (account::Account, Vec<account::Identity>, config::Habits);

fn read(tx: &ReadTx<'_>, one: account::Account) -> posthorn_store::Result<Read> {
    let identities = account::identities(tx, one.id)?;
    let habits = config::Habits {
        all_or_nothing: account::is_all_or_nothing(tx, one.id)?,
        wishes: posthorn_store::draft::habit(tx, one.id)?,
    };
    Ok((one, identities, habits))
}

/// Returns all accounts in their order.
pub(crate) async fn list(engine: &Engine) -> Result<Vec<Account>> {
    let job = |tx: &ReadTx<'_>| {
        account::list(tx)?.into_iter().map(|one| read(tx, one)).collect::<Result<Vec<_>, _>>()
    };
    let accounts = engine.store().read(job).await?;
    Ok(accounts
        .into_iter()
        .map(|(one, identities, habits)| config::convert(engine, one, identities, habits))
        .collect())
}

async fn get(engine: &Engine, id: AccountId) -> Result<Account> {
    let (one, identities, habits) =
        engine.store().read(move |tx| read(tx, account::get(tx, id)?)).await?;
    Ok(config::convert(engine, one, identities, habits))
}

/// Tells whether there is an account with a server, and so with passwords.
pub(crate) fn has_server(tx: &ReadTx<'_>) -> posthorn_store::Result<bool> {
    Ok(account::list(tx)?.iter().any(|one| !one.is_local()))
}

/// Gives the account of this computer's own folders, and makes it where there is none.
pub(crate) async fn accounts_open_local(engine: &Engine, _: Nothing) -> Result<Account> {
    let id = engine.store().write(account::open_local).await?;
    engine.sync().account_changed(id).await;
    get(engine, id).await
}

/// Lists the accounts in their order.
pub(crate) async fn accounts_list(engine: &Engine, _: Nothing) -> Result<Vec<Account>> {
    list(engine).await
}

/// Makes sure that the vault keeps what it is given before anything depends on it. Without accounts the encrypted
/// file takes the place of a keychain that keeps nothing; the page then asks for its master password.
async fn prove_vault(engine: &Engine) -> Result<()> {
    let is_empty = !engine.store().read(has_server).await?;
    let vault = engine.vault().clone();
    let proven = tokio::task::spawn_blocking(move || vault.prove(is_empty));
    proven.await.map_err(|error| Error::new(Code::Internal, error.to_string()))??;
    Ok(())
}

/// Logs in on both servers and saves nothing.
pub(crate) async fn accounts_verify(engine: &Engine, draft: AccountDraft) -> Result<Verification> {
    config::check(&draft.config)?;
    let keys = keys(engine, &draft).await?;
    Ok(Box::pin(verify(engine, &draft, &keys)).await?.0)
}

fn failed(verification: Verification) -> AccountSaved {
    AccountSaved { account: None, verification }
}

fn is_fine(verification: &Verification) -> bool {
    verification.incoming.is_none() && verification.outgoing.is_none()
}

/// Logs in on both servers, and saves the account when both succeed.
pub(crate) async fn accounts_add(engine: &Engine, draft: AccountDraft) -> Result<AccountSaved> {
    let draft = AccountDraft { id: None, ..draft };
    config::check(&draft.config)?;
    let keys = keys(engine, &draft).await?;
    let (verification, most) = Box::pin(verify(engine, &draft, &keys)).await?;
    if !is_fine(&verification) {
        return Ok(failed(verification));
    }
    prove_vault(engine).await?;
    // Switched off until its secrets are in the vault: a crash in between leaves an account that asks for nothing.
    let mut settings = config::to_settings(&draft.config, None);
    settings.is_enabled = false;
    pin::accept(&draft, &mut settings)?;
    let config = draft.config.clone();
    let id = engine
        .store()
        .write(move |tx| {
            let id = account::add(tx, &settings)?;
            posthorn_sync::note_message_size_limit(tx, id, None, most)?;
            config::put_identities(tx, id, &config)?;
            if settings.incoming.server.protocol == Protocol::Pop3 {
                for (name, role) in LOCAL_FOLDERS {
                    mailbox::add_local(tx, id, name, role)?;
                }
            }
            Ok(id)
        })
        .await?;
    if let Err(error) = keep(engine, id, keys).await {
        engine.store().write(move |tx| account::remove(tx, id)).await?;
        return Err(error);
    }
    enable(engine, id, true).await?;
    Ok(AccountSaved { account: Some(get(engine, id).await?), verification })
}

/// Changes an account; servers that changed are verified first.
pub(crate) async fn accounts_update(engine: &Engine, draft: AccountDraft) -> Result<AccountSaved> {
    let id = AccountId(draft.id.ok_or_else(|| Error::invalid("Which account is to be changed?"))?);
    config::check(&draft.config)?;
    let before = engine.store().read(move |tx| account::get(tx, id)).await?;
    let mut settings = config::to_settings(&draft.config, Some(&before.settings));
    pin::accept(&draft, &mut settings)?;
    let has_secret = draft.incoming_password.is_some()
        || draft.outgoing_password.is_some()
        || draft.sign_in.is_some();
    let has_moved = settings.incoming != before.settings.incoming
        || settings.outgoing != before.settings.outgoing;
    let mut verification = Verification { incoming: None, outgoing: None };
    if has_secret || has_moved {
        let keys = keys(engine, &draft).await?;
        let most;
        (verification, most) = Box::pin(verify(engine, &draft, &keys)).await?;
        if !is_fine(&verification) {
            return Ok(failed(verification));
        }
        keep(engine, id, keys).await?;
        let note = move |tx: &posthorn_store::WriteTx<'_>| {
            posthorn_sync::note_message_size_limit(tx, id, None, most)
        };
        engine.store().write(note).await?;
    }
    let config = draft.config;
    let gone = engine
        .store()
        .write(move |tx| {
            account::update(tx, id, &settings)?;
            config::put_identities(tx, id, &config)
        })
        .await?;
    if !gone.is_empty() {
        identity::forget(engine, id, gone).await;
    }
    engine.sync().account_changed(id).await;
    Ok(AccountSaved { account: Some(get(engine, id).await?), verification })
}

/// Gives an account a new password, or signs it in again; verified first.
pub(crate) async fn accounts_set_password(
    engine: &Engine,
    request: SetPassword,
) -> Result<AccountSaved> {
    let id = AccountId(request.id);
    let config = get(engine, id).await?.config;
    let draft = AccountDraft {
        id: Some(request.id),
        config,
        incoming_password: request.incoming_password,
        outgoing_password: request.outgoing_password,
        incoming_certificate: None,
        outgoing_certificate: None,
        sign_in: request.sign_in,
        ticket: String::new(),
    };
    let keys = keys(engine, &draft).await?;
    let (verification, _) = Box::pin(verify(engine, &draft, &keys)).await?;
    if !is_fine(&verification) {
        return Ok(failed(verification));
    }
    keep(engine, id, keys).await?;
    engine.sync().account_changed(id).await;
    Ok(AccountSaved { account: Some(get(engine, id).await?), verification })
}

async fn enable(engine: &Engine, id: AccountId, is_enabled: bool) -> Result<()> {
    let job = move |tx: &posthorn_store::WriteTx<'_>| {
        let mut settings = account::get(tx, id)?.settings;
        settings.is_enabled = is_enabled;
        account::update(tx, id, &settings)
    };
    engine.store().write(job).await?;
    engine.sync().account_changed(id).await;
    Ok(())
}

/// Switches an account on or off.
pub(crate) async fn accounts_set_enabled(engine: &Engine, request: SetEnabled) -> Result<Nothing> {
    enable(engine, AccountId(request.id), request.enabled).await?;
    Ok(Nothing {})
}

/// Says what happens when a recipient is refused.
pub(crate) async fn accounts_set_all_or_nothing(
    engine: &Engine,
    request: SetAllOrNothing,
) -> Result<Nothing> {
    let id = AccountId(request.id);
    let job = move |tx: &posthorn_store::WriteTx<'_>| {
        account::get(tx, id)?;
        account::set_all_or_nothing(tx, id, request.value)
    };
    engine.store().write(job).await?;
    Ok(Nothing {})
}

/// Fetches mail now.
pub(crate) async fn accounts_check_now(engine: &Engine, request: CheckNow) -> Result<Nothing> {
    engine.sync().check_now(request.account.map(AccountId));
    Ok(Nothing {})
}

/// Waits until synchronisation has come to rest.
pub(crate) async fn sync_wait(engine: &Engine, request: SyncWait) -> Result<SyncWaited> {
    let account = request.account.map(AccountId);
    let time = std::time::Duration::from_millis(request.timeout_ms.min(WAIT_LIMIT));
    let settled = engine.sync().wait_settled(account, time).await;
    let statuses = engine.sync().statuses().into_iter();
    let wanted = statuses.filter(|status| account.is_none_or(|id| id == status.account));
    Ok(SyncWaited { settled, accounts: wanted.map(Into::into).collect() })
}
