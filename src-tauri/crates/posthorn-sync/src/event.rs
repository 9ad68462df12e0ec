//! What the engine tells whoever listens. Rows that change in the store are told by the store itself.

use posthorn_model::{AccountId, MailboxId, MessageId, OperationId};

use crate::problem::Problem;
use crate::status::Status;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncEvent {
    /// An account does something else now, or got on with it.
    StatusChanged(Box<Status>),
    /// New mail came into an inbox after its first synchronisation, worth telling the user about.
    Arrived {
        /// Account.
        account: AccountId,
        /// Its inbox.
        mailbox: MailboxId,
        /// Unread messages, newest first.
        messages: Vec<MessageId>,
    },
    /// The server refused for good what the user did; it was taken back here.
    OperationRefused {
        /// Account.
        account: AccountId,
        /// The operation.
        operation: OperationId,
        /// Why, with the server's sentence.
        problem: Problem,
    },
    /// An account came to rest: everything that was asked for is done, or it waits for the user.
    Settled(AccountId),
}
