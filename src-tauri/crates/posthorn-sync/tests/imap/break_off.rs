//! Connections that break anywhere lose nothing and double nothing.

use posthorn_model::MailboxRole;
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::search;
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Proxy};

use crate::rig::{Rig, mail};

/// Lines of a connection after which it is cut: sign-in, list, select, fetch, and into the bodies.
const LINES: u64 = 36;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_synchronisation_survives_a_cut_after_any_line() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&(0..5).map(mail).collect::<Vec<_>>()).unwrap();
    for line in 1..=LINES {
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        proxy.arm(Cut::After(Direction::ToClient, line));
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        assert_eq!(rig.subjects("INBOX").await.len(), 5, "cut after line {line}");
        let coverage = rig.read(search::coverage).await;
        assert_eq!((coverage.messages, coverage.bodies), (5, 5), "cut after line {line}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_survive_a_cut_after_any_command() {
    let capabilities = [None, Some("IMAP4rev1 UIDPLUS")];
    for capability in capabilities {
        let options = DovecotOptions {
            imap_capability: capability.map(str::to_owned),
            ..DovecotOptions::default()
        };
        let server = Dovecot::start(options).unwrap();
        let count = 12;
        server.mailbox("anna", "INBOX").fill(&(0..count).map(mail).collect::<Vec<_>>()).unwrap();
        server.mailbox("anna", "Archive").create().unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        let inbox = rig.role(MailboxRole::Inbox).await.id;
        let archive = rig.role(MailboxRole::Archive).await.id;
        let all = rig.messages(inbox).await;
        let texts = ["UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE", "SELECT", "UID SEARCH"];
        for (at, message) in all.iter().copied().enumerate() {
            let text = (*texts.get(at % texts.len()).unwrap()).to_owned();
            let cut = if at % 2 == 0 {
                Cut::AfterText(Direction::ToServer, text)
            } else {
                Cut::BeforeText(Direction::ToServer, text)
            };
            proxy.arm(cut);
            let target = vec![(inbox, message)];
            rig.store
                .write(move |tx| {
                    operation::enqueue(
                        tx,
                        &Action::SetFlag { flag: Flag::Seen, to: Switch::On },
                        &target,
                    )?;
                    operation::enqueue(tx, &Action::Move { to: archive }, &target)
                })
                .await
                .unwrap();
            rig.settled().await;
        }
        assert_eq!(rig.messages(archive).await.len(), count, "{capability:?}");
        let stored = server.mailbox("anna", "Archive").messages().unwrap();
        assert_eq!(stored.len(), count, "{capability:?}: nothing lost, nothing doubled");
        assert!(stored.iter().all(|stored| stored.flags.seen));
        assert_eq!(
            server
                .mailbox("anna", "INBOX")
                .messages()
                .unwrap()
                .iter()
                .filter(|stored| !stored.flags.deleted)
                .count(),
            0
        );
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_comes_again_after_the_server_was_away() {
    let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    server.stop();
    rig.until("the status tells", || async {
        rig.sync.status(rig.account).unwrap().problem.is_some()
    })
    .await;
    server.mailbox("anna", "INBOX").deliver(&mail(2)).unwrap();
    server.start_again().unwrap();
    rig.settled().await;
    assert_eq!(rig.subjects("INBOX").await.len(), 2);
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}
