//! Looks for a copy of ours in the open mailbox: the answer to *did it arrive before the connection broke?*

use posthorn_imap::{Search, UidSet};
use posthorn_model::{MailboxId, MessageId, Uid};
use posthorn_store::placement;

use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;

/// Messages of one size that are looked at where there is no Message-ID.
const CANDIDATES: usize = 8;

/// What is looked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The message here.
    pub(super) message: MessageId,
    /// Its Message-ID without angle brackets; absent where it has none.
    pub(super) message_id: Option<String>,
    /// Its bytes on the server.
    pub(super) size: u64,
}

/// Returns the newest message of the open mailbox that is this one and that is not known here as another. Without a
/// Message-ID it is known by its size alone: the caller compares the bytes.
pub(super) async fn find(
    account: &Account,
    connection: &mut Connection,
    mailbox: MailboxId,
    wanted: &Wanted,
) -> Result<Option<Uid>, Failure> {
    Ok(candidates(account, connection, mailbox, wanted).await?.first().copied())
}

/// The same, all of them, newest first.
pub(super) async fn candidates(
    account: &Account,
    connection: &mut Connection,
    mailbox: MailboxId,
    wanted: &Wanted,
) -> Result<Vec<Uid>, Failure> {
    let search = Search::Same { message_id: wanted.message_id.clone(), size: wanted.size };
    let found: UidSet = connection.session.search(&search).await?;
    let mut found: Vec<Uid> = found.iter().collect();
    found.reverse();
    let message = wanted.message;
    let read = account.store().read(move |tx| {
        let mut free = Vec::new();
        for uid in found {
            let owner = placement::by_uid(tx, mailbox, uid)?.map(|placed| placed.message);
            if owner.is_none_or(|owner| owner == message) && free.len() < CANDIDATES {
                free.push(uid);
            }
        }
        Ok(free)
    });
    Ok(read.await?)
}
