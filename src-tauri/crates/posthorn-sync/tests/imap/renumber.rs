//! Servers whose uids mean something else than before: a new uid validity, a folder made anew, a folder renamed elsewhere,
//! another server with the same mail, a restored backup. What is here is found again, and nothing comes twice.

use std::path::Path;
use std::process::Command;

use posthorn_imap::MailboxName;
use posthorn_model::{MailboxId, MailboxRole, MessageId};
use posthorn_store::{account, message, placement, removed};
use posthorn_sync::State;
use posthorn_testkit::{Dovecot, DovecotOptions, Proxy};

use crate::operation::star;
use crate::rig::{Rig, mail, other_client};

const COUNT: usize = 40;

/// Commands that fetch whole messages, and those that fetch heads.
fn fetched(proxy: &Proxy) -> (usize, usize) {
    let said = proxy.said();
    let with = |what: &str| said.iter().filter(|(_, line)| line.contains(what)).count();
    (with("BODY.PEEK[])"), with("BODYSTRUCTURE"))
}

/// Bytes that are here, by message.
async fn bodies(rig: &Rig, mailbox: MailboxId) -> Vec<(MessageId, bool)> {
    rig.read(move |tx| {
        placement::messages(tx, mailbox)?
            .into_iter()
            .map(|id| {
                let body = message::get(tx, id)?.body;
                Ok((id, matches!(body, message::BodyState::Whole(_))))
            })
            .collect()
    })
    .await
}

async fn go_offline(rig: &Rig) {
    rig.sync.set_offline(true);
    rig.until("it is offline", || async {
        rig.sync.status(rig.account).unwrap().state == State::Offline
    })
    .await;
}

async fn go_online(rig: &Rig) {
    rig.sync.set_offline(false);
    rig.settled().await;
    rig.until("it is up to date", || async {
        rig.sync.status(rig.account).unwrap().state == State::UpToDate
    })
    .await;
}

async fn removed_count(rig: &Rig) -> usize {
    let account = rig.account;
    rig.read(move |tx| removed::list(tx, account)).await.len()
}

