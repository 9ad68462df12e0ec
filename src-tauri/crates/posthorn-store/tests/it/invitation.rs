//! Answers to invitations: those that count, and those that were taken back.

use posthorn_model::{Address, MessageIdHeader, OutboxId, Timestamp};
use posthorn_store::invitation::{EventKey, answer, remember};
use posthorn_store::outbox::{self, NewOutbox, OutboxState};
use posthorn_store::{Origin, ReadTx, WriteTx};

use crate::fixture::fixture;

/// Answers that are kept; see the module.
const KEPT: usize = 5;

fn key() -> EventKey {
    EventKey { uid: "one@cal.test".to_owned(), instance: String::new() }
}

fn told(tx: &ReadTx<'_>) -> Option<String> {
    answer(tx, &key()).unwrap().map(|found| found.answer)
}

#[tokio::test]
async fn the_newest_answer_that_was_not_taken_back_counts() {
    let fixture = fixture().await;
    let body = fixture.store.bodies().put(b"hi\r\n".to_vec(), Origin::Local).await.unwrap();
    let account = fixture.account;
    let sent = move |tx: &WriteTx<'_>, number: usize| -> OutboxId {
        let new = NewOutbox {
            account,
            identity: None,
            draft: None,
            message_id: MessageIdHeader(format!("{number}@x")),
            sender: "me@example.org".to_owned(),
            subject: String::new(),
            body,
            bcc_line: String::new(),
            size: 4,
            not_before: Timestamp(0),
            is_held: false,
            stop_on_refused: false,
            needs_filing: false,
            sent_mailbox: None,
            recipients: vec![Address::bare("mia@cal.test")],
        };
        outbox::add(tx, &new).unwrap()
    };
    let write = fixture.store.write(move |tx| {
        assert_eq!(told(tx), None);
        let first = sent(tx, 1);
        remember(tx, &key(), "Me@example.org", "accepted", 0, first)?;
        let second = sent(tx, 2);
        remember(tx, &key(), "me@example.org", "declined", 1, second)?;
        let found = answer(tx, &key())?.unwrap();
        assert_eq!((found.answer.as_str(), found.sequence), ("declined", 1));
        let at = (found.attendee.as_str(), found.outbox);
        assert_eq!(at, ("me@example.org", Some(OutboxState::Queued)));
        let other = EventKey { instance: "20260424".to_owned(), ..key() };
        assert_eq!(answer(tx, &other)?, None, "one of a repeated event is answered by itself");

        // Thrown away, the one before counts; taken back, it counts again; never sent, it is forgotten.
        outbox::discard(tx, second)?;
        assert_eq!(told(tx).as_deref(), Some("accepted"));
        outbox::restore(tx, second)?;
        assert_eq!(told(tx).as_deref(), Some("declined"));
        outbox::step(tx, second, OutboxState::Cancelled, "")?;
        outbox::remove(tx, second)?;
        assert_eq!(told(tx).as_deref(), Some("accepted"));

        let mut rows = Vec::new();
        for number in 3..20 {
            let row = sent(tx, number);
            remember(tx, &key(), "me@example.org", "tentative", 1, row)?;
            rows.push(row);
        }
        let mut kept = 0;
        while told(tx).is_some() {
            outbox::discard(tx, rows.pop().unwrap())?;
            kept += 1;
        }
        assert_eq!(kept, KEPT);
        Ok(())
    });
    write.await.unwrap();
}
