//! Folders: made, renamed, deleted. What is as wanted already counts as done, so a repetition is harmless.

use posthorn_imap::{Error, MailboxName};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::operation::Switch;

use crate::failure::Failure;
use crate::imap::connect::Connection;

/// Makes a folder and subscribes to it.
pub(super) async fn create(connection: &mut Connection, path: &str) -> Result<(), Failure> {
    let name = MailboxName::from_wire(path);
    match connection.session.create(&name).await {
        Err(error) if !is_refusal(&error) || !exists(connection, &name).await? => {
            return Err(error.into());
        }
        _ => {}
    }
    subscribe(connection, &name).await
}

/// Renames a folder; what is below it follows on the server. Subscriptions do not (RFC 9051 section 6.3.6): those of
/// `subtree`, which has its new paths already, are made again under them.
pub(super) async fn rename(
    connection: &mut Connection,
    from: &str,
    to: &str,
    subtree: &[Mailbox],
) -> Result<(), Failure> {
    let (old, new) = (MailboxName::from_wire(from), MailboxName::from_wire(to));
    close(connection).await?;
    match connection.session.rename(&old, &new).await {
        Ok(()) => {}
        Err(error)
            if is_refusal(&error)
                && !exists(connection, &old).await?
                && exists(connection, &new).await? => {}
        Err(error) => return Err(error.into()),
    }
    for mailbox in subtree.iter().filter(|mailbox| mailbox.is_subscribed) {
        let Some(rest) = mailbox.path.strip_prefix(to) else { continue };
        subscribe(connection, &MailboxName::from_wire(mailbox.path.clone())).await?;
        unsubscribe(connection, &MailboxName::from_wire(format!("{from}{rest}"))).await?;
    }
    Ok(())
}

/// Subscribes to a folder, or ends that.
pub(super) async fn subscribe_to(
    connection: &mut Connection,
    path: &str,
    to: Switch,
) -> Result<(), Failure> {
    let name = MailboxName::from_wire(path);
    match to {
        Switch::On => connection.session.subscribe(&name).await?,
        Switch::Off => connection.session.unsubscribe(&name).await?,
    }
    Ok(())
}

/// Deletes a folder with what is in it.
pub(super) async fn delete(connection: &mut Connection, path: &str) -> Result<(), Failure> {
    let name = MailboxName::from_wire(path);
    close(connection).await?;
    match connection.session.delete(&name).await {
        Err(error) if !is_refusal(&error) || exists(connection, &name).await? => Err(error.into()),
        _ => unsubscribe(connection, &name).await,
    }
}

/// Leaves the open mailbox, which some servers do not let be renamed or deleted.
async fn close(connection: &mut Connection) -> Result<(), Failure> {
    if connection.open.take().is_some() && connection.session.has("UNSELECT") {
        connection.session.unselect().await?;
    }
    Ok(())
}

/// Without a subscription other programs do not show the folder; a refusal takes nothing from ours.
async fn subscribe(connection: &mut Connection, name: &MailboxName) -> Result<(), Failure> {
    match connection.session.subscribe(name).await {
        Err(error) if error.is_fatal() => Err(error.into()),
        _ => Ok(()),
    }
}

/// A leftover subscription only shows a ghost elsewhere.
async fn unsubscribe(connection: &mut Connection, name: &MailboxName) -> Result<(), Failure> {
    match connection.session.unsubscribe(name).await {
        Err(error) if error.is_fatal() => Err(error.into()),
        _ => Ok(()),
    }
}

fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::No { .. })
}

async fn exists(connection: &mut Connection, name: &MailboxName) -> Result<bool, Failure> {
    let list = connection.session.list().await?;
    Ok(list.iter().any(|mailbox| mailbox.name == *name && !mailbox.has("\\nonexistent")))
}
