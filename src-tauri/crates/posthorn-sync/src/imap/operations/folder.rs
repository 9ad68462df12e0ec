//! Folders: made, renamed, deleted. What is as wanted already counts as done, so a repetition is harmless.

use posthorn_imap::{Error, MailboxName};

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

/// Renames a folder; what is below it follows.
pub(super) async fn rename(
    connection: &mut Connection,
    from: &str,
    to: &str,
) -> Result<(), Failure> {
    let (from, to) = (MailboxName::from_wire(from), MailboxName::from_wire(to));
    close(connection).await?;
    match connection.session.rename(&from, &to).await {
        Ok(()) => subscribe(connection, &to).await,
        Err(error)
            if is_refusal(&error)
                && !exists(connection, &from).await?
                && exists(connection, &to).await? =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes a folder with what is in it.
pub(super) async fn delete(connection: &mut Connection, path: &str) -> Result<(), Failure> {
    let name = MailboxName::from_wire(path);
    close(connection).await?;
    match connection.session.delete(&name).await {
        Err(error) if !is_refusal(&error) || exists(connection, &name).await? => Err(error.into()),
        _ => {
            // A leftover subscription only shows a ghost elsewhere.
            match connection.session.unsubscribe(&name).await {
                Err(error) if error.is_fatal() => Err(error.into()),
                _ => Ok(()),
            }
        }
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

fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::No { .. })
}

async fn exists(connection: &mut Connection, name: &MailboxName) -> Result<bool, Failure> {
    let list = connection.session.list().await?;
    Ok(list.iter().any(|mailbox| mailbox.name == *name && !mailbox.has("\\nonexistent")))
}
