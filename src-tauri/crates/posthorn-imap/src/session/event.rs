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
            Untagged::MailboxStatus(name, status) => Self::Counts(name, Box::new(status)),
            Untagged::List(mailbox) => Self::Listed(Box::new(mailbox)),
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
