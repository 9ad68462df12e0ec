//! What a server says, in our own types: nothing here borrows from the connection.

mod body_structure;
mod code;
mod convert;
mod fetched;
mod mailbox;
mod parse;
mod quota;

pub use body_structure::{BodyStructure, Part, PartContent};
pub use code::{Code, CopyUid};
pub use fetched::{Fetched, Section};
pub use mailbox::{Mailbox, MailboxName, MailboxStatus, Namespace, Namespaces};
use posthorn_model::ModSeq;
pub use quota::{Quota, QuotaResource, Rights};

pub(crate) use convert::reply as convert;
pub(crate) use parse::frame as parse;

use crate::UidSet;

/// How a status response begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// A status response: condition, code, sentence (RFC 9051 section 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) condition: Condition,
    pub(crate) code: Option<Code>,
    pub(crate) text: String,
}

/// Numbers that a search found (RFC 9051 section 7.3.4, RFC 4731).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The uids (or message numbers), as ranges.
    pub uids: UidSet,
    /// The highest mod-seq among them. Absent unless the search named `MODSEQ`.
    pub modseq: Option<ModSeq>,
    /// `COUNT` of an `ESEARCH` answer.
    pub count: Option<u64>,
}

/// One untagged response.
#[derive(Debug)]
pub(crate) enum Untagged {
    Status(Status),
    Capability(Vec<String>),
    Enabled(Vec<String>),
    Exists(u32),
    Recent,
    Expunge(u32),
    Vanished {
        earlier: bool,
        uids: UidSet,
    },
    Flags(Vec<String>),
    Fetch(Box<Fetched>),
    List(Box<Mailbox>),
    /// A line of LSUB.
    Subscribed(MailboxName),
    MailboxStatus(MailboxName, Box<MailboxStatus>),
    Search(Found),
    Namespace(Namespaces),
    Id(Vec<(String, String)>),
    Quota(Quota),
    MyRights(MailboxName, String),
    /// A response that nobody asked for and that has no meaning to us: its first word.
    Other(String),
}

impl Untagged {
    /// Returns about how many octets of memory it holds beside itself.
    pub(crate) fn heap(&self) -> usize {
        match self {
            Self::Status(status) => status.text.len() + status.code.as_ref().map_or(0, Code::heap),
            Self::Capability(list) | Self::Enabled(list) | Self::Flags(list) => words(list),
            Self::Vanished { uids, .. } => uids.memory(),
            Self::Search(found) => found.uids.memory(),
            Self::Fetch(fetched) => fetched.heap(),
            Self::List(mailbox) => {
                size_of::<Mailbox>() + mailbox.name.as_wire().len() + words(&mailbox.attributes)
            }
            Self::Subscribed(name) => name.as_wire().len(),
            Self::MailboxStatus(name, _) => size_of::<MailboxStatus>() + name.as_wire().len(),
            Self::MyRights(name, rights) => name.as_wire().len() + rights.len(),
            Self::Other(word) => word.len(),
            Self::Id(fields) => {
                fields.iter().map(|(key, value)| 64 + key.len() + value.len()).sum()
            }
            // Of these there are at most MAX_WORDS members.
            Self::Quota(_) | Self::Namespace(_) => 1 << 16,
            Self::Exists(_) | Self::Recent | Self::Expunge(_) => 0,
        }
    }
}

/// Returns about how many octets words hold.
pub(crate) fn words(words: &[String]) -> usize {
    words.iter().map(|word| size_of::<String>() + 16 + word.len()).sum()
}

/// One response of any kind.
#[derive(Debug)]
pub(crate) enum Reply {
    Untagged(Untagged),
    /// `+`, with its text (base64 during authentication).
    Continue(String),
    Done {
        tag: String,
        status: Status,
    },
}

impl Reply {
    /// Takes names for UTF-8 (RFC 6855).
    pub(crate) fn respelt(self) -> Self {
        let Self::Untagged(untagged) = self else { return self };
        Self::Untagged(match untagged {
            Untagged::List(mut mailbox) => {
                mailbox.name = mailbox.name.respelt();
                Untagged::List(mailbox)
            }
            Untagged::Subscribed(name) => Untagged::Subscribed(name.respelt()),
            Untagged::MailboxStatus(name, status) => {
                Untagged::MailboxStatus(name.respelt(), status)
            }
            Untagged::MyRights(name, rights) => Untagged::MyRights(name.respelt(), rights),
            Untagged::Namespace(namespaces) => Untagged::Namespace(namespaces.respelt()),
            other => other,
        })
    }
}
