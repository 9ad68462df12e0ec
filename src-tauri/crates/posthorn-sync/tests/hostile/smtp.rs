//! Submission: servers that lie, flood, stall and break off. A message is never called sent without the server's yes to
//! all of it, never sent twice, and its row says how things stand.

use posthorn_model::{Address, MessageIdHeader, OutboxId, Protocol, Timestamp};
use posthorn_store::Origin;
use posthorn_store::outbox::{self, NewOutbox, Outbox, OutboxState};
use posthorn_testkit::Peer;

use crate::rig::{End, Rig, settings};

/// What is sent.
const WIRE: &str = "From: Anna <anna@posthorn.test>\r\nSubject: letter\r\nMessage-ID: <letter@posthorn.test>\r\n\r\nOne.\r\n.\r\nTwo.\r\n";

/// A server that does everything right.
fn honest(capabilities: &str) -> Peer {
    let text = format!(
        "?\nS: 220 hello\n? EHLO *\nS: 250-hello\n{capabilities}S: 250 AUTH PLAIN LOGIN\n? AUTH *\nS: 235 in\n\
         ? MAIL FROM:*\nS: 250 ok\n? RCPT TO:*\nS: 250 ok\n? DATA\nS: 354 go\n!until .\nS: 250 2.0.0 queued as X1\n\
         ? RSET\nS: 250 ok\n? QUIT\nS: 221 bye\n!cut\n? *\nS: 500 what\n"
    );
    Peer::parse(&text).unwrap()
}

/// A server's answers, and what becomes of the message.
#[derive(Clone, Debug)]
struct Scene {
    script: String,
    capabilities: &'static str,
    state: OutboxState,
    /// Times that the whole message left.
    copies: usize,
}

/// The message waits for another try; nobody can have it.
fn waits(script: &str) -> Scene {
    Scene { script: script.to_owned(), capabilities: "", state: OutboxState::Waiting, copies: 0 }
}

/// The message has failed, with the server's words; nobody can have it.
fn fails(script: &str) -> Scene {
    Scene { state: OutboxState::Failed, ..waits(script) }
}

/// Nobody knows whether it arrived, and it is not sent again.
fn is_unknown(script: &str) -> Scene {
    Scene { state: OutboxState::Unknown, copies: 1, ..waits(script) }
}

/// It is sent, once.
fn is_sent(script: &str) -> Scene {
    Scene { state: OutboxState::Done, copies: 1, ..waits(script) }
}

impl Scene {
    fn offering(self, capabilities: &'static str) -> Self {
        Self { capabilities, ..self }
    }

    /// The message left whole before the server refused it.
    fn after_all(self) -> Self {
        Self { copies: 1, ..self }
    }

    async fn play(self) {
        let peer = honest(self.capabilities).with(&self.script).unwrap();
        let incoming = crate::rig::honest("").listen().await.unwrap();
        let port = incoming.port();
        let rig = Rig::start(peer, |own| settings(Protocol::Imap, port, own), |_, _| {}).await;
        rig.comes_to(End::UpToDate).await;
        let id = queue(&rig).await;
        let row = reaches(&rig, id, self.state).await;
        if matches!(self.state, OutboxState::Waiting | OutboxState::Failed) {
            assert!(!row.reply.is_empty(), "it says why: {row:?}");
            assert!(!row.reply.chars().any(char::is_control), "{row:?}");
        }
        if self.state == OutboxState::Waiting {
            assert!(row.attempts >= 1, "{row:?}");
        }
        // What is sent is the message and its dot, and a second copy would show as such.
        let copies = dots(&rig);
        assert_eq!(copies, self.copies, "{:#?}", rig.peer.said());
        assert_eq!(rig.read(move |tx| outbox::get(tx, id)).await.state, self.state);
        rig.finish().await;
    }
}

/// Returns how often the server was told the end of a message.
fn dots(rig: &Rig) -> usize {
    rig.peer.said().iter().filter(|line| *line == ".").count()
}

async fn queue(rig: &Rig) -> OutboxId {
    let body = rig.store.bodies().put(WIRE.as_bytes().to_vec(), Origin::Local).await.unwrap();
    let new = NewOutbox {
        account: rig.account,
        identity: None,
        draft: None,
        message_id: MessageIdHeader("letter@posthorn.test".to_owned()),
        sender: "anna@posthorn.test".to_owned(),
        subject: "letter".to_owned(),
        body,
        bcc_line: String::new(),
        size: WIRE.len() as u64,
        not_before: Timestamp::default(),
        is_held: false,
        sent_mailbox: None,
        stop_on_refused: false,
        needs_filing: false,
        recipients: vec![Address::bare("bob@posthorn.test"), Address::bare("eve@posthorn.test")],
    };
    let id = rig.store.write(move |tx| outbox::add(tx, &new)).await.unwrap();
    rig.sync.outbox_changed(rig.account);
    id
}

