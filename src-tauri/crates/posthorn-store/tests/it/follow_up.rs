//! Reminders: they begin when a message was taken, end with an answer, and nothing else is one.

use posthorn_model::{Address, DraftId, MessageId, OutboxId, Timestamp};
use posthorn_store::follow_up::{self, FollowUp, When};
use posthorn_store::message::Head;
use posthorn_store::outbox::{self, OutboxState};
use posthorn_store::view::{self, Delta, Filter, Grouping, Sort, Source, Touched, ViewSpec};
use posthorn_store::{Store, draft, operation, placement};

use crate::fixture::{Fixture, NOW, arrival, fixture, head};

const DAY: i64 = 86_400_000;
/// Seconds of [`head`] at which the clock stands.
const TODAY: i64 = 86_400;

impl Fixture {
    /// A message whose draft wishes a reminder, and that a server took.
    async fn sent(&self, when: When) -> (DraftId, OutboxId) {
        let (draft, row) = self.queued().await;
        self.step(row, OutboxState::Cancelled).await.unwrap();
        self.store.write(move |tx| follow_up::set_wish(tx, draft, Some(when))).await.unwrap();
        let row = self
            .store
            .write(move |tx| {
                let new = outbox::get(tx, row)?.request;
                outbox::add(tx, &new)
            })
            .await
            .unwrap();
        (draft, row)
    }

    async fn accept(&self, row: OutboxId) {
        use OutboxState as S;
        for state in [S::Connecting, S::Recipients, S::Data, S::DotSent, S::Accepted] {
            self.step(row, state).await.unwrap();
        }
    }

    /// Its copy in Sent.
    async fn filed(&self) -> MessageId {
        let copy = Head {
            from: vec![Address::bare("me@example.org")],
            ..head("m@x", &[], "hi", "me", TODAY)
        };
        self.arrive(self.sent, vec![arrival(1, copy)]).await[0].message
    }

    async fn reminders(&self) -> Vec<FollowUp> {
        self.store.read(follow_up::list).await.unwrap()
    }

    async fn ring(&self) -> Vec<MessageId> {
        self.store.write(follow_up::ring).await.unwrap()
    }
}

#[tokio::test]
async fn it_begins_when_a_server_took_the_message_and_is_due_once() {
    let fixture = fixture().await;
    let (draft, row) = fixture.sent(When::After(2 * DAY)).await;
    let wish = fixture.store.read(move |tx| follow_up::wish(tx, draft)).await.unwrap();
    assert_eq!(wish, Some(When::After(2 * DAY)), "undoing the send kept it");
    fixture.store.write(move |tx| follow_up::set_wish(tx, draft, None)).await.unwrap_err();
    let message = fixture.filed().await;
    assert_eq!(fixture.reminders().await, [], "nothing was sent yet");

    // A day passes until the server takes it: the time counts from then.
    fixture.clock.advance_ms(DAY);
    fixture.accept(row).await;
    let due = Timestamp(NOW * 1000 + 3 * DAY);
    let wanted = FollowUp { message, due, is_due: false };
    assert_eq!(fixture.reminders().await, [wanted]);
    fixture.clock.advance_ms(2 * DAY - 1);
    assert_eq!(fixture.ring().await, []);
    assert_eq!(fixture.store.read(follow_up::next).await.unwrap(), Some(due));
    fixture.clock.advance_ms(1);
    assert_eq!(fixture.ring().await, [message]);
    assert_eq!(fixture.ring().await, [], "once");
    assert_eq!(fixture.reminders().await, [FollowUp { is_due: true, ..wanted }]);

    // It is in the file: another start finds it.
    fixture.store.close().await;
    let store = Store::open(&fixture.paths, fixture.clock.clone()).unwrap();
    assert_eq!(store.read(follow_up::list).await.unwrap(), [FollowUp { is_due: true, ..wanted }]);
    assert_eq!(store.read(follow_up::next).await.unwrap(), None);

    // Later, and done.
    let later = Timestamp(NOW * 1000 + 9 * DAY);
    store.write(move |tx| follow_up::set(tx, message, later)).await.unwrap();
    let put_off = FollowUp { message, due: later, is_due: false };
    assert_eq!(store.read(follow_up::list).await.unwrap(), [put_off]);
    store.write(move |tx| follow_up::remove(tx, message)).await.unwrap();
    assert_eq!(store.read(follow_up::list).await.unwrap(), []);
    store.close().await;
}

