//! Sending: only along the allowed steps, never twice.

use posthorn_model::{Address, MessageIdHeader, OutboxId, Timestamp};
use posthorn_store::draft::{self, DraftContent, DraftKind};
use posthorn_store::outbox::{self, NewOutbox, OutboxState, RecipientState, Route};
use posthorn_store::{Error, Origin, contact};

use crate::fixture::{Fixture, NOW, fixture};

impl Fixture {
    pub(crate) async fn queued(&self) -> (posthorn_model::DraftId, OutboxId) {
        let body = self
            .store
            .bodies()
            .put(b"Subject: hi\r\n\r\nhi\r\n".to_vec(), Origin::Local)
            .await
            .unwrap();
        let account = self.account;
        let content = DraftContent {
            account,
            identity: None,
            kind: DraftKind::New,
            original: None,
            message_id: MessageIdHeader("m@x".to_owned()),
            in_reply_to: None,
            references: vec![],
            to: vec![Address::bare("ann@x")],
            cc: vec![],
            bcc: vec![Address::bare("eve@x")],
            subject: "hi".to_owned(),
            text: "hi".to_owned(),
            html: String::new(),
            quoted_html: String::new(),
            is_quote_first: false,
            is_signature_last: false,
        };
        self.store
            .write(move |tx| {
                let draft = draft::add(tx, &content)?;
                let new = NewOutbox {
                    account,
                    identity: None,
                    draft: Some(draft),
                    message_id: content.message_id,
                    sender: "me@example.org".to_owned(),
                    subject: content.subject,
                    body,
                    bcc_line: "Bcc: eve@x\r\n".to_owned(),
                    size: 19,
                    not_before: Timestamp::from_seconds(NOW + 10),
                    is_held: false,
                    sent_mailbox: None,
                    stop_on_refused: false,
                    needs_filing: true,
                    recipients: vec![Address::bare("ann@x"), Address::bare("eve@x")],
                };
                Ok((draft, outbox::add(tx, &new)?))
            })
            .await
            .unwrap()
    }

    pub(crate) async fn step(&self, id: OutboxId, to: OutboxState) -> Result<(), Error> {
        self.store.write(move |tx| outbox::step(tx, id, to, "")).await
    }
}

#[tokio::test]
async fn message_goes_its_way_and_leaves_a_receipt() {
    let fixture = fixture().await;
    let (draft, id) = fixture.queued().await;
    let account = fixture.account;
    assert_eq!(fixture.store.read(draft::list).await.unwrap(), []);
    assert_eq!(
        fixture.store.read(move |tx| outbox::due(tx, account)).await.unwrap(),
        [],
        "the undo window is open"
    );
    let due = fixture.store.read(move |tx| outbox::next_due(tx, account)).await.unwrap();
    assert_eq!(due, [(Route::Account, Timestamp::from_seconds(NOW + 10))]);
    fixture.clock.advance_ms(10_000);
    assert_eq!(fixture.store.read(move |tx| outbox::due(tx, account)).await.unwrap().len(), 1);
    use OutboxState as S;
    for state in [S::Connecting, S::Recipients] {
        fixture.step(id, state).await.unwrap();
    }
    fixture
        .store
        .write(move |tx| {
            outbox::set_recipient(tx, id, "eve@x", RecipientState::Refused, "550 no such user")
        })
        .await
        .unwrap();
    for state in [S::Data, S::DotSent] {
        fixture.step(id, state).await.unwrap();
    }
    fixture.store.write(move |tx| outbox::accept(tx, id, "250 queued as 7", "7")).await.unwrap();
    fixture.store.write(move |tx| outbox::file(tx, id, None)).await.unwrap();
    fixture.step(id, S::Done).await.unwrap();
    let row = fixture.store.read(move |tx| outbox::get(tx, id)).await.unwrap();
    assert_eq!(
        (row.queue_id.as_str(), row.attempts, row.recipients[1].reply.as_str()),
        ("7", 1, "550 no such user")
    );
    let events = fixture.store.read(move |tx| outbox::events(tx, id)).await.unwrap();
    let states: Vec<_> = events.iter().map(|event| event.state).collect();
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
    assert_eq!(events[5].reply, "250 queued as 7");
    assert_eq!(
        fixture.store.read(move |tx| draft::get(tx, draft)).await,
        Err(Error::NotFound("draft"))
    );
    assert!(!fixture.store.read(|tx| contact::complete(tx, "ann", 5)).await.unwrap().is_empty());
    assert_eq!(fixture.store.read(outbox::list).await.unwrap(), []);
}

