//! One session through every command: as it should be, in single octets, cut after every line, refused at every
//! answer, and disturbed by garbage.

use std::time::Duration;

use posthorn_imap::{
    Error, Event, Idling, MailboxName, Options, Search, SelectMode, Session, StoreMode, UidSet,
};
use posthorn_model::{Flags, MailboxRole, ModSeq, Timestamp, Uid, UidValidity};
use tokio::io::DuplexStream;

use super::script::{Delivery, Ending, Step, serve, steps};

const JOURNEY: &str = include_str!("../../../../../tests/transcripts/imap-journey.txt");
const PATIENCE: Duration = Duration::from_secs(30);

fn set(text: &str) -> UidSet {
    UidSet::parse(text.as_bytes()).unwrap()
}

/// Goes through the whole script; asserts what is true whenever a command succeeds.
async fn travel(stream: DuplexStream) -> Result<(), Error> {
    let mut session = Session::open(stream, &Options::default()).await?;
    session.login("ann", "secret").await?;
    let server = session.identify(&[("name", "Posthorn"), ("version", "1")]).await?;
    assert_eq!(server[0], ("name".to_owned(), "Dove\"cot".to_owned()));
    assert_eq!(session.enable(&["QRESYNC", "UTF8=ACCEPT"]).await?, ["QRESYNC"]);
    folders(&mut session).await?;
    open(&mut session).await?;
    read(&mut session).await?;
    change(&mut session).await?;
    listen(&mut session).await?;
    session.expunge_everything_deleted().await?;
    session.unselect().await?;
    session.logout().await
}

async fn folders(session: &mut Session<DuplexStream>) -> Result<(), Error> {
    let namespaces = session.namespaces().await?;
    assert_eq!((namespaces.personal.len(), namespaces.shared[0].prefix.as_str()), (2, "Public/"));
    let list = session.list().await?;
    let names: Vec<String> = list.iter().map(|mailbox| mailbox.name.display()).collect();
    assert_eq!(names, ["Entw\u{fc}rfe \"x\"", "INBOX", "a\\b\"c)x"]);
    assert_eq!((list[0].role(), list[1].role()), (MailboxRole::Sent, MailboxRole::Inbox));
    assert!(!list[2].is_selectable() && list[1].is_subscribed());
    let counts = list[1].status.as_ref().unwrap();
    assert_eq!((counts.messages, counts.highest_modseq), (Some(2), Some(ModSeq(55))));
    let counts = session.status(&list[0].name).await?;
    assert_eq!((counts.size, counts.highest_modseq), (Some(5_000_000_000), None));
    let (a, b) = (MailboxName::from_display("a"), MailboxName::from_display("b"));
    session.create(&a).await?;
    session.rename(&a, &b).await?;
    session.subscribe(&b).await?;
    session.unsubscribe(&b).await?;
    session.delete(&b).await
}

async fn open(session: &mut Session<DuplexStream>) -> Result<(), Error> {
    let mode = SelectMode::QResync {
        uid_validity: UidValidity(7),
        modseq: ModSeq(50),
        known: Some(set("1:8")),
    };
    let inbox = session.select(&MailboxName::inbox(), mode).await?;
    assert_eq!(
        (inbox.exists, inbox.uid_validity, inbox.uid_next),
        (2, UidValidity(7), Some(Uid(9)))
    );
    assert_eq!((inbox.highest_modseq, inbox.is_read_only), (Some(ModSeq(55)), false));
    assert_eq!((inbox.vanished, inbox.changed.len()), (set("1:3,5"), 1));
    assert_eq!(inbox.permanent_flags.unwrap(), ["\\Seen", "\\*"]);
    assert_eq!(inbox.mailbox_id.as_deref(), Some("F77"));
    Ok(())
}