#[tokio::test]
async fn what_was_never_taken_reminds_of_nothing() {
    let fixture = fixture().await;
    let (draft, row) = fixture.sent(When::At(Timestamp(NOW * 1000 + DAY))).await;
    fixture.filed().await;
    fixture.step(row, OutboxState::Connecting).await.unwrap();
    fixture.step(row, OutboxState::Failed).await.unwrap();
    fixture.clock.advance_ms(5 * DAY);
    assert_eq!((fixture.ring().await, fixture.reminders().await), (vec![], vec![]));
    fixture.step(row, OutboxState::Cancelled).await.unwrap();
    let wish = fixture.store.read(move |tx| follow_up::wish(tx, draft)).await.unwrap();
    assert_eq!(wish, Some(When::At(Timestamp(NOW * 1000 + DAY))));

    // Taken when the day of the reminder is over: a day later, not at once.
    let row = fixture
        .store
        .write(move |tx| {
            let new = outbox::get(tx, row)?.request;
            outbox::add(tx, &new)
        })
        .await
        .unwrap();
    fixture.step(row, OutboxState::Connecting).await.unwrap();
    for state in [OutboxState::Recipients, OutboxState::Data, OutboxState::DotSent] {
        fixture.step(row, state).await.unwrap();
    }
    fixture.step(row, OutboxState::Unknown).await.unwrap();
    assert_eq!(fixture.reminders().await, [], "nobody knows");
    fixture.step(row, OutboxState::Accepted).await.unwrap();
    assert_eq!(fixture.reminders().await[0].due, Timestamp(NOW * 1000 + 6 * DAY));
}

#[tokio::test]
async fn only_somebody_elses_words_are_an_answer() {
    let me = |head: Head| Head { from: vec![Address::bare("Me@Example.org")], ..head };
    let automatic = |head: Head| Head { is_automatic: true, ..head };
    let refers = |from: &str, seconds: i64| head("a@x", &["m@x"], "Re: hi", from, seconds);
    // What arrives, and whether it answers.
    let table: Vec<(&str, Head, bool)> = vec![
        ("an answer", refers("ann", TODAY + 60), true),
        ("clocks of two computers", refers("ann", TODAY - 600), true),
        ("my own words", me(refers("me", TODAY + 60)), false),
        ("an absence note", automatic(refers("ann", TODAY + 60)), false),
        ("another conversation", head("b@x", &["other@x"], "Re: tea", "ann", TODAY + 60), false),
        ("by its subject, later", head("c@x", &[], "Re: hi", "ann", TODAY + 60), true),
        ("in its conversation, earlier", head("d@x", &["root@x"], "hi", "ann", TODAY - 60), false),
        ("in its conversation, later", head("e@x", &["root@x"], "hi", "bob", TODAY + 60), true),
    ];
    for (what, came, is_answer) in table {
        let fixture = fixture().await;
        let (_, row) = fixture.sent(When::After(DAY)).await;
        let copy = Head {
            references: head("", &["root@x"], "", "", 0).references,
            to: vec![Address::bare("ann@example.net")],
            ..me(head("m@x", &[], "hi", "me", TODAY))
        };
        let message = fixture.arrive(fixture.sent, vec![arrival(1, copy)]).await[0].message;
        fixture.accept(row).await;
        assert_eq!(fixture.reminders().await.len(), 1, "{what}");
        fixture.arrive(fixture.inbox, vec![arrival(1, came)]).await;
        assert_eq!(fixture.reminders().await.is_empty(), is_answer, "{what}");
        fixture.clock.advance_ms(2 * DAY);
        let rang = if is_answer { vec![] } else { vec![message] };
        assert_eq!(fixture.ring().await, rang, "{what}");
    }
}

