//! What a server says about folders besides their mail: quotas, sizes, rights. Asked for when somebody looks at it.
//!
//! It is a server's word of this moment and lives in memory alone: after a start nothing is known until it is said
//! again. Invariant: what was not said is absent, never a guess.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use posthorn_imap::{Prompt, Prompted, Quota, Rights};
use posthorn_model::{MailboxId, Timestamp};
use tokio::sync::oneshot;

use crate::problem::Problem;

/// What the server says about a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFacts {
    /// Messages there. Absent when the server does not say.
    pub messages: Option<u32>,
    /// Unread messages there. Absent when the server does not say.
    pub unseen: Option<u32>,
    /// Octets of all its messages (RFC 8438). Absent when the server does not say.
    pub size: Option<u64>,
    /// Largest message that it takes, in octets (RFC 7889). Absent when the server does not say.
    pub append_limit: Option<u64>,
    /// Quotas that hold for it (RFC 9208); empty when there are none, or the server does not say.
    pub quotas: Vec<Quota>,
    /// What the user may do with it (RFC 4314). Absent on servers without access lists.
    pub rights: Option<Rights>,
    /// The folder is another user's or shared.
    pub is_foreign: bool,
    /// When this was said.
    pub at: Timestamp,
}

/// Somebody wants to know something of the server; the one who asked may have gone.
#[derive(Debug)]
pub(crate) enum Question {
    /// What it says about a folder.
    Folder(MailboxId, oneshot::Sender<Result<FolderFacts, Problem>>),
    /// What it answers to a harmless command.
    Prompt(Prompt, oneshot::Sender<Result<Prompted, Problem>>),
}

/// What is known of one account's folders.
#[derive(Debug, Default)]
pub(crate) struct Facts(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    rights: HashMap<MailboxId, Rights>,
    foreign: HashSet<MailboxId>,
}

impl Facts {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the user's rights on a folder, as last said.
    pub(crate) fn rights(&self, mailbox: MailboxId) -> Option<Rights> {
        self.lock().rights.get(&mailbox).cloned()
    }

    /// Remembers rights; false where they are known so already.
    pub(crate) fn set_rights(&self, mailbox: MailboxId, rights: Rights) -> bool {
        self.lock().rights.insert(mailbox, rights.clone()) != Some(rights)
    }

    /// Tells whether a folder is another user's or shared.
    pub(crate) fn is_foreign(&self, mailbox: MailboxId) -> bool {
        self.lock().foreign.contains(&mailbox)
    }

    /// Remembers which folders are others'; false where that is known so already.
    pub(crate) fn set_foreign(&self, mailboxes: HashSet<MailboxId>) -> bool {
        let mut known = self.lock();
        let is_new = known.foreign != mailboxes;
        known.foreign = mailboxes;
        is_new
    }
}
