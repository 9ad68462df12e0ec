//! The identities of accounts: shown, added, changed, removed.
//!
//! Invariant: nothing is kept that could not be sent: every address can be right, and no name holds a control character.

use posthorn_message::check_address;
use posthorn_model::{AccountId, Address, MailboxId, Protocol};
use posthorn_store::account::{self, Identity as Stored};
use posthorn_store::{ReadTx, WriteTx, mailbox};

use super::config::{FIELD_LIMIT, SIGNATURE_LIMIT, changed, to_text};
use crate::contract::{Account, Error, Identity, RemoveIdentity};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;

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

fn put(tx: &WriteTx<'_>, identity: &Stored) -> posthorn_store::Result<()> {
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
    if let Some(folder) = identity.sent_mailbox {
        check_folder(tx, identity.account, folder)?;
    }
    let before = known.iter().find(|one| one.id == identity.id);
    let before = before.map(|one| one.signature.as_str()).unwrap_or_default();
    let signature = changed(before, &identity.signature);
    account::put_identity(tx, &Stored { signature, ..identity.clone() }).map(drop)
}

/// Adds an identity or changes one; answers with its account.
pub(crate) async fn identities_save(engine: &Engine, request: Identity) -> Result<Account> {
    check(&request)?;
    let id = AccountId(request.account);
    let bcc: Vec<Address> = all(request.bcc);
    let stored = Stored {
        id: request.id,
        account: id,
        name: request.name.trim().to_owned(),
        email: request.email,
        reply_to: request.reply_to,
        signature: request.signature.trim_end().to_owned(),
        bcc,
        sent_mailbox: request.sent_mailbox.map(MailboxId),
    };
    engine.store().write(move |tx| put(tx, &stored)).await?;
    super::get(engine, id).await
}

/// Removes an identity; answers with its account.
pub(crate) async fn identities_remove(engine: &Engine, request: RemoveIdentity) -> Result<Account> {
    let id = AccountId(request.account);
    engine.store().write(move |tx| account::remove_identity(tx, id, request.id)).await?;
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
