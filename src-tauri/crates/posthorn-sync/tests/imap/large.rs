//! Large bodies come in pieces, survive whatever happens to the connection, and are never mixed up; in base64, or without
//! it where the server offers that (RFC 3516).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posthorn_model::{MailboxRole, MessageId};
use posthorn_store::keep::{self, Keep};
use posthorn_store::message::{self, BodyState, Message};
use posthorn_sync::limit::CHUNK_LARGEST;
use posthorn_sync::{DownloadState, ProblemKind, State, SyncEvent};
use posthorn_testkit::maildir::Delivery;
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Proxy};

use crate::large_server::{DECODED, Decoding, LargeServer, Manner, PART};
use crate::rig::{Rig, tuning};

/// A line in the middle of the large file, by which a connection is cut; and what it is without its base64, a line as
/// well.
const MIDDLE: &str = "TWlkZGxlIG9mIHRoZSBmaWxlLg0K";
const PLAIN_MIDDLE: &str = "Middle of the file.\r\n";
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

/// How the file comes.
struct Form {
    /// What the server offers; absent = all that Dovecot does.
    capability: Option<&'static str>,
    /// How a piece is asked for.
    item: &'static str,
    /// The line by which a connection is cut.
    middle: &'static str,
    /// The file's octets, as they are stored.
    bytes: Vec<u8>,
    /// What its own header says of them.
    encoding: &'static str,
}

fn forms() -> [Form; 2] {
    let decoded = file().lines().flat_map(|line| STANDARD.decode(line).unwrap()).collect();
    let plain = Form {
        capability: None,
        item: "BINARY.PEEK[2]<",
        middle: PLAIN_MIDDLE.trim_ascii(),
        bytes: decoded,
        encoding: "binary",
    };
    let encoded = Form {
        capability: Some("IMAP4rev1 UIDPLUS"),
        item: "BODY.PEEK[2]<",
        middle: MIDDLE,
        bytes: file().into_bytes(),
        encoding: "base64",
    };
    [plain, encoded]
}

impl Form {
    /// Starts a server that offers this form, with the large file in INBOX.
    fn server(&self) -> Dovecot {
        let imap_capability = self.capability.map(str::to_owned);
        let server =
            Dovecot::start(DovecotOptions { imap_capability, ..DovecotOptions::default() });
        let server = server.unwrap();
        server.mailbox("anna", "INBOX").fill(&[mail_with_file()]).unwrap();
        server
    }

    /// Offsets at which pieces were asked for, with the number of their connection.
    fn asked(&self, proxy: &Proxy) -> Vec<(u64, u64)> {
        let offset = |(connection, line): (u64, String)| {
            let (_, range) = line.split_once(self.item)?;
            Some((connection, range.split('.').next()?.parse().ok()?))
        };
        proxy.said().into_iter().filter_map(offset).collect()
    }

