//! What a write changed, said in types: events, cache tags and view deltas come from these and from nothing else.
//!
//! Changes are handed out after the commit, one batch per transaction. A change names what to look at again; it
//! carries no contents, so that a late reader always sees the newest truth.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{
    AccountId, DraftId, MailboxId, MessageId, OperationId, OutboxId, Position, ThreadId,
};

/// One kind of thing that changed in a committed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Accounts or identities were added, edited or removed.
    Accounts(Vec<AccountId>),
    /// Mailboxes were added, edited or removed, or their counts or sync state changed.
    Mailboxes(Vec<MailboxId>),
    /// What one mailbox shows changed.
    Messages {
        /// The mailbox.
        mailbox: MailboxId,
        /// Messages that are newly visible there.
        added: Vec<MessageId>,
        /// Messages that are not visible there any more.
        removed: Vec<MessageId>,
        /// Messages there whose flags or keywords changed.
        changed: Vec<MessageId>,
    },
    /// Heads, previews, bodies or attachments of messages came or changed.
    Contents(Vec<MessageId>),
    /// Threads got or lost messages, or their counts changed.
    Threads(Vec<ThreadId>),
    /// Rows that a list on screen may show, or may have shown, in any order; for [`crate::view::refresh`].
    Rows(Vec<Position>),
    /// Outbox rows changed.
    Outbox(Vec<OutboxId>),
    /// Drafts changed.
    Drafts(Vec<DraftId>),
    /// Operations changed, of these accounts.
    Operations {
        /// Whose queue to look at.
        accounts: Vec<AccountId>,
        /// The operations.
        operations: Vec<OperationId>,
    },
    /// Contacts were learnt or used.
    Contacts,
    /// Reminders of sent messages changed.
    FollowUps,
    /// Settings with these keys changed.
    Settings(Vec<String>),
    /// Somebody's remote pictures are allowed or no longer allowed.
    RemoteImages,
    /// The list of what servers removed changed.
    Removed,
    /// A POP3 account's maildrop rows changed.
    Maildrop(Vec<AccountId>),
    /// Words of these messages came into the search index.
    Searchable(Vec<Position>),
}

#[derive(Debug, Default)]
struct MailboxMessages {
    added: BTreeSet<MessageId>,
    removed: BTreeSet<MessageId>,
    changed: BTreeSet<MessageId>,
}

/// Collects what one transaction changes; each thing once.
#[derive(Debug, Default)]
pub(crate) struct ChangeSet {
    accounts: BTreeSet<AccountId>,
    mailboxes: BTreeSet<MailboxId>,
    messages: BTreeMap<MailboxId, MailboxMessages>,
    contents: BTreeSet<MessageId>,
    threads: BTreeSet<ThreadId>,
    rows: BTreeSet<Position>,
    outbox: BTreeSet<OutboxId>,
    drafts: BTreeSet<DraftId>,
    operations: BTreeMap<OperationId, AccountId>,
    contacts: bool,
    follow_ups: bool,
    settings: BTreeSet<String>,
    remote_images: bool,
    removed: bool,
    maildrop: BTreeSet<AccountId>,
    searchable: BTreeSet<Position>,
}

impl ChangeSet {
    pub(crate) fn account(&mut self, id: AccountId) {
        self.accounts.insert(id);
    }

    pub(crate) fn mailbox(&mut self, id: MailboxId) {
        self.mailboxes.insert(id);
    }

    pub(crate) fn message_added(&mut self, mailbox: MailboxId, message: MessageId) {
        let entry = self.messages.entry(mailbox).or_default();
        // Gone and back within one transaction is a change, not an arrival.
        if entry.removed.remove(&message) {
            entry.changed.insert(message);
        } else {
            entry.added.insert(message);
        }
    }

    pub(crate) fn message_removed(&mut self, mailbox: MailboxId, message: MessageId) {
        let entry = self.messages.entry(mailbox).or_default();
        entry.changed.remove(&message);
        if !entry.added.remove(&message) {
            entry.removed.insert(message);
        }
    }

    pub(crate) fn message_changed(&mut self, mailbox: MailboxId, message: MessageId) {
        let entry = self.messages.entry(mailbox).or_default();
        if !entry.added.contains(&message) && !entry.removed.contains(&message) {
            entry.changed.insert(message);
        }
    }

