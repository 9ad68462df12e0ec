//! A session with a real Dovecot: what the scripted servers assume is what a server says.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::time::Duration;

use posthorn_imap::{
    Event, Idling, MailboxName, Options, Result, Search, SelectMode, Session, StoreMode, UidSet,
};
use posthorn_model::{Flags, MailboxRole, Timestamp, Uid};
use posthorn_testkit::{Delivery, Dovecot, DovecotOptions, Mail, PASSWORD};
use tokio::net::TcpStream;

const MESSAGES: u32 = 300;
const BIG: usize = 1 << 20;

async fn sign_in(server: &Dovecot) -> Session<TcpStream> {
    let stream =
        TcpStream::connect(("127.0.0.1", server.imap_port())).await.expect("Dovecot listens");
    let mut session = Session::open(stream, &Options::default()).await.expect("it greets");
    session.login("ann@example.org", PASSWORD).await.expect("it lets us in");
    session.identify(&[("name", "Posthorn")]).await.expect("it says who it is");
    session
}

fn deliveries() -> Vec<Delivery> {
    let mail = |number: u32| {
        let mail = Mail::new()
            .subject(&format!("Number {number}"))
            .message_id(&format!("{number}@test"))
            .text("Hello");
        let mail = if number == 7 {
            mail.attach("big.bin", "application/octet-stream", &vec![7; BIG])
        } else {
            mail
        };
        Delivery::new(mail.build())
            .received(Timestamp::from_seconds(1_767_603_600 + i64::from(number)))
    };
    (1..=MESSAGES).map(mail).collect()
}

#[tokio::test]
async fn a_real_server_is_read_changed_and_listened_to() {
    let server = Dovecot::start(DovecotOptions::default()).expect("Dovecot starts");
    server.mailbox("ann", "INBOX").fill(&deliveries()).expect("mail is delivered");
    let mut session = sign_in(&server).await;
    folders(&mut session).await.expect("folders");
    read(&mut session).await.expect("reading");
    change(&mut session).await.expect("changing");
    listen(&mut session, &mut sign_in(&server).await).await.expect("listening");
    session.logout().await.expect("goodbye");
}

async fn folders(session: &mut Session<TcpStream>) -> Result<()> {
    let name = MailboxName::from_display("Entw\u{fc}rfe & \u{8349}\u{7a3f}");
    session.create(&name).await?;
    session.subscribe(&name).await?;
    assert!(
        session
            .create(&name)
            .await
            .is_err_and(|error| error.is_permanent() && error.server_text().is_some())
    );
    let list = session.list().await?;
    let made = list.iter().find(|mailbox| mailbox.name == name).expect("it is listed");
    assert!(
        made.is_selectable()
            && made.status.as_ref().is_some_and(|status| status.messages == Some(0))
    );
    assert!(list.iter().any(|mailbox| mailbox.role() == MailboxRole::Inbox));
    assert_eq!(session.status(&MailboxName::inbox()).await?.messages, Some(MESSAGES));
    assert!(!session.namespaces().await?.personal.is_empty());
    Ok(())
}

async fn read(session: &mut Session<TcpStream>) -> Result<()> {
    session.enable(&["QRESYNC"]).await?;
    let inbox = session.select(&MailboxName::inbox(), SelectMode::CondStore).await?;
    assert!(inbox.exists == MESSAGES && inbox.highest_modseq.is_some() && !inbox.is_read_only);
    let uids = session.search(&Search::All).await?;
    assert_eq!(uids, UidSet::range(Uid(1), Uid(MESSAGES)));
    let mut heads = session.fetch_heads(&uids).await?;
    let mut count = 0;
    while let Some(mut head) = heads.next().await? {
        let header = head.take_section("HEADER").expect("a header");
        assert!(
            String::from_utf8_lossy(header.as_memory().unwrap_or_default())
                .contains("Subject: Number")
        );
        let structure = head.body_structure.expect("a structure");
        assert_eq!(structure.has_attachments(), head.uid == Some(Uid(7)), "{structure:?}");
        assert!(head.modseq.is_some() && head.internal_date.is_some() && head.size.is_some());
        count += 1;
    }
    assert_eq!(count, MESSAGES);
    let mut bodies = session.fetch_bodies(&Uid(7).into()).await?;
    let body =
        bodies.next().await?.and_then(|mut fetched| fetched.take_section("")).expect("a body");
    assert!(bodies.next().await?.is_none() && body.is_spooled());
    let part = session.fetch_section(Uid(7), "2", Some((100, 50))).await?.expect("a part");
    assert_eq!(part.len(), 50);
    assert!(session.fetch_section(Uid(9999), "1", None).await?.is_none());
    assert_eq!(session.search(&Search::MessageId("12@test".to_owned())).await?, Uid(12).into());
    assert!(session.search(&Search::From(Uid(MESSAGES + 5))).await?.is_empty());
    Ok(())
}

