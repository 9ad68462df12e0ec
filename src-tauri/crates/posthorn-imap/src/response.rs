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
    List(Mailbox),
    /// A line of LSUB.
    Subscribed(MailboxName),
    MailboxStatus(MailboxName, MailboxStatus),
    Search(Found),
    Namespace(Namespaces),
    Id(Vec<(String, String)>),
    Quota(Quota),
    MyRights(MailboxName, String),
    /// A response that nobody asked for and that has no meaning to us: its first word.
    Other(String),
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
            Untagged::List(mailbox) => {
                Untagged::List(Mailbox { name: mailbox.name.respelt(), ..mailbox })
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
