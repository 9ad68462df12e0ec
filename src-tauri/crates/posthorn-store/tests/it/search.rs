//! Searching: words, conditions, Chinese, and what becomes of the index when things change.

use posthorn_model::{Flags, MessageId, Timestamp};
use posthorn_query::{Now, parse};
use posthorn_store::message::Attachment;
use posthorn_store::operation::{self, Action};
use posthorn_store::search::{self, Search, Words};
use posthorn_store::{Origin, message};

use crate::fixture::{Fixture, NOW, arrival, fixture, head};

pub(crate) fn query(text: &str) -> Search {
    let now = Now { at: Timestamp::from_seconds(NOW), utc_offset_seconds: 0 };
    Search::new(parse(text, now).query, now)
}

impl Fixture {
    pub(crate) async fn index(&self) {
        loop {
            let pending = self.store.pending_words(3).await.unwrap();
            if pending.is_empty() {
                return;
            }
            let mut batch = Vec::new();
            for one in pending {
                let text = match one.body {
                    Some(body) => Some(
                        String::from_utf8(self.store.bodies().get(body).await.unwrap()).unwrap(),
                    ),
                    None => None,
                };
                batch.push(Words { position: one.position, text });
            }
            self.store.put_words(batch).await.unwrap();
        }
    }

    async fn find(&self, text: &str) -> Vec<MessageId> {
        let asked = query(text);
        self.store
            .read(move |tx| {
                let hits = search::positions(tx, &asked, 100)?;
                hits.into_iter()
                    .map(|position| message::at(tx, position).map(Option::unwrap))
                    .collect()
            })
            .await
            .unwrap()
    }
}

struct Mail {
    fixture: Fixture,
    lunch: MessageId,
    budget: MessageId,
    chinese: MessageId,
    trashed: MessageId,
}

async fn mail() -> Mail {
    let fixture = fixture().await;
    let mut lunch = arrival(1, head("1@x", &[], "Lunch at noon", "ann", 10));
    lunch.flags = Flags { seen: true, flagged: true, ..Flags::default() };
    lunch.body = Some(
        fixture.store.bodies().put("See you at the harbour café", Origin::Local).await.unwrap(),
    );
    let mut budget = arrival(2, head("2@x", &[], "Budget 2023", "bob", 20));
    budget.head.has_attachments = true;
    budget.head.size = 5 << 20;
    budget.head.attachments = vec![Attachment {
        section: "2".to_owned(),
        name: "figures.xlsx".to_owned(),
        ..Attachment::default()
    }];
    let mut chinese = arrival(3, head("3@x", &[], "周末项目会议", "王", 30));
    chinese.body = Some(fixture.store.bodies().put("我们在花园见面", Origin::Local).await.unwrap());
    let arrived = fixture.arrive(fixture.inbox, vec![lunch, budget, chinese]).await;
    let (lunch, budget, chinese) = (arrived[0].message, arrived[1].message, arrived[2].message);
    let trashed = fixture
        .arrive(fixture.trash, vec![arrival(1, head("4@x", &[], "Lunch voucher", "shop", 40))])
        .await[0];
    fixture.index().await;
    Mail { fixture, lunch, budget, chinese, trashed: trashed.message }
}