fn server(capability: Option<&str>) -> Dovecot {
    let options = DovecotOptions {
        imap_capability: capability.map(str::to_owned),
        ..DovecotOptions::default()
    };
    Dovecot::start(options).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_uid_validity_costs_neither_heads_nor_bodies() {
    for capability in [None, Some("IMAP4rev1")] {
        let mut server = server(capability);
        server.mailbox("anna", "INBOX").fill(&(0..COUNT).map(mail).collect::<Vec<_>>()).unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        let inbox = rig.role(MailboxRole::Inbox).await.id;
        let before = bodies(&rig, inbox).await;
        go_offline(&rig).await;
        let starred: Vec<(MailboxId, MessageId)> =
            before.iter().take(3).map(|(id, _)| (inbox, *id)).collect();
        rig.act(star(), starred.clone()).await;
        server.stop();
        server.mailbox("anna", "INBOX").forget_uids().unwrap();
        server.start_again().unwrap();
        proxy.forget_said();
        go_online(&rig).await;
        assert_eq!(
            bodies(&rig, inbox).await,
            before,
            "{capability:?}: the same messages, with their bytes"
        );
        assert_eq!(fetched(&proxy), (0, 0), "{capability:?}: {:#?}", proxy.said());
        assert_eq!(removed_count(&rig).await, 0, "{capability:?}");
        let there = server.mailbox("anna", "INBOX").messages().unwrap();
        let count = there.iter().filter(|stored| stored.flags.flagged).count();
        assert_eq!(count, 3, "{capability:?}: what was done here arrived");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_made_anew_under_its_old_name_keeps_what_it_has_again() {
    for capability in [None, Some("IMAP4rev1")] {
        let server = server(capability);
        server.mailbox("anna", "Work").fill(&(0..COUNT).map(mail).collect::<Vec<_>>()).unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        let work = rig.mailbox("Work").await.id;
        let before = bodies(&rig, work).await;
        go_offline(&rig).await;
        let mut other = other_client(server.imap_port(), "INBOX").await;
        let name = MailboxName::from_display("Work");
        other.delete(&name).await.unwrap();
        other.create(&name).await.unwrap();
        other.logout().await.unwrap();
        // Half of it is there again, and one is new.
        let again: Vec<_> = (COUNT / 2..=COUNT).map(mail).collect();
        server.mailbox("anna", "Work").fill(&again).unwrap();
        proxy.forget_said();
        go_online(&rig).await;
        let folder = rig.mailbox("Work").await;
        let after = bodies(&rig, folder.id).await;
        let kept = before.iter().filter(|one| after.contains(one)).count();
        assert_eq!((after.len(), kept), (COUNT / 2 + 1, COUNT / 2), "{capability:?}");
        assert_eq!(fetched(&proxy).0, 1, "{capability:?}: the new one: {:#?}", proxy.said());
        assert_eq!(
            removed_count(&rig).await,
            COUNT / 2,
            "{capability:?}: the others are restorable"
        );
        assert_eq!(folder.id, work);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_renamed_elsewhere_is_the_same_folder() {
    // With counts in the list, with counts that are asked for, and where nothing is told but the opening.
    let without_status = Some("IMAP4rev1 ENABLE QRESYNC CONDSTORE UIDPLUS");
    for capability in [None, without_status, Some("IMAP4rev1")] {
        let server = server(capability);
        server.mailbox("anna", "Work").fill(&(0..COUNT).map(mail).collect::<Vec<_>>()).unwrap();
        server.mailbox("anna", "Work/2026").fill(&(50..60).map(mail).collect::<Vec<_>>()).unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        let (work, below) = (rig.mailbox("Work").await.id, rig.mailbox("Work.2026").await.id);
        let before = (bodies(&rig, work).await, bodies(&rig, below).await);
        go_offline(&rig).await;
        let first: Vec<(MailboxId, MessageId)> =
            before.0.iter().take(2).map(|(id, _)| (work, *id)).collect();
        rig.act(star(), first).await;
        let mut other = other_client(server.imap_port(), "INBOX").await;
        let [old, new] = ["Work", "Projekte"].map(MailboxName::from_display);
        other.rename(&old, &new).await.unwrap();
        other.logout().await.unwrap();
        proxy.forget_said();
        go_online(&rig).await;
        assert_eq!(rig.mailbox("Projekte").await.id, work, "{capability:?}");
        assert_eq!(rig.mailbox("Projekte.2026").await.id, below, "{capability:?}");
        let after = (bodies(&rig, work).await, bodies(&rig, below).await);
        assert_eq!(after, before, "{capability:?}");
        assert_eq!(fetched(&proxy), (0, 0), "{capability:?}: {:#?}", proxy.said());
        assert_eq!(removed_count(&rig).await, 0, "{capability:?}");
        let there = server.mailbox("anna", "Projekte").messages().unwrap();
        let count = there.iter().filter(|stored| stored.flags.flagged).count();
        assert_eq!(count, 2, "{capability:?}: what waited followed the folder");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_with_the_same_mail_brings_nothing_twice() {
    let old = server(None);
    let all: Vec<_> = (0..COUNT).map(mail).collect();
    old.mailbox("anna", "INBOX").fill(&all).unwrap();
    old.mailbox("anna", "Work").fill(&(50..60).map(mail).collect::<Vec<_>>()).unwrap();
    let rig = Rig::start(old.imap_port()).await;
    rig.settled().await;
    let (inbox, work) = (rig.role(MailboxRole::Inbox).await.id, rig.mailbox("Work").await.id);
    let before = (bodies(&rig, inbox).await, bodies(&rig, work).await);
    go_offline(&rig).await;
    let starred: Vec<(MailboxId, MessageId)> =
        before.0.iter().take(2).map(|(id, _)| (inbox, *id)).collect();
    rig.act(star(), starred).await;
    // The same mail in another order, so that every uid means another message.
    let new = server(None);
    let turned: Vec<_> = (0..COUNT).rev().map(mail).collect();
    for delivery in turned.chunks(7) {
        new.mailbox("anna", "INBOX").fill(delivery).unwrap();
    }
    new.mailbox("anna", "Work").fill(&(50..60).map(mail).collect::<Vec<_>>()).unwrap();
    let proxy = Proxy::start(new.imap_port()).await.unwrap();
    let (id, port) = (rig.account, proxy.port());
    rig.store
        .write(move |tx| {
            let mut settings = account::get(tx, id)?.settings;
            settings.incoming.server.port = port;
            account::update(tx, id, &settings)
        })
        .await
        .unwrap();
    rig.sync.account_changed(id).await;
    go_online(&rig).await;
    assert_eq!((bodies(&rig, inbox).await, bodies(&rig, work).await), before);
    assert_eq!(fetched(&proxy), (0, 0), "{:#?}", proxy.said());
    assert_eq!(removed_count(&rig).await, 0);
    let there = new.mailbox("anna", "INBOX").messages().unwrap();
    let flagged: Vec<_> = there.iter().filter(|stored| stored.flags.flagged).collect();
    assert_eq!(flagged.len(), 2, "what waited reached the new server");
    for stored in flagged {
        let text = String::from_utf8_lossy(&stored.bytes().unwrap()).into_owned();
        assert!(text.contains("number 00039") || text.contains("number 00038"), "the right ones");
    }
    rig.sync.shutdown().await;
}

/// Copies a folder of the server with everything that belongs to it: owners, times.
fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_never_gives_one_message_the_number_of_another() {
    for capability in [None, Some("IMAP4rev1 CONDSTORE UIDPLUS"), Some("IMAP4rev1 UIDPLUS")] {
        let mut server = server(capability);
        server.mailbox("anna", "INBOX").fill(&(0..10).map(mail).collect::<Vec<_>>()).unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        go_offline(&rig).await;
        server.stop();
        let (live, kept) = (server.mail_root().join("anna"), server.path().join("backup"));
        copy(&live, &kept);
        server.start_again().unwrap();
        // Uids 11 to 15, read and starred: the server counts on.
        server.mailbox("anna", "INBOX").fill(&(10..15).map(mail).collect::<Vec<_>>()).unwrap();
        go_online(&rig).await;
        let inbox = rig.role(MailboxRole::Inbox).await.id;
        let all: Vec<(MailboxId, MessageId)> =
            rig.messages(inbox).await.into_iter().map(|id| (inbox, id)).collect();
        rig.act(star(), all.clone()).await;
        rig.settled().await;
        let before = bodies(&rig, inbox).await;
        assert_eq!(before.len(), 15, "{capability:?}");
        go_offline(&rig).await;
        server.stop();
        std::fs::remove_dir_all(&live).unwrap();
        copy(&kept, &live);
        server.start_again().unwrap();
        // Other messages under uids 11 to 13.
        server.mailbox("anna", "INBOX").fill(&(70..73).map(mail).collect::<Vec<_>>()).unwrap();
        proxy.forget_said();
        go_online(&rig).await;
        let mut expected: Vec<String> =
            (0..10).chain(70..73).map(|number| format!("number {number:05}")).collect();
        expected.sort();
        assert_eq!(rig.subjects("INBOX").await, expected, "{capability:?}");
        assert_eq!(removed_count(&rig).await, 5, "{capability:?}: what the backup did not have");
        let after = bodies(&rig, inbox).await;
        let same = before.iter().filter(|one| after.contains(one)).count();
        assert_eq!(same, 10, "{capability:?}");
        // Each number means here what it means there.
        let rows = rig
            .read(move |tx| {
                let mut rows = Vec::new();
                for id in placement::messages(tx, inbox)? {
                    let uid = placement::get(tx, inbox, id)?.and_then(|placed| placed.uid);
                    rows.push((uid, message::get(tx, id)?.head.subject));
                }
                Ok(rows)
            })
            .await;
        let mut other = other_client(server.imap_port(), "INBOX").await;
        for (uid, subject) in rows {
            let uid = uid.expect("every message has a number again");
            let header = other.fetch_section(uid, "HEADER", None).await.unwrap().unwrap();
            let header = header.into_bytes(1 << 20).unwrap();
            assert!(
                String::from_utf8_lossy(&header).contains(&subject),
                "{capability:?}: {subject}"
            );
        }
        rig.sync.shutdown().await;
    }
}
