//! What other programs do to the account while it is watched.

use posthorn_imap::{MailboxName, Search, StoreMode, UidSet};
use posthorn_model::{Flags, MailboxRole, Uid};
use posthorn_store::{message, placement};
use posthorn_sync::{ProblemKind, State, SyncEvent};
use posthorn_testkit::{Dovecot, DovecotOptions};

use crate::rig::{Rig, mail, other_client};

#[tokio::test(flavor = "multi_thread")]
async fn new_mail_is_shown_and_told_without_asking() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let mut events = rig.sync.subscribe();
    server.mailbox("anna", "INBOX").deliver(&mail(2)).unwrap();
    let arrived = async {
        loop {
            if let Ok(SyncEvent::Arrived { messages, .. }) = events.recv().await {
                return messages;
            }
        }
    };
    let messages =
        tokio::time::timeout(crate::rig::PATIENCE, arrived).await.expect("IDLE brings it");
    let id = *messages.first().unwrap();
    assert_eq!(rig.read(move |tx| message::get(tx, id)).await.head.subject, "number 00002");
    rig.settled().await;
    assert!(matches!(
        rig.read(move |tx| message::get(tx, id)).await.body,
        message::BodyState::Whole(_)
    ));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_and_removals_made_elsewhere_arrive() {
    for capability in
        [None, Some("IMAP4rev1 IDLE UIDPLUS CONDSTORE ENABLE"), Some("IMAP4rev1 UIDPLUS")]
    {
        let options = DovecotOptions {
            imap_capability: capability.map(str::to_owned),
            ..DovecotOptions::default()
        };
        let server = Dovecot::start(options).unwrap();
        server.mailbox("anna", "INBOX").fill(&[mail(1), mail(2), mail(3)]).unwrap();
        server.mailbox("anna", "Work").fill(&[mail(4), mail(5)]).unwrap();
        let rig = Rig::start(server.imap_port()).await;
        rig.settled().await;

        let mut other = other_client(server.imap_port(), "INBOX").await;
        other
            .store(
                &UidSet::from(Uid(1)),
                StoreMode::Add,
                &Flags::from_names(["\\Seen", "$Work"]),
                None,
            )
            .await
            .unwrap();
        other
            .store(&UidSet::from(Uid(2)), StoreMode::Add, &Flags::from_names(["\\Deleted"]), None)
            .await
            .unwrap();
        other.expunge(&UidSet::from(Uid(2))).await.unwrap();
        let inbox = rig.role(MailboxRole::Inbox).await.id;
        rig.until("INBOX is as the other program left it", || async {
            let rows = rig
                .read(move |tx| {
                    Ok((
                        placement::by_uid(tx, inbox, Uid(1))?,
                        placement::by_uid(tx, inbox, Uid(2))?,
                    ))
                })
                .await;
            rows.0.is_some_and(|row| row.flags.seen && row.flags.keywords.contains("$Work"))
                && rows.1.is_none()
        })
        .await;

        other
            .select(&MailboxName::from_display("Work"), posthorn_imap::SelectMode::Plain)
            .await
            .unwrap();
        other
            .store(&UidSet::from(Uid(1)), StoreMode::Add, &Flags::from_names(["\\Flagged"]), None)
            .await
            .unwrap();
        other
            .store(&UidSet::from(Uid(2)), StoreMode::Add, &Flags::from_names(["\\Deleted"]), None)
            .await
            .unwrap();
        other.expunge(&UidSet::from(Uid(2))).await.unwrap();
        rig.sync.check_now(None);
        rig.settled().await;
        let work = rig.mailbox("Work").await.id;
        let rows = rig
            .read(move |tx| {
                Ok((placement::by_uid(tx, work, Uid(1))?, placement::by_uid(tx, work, Uid(2))?))
            })
            .await;
        assert!(rows.0.is_some_and(|row| row.flags.flagged), "{capability:?}");
        assert!(rows.1.is_none(), "{capability:?}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_uids_find_their_messages_again() {
    let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
    let all: Vec<_> = (0..60).map(mail).collect();
    server.mailbox("anna", "INBOX").fill(&all).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let inbox = rig.role(MailboxRole::Inbox).await;
    let before = rig.messages(inbox.id).await;
    server.stop();
    server.mailbox("anna", "INBOX").forget_uids().unwrap();
    server.start_again().unwrap();
    rig.sync.check_now(None);
    rig.settled().await;
    let after = rig.role(MailboxRole::Inbox).await;
    assert_ne!(after.sync.uid_validity, inbox.sync.uid_validity);
    assert_eq!(rig.messages(inbox.id).await, before, "the same messages under new uids");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_asked_for_once() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    server.deny(&["anna"]).unwrap();
    rig.sync.account_changed(rig.account).await;
    rig.settled().await;
    let status = rig.sync.status(rig.account).unwrap();
    assert_eq!(status.state, State::NeedsPassword);
    let problem = status.problem.unwrap();
    assert_eq!(problem.kind, ProblemKind::Credentials);
    assert!(!problem.server_said.is_empty());
    for _ in 0..5 {
        rig.sync.check_now(None);
        rig.settled().await;
        assert_eq!(rig.sync.status(rig.account).unwrap().state, State::NeedsPassword);
    }
    server.deny(&[]).unwrap();
    rig.sync.account_changed(rig.account).await;
    rig.settled().await;
    assert_eq!(rig.sync.status(rig.account).unwrap().state, State::UpToDate);
    let refused = server.log().unwrap().matches("(user disabled)").count();
    assert_eq!(
        refused, 1,
        "the password was shown to the server once: a second try locks accounts"
    );
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_made_and_removed_elsewhere_follow() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    server.mailbox("anna", "Old").fill(&[mail(2)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let mut other = other_client(server.imap_port(), "INBOX").await;
    other.create(&MailboxName::from_display("项目")).await.unwrap();
    other.delete(&MailboxName::from_display("Old")).await.unwrap();
    rig.sync.check_now(None);
    rig.settled().await;
    let account = rig.account;
    let names: Vec<String> = rig
        .read(move |tx| {
            Ok(posthorn_store::mailbox::list(tx, account)?
                .into_iter()
                .map(|mailbox| mailbox.name)
                .collect())
        })
        .await;
    assert!(names.contains(&"项目".to_owned()) && !names.contains(&"Old".to_owned()), "{names:?}");
    assert!(!other.search(&Search::All).await.unwrap().is_empty());
    rig.sync.shutdown().await;
}
