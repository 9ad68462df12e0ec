//! Copying and moving inside an account: COPY; MOVE where it is offered, else COPY, mark, expunge.
//!
//! What was interrupted goes on where it stopped. With MOVE what left the source has arrived. Else a copy may be there
//! already: before the second try each message is looked for in the target, by its Message-ID and size. Only what the
//! server copied is removed from the source.

use posthorn_imap::{CopyUid, MailboxName, Search, SelectMode, UidSet};
use posthorn_model::Uid;
use posthorn_store::mailbox::Mailbox;
use posthorn_store::operation::Copied;
use posthorn_store::{message, placement};

use super::refusal::{self, Refusal, Step};
use super::{expunge, find};
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::bodies;

/// What becomes of the messages in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Originals {
    /// They stay: a copy.
    Stay,
    /// They go: a move.
    Go,
}

/// One folder's part of a copy or a move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transfer<'a> {
    /// The open mailbox.
    pub(super) source: &'a Mailbox,
    /// Where to.
    pub(super) target: &'a Mailbox,
    /// Which messages.
    pub(super) uids: &'a UidSet,
    /// What becomes of them in the source.
    pub(super) originals: Originals,
    /// It was tried before: part of it may be done.
    pub(super) is_again: bool,
}

/// Copies or moves; returns the uids that the server told.
pub(super) async fn run(
    account: &Account,
    connection: &mut Connection,
    transfer: Transfer<'_>,
    refused: &mut Vec<Refusal>,
) -> Result<Vec<Copied>, Failure> {
    let Transfer { source, target, originals, is_again, .. } = transfer;
    let name = MailboxName::from_wire(target.path.clone());
    let uids =
        if is_again { among(connection, transfer.uids).await? } else { transfer.uids.clone() };
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    if originals == Originals::Go && connection.session.has("MOVE") {
        let taken = refusal::run(connection, source.id, &Step::Move(name), &uids, refused).await?;
        return Ok(pairs(source, target, &uids, taken.told));
    }
    let there = if is_again {
        arrived(account, connection, source, target, &uids).await?
    } else {
        UidSet::default()
    };
    let to_copy = uids.difference(&there);
    let taken = refusal::run(connection, source.id, &Step::Copy(name), &to_copy, refused).await?;
    if originals == Originals::Go {
        let mut gone = there;
        gone.extend(&taken.uids);
        if !gone.is_empty() {
            expunge::run(connection, &gone).await?;
        }
    }
    Ok(pairs(source, target, &uids, taken.told))
}

/// Returns those of these messages that the open mailbox still has.
async fn among(connection: &mut Connection, uids: &UidSet) -> Result<UidSet, Failure> {
    let mut found = UidSet::default();
    for piece in uids.pieces(crate::limit::OPERATION_UIDS) {
        found.extend(&connection.session.search(&Search::Among(piece)).await?);
    }
    Ok(found)
}

/// Uids that were told count only under the epoch that is known here, and for messages that were meant.
fn pairs(source: &Mailbox, target: &Mailbox, meant: &UidSet, told: Vec<CopyUid>) -> Vec<Copied> {
    told.into_iter()
        .filter(|told| target.sync.uid_validity == Some(told.uid_validity))
        // A range of four thousand million pairs costs a server nothing.
        .filter(|told| told.len() <= meant.len())
        .flat_map(|told| {
            let pairs: Vec<Copied> = told
                .pairs()
                .filter(|(uid, new_uid)| meant.contains(*uid) && new_uid.0 > 0)
                .map(|(uid, new_uid)| Copied { from: source.id, uid, new_uid })
                .collect();
            pairs
        })
        .collect()
}

/// Returns those of these messages that the target has already, besides those that were known there before.
async fn arrived(
    account: &Account,
    connection: &mut Connection,
    source: &Mailbox,
    target: &Mailbox,
    uids: &UidSet,
) -> Result<UidSet, Failure> {
    let (id, wanted) = (source.id, uids.iter().collect::<Vec<Uid>>());
    let read = account.store().read(move |tx| {
        let mut heads = Vec::new();
        for uid in wanted {
            if let Some(placement) = placement::by_uid(tx, id, uid)? {
                heads.push((uid, placement.message, message::get(tx, placement.message)?.head));
            }
        }
        Ok(heads)
    });
    let heads = read.await?;
    let name = MailboxName::from_wire(target.path.clone());
    connection.open = None;
    connection.session.examine(&name, SelectMode::Plain).await?;
    let mut there = Vec::new();
    for (uid, message, head) in heads {
        // One without a Message-ID is taken for missing: a second copy is better than none.
        let Some(message_id) = head.message_id else { continue };
        let wanted = find::Wanted { message, message_id: Some(message_id.0), size: head.size };
        if find::find(account, connection, target.id, &wanted).await?.is_some() {
            there.push(uid);
        }
    }
    if !bodies::open(connection, source).await? {
        return Err(Failure::Interrupted);
    }
    Ok(there.into_iter().collect())
}
