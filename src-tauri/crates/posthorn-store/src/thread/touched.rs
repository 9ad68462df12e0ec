//! Thread rows that a batch of changes must bring in line.
//!
//! Invariants: what is said of a thread without counting it is all that there is (it began in this batch, nothing but
//! messages of this batch is in it, and they are in one mailbox), or all by which it differs from its stored row (new
//! messages, flags of messages that were and stay visible). A conversation may have thousands of messages, and is not
//! counted again for each batch. What else happens to it makes it be counted, and so does being made one with another.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{Flags, MailboxId, Position, ThreadId};

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

    /// What one message's flags add to what is stored.
    fn of_change(before: &Flags, after: &Flags) -> Self {
        let sign = |was: bool, is: bool| i64::from(is) - i64::from(was);
        Self {
            unread: sign(!before.seen, !after.seen),
            flagged: sign(before.flagged, after.flagged),
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.latest = self.latest.max(other.latest);
        self.total += other.total;
        self.unread += other.unread;
        self.flagged += other.flagged;
        self.files += other.files;
    }
}

/// What is known of a thread in a mailbox without looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing: it is counted.
    Nothing,
    /// All that there is.
    All(Counts),
    /// By how much it differs from its stored row; `latest` counts where it is newer.
    Change(Counts),
}

/// Threads in mailboxes; of some it is known what they show.
#[derive(Debug, Default)]
pub(crate) struct Touched(BTreeMap<(MailboxId, ThreadId), Known>);

impl Touched {
    /// Something happened to a thread: it is counted.
    pub(crate) fn look(&mut self, mailbox: MailboxId, thread: ThreadId) {
        self.0.insert((mailbox, thread), Known::Nothing);
    }

    /// A message's flags changed, and nothing else of it. `is_shown`: no operation hides it.
    pub(crate) fn change(
        &mut self,
        (mailbox, thread): (MailboxId, ThreadId),
        (before, after): (&Flags, &Flags),
        is_shown: bool,
    ) {
        let change = match (is_shown, before.deleted, after.deleted) {
            (true, false, false) => Counts::of_change(before, after),
            (false, _, _) | (true, true, true) => Counts::default(),
            (true, _, _) => return self.look(mailbox, thread),
        };
        match self.0.get_mut(&(mailbox, thread)) {
            None => _ = self.0.insert((mailbox, thread), Known::Change(change)),
            Some(Known::Change(known)) => known.add(change),
            Some(_) => self.look(mailbox, thread),
        }
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
                    *known = Known::Nothing;
                }
            }
        }
        if found.is_empty() {
            self.0.insert((mailbox, thread), Known::All(counts));
            return;
        }
        match self.0.get_mut(&(mailbox, thread)) {
            Some(Known::All(known) | Known::Change(known)) => known.add(counts),
            // Two that became one were counted on the way.
            None if found.len() > 1 => self.look(mailbox, thread),
            None => _ = self.0.insert((mailbox, thread), Known::Change(counts)),
            Some(Known::Nothing) => {}
        }
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = (MailboxId, ThreadId, Known)> + '_ {
        self.0.iter().map(|((mailbox, thread), known)| (*mailbox, *thread, *known))
    }
}
