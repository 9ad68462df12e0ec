//! A message out, through a real Exim: accepted, refused, put off, filed.

use std::time::Duration;

use posthorn_model::{MailboxRole, Protocol, Timestamp};
use posthorn_net::Secret;
use posthorn_store::draft::{self, DraftContent, DraftKind};
use posthorn_store::outbox::{self, Outbox, OutboxState, RecipientState};
use posthorn_sync::{ProblemKind, Side, SyncEvent, message_size_limit, secret_key};
use posthorn_testkit::{MailServer, MailServerOptions, Refusal};

use crate::rig::{Letter, Rig, mail, settings};

fn server() -> MailServer {
    MailServer::start(MailServerOptions::default()).unwrap()
}

async fn imap(server: &MailServer) -> Rig {
    let rig =
        Rig::start(settings(Protocol::Imap, server.dovecot.imap_port(), server.exim.smtp_port()))
            .await;
    rig.settled().await;
    rig
}

/// Waits until Dovecot has so many messages.
async fn delivered(rig: &Rig, server: &MailServer, user: &str, count: usize) -> Vec<Vec<u8>> {
    let inbox = server.dovecot.mailbox(user, "INBOX");
    rig.until(&format!("{count} for {user}"), || async { inbox.count().unwrap() >= count }).await;
    inbox.messages().unwrap().into_iter().map(|stored| stored.bytes().unwrap()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_arrives_once_and_its_copy_is_filed_with_the_bcc_line() {
    let server = server();
    let rig = imap(&server).await;
    let mut events = rig.sync.subscribe();
    let letter = Letter {
        bcc_line: "Bcc: carl@posthorn.test\r\n",
        ..Letter::new("hello", &["bob", "carl"])
    };
    let wire = letter.wire();
    let id = rig.queue(letter).await;
    let row = rig.reaches(id, &[OutboxState::Done]).await;
    assert!(row.reply.starts_with("250 ") && !row.queue_id.is_empty(), "{row:?}");
    assert!(row.recipients.iter().all(|recipient| recipient.state == RecipientState::Accepted));
    for user in ["bob", "carl"] {
        let got = delivered(&rig, &server, user, 1).await;
        let got = got.first().unwrap();
        assert!(
            !text(got).contains("carl@posthorn.test>\r\nSubject")
                && !text(got).to_lowercase().contains("\nbcc:")
        );
        let body =
            |bytes: &[u8]| text(bytes).replace('\r', "").split_once("\n\n").unwrap().1.to_owned();
        assert_eq!(body(got), body(&wire), "dots survive");
    }
    let sent = server.dovecot.mailbox("anna", "Sent").messages().unwrap();
    assert_eq!(sent.len(), 1);
    let copy = sent.first().unwrap().bytes().unwrap();
    assert_eq!(
        text(&copy).replace('\r', ""),
        text(&[b"Bcc: carl@posthorn.test\r\n".as_slice(), &wire].concat()).replace('\r', "")
    );
    assert!(sent.first().unwrap().flags.seen, "{:?}", sent.first().unwrap().flags);
    rig.until("Sent shows it", || async { rig.subjects(MailboxRole::Sent).await == ["hello"] })
        .await;
    let states: Vec<_> = rig
        .read(move |tx| outbox::events(tx, id))
        .await
        .into_iter()
        .map(|event| event.state)
        .collect();
    use OutboxState as S;
    assert_eq!(
        states,
        [
            S::Queued,
            S::Connecting,
            S::Recipients,
            S::Data,
            S::DotSent,
            S::Accepted,
            S::Filed,
            S::Done
        ]
    );
    let account = rig.account;
    assert_eq!(rig.read(move |tx| message_size_limit(tx, account, None)).await, Some(30 << 20));
    let mut told = None;
    while let Ok(event) = events.try_recv() {
        if let SyncEvent::Sending { outbox, sent, size, .. } = event {
            told = Some((outbox, sent, size));
        }
    }
    assert_eq!(told, Some((id, wire.len() as u64, wire.len() as u64)));
    assert_eq!(rig.sync.uploaded(id), None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_does_not_stop_the_others_and_is_not_forgotten() {
    let server = server();
    let rig = imap(&server).await;
    let id = rig.queue(Letter::new("three", &["bob", "nobody-here", "carl"])).await;
    let row = rig.reaches(id, &[OutboxState::Done]).await;
    let states: Vec<_> = row.recipients.iter().map(|recipient| recipient.state).collect();
    assert_eq!(
        states,
        [RecipientState::Accepted, RecipientState::Refused, RecipientState::Accepted]
    );
    delivered(&rig, &server, "bob", 1).await;
    delivered(&rig, &server, "carl", 1).await;
    // Whoever did not get it stays in sight, alone, with the server's sentence.
    let left: Vec<Outbox> = rig.read(outbox::list).await;
    assert_eq!(left.len(), 1);
    let left = left.first().unwrap();
    assert_eq!((left.state, left.recipients.len()), (OutboxState::Failed, 1));
    assert!(left.reply.contains("no such user"), "{}", left.reply);
    assert_eq!(left.request.message_id, row.request.message_id);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_what_everybody_is_refused_for_and_the_sentence_stays() {
    let server = server();
    let rig = imap(&server).await;
    let all = rig.queue(Letter::new("all", &["nobody-here"])).await;
    let some = Letter { stop_on_refused: true, ..Letter::new("stop", &["bob", "nobody-here"]) };
    let stopped = rig.queue(some).await;
    for id in [all, stopped] {
        let row = rig.reaches(id, &[OutboxState::Failed]).await;
        assert!(row.reply.contains("no such user"), "{}", row.reply);
    }
    server.exim.refuse(Refusal::MessageForEver).unwrap();
    let refused = rig.queue(Letter::new("refused", &["bob"])).await;
    let row = rig.reaches(refused, &[OutboxState::Failed]).await;
    assert!(
        row.reply.starts_with("550 ") && row.reply.contains("the message is refused"),
        "{}",
        row.reply
    );
    rig.settled().await;
    assert!(
        !server.dovecot.mailbox("bob", "INBOX").exists()
            || server.dovecot.mailbox("bob", "INBOX").count().unwrap() == 0
    );
    assert!(rig.subjects(MailboxRole::Sent).await.is_empty());
    // The user sends it again when the server thinks better of it.
    server.exim.refuse(Refusal::Nobody).unwrap();
    rig.write(move |tx| outbox::step(tx, refused, OutboxState::Queued, "")).await;
    rig.reaches(refused, &[OutboxState::Done]).await;
    delivered(&rig, &server, "bob", 1).await;
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_puts_off_is_tried_until_it_takes_it() {
    for refusal in [Refusal::RecipientsForNow, Refusal::MessageForNow] {
        let server = server();
        let rig = imap(&server).await;
        server.exim.refuse(refusal).unwrap();
        let id = rig.queue(Letter::new("later", &["bob"])).await;
        let row = rig.reaches(id, &[OutboxState::Waiting]).await;
        assert!(row.reply.starts_with("451 ") && row.reply.contains("rests"), "{}", row.reply);
        assert!(row.next_try > Timestamp::default());
        rig.until("a second try", || async { rig.row(id).await.attempts >= 2 }).await;
        server.exim.refuse(Refusal::Nobody).unwrap();
        rig.reaches(id, &[OutboxState::Done]).await;
        assert_eq!(delivered(&rig, &server, "bob", 1).await.len(), 1);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_is_put_off_gets_a_try_of_his_own() {
    let server = server();
    let rig = imap(&server).await;
    let id = rig.queue(Letter::new("busy", &["bob", "busy"])).await;
    rig.reaches(id, &[OutboxState::Done]).await;
    rig.until("the rest is tried again", || async {
        let rows = rig.read(outbox::list).await;
        rows.first().is_some_and(|row| {
            row.id != id && row.attempts >= 1 && row.state == OutboxState::Waiting
        })
    })
    .await;
    let rows = rig.read(outbox::list).await;
    let rest = rows.first().unwrap();
    assert_eq!(rest.recipients.len(), 1);
    assert_eq!(rest.recipients.first().unwrap().state, RecipientState::Deferred);
    assert_eq!(delivered(&rig, &server, "bob", 1).await.len(), 1);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_said_and_not_tried_again() {
    let server = server();
    server.exim.deny(&["anna"]).unwrap();
    let rig = imap(&server).await;
    let id = rig.queue(Letter::new("locked", &["bob"])).await;
    let row = rig.reaches(id, &[OutboxState::Waiting]).await;
    assert!(row.reply.starts_with("535 "), "{}", row.reply);
    rig.until("the status says it", || async {
        let status = rig.sync.status(rig.account).unwrap();
        status.outgoing.is_some_and(|problem| problem.kind == ProblemKind::Credentials)
    })
    .await;
    for _ in 0..3 {
        rig.check().await;
    }
    assert_eq!(rig.row(id).await.attempts, 1);
    server.exim.deny(&[]).unwrap();
    rig.secrets
        .set(&secret_key(rig.account, Side::Outgoing), &Secret::new(posthorn_testkit::PASSWORD))
        .unwrap();
    rig.sync.account_changed(rig.account).await;
    rig.reaches(id, &[OutboxState::Done]).await;
    assert_eq!(rig.sync.status(rig.account).unwrap().outgoing, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_its_time_and_for_the_network_and_can_be_taken_back() {
    let server = server();
    let outgoing = server.exim.smtp_port();
    let rig = Rig::start_with(
        settings(Protocol::Imap, server.dovecot.imap_port(), outgoing),
        crate::rig::tuning(),
        true,
    )
    .await;
    let offline = rig.queue(Letter::new("offline", &["bob"])).await;
    let now = rig.store.clock().now();
    let later = Letter { not_before: now.plus_ms(60_000), ..Letter::new("later", &["bob"]) };
    let (later, undone) = (rig.queue(later.clone()).await, rig.queue(later).await);
    rig.settled().await;
    assert_eq!(rig.row(offline).await.state, OutboxState::Queued);
    rig.write(move |tx| outbox::step(tx, undone, OutboxState::Cancelled, "")).await;
    rig.sync.set_offline(false);
    rig.reaches(offline, &[OutboxState::Done]).await;
    rig.settled().await;
    assert_eq!(
        (rig.row(later).await.state, rig.row(later).await.attempts),
        (OutboxState::Queued, 0)
    );
    assert_eq!(rig.row(undone).await.state, OutboxState::Cancelled);
    // Send now.
    rig.write(move |tx| outbox::reschedule(tx, later, tx.now())).await;
    rig.reaches(later, &[OutboxState::Done]).await;
    assert_eq!(delivered(&rig, &server, "bob", 2).await.len(), 2);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_said_and_tried_again() {
    let mut server = server();
    let rig = imap(&server).await;
    server.exim.stop();
    let id = rig.queue(Letter::new("down", &["bob"])).await;
    rig.reaches(id, &[OutboxState::Waiting]).await;
    assert!(rig.sync.status(rig.account).unwrap().outgoing.is_some());
    server.exim.start_again().unwrap();
    rig.reaches(id, &[OutboxState::Done]).await;
    assert_eq!(delivered(&rig, &server, "bob", 1).await.len(), 1);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_too_large_for_the_server_is_not_uploaded() {
    let server = server();
    let rig = imap(&server).await;
    let id = rig.queue(Letter::new("small", &["bob"])).await;
    let row = rig.reaches(id, &[OutboxState::Done]).await;
    let large = vec![b'x'; 31 << 20]
        .chunks(76)
        .flat_map(|line| [line, b"\r\n"].concat())
        .collect::<Vec<u8>>();
    let large = [b"Subject: large\r\n\r\n".as_slice(), &large].concat();
    let size = large.len() as u64;
    let body = rig.store.bodies().put(large, posthorn_store::Origin::Local).await.unwrap();
    let new = outbox::NewOutbox { body, size, ..row.request };
    let id = rig.write(move |tx| outbox::add(tx, &new)).await;
    let row = rig.reaches(id, &[OutboxState::Failed]).await;
    assert!(row.reply.contains(&size.to_string()), "{}", row.reply);
    let states: Vec<_> = rig
        .read(move |tx| outbox::events(tx, id))
        .await
        .into_iter()
        .map(|event| event.state)
        .collect();
    assert_eq!(states, [OutboxState::Queued, OutboxState::Connecting, OutboxState::Failed]);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_of_an_answer_is_marked_and_the_draft_is_gone() {
    let server = server();
    server.dovecot.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    let rig = imap(&server).await;
    let original = rig.messages(MailboxRole::Inbox).await.first().unwrap().id;
    let content = DraftContent {
        account: rig.account,
        identity: None,
        kind: DraftKind::Reply,
        original: Some(original),
        message_id: posthorn_model::MessageIdHeader("answer@posthorn.test".to_owned()),
        in_reply_to: None,
        references: vec![],
        to: vec![],
        cc: vec![],
        bcc: vec![],
        subject: String::new(),
        text: String::new(),
        html: String::new(),
        quoted_html: String::new(),
        is_quote_first: false,
        is_signature_last: false,
    };
    let draft = rig.write(move |tx| draft::add(tx, &content)).await;
    let id = rig.queue(Letter { draft: Some(draft), ..Letter::new("answer", &["bob"]) }).await;
    assert!(rig.read(draft::list).await.is_empty(), "it is in the outbox now");
    rig.reaches(id, &[OutboxState::Done]).await;
    rig.settled().await;
    assert!(rig.store.read(move |tx| draft::get(tx, draft)).await.is_err());
    let flags =
        &server.dovecot.mailbox("anna", "INBOX").messages().unwrap().first().unwrap().flags.clone();
    assert!(flags.answered, "{flags:?}");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pop3_account_keeps_its_sent_mail_here() {
    let server = server();
    let rig =
        Rig::start(settings(Protocol::Pop3, server.dovecot.pop3_port(), server.exim.smtp_port()))
            .await;
    rig.settled().await;
    let letter =
        Letter { bcc_line: "Bcc: carl@posthorn.test\r\n", ..Letter::new("pop", &["bob", "carl"]) };
    let wire = letter.wire();
    let id = rig.queue(letter).await;
    let row = rig.reaches(id, &[OutboxState::Done]).await;
    let sent = rig.messages(MailboxRole::Sent).await;
    assert_eq!(sent.len(), 1);
    let sent = sent.first().unwrap();
    assert_eq!(row.filed_message, Some(sent.id));
    assert_eq!(sent.head.bcc.len(), 1);
    assert_eq!(
        rig.bytes(sent.id).await,
        [b"Bcc: carl@posthorn.test\r\n".as_slice(), &wire].concat()
    );
    delivered(&rig, &server, "bob", 1).await;
    // Settling is short: nothing waits for a server.
    assert!(rig.sync.wait_settled(Some(rig.account), Duration::from_secs(10)).await);
    rig.sync.shutdown().await;
}
