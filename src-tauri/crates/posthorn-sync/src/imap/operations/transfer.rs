//! Moving: MOVE where it is offered, else COPY, mark, expunge.
//!
//! A move that was interrupted goes on where it stopped. With MOVE what left the source has arrived. Without it a copy
//! may be there already: before the second try each message is looked for in the target by its Message-ID.

use posthorn_imap::{CopyUid, MailboxName, Search, SelectMode, UidSet};
use posthorn_model::Uid;
use posthorn_store::mailbox::Mailbox;
use posthorn_store::operation::Copied;
use posthorn_store::{message, placement};

use super::expunge;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::bodies;
use crate::limit::OPERATION_UIDS;

/// Moves messages of the open mailbox; returns the uids that the server told.
pub(super) async fn run(
    account: &Account,
    connection: &mut Connection,
    source: &Mailbox,
    target: &Mailbox,
    uids: &UidSet,
    is_again: bool,
) -> Result<Vec<Copied>, Failure> {
    let name = MailboxName::from_wire(target.path.clone());
    let mut copied = Vec::new();
    for piece in uids.pieces(OPERATION_UIDS) {
        let piece =
            if is_again { connection.session.search(&Search::Among(piece)).await? } else { piece };
        if piece.is_empty() {
            continue;
        }
        if connection.session.has("MOVE") {
            let told = connection.session.move_to(&piece, &name).await?;
            copied.extend(pairs(source, target, told));
            continue;
        }
        let to_copy = if is_again {
            let there = arrived(account, connection, source, target, &piece).await?;
            piece.difference(&there)
        } else {
            piece.clone()
        };
        if !to_copy.is_empty() {
            let told = connection.session.copy(&to_copy, &name).await?;
            copied.extend(pairs(source, target, told));
        }
        expunge::run(connection, &piece).await?;
    }
    Ok(copied)
}

/// Uids that were told count only under the epoch that is known here.
fn pairs(source: &Mailbox, target: &Mailbox, told: Option<CopyUid>) -> Vec<Copied> {
    let Some(told) = told.filter(|told| target.sync.uid_validity == Some(told.uid_validity)) else {
        return Vec::new();
    };
    told.pairs().map(|(uid, new_uid)| Copied { from: source.id, uid, new_uid }).collect()
}

/// Returns those of these messages that the target has already. One without a Message-ID is taken for missing: a
/// second copy is better than none.
async fn arrived(
    account: &Account,
    connection: &mut Connection,
    source: &Mailbox,
    target: &Mailbox,
    uids: &UidSet,
) -> Result<UidSet, Failure> {
    let (id, wanted) = (source.id, uids.iter().collect::<Vec<Uid>>());
    let read = account.store().read(move |tx| {
        let mut ids = Vec::new();
        for uid in wanted {
            if let Some(placement) = placement::by_uid(tx, id, uid)?
                && let Some(message_id) = message::get(tx, placement.message)?.head.message_id
            {
                ids.push((uid, message_id));
            }
        }
        Ok(ids)
    });
    let ids = read.await?;
    let name = MailboxName::from_wire(target.path.clone());
    connection.open = None;
    connection.session.examine(&name, SelectMode::Plain).await?;
    let mut there = Vec::new();
    for (uid, message_id) in ids {
        if !connection.session.search(&Search::MessageId(message_id.0)).await?.is_empty() {
            there.push(uid);
        }
    }
    if !bodies::open(connection, source).await? {
        return Err(Failure::Interrupted);
    }
    Ok(there.into_iter().collect())
}
