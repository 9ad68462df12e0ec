//! A store in a temporary folder with one account, and mail made of few words.

use std::sync::Arc;

use posthorn_model::{
    AccountId, Address, Flags, MailboxId, ManualClock, MessageId, MessageIdHeader, Timestamp, Uid,
};
use posthorn_store::message::Head;
use posthorn_store::placement::{Arrival, Arrived, arrive};
use posthorn_store::{Paths, Store, testing};

/// Seconds since 1970 at which the clock stands.
pub(crate) const NOW: i64 = 1_700_000_000;

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) paths: Paths,
    pub(crate) account: AccountId,
    pub(crate) inbox: MailboxId,
    pub(crate) archive: MailboxId,
    pub(crate) sent: MailboxId,
    pub(crate) trash: MailboxId,
    pub(crate) _folder: tempfile::TempDir,
}

pub(crate) async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(NOW)));
    let paths = Paths::in_folder(folder.path());
    let store = Store::open(&paths, clock.clone()).unwrap();
    let (account, [inbox, archive, sent, trash]) =
        store.write(|tx| testing::add_account(tx, "me@example.org")).await.unwrap();
    Fixture { store, clock, paths, account, inbox, archive, sent, trash, _folder: folder }
}

/// A head: its id, the ids that it refers to, its subject (a leading `Re: ` counts), its sender, seconds after [`NOW`].
pub(crate) fn head(id: &str, references: &[&str], subject: &str, from: &str, seconds: i64) -> Head {
    let key = subject.strip_prefix("Re: ");
    let at = Timestamp::from_seconds(NOW - 86_400 + seconds);
    Head {
        message_id: (!id.is_empty()).then(|| MessageIdHeader(id.to_owned())),
        references: references.iter().map(|id| MessageIdHeader((*id).to_owned())).collect(),
        subject: subject.to_owned(),
        subject_key: key.unwrap_or(subject).to_lowercase(),
        has_reply_prefix: key.is_some(),
        from: vec![Address { name: from.to_owned(), email: format!("{from}@example.net") }],
        to: vec![Address::bare("me@example.org")],
        date: Some(at),
        received: at,
        size: 1000,
        ..Head::default()
    }
}

pub(crate) fn arrival(uid: u32, head: Head) -> Arrival {
    Arrival { uid: Some(Uid(uid)), head, ..Arrival::default() }
}

impl Fixture {
    pub(crate) async fn arrive(&self, mailbox: MailboxId, arrivals: Vec<Arrival>) -> Vec<Arrived> {
        self.store.write(move |tx| arrive(tx, mailbox, &arrivals)).await.unwrap()
    }

    /// One message from `ann` with this id, uid and age.
    pub(crate) async fn one(&self, mailbox: MailboxId, id: &str, uid: u32) -> MessageId {
        self.arrive(mailbox, vec![arrival(uid, head(id, &[], id, "ann", i64::from(uid)))]).await[0]
            .message
    }

    /// Total and unread as the mailbox says.
    pub(crate) async fn counts(&self, mailbox: MailboxId) -> (u64, u64) {
        let found =
            self.store.read(move |tx| posthorn_store::mailbox::get(tx, mailbox)).await.unwrap();
        (found.total, found.unread)
    }

    pub(crate) async fn messages(&self, mailbox: MailboxId) -> Vec<MessageId> {
        self.store.read(move |tx| posthorn_store::placement::messages(tx, mailbox)).await.unwrap()
    }

    pub(crate) async fn flags(&self, mailbox: MailboxId, message: MessageId) -> Flags {
        let placed = self
            .store
            .read(move |tx| posthorn_store::placement::get(tx, mailbox, message))
            .await
            .unwrap();
        placed.unwrap().flags
    }
}
