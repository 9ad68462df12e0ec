//! Step 3: what the server no longer has.
//!
//! Only two things make a message vanish here: the server said so (VANISHED), or a complete UID list under one uid
//! validity does not have it. A list that contradicts the server's own count, and an answer that would take more
//! than half of a folder and more than [`DOUBT_ABOVE`] messages, count only after a fresh connection agrees.

use posthorn_imap::{Event, MailboxName, Search, SelectMode, Selected, UidSet};
use posthorn_model::Uid;
use posthorn_store::mailbox::Mailbox;
use posthorn_store::placement;

use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::{self, Connection};
use crate::limit::DOUBT_ABOVE;

/// A complete list of the uids of a mailbox.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The uids.
    pub(crate) uids: UidSet,
    /// The list has as many members as the server says that there are messages.
    pub(crate) is_consistent: bool,
}

/// Asks for all uids of the open mailbox.
pub(crate) async fn list(
    connection: &mut Connection,
    selected: &Selected,
) -> Result<Listing, Failure> {
    let uids = connection.session.search(&Search::All).await?;
    let mut exists = u64::from(selected.exists);
    for event in connection.session.take_events() {
        match event {
            Event::Exists(count) => exists = u64::from(count),
            Event::Expunged(_) => exists = exists.saturating_sub(1),
            Event::Vanished(gone) => exists = exists.saturating_sub(gone.len()),
            _ => {}
        }
    }
    let is_consistent = uids.len() == exists;
    if !is_consistent {
        tracing::warn!(
            listed = uids.len(),
            exists,
            "a uid list contradicts the server's own count"
        );
    }
    Ok(Listing { uids, is_consistent })
}

/// Returns the uids that are known here, in ranges.
pub(crate) async fn known(account: &Account, mailbox: &Mailbox) -> Result<UidSet, Failure> {
    let id = mailbox.id;
    let uids = account.store().read(move |tx| placement::uids(tx, id)).await?;
    Ok(uids.into_iter().collect())
}

/// Removes what vanished, where it may be believed; returns what was removed.
pub(crate) async fn apply(
    account: &Account,
    mailbox: &Mailbox,
    known: &UidSet,
    gone: UidSet,
    is_consistent: bool,
) -> Result<UidSet, Failure> {
    let gone = gone.intersection(known);
    if gone.is_empty() {
        return Ok(gone);
    }
    let is_doubtful = !is_consistent || (gone.len() > DOUBT_ABOVE && gone.len() * 2 > known.len());
    let believed = if is_doubtful { confirm(account, mailbox, gone).await? } else { gone };
    let (id, uids) = (mailbox.id, believed.iter().collect::<Vec<Uid>>());
    account.store().write(move |tx| placement::vanish(tx, id, &uids).map(drop)).await?;
    Ok(believed)
}

/// Asks again on a fresh connection and returns what that one does not have either.
async fn confirm(account: &Account, mailbox: &Mailbox, gone: UidSet) -> Result<UidSet, Failure> {
    tracing::warn!(
        mailbox = mailbox.id.0,
        gone = gone.len(),
        "asking a fresh connection whether so much is gone"
    );
    let list = fresh_list(account, mailbox).await?;
    Ok(list.map_or_else(UidSet::new, |uids| gone.difference(&uids)))
}

/// Asks a fresh connection whether it gives the same list.
pub(crate) async fn is_confirmed(
    account: &Account,
    mailbox: &Mailbox,
    uids: &UidSet,
) -> Result<bool, Failure> {
    Ok(fresh_list(account, mailbox).await?.is_some_and(|list| list == *uids))
}

/// Returns the uids that a fresh connection lists; nothing where that list contradicts itself, or is of another epoch.
async fn fresh_list(account: &Account, mailbox: &Mailbox) -> Result<Option<UidSet>, Failure> {
    let mut fresh = connect::connect(account, Purpose::Doubting).await?;
    let name = MailboxName::from_wire(mailbox.path.clone());
    let selected = fresh.session.examine(&name, SelectMode::Plain).await?;
    let is_same_epoch = mailbox.sync.uid_validity == Some(selected.uid_validity);
    let listing = list(&mut fresh, &selected).await?;
    // Nobody waits for the goodbye.
    account.tasks.spawn(fresh.leave());
    Ok((is_same_epoch && listing.is_consistent).then_some(listing.uids))
}
