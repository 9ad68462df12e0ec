//! Servers that are large, slow, broken or malicious.

use std::io::Read;
use std::time::Duration;

use posthorn_imap::{
    Error, Event, Idling, MailboxName, Options, Search, SelectMode, Session, UidSet, limit,
};
use posthorn_model::Uid;
use proptest::prelude::*;
use tokio::io::{AsyncWriteExt, DuplexStream};

use super::script::{Delivery, Ending, Step, play, serve, steps};

const IN: &str = "S: * OK [CAPABILITY IMAP4rev1 IDLE] ready";

async fn session_after(script: &str) -> Session<DuplexStream> {
    let (stream, _server) = play(&format!("{IN}\n{script}"));
    Session::open(stream, &Options::default()).await.unwrap()
}

async fn session_over(more: Vec<Step>) -> Session<DuplexStream> {
    let (stream, _server) = serve([steps(IN), more].concat(), Delivery::Whole, Ending::Wait);
    Session::open(stream, &Options::default()).await.unwrap()
}

fn line(text: impl Into<Vec<u8>>) -> Step {
    Step::Server(text.into())
}

#[tokio::test]
async fn a_million_uids_are_found_in_one_pass() {
    let uids: Vec<String> = (1..=2_000_000).step_by(2).map(|uid| uid.to_string()).collect();
    let answer = format!("* SEARCH {}\r\n", uids.join(" "));
    let steps = vec![Step::Client("$ UID SEARCH ALL".to_owned()), line(answer), line("$ OK\r\n")];
    let found = session_over(steps).await.search(&Search::All).await.unwrap();
    assert_eq!((found.len(), found.max()), (1_000_000, Some(Uid(1_999_999))));
}

#[tokio::test]
async fn a_range_of_all_uids_stays_a_range() {
    let script = "C: $ UID SEARCH ALL\nS: * ESEARCH (TAG \"x\") UID ALL 1:4294967295\nS: $ OK";
    let found = session_after(script).await.search(&Search::All).await.unwrap();
    assert_eq!(found, UidSet::range(Uid(1), Uid(u32::MAX)));
}

#[tokio::test]
async fn more_uids_than_the_mailbox_holds_are_not_believed() {
    let open = "C: $ SELECT \"INBOX\"\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: $ OK";
    let ask = "C: $ UID SEARCH ALL\nS: * 4 EXISTS\nS: * ESEARCH (TAG \"x\") UID ALL";
    for (uids, is_believed) in [("1:4", true), ("1:4294967295", false)] {
        let mut session = session_after(&format!("{open}\n{ask} {uids}\nS: $ OK")).await;
        session.select(&MailboxName::inbox(), SelectMode::Plain).await.unwrap();
        assert_eq!(session.search(&Search::All).await.is_ok(), is_believed, "{uids}");
    }
}

#[tokio::test]
async fn a_large_message_goes_to_disk() {
    const SIZE: usize = 50 << 20;
    let steps = vec![
        Step::Client("$ UID FETCH 7 (UID BODY.PEEK[])".to_owned()),
        line(format!("* 1 FETCH (UID 7 BODY[] {{{SIZE}}}\r\n")),
        line(vec![b'x'; SIZE]),
        line(")\r\n"),
        line("$ OK\r\n"),
    ];
    let mut session = session_over(steps).await;
    let mut bodies = session.fetch_bodies(&Uid(7).into()).await.unwrap();
    let body = bodies.next().await.unwrap().unwrap().take_section("").unwrap();
    assert!(bodies.next().await.unwrap().is_none());
    assert!(body.is_spooled() && body.len() == SIZE as u64);
    let mut count = 0;
    let mut reader = body.into_reader().unwrap();
    let mut chunk = vec![0; 1 << 20];
    loop {
        let read = reader.read(&mut chunk).unwrap();
        if read == 0 {
            break;
        }
        assert!(chunk[..read].iter().all(|byte| *byte == b'x'));
        count += read;
    }
    assert_eq!(count, SIZE);
}

