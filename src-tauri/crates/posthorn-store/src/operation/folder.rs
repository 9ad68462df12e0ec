//! What the user does to folders: here at once, on the server when it can be reached.
//!
//! A mailbox that was deleted here is hidden until the server confirms; what is below it is deleted by operations of
//! its own, the deepest first. One of this computer waits for its turn too, so that it can be taken back: see
//! [`super::finish_local`].

use posthorn_model::{AccountId, MailboxId, OperationId, Timestamp};

use super::effect::add;
use super::{Action, Switch};
use crate::error::{Error, Result};
use crate::mailbox;
use crate::tx::{ReadTx, WriteTx};

/// A change of an account's mailboxes that the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxRequest {
    /// Makes one.
    Create {
        /// Path on the server.
        path: String,
        /// Shown name.
        name: String,
        /// Hierarchy delimiter of the account; empty = flat.
        delimiter: String,
    },
    /// Renames one.
    Rename {
        /// Which.
        mailbox: MailboxId,
        /// New path on the server.
        path: String,
        /// New shown name.
        name: String,
    },
    /// Deletes one with what is in it.
    Delete {
        /// Which.
        mailbox: MailboxId,
    },
    /// Subscribes to one, or ends that.
    Subscribe {
        /// Which.
        mailbox: MailboxId,
        /// Which of both.
        to: Switch,
    },
}

/// Makes, renames, deletes or subscribes to a mailbox: here at once, on the server when it can be reached.
pub fn enqueue_mailbox(
    tx: &WriteTx<'_>,
    account: AccountId,
    request: &MailboxRequest,
) -> Result<OperationId> {
    let (action, is_local) = match request {
        MailboxRequest::Create { path, name, delimiter } => {
            create(tx, account, path, name, delimiter)?
        }
        MailboxRequest::Rename { mailbox, path, name } => {
            let old = mailbox::get(tx, *mailbox)?;
            if mailbox::by_path(tx, account, path)?.is_some() {
                return Err(Error::Invalid("a folder with this name is there already"));
            }
            let inside = format!("{}{}", old.path, old.delimiter);
            if !old.delimiter.is_empty() && path.starts_with(&inside) {
                return Err(Error::Invalid("a folder cannot be moved into itself"));
            }
            mailbox::rename(tx, *mailbox, path, name)?;
            let (from, from_name) = (old.path, old.name);
            let (to, to_name) = (path.clone(), name.clone());
            (
                Action::RenameMailbox { mailbox: *mailbox, from, to, from_name, to_name },
                old.is_local,
            )
        }
        MailboxRequest::Delete { mailbox } => {
            let old = mailbox::get(tx, *mailbox)?;
            mailbox::set_hidden(tx, *mailbox, true)?;
            (Action::DeleteMailbox { mailbox: *mailbox, path: old.path }, false)
        }
        MailboxRequest::Subscribe { mailbox, to } => {
            let old = mailbox::get(tx, *mailbox)?;
            mailbox::set_subscribed(tx, *mailbox, *to == Switch::On)?;
            (Action::Subscribe { mailbox: *mailbox, path: old.path, to: *to }, old.is_local)
        }
    };
    let id = add(tx, account, &action)?;
    if is_local {
        super::done(tx, id, &[])?;
    }
    Ok(id)
}

/// What waits in accounts without folders on a server.
const LOCAL_WAITING: &str = "FROM operation JOIN account ON account.id = operation.account \
    WHERE operation.state IN ('queued', 'sent') AND operation.state = 'queued' AND after = 0 \
      AND incoming_protocol <> 'imap'";

/// Returns when the next operation is due that was held back in an account without folders on a server; absent = none
/// waits.
pub fn local_due(tx: &ReadTx<'_>) -> Result<Option<Timestamp>> {
    tx.one(&format!("SELECT min(next_try) {LOCAL_WAITING}"), [], |row| {
        Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp))
    })
}

/// Ends what [`local_due`] says is due now: nobody else does it.
pub fn finish_local(tx: &WriteTx<'_>) -> Result<()> {
    let sql =
        format!("SELECT operation.id {LOCAL_WAITING} AND next_try <= ?1 ORDER BY operation.id");
    for id in tx.all(&sql, [tx.now().0], |row| row.get(0).map(OperationId))? {
        super::done(tx, id, &[])?;
    }
    Ok(())
}

fn create(
    tx: &WriteTx<'_>,
    account: AccountId,
    path: &str,
    name: &str,
    delimiter: &str,
) -> Result<(Action, bool)> {
    if mailbox::by_path(tx, account, path)?.is_some() {
        return Err(Error::Invalid("a folder with this name is there already"));
    }
    let is_local = crate::account::get(tx, account)?.settings.incoming.server.protocol
        != posthorn_model::Protocol::Imap;
    let mailbox = if is_local {
        mailbox::add_local(tx, account, path, posthorn_model::MailboxRole::Other)?
    } else {
        let listed = mailbox::Listed {
            path: path.to_owned(),
            name: name.to_owned(),
            delimiter: delimiter.to_owned(),
            role: posthorn_model::MailboxRole::Other,
            is_selectable: true,
            is_subscribed: true,
        };
        mailbox::upsert(tx, account, &listed)?
    };
    mailbox::link_parents(tx, account)?;
    Ok((Action::CreateMailbox { mailbox, path: path.to_owned() }, is_local))
}