async fn reaches(rig: &Rig, id: OutboxId, state: OutboxState) -> Outbox {
    rig.until(&format!("{state:?}"), || async {
        let row = rig.read(move |tx| outbox::get(tx, id)).await;
        let is_over =
            matches!(row.state, OutboxState::Done | OutboxState::Failed | OutboxState::Unknown);
        assert!(
            !is_over || row.state == state,
            "{row:?}\n{:#?}\n{:#?}",
            rig.peer.said(),
            rig.peer.failures()
        );
        row.state == state
    })
    .await;
    rig.read(move |tx| outbox::get(tx, id)).await
}

scenes! {
    // Before the message.
    no_greeting_ever: waits("?\n!stall\n");
    a_greeting_without_end: waits("?\nS** forever x\n");
    a_greeting_of_lines_without_end: waits("?\nS* forever 220-hello\n");
    a_greeting_of_another_protocol: waits("?\nS: * OK IMAP4rev1\n!drain\n");
    a_greeting_that_says_later: waits("?\nS: 421 too busy\n!cut\n");
    a_greeting_that_says_never: fails("?\nS: 554 go away\n!drain\n");
    a_greeting_that_is_the_answer_to_something_else: waits("?\nS: 250 ok\n!drain\n");
    a_greeting_one_byte_at_a_time: is_sent("?\n!bytewise\nS: 220-hello\nS: 220 there\n");
    a_greeting_of_nul: waits("?\nS: \\x00\\x00\\x00\n!drain\n");
    ehlo_without_end: waits("? EHLO *\nS* forever 250-X{n}\n");
    ehlo_that_changes_its_code: waits("? EHLO *\nS: 250-hello\nS: 550 no\n!drain\n");
    ehlo_that_is_not_known: waits("? EHLO *\nS: 502 what\n? HELO *\nS: 250 hello\n");
    ehlo_and_helo_that_are_not_known: fails("? EHLO *\nS: 502 what\n? HELO *\nS: 502 what\n!drain\n");
    ehlo_that_is_answered_before_it_is_said: waits("?\nS: 220 hello\nS: 250 nothing\n!drain\n");
    ehlo_that_is_later: waits("? EHLO *\nS: 421 later\n!cut\n");
    a_sign_in_that_asks_again_and_again: waits("? AUTH *\nS: 334 \nC: *\nS: 334 \n!drain\n");
    a_sign_in_that_is_later: waits("? AUTH *\nS: 454 4.7.0 later\n");
    a_sign_in_that_ends_the_connection: waits("? AUTH *\nS: 421 4.3.2 shutting down\n!cut\n");
    a_sign_in_that_goes_on_asking_without_end: waits("? AUTH *\nS* forever 334 \n");
    a_sign_in_that_asks_in_no_known_letters: waits("? AUTH *\nS: 334 \\xff\\xfe\\x00\nC: *\nS: 535 wrong\n!drain\n");
    a_sign_in_that_is_refused: waits("? AUTH *\nS: 535 5.7.8 wrong\n");
    a_sign_in_that_is_something_else: waits("? AUTH *\nS: 250 what\n");
    a_sign_in_that_is_not_offered: waits("? EHLO *\nS: 250 hello\n");

    // The envelope.
    mail_that_is_answered_by_go_on: fails("? MAIL *\nS: 354 go\nS: 250 ok\n!drain\n");
    mail_that_is_later: waits("? MAIL *\nS: 421 4.3.2 shutting down\n!cut\n");
    mail_that_is_never_answered: waits("? MAIL *\n!stall\n");
    mail_that_is_refused: fails("? MAIL *\nS: 550 5.7.1 not you\n");
    mail_that_breaks_off: waits("? MAIL *\nS- 25\n!cut\n");
    recipients_that_are_later: waits("? RCPT *\nS: 421 4.3.2 shutting down\n!cut\n");
    the_second_recipient_ends_the_connection: waits("?1 RCPT *\nS: 250 ok\n? RCPT *\nS: 421 4.3.2 shutting down\n!cut\n");
    taking_it_back_ends_the_connection: fails("? RCPT *\nS: 550 no\n? RSET\nS: 421 4.3.2 shutting down\n!cut\n");
    recipients_that_are_refused_without_end: fails("? RCPT *\nS: 550-no\nS* forever 550-no {n}\n");
    recipients_in_eight_bits: fails("? RCPT *\nS: 550 \\xd3\\xc3\\xbb\\xa7\\x1b[31m\n");
    recipients_answered_before_they_were_told: fails("? MAIL *\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 queued as X9\n").offering("");
    recipients_answered_too_few_times: waits("? MAIL *\n? RCPT *\nS: 250 ok\n!stall\n").offering("S: 250-PIPELINING\n");
    one_recipient_refused_in_a_line_of_a_megabyte: fails("?1 RCPT *\nS- 550 \nS** 1000000 x\nS: \n");
    a_size_that_is_too_small: fails("? EHLO *\nS: 250-hello\nS: 250-SIZE 5\nS: 250 AUTH PLAIN\n");
    a_size_that_cannot_be: is_sent("? EHLO *\nS: 250-hello\nS: 250-SIZE 99999999999999999999999\nS: 250 AUTH PLAIN\n");

    // The message.
    data_that_is_refused: fails("? DATA\nS: 554 5.5.1 no\n");
    data_that_is_later: waits("? DATA\nS: 421 4.3.2 shutting down\n!cut\n");
    data_that_is_ok_at_once: fails("? DATA\nS: 250 ok\n!drain\n");
    data_answered_with_the_receipt_before_it_came: fails("? DATA\nS- 354 go\\r\\n250 2.0.0 queued as X9\\r\\n\n!until .\n!drain\n");
    a_receipt_that_never_comes: is_unknown("? DATA\nS: 354 go\n!until .\n!stall\n");
    a_receipt_that_breaks_off: is_unknown("? DATA\nS: 354 go\n!until .\nS- 25\n!cut\n");
    a_receipt_that_changes_its_code: is_unknown("? DATA\nS: 354 go\n!until .\nS: 250-queued\nS: 550 or not\n!drain\n");
    a_receipt_that_is_a_question: is_unknown("? DATA\nS: 354 go\n!until .\nS: 354 more\n!drain\n");
    a_receipt_without_end: is_unknown("? DATA\nS: 354 go\n!until .\nS* forever 250-queued\n");
    a_receipt_of_nul: is_unknown("? DATA\nS: 354 go\n!until .\nS: \\x00\\x00\\x00 ok\n!drain\n");
    a_receipt_in_eight_bits: is_sent("? DATA\nS: 354 go\n!until .\nS: 250 \\xd3\\xc3\\xbb\\xa7 \\x1b[2J queued as X1\n");
    a_receipt_with_bare_line_ends: is_sent("? DATA\nS: 354 go\n!until .\nS- 250 ok queued as X1\\n\n");
    a_receipt_one_byte_at_a_time: is_sent("? DATA\n!bytewise\nS: 354 go\n!until .\nS: 250-taken\nS: 250 2.0.0 queued as X1\n");
    a_refusal_in_the_middle_of_the_message: waits("? DATA\nS: 354 go\nC: *\nS: 421 4.3.2 shutting down\n!cut\n");
    a_receipt_that_says_later: waits("? DATA\nS: 354 go\n!until .\nS: 421 4.3.2 shutting down\n!cut\n").after_all();
    a_receipt_that_says_never: fails("? DATA\nS: 354 go\n!until .\nS: 554 5.7.1 spam\n").after_all();
    a_goodbye_that_is_too_late: is_sent("? QUIT\nS: 421 4.3.2 shutting down\n!cut\n");
    a_goodbye_that_is_never_said: is_sent("? QUIT\n!stall\n");
}