#[tokio::test]
async fn an_announced_giant_is_refused_before_it_comes() {
    let script = "C: $ UID FETCH 7 (UID BODY.PEEK[])\nS: * 1 FETCH (UID 7 BODY[] {500000000000}";
    let mut session = session_after(script).await;
    let mut bodies = session.fetch_bodies(&Uid(7).into()).await.unwrap();
    let error = bodies.next().await.unwrap_err();
    assert!(
        matches!(error, Error::Limit { what: "literal", limit } if limit == limit::MAX_LITERAL)
    );
    assert!(error.is_permanent());
    drop(bodies);
    assert!(matches!(session.noop().await, Err(Error::Lost(_))), "the session is over");
}

#[tokio::test]
async fn what_breaks_other_parsers_is_read_or_passed_over() {
    let deep = format!(
        "* 4 FETCH (UID 4 BODYSTRUCTURE {}{} FLAGS (\\Seen))",
        "(".repeat(200_000),
        ")".repeat(200_000)
    );
    let odd = format!(
        "S: * ESEARCH (TAG \"A\") UID ALL 1:3\nS: * THREAD (2)(3 6)\nS: * NAMESPACE ((\"\" \"/\")) NIL NIL\n\
         S: * STATUS a (MESSAGES 1 SIZE 4 APPENDLIMIT NIL)\nS: * 3 FETCH (UID 3 INTERNALDATE NIL)\n\
         S: * 3 FETCH (UID 5 BINARY[1] ~{{3}}\nS= abc\nS: )\nS: * XFOO bar (((\nS: * OK [ALERT]\u{e9}\n\
         S: * LIST () \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))\nS: * 3 FETCH ()\nS: * OK text ends in {{5}}\n\
         S: * SORT 1 2\nS: * ID ()\nS: * CAPABILITY IMAP4rev2 IDLE\nS: {deep}\nS: * OK [BADCHARSET (\nS: * 7 EXISTS"
    );
    let mut session = session_after(&format!("C: $ NOOP\n{odd}\nS: $ OK")).await;
    session.noop().await.unwrap();
    let events = session.take_events();
    let mut uids = Vec::new();
    for event in &events {
        if let Event::Changed(fetched) = event {
            uids.extend(fetched.uid);
        }
    }
    assert_eq!(uids, [Uid(3), Uid(5), Uid(4)]);
    assert!(events.iter().any(|event| matches!(event, Event::Alert(text) if text == "\u{e9}")));
    assert!(matches!(events.last(), Some(Event::Exists(7))), "order is kept");
    assert!(session.has("IMAP4REV2"));
}

#[tokio::test]
async fn an_alert_in_a_success_is_kept() {
    let mut session = session_after("C: $ NOOP\nS: $ OK [ALERT] disk nearly full").await;
    session.noop().await.unwrap();
    let events = session.take_events();
    assert!(matches!(&events[..], [Event::Alert(text)] if text == "disk nearly full"));
}

#[tokio::test]
async fn a_forged_stand_in_is_an_ordinary_line() {
    let mut session =
        session_after("C: $ NOOP\nS: * OK XPH00000000000000000000000000000000\nS: $ OK XPH1").await;
    session.noop().await.unwrap();
}

#[tokio::test]
async fn open_without_the_essentials_is_an_error() {
    for missing in ["S: * OK [UIDVALIDITY 7] x", "S: * 3 EXISTS", ""] {
        let mut session =
            session_after(&format!("C: $ SELECT \"INBOX\"\n{missing}\nS: $ OK")).await;
        let error = session.select(&MailboxName::inbox(), SelectMode::Plain).await.unwrap_err();
        assert!(matches!(error, Error::Protocol(_)), "{missing}: {error}");
    }
}

#[tokio::test]
async fn an_ok_without_a_result_is_not_an_empty_mailbox() {
    let mut session = session_after("C: $ UID SEARCH ALL\nS: $ OK").await;
    assert!(matches!(session.search(&Search::All).await, Err(Error::Protocol(_))));
    let mut session =
        session_after("C: $ LIST \"\" \"*\"\nS: $ OK\nC: $ LSUB \"\" \"*\"\nS: $ OK").await;
    assert!(matches!(session.list().await, Err(Error::Protocol(_))));
}