async fn change(session: &mut Session<TcpStream>) -> Result<()> {
    let drafts = MailboxName::from_display("Entw\u{fc}rfe & \u{8349}\u{7a3f}");
    let before = session.select(&MailboxName::inbox(), SelectMode::CondStore).await?;
    let flags = Flags::from_names(["\\Flagged", "$Posthorn"]);
    session.store(&Uid(3).into(), StoreMode::Add, &flags, None).await?;
    let stored =
        session.store(&Uid(3).into(), StoreMode::Add, &flags, before.highest_modseq).await?;
    assert_eq!(stored.modified, Uid(3).into(), "it changed since");
    let mut changed =
        session.fetch_flags(&UidSet::range(Uid(1), Uid(MESSAGES)), before.highest_modseq).await?;
    let one = changed.next().await?.expect("one changed");
    assert_eq!((one.uid, one.flags), (Some(Uid(3)), Some(flags)));
    assert!(changed.next().await?.is_none());
    let copied = session.copy(&UidSet::range(Uid(1), Uid(2)), &drafts).await?.expect("COPYUID");
    assert_eq!(copied.pairs().collect::<Vec<_>>(), [(Uid(1), Uid(1)), (Uid(2), Uid(2))]);
    let moved = session.move_to(&Uid(4).into(), &drafts).await?.expect("COPYUID");
    assert_eq!(moved.pairs().collect::<Vec<_>>(), [(Uid(4), Uid(3))]);
    let missing = session.copy(&Uid(1).into(), &MailboxName::from_display("nowhere")).await;
    assert!(missing.is_err_and(|error| error.is_nonexistent()));
    session
        .store(
            &UidSet::range(Uid(5), Uid(6)),
            StoreMode::Add,
            &Flags::from_names(["\\Deleted"]),
            None,
        )
        .await?;
    session.expunge(&Uid(5).into()).await?;
    assert_eq!(session.search(&Search::Deleted).await?, Uid(6).into(), "the other one stays");
    let message = b"Subject: new\r\n\r\n".repeat(10_000);
    let date = Some(Timestamp::from_seconds(837_596_665));
    let seen = Flags::from_names(["\\Seen"]);
    let appended =
        session.append(&drafts, &seen, date, message.len() as u64, &mut &message[..]).await?;
    assert_eq!(appended.map(|appended| appended.uid), Some(Uid(4)));
    let mode = SelectMode::QResync {
        uid_validity: before.uid_validity,
        modseq: before.highest_modseq.expect("it keeps them"),
        known: None,
    };
    let again = session.select(&MailboxName::inbox(), mode).await?;
    assert!(
        again.vanished.contains(Uid(4))
            && again.vanished.contains(Uid(5))
            && !again.vanished.contains(Uid(6))
    );
    assert!(again.changed.iter().any(|changed| changed.uid == Uid(3)));
    Ok(())
}

async fn listen(session: &mut Session<TcpStream>, other: &mut Session<TcpStream>) -> Result<()> {
    let mut idle = session.idle().await?;
    let message = b"Subject: news\r\n\r\nx";
    other
        .append(
            &MailboxName::inbox(),
            &Flags::default(),
            None,
            message.len() as u64,
            &mut &message[..],
        )
        .await?;
    loop {
        match idle.wait(Duration::from_secs(30)).await? {
            Idling::Event(Event::Exists(count)) => {
                assert_eq!(count, MESSAGES - 1, "two went, one came");
                break;
            }
            Idling::Event(_) => {}
            Idling::Quiet => panic!("no news within half a minute"),
        }
    }
    idle.done().await?;
    session.noop().await
}
