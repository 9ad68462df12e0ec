//! A message with a file of 50 MB is composed, handed over and filed in little more memory than a small one. A binary of
//! its own, because the memory of the whole process is measured.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests stop at the first surprise, and tell it"
)]

#[path = "outbox_maildrop/rig.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod rig;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use posthorn_model::{Address, AttachmentId, BodyId, MessageIdHeader, Protocol, Timestamp};
use posthorn_store::Origin;
use posthorn_store::draft::{self, DraftAttachment, DraftContent, DraftKind};
use posthorn_store::outbox::{self, NewOutbox, OutboxState};
use posthorn_testkit::memory;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use rig::{Rig, settings};

/// Bytes of the large file.
const LARGE: usize = 50 * 1000 * 1000;
/// What more memory it may take.
const MORE: u64 = 32 << 20;

/// A submission server that keeps nothing but the number of bytes, and a hash of the longest message.
async fn submission(listener: TcpListener, most: Arc<AtomicU64>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 hello\r\n").await.unwrap();
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).await.is_ok_and(|count| count > 0) {
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                b"EHLO" => b"250-host\r\n250-AUTH PLAIN\r\n250 PIPELINING\r\n",
                b"AUTH" => b"235 yes\r\n",
                b"DATA" => {
                    stream.write_all(b"354 go\r\n").await.unwrap();
                    let mut count = 0;
                    loop {
                        line.clear();
                        count += stream.read_until(b'\n', &mut line).await.unwrap() as u64;
                        if line == b".\r\n" {
                            break;
                        }
                    }
                    most.fetch_max(count - 3, Ordering::SeqCst);
                    b"250 queued as 1\r\n"
                }
                _ => b"250 ok\r\n",
            };
            stream.write_all(answer).await.unwrap();
            line.clear();
        }
    }
}

/// Bytes that no compressor makes smaller.
fn noise(count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..count / 8000).map(move |_| {
        let word = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        };
        (0..1000).flat_map(word).collect()
    })
}

/// Writes and sends a message with a file of so many bytes; returns its size.
async fn send(rig: &Rig, name: &str, bytes: usize) -> u64 {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut writer = std::io::BufWriter::new(file.as_file());
    for piece in noise(bytes) {
        writer.write_all(&piece).unwrap();
    }
    writer.flush().unwrap();
    drop(writer);
    let body = rig.store.bodies().put_file(file.path(), Origin::Local).await.unwrap();
    let size = bytes as u64 / 8000 * 8000;
    let (account, message_id) = (rig.account, MessageIdHeader(format!("{name}@posthorn.test")));
    let content = content(rig, name, message_id.clone());
    let attachment = attachment(body, size);
    let id = rig
        .write(move |tx| {
            let id = draft::add(tx, &content)?;
            draft::attach(tx, id, &attachment)?;
            Ok(id)
        })
        .await;
    let found = rig.read(move |tx| draft::get(tx, id)).await;
    let now = Timestamp(1_767_603_600_000);
    let outgoing = posthorn_sync::load_outgoing(&rig.store, found, now).await.unwrap();
    let written = posthorn_sync::write_outgoing(&rig.store, outgoing).await.unwrap();
    let new = NewOutbox {
        account,
        identity: None,
        draft: Some(id),
        message_id,
        sender: "anna@posthorn.test".to_owned(),
        subject: name.to_owned(),
        body: written.body,
        bcc_line: String::new(),
        size: written.size,
        not_before: Timestamp::default(),
        is_held: false,
        stop_on_refused: false,
        needs_filing: true,
        sent_mailbox: None,
        recipients: vec![Address::bare("bob@posthorn.test")],
    };
    let row = rig.write(move |tx| outbox::add(tx, &new)).await;
    rig.sync.outbox_changed(rig.account);
    rig.reaches(row, &[OutboxState::Done]).await;
    written.size
}

fn content(rig: &Rig, name: &str, message_id: MessageIdHeader) -> DraftContent {
    DraftContent {
        account: rig.account,
        identity: None,
        kind: DraftKind::New,
        original: None,
        message_id,
        in_reply_to: None,
        references: Vec::new(),
        to: vec![Address::bare("bob@posthorn.test")],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: name.to_owned(),
        text: "With a file.".to_owned(),
        html: String::new(),
        quoted_html: String::new(),
        is_quote_first: false,
        is_signature_last: false,
    }
}

fn attachment(body: BodyId, size: u64) -> DraftAttachment {
    DraftAttachment {
        id: AttachmentId(0),
        name: "big.bin".to_owned(),
        mime: "application/octet-stream".to_owned(),
        size,
        content_id: String::new(),
        is_inline: false,
        body,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_is_sent_in_little_more_memory_than_a_small_one() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let most = Arc::new(AtomicU64::new(0));
    tokio::spawn(submission(listener, most.clone()));
    // POP3: the copy for Sent stays on this computer.
    let rig = Rig::start(settings(Protocol::Pop3, 1, port)).await;
    send(&rig, "small", 16_000).await;
    let small = memory::peak().unwrap();
    memory::forget_peak().unwrap();
    let size = send(&rig, "large", LARGE).await;
    let large = memory::peak().unwrap();
    eprintln!("peak with a small file {} MiB, with 50 MB {} MiB", small >> 20, large >> 20);
    assert!(large < small + MORE, "{large} bytes, and {small} for a small message");
    assert!(size > LARGE as u64 / 3 * 4, "{size}");
    assert_eq!(most.load(Ordering::SeqCst), size, "all of it came");
    check_file(&rig).await;
    rig.sync.shutdown().await;
}

/// The file that was sent is the one that was attached.
async fn check_file(rig: &Rig) {
    let id = MessageIdHeader("large@posthorn.test".to_owned());
    let rows = rig.read(move |tx| outbox::of_message_id(tx, &id)).await;
    let body = rows.first().unwrap().request.body;
    let wire = rig.store.bodies().get(body).await.unwrap();
    let text = String::from_utf8(wire).unwrap();
    let (_, part) = text.split_once("filename=\"big.bin\"").unwrap();
    let (_, encoded) = part.split_once("\r\n\r\n").unwrap();
    let (encoded, _) = encoded.split_once("--=_").unwrap();
    let letters = encoded.replace("\r\n", "");
    let bytes = base64::engine::general_purpose::STANDARD.decode(letters).unwrap();
    assert!(bytes == noise(LARGE).flatten().collect::<Vec<u8>>());
}