#[tokio::test]
async fn an_answer_that_is_found_late_counts_and_a_late_reminder_does_not_hear_old_ones() {
    let fixture = fixture().await;
    let (_, row) = fixture.sent(When::After(DAY)).await;
    let message = fixture.filed().await;
    fixture.accept(row).await;
    // It refers to a message that nobody knows yet; the one that joins the two comes from the user.
    let late = head("late@x", &["between@x"], "other words", "ann", TODAY + 60);
    fixture.arrive(fixture.inbox, vec![arrival(1, late)]).await;
    assert_eq!(fixture.reminders().await.len(), 1);
    let between = Head {
        from: vec![Address::bare("me@example.org")],
        ..head("between@x", &["m@x"], "other words", "me", TODAY + 30)
    };
    fixture.arrive(fixture.sent, vec![arrival(2, between)]).await;
    fixture.clock.advance_ms(2 * DAY);
    assert_eq!(fixture.ring().await, [], "somebody answered");
    assert_eq!(fixture.reminders().await, []);

    // Set after that answer: another one is waited for. The old one, fetched again, is no news.
    let due = Timestamp(NOW * 1000 + 4 * DAY);
    fixture.store.write(move |tx| follow_up::set(tx, message, due)).await.unwrap();
    let again = head("again@x", &["m@x"], "Re: hi", "ann", TODAY + 60);
    fixture.arrive(fixture.archive, vec![arrival(9, again)]).await;
    assert_eq!(fixture.reminders().await.len(), 1);
    let news = head("news@x", &["m@x"], "Re: hi", "ann", TODAY + 90);
    fixture.arrive(fixture.inbox, vec![arrival(10, news)]).await;
    assert_eq!(fixture.reminders().await, []);
}

#[tokio::test]
async fn whoever_writes_again_is_done_and_what_is_thrown_away_is_not_shown() {
    let fixture = fixture().await;
    let (_, row) = fixture.sent(When::After(DAY)).await;
    let message = fixture.filed().await;
    fixture.accept(row).await;
    fixture.clock.advance_ms(2 * DAY);
    assert_eq!(fixture.ring().await, [message]);

    // Thrown away and back.
    let (sent, trash) = (fixture.sent, fixture.trash);
    let moved = |from, to| {
        fixture.store.write(move |tx| {
            operation::enqueue(tx, &operation::Action::Move { to }, &[(from, message)])
        })
    };
    moved(sent, trash).await.unwrap();
    assert_eq!(fixture.reminders().await, []);
    moved(trash, sent).await.unwrap();
    assert_eq!(fixture.reminders().await.len(), 1);

    // An answer to it goes out.
    let (draft, row) = fixture.queued().await;
    fixture.step(row, OutboxState::Cancelled).await.unwrap();
    let row = fixture
        .store
        .write(move |tx| {
            let mut content = draft::get(tx, draft)?.content;
            content.message_id = posthorn_model::MessageIdHeader("again@x".to_owned());
            content.in_reply_to = Some(posthorn_model::MessageIdHeader("m@x".to_owned()));
            draft::update(tx, draft, &content)?;
            let new = outbox::get(tx, row)?.request;
            outbox::add(tx, &outbox::NewOutbox { message_id: content.message_id, ..new })
        })
        .await
        .unwrap();
    assert_eq!(fixture.reminders().await.len(), 1);
    fixture.accept(row).await;
    assert_eq!(fixture.reminders().await, []);
}

#[tokio::test]
async fn the_list_shows_what_is_due_and_follows() {
    let fixture = fixture().await;
    let specs = [Sort::Newest, Sort::Oldest, Sort::Subject].map(|sort| ViewSpec {
        source: Source::FollowUps,
        grouping: Grouping::Messages,
        filter: Filter::default(),
        sort,
    });
    let mut changes = fixture.store.changes();
    let mut views = Vec::new();
    for spec in specs {
        views.push(fixture.store.read(move |tx| view::open(tx, &spec)).await.unwrap());
    }
    assert!(views.iter().all(view::View::is_empty));
    let (_, row) = fixture.sent(When::After(DAY)).await;
    let message = fixture.filed().await;
    fixture.accept(row).await;
    fixture.clock.advance_ms(2 * DAY);
    for expected in [vec![message], vec![]] {
        if expected.is_empty() {
            fixture.store.write(move |tx| follow_up::remove(tx, message)).await.unwrap();
        } else {
            fixture.ring().await;
        }
        let mut touched = Touched::default();
        while let Ok(batch) = changes.try_recv() {
            touched.add(&batch);
        }
        for mut open in std::mem::take(&mut views) {
            let (touched, wanted) = (touched.clone(), expected.clone());
            let open = fixture
                .store
                .read(move |tx| {
                    let delta = view::refresh(tx, &mut open, &touched)?;
                    assert!(!matches!(delta, Delta::Unchanged));
                    let rows = view::rows(tx, &open, open.window(0..9))?;
                    let shown: Vec<MessageId> =
                        rows.iter().flatten().map(|row| row.message).collect();
                    assert_eq!(shown, wanted);
                    Ok(open)
                })
                .await
                .unwrap();
            views.push(open);
        }
    }
    let places = fixture.store.read(move |tx| placement::of_message(tx, message)).await.unwrap();
    assert_eq!(places.len(), 1, "the message stays where it is");
}
