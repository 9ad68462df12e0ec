//! Identifiers, each a type of its own, so that no uid is ever passed where a local id is meant.
//!
//! Invariant: local ids (`…Id(i64)`) come from the store's AUTOINCREMENT columns and are never reused.

use std::fmt;
use std::sync::Arc;

macro_rules! local_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )*};
}

local_id! {
    /// An account on this computer.
    AccountId,
    /// A mailbox (folder) of an account.
    MailboxId,
    /// One set of bytes, whether they are here yet or not.
    MessageId,
    /// A conversation.
    ThreadId,
    /// A row of the body store: whole raw bytes or one section of a message.
    BodyId,
    /// A message being written.
    DraftId,
    /// A file attached to a draft.
    AttachmentId,
    /// A message on its way out.
    OutboxId,
    /// One thing that the user did.
    OperationId,
    /// Where a message stands in time order: received seconds x 16 plus a free number; unique, below 2^53.
    Position,
}

/// A message's number in a mailbox (RFC 9051 section 2.3.1.1); meaningful only under one [`UidValidity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u32);

impl fmt::Display for Uid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The epoch of a mailbox's uids (RFC 9051 section 2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UidValidity(pub u32);

/// A modification sequence (RFC 7162 section 3.1), 1 to 2^63 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModSeq(pub u64);

/// A POP3 server's unique id for a message (RFC 1939 section 7), as sent: bytes read as Latin-1, never empty. Shared: a
/// maildrop of 100,000 is listed, compared and fetched by the same names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uidl(pub Arc<str>);

/// The value of a `Message-ID` header (RFC 5322 section 3.6.4), without the angle brackets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageIdHeader(pub String);
