//! Servers that say anything at all: an outcome or an error, never a panic or a hang; and accepted only when they said so.

use std::ops::ControlFlow;

use posthorn_testkit::{Script, ScriptDelivery};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use crate::{
    Envelope, Message, Observer, Outcome, PartlyRefused, Session, Settings, Step, Stopped,
};

/// Lets everything happen.
struct Willing;

impl Observer for Willing {
    async fn before(&mut self, _step: Step<'_>) -> Result<(), Stopped> {
        Ok(())
    }

    fn progress(&mut self, _sent: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Says `bytes`, hears everything, and hangs up.
async fn submit_to(bytes: Vec<u8>) -> Option<Outcome> {
    let (client, mut server) = tokio::io::duplex(1 << 16);
    let talk = async move {
        let _ = server.write_all(&bytes).await;
        let _ = server.shutdown().await;
        let _ = server.read_to_end(&mut Vec::new()).await;
    };
    tokio::join!(talk, submit(client)).1
}

async fn submit(client: DuplexStream) -> Option<Outcome> {
    let mut session = Session::greet(client, Settings::default()).await.ok()?;
    session.authenticate("ann", "secret").await.ok()?;
    let recipients = vec!["a@x.example".to_owned(), "b@x.example".to_owned()];
    let envelope = Envelope {
        sender: String::new(),
        recipients,
        partly_refused: PartlyRefused::SendToOthers,
        report: None,
    };
    let message = Message {
        source: b"a: b\r\n".as_slice(),
        size: 6,
        is_eight_bit: false,
        has_utf8_header: false,
    };
    Some(session.submit(&envelope, message, &mut Willing).await)
}

fn run(bytes: Vec<u8>) -> Option<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(submit_to(bytes))
}

const TALK: &str = "220 hi\r\n250-hi\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n550-no\r\n550 no\r\n\
    354 go\r\n250 queued as X\r\n";

/// The same talk as a dialogue: each answer behind its question.
const DIALOGUE: &str = "S: 220 hi\nC: EHLO *\nS: 250-hi\nS: 250-PIPELINING\nS: 250 AUTH PLAIN\nC: AUTH *\nS: 235 in\n\
    C: MAIL *\nC: RCPT *\nC: RCPT *\nS: 250 ok\nS: 250 ok\nS: 550-no\nS: 550 no\nC: DATA\nS: 354 go\n!until .\nS: 250 queued as X\n";

#[tokio::test]
async fn only_the_whole_talk_is_accepted() {
    let script = Script::parse(DIALOGUE).unwrap();
    let length = script.bytes_said();
    for end in 0..=length {
        let (client, _server) = script.clone().delivered(ScriptDelivery::CutAt(end)).serve();
        let outcome = submit(client).await;
        let is_accepted =
            matches!(&outcome, Some(Outcome::Accepted { queue_id: Some(id), .. }) if id == "X");
        assert_eq!(is_accepted, end == length, "{end}: {outcome:?}");
    }
}

#[test]
fn a_receipt_before_the_message_is_none() {
    let outcome = run(TALK.as_bytes().to_vec());
    assert!(
        matches!(outcome, Some(Outcome::Refused { error: crate::Error::Garbled { .. }, .. })),
        "{outcome:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_damaged_talk_is_survived(at in 0..TALK.len(), byte in any::<u8>(), insert in any::<bool>()) {
        let mut bytes = TALK.as_bytes().to_vec();
        if insert {
            bytes.insert(at, byte);
        } else {
            bytes[at] = byte;
        }
        run(bytes);
    }

    #[test]
    fn any_talk_is_survived(lines in prop::collection::vec(prop_oneof![
        Just("220 x".to_owned()), Just("250-AUTH PLAIN".to_owned()), Just("250 ok".to_owned()), Just("334 ".to_owned()),
        Just("354 x".to_owned()), "[0-9]{3}[ -]\\PC{0,20}", "\\PC{0,20}",
    ], 0..30)) {
        run(lines.join("\r\n").into_bytes());
    }
}
