//! Nouns: ids, addresses, flags, roles, the clock; no I/O.
//!
//! Vocabulary (the RFCs'): an *account* has *mailboxes* (shown to people as folders). A *message* is one set of
//! bytes; a *placement* is a message in a mailbox, with flags of its own. Messages that answer each other form a
//! *thread* (shown as a conversation).
//! Nothing here knows a protocol, a database or a format of transport: types are not serializable by design,
//! because a serializable type is already part of a contract (that is `posthorn-api`'s).

mod address;
mod clock;
mod flag;
mod id;
mod mailbox;
mod server;

pub use address::Address;
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use flag::{Flags, Keyword};
pub use id::{
    AccountId, AttachmentId, BodyId, DraftId, MailboxId, MessageId, MessageIdHeader, ModSeq,
    OperationId, OutboxId, Position, ThreadId, Uid, UidValidity, Uidl,
};
pub use mailbox::MailboxRole;
pub use server::{Encryption, Protocol, ServerAddress};
