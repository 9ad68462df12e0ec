//! Whatever a submission server says: the outcome is the same however its bytes are cut, and *accepted* needs a 2xx
//! reply behind the upload.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use posthorn_fuzz::Peer;
use posthorn_smtp::{
    Envelope, Message, Observer, Outcome, PartlyRefused, Session, Settings, Step, Stopped,
};

const TEXT: &[u8] = b"Subject: a\r\n\r\n.dot\r\nend\r\n";

/// Remembers whether the dot left.
#[derive(Default)]
struct Dot(bool);

impl Observer for Dot {
    async fn before(&mut self, step: Step<'_>) -> Result<(), Stopped> {
        self.0 |= matches!(step, Step::Dot(_));
        Ok(())
    }

    fn progress(&mut self, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

async fn journey(peer: Peer) -> String {
    let mut session = match Session::greet(peer, Settings::default()).await {
        Ok(session) => session,
        Err(error) => return format!("{error:?}"),
    };
    let login = session.authenticate("ann", "secret").await;
    let envelope = Envelope {
        sender: "ann@example.org".to_owned(),
        recipients: vec!["bob@example.org".to_owned(), "eve@example.org".to_owned()],
        partly_refused: PartlyRefused::SendToOthers,
        report: Some("name".to_owned()),
    };
    let message = Message {
        source: TEXT,
        size: TEXT.len() as u64,
        is_eight_bit: false,
        has_utf8_header: false,
    };
    let mut dot = Dot::default();
    let outcome = session.submit(&envelope, message, &mut dot).await;
    match &outcome {
        Outcome::Accepted { reply, recipients, .. } => {
            assert!(dot.0 && reply.code / 100 == 2, "{reply:?}");
            assert!(recipients.iter().any(posthorn_smtp::RecipientResult::is_accepted));
        }
        Outcome::Unknown { .. } => assert!(dot.0, "nothing was sent, so nothing is unknown"),
        Outcome::Refused { .. } | Outcome::NotSent { .. } => {}
    }
    format!("{login:?} {outcome:?} {:?}", session.quit().await)
}

fuzz_target!(|input: &[u8]| posthorn_fuzz::run(input, journey));
