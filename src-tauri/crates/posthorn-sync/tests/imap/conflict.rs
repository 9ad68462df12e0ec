//! Another program on the same account does something at the same time: the rules of `docs/SYNC.md`, each on a real
//! server.

use posthorn_imap::{MailboxName, SelectMode, Session, StoreMode, UidSet};
use posthorn_model::{Flags, MailboxId, MailboxRole, MessageId, Uid};
use posthorn_store::operation::{self, Action, MailboxRequest, OperationState};
use posthorn_store::{placement, removed};
use posthorn_sync::State;
use posthorn_testkit::{Dovecot, DovecotOptions};
use tokio::net::TcpStream;

use crate::operation::{left, star};
use crate::rig::{Rig, mail, other_client};

/// What a server offers besides the base: everything, and nothing.
const SERVERS: [Option<&str>; 2] = [None, Some("IMAP4rev1")];

struct Both {
    server: Dovecot,
    rig: Rig,
    inbox: MailboxId,
    archive: MailboxId,
    /// Messages of INBOX by number.
    messages: Vec<MessageId>,
}

/// Ten messages on both sides, and this side offline.
async fn both(capability: Option<&str>) -> Both {
    let options = DovecotOptions {
        imap_capability: capability.map(str::to_owned),
        ..DovecotOptions::default()
    };
    let server = Dovecot::start(options).unwrap();
    server.mailbox("anna", "INBOX").fill(&(0..10).map(mail).collect::<Vec<_>>()).unwrap();
    server.mailbox("anna", "Work").create().unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let archive = rig.role(MailboxRole::Archive).await.id;
    let mut messages = rig.messages(inbox).await;
    messages.reverse();
    rig.sync.set_offline(true);
    rig.until("it is offline", || async {
        rig.sync.status(rig.account).unwrap().state == State::Offline
    })
    .await;
    Both { server, rig, inbox, archive, messages }
}

impl Both {
    fn of(&self, numbers: &[usize]) -> Vec<(MailboxId, MessageId)> {
        numbers.iter().map(|number| (self.inbox, self.message(*number))).collect()
    }

    fn message(&self, number: usize) -> MessageId {
        self.messages.get(number).copied().unwrap()
    }

    async fn online(&self) {
        self.rig.sync.set_offline(false);
        self.rig.settled().await;
        self.rig
            .until("it is up to date", || async {
                self.rig.sync.status(self.rig.account).unwrap().state == State::UpToDate
            })
            .await;
    }

    /// Tells where a message is shown.
    async fn places(&self, number: usize) -> Vec<MailboxId> {
        let id = self.message(number);
        let places = self.rig.read(move |tx| placement::of_message(tx, id)).await;
        places
            .into_iter()
            .filter(|place| !place.is_leaving && !place.flags.deleted)
            .map(|place| place.mailbox)
            .collect()
    }

    async fn flags(&self, number: usize) -> Flags {
        let (inbox, id) = (self.inbox, self.message(number));
        let placed = self.rig.read(move |tx| placement::get(tx, inbox, id)).await;
        placed.expect("it is in INBOX").flags
    }

    async fn removed(&self) -> Vec<MessageId> {
        let account = self.rig.account;
        let removed = self.rig.read(move |tx| removed::list(tx, account)).await;
        removed.into_iter().map(|one| one.message).collect()
    }

    async fn is_log_empty(&self) -> bool {
        let account = self.rig.account;
        self.rig.read(move |tx| operation::count_under_way(tx, account)).await == 0
    }
}

fn uid(number: usize) -> UidSet {
    UidSet::from(Uid(u32::try_from(number).unwrap() + 1))
}

/// The other program deletes a message for good.
async fn remove(other: &mut Session<TcpStream>, number: usize) {
    other.store(&uid(number), StoreMode::Add, &flag("\\Deleted"), None).await.unwrap();
    if other.has("UIDPLUS") {
        other.expunge(&uid(number)).await.unwrap();
    } else {
        other.expunge_everything_deleted().await.unwrap();
    }
}

