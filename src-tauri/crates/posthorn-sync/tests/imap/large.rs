//! Large bodies come in pieces, survive whatever happens to the connection, and are never mixed up.

use posthorn_model::{MailboxRole, MessageId};
use posthorn_store::keep::{self, Keep};
use posthorn_store::message::{self, BodyState, Message};
use posthorn_sync::limit::CHUNK_LARGEST;
use posthorn_sync::{DownloadState, ProblemKind, State, SyncEvent};
use posthorn_testkit::maildir::Delivery;
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Proxy};

use crate::large_server::{self, LargeServer, Manner};
use crate::rig::{Rig, tuning};

/// A line in the middle of the large file, by which a connection is cut.
const MIDDLE: &str = "TWlkZGxlIG9mIHRoZSBmaWxl";
/// Lines of the large file.
const LINES: usize = 160_000;

/// The file as transferred: 12 MB of base64, no two lines alike. The line end before the delimiter is not its own.
fn file() -> String {
    let line = |at: usize| match at {
        at if at == LINES / 2 => format!("{MIDDLE}\r\n"),
        at => format!(
            "{at:08}QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\r\n"
        ),
    };
    let lines: String = (0..LINES).map(line).collect();
    lines.trim_end().to_owned()
}

fn mail_with_file() -> Delivery {
    let head = "From: Bob <bob@posthorn.test>\r\nTo: anna@posthorn.test\r\nSubject: large\r\n\
        Message-ID: <large@posthorn.test>\r\nDate: Thu, 01 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nThe covering letter.\r\n--b\r\n\
        Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment\r\n\r\n";
    Delivery::new(format!("{head}{}\r\n--b--\r\n", file()).into_bytes())
}

async fn only(rig: &Rig) -> Message {
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let id = *rig.messages(inbox).await.first().unwrap();
    rig.read(move |tx| message::get(tx, id)).await
}

async fn stored(rig: &Rig, id: MessageId, section: &str) -> Vec<u8> {
    let name = section.to_owned();
    let sections = rig.read(move |tx| message::sections(tx, id)).await;
    let (_, body) = sections.into_iter().find(|(known, _)| *known == name).unwrap();
    rig.store.bodies().get(body).await.unwrap()
}

