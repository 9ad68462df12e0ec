//! Thread rows that a batch of changes must bring in line.
//!
//! Invariant: what is said of a thread without counting it is all that there is: it began in this batch, nothing but
//! messages of this batch is in it, and they are in one mailbox. What else happens to it makes it be counted.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{MailboxId, Position, ThreadId};

/// What a thread shows in one mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Position of its newest visible message; 0 = none.
    pub(crate) latest: i64,
    pub(crate) total: i64,
    pub(crate) unread: i64,
    pub(crate) flagged: i64,
    /// Messages with attachments.
    pub(crate) files: i64,
}

impl Counts {
    /// Those of one visible message.
    pub(crate) fn of(position: Position, is_seen: bool, is_flagged: bool, has_files: bool) -> Self {
        Self {
            latest: position.0,
            total: 1,
            unread: i64::from(!is_seen),
            flagged: i64::from(is_flagged),
            files: i64::from(has_files),
        }
    }

    fn add(&mut self, other: Self) {
        self.latest = self.latest.max(other.latest);
        self.total += other.total;
        self.unread += other.unread;
        self.flagged += other.flagged;
        self.files += other.files;
    }
}

/// Threads in mailboxes; of some it is known what they show.
#[derive(Debug, Default)]
pub(crate) struct Touched(BTreeMap<(MailboxId, ThreadId), Option<Counts>>);

impl Touched {
    /// Something happened to a thread: it is counted.
    pub(crate) fn look(&mut self, mailbox: MailboxId, thread: ThreadId) {
        self.0.insert((mailbox, thread), None);
    }

    /// A new message came into a mailbox. `found` are the threads that it belongs to and that were there before.
    pub(crate) fn add(
        &mut self,
        mailbox: MailboxId,
        thread: ThreadId,
        found: &BTreeSet<ThreadId>,
        counts: Counts,
    ) {
        if found.len() > 1 {
            for ((_, other), known) in &mut self.0 {
                if found.contains(other) {
                    *known = None;
                }
            }
        }
        if found.is_empty() {
            self.0.insert((mailbox, thread), Some(counts));
        } else if let Some(Some(known)) = self.0.get_mut(&(mailbox, thread)) {
            known.add(counts);
        } else {
            self.look(mailbox, thread);
        }
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = (MailboxId, ThreadId, Option<Counts>)> + '_ {
        self.0.iter().map(|((mailbox, thread), counts)| (*mailbox, *thread, *counts))
    }
}
