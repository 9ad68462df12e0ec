//! A file of 200 MB in a message is fetched in pieces, stored and read again in the memory that a small one takes. A
//! binary of its own, because the memory of the whole process is measured.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests stop at the first surprise, and tell it"
)]

#[path = "imap/rig.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod rig;

use std::fmt::Write as _;
use std::io::Read as _;

use posthorn_model::MailboxRole;
use posthorn_store::message;
use posthorn_testkit::memory;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use rig::Rig;

/// One line of the file.
const LINE: &[u8] =
    b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
/// Octets of the small file and of the large one.
const SIZES: [usize; 2] = [LINE.len() * 40_000, LINE.len() * (200 << 20) / LINE.len()];
/// What more memory a large file may take: buffers of the compressor.
const MORE: u64 = 24 << 20;
const HEADER: &str =
    "Subject: two files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
const MIME: &str = "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/// Octets of a file from an offset on.
fn octets(offset: usize, length: usize, size: usize) -> Vec<u8> {
    let end = (offset + length).min(size);
    let count = end - offset.min(end);
    LINE.iter().copied().cycle().skip(offset % LINE.len()).take(count).collect()
}

/// A server with one message that has both files.
async fn serve(stream: TcpStream) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK [CAPABILITY IMAP4rev1] hello\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|count| count > 0) {
        let (tag, command) = line.trim_end().split_once(' ').unwrap();
        let mut answer: Vec<u8> = match command.split(' ').next().unwrap() {
            "CAPABILITY" => b"* CAPABILITY IMAP4rev1\r\n".to_vec(),
            "LIST" => b"* LIST () \"/\" INBOX\r\n".to_vec(),
            "SELECT" => b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n".to_vec(),
            "UID" if command.contains("SEARCH") => b"* SEARCH 1\r\n".to_vec(),
            "UID" => fetched(command),
            _ => Vec::new(),
        };
        answer.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
        if stream.write_all(&answer).await.is_err() {
            return;
        }
        line.clear();
    }
}

fn fetched(command: &str) -> Vec<u8> {
    let file = |size: usize| {
        format!(
            "(\"APPLICATION\" \"ZIP\" NIL NIL NIL \"BASE64\" {size} NIL (\"ATTACHMENT\" NIL) NIL)"
        )
    };
    let [small, large] = SIZES;
    let mut answer = format!(
        "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"01-Jan-2026 10:00:00 +0000\" RFC822.SIZE {}",
        small + large + 1_000
    );
    if command.contains("BODYSTRUCTURE") {
        write!(answer, " BODYSTRUCTURE ({}{} \"MIXED\" NIL NIL NIL)", file(small), file(large))
            .unwrap();
    }
    for (name, text) in [("HEADER", HEADER), ("1.MIME", MIME), ("2.MIME", MIME)] {
        if command.contains(&format!("BODY.PEEK[{name}]")) {
            write!(answer, " BODY[{name}] {{{}}}\r\n{text}", text.len()).unwrap();
        }
    }
    let mut answer = answer.into_bytes();
    for (part, size) in [(1, small), (2, large)] {
        if let Some((_, range)) = command.split_once(&format!("BODY.PEEK[{part}]<")) {
            let (offset, length) = range.trim_end_matches(['>', ')']).split_once('.').unwrap();
            let (offset, length) = (offset.parse().unwrap(), length.parse().unwrap());
            let octets = octets(offset, length, size);
            answer.extend(format!(" BODY[{part}]<{offset}> {{{}}}\r\n", octets.len()).bytes());
            answer.extend(octets);
        }
    }
    answer.extend_from_slice(b")\r\n");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_takes_no_more_memory_than_a_small_one() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let rig = Rig::start(port).await;
    rig.settled().await;
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let id = *rig.messages(inbox).await.first().unwrap();
    let mut peaks: Vec<u64> = Vec::new();
    for (section, size) in ["1", "2"].into_iter().zip(SIZES) {
        memory::forget_peak().unwrap();
        let body = rig.sync.fetch_section(id, section).await.unwrap();
        let mut source = rig.store.bodies().open(body).await.unwrap();
        assert_eq!(source.size(), size as u64);
        let (mut at, mut buffer) = (0, vec![0; 64 << 10]);
        loop {
            let count = source.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            assert_eq!(buffer[..count], octets(at, count, size), "at {at}");
            at += count;
        }
        assert_eq!(at, size);
        rig.settled().await;
        peaks.push(memory::peak().unwrap());
    }
    let [small, large] = peaks.try_into().unwrap();
    eprintln!(
        "peak with {} MB {} MiB, with 200 MB {} MiB",
        SIZES[0] / 1_000_000,
        small >> 20,
        large >> 20
    );
    assert!(large < small + MORE, "{large} bytes, and {small} for a small file");
    let found = rig.read(move |tx| message::get(tx, id)).await;
    assert_eq!(found.head.subject, "two files");
    rig.sync.shutdown().await;
}