/// Offsets at which pieces were asked for, with the number of their connection.
fn asked(proxy: &Proxy) -> Vec<(u64, u64)> {
    let offset = |(connection, line): (u64, String)| {
        let (_, range) = line.split_once("BODY.PEEK[2]<")?;
        Some((connection, range.split('.').next()?.parse().ok()?))
    };
    proxy.said().into_iter().filter_map(offset).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_only_what_is_missing_is_asked_for() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail_with_file()]).unwrap();
    let proxy = Proxy::start(server.imap_port()).await.unwrap();
    // Uncompressed, so that the proxy sees the line.
    let rig = Rig::start(proxy.port()).await;
    rig.settled().await;
    let found = only(&rig).await;
    assert_eq!(
        (found.body, found.head.preview.as_str()),
        (BodyState::Sections, "The covering letter.")
    );
    let mut events = rig.sync.subscribe();
    let before = proxy.bytes(Direction::ToClient);
    proxy.forget_said();
    proxy.arm(Cut::AfterText(Direction::ToClient, MIDDLE.to_owned()));
    let body = rig.sync.fetch_section(found.id, "2").await.unwrap();
    assert_eq!(proxy.cuts(), 1, "in the middle");
    assert!(rig.store.bodies().get(body).await.unwrap() == file().into_bytes(), "its bytes");
    assert!(stored(&rig, found.id, "2.MIME").await.starts_with(b"Content-Type: application/zip"));

    let asked = asked(&proxy);
    let first = asked.first().unwrap().0;
    let (old, new): (Vec<_>, Vec<_>) = asked.iter().copied().partition(|(one, _)| *one == first);
    assert!(old.is_sorted() && new.is_sorted(), "{asked:?}");
    assert_eq!(
        old.last().unwrap().1,
        new.first().unwrap().1,
        "it goes on where it was cut: {asked:?}"
    );
    assert!(new.first().unwrap().1 > 0, "{asked:?}");
    let taken = proxy.bytes(Direction::ToClient) - before;
    assert!(taken < file().len() as u64 + CHUNK_LARGEST + (1 << 20), "{taken} bytes came");

    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let SyncEvent::Download { progress, state } = event {
            told.push((progress.done, progress.total, state));
        }
    }
    let total = file().len() as u64;
    assert!(
        told.iter().any(|(done, of, _)| *done > 0 && *done < total && *of == total),
        "{told:?}"
    );
    assert_eq!(told.last(), Some(&(total, total, DownloadState::Done)));
    assert!(rig.sync.downloads().is_empty());
    assert!(rig.store.bodies().begun(found.id).await.unwrap().is_empty(), "nothing is left behind");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_download_goes_on_after_a_restart_and_a_new_uid_validity_begins_it_anew() {
    for is_renumbered in [false, true] {
        let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
        server.mailbox("anna", "INBOX").fill(&[mail_with_file()]).unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        let id = only(&rig).await.id;
        // Half of it comes, and then the server is not to be reached.
        proxy.arm(Cut::AfterText(Direction::ToClient, MIDDLE.to_owned()));
        proxy.set_refusing(true);
        let problem = rig.sync.fetch_section(id, "2").await.unwrap_err();
        assert!(problem.is_transient, "{problem:?}");
        assert!(rig.sync.downloads().is_empty(), "it waits for the user");
        let begun = rig.store.bodies().begun(id).await.unwrap();
        let [begun] = begun.as_slice() else { unreachable!("{begun:?}") };
        assert_eq!((begun.section.as_str(), begun.size), ("2", file().len() as u64));
        assert!(begun.len > 0 && begun.len < begun.size / 2 + CHUNK_LARGEST, "{begun:?}");
        proxy.set_refusing(false);
        let rig = rig.restart().await;
        rig.settled().await;
        assert_eq!(rig.store.bodies().begun(id).await.unwrap(), std::slice::from_ref(begun));
        if is_renumbered {
            rig.sync.set_offline(true);
            rig.until("it is offline", || async {
                rig.sync.status(rig.account).unwrap().state == State::Offline
            })
            .await;
            server.stop();
            server.mailbox("anna", "INBOX").forget_uids().unwrap();
            server.start_again().unwrap();
            rig.sync.set_offline(false);
            rig.settled().await;
            assert_eq!(only(&rig).await.id, id, "it is the same message");
        }
        proxy.forget_said();
        let body = rig.sync.fetch_section(id, "2").await.unwrap();
        assert!(rig.store.bodies().get(body).await.unwrap() == file().into_bytes(), "its bytes");
        let wanted = if is_renumbered { 0 } else { begun.len };
        assert_eq!(asked(&proxy).first().unwrap().1, wanted, "renumbered: {is_renumbered}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_a_download_hears_so_and_keeps_what_came() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail_with_file()]).unwrap();
    let proxy = Proxy::start(server.imap_port()).await.unwrap();
    // Long waits between tries: the download waits for the next connection when it is stopped.
    let waits = std::time::Duration::from_hours(1);
    let slow = posthorn_sync::Tuning { retry_first: waits, retry_last: waits, ..tuning() };
    let rig = Rig::start_with(proxy.port(), slow, |_| {}).await;
    rig.settled().await;
    let id = only(&rig).await.id;
    proxy.arm(Cut::AfterText(Direction::ToClient, MIDDLE.to_owned()));
    proxy.set_refusing(true);
    let sync = rig.sync.clone();
    let waiting = tokio::spawn(async move { sync.fetch_section(id, "2").await });
    rig.until("the connection is cut", || async {
        proxy.cuts() == 1 && rig.sync.status(rig.account).unwrap().state == State::Waiting
    })
    .await;
    assert_eq!(rig.sync.downloads().len(), 1, "it waits for the next connection");
    rig.sync.cancel_download(id, "2");
    assert_eq!(waiting.await.unwrap().unwrap_err().kind, ProblemKind::Cancelled);
    assert!(rig.sync.downloads().is_empty());
    assert_eq!(rig.store.bodies().begun(id).await.unwrap().len(), 1);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_ranges_cannot_be_believed_is_asked_for_the_whole() {
    // Commands for the whole part: none where it is not needed, or where the first answer was the whole.
    let table = [
        (Manner::Honest, 0),
        (Manner::Miscounts(-100_000), 1),
        (Manner::Miscounts(100_000), 1),
        (Manner::IgnoresRanges, 0),
        (Manner::RefusesRanges, 1),
        (Manner::GivesMore, 1),
        (Manner::SaysNothing, 0),
    ];
    for (manner, wholes) in table {
        let server = LargeServer::start(manner).await;
        let rig = Rig::start(server.port).await;
        rig.settled().await;
        let id = only(&rig).await.id;
        let body = rig.sync.fetch_section(id, "2").await.unwrap();
        let bytes = rig.store.bodies().get(body).await.unwrap();
        assert_eq!(bytes.len(), large_server::part().len(), "{manner:?}");
        assert!(bytes == large_server::part().into_bytes(), "{manner:?}");
        assert_eq!(server.said("BODY.PEEK[2])").len(), wholes, "{manner:?}");
        assert!(rig.store.bodies().begun(id).await.unwrap().is_empty(), "{manner:?}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_at_once_is_told_in_bytes_all_the_same() {
    let server = LargeServer::start(Manner::RefusesRanges).await;
    let proxy = Proxy::start(server.port).await.unwrap();
    let rig = Rig::start(proxy.port()).await;
    rig.settled().await;
    let id = only(&rig).await.id;
    // It stands still in the middle of the one answer.
    let held = 1 << 20;
    proxy.arm_hold(Cut::Within(Direction::ToClient, held));
    let sync = rig.sync.clone();
    let waiting = tokio::spawn(async move { sync.fetch_section(id, "2").await });
    let total = large_server::part().len() as u64;
    rig.until("bytes are told", || async {
        let told = rig.sync.downloads();
        told.first()
            .is_some_and(|now| now.done > held / 2 && now.done < total && now.total == total)
    })
    .await;
    proxy.cut_now();
    let body = waiting.await.unwrap().unwrap();
    let bytes = rig.store.bodies().get(body).await.unwrap();
    assert!(bytes == large_server::part().into_bytes(), "over the next connection");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_large_message_comes_in_pieces_and_two_who_wait_cost_one_download() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let mail = mail_with_file();
    server.mailbox("anna", "INBOX").fill(std::slice::from_ref(&mail)).unwrap();
    let proxy = Proxy::start(server.imap_port()).await.unwrap();
    let rig = Rig::start(proxy.port()).await;
    rig.settled().await;
    let id = only(&rig).await.id;
    let (one, other) = tokio::join!(rig.sync.fetch_body(id), rig.sync.fetch_body(id));
    assert_eq!(one.clone().unwrap(), other.unwrap());
    assert!(rig.store.bodies().get(one.unwrap()).await.unwrap() == mail.bytes);
    let said = proxy.said();
    let offsets = said.iter().filter(|(_, line)| line.contains("BODY.PEEK[]<0."));
    assert_eq!(offsets.count(), 1, "once");
    let found = only(&rig).await;
    assert_eq!(found.head.attachments.first().unwrap().name, "big.zip");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_kept_on_the_server_is_read_without_its_attachments() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail_with_file()]).unwrap();
    let proxy = Proxy::start(server.imap_port()).await.unwrap();
    let rig = Rig::start_with(proxy.port(), tuning(), |tx| {
        let account = posthorn_store::account::list(tx).unwrap().first().unwrap().id;
        let never = Keep { is_on_demand: true, ..Keep::default() };
        keep::choose(tx, account, None, Some(never)).unwrap();
    })
    .await;
    rig.settled().await;
    let id = only(&rig).await.id;
    assert_eq!(only(&rig).await.body, BodyState::Missing);
    let before = proxy.bytes(Direction::ToClient);
    rig.sync.fetch_readable(id).await.unwrap();
    let taken = proxy.bytes(Direction::ToClient) - before;
    assert!(taken < 10_000, "{taken} bytes for a letter");
    assert_eq!(stored(&rig, id, "1").await, b"The covering letter.");
    assert_eq!(only(&rig).await.head.preview, "The covering letter.");
    rig.sync.shutdown().await;
}