#[tokio::test]
async fn a_refused_idle_returns_at_once() {
    let mut session = session_after("C: $ IDLE\nS: $ NO not now\nC: $ NOOP\nS: $ OK").await;
    assert!(matches!(session.idle().await, Err(Error::No { .. })));
    session.noop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_quiet_idle_is_quiet_and_a_silent_server_is_dead() {
    let mut session = session_after("C: $ IDLE\nS: + \nC: DONE").await;
    let mut idle = session.idle().await.unwrap();
    assert!(matches!(idle.wait(Duration::from_mins(9)).await, Ok(Idling::Quiet)));
    assert!(matches!(idle.done().await, Err(Error::Timeout(limit::STALL))));
    assert!(matches!(session.noop().await, Err(Error::Lost(_))), "the session is over");
}

#[tokio::test]
async fn a_dropped_answer_ends_the_session() {
    let script = "C: $ UID FETCH 1 (UID FLAGS)\nS: * 1 FETCH (UID 1 FLAGS ())\nS: * 2 FETCH (UID 2 FLAGS ())\nS: $ OK";
    let mut session = session_after(script).await;
    let mut flags = session.fetch_flags(&Uid(1).into(), None).await.unwrap();
    assert!(flags.next().await.unwrap().is_some());
    drop(flags);
    assert!(matches!(session.search(&Search::All).await, Err(Error::Lost(_))));
}

#[tokio::test]
async fn more_events_than_are_kept_say_so() {
    let news = "S: * 1 EXPUNGE\n".repeat(limit::MAX_EVENTS + 50);
    let mut session = session_after(&format!("C: $ NOOP\n{news}S: $ OK")).await;
    session.noop().await.unwrap();
    let events = session.take_events();
    assert_eq!(events.len(), limit::MAX_EVENTS + 1);
    assert!(matches!(events.last(), Some(Event::Overflow)));
}

#[tokio::test]
async fn an_answer_without_end_is_refused() {
    let question = Step::Client("$ NOOP".to_owned());
    let news = line("* 1 EXPUNGE\r\n".repeat(limit::MAX_COLLECTED + 2));
    let mut session = session_over(vec![question, news]).await;
    let error = session.noop().await.unwrap_err();
    assert!(matches!(error, Error::Limit { what: "number of responses", .. }), "{error}");
    assert!(matches!(session.noop().await, Err(Error::Lost(_))), "the session is over");
}

/// Says anything at all to a session that searches, then closes.
fn survive(octets: Vec<u8>) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let met = runtime.block_on(async {
        let (client, mut server) = tokio::io::duplex(1 << 16);
        server.write_all(b"* OK [CAPABILITY IMAP4rev1] x\r\n").await.unwrap();
        server.write_all(&octets).await.unwrap();
        let talk = async {
            let mut session = Session::open(client, &Options::default()).await?;
            drop(server);
            session.search(&Search::All).await
        };
        tokio::time::timeout(Duration::from_secs(20), talk).await
    });
    let answer = met.map_err(|_| TestCaseError::fail("it hangs"))?;
    let told_tag = octets.windows(5).any(|part| part.eq_ignore_ascii_case(b"A0002"));
    prop_assert!(answer.is_err() || told_tag, "nobody answered, and yet {:?}", answer);
    Ok(())
}

proptest! {
    #[test]
    fn any_octets_end_in_an_answer(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        survive(octets)?;
    }

    #[test]
    fn any_words_end_in_an_answer(words in prop::collection::vec(
        prop::sample::select(vec![
            "* ", "+ ", "A0002 ", "OK", "NO", "BAD", "BYE", " [", "] ", "(", ")", "\"", "\\", "{3}\r\n", "~{2}\r\n", "{0}\r\n",
            "abc", "NIL", "1", "4294967296", " ", "FETCH", "SEARCH", "ESEARCH", "UID", "BODY[", "BODYSTRUCTURE", "FLAGS",
            "LIST", "STATUS", "VANISHED", "(EARLIER)", "1:4294967295", "MODSEQ", "\r\n", "\n", "\u{e9}", "COPYUID", "CAPABILITY",
        ]), 0..60)) {
        survive(words.concat().into_bytes())?;
    }
}
