//! Flags: set or cleared, which can be repeated as often as one likes.

use posthorn_imap::{StoreMode, UidSet};
use posthorn_model::{Flags, MailboxId};
use posthorn_store::operation::{Flag, Switch};

use super::refusal::{self, Refusal, Step};
use crate::failure::Failure;
use crate::imap::connect::Connection;

/// Sets or clears a flag of messages in the open mailbox.
pub(super) async fn set(
    connection: &mut Connection,
    mailbox: MailboxId,
    uids: &UidSet,
    flag: &Flag,
    to: Switch,
    refused: &mut Vec<Refusal>,
) -> Result<(), Failure> {
    let flags = Flags::from_names([flag.name()]);
    let mode = if to == Switch::On { StoreMode::Add } else { StoreMode::Remove };
    refusal::run(connection, mailbox, &Step::Store(mode, flags), uids, refused).await.map(drop)
}