#[tokio::test]
async fn every_step_that_is_not_allowed_is_refused() {
    let fixture = fixture().await;
    // To each state by a way that is allowed.
    use OutboxState as S;
    let ways: [&[S]; 12] = [
        &[],
        &[S::Waiting],
        &[S::Connecting],
        &[S::Connecting, S::Recipients],
        &[S::Connecting, S::Recipients, S::Data],
        &[S::Connecting, S::Recipients, S::Data, S::DotSent],
        &[S::Connecting, S::Recipients, S::Data, S::DotSent, S::Unknown],
        &[S::Connecting, S::Recipients, S::Data, S::DotSent, S::Accepted],
        &[S::Connecting, S::Recipients, S::Data, S::DotSent, S::Accepted, S::Filed],
        &[S::Connecting, S::Recipients, S::Data, S::DotSent, S::Accepted, S::Done],
        &[S::Failed],
        &[S::Cancelled],
    ];
    for (from, way) in S::ALL.into_iter().zip(ways) {
        for to in S::ALL {
            let (_, id) = fixture.queued().await;
            for state in way {
                fixture.step(id, *state).await.unwrap();
            }
            let result = fixture.step(id, to).await;
            assert_eq!(result.is_ok(), from.may_become(to), "{from:?} to {to:?}");
            if result.is_err() {
                assert_eq!(
                    result,
                    Err(Error::IllegalStep { from: from.as_str(), to: to.as_str() })
                );
            }
        }
    }
    for state in [S::DotSent, S::Unknown, S::Accepted, S::Filed, S::Done] {
        assert!(!state.may_become(S::Connecting), "{state:?} is never sent again by itself");
    }
}

#[tokio::test]
async fn restart_queues_what_was_not_sent_and_asks_about_the_dot() {
    let fixture = fixture().await;
    let (_, safe) = fixture.queued().await;
    let (_, dotted) = fixture.queued().await;
    use OutboxState as S;
    for state in [S::Connecting, S::Recipients, S::Data] {
        fixture.step(safe, state).await.unwrap();
        fixture.step(dotted, state).await.unwrap();
    }
    fixture.step(dotted, S::DotSent).await.unwrap();
    fixture.store.close().await;
    let store = posthorn_store::Store::open(&fixture.paths, fixture.clock.clone()).unwrap();
    assert_eq!(store.write(outbox::recover).await.unwrap(), [dotted]);
    let states = store
        .read(move |tx| Ok((outbox::get(tx, safe)?.state, outbox::get(tx, dotted)?.state)))
        .await
        .unwrap();
    assert_eq!(states, (S::Queued, S::Unknown));
}

#[tokio::test]
async fn cancelled_message_is_a_draft_again() {
    let fixture = fixture().await;
    let (draft, id) = fixture.queued().await;
    fixture.step(id, OutboxState::Cancelled).await.unwrap();
    let drafts = fixture.store.read(draft::list).await.unwrap();
    assert_eq!(drafts.iter().map(|one| one.id).collect::<Vec<_>>(), [draft]);
    assert_eq!(drafts[0].content.bcc, [Address::bare("eve@x")]);
}

#[tokio::test]
async fn an_address_is_corrected_only_where_the_message_was_refused() {
    let fixture = fixture().await;
    let (_, id) = fixture.queued().await;
    let correct = async |from: &'static str, to: Option<&'static str>| {
        fixture.store.write(move |tx| outbox::correct(tx, id, from, to)).await
    };
    assert!(matches!(correct("eve@x", Some("eve@y")).await, Err(Error::Invalid(_))), "it waits");
    fixture.step(id, OutboxState::Failed).await.unwrap();
    assert!(matches!(correct("eve@x", Some("ANN@x")).await, Err(Error::Invalid(_))), "twice");
    assert_eq!(correct("bob@x", Some("bob@y")).await, Err(Error::NotFound("recipient")));
    correct("eve@x", Some("eve@y")).await.unwrap();
    correct("ann@x", None).await.unwrap();
    assert!(matches!(correct("eve@y", None).await, Err(Error::Invalid(_))), "nobody would be left");
    let row = fixture.store.read(move |tx| outbox::get(tx, id)).await.unwrap();
    let left: Vec<_> =
        row.recipients.iter().map(|one| (one.address.email.as_str(), one.state)).collect();
    assert_eq!(left, [("eve@y", RecipientState::Waiting)]);
}

