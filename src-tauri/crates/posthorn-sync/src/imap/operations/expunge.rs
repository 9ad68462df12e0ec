//! Removal for good: only ever of our own uids.
//!
//! With UIDPLUS by UID EXPUNGE. Without it by a plain EXPUNGE, and only right after the server said that exactly our
//! messages are marked as deleted; else ours stay marked, which hides them, until somebody expunges.

use posthorn_imap::{Search, StoreMode, UidSet};
use posthorn_model::Flags;

use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::limit::OPERATION_UIDS;

/// Removes messages of the open mailbox. Those that are gone already are passed over.
pub(super) async fn run(connection: &mut Connection, uids: &UidSet) -> Result<(), Failure> {
    let deleted = Flags { deleted: true, ..Flags::default() };
    for piece in uids.pieces(OPERATION_UIDS) {
        connection.session.store(&piece, StoreMode::Add, &deleted, None).await?;
    }
    if connection.session.has("UIDPLUS") || connection.session.has("IMAP4REV2") {
        for piece in uids.pieces(OPERATION_UIDS) {
            connection.session.expunge(&piece).await?;
        }
        return Ok(());
    }
    let marked = connection.session.search(&Search::Deleted).await?;
    // Somebody else's marks are somebody else's decision.
    if !marked.is_empty() && marked.difference(uids).is_empty() {
        connection.session.expunge_everything_deleted().await?;
    }
    Ok(())
}
