//! Single commands where servers differ: what is offered, what is refused, what is half done.

use std::time::Duration;

use posthorn_imap::{
    Error, MailboxName, Options, Result, Search, SelectMode, Session, StoreMode, UidSet,
};
use posthorn_model::{Flags, ModSeq, Uid, UidValidity};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

use super::script::play;

type Server = JoinHandle<std::result::Result<(), String>>;

/// A session with a server that offers `capabilities` and follows `script`.
async fn session(capabilities: &str, script: &str) -> (Session<DuplexStream>, Server) {
    let (stream, server) =
        play(&format!("S: * OK [CAPABILITY IMAP4rev1 {capabilities}] ready\n{script}"));
    (Session::open(stream, &Options::default()).await.unwrap(), server)
}

/// Asserts that the server heard exactly its script.
async fn heard(session: Session<DuplexStream>, server: Server) {
    drop(session);
    server.await.unwrap().unwrap();
}

fn set(text: &str) -> UidSet {
    UidSet::parse(text.as_bytes()).unwrap()
}

async fn append(
    session: &mut Session<DuplexStream>,
    message: &[u8],
    size: u64,
) -> Result<Option<Uid>> {
    let inbox = MailboxName::inbox();
    let appended = session.append(&inbox, &Flags::default(), None, size, &mut &message[..]).await?;
    Ok(appended.map(|appended| appended.uid))
}

#[tokio::test]
async fn a_small_message_is_sent_at_once_where_that_is_allowed() {
    let script =
        "C: $ APPEND \"INBOX\" () {5+}\nC= hello\nC:\nS: * 8 EXISTS\nS: $ OK [APPENDUID 7 12] done";
    let (mut session, server) = session("LITERAL-", script).await;
    assert_eq!(append(&mut session, b"hello", 5).await.unwrap(), Some(Uid(12)));
    heard(session, server).await;
}

#[tokio::test]
async fn a_large_message_waits_and_is_not_uploaded_when_refused() {
    let script = "C: $ APPEND \"INBOX\" () {5000}\nS: $ NO [OVERQUOTA] full\nC: $ NOOP\nS: $ OK";
    let (mut session, server) = session("LITERAL+", script).await;
    let error = append(&mut session, &[b'x'; 5000], 5000).await.unwrap_err();
    assert!(error.is_over_quota() && error.is_permanent() && error.server_text() == Some("full"));
    session.noop().await.unwrap();
    heard(session, server).await;
}

#[tokio::test]
async fn a_message_that_is_shorter_than_promised_ends_the_session() {
    let (mut session, _server) = session("", "C: $ APPEND \"INBOX\" () {9}\nS: + go").await;
    assert!(matches!(append(&mut session, b"short", 9).await, Err(Error::Local(_))));
    assert!(matches!(session.noop().await, Err(Error::Lost(_))));
}

#[tokio::test]
async fn an_extended_list_that_is_refused_is_asked_for_plainly() {
    let script = "C: $ LIST \"\" \"*\" RETURN (SUBSCRIBED)\nS: $ BAD what\nC: $ LIST \"\" \"*\"\n\
        S: * LIST () NIL inbox\nS: * LIST (\\Junk) \"\" \"NIL\"\nS: $ OK\n\
        C: $ LSUB \"\" \"*\"\nS: * LSUB () NIL INBOX\nS: $ OK";
    let (mut session, server) = session("LIST-EXTENDED", script).await;
    let list = session.list().await.unwrap();
    assert!(list[0].name.is_inbox() && list[0].delimiter.is_none());
    assert_eq!(list[1].name.as_wire(), "NIL");
    assert!(list[0].is_subscribed() && !list[1].is_subscribed());
    heard(session, server).await;
}

#[tokio::test]
async fn a_name_that_is_not_utf8_is_sent_back_as_it_came() {
    let mut script =
        super::script::steps("S: * OK [CAPABILITY IMAP4rev1] ready\nC: $ LIST \"\" \"*\"");
    script.push(super::script::Step::Server(b"* LIST () \"/\" \"\xb2\xdd\xb8\xe5\"\r\n".to_vec()));
    script.extend(super::script::steps(
        "S: $ OK\nC: $ LSUB \"\" \"*\"\nS: $ BAD what\nC: $ SELECT {4}\nS: $ NO not so",
    ));
    let (stream, server) =
        super::script::serve(script, super::script::Delivery::Whole, super::script::Ending::Wait);
    let mut session = Session::open(stream, &Options::default()).await.unwrap();
    let name = session.list().await.unwrap()[0].name.clone();
    let stored = MailboxName::from_wire(name.as_wire());
    assert!(matches!(session.select(&stored, SelectMode::Plain).await, Err(Error::No { .. })));
    heard(session, server).await;
}

#[tokio::test]
async fn examine_and_a_mailbox_without_modseqs() {
    let script = "C: $ EXAMINE \"INBOX\" (CONDSTORE)\nS: * 0 EXISTS\nS: * OK [UIDVALIDITY 3] x\nS: * OK [NOMODSEQ] none\n\
        S: $ OK [READ-ONLY] open";
    let (mut session, server) = session("CONDSTORE", script).await;
    let inbox = session.examine(&MailboxName::inbox(), SelectMode::CondStore).await.unwrap();
    assert!(
        inbox.is_read_only && inbox.highest_modseq.is_none() && inbox.permanent_flags.is_none()
    );
    heard(session, server).await;
}

