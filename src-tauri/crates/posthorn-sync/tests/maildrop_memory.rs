//! A message of 200 MB is fetched, stored, read for the list and for search, and removed from the server, in the memory
//! that a small one takes. A binary of its own, because the memory of the whole process is measured.
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

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use posthorn_model::{MailboxRole, Protocol};
use posthorn_store::account::PopPolicy;
use posthorn_store::message::BodyState;
use posthorn_testkit::memory;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use rig::{Rig, settings};

/// Lines of the file in the large message: 200 MB.
const LINES: usize = 200 * 1024 * 1024 / LINE.len();
/// One of them, as sent: the dot is stuffed.
const LINE: &str =
    "..JDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
/// What more memory a large message may take: buffers of the compressor and the pieces between the threads.
const MORE: u64 = 24 << 20;
const HEADER: &str = "From: Bob <bob@posthorn.test>\r\nMIME-Version: 1.0\r\n";
const PARTS: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHorseradish text.\r\n--b\r\n\
    Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/// The text of a message with a file of so many lines, as it is on the wire, in pieces.
async fn send(stream: &mut TcpStream, subject: &str, lines: usize) {
    stream.write_all(format!("{HEADER}Subject: {subject}\r\n{PARTS}").as_bytes()).await.unwrap();
    let piece = LINE.repeat(500);
    for _ in 0..lines / 500 {
        stream.write_all(piece.as_bytes()).await.unwrap();
    }
    stream.write_all(b"--b--\r\n.\r\n").await.unwrap();
}

/// A maildrop with the small message, and from the second session on with the large one. Counts what is removed.
async fn maildrop(listener: TcpListener, removed: Arc<AtomicUsize>) {
    for session in 1.. {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"+OK hello\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.is_ok_and(|count| count > 0) {
            let has_large = session > 1;
            let answer = match line.trim() {
                "STAT" | "LIST" | "UIDL" => {
                    let of = |large: usize, small: usize| if has_large { large } else { small };
                    let size = of(LINES * LINE.len(), 1_000);
                    let name = of(2, 1);
                    match line.trim() {
                        "STAT" => format!("+OK 1 {size}\r\n"),
                        "LIST" => format!("+OK\r\n1 {size}\r\n.\r\n"),
                        _ => format!("+OK\r\n1 id{name}\r\n.\r\n"),
                    }
                }
                "RETR 1" => {
                    stream.write_all(b"+OK\r\n").await.unwrap();
                    let (subject, lines) =
                        if has_large { ("large", LINES) } else { ("small", 500) };
                    send(stream.get_mut(), subject, lines).await;
                    String::new()
                }
                "DELE 1" => {
                    removed.fetch_add(1, Ordering::SeqCst);
                    "+OK\r\n".to_owned()
                }
                "CAPA" => "-ERR\r\n".to_owned(),
                _ => "+OK\r\n".to_owned(),
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
            line.clear();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_takes_no_more_memory_than_a_small_one() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let removed = Arc::new(AtomicUsize::new(0));
    tokio::spawn(maildrop(listener, removed.clone()));
    let mut settings = settings(Protocol::Pop3, port, 1);
    settings.pop_policy = PopPolicy::AtOnce;
    let rig = Rig::start(settings).await;
    rig.settled().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, ["small"]);
    let small = memory::peak().unwrap();
    memory::forget_peak().unwrap();
    rig.sync.check_now(None);
    assert!(rig.sync.wait_settled(None, std::time::Duration::from_mins(5)).await);
    let large = memory::peak().unwrap();
    eprintln!("peak with a small message {} MiB, with 200 MB {} MiB", small >> 20, large >> 20);
    assert!(large < small + MORE, "{large} bytes, and {small} for a small message");
    assert_eq!(removed.load(Ordering::SeqCst), 2, "it is durable");

    let messages = rig.messages(MailboxRole::Inbox).await;
    let found = messages.iter().find(|message| message.head.subject == "large").unwrap();
    let file = found.head.attachments.first().unwrap();
    // 82 characters a line, the stuffed dot is none of them, and no line's first dot is base64.
    let letters = (LINES / 500 * 500 * (LINE.len() - 4)) as u64;
    assert_eq!((file.name.as_str(), file.size), ("big.zip", letters / 4 * 3));
    assert_eq!(found.head.preview, "Horseradish text.");
    let coverage = rig.read(posthorn_store::search::coverage).await;
    assert_eq!((coverage.messages, coverage.bodies, coverage.waiting), (2, 2, 0));
    let BodyState::Whole(body) = found.body else { panic!("{:?}", found.body) };
    let mut source = rig.store.bodies().open(body).await.unwrap();
    let (mut count, mut buffer) = (0_u64, vec![0; 1 << 16]);
    let mut hasher = blake3::Hasher::new();
    loop {
        let read = source.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        count += read as u64;
    }
    let mut expected = blake3::Hasher::new();
    expected.update(format!("{HEADER}Subject: large\r\n{PARTS}").as_bytes());
    for _ in 0..LINES / 500 * 500 {
        expected.update(&LINE.as_bytes()[1..]);
    }
    expected.update(b"--b--\r\n");
    assert_eq!(hasher.finalize(), expected.finalize(), "{count} bytes");
    rig.sync.shutdown().await;
}