fn flag(name: &str) -> Flags {
    Flags::from_names([name])
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_of_both_sides_are_joined() {
    for capability in SERVERS {
        let both = both(capability).await;
        both.rig.act(star(), both.of(&[0, 1])).await;
        let mut other = other_client(both.server.imap_port(), "INBOX").await;
        // Another flag of the same message, the same flag, and the same flag the other way round.
        other.store(&uid(0), StoreMode::Add, &flag("\\Seen"), None).await.unwrap();
        other.store(&uid(1), StoreMode::Add, &flag("\\Flagged"), None).await.unwrap();
        other.store(&uid(1), StoreMode::Remove, &flag("\\Flagged"), None).await.unwrap();
        other.logout().await.unwrap();
        both.online().await;
        both.rig.sync.check_now(None);
        both.rig.settled().await;
        let (first, second) = (both.flags(0).await, both.flags(1).await);
        assert!(first.seen && first.flagged, "{capability:?}: both: {first:?}");
        assert!(second.flagged, "{capability:?}: who comes last has the last word: {second:?}");
        let there = both.server.mailbox("anna", "INBOX").messages().unwrap();
        assert_eq!(there.iter().filter(|stored| stored.flags.flagged).count(), 2);
        assert_eq!(there.iter().filter(|stored| stored.flags.seen).count(), 1);
        both.rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_moved_on_both_sides_is_where_the_server_has_it() {
    for capability in SERVERS {
        let both = both(capability).await;
        both.rig.act(Action::Move { to: both.archive }, both.of(&[2, 3])).await;
        let mut other = other_client(both.server.imap_port(), "INBOX").await;
        let work = MailboxName::from_display("Work");
        other.copy(&uid(2), &work).await.unwrap();
        remove(&mut other, 2).await;
        other.logout().await.unwrap();
        both.online().await;
        both.rig.sync.check_now(None);
        both.rig.settled().await;
        let work = both.rig.mailbox("Work").await.id;
        assert_eq!(both.places(2).await, [work], "{capability:?}: once, where the other moved it");
        assert_eq!(both.places(3).await, [both.archive], "{capability:?}");
        assert_eq!(left(&both.server, "Archive"), 1);
        assert_eq!(both.server.mailbox("anna", "Work").count().unwrap(), 1);
        assert!(both.is_log_empty().await);
        both.rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_elsewhere_is_gone_and_restorable_whatever_waits_for_it() {
    for capability in SERVERS {
        let both = both(capability).await;
        both.rig.act(star(), both.of(&[4, 7])).await;
        both.rig.act(Action::Move { to: both.archive }, both.of(&[5, 8])).await;
        both.rig.act(Action::Copy { to: both.archive }, both.of(&[6])).await;
        let mut other = other_client(both.server.imap_port(), "INBOX").await;
        for number in [4, 5, 6] {
            remove(&mut other, number).await;
        }
        other.logout().await.unwrap();
        both.online().await;
        both.rig.sync.check_now(None);
        both.rig.settled().await;
        for number in [4, 5, 6] {
            assert_eq!(both.places(number).await, [], "{capability:?} {number}");
            assert!(
                both.removed().await.contains(&both.message(number)),
                "{capability:?} {number}"
            );
        }
        assert!(both.flags(7).await.flagged, "{capability:?}: the others of the same operations");
        assert_eq!(both.places(8).await, [both.archive], "{capability:?}");
        assert_eq!((left(&both.server, "INBOX"), left(&both.server, "Archive")), (6, 1));
        assert!(both.is_log_empty().await);
        both.rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_was_renamed_elsewhere_is_followed_and_one_that_was_deleted_is_told() {
    for capability in SERVERS {
        let both = both(capability).await;
        let work = both.rig.mailbox("Work").await.id;
        both.rig.act(Action::Move { to: work }, both.of(&[0])).await;
        let mut other = other_client(both.server.imap_port(), "INBOX").await;
        let [old, new] = ["Work", "Projekte"].map(MailboxName::from_display);
        other.rename(&old, &new).await.unwrap();
        both.online().await;
        assert_eq!(both.rig.mailbox("Projekte").await.id, work, "{capability:?}");
        assert_eq!(both.places(0).await, [work], "{capability:?}");
        assert_eq!(both.server.mailbox("anna", "Projekte").count().unwrap(), 1);

        both.rig.sync.set_offline(true);
        both.rig
            .until("it is offline", || async {
                both.rig.sync.status(both.rig.account).unwrap().state == State::Offline
            })
            .await;
        let moved = both.rig.act(Action::Move { to: work }, both.of(&[1])).await;
        other.select(&MailboxName::inbox(), SelectMode::Plain).await.unwrap();
        other.delete(&new).await.unwrap();
        other.logout().await.unwrap();
        both.online().await;
        assert_eq!(both.places(1).await, [both.inbox], "{capability:?}: it is back");
        assert!(
            both.removed().await.contains(&both.message(0)),
            "{capability:?}: it went with the folder"
        );
        let id = moved.first().copied().unwrap();
        let operation = both.rig.read(move |tx| operation::get(tx, id)).await;
        assert!(
            matches!(operation.state, OperationState::Refused),
            "{capability:?}: {:?}",
            operation.state
        );
        assert_eq!(left(&both.server, "INBOX"), 9);
        both.rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_renamed_on_both_sides_keeps_one_name_and_all_mail() {
    for capability in SERVERS {
        let both = both(capability).await;
        both.server.mailbox("anna", "Work").fill(&(20..25).map(mail).collect::<Vec<_>>()).unwrap();
        let work = both.rig.mailbox("Work").await.id;
        both.rig
            .act_on(MailboxRequest::Rename {
                mailbox: work,
                path: "Here".to_owned(),
                name: "Here".to_owned(),
            })
            .await;
        let mut other = other_client(both.server.imap_port(), "INBOX").await;
        let [old, new] = ["Work", "There"].map(MailboxName::from_display);
        other.rename(&old, &new).await.unwrap();
        other.logout().await.unwrap();
        both.online().await;
        both.rig.sync.check_now(None);
        both.rig.settled().await;
        assert_eq!(both.rig.subjects("There").await.len(), 5, "{capability:?}");
        assert!(both.server.mailbox("anna", "There").exists(), "{capability:?}");
        assert!(!both.server.mailbox("anna", "Here").exists(), "{capability:?}");
        assert!(both.is_log_empty().await);
        both.rig.sync.shutdown().await;
    }
}
