//! Which messages become one conversation.

use std::collections::BTreeSet;

use posthorn_model::{Address, Flags, Uid};
use posthorn_store::message::Head;
use posthorn_store::placement::{self, Arrival, FlagUpdate};
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

/// What a folder shows of its conversations (newest, messages, unread, starred), and its own counts.
type Shown = (Vec<(i64, u32, u32, u32)>, (u64, u64));

/// What the inbox shows after these batches came.
async fn shown(batches: Vec<Vec<Arrival>>) -> Shown {
    shown_after(batches, Vec::new()).await
}

/// What it shows after flags changed, too.
async fn shown_after(batches: Vec<Vec<Arrival>>, updates: Vec<Vec<FlagUpdate>>) -> Shown {
    let fixture = fixture().await;
    let mut messages = Vec::new();
    for batch in batches {
        let arrived = fixture.arrive(fixture.inbox, batch).await;
        messages.extend(arrived.into_iter().map(|arrived| arrived.message));
    }
    let inbox = fixture.inbox;
    for batch in updates {
        let write = fixture.store.write(move |tx| placement::update_flags(tx, inbox, &batch));
        write.await.unwrap();
    }
    let threads = fixture.store.read(move |tx| {
        let mut threads = BTreeSet::new();
        for message in messages {
            threads.insert(thread::of_message(tx, message)?);
        }
        let mut rows = Vec::new();
        for id in threads {
            let parts = thread::parts(tx, id)?;
            rows.extend(parts.iter().map(|p| (p.latest.0, p.total, p.unread, p.flagged)));
        }
        rows.sort_unstable();
        Ok(rows)
    });
    (threads.await.unwrap(), fixture.counts(fixture.inbox).await)
}

#[tokio::test]
async fn a_batch_is_counted_as_single_messages_are() {
    let mut all = vec![
        arrival(1, head("a@x", &[], "one", "ann", 10)),
        arrival(2, head("b@x", &["a@x"], "Re: one", "bob", 20)),
        arrival(3, head("c@x", &["b@x"], "Re: one", "ann", 30)),
        arrival(4, head("d@x", &["lost@x"], "two", "eve", 40)),
        arrival(5, head("e@x", &["lost2@x"], "three", "eve", 50)),
        // Makes two conversations one.
        arrival(6, head("f@x", &["lost@x", "lost2@x"], "four", "eve", 60)),
        arrival(7, head("g@x", &[], "five", "bob", 70)),
        arrival(8, head("h@x", &["g@x"], "six", "bob", 80)),
        arrival(9, head("i@x", &[], "seven", "ann", 90)),
        arrival(10, head("j@x", &["f@x"], "eight", "ann", 100)),
    ];
    all[1].flags.seen = true;
    all[2].flags.flagged = true;
    all[7].flags.deleted = true;
    all[8].flags.deleted = true;
    let singly = shown(all.iter().map(|one| vec![one.clone()]).collect()).await;
    assert_eq!(singly.1, (8, 7));
    assert_eq!(shown(vec![all.clone()]).await, singly, "together");
    let halves = vec![all[5..].to_vec(), all[..5].to_vec()];
    assert_eq!(shown(halves).await, singly, "the newer half first");
    let every_other = |from: usize| all.iter().skip(from).step_by(2).cloned().collect();
    assert_eq!(shown(vec![every_other(1), every_other(0)]).await, singly, "in turns");
    // What comes twice in one answer, or again, is one message, with the flags that were said last.
    let mut again = all[3].clone();
    again.flags.seen = true;
    let twice: Vec<Arrival> = all.iter().cloned().chain([again.clone()]).collect();
    let after = shown(vec![all.clone(), vec![again]]).await;
    assert_eq!(after.1, (8, 6));
    assert_eq!(shown(vec![twice]).await, after, "twice");
}

#[tokio::test]
async fn flags_that_change_are_counted_as_if_they_had_come_so() {
    let flags = |text: &str| Flags {
        seen: text.contains('s'),
        flagged: text.contains('f'),
        answered: text.contains('a'),
        deleted: text.contains('d'),
        ..Flags::default()
    };
    // Before and after, of one conversation of six, one of two, and two single messages.
    let table = [
        ("", "s"),
        ("s", ""),
        ("f", "sf"),
        ("a", "f"),
        ("d", "sd"),
        ("sf", "d"),
        ("", "sfa"),
        ("d", ""),
        ("f", "d"),
        ("s", "sa"),
    ];
    let parent = |index: usize| match index {
        0 | 6 | 8 | 9 => Vec::new(),
        7 => vec!["6@x"],
        _ => vec!["0@x"],
    };
    let all = |which: fn(&(&'static str, &'static str)) -> &'static str| -> Vec<Arrival> {
        let one = |(index, pair)| {
            let head = head(&format!("{index}@x"), &parent(index), "Re: one", "ann", index as i64);
            Arrival { flags: flags(which(pair)), ..arrival(index as u32 + 1, head) }
        };
        table.iter().enumerate().map(one).collect()
    };
    let wanted = shown(vec![all(|pair| pair.1)]).await;
    let update = |(index, text): (usize, &str)| FlagUpdate {
        uid: Uid(index as u32 + 1),
        flags: flags(text),
        modseq: None,
    };
    let updates: Vec<FlagUpdate> =
        table.iter().map(|pair| pair.1).enumerate().map(update).collect();
    let before = || vec![all(|pair| pair.0)];
    assert_ne!(shown(before()).await, wanted);
    assert_eq!(shown_after(before(), vec![updates.clone()]).await, wanted, "together");
    let singly = updates.iter().map(|one| vec![one.clone()]).collect();
    assert_eq!(shown_after(before(), singly).await, wanted, "singly");
    // A server may say several things of one message in one answer.
    let others =
        (0..table.len()).map(|index| update((index, if index % 2 == 0 { "sf" } else { "d" })));
    let several = others.chain(updates.clone()).collect();
    assert_eq!(shown_after(before(), vec![several]).await, wanted, "one after the other");
}
