//! What the engine tells whoever listens. Rows that change in the store are told by the store itself.

use posthorn_model::{AccountId, MailboxId, MessageId, OperationId, OutboxId};

use crate::problem::Problem;
use crate::proof::ProofProgress;
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
    /// Nobody answered these sent messages in time; those whose time came first are first.
    FollowUpsDue(Vec<MessageId>),
    /// The server refused for good what the user did; it was taken back here.
    OperationRefused {
        /// Account.
        account: AccountId,
        /// The operation.
        operation: OperationId,
        /// Why, with the server's sentence.
        problem: Problem,
    },
    /// Bytes of a message on its way out left this computer. Told rarely; what a row's state is, the store tells.
    Sending {
        /// Account.
        account: AccountId,
        /// The outbox row.
        outbox: OutboxId,
        /// Bytes that went out in this try.
        sent: u64,
        /// Bytes in all.
        size: u64,
    },
    /// An account's server said what one may do with its folders.
    FoldersKnown(AccountId),
    /// An import or export got on, or is over.
    ArchiveChanged(Box<posthorn_store::archive::Job>),
    /// A proof got on, or is over (absent).
    Proof {
        /// Account.
        account: AccountId,
        /// How far it is.
        progress: Option<ProofProgress>,
    },
    /// The download of a large body got on, or is over.
    Download {
        /// How far it is.
        progress: crate::download::DownloadProgress,
        /// How it stands.
        state: crate::download::DownloadState,
    },
    /// An account came to rest: everything that was asked for is done, or it waits for the user.
    Settled(AccountId),
}