async fn read(session: &mut Session<DuplexStream>) -> Result<(), Error> {
    assert_eq!(session.search(&Search::All).await?, set("4,8"));
    assert_eq!(session.search(&Search::MessageId("a\"b@c".to_owned())).await?, set("4,8"));
    let mut flags = session.fetch_flags(&set("4,8"), Some(ModSeq(50))).await?;
    let first = flags.next().await?.unwrap();
    assert_eq!((first.uid, first.modseq), (Some(Uid(4)), Some(ModSeq(52))));
    assert!(flags.next().await?.is_none());
    assert_eq!((flags.vanished(), flags.is_complete()), (&set("6"), true));
    let mut heads = session.fetch_heads(&set("4,8")).await?;
    let mut one = heads.next().await?.unwrap();
    assert_eq!(
        (one.size, one.internal_date),
        (Some(42), Some(Timestamp::from_seconds(837_596_665)))
    );
    assert_eq!(one.take_section("HEADER").unwrap().as_memory(), Some(&b"Subject: hi\r\nX"[..]));
    assert_eq!(one.body_structure.unwrap().root.media_type, "text/plain");
    let mut two = heads.next().await?.unwrap();
    assert_eq!((two.uid, two.internal_date), (Some(Uid(8)), None));
    assert_eq!(two.take_section("HEADER").unwrap().as_memory(), Some(&b"A: \"q\" \\"[..]));
    assert!(heads.next().await?.is_none());
    let part = session.fetch_section(Uid(4), "1.2", Some((10, 20))).await?.unwrap();
    assert_eq!(part.as_memory(), Some(&b"abc"[..]));
    Ok(())
}

async fn change(session: &mut Session<DuplexStream>) -> Result<(), Error> {
    session.take_events();
    let flags = Flags::from_names(["\\Flagged", "$Junk"]);
    let stored = session.store(&set("4,8"), StoreMode::Add, &flags, Some(ModSeq(55))).await?;
    assert_eq!((stored.modified, stored.changed.len()), (set("8"), 1));
    let target = MailboxName::from_display("Entw\u{fc}rfe \"x\"");
    let copied = session.copy(&set("4,8"), &target).await?.unwrap();
    assert_eq!(copied.pairs().collect::<Vec<_>>(), [(Uid(4), Uid(21)), (Uid(8), Uid(22))]);
    let moved = session.move_to(&set("4"), &target).await?.unwrap();
    assert_eq!(moved.pairs().collect::<Vec<_>>(), [(Uid(4), Uid(23))]);
    session.expunge(&set("8")).await?;
    let seen = Flags::from_names(["\\Seen"]);
    let date = Timestamp::from_seconds(837_596_665);
    let appended = session
        .append(&MailboxName::inbox(), &seen, Some(date), 5, &mut &b"hello"[..])
        .await?
        .unwrap();
    assert_eq!((appended.uid_validity, appended.uid), (UidValidity(7), Uid(9)));
    session.noop().await?;
    let events = format!("{:?}", session.take_events());
    assert!(
        events.starts_with("[Vanished(")
            && events.contains("Expunged(1), Exists(4), Alert(\"Öl läuft aus\")]")
    );
    Ok(())
}

async fn listen(session: &mut Session<DuplexStream>) -> Result<(), Error> {
    let mut idle = session.idle().await?;
    assert!(matches!(idle.wait(PATIENCE).await?, Idling::Event(Event::Exists(5))));
    idle.done().await
}

fn journey() -> Vec<Step> {
    steps(JOURNEY)
}

async fn outcome(
    steps: Vec<Step>,
    delivery: Delivery,
    ending: Ending,
) -> (Result<(), Error>, Result<(), String>) {
    let (stream, server) = serve(steps, delivery, ending);
    let travelled = tokio::time::timeout(PATIENCE, tokio::spawn(travel(stream)))
        .await
        .expect("it does not hang")
        .expect("it does not panic");
    (travelled, server.await.expect("the server does not panic"))
}

