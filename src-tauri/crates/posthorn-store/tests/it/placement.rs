//! What is one message in two places, and what stays when a server takes it away.

use std::sync::Arc;

use posthorn_model::{Flags, Position, Timestamp, Uid};
use posthorn_store::placement::{self, FlagUpdate};
use posthorn_store::{Change, contact, message, removed};

use crate::fixture::{NOW, arrival, fixture, head};

#[tokio::test]
async fn same_message_in_two_folders_is_one_message() {
    let fixture = fixture().await;
    let first = fixture.one(fixture.inbox, "a@x", 1).await;
    let mut copy = head("a@x", &[], "a@x", "ann", 1);
    let joined = fixture.arrive(fixture.archive, vec![arrival(7, copy.clone())]).await[0];
    assert_eq!((joined.message, joined.is_new_message, joined.is_new_here), (first, false, true));
    copy.size += 1;
    let other = fixture.arrive(fixture.archive, vec![arrival(8, copy)]).await[0];
    assert_ne!(other.message, first, "another size is another message");
}

#[tokio::test]
async fn two_copies_in_one_folder_stay_two() {
    let fixture = fixture().await;
    let copies = vec![
        arrival(1, head("a@x", &[], "a", "ann", 0)),
        arrival(2, head("a@x", &[], "a", "ann", 0)),
    ];
    let arrived = fixture.arrive(fixture.inbox, copies.clone()).await;
    assert_ne!(arrived[0].message, arrived[1].message);
    let again = fixture.arrive(fixture.inbox, copies).await;
    assert_eq!(
        again.iter().map(|one| one.message).collect::<Vec<_>>(),
        [arrived[0].message, arrived[1].message]
    );
    assert_eq!(fixture.counts(fixture.inbox).await, (2, 2));
}

#[tokio::test]
async fn servers_ids_decide_before_heads() {
    let fixture = fixture().await;
    let with_id = |uid, id: &str, server_id: &str| {
        let mut head = head(id, &[], "a", "ann", 0);
        head.server_id = Some(server_id.to_owned());
        arrival(uid, head)
    };
    let first = fixture.arrive(fixture.inbox, vec![with_id(1, "a@x", "M1")]).await[0].message;
    let renamed =
        fixture.arrive(fixture.archive, vec![with_id(1, "other@x", "M1")]).await[0].message;
    let twin = fixture.arrive(fixture.archive, vec![with_id(2, "a@x", "M2")]).await[0].message;
    assert_eq!(renamed, first);
    assert_ne!(twin, first);
}

#[tokio::test]
async fn new_uid_validity_finds_messages_again() {
    let fixture = fixture().await;
    let kept = fixture.one(fixture.inbox, "a@x", 1).await;
    let lost = fixture.one(fixture.inbox, "b@x", 2).await;
    let inbox = fixture.inbox;
    fixture.store.write(move |tx| placement::forget_uids(tx, inbox)).await.unwrap();
    assert_eq!(fixture.messages(inbox).await.len(), 2, "nothing vanishes meanwhile");
    let again =
        fixture.arrive(inbox, vec![arrival(501, head("a@x", &[], "a@x", "ann", 1))]).await[0];
    assert_eq!((again.message, again.is_new_here), (kept, false));
    let gone =
        fixture.store.write(move |tx| placement::remove_without_uid(tx, inbox)).await.unwrap();
    assert_eq!(gone, [lost]);
    assert_eq!(fixture.store.read(move |tx| placement::uids(tx, inbox)).await.unwrap(), [Uid(501)]);
}