#[tokio::test]
async fn what_is_not_offered_is_not_sent() {
    let (mut session, server) = session("", "C: $ NOOP\nS: $ OK").await;
    let uids = Uid(1).into();
    let mode = SelectMode::QResync { uid_validity: UidValidity(1), modseq: ModSeq(1), known: None };
    let inbox = MailboxName::inbox();
    let refused = |error: Error| matches!(error, Error::Unsupported(_)) && error.is_permanent();
    assert!(session.move_to(&uids, &inbox).await.is_err_and(refused));
    assert!(session.expunge(&uids).await.is_err_and(refused));
    assert!(session.select(&inbox, mode).await.is_err_and(refused));
    assert!(session.unselect().await.is_err_and(refused));
    assert!(session.idle().await.is_err_and(refused));
    assert!(session.identify(&[("name", "x")]).await.unwrap().is_empty());
    assert!(session.namespaces().await.unwrap().personal.is_empty());
    session.noop().await.unwrap();
    heard(session, server).await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let (mut session, server) = session("", "C: $ NOOP\nS: $ OK").await;
    let evil = MailboxName::from_wire("a\r\nA9 DELETE INBOX");
    let refused = |error: Error| matches!(error, Error::Argument(_));
    assert!(session.select(&evil, SelectMode::Plain).await.is_err_and(refused));
    assert!(session.create(&evil).await.is_err_and(refused));
    let flags = Flags::from_names(["a) (b"]);
    assert!(session.store(&Uid(1).into(), StoreMode::Add, &flags, None).await.is_err_and(refused));
    assert!(session.copy(&UidSet::new(), &MailboxName::inbox()).await.is_err_and(refused));
    assert!(session.fetch_section(Uid(1), "1] (FLAGS", None).await.is_err_and(refused));
    assert!(session.search(&Search::MessageId("a\nb".to_owned())).await.is_err_and(refused));
    let scattered: UidSet = (1..5000).map(|uid| Uid(uid * 2)).collect();
    assert!(session.search(&Search::Among(scattered.clone())).await.is_err_and(refused));
    assert!(scattered.pieces(1000).iter().all(|piece| piece.to_string().len() < 8000));
    session.noop().await.unwrap();
    heard(session, server).await;
}

#[tokio::test]
async fn a_store_that_was_refused_for_all_says_which() {
    let script = "C: $ UID STORE 1:2 (UNCHANGEDSINCE 5) -FLAGS.SILENT (\\Seen)\nS: $ NO [MODIFIED 1:2] none stored";
    let (mut session, server) = session("CONDSTORE", script).await;
    let seen = Flags::from_names(["\\Seen"]);
    let stored =
        session.store(&set("1:2"), StoreMode::Remove, &seen, Some(ModSeq(5))).await.unwrap();
    assert_eq!(stored.modified, set("1:2"));
    heard(session, server).await;
}

#[tokio::test]
async fn copyuid_that_does_not_fit_pairs_nothing() {
    let script = "C: $ UID COPY 1:9 \"INBOX\"\nS: $ OK [COPYUID 3 1:4294967295 7] done";
    let (mut session, server) = session("", script).await;
    let copied = session.copy(&set("1:9"), &MailboxName::inbox()).await.unwrap().unwrap();
    assert_eq!(copied.pairs().count(), 0);
    heard(session, server).await;
}

#[tokio::test]
async fn an_open_search_drops_the_lower_uid_that_servers_add() {
    let (mut session, server) =
        session("", "C: $ UID SEARCH UID 50:*\nS: * SEARCH 49\nS: $ OK").await;
    assert!(session.search(&Search::From(Uid(50))).await.unwrap().is_empty());
    heard(session, server).await;
}

#[tokio::test]
async fn message_numbers_are_never_taken_for_uids() {
    let (mut session, _server) =
        session("ESEARCH", "C: $ UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH ALL 1:3\nS: $ OK").await;
    assert!(matches!(session.search(&Search::All).await, Err(Error::Protocol(_))));
}

#[tokio::test]
async fn a_bye_says_why_the_connection_ended() {
    let (stream, mut server) = tokio::io::duplex(1 << 12);
    server.write_all(b"* OK [CAPABILITY IMAP4rev1] x\r\n* BYE shutting down\r\n").await.unwrap();
    let mut session = Session::open(stream, &Options::default()).await.unwrap();
    drop(server);
    let error = session.noop().await.unwrap_err();
    // The broken pipe may be noticed before the sentence is read: both are transient.
    assert!(error.is_transient(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_awaited_and_an_endless_one_is_not() {
    for (octets, ends_well) in [(100, true), (1_000_000, false)] {
        let (stream, mut server) = tokio::io::duplex(1 << 12);
        let drip = tokio::spawn(async move {
            server.write_all(b"* OK [CAPABILITY IMAP4rev1] x\r\n* X ").await?;
            for _ in 0..octets {
                tokio::time::sleep(Duration::from_secs(50)).await;
                server.write_all(b"y").await?;
            }
            server.write_all(b"\r\nA0002 OK\r\n").await?;
            std::future::pending::<std::io::Result<()>>().await
        });
        let mut session = Session::open(stream, &Options::default()).await.unwrap();
        let answer = session.noop().await;
        assert_eq!(answer.is_ok(), ends_well, "{answer:?}");
        assert!(ends_well || matches!(answer, Err(Error::Timeout(_))));
        drip.abort();
    }
}
