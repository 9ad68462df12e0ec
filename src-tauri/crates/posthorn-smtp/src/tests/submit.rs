//! Handing a message over: every place where it can break, and what is believed then.

use std::ops::ControlFlow;

use super::{script, serve};
use crate::{
    Envelope, Error, Message, Observer, Outcome, PartlyRefused, RecipientResult, Session, Settings,
    Step, Stopped,
};
use posthorn_testkit::ScriptDelivery as Delivery;

/// Notes the steps; stops at one of them, or at the first progress.
#[derive(Default)]
struct Notes {
    steps: Vec<&'static str>,
    stop_at: &'static str,
    sent: u64,
}

impl Observer for Notes {
    async fn before(&mut self, step: Step<'_>) -> Result<(), Stopped> {
        let name = match step {
            Step::Recipients => "recipients",
            Step::Data(_) => "data",
            Step::Dot(_) => "dot",
        };
        self.steps.push(name);
        if self.stop_at == name { Err(Stopped) } else { Ok(()) }
    }

    fn progress(&mut self, sent: u64) -> ControlFlow<()> {
        self.sent = sent;
        if self.stop_at == "progress" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

const HELLO: &str =
    "S: 220 host\nC: EHLO [127.0.0.1]\nS: 250-host\nS: 250-SIZE 1000\nS: 250 8BITMIME\n";
const AHEAD: &str = "S: 220 host\nC: EHLO [127.0.0.1]\nS: 250-host\nS: 250 PIPELINING\n";
const TEXT: &[u8] = b"Subject: a\r\n\r\n.dot\r\nend";
const UPLOAD: &str = "C: DATA\nS: 354 go\nC: Subject: a\nC:\nC: ..dot\nC: end\nC: .\n";

fn envelope(recipients: &[&str]) -> Envelope {
    let recipients = recipients.iter().map(|&address| address.to_owned()).collect();
    Envelope {
        sender: "ann@example.org".to_owned(),
        recipients,
        partly_refused: PartlyRefused::SendToOthers,
        report: None,
    }
}

async fn submit(
    text: &str,
    delivery: Delivery,
    envelope: &Envelope,
    bytes: &[u8],
    notes: &mut Notes,
) -> Result<Outcome, Error> {
    let (stream, _server) = serve(script(text), delivery);
    let mut session = Session::greet(stream, Settings::default()).await?;
    let size = bytes.len() as u64;
    let message = Message { source: bytes, size, is_eight_bit: false, has_utf8_header: false };
    Ok(session.submit(envelope, message, notes).await)
}

#[tokio::test]
async fn one_refused_recipient_does_not_stop_the_others() {
    let mail = "C: MAIL FROM:<ann@example.org> SIZE=23\nS: 250 ok\nC: RCPT TO:<bob@x.y>\nS: 250 ok\nC: RCPT TO:<no@x.y>\nS: 550 5.1.1 unknown\n";
    let text = format!("{HELLO}{mail}{UPLOAD}S: 250 2.0.0 Ok: queued as 4F2D1");
    for delivery in [Delivery::Whole, Delivery::Bytes] {
        let mut notes = Notes::default();
        let outcome = submit(&text, delivery, &envelope(&["bob@x.y", "no@x.y"]), TEXT, &mut notes)
            .await
            .unwrap();
        let Outcome::Accepted { queue_id, recipients, reply } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!((queue_id.as_deref(), reply.code), (Some("4F2D1"), 250));
        assert_eq!(
            recipients.iter().map(RecipientResult::is_accepted).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(recipients[1].reply.to_string(), "550 5.1.1 unknown");
        assert_eq!(
            (notes.steps.as_slice(), notes.sent),
            (["recipients", "data", "dot"].as_slice(), 23)
        );
    }
}

#[tokio::test]
async fn pipelined_recipients_get_their_own_results() {
    let ask =
        "C: MAIL FROM:<ann@example.org>\nC: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nC: RCPT TO:<c@x>\n";
    let text = format!(
        "{AHEAD}{ask}S: 250 ok\nS: 250 ok\nS: 450-4.2.1 busy\nS: 450 4.2.1 now\nS: 251 moved\n{UPLOAD}S: 250 ok"
    );
    for delivery in [Delivery::Whole, Delivery::Bytes] {
        let mut notes = Notes::default();
        let outcome = submit(&text, delivery, &envelope(&["a@x", "b@x", "c@x"]), TEXT, &mut notes)
            .await
            .unwrap();
        let Outcome::Accepted { recipients, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(
            recipients.iter().map(|result| result.reply.code).collect::<Vec<_>>(),
            [250, 450, 251]
        );
        assert_eq!(recipients[1].reply.text(), "busy now");
    }
    let refused = format!("{AHEAD}{ask}S: 553 5.7.1 not you\nS: 503 x\nS: 503 x\nS: 503 x");
    let outcome = submit(
        &refused,
        Delivery::Whole,
        &envelope(&["a@x", "b@x", "c@x"]),
        TEXT,
        &mut Notes::default(),
    )
    .await;
    let Ok(Outcome::Refused { error, recipients }) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(error, Error::Refused { command: "MAIL", .. }) && recipients.is_empty());
}

#[tokio::test]
async fn a_break_is_not_sent_before_the_dot_and_unknown_after_it() {
    let mail =
        "C: MAIL FROM:<ann@example.org> SIZE=23\nS: 250 ok\nC: RCPT TO:<bob@x.y>\nS: 250 ok\n";
    let text = format!("{HELLO}{mail}{UPLOAD}S: 250-2.0.0 Ok\nS: 250 done");
    for at in script(HELLO).bytes_said()..script(&text).bytes_said() {
        let mut notes = Notes::default();
        let outcome = submit(&text, Delivery::CutAt(at), &envelope(&["bob@x.y"]), TEXT, &mut notes)
            .await
            .unwrap();
        let dot_left = notes.steps.contains(&"dot");
        match outcome {
            Outcome::Unknown { .. } => assert!(dot_left, "cut at {at}"),
            Outcome::NotSent { error, .. } => {
                assert!(!dot_left && error.is_transient(), "cut at {at}: {error}");
            }
            other => panic!("cut at {at}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn each_refusal_is_told_apart() {
    let mail = "C: MAIL FROM:<ann@example.org> SIZE=23\n";
    let rcpt = format!("{mail}S: 250 ok\nC: RCPT TO:<bob@x.y>\n");
    let data = format!("{rcpt}S: 250 ok\nC: DATA\n");
    let upload = format!("{rcpt}S: 250 ok\n{UPLOAD}");
    for (before, command) in
        [(mail, "MAIL"), (&rcpt, "RCPT"), (&data, "DATA"), (&upload, "message")]
    {
        for (code, is_refused) in [(452, false), (552, true)] {
            let text = format!("{HELLO}{before}S: {code} 1.2.3 no\nC: RSET\nS: 250 ok");
            let outcome = submit(
                &text,
                Delivery::Whole,
                &envelope(&["bob@x.y"]),
                TEXT,
                &mut Notes::default(),
            )
            .await
            .unwrap();
            let error = match outcome {
                Outcome::Refused { error, .. } if is_refused => error,
                Outcome::NotSent { error, .. } if !is_refused => error,
                other => panic!("{command} {code}: {other:?}"),
            };
            assert!(
                matches!(error, Error::Refused { command: seen, reply } if seen == command && reply.code == code)
            );
        }
    }
}

#[tokio::test]
async fn a_strange_answer_to_the_dot_is_unknown() {
    let mail =
        "C: MAIL FROM:<ann@example.org> SIZE=23\nS: 250 ok\nC: RCPT TO:<bob@x.y>\nS: 250 ok\n";
    for answer in ["354 more", "hello", "250"] {
        let text = format!("{HELLO}{mail}{UPLOAD}S: {answer}");
        let outcome =
            submit(&text, Delivery::Whole, &envelope(&["bob@x.y"]), TEXT, &mut Notes::default())
                .await
                .unwrap();
        assert_eq!(
            matches!(outcome, Outcome::Unknown { .. }),
            answer != "250",
            "{answer}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn the_observer_stops_before_the_next_byte() {
    let mail =
        "C: MAIL FROM:<ann@example.org> SIZE=23\nS: 250 ok\nC: RCPT TO:<bob@x.y>\nS: 250 ok\n";
    for stop_at in ["recipients", "data", "progress", "dot"] {
        let (stream, server) =
            serve(script(&format!("{HELLO}{mail}C: DATA\nS: 354 go")), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        let message =
            Message { source: TEXT, size: 23, is_eight_bit: false, has_utf8_header: false };
        let mut notes = Notes { stop_at, ..Notes::default() };
        let to = envelope(&["bob@x.y"]);
        let pending = session.submit(&to, message, &mut notes);
        let outcome = tokio::time::timeout(std::time::Duration::from_secs(1), pending).await;
        drop(session);
        let heard = server.await.unwrap();
        assert_eq!(heard.contains("MAIL"), stop_at != "recipients");
        assert_eq!(heard.contains("Subject"), stop_at == "progress" || stop_at == "dot", "{heard}");
        assert!(!heard.contains("\r\n.\r\n"));
        if stop_at != "data" {
            assert!(
                matches!(outcome, Ok(Outcome::NotSent { error: Error::Stopped, .. })),
                "{stop_at}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_never_reaches_the_dot() {
    let mail = "C: MAIL FROM:<ann@example.org> SIZE=9\nS: 250 ok\nC: RCPT TO:<bob@x.y>\nS: 250 ok\nC: DATA\nS: 354 go";
    let text = format!("{HELLO}{mail}");
    for bytes in [b"a: b\n.\nb\n", b"a: b\r.\rb\r", b"abcdefg\r.", b"abcdefgh\r"] {
        let mut notes = Notes::default();
        let outcome = submit(&text, Delivery::Whole, &envelope(&["bob@x.y"]), bytes, &mut notes)
            .await
            .unwrap();
        assert!(
            matches!(outcome, Outcome::Refused { error: Error::Malformed { .. }, .. }),
            "{outcome:?}"
        );
        assert!(!notes.steps.contains(&"dot"));
    }
    let cases: [(&[&str], u64); 4] =
        [(&["b@x\r\nDATA"], 5), (&["用户@x.y"], 5), (&["b@x"], 5000), (&[], 5)];
    for (recipients, size) in cases {
        let (stream, server) = serve(script(HELLO), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        let message = Message {
            source: b"hello".as_slice(),
            size,
            is_eight_bit: false,
            has_utf8_header: false,
        };
        let outcome = session.submit(&envelope(recipients), message, &mut Notes::default()).await;
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
        drop(session);
        assert_eq!(server.await.unwrap(), "EHLO [127.0.0.1]\r\n");
    }
}

#[tokio::test]
async fn nobody_gets_it_when_the_user_wants_all_or_none() {
    let mail = "C: MAIL FROM:<ann@example.org> SIZE=23\nS: 250 ok\nC: RCPT TO:<a@x>\nS: 250 ok\nC: RCPT TO:<b@x>\nS: 550 no\nC: RSET\nS: 250 ok";
    let to = Envelope { partly_refused: PartlyRefused::SendToNobody, ..envelope(&["a@x", "b@x"]) };
    let outcome =
        submit(&format!("{HELLO}{mail}"), Delivery::Whole, &to, TEXT, &mut Notes::default())
            .await
            .unwrap();
    let Outcome::Refused { recipients, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(recipients.len(), 2);
}

#[test]
fn a_submission_can_run_in_a_task_of_its_own() {
    fn check<F: Future + Send>(_future: fn() -> F) {}
    check(|| async {
        let (stream, _server) = serve(script(""), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        session.authenticate("ann", "secret").await.unwrap();
        let message =
            Message { source: TEXT, size: 23, is_eight_bit: false, has_utf8_header: false };
        session.submit(&envelope(&["bob@x.y"]), message, &mut Notes::default()).await;
        session.quit().await
    });
}