    fn total(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Sees to it that what is stored is the file, and that its header says in which form.
    async fn is_stored(&self, rig: &Rig, id: MessageId) {
        assert!(stored(rig, id, "2").await == self.bytes, "its bytes");
        let header = String::from_utf8(stored(rig, id, "2.MIME").await).unwrap();
        assert!(header.starts_with("Content-Type: application/zip"), "{header}");
        let encoding = format!("Content-Transfer-Encoding: {}\r\n", self.encoding);
        assert!(header.contains(&encoding), "{header}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_only_what_is_missing_is_asked_for() {
    for form in forms() {
        let server = form.server();
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
        proxy.arm(Cut::AfterText(Direction::ToClient, form.middle.to_owned()));
        let body = rig.sync.fetch_section(found.id, "2").await.unwrap();
        assert_eq!(proxy.cuts(), 1, "in the middle");
        assert!(rig.store.bodies().get(body).await.unwrap() == form.bytes, "its bytes");
        form.is_stored(&rig, found.id).await;

        let asked = form.asked(&proxy);
        let first = asked.first().unwrap().0;
        let (old, new): (Vec<_>, Vec<_>) =
            asked.iter().copied().partition(|(one, _)| *one == first);
        assert!(old.is_sorted() && new.is_sorted(), "{asked:?}");
        assert_eq!(
            old.last().unwrap().1,
            new.first().unwrap().1,
            "it goes on where it was cut: {asked:?}"
        );
        assert!(new.first().unwrap().1 > 0, "{asked:?}");
        let (taken, total) = (proxy.bytes(Direction::ToClient) - before, form.total());
        assert!(taken < total + CHUNK_LARGEST + (1 << 20), "{taken} bytes came for {total}");

        let mut told = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let SyncEvent::Download { progress, state } = event {
                told.push((progress.done, progress.total, state));
            }
        }
        let is_between = |(done, of, _): &(u64, u64, _)| *done > 0 && *done < total && *of == total;
        assert!(told.iter().any(is_between), "{told:?}");
        assert_eq!(told.last(), Some(&(total, total, DownloadState::Done)));
        assert!(rig.sync.downloads().is_empty());
        let left = rig.store.bodies().begun(found.id).await.unwrap();
        assert!(left.is_empty(), "nothing is left behind");
        rig.sync.shutdown().await;
    }
}

/// What is another one when the program comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    /// The folder has a new UIDVALIDITY.
    Renumbered,
    /// The server offers BINARY no more, or again.
    OtherForm,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_download_goes_on_after_a_restart_where_nothing_changed() {
    for meanwhile in [Meanwhile::Nothing, Meanwhile::Renumbered, Meanwhile::OtherForm] {
        let [plain, encoded] = forms();
        stopped_and_restarted(&plain, &encoded, meanwhile).await;
        stopped_and_restarted(&encoded, &plain, meanwhile).await;
    }
}

async fn stopped_and_restarted(form: &Form, other: &Form, meanwhile: Meanwhile) {
    let mut server = form.server();
    let proxy = Proxy::start(server.imap_port()).await.unwrap();
    let rig = Rig::start(proxy.port()).await;
    rig.settled().await;
    let id = only(&rig).await.id;
    // Half of it comes, and then the server is not to be reached.
    proxy.arm(Cut::AfterText(Direction::ToClient, form.middle.to_owned()));
    proxy.set_refusing(true);
    let problem = rig.sync.fetch_section(id, "2").await.unwrap_err();
    assert!(problem.is_transient, "{problem:?}");
    assert!(rig.sync.downloads().is_empty(), "it waits for the user");
    let begun = rig.store.bodies().begun(id).await.unwrap();
    let [begun] = begun.as_slice() else { unreachable!("{begun:?}") };
    assert_eq!((begun.section.as_str(), begun.size), ("2", form.total()));
    assert_eq!(begun.is_decoded, form.capability.is_none());
    assert!(begun.len > 0 && begun.len < begun.size / 2 + CHUNK_LARGEST, "{begun:?}");
    if meanwhile == Meanwhile::OtherForm {
        let words = other.capability.map(str::to_owned);
        server.restart_with(|options| options.imap_capability = words).unwrap();
    }
    proxy.set_refusing(false);
    let rig = rig.restart().await;
    rig.settled().await;
    assert_eq!(rig.store.bodies().begun(id).await.unwrap(), std::slice::from_ref(begun));
    if meanwhile == Meanwhile::Renumbered {
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
    rig.sync.fetch_section(id, "2").await.unwrap();
    // What begun as it is in the message goes on so; what has no base64 goes on only where that is offered.
    let changes = meanwhile == Meanwhile::OtherForm && begun.is_decoded;
    let (comes, wanted) = match meanwhile {
        Meanwhile::Nothing => (form, begun.len),
        // Both were begun under numbers that mean nothing any more.
        Meanwhile::Renumbered => (form, 0),
        Meanwhile::OtherForm if changes => (other, 0),
        Meanwhile::OtherForm => (form, begun.len),
    };
    comes.is_stored(&rig, id).await;
    let asked = comes.asked(&proxy);
    assert_eq!(asked.first().unwrap().1, wanted, "{meanwhile:?} {}: {asked:?}", form.item);
    rig.sync.shutdown().await;
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
    proxy.arm(Cut::AfterText(Direction::ToClient, PLAIN_MIDDLE.trim_ascii().to_owned()));
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
        assert_eq!(bytes.len(), PART.len(), "{manner:?}");
        assert!(bytes == PART.as_bytes(), "{manner:?}");
        assert_eq!(server.said("BODY.PEEK[2])").len(), wholes, "{manner:?}");
        assert!(rig.store.bodies().begun(id).await.unwrap().is_empty(), "{manner:?}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_decode_or_lies_about_it_is_asked_for_the_part_as_it_is() {
    use Decoding as D;
    // Whether it comes without its base64, and how many pieces are asked for so at most.
    let table = [
        (D::Honest, true, 9),
        (D::IgnoresRanges, true, 1),
        (D::Unknown, false, 0),
        (D::NoSize, false, 0),
        (D::TooLarge, false, 0),
        (D::UnknownLater, false, 1),
        (D::BreaksOff, false, 1),
        (D::GivesMore, false, 1),
        (D::AnswersBody, false, 1),
        (D::Encoded, false, 9),
        (D::Miscounts(-100_000), false, 9),
        (D::Miscounts(10_000), false, 9),
    ];
    for (how, is_plain, most) in table {
        let server = LargeServer::start(Manner::Binary(how)).await;
        let rig = Rig::start(server.port).await;
        rig.settled().await;
        let id = only(&rig).await.id;
        let body = rig.sync.fetch_section(id, "2").await.unwrap();
        let bytes = rig.store.bodies().get(body).await.unwrap();
        let wanted = if is_plain { DECODED.as_slice() } else { PART.as_bytes() };
        assert_eq!(bytes.len(), wanted.len(), "{how:?}");
        assert!(bytes == wanted, "{how:?}");
        let header = String::from_utf8(stored(&rig, id, "2.MIME").await).unwrap();
        let word = if is_plain { "binary" } else { "base64" };
        assert!(header.contains(&format!("Content-Transfer-Encoding: {word}\r\n")), "{how:?}");
        let said = server.said("BINARY.PEEK[2]<");
        assert!(said.len() <= most && (most == 0 || !said.is_empty()), "{how:?}: {said:#?}");
        // In base64 it comes in pieces as well, from the first octet on.
        let begins = server.said("BODY.PEEK[2]<0.").len();
        assert_eq!(begins, usize::from(!is_plain), "{how:?}");
        assert_eq!(server.said("BODY.PEEK[2])").len(), 0, "{how:?}");
        assert!(rig.store.bodies().begun(id).await.unwrap().is_empty(), "{how:?}");
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
    let total = PART.len() as u64;
    rig.until("bytes are told", || async {
        let told = rig.sync.downloads();
        told.first()
            .is_some_and(|now| now.done > held / 2 && now.done < total && now.total == total)
    })
    .await;
    proxy.cut_now();
    let body = waiting.await.unwrap().unwrap();
    let bytes = rig.store.bodies().get(body).await.unwrap();
    assert!(bytes == PART.as_bytes(), "over the next connection");
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