#[tokio::test]
async fn words_and_conditions_find_what_they_say() {
    let mail = mail().await;
    let (lunch, budget, chinese, trashed) = (mail.lunch, mail.budget, mail.chinese, mail.trashed);
    let table = [
        ("lunch", vec![lunch]),
        ("LUN", vec![lunch]),
        ("harbour", vec![lunch]),
        ("cafe", vec![lunch]),
        ("lunch harbour", vec![lunch]),
        ("lunch budget", vec![]),
        ("lunch OR budget", vec![budget, lunch]),
        ("\"at noon\"", vec![lunch]),
        ("\"noon at\"", vec![]),
        ("from:bob", vec![budget]),
        ("from:example.net", vec![chinese, budget, lunch]),
        ("to:me@example.org", vec![chinese, budget, lunch]),
        ("subject:harbour", vec![]),
        ("filename:figures", vec![budget]),
        ("has:attachment", vec![budget]),
        ("is:unread", vec![chinese, budget]),
        ("is:starred", vec![lunch]),
        ("-is:unread", vec![lunch]),
        ("is:unread -from:bob", vec![chinese]),
        ("larger:1M", vec![budget]),
        ("in:trash lunch", vec![trashed]),
        ("in:inbox lunch", vec![lunch]),
        ("in:archive", vec![]),
        ("account:me@example", vec![chinese, budget, lunch]),
        ("会议", vec![chinese]),
        ("花", vec![chinese]),
        ("项目会", vec![chinese]),
        ("会项", vec![]),
        ("before:2000-01-01", vec![]),
        ("after:2000-01-01", vec![chinese, budget, lunch]),
        ("newer_than:2d lunch", vec![lunch]),
        ("older_than:2d", vec![]),
        ("", vec![chinese, budget, lunch]),
    ];
    for (text, expected) in table {
        assert_eq!(mail.fixture.find(text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn every_beginning_finds_its_word_in_heads_and_bodies() {
    let fixture = fixture().await;
    let words = [
        "harbourmaster",
        "Überraschung",
        "naïveté",
        "Straßenbahn",
        "приветствие",
        "ёлочка",
        "Ελλάδα",
        "Việtnamese",
        "x\u{302}yzzyzx",
        "2023report",
        "会议安排",
        "東京タワー",
        "안녕하세요",
        "हिन्दीभाषा",
    ];
    let mut arrivals = Vec::new();
    for (number, word) in (1_u32..).zip(words) {
        let mut in_head = arrival(2 * number, head(&format!("{number}h@x"), &[], word, "ann", 1));
        in_head.head.subject = format!("about {word} today");
        let mut in_body =
            arrival(2 * number + 1, head(&format!("{number}b@x"), &[], "none", "ann", 2));
        let bytes = format!("it says {word}, no more");
        in_body.body = Some(fixture.store.bodies().put(bytes, Origin::Local).await.unwrap());
        arrivals.extend([in_head, in_body]);
    }
    let arrived = fixture.arrive(fixture.inbox, arrivals).await;
    fixture.index().await;
    for (pair, word) in arrived.chunks(2).zip(words) {
        let is_dense = word.chars().all(|letter| u32::from(letter) >= 0x3000);
        let letters: Vec<char> = word.chars().collect();
        for end in if is_dense { 1 } else { 4 }..=letters.len() {
            let beginning: String = letters[..end].iter().collect();
            let found = fixture.find(&beginning).await;
            for one in pair {
                assert!(found.contains(&one.message), "{beginning} of {word}");
            }
            let found = fixture.find(&format!("subject:{beginning}")).await;
            assert!(found.contains(&pair[0].message), "subject:{beginning} of {word}");
            let found = fixture.find(&format!("body:{beginning}")).await;
            assert!(found.contains(&pair[1].message), "body:{beginning} of {word}");
            assert!(!found.contains(&pair[0].message), "body:{beginning} of {word} in a head");
        }
    }
    assert_eq!(fixture.find("harbourmistress").await, []);
    assert_eq!(fixture.find("report").await, [], "not a beginning");
}

#[tokio::test]
async fn hostile_questions_are_only_words() {
    let mail = mail().await;
    for text in [
        "\"",
        "lunch\" OR body:\"",
        "NEAR(",
        "head : x*",
        "'; DROP TABLE message; --",
        "\0",
        "((((",
        "a\u{fffe}b*",
    ] {
        mail.fixture.find(text).await;
    }
    assert_eq!(mail.fixture.find("lunch").await.len(), 1);
}

#[tokio::test]
async fn index_follows_moves_deletions_and_late_bodies() {
    let mail = mail().await;
    let fixture = &mail.fixture;
    let (inbox, trash, budget) = (fixture.inbox, fixture.trash, mail.budget);
    let body = fixture
        .store
        .bodies()
        .put(b"Numbers for the orchard".to_vec(), Origin::Local)
        .await
        .unwrap();
    fixture
        .store
        .write(move |tx| message::set_body(tx, budget, body, &message::Contents::default()))
        .await
        .unwrap();
    assert_eq!(fixture.find("orchard").await, []);
    fixture.index().await;
    assert_eq!(fixture.find("orchard").await, [budget]);
    let action = Action::Move { to: trash };
    fixture
        .store
        .write(move |tx| operation::enqueue(tx, &action, &[(inbox, budget)]))
        .await
        .unwrap();
    assert_eq!(fixture.find("orchard").await, [], "at once, without any indexing");
    assert_eq!(fixture.find("orchard in:trash").await, [budget]);
    let coverage = fixture.store.read(search::coverage).await.unwrap();
    assert_eq!(
        (coverage.messages, coverage.heads, coverage.bodies, coverage.waiting),
        (4, 4, 3, 0)
    );
}

#[tokio::test]
async fn lost_index_is_noticed_and_built_again() {
    let mail = mail().await;
    mail.fixture.store.close().await;
    for end in ["", "-wal", "-shm"] {
        let mut name = mail.fixture.paths.search.clone().into_os_string();
        name.push(end);
        // The two beside it are gone already when it was closed well.
        let _ = std::fs::remove_file(name);
    }
    let store =
        posthorn_store::Store::open(&mail.fixture.paths, mail.fixture.clock.clone()).unwrap();
    let fixture = Fixture { store, ..mail.fixture };
    assert_eq!(fixture.find("lunch").await, []);
    assert_eq!(fixture.store.audit_words().await.unwrap(), 4);
    fixture.index().await;
    assert_eq!(fixture.find("lunch").await, [mail.lunch]);
    assert_eq!(fixture.store.audit_words().await.unwrap(), 0);
    fixture.store.rebuild_words().await.unwrap();
    assert_eq!(fixture.find("lunch").await, []);
    fixture.index().await;
    assert_eq!(fixture.find("harbour").await, [mail.lunch]);
}

#[tokio::test]
async fn gone_messages_leave_the_index() {
    let mail = mail().await;
    let fixture = &mail.fixture;
    let (inbox, lunch) = (fixture.inbox, mail.lunch);
    fixture
        .store
        .write(move |tx| {
            posthorn_store::placement::remove(
                tx,
                inbox,
                &[lunch],
                posthorn_store::placement::RemovedBy::Server,
            )
        })
        .await
        .unwrap();
    assert_eq!(fixture.find("lunch").await, []);
    fixture.clock.advance_ms(31 * 86_400_000);
    fixture.store.sweep().await.unwrap();
    fixture.index().await;
    let coverage = fixture.store.read(search::coverage).await.unwrap();
    assert_eq!((coverage.messages, coverage.heads), (3, 3));
}
