//! Flags: set or cleared, which can be repeated as often as one likes.

use posthorn_imap::{StoreMode, UidSet};
use posthorn_model::Flags;
use posthorn_store::operation::{Flag, Switch};

use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::limit::OPERATION_UIDS;

/// Sets or clears a flag of messages in the open mailbox.
pub(super) async fn set(
    connection: &mut Connection,
    uids: &UidSet,
    flag: &Flag,
    to: Switch,
) -> Result<(), Failure> {
    let flags = Flags::from_names([flag.name()]);
    let mode = if to == Switch::On { StoreMode::Add } else { StoreMode::Remove };
    for piece in uids.pieces(OPERATION_UIDS) {
        connection.session.store(&piece, mode, &flags, None).await?;
    }
    Ok(())
}
