//! Step 1: opens the mailbox, with QRESYNC where the server remembers what vanished, else with CONDSTORE, else
//! plainly.

use posthorn_imap::{MailboxName, SelectMode, Selected};
use posthorn_store::mailbox::Mailbox;

use crate::failure::Failure;
use crate::imap::connect::{Connection, WHO_WE_ARE};
use crate::imap::quirk;

/// Opens a mailbox for synchronisation. A refusal is an error and says nothing about the mailbox's messages.
pub(crate) async fn open(
    connection: &mut Connection,
    mailbox: &Mailbox,
) -> Result<Selected, Failure> {
    let mode = mode(connection, mailbox);
    let name = MailboxName::from_wire(mailbox.path.clone());
    connection.open = None;
    let selected = match connection.session.select(&name, mode.clone()).await {
        Err(error) if quirk::wants_introduction(&error) => {
            connection.session.identify(&WHO_WE_ARE).await?;
            connection.session.select(&name, mode).await?
        }
        // A server that offers it and cannot do it (Cyrus 2.4.11 did not know its own parameters).
        Err(posthorn_imap::Error::Bad { .. }) if matches!(mode, SelectMode::QResync { .. }) => {
            connection.session.distrust(["QRESYNC"]);
            connection.session.select(&name, self::mode(connection, mailbox)).await?
        }
        answer => answer?,
    };
    connection.open = Some((mailbox.id, selected.uid_validity));
    Ok(selected)
}

fn mode(connection: &Connection, mailbox: &Mailbox) -> SelectMode {
    let session = &connection.session;
    let can_resync = session.has("QRESYNC") && session.has("ENABLE");
    match (mailbox.sync.uid_validity, mailbox.sync.highest_modseq) {
        (Some(uid_validity), Some(modseq)) if can_resync => {
            SelectMode::QResync { uid_validity, modseq, known: None }
        }
        _ if session.has("CONDSTORE") || can_resync => SelectMode::CondStore,
        _ => SelectMode::Plain,
    }
}