#[tokio::test]
async fn what_the_server_takes_away_can_be_restored() {
    let fixture = fixture().await;
    let message = fixture.one(fixture.inbox, "a@x", 1).await;
    let (inbox, account) = (fixture.inbox, fixture.account);
    fixture.store.write(move |tx| placement::vanish(tx, inbox, &[Uid(1), Uid(9)])).await.unwrap();
    assert_eq!(fixture.counts(inbox).await, (0, 0));
    let list = fixture.store.read(move |tx| removed::list(tx, account)).await.unwrap();
    assert_eq!(
        list.iter().map(|one| (one.message, one.mailbox)).collect::<Vec<_>>(),
        [(message, Some(inbox))]
    );
    fixture.store.write(move |tx| removed::restore(tx, message, inbox)).await.unwrap();
    assert_eq!(fixture.counts(inbox).await, (1, 1));
    assert_eq!(fixture.store.read(move |tx| removed::list(tx, account)).await.unwrap(), []);
}

#[tokio::test]
async fn flags_from_the_server_change_counts_and_say_so() {
    let fixture = fixture().await;
    let message = fixture.one(fixture.inbox, "a@x", 1).await;
    let mut changes = fixture.store.changes();
    let seen = Flags { seen: true, ..Flags::default() };
    let update = FlagUpdate { uid: Uid(1), flags: seen.clone(), modseq: None };
    let inbox = fixture.inbox;
    let updates = vec![update.clone(), FlagUpdate { uid: Uid(77), ..update }];
    let count =
        fixture.store.write(move |tx| placement::update_flags(tx, inbox, &updates)).await.unwrap();
    assert_eq!((count, fixture.counts(inbox).await), (1, (1, 0)));
    let batch: Arc<[Change]> = changes.recv().await.unwrap();
    let expected =
        Change::Messages { mailbox: inbox, added: vec![], removed: vec![], changed: vec![message] };
    assert!(batch.contains(&expected), "{batch:?}");
    assert!(batch.contains(&Change::Mailboxes(vec![inbox])), "{batch:?}");
}

#[tokio::test]
async fn deleted_flag_hides_a_message() {
    let fixture = fixture().await;
    fixture.one(fixture.inbox, "a@x", 1).await;
    let inbox = fixture.inbox;
    let flags = Flags { deleted: true, ..Flags::default() };
    let update = [FlagUpdate { uid: Uid(1), flags, modseq: None }];
    fixture.store.write(move |tx| placement::update_flags(tx, inbox, &update)).await.unwrap();
    assert_eq!((fixture.messages(inbox).await.len(), fixture.counts(inbox).await), (0, (0, 0)));
}

#[tokio::test]
async fn positions_are_unique_in_time_order_and_clamped() {
    let fixture = fixture().await;
    let mut arrivals = Vec::new();
    for uid in 1..=200 {
        arrivals.push(arrival(uid, head(&format!("{uid}@x"), &[], "same second", "ann", 0)));
    }
    let mut future = head("f@x", &[], "future", "ann", 0);
    future.received = Timestamp(i64::MAX);
    let mut ancient = head("p@x", &[], "past", "ann", 0);
    ancient.received = Timestamp(-1);
    arrivals.push(arrival(300, future));
    arrivals.push(arrival(301, ancient));
    let arrived = fixture.arrive(fixture.inbox, arrivals).await;
    let same: Vec<Position> = arrived[..200].iter().map(|one| one.position).collect();
    assert!(same.windows(2).all(|pair| pair[0] < pair[1]), "uids order messages of one second");
    assert_eq!(same[0], Position((NOW - 86_400) * 16));
    assert_eq!(arrived[200].position, Position((NOW + 86_400) * 16));
    assert_eq!(arrived[201].position, Position(631_152_000 * 16));
}

