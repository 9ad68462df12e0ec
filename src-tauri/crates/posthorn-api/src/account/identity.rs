//! The identities of accounts: shown, added, changed, removed.
//!
//! Invariant: nothing is kept that could not be sent: every address can be right, no name holds a control character, and
//! a server of its own was signed in to.

mod server;

use posthorn_message::check_address;
use posthorn_model::{AccountId, Address, MailboxId, Protocol};
use posthorn_store::account::{self, Identity as Stored};
use posthorn_store::{ReadTx, WriteTx, mailbox};

use super::config::{self, FIELD_LIMIT, SIGNATURE_LIMIT, changed, to_text};
use super::pin;
use crate::contract::{
    Account, Code, Error, Identity, IdentityDraft, IdentitySaved, RemoveIdentity,
};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;

use server::Verified;
pub(super) use server::forget;

/// Identities of one account: more are a mistake.
const IDENTITY_LIMIT: usize = 100;
/// Default blind copies of one identity.
const BCC_LIMIT: usize = 20;

/// Returns identities as listed; the first is the account's own.
pub(super) fn convert(identities: &[Stored]) -> Vec<Identity> {
    let shown = identities.iter().enumerate().map(|(place, one)| Identity {
        id: one.id,
        account: one.account.0,
        name: one.name.clone(),
        email: one.email.clone(),
        reply_to: one.reply_to.clone(),
        signature: to_text(&one.signature),
        bcc: all(one.bcc.clone()),
        sent_mailbox: one.sent_mailbox.map(|mailbox| mailbox.0),
        main: place == 0,
        server: one.server.clone().map(config::server),
        pin: one.server.as_ref().map_or_else(String::new, pin::shown),
    });
    // An account without a server has no address, and sends nothing.
    shown.filter(|one| !one.email.is_empty()).collect()
}

/// Refuses what no identity can be.
fn check(identity: &Identity) -> Result<()> {
    if identity.name.len() > FIELD_LIMIT || identity.name.contains(char::is_control) {
        return Err(Error::invalid("A name is too long or contains a control character"));
    }
    if identity.signature.len() > SIGNATURE_LIMIT {
        return Err(Error::invalid("The signature is too long"));
    }
    if identity.bcc.len() > BCC_LIMIT {
        return Err(Error::invalid("These are too many blind copies"));
    }
    let answers = Some(&identity.reply_to).filter(|email| !email.is_empty());
    let copies = identity.bcc.iter().map(|address| &address.email);
    for email in std::iter::once(&identity.email).chain(answers).chain(copies) {
        check_address(email).map_err(|error| Error::invalid(error.to_string()).with(email))?;
    }
    Ok(())
}

/// Refuses a folder that no copy can be filed in.
fn check_folder(tx: &ReadTx<'_>, account: AccountId, id: MailboxId) -> posthorn_store::Result<()> {
    let is_here = account::get(tx, account)?.settings.incoming.server.protocol != Protocol::Imap;
    let found = mailbox::get(tx, id)?;
    if found.account != account || !found.is_selectable || found.is_local != is_here {
        return Err(posthorn_store::Error::Invalid("sent mail cannot be filed in this folder"));
    }
    Ok(())
}

fn put(tx: &WriteTx<'_>, identity: &Stored) -> posthorn_store::Result<i64> {
    let known = account::identities(tx, identity.account)?;
    let Some(first) = known.first().filter(|first| !first.email.is_empty()) else {
        return Err(posthorn_store::Error::Invalid("this account sends nothing"));
    };
    if identity.id == 0 && known.len() >= IDENTITY_LIMIT {
        return Err(posthorn_store::Error::Invalid("these are too many identities"));
    }
    if identity.id == first.id && identity.email != first.email {
        return Err(posthorn_store::Error::Invalid("this is the account's own address"));
    }
    if identity.id == first.id && identity.server.is_some() {
        return Err(posthorn_store::Error::Invalid("this is sent through the account's server"));
    }
    if let Some(folder) = identity.sent_mailbox {
        check_folder(tx, identity.account, folder)?;
    }
    let before = known.iter().find(|one| one.id == identity.id);
    let before = before.map(|one| one.signature.as_str()).unwrap_or_default();
    let signature = changed(before, &identity.signature);
    account::put_identity(tx, &Stored { signature, ..identity.clone() })
}

