//! Step 2: a mailbox whose uid validity changed gets new uids for the messages that are here already.
//!
//! Nothing is removed and nothing is downloaded again: the uids are forgotten, and the heads that arrive next find
//! their messages by the server's id, or by Message-ID, size and date. What no complete listing shows again goes at
//! the end of [`super::arrivals`].

use posthorn_imap::Selected;
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::placement;

use crate::engine::Account;
use crate::failure::Failure;

/// Brings the mailbox's row in line with the server's uid validity and returns it.
pub(crate) async fn reconcile(
    account: &Account,
    mailbox: Mailbox,
    selected: &Selected,
) -> Result<Mailbox, Failure> {
    let (id, validity) = (mailbox.id, selected.uid_validity);
    if mailbox.sync.uid_validity == Some(validity) {
        return Ok(mailbox);
    }
    if let Some(old) = mailbox.sync.uid_validity {
        tracing::info!(mailbox = id.0, old = old.0, new = validity.0, "the uid validity changed");
    }
    let write = account.store().write(move |tx| {
        placement::forget_uids(tx, id)?;
        let mut changed = mailbox::get(tx, id)?;
        changed.sync.uid_validity = Some(validity);
        mailbox::set_sync(tx, id, &changed.sync)?;
        Ok(changed)
    });
    Ok(write.await?)
}
