//! The first synchronisation, its continuation after a break, and what stops the download of bodies.

use std::sync::atomic::Ordering;

use posthorn_model::MailboxRole;
use posthorn_store::{message, search};
use posthorn_sync::{ProblemKind, State};
use posthorn_testkit::{Dovecot, DovecotOptions, Mail, maildir::Delivery};

use crate::rig::{Rig, mail};

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_is_listed_and_can_be_searched() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let all: Vec<Delivery> = (0..2_000).map(mail).collect();
    server.mailbox("anna", "INBOX").fill(&all).unwrap();
    server.mailbox("anna", "Entwürfe").create().unwrap();
    server
        .mailbox("anna", "Work/2026")
        .fill(&[mail(5_000).flags(&["\\Seen", "\\Flagged"])])
        .unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;

    let inbox = rig.role(MailboxRole::Inbox).await;
    assert_eq!((inbox.total, inbox.unread), (2_000, 2_000));
    assert!(inbox.sync.is_complete);
    let newest = *rig.messages(inbox.id).await.first().unwrap();
    let newest = rig.read(move |tx| message::get(tx, newest)).await;
    assert_eq!(newest.head.subject, "number 01999");
    assert!(
        newest.head.preview.starts_with("This is the text of number1999"),
        "{}",
        newest.head.preview
    );
    let coverage = rig.read(search::coverage).await;
    assert_eq!(
        (coverage.messages, coverage.heads, coverage.bodies, coverage.waiting),
        (2_001, 2_001, 2_001, 0)
    );
    let status = rig.sync.status(rig.account).unwrap();
    assert_eq!((status.state, status.problem), (State::UpToDate, None));
    assert!(status.connected_since.is_some() && status.last_complete.is_some());
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_synchronisation_goes_on_where_it_was_killed() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let all: Vec<Delivery> = (0..1_500).map(mail).collect();
    server.mailbox("anna", "INBOX").fill(&all).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.until("the first rows", || async {
        rig.read(|tx| search::coverage(tx).map(|coverage| coverage.messages)).await > 0
    })
    .await;
    let rig = rig.restart().await;
    rig.settled().await;
    let inbox = rig.role(MailboxRole::Inbox).await;
    assert_eq!(inbox.total, 1_500);
    let coverage = rig.read(search::coverage).await;
    assert_eq!((coverage.messages, coverage.bodies), (1_500, 1_500));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_comes_in_parts_and_a_full_disk_stops_bodies() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let large = Mail::new()
        .from("Bob <bob@posthorn.test>")
        .subject("large")
        .text("the covering letter")
        .attach("plan.bin", "application/octet-stream", &vec![7; 1 << 20])
        .attach("model.bin", "application/octet-stream", &vec![8; 3 << 20])
        .build();
    server.mailbox("anna", "INBOX").fill(&[Delivery::new(large.clone()), mail(1)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let inbox = rig.role(MailboxRole::Inbox).await;
    let mut found = None;
    for id in rig.messages(inbox.id).await {
        let message = rig.read(move |tx| message::get(tx, id)).await;
        if message.head.subject == "large" {
            found = Some(message);
        }
    }
    let message = found.unwrap();
    assert_eq!(message.body, message::BodyState::Sections);
    assert_eq!(message.head.preview, "the covering letter");
    let [attachment, model] = message.head.attachments.as_slice() else { unreachable!() };
    assert_eq!((attachment.name.as_str(), model.name.as_str()), ("plan.bin", "model.bin"));
    let part = rig.sync.fetch_section(message.id, &attachment.section).await.unwrap();
    // Without its base64 where the server can do that, as Dovecot can.
    assert_eq!(rig.store.bodies().size(part).await.unwrap(), 1 << 20);
    let whole = rig.sync.fetch_body(message.id).await.unwrap();
    assert_eq!(rig.store.bodies().get(whole).await.unwrap(), large);

    rig.room.0.store(true, Ordering::SeqCst);
    server.mailbox("anna", "INBOX").deliver(&mail(2)).unwrap();
    rig.sync.check_now(None);
    rig.until("the status says that the disk is full", || async {
        let status = rig.sync.status(rig.account).unwrap();
        status.state == State::Waiting
            && status.problem.is_some_and(|problem| problem.kind == ProblemKind::DiskFull)
    })
    .await;
    assert_eq!(rig.messages(inbox.id).await.len(), 3, "heads go on");
    rig.room.0.store(false, Ordering::SeqCst);
    rig.until("the body is here and can be searched", || async {
        let coverage = rig.read(search::coverage).await;
        (coverage.messages, coverage.bodies) == (3, 3)
    })
    .await;
    rig.until("the status says that nothing is left", || async {
        rig.sync.status(rig.account).unwrap().state == State::UpToDate
    })
    .await;
    rig.sync.shutdown().await;
}