/// Adds an identity or changes one, when its own server lets it in; answers with its account.
pub(crate) async fn identities_save(
    engine: &Engine,
    request: IdentityDraft,
) -> Result<IdentitySaved> {
    check(&request.identity)?;
    let (id, identity) = (AccountId(request.identity.account), request.identity.id);
    let known = engine.store().read(move |tx| account::identities(tx, id)).await?;
    let before = known.into_iter().find(|one| one.id == identity).and_then(|one| one.server);
    let server = server::read(&request, before.as_ref())?;
    let verified = match &server {
        Some(server) => server::verify(engine, &request, server, before.as_ref()).await?,
        None => Verified::AsBefore,
    };
    if let Verified::Refused(problem) = verified {
        return Ok(IdentitySaved { account: None, problem: Some(problem) });
    }
    let stored = stored(request.identity);
    let has_changed = before.as_ref() != server.as_ref().map(|server| &server.login)
        || server.as_ref().is_some_and(|server| server.password.is_some());
    if let Some(server) = server {
        put_with_server(engine, stored, server, &verified).await?;
    } else {
        let saved = engine.store().write(move |tx| put(tx, &stored)).await?;
        if before.is_some() {
            server::forget(engine, id, vec![saved]).await;
        }
    }
    if has_changed {
        // What waits for the server goes on, or through another one.
        engine.sync().account_changed(id).await;
    }
    Ok(IdentitySaved { account: Some(super::get(engine, id).await?), problem: None })
}

/// Returns an identity as it is stored, with the account's server.
fn stored(identity: Identity) -> Stored {
    let bcc: Vec<Address> = all(identity.bcc);
    Stored {
        id: identity.id,
        account: AccountId(identity.account),
        name: identity.name.trim().to_owned(),
        email: identity.email,
        reply_to: identity.reply_to,
        signature: identity.signature.trim_end().to_owned(),
        bcc,
        sent_mailbox: identity.sent_mailbox.map(MailboxId),
        server: None,
    }
}

/// Saves an identity with its server, and what that said of the messages that it takes. The password is in the vault before
/// anything is sent there.
async fn put_with_server(
    engine: &Engine,
    identity: Stored,
    server: server::Server,
    verified: &Verified,
) -> Result<()> {
    let is_new = identity.id == 0;
    let id = if is_new {
        let first = identity.clone();
        engine.store().write(move |tx| put(tx, &first)).await?
    } else {
        identity.id
    };
    let account = identity.account;
    if let Err(error) = server::keep(engine, account, id, server.password).await {
        if is_new {
            engine.store().write(move |tx| account::remove_identity(tx, account, id)).await?;
        }
        return Err(error);
    }
    let has_password = !server.login.user.is_empty();
    let whole = Stored { id, server: Some(server.login), ..identity };
    engine.store().write(move |tx| put(tx, &whole)).await?;
    if let Verified::Open(most) = verified {
        let most = *most;
        let note = engine
            .store()
            .write(move |tx| posthorn_sync::note_message_size_limit(tx, account, Some(id), most));
        note.await?;
    }
    if !has_password {
        server::forget(engine, account, vec![id]).await;
    }
    Ok(())
}

/// Removes an identity; answers with its account.
pub(crate) async fn identities_remove(engine: &Engine, request: RemoveIdentity) -> Result<Account> {
    let id = AccountId(request.account);
    if engine.store().read(move |tx| account::waits_for_its_server(tx, request.id)).await? {
        let waits = "Messages in the outbox wait for the server of this address";
        return Err(Error::new(Code::Conflict, waits));
    }
    engine.store().write(move |tx| account::remove_identity(tx, id, request.id)).await?;
    forget(engine, id, vec![request.id]).await;
    super::get(engine, id).await
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::contract::{Address, Identity};

    fn identity() -> Identity {
        Identity {
            id: 0,
            account: 1,
            name: "Anna".to_owned(),
            email: "anna@example.org".to_owned(),
            reply_to: String::new(),
            signature: String::new(),
            bcc: Vec::new(),
            sent_mailbox: None,
            main: false,
            server: None,
            pin: String::new(),
        }
    }

    #[test]
    fn what_could_not_be_sent_is_refused() {
        assert!(check(&identity()).is_ok());
        let nobody = Address { name: String::new(), email: "nobody".to_owned() };
        for broken in [
            Identity { name: "Anna\r\nBcc: x@example.org".to_owned(), ..identity() },
            Identity { email: "anna".to_owned(), ..identity() },
            Identity { reply_to: "not an address".to_owned(), ..identity() },
            Identity { bcc: vec![nobody.clone()], ..identity() },
            Identity { signature: "x".repeat(1 << 20), ..identity() },
        ] {
            assert!(check(&broken).is_err(), "{broken:?}");
        }
    }
}