#[tokio::test]
async fn people_are_completed_by_the_beginning_of_any_word() {
    let fixture = fixture().await;
    let mut sent = head("s@x", &[], "hello", "me", 5);
    sent.from = vec![posthorn_model::Address::bare("me@example.org")];
    sent.to = vec![posthorn_model::Address {
        name: "Annette Müller".to_owned(),
        email: "A.Mueller@Work.example".to_owned(),
    }];
    fixture.arrive(fixture.sent, vec![arrival(1, sent)]).await;
    for uid in 1..=5 {
        fixture.one(fixture.inbox, &format!("{uid}@x"), uid).await;
    }
    fixture.arrive(fixture.trash, vec![arrival(9, head("t@x", &[], "buy", "anonymous", 1))]).await;
    let table = [
        ("ann", vec!["a.mueller@work.example", "ann@example.net"]),
        ("MÜL", vec!["a.mueller@work.example"]),
        ("work.ex", vec!["a.mueller@work.example"]),
        ("anon", vec![]),
        ("", vec!["a.mueller@work.example", "ann@example.net"]),
    ];
    for (text, expected) in table {
        let found = fixture.store.read(move |tx| contact::complete(tx, text, 10)).await.unwrap();
        assert_eq!(
            found.iter().map(|one| one.address.email.as_str()).collect::<Vec<_>>(),
            expected,
            "{text}"
        );
    }
}

#[tokio::test]
async fn people_are_completed_by_pinyin_and_ranked_by_use_and_recency() {
    let fixture = fixture().await;
    let sent = |id: &str, name: &str, email: &str, seconds: i64| {
        let mut sent = head(id, &[], "hello", "me", seconds);
        sent.from = vec![posthorn_model::Address::bare("me@example.org")];
        sent.to = vec![posthorn_model::Address { name: name.to_owned(), email: email.to_owned() }];
        sent
    };
    const YEAR: i64 = 365 * 24 * 3600;
    // Five messages, but long ago; two of today.
    let mut uid = 0;
    let mut mails = Vec::new();
    for (name, email, times, at) in [
        ("张三", "old@example.org", 5, -9 * YEAR),
        ("张三丰", "today@example.org", 2, 0),
        ("Zsolt", "zsolt@example.org", 1, -YEAR),
    ] {
        for _ in 0..times {
            uid += 1;
            mails.push(arrival(uid, sent(&format!("{uid}@pinyin"), name, email, at)));
        }
    }
    fixture.arrive(fixture.sent, mails).await;
    for (text, expected) in [
        ("zs", vec!["today@example.org", "zsolt@example.org", "old@example.org"]),
        ("zhangsan", vec!["today@example.org", "old@example.org"]),
        ("Zhang San", vec!["today@example.org", "old@example.org"]),
        ("zhang san'f", vec!["today@example.org"]),
        ("zsf", vec!["today@example.org"]),
        ("三丰", vec!["today@example.org"]),
        ("sanfeng", vec!["today@example.org"]),
        ("李", vec![]),
    ] {
        let found = fixture.store.read(move |tx| contact::complete(tx, text, 10)).await.unwrap();
        let found: Vec<_> = found.iter().map(|one| one.address.email.as_str()).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[tokio::test]
async fn missing_bodies_are_asked_for_newest_first() {
    let fixture = fixture().await;
    for uid in 1..=3 {
        fixture.one(fixture.inbox, &format!("{uid}@x"), uid).await;
    }
    let inbox = fixture.inbox;
    let wanted =
        move |tx: &posthorn_store::ReadTx<'_>| message::without_body(tx, inbox, 1 << 20, 10);
    let found = fixture.store.read(wanted).await.unwrap();
    assert_eq!(found.iter().map(|one| one.uid.0).collect::<Vec<_>>(), [3, 2, 1]);
    let body =
        fixture.store.bodies().put(b"x".to_vec(), posthorn_store::Origin::Local).await.unwrap();
    let id = found[0].message;
    let contents =
        message::Contents { preview: "words".to_owned(), ..message::Contents::default() };
    fixture.store.write(move |tx| message::set_body(tx, id, body, &contents)).await.unwrap();
    let found = fixture.store.read(wanted).await.unwrap();
    assert_eq!(found.iter().map(|one| one.uid.0).collect::<Vec<_>>(), [2, 1]);
    let stored = fixture.store.read(move |tx| message::get(tx, id)).await.unwrap();
    assert_eq!(
        (stored.body, stored.head.preview.as_str()),
        (message::BodyState::Whole(body), "words")
    );
}