#[tokio::test]
async fn every_command_works_in_any_delivery() {
    for delivery in [Delivery::Whole, Delivery::Bytes] {
        let (travelled, served) = outcome(journey(), delivery, Ending::Close).await;
        served.unwrap();
        travelled.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_ends_anywhere_is_lost_and_never_empty() {
    let all = journey();
    let goodbye = all.iter().position(|step| *step == Step::Client("$ LOGOUT".to_owned())).unwrap();
    for end in 0..goodbye {
        let (travelled, _) = outcome(all[..end].to_vec(), Delivery::Whole, Ending::Close).await;
        let error = travelled.expect_err("a cut session does not succeed");
        assert!(
            matches!(error, Error::Lost(_)) && error.is_transient(),
            "after {:?}: {error}",
            all.get(end - 1)
        );
    }
}

#[tokio::test]
async fn a_connection_that_ends_inside_a_line_is_lost() {
    let all = journey();
    for (at, step) in all.iter().enumerate() {
        let Step::Server(octets) = step else { continue };
        if octets.len() < 4 || octets.starts_with(b"$ OK\r\n") && at + 1 == all.len() {
            continue;
        }
        let mut cut = all[..at].to_vec();
        cut.push(Step::Server(octets[..octets.len() / 2].to_vec()));
        let (travelled, _) = outcome(cut, Delivery::Whole, Ending::Close).await;
        let in_logout = all[..at].contains(&Step::Client("$ LOGOUT".to_owned()));
        assert!(travelled.is_err() || in_logout, "inside {step:?}");
    }
}

#[tokio::test]
async fn a_refusal_anywhere_is_an_error_with_the_servers_sentence() {
    let all = journey();
    for word in ["NO", "BAD"] {
        for (at, step) in all.iter().enumerate() {
            let Step::Server(octets) = step else { continue };
            if !octets.starts_with(b"$ OK") {
                continue;
            }
            let mut refused = all[..at].to_vec();
            refused.push(Step::Server(
                format!("$ {word} [X-CODE a b] not \u{f6}ffentlich\r\n").into_bytes(),
            ));
            let (travelled, _) = outcome(refused, Delivery::Whole, Ending::Close).await;
            let command = all[..at].iter().rev().find_map(|step| match step {
                Step::Client(line) if line.starts_with('$') => Some(line.as_str()),
                _ => None,
            });
            let error = travelled.expect_err("a refusal is no success");
            // A refused extended LIST is asked again plainly, on a connection that is closed by then.
            if command.is_some_and(|line| line.contains("LIST")) {
                assert!(matches!(error, Error::Lost(_)), "{error}");
                continue;
            }
            assert_eq!(error.server_text(), Some("not \u{f6}ffentlich"), "{command:?}: {error}");
            assert!(error.is_permanent() && !error.is_fatal(), "{command:?}: {error}");
        }
    }
}

#[tokio::test]
async fn garbage_anywhere_is_an_error_in_words() {
    let garbage: [&[u8]; 5] = [
        b"\xff\xfe\x00 rubbish\r\n",
        b"* SEARCH one two\r\n",
        b"* LIST (\\a \"/\" {3}\r\nabc\r\n",
        b"ZZZZ OK not yours\r\n",
        b"* 1 FETCH (BODY[] {99999999999999999999}\r\n",
    ];
    for (at, octets) in places_for_a_line().into_iter().zip(garbage.into_iter().cycle()) {
        let Err(error) = disturbed(at, octets).await else {
            panic!("{:?} as step {at} is no success", String::from_utf8_lossy(octets))
        };
        assert!(
            error.is_fatal() && error.to_string().len() < 400,
            "{octets:?}, step {at}: {error}"
        );
    }
}

// Nothing may come before the greeting, the first line.
#[tokio::test]
async fn one_message_in_a_form_that_nobody_can_read_costs_no_other() {
    for at in places_for_a_line().into_iter().skip(1) {
        let travelled = disturbed(at, b"* 1 FETCH (UID\r\n").await;
        assert!(travelled.is_ok(), "as step {at}: {travelled:?}");
    }
}

/// Where in the journey the server may say another line: before each of its own, and never inside a literal.
fn places_for_a_line() -> Vec<usize> {
    let all = journey();
    let is_line = |at: &usize| match (at.checked_sub(1).map(|before| &all[before]), &all[*at]) {
        (Some(Step::Server(before)), _) if is_octets(before) => false,
        (_, Step::Server(octets)) => !is_octets(octets),
        _ => false,
    };
    (0..all.len()).filter(is_line).collect()
}

/// The journey with `octets` said before step `at`.
async fn disturbed(at: usize, octets: &[u8]) -> Result<(), Error> {
    let mut all = journey();
    all.insert(at, Step::Server(octets.to_vec()));
    outcome(all, Delivery::Whole, Ending::Close).await.0
}

/// Tells whether octets are (part of) a literal and not a line.
fn is_octets(octets: &[u8]) -> bool {
    !octets.ends_with(b"\r\n")
}
