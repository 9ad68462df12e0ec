//! What a server says unasked (RFC 9051 section 7).

use crate::response::{Code, Untagged};
use crate::{Fetched, Mailbox, MailboxName, MailboxStatus, UidSet};

/// News, in the order in which the server told them. Message numbers (`seq`) hold at that moment: an `Expunged`
/// shifts all higher ones down by one.
#[derive(Debug)]
pub enum Event {
    /// The open mailbox now holds so many messages. Only a higher number means new mail.
    Exists(u32),
    /// The message with this number is gone.
    Expunged(u32),
    /// These uids are gone (QRESYNC).
    Vanished(UidSet),
    /// Something about a message, usually its flags.
    Changed(Box<Fetched>),
    /// The counts of a mailbox that is not open (NOTIFY).
    Counts(MailboxName, Box<MailboxStatus>),
    /// A mailbox was made, renamed or removed (NOTIFY).
    Listed(Box<Mailbox>),
    /// A sentence that the user must see (`ALERT`).
    Alert(String),
    /// The server is about to close the connection, with its sentence.
    Closing(String),
    /// More happened than was kept: look at the whole mailbox again.
    Overflow,
}

impl Event {
    /// Returns about how many octets of memory it holds.
    pub(crate) fn memory(&self) -> usize {
        let heap = match self {
            Self::Vanished(uids) => uids.memory(),
            Self::Changed(fetched) => fetched.heap(),
            Self::Counts(name, _) => size_of::<MailboxStatus>() + name.as_wire().len(),
            Self::Listed(mailbox) => {
                let attributes = crate::response::words(&mailbox.attributes);
                size_of::<Mailbox>() + mailbox.name.as_wire().len() + attributes
            }
            Self::Alert(text) | Self::Closing(text) => text.len(),
            Self::Exists(_) | Self::Expunged(_) | Self::Overflow => 0,
        };
        size_of::<Self>() + heap
    }

    pub(crate) fn from_untagged(untagged: Untagged) -> Option<Self> {
        Some(match untagged {
            Untagged::Exists(count) => Self::Exists(count),
            Untagged::Expunge(seq) => Self::Expunged(seq),
            Untagged::Vanished { earlier: false, uids } => Self::Vanished(uids),
            // Octets that nobody asked for are not news, and would be kept.
            Untagged::Fetch(mut fetched) => {
                fetched.sections.clear();
                fetched.body_structure = None;
                Self::Changed(fetched)
            }
            Untagged::MailboxStatus(name, status) => Self::Counts(name, status),
            Untagged::List(mailbox) => Self::Listed(mailbox),
            // RFC 5465 section 5.8: the server stopped telling.
            Untagged::Status(status) if status.code.as_ref().is_some_and(Code::is_overflow) => {
                Self::Overflow
            }
            Untagged::Status(status) if status.code == Some(Code::Alert) => {
                Self::Alert(status.text)
            }
            Untagged::Status(status) if status.condition == crate::response::Condition::Bye => {
                Self::Closing(status.text)
            }
            _ => return None,
        })
    }
}