/// A server that is to be encrypted by STARTTLS.
async fn starttls(script: &str, capabilities: &str, state: OutboxState) {
    let peer = honest(capabilities).with(script).unwrap();
    let incoming = crate::rig::honest("").listen().await.unwrap();
    let port = incoming.port();
    let encrypted = |own| {
        let mut settings = settings(Protocol::Imap, port, own);
        settings.outgoing.server.encryption = posthorn_model::Encryption::StartTls;
        settings
    };
    let rig = Rig::start(peer, encrypted, |_, _| {}).await;
    rig.comes_to(End::UpToDate).await;
    let id = queue(&rig).await;
    reaches(&rig, id, state).await;
    let said = rig.peer.said();
    assert!(!said.iter().any(|line| line.contains("AUTH") || line.contains("MAIL")), "{said:?}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_with_words_behind_it() {
    let script = "? STARTTLS\nS- 220 go\\r\\n250 AUTH LOGIN\\r\\n\n!drain\n";
    starttls(script, "S: 250-STARTTLS\n", OutboxState::Waiting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_is_not_offered_any_more() {
    starttls("", "", OutboxState::Waiting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_ends_the_connection() {
    let script = "? STARTTLS\nS: 421 4.3.2 shutting down\n!cut\n";
    starttls(script, "S: 250-STARTTLS\n", OutboxState::Waiting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_goes_on_in_clear() {
    let script = "? STARTTLS\nS: 220 go\nC: *\nS* 100 250 in clear\n!drain\n";
    starttls(script, "S: 250-STARTTLS\n", OutboxState::Waiting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_is_refused() {
    starttls("? STARTTLS\nS: 454 not now\n", "S: 250-STARTTLS\n", OutboxState::Waiting).await;
}