#[tokio::test]
async fn what_is_held_or_thrown_away_is_never_due_and_comes_back() {
    let fixture = fixture().await;
    let (draft, id) = fixture.queued().await;
    let account = fixture.account;
    fixture.clock.advance_ms(60_000);
    let due = async || fixture.store.read(move |tx| outbox::due(tx, account)).await.unwrap().len();
    let next = async || {
        let next = fixture.store.read(move |tx| outbox::next_due(tx, account)).await.unwrap();
        next.first().map(|(_, at)| *at)
    };
    let listed = async || fixture.store.read(outbox::list).await.unwrap().len();
    assert_eq!(due().await, 1);
    fixture.store.write(move |tx| outbox::hold(tx, id)).await.unwrap();
    assert_eq!((due().await, next().await, listed().await), (0, None, 1), "held");
    let later = Timestamp::from_seconds(NOW + 3600);
    fixture.store.write(move |tx| outbox::reschedule(tx, id, later)).await.unwrap();
    assert_eq!((due().await, next().await), (0, Some(later)), "planned");
    fixture.clock.advance_ms(3_600_000);
    assert_eq!(due().await, 1);

    // Thrown away: gone from the list, not from the disk.
    fixture.store.write(move |tx| outbox::discard(tx, id)).await.unwrap();
    assert_eq!((due().await, next().await, listed().await), (0, None, 0));
    for refused in [
        fixture.store.write(move |tx| outbox::hold(tx, id)).await,
        fixture.store.write(move |tx| outbox::reschedule(tx, id, later)).await,
    ] {
        assert!(refused.is_err(), "nothing moves what is thrown away");
    }
    fixture.store.write(move |tx| outbox::restore(tx, id)).await.unwrap();
    let row = fixture.store.read(move |tx| outbox::get(tx, id)).await.unwrap();
    assert_eq!((due().await, listed().await, row.request.is_held), (0, 1, true));
    assert!(fixture.store.write(move |tx| outbox::restore(tx, id)).await.is_err(), "once");

    // For good: with its draft, and not before its time.
    fixture.store.write(move |tx| outbox::discard(tx, id)).await.unwrap();
    let at = fixture.store.read(move |tx| outbox::next_burial(tx, account)).await.unwrap().unwrap();
    fixture.store.write(move |tx| outbox::bury(tx, account, at.plus_ms(-1))).await.unwrap();
    assert!(fixture.store.read(move |tx| outbox::get(tx, id)).await.is_ok());
    fixture.store.write(move |tx| outbox::bury(tx, account, at)).await.unwrap();
    let gone = fixture.store.read(move |tx| outbox::get(tx, id)).await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
    assert!(fixture.store.read(move |tx| draft::get(tx, draft)).await.is_err());
}

#[tokio::test]
async fn what_is_under_way_is_neither_held_nor_thrown_away() {
    let fixture = fixture().await;
    let (_, id) = fixture.queued().await;
    fixture.step(id, OutboxState::Connecting).await.unwrap();
    assert!(fixture.store.write(move |tx| outbox::hold(tx, id)).await.is_err());
    assert!(fixture.store.write(move |tx| outbox::discard(tx, id)).await.is_err());
    fixture.step(id, OutboxState::Recipients).await.unwrap();
    fixture.step(id, OutboxState::Data).await.unwrap();
    fixture.step(id, OutboxState::DotSent).await.unwrap();
    fixture.step(id, OutboxState::Unknown).await.unwrap();
    // Thrown away while its fate is unknown, and found to have arrived: it goes its way.
    fixture.store.write(move |tx| outbox::discard(tx, id)).await.unwrap();
    fixture.step(id, OutboxState::Accepted).await.unwrap();
    let account = fixture.account;
    fixture.store.write(move |tx| outbox::bury(tx, account, tx.now())).await.unwrap();
    let row = fixture.store.read(move |tx| outbox::get(tx, id)).await.unwrap();
    assert_eq!((row.state, row.discarded_at), (OutboxState::Accepted, None));
}