    pub(crate) fn contents(&mut self, message: MessageId) {
        self.contents.insert(message);
    }

    pub(crate) fn thread(&mut self, id: ThreadId) {
        self.threads.insert(id);
    }

    pub(crate) fn row(&mut self, position: Position) {
        self.rows.insert(position);
    }

    pub(crate) fn outbox(&mut self, id: OutboxId) {
        self.outbox.insert(id);
    }

    pub(crate) fn draft(&mut self, id: DraftId) {
        self.drafts.insert(id);
    }

    pub(crate) fn operation(&mut self, id: OperationId, account: AccountId) {
        self.operations.insert(id, account);
    }

    pub(crate) fn contacts(&mut self) {
        self.contacts = true;
    }

    pub(crate) fn follow_ups(&mut self) {
        self.follow_ups = true;
    }

    pub(crate) fn setting(&mut self, key: &str) {
        self.settings.insert(key.to_owned());
    }

    pub(crate) fn remote_images(&mut self) {
        self.remote_images = true;
    }

    pub(crate) fn removed(&mut self) {
        self.removed = true;
    }

    pub(crate) fn maildrop(&mut self, account: AccountId) {
        self.maildrop.insert(account);
    }

    pub(crate) fn searchable(&mut self, position: Position) {
        self.searchable.insert(position);
    }

    /// Takes over what a later job of the same transaction changed.
    pub(crate) fn absorb(&mut self, later: Self) {
        self.accounts.extend(later.accounts);
        self.mailboxes.extend(later.mailboxes);
        for (mailbox, messages) in later.messages {
            for message in messages.removed {
                self.message_removed(mailbox, message);
            }
            for message in messages.added {
                self.message_added(mailbox, message);
            }
            for message in messages.changed {
                self.message_changed(mailbox, message);
            }
        }
        self.contents.extend(later.contents);
        self.threads.extend(later.threads);
        self.rows.extend(later.rows);
        self.outbox.extend(later.outbox);
        self.drafts.extend(later.drafts);
        self.operations.extend(later.operations);
        self.contacts |= later.contacts;
        self.follow_ups |= later.follow_ups;
        self.settings.extend(later.settings);
        self.remote_images |= later.remote_images;
        self.removed |= later.removed;
        self.maildrop.extend(later.maildrop);
        self.searchable.extend(later.searchable);
    }

    /// Returns the changes, empty where nothing changed.
    pub(crate) fn into_changes(self) -> Vec<Change> {
        fn list<T>(set: BTreeSet<T>) -> Vec<T> {
            set.into_iter().collect()
        }
        let mut changes = Vec::new();
        let mut push = |is_there: bool, change: Change| {
            if is_there {
                changes.push(change);
            }
        };
        push(!self.accounts.is_empty(), Change::Accounts(list(self.accounts)));
        push(!self.mailboxes.is_empty(), Change::Mailboxes(list(self.mailboxes)));
        for (mailbox, sets) in self.messages {
            let is_there =
                !(sets.added.is_empty() && sets.removed.is_empty() && sets.changed.is_empty());
            let (added, removed, changed) =
                (list(sets.added), list(sets.removed), list(sets.changed));
            push(is_there, Change::Messages { mailbox, added, removed, changed });
        }
        push(!self.contents.is_empty(), Change::Contents(list(self.contents)));
        push(!self.threads.is_empty(), Change::Threads(list(self.threads)));
        push(!self.rows.is_empty(), Change::Rows(list(self.rows)));
        push(!self.outbox.is_empty(), Change::Outbox(list(self.outbox)));
        push(!self.drafts.is_empty(), Change::Drafts(list(self.drafts)));
        let accounts: BTreeSet<AccountId> = self.operations.values().copied().collect();
        let operations: Vec<OperationId> = self.operations.into_keys().collect();
        push(!operations.is_empty(), Change::Operations { accounts: list(accounts), operations });
        push(self.contacts, Change::Contacts);
        push(self.follow_ups, Change::FollowUps);
        push(!self.settings.is_empty(), Change::Settings(list(self.settings)));
        push(self.remote_images, Change::RemoteImages);
        push(self.removed, Change::Removed);
        push(!self.maildrop.is_empty(), Change::Maildrop(list(self.maildrop)));
        push(!self.searchable.is_empty(), Change::Searchable(list(self.searchable)));
        changes
    }
}
