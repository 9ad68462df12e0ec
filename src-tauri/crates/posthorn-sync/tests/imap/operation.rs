//! What the user does reaches the server: now, later, once, and back.

use posthorn_model::{MailboxId, MailboxRole, MessageId};
use posthorn_store::operation::{self, Action, Flag, MailboxRequest, OperationState, Switch};
use posthorn_sync::{State, SyncEvent};
use posthorn_testkit::{Dovecot, DovecotOptions};

use crate::rig::{Rig, mail};

impl Rig {
    pub(crate) async fn act(
        &self,
        action: Action,
        targets: Vec<(MailboxId, MessageId)>,
    ) -> Vec<posthorn_model::OperationId> {
        self.store.write(move |tx| operation::enqueue(tx, &action, &targets)).await.unwrap()
    }

    pub(crate) async fn act_on(&self, request: MailboxRequest) -> posthorn_model::OperationId {
        let account = self.account;
        self.store.write(move |tx| operation::enqueue_mailbox(tx, account, &request)).await.unwrap()
    }
}

/// Messages of a folder on the server that are not marked as deleted.
pub(crate) fn left(server: &Dovecot, folder: &str) -> usize {
    let stored = server.mailbox("anna", folder).messages().unwrap();
    stored.iter().filter(|stored| !stored.flags.deleted).count()
}

pub(crate) fn star() -> Action {
    Action::SetFlag { flag: Flag::Flagged, to: Switch::On }
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_reach_the_server_and_can_be_taken_back() {
    let rich = None;
    let without_move = Some("IMAP4rev1 IDLE UIDPLUS");
    let poor = Some("IMAP4rev1");
    for capability in [rich, without_move, poor] {
        let options = DovecotOptions {
            imap_capability: capability.map(str::to_owned),
            ..DovecotOptions::default()
        };
        let server = Dovecot::start(options).unwrap();
        server.mailbox("anna", "INBOX").fill(&(0..20).map(mail).collect::<Vec<_>>()).unwrap();
        server.mailbox("anna", "Archive").create().unwrap();
        let rig = Rig::start(server.imap_port()).await;
        rig.settled().await;
        let inbox = rig.role(MailboxRole::Inbox).await.id;
        let archive = rig.role(MailboxRole::Archive).await.id;
        let all = rig.messages(inbox).await;
        let some: Vec<(MailboxId, MessageId)> = all.iter().take(5).map(|id| (inbox, *id)).collect();

        rig.act(star(), some.clone()).await;
        let moved = rig.act(Action::Move { to: archive }, some.clone()).await;
        rig.settled().await;
        assert_eq!(server.mailbox("anna", "Archive").count().unwrap(), 5, "{capability:?}");
        assert_eq!(left(&server, "INBOX"), 15, "{capability:?}");
        let there = server.mailbox("anna", "Archive").messages().unwrap();
        assert!(there.iter().all(|stored| stored.flags.flagged), "{capability:?}");
        assert_eq!(rig.messages(archive).await.len(), 5);

        let undone = moved.clone();
        rig.store.write(move |tx| operation::undo(tx, &undone)).await.unwrap();
        rig.settled().await;
        assert_eq!(
            rig.messages(inbox).await,
            all,
            "{capability:?}: the same messages in the same order"
        );
        assert_eq!(left(&server, "Archive"), 0, "{capability:?}");

        rig.act(Action::Delete, some).await;
        rig.settled().await;
        assert_eq!(left(&server, "INBOX"), 15, "{capability:?}");
        rig.sync.check_now(None);
        rig.settled().await;
        assert_eq!(
            rig.messages(inbox).await.len(),
            15,
            "{capability:?}: what was deleted stays deleted"
        );
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_offline_is_replayed_in_order() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&(0..10).map(mail).collect::<Vec<_>>()).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    rig.sync.set_offline(true);
    rig.until("it is offline", || async {
        rig.sync.status(rig.account).unwrap().state == State::Offline
    })
    .await;
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let all = rig.messages(inbox).await;
    let first = vec![(inbox, all[0])];
    rig.act_on(MailboxRequest::Create {
        path: "Made".to_owned(),
        name: "Made".to_owned(),
        delimiter: ".".to_owned(),
    })
    .await;
    let made = rig.mailbox("Made").await.id;
    rig.act(star(), first.clone()).await;
    rig.act(Action::Move { to: made }, first).await;
    rig.act(Action::SetFlag { flag: Flag::Seen, to: Switch::On }, vec![(made, all[0])]).await;
    assert_eq!(rig.messages(made).await, [all[0]], "it is here at once");
    let rig = rig.restart().await;
    rig.settled().await;
    let stored = server.mailbox("anna", "Made").messages().unwrap();
    assert_eq!(stored.len(), 1);
    assert!(stored[0].flags.flagged && stored[0].flags.seen);
    assert_eq!(server.mailbox("anna", "INBOX").count().unwrap(), 9);
    assert_eq!(rig.messages(made).await, [all[0]]);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_is_taken_back_and_told() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    server.mailbox("anna", "Gone").create().unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    rig.sync.set_offline(true);
    rig.until("it is offline", || async {
        rig.sync.status(rig.account).unwrap().state == State::Offline
    })
    .await;
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let gone = rig.mailbox("Gone").await.id;
    let all = rig.messages(inbox).await;
    std::fs::remove_dir_all(server.mailbox("anna", "Gone").path()).unwrap();
    let operation = rig.act(Action::Move { to: gone }, vec![(inbox, all[0])]).await[0];
    let mut events = rig.sync.subscribe();
    rig.sync.set_offline(false);
    rig.settled().await;
    assert_eq!(rig.messages(inbox).await, all, "it is back");
    assert_eq!(
        rig.read(move |tx| operation::get(tx, operation)).await.state,
        OperationState::Refused
    );
    let mut was_told = false;
    while let Ok(event) = events.try_recv() {
        was_told |= matches!(event, SyncEvent::OperationRefused { operation: told, .. } if told == operation);
    }
    assert!(was_told);
    assert_eq!(server.mailbox("anna", "INBOX").count().unwrap(), 1);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_made_renamed_and_deleted() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    rig.act_on(MailboxRequest::Create {
        path: "One".to_owned(),
        name: "One".to_owned(),
        delimiter: ".".to_owned(),
    })
    .await;
    rig.settled().await;
    assert!(server.mailbox("anna", "One").exists());
    let mailbox = rig.mailbox("One").await.id;
    rig.act_on(MailboxRequest::Rename { mailbox, path: "Two".to_owned(), name: "Two".to_owned() })
        .await;
    rig.settled().await;
    assert!(server.mailbox("anna", "Two").exists() && !server.mailbox("anna", "One").exists());
    rig.act_on(MailboxRequest::Delete { mailbox }).await;
    rig.settled().await;
    assert!(!server.mailbox("anna", "Two").exists());
    rig.sync.shutdown().await;
}
