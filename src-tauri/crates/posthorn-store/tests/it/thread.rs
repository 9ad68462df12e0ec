//! Which messages become one conversation.

use posthorn_model::Address;
use posthorn_store::message::Head;
use posthorn_store::thread;

use crate::fixture::{arrival, fixture, head};

const DAY: i64 = 86_400;

/// Lets heads arrive in this order and returns the number of the conversation of each, in order of appearance.
async fn threads(heads: Vec<Head>) -> Vec<usize> {
    let fixture = fixture().await;
    let mut messages = Vec::new();
    for (uid, head) in (1..).zip(heads) {
        messages.push(fixture.arrive(fixture.inbox, vec![arrival(uid, head)]).await[0].message);
    }
    let store = fixture.store.clone();
    let ids = store
        .read(move |tx| {
            messages
                .iter()
                .map(|id| thread::of_message(tx, *id))
                .collect::<posthorn_store::Result<Vec<_>>>()
        })
        .await
        .unwrap();
    let mut seen = Vec::new();
    let number = |id| {
        if !seen.contains(&id) {
            seen.push(id);
        }
        seen.iter().position(|known| *known == id).unwrap()
    };
    ids.into_iter().map(number).collect()
}

#[tokio::test]
async fn references_join_in_any_order() {
    let a = || head("a@x", &[], "Lunch", "ann", 0);
    let b = || head("b@x", &["a@x"], "Re: Lunch", "bob", 60);
    let c = || head("c@x", &["a@x", "b@x"], "Re: Lunch", "ann", 120);
    let other = || head("o@x", &[], "Dinner", "eve", 30);
    assert_eq!(threads(vec![a(), b(), c(), other()]).await, [0, 0, 0, 1]);
    assert_eq!(threads(vec![c(), other(), b(), a()]).await, [0, 1, 0, 0]);
}

#[tokio::test]
async fn late_parent_joins_what_was_apart() {
    let grandchild = head("c@x", &["b@x"], "Re: Lunch", "ann", 120);
    let aunt = head("d@x", &["a@x"], "Re: Lunch", "eve", 130);
    let between = head("b@x", &["a@x"], "Re: Lunch", "bob", 60);
    assert_eq!(threads(vec![grandchild, aunt, between]).await, [0, 0, 0]);
}

#[tokio::test]
async fn subject_alone_joins_only_a_near_reply_between_the_same_people() {
    let base = || head("a@x", &[], "Lunch", "ann", 0);
    let reply = |from: &str, seconds| head("b@x", &[], "Re: Lunch", from, seconds);
    let table = [
        ("reply by the same person", vec![base(), reply("ann", 60)], vec![0, 0]),
        ("reply that came before its original", vec![reply("ann", 60), base()], vec![0, 0]),
        ("a stranger's reply", vec![base(), reply("eve", 60)], vec![0, 1]),
        (
            "the same subject without a prefix",
            vec![base(), head("b@x", &[], "Lunch", "ann", 60)],
            vec![0, 1],
        ),
        ("too late", vec![base(), reply("ann", 40 * DAY)], vec![0, 1]),
        ("a reply older than the message", vec![base(), reply("ann", -60)], vec![0, 1]),
        (
            "a reply that refers to something else",
            vec![base(), head("b@x", &["z@x"], "Re: Lunch", "ann", 60)],
            vec![0, 1],
        ),
        (
            "no subject",
            vec![head("a@x", &[], "", "ann", 0), head("b@x", &[], "Re: ", "ann", 60)],
            vec![0, 1],
        ),
    ];
    for (name, heads, expected) in table {
        assert_eq!(threads(heads).await, expected, "{name}");
    }
}

#[tokio::test]
async fn own_reply_in_sent_joins_by_the_one_it_goes_to() {
    let mut own = head("b@x", &[], "Re: Lunch", "me", 60);
    own.from = vec![Address::bare("me@example.org")];
    own.to = vec![Address::bare("ann@example.net")];
    assert_eq!(threads(vec![head("a@x", &[], "Lunch", "ann", 0), own]).await, [0, 0]);
}

#[tokio::test]
async fn message_that_refers_to_everything_joins_nothing() {
    let mut heads: Vec<Head> = (0..12)
        .map(|number| head(&format!("{number}@x"), &[], &format!("s{number}"), "ann", number))
        .collect();
    let ids: Vec<String> = (0..12).map(|number| format!("{number}@x")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    heads.push(head("digest@x", &ids, "Digest", "eve", 100));
    let found = threads(heads).await;
    assert_eq!(found[..12], (0..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn merged_conversation_is_one_row_with_right_counts() {
    let fixture = fixture().await;
    let heads = [
        head("c@x", &["b@x"], "Re: Lunch", "ann", 120),
        head("d@x", &["a@x"], "Re: Lunch", "eve", 130),
        head("b@x", &["a@x"], "Re: Lunch", "bob", 60),
    ];
    for (uid, head) in (1..).zip(heads) {
        fixture.arrive(fixture.inbox, vec![arrival(uid, head)]).await;
    }
    let message = fixture.messages(fixture.inbox).await[0];
    let parts = fixture
        .store
        .read(move |tx| thread::parts(tx, thread::of_message(tx, message)?))
        .await
        .unwrap();
    assert_eq!((parts.len(), parts[0].total, parts[0].unread), (1, 3, 3));
    assert_eq!(fixture.counts(fixture.inbox).await, (3, 3));
}
