//! Conversations that are split and merged by hand: what holds, whatever comes, goes or is fetched again.

use std::collections::BTreeMap;

use posthorn_model::{MessageId, OperationId, ThreadId};
use posthorn_store::message::Head;
use posthorn_store::operation::{self, Arrange};
use posthorn_store::placement::vanish;
use posthorn_store::thread::{self, Arranged, SplitReach};
use posthorn_store::{Error, testing};

use crate::fixture::{Fixture, arrival, fixture, head};

const DAY_MS: i64 = 86_400_000;

use Step::{Arrive, Merge, Refetch, Restore, SplitAlone, SplitFrom, Undo};

/// One thing that happens. Messages are named by their `Message-ID`; a name with `-` before it has none.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A message comes that refers to these.
    Arrive(&'static str, &'static [&'static str]),
    /// The user splits the conversation from this message on.
    SplitFrom(&'static str),
    /// The user makes this message a conversation of its own.
    SplitAlone(&'static str),
    /// The user merges the conversations of these messages.
    Merge(&'static [&'static str]),
    /// The user takes back what was done to the conversation of this message.
    Restore(&'static str),
    /// The user undoes the newest of what was not undone.
    Undo,
    /// Everything goes, is forgotten, and comes again under new uids, the newest first.
    Refetch,
}

/// What was done so far.
struct Play {
    fixture: Fixture,
    /// Names with heads, in the order of their first arrival.
    heads: Vec<(&'static str, Head)>,
    messages: BTreeMap<&'static str, MessageId>,
    done: Vec<OperationId>,
    uid: u32,
}

impl Play {
    async fn arrive(&mut self, name: &'static str, head: Head) {
        self.uid += 1;
        let arrived = self.fixture.arrive(self.fixture.inbox, vec![arrival(self.uid, head)]).await;
        self.messages.insert(name, arrived[0].message);
    }

    async fn arrange(&mut self, wanted: Arrange) {
        let done = self.fixture.store.write(move |tx| operation::arrange(tx, &wanted)).await;
        self.done.push(done.unwrap().0);
    }

    async fn refetch(&mut self) {
        let inbox = self.fixture.inbox;
        let store = &self.fixture.store;
        store
            .write(move |tx| {
                let uids = posthorn_store::placement::uids(tx, inbox)?;
                vanish(tx, inbox, &uids)
            })
            .await
            .unwrap();
        self.fixture.clock.advance_ms(31 * DAY_MS);
        store.sweep().await.unwrap();
        let gone = self.messages["a"];
        let found = store.read(move |tx| posthorn_store::message::get(tx, gone)).await;
        assert!(matches!(found, Err(Error::NotFound(_))), "the old message is forgotten");
        for (name, head) in self.heads.clone().into_iter().rev() {
            self.arrive(name, head).await;
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Arrive(name, references) => {
                let id = if name.starts_with('-') { "" } else { name };
                let seconds = self.heads.len() as i64 * 60;
                let head = head(id, references, &format!("Lunch {name}"), "ann", seconds);
                self.heads.push((name, head.clone()));
                self.arrive(name, head).await;
            }
            SplitFrom(name) | SplitAlone(name) => {
                let from_here = matches!(step, SplitFrom(_));
                let reach = if from_here { SplitReach::FromHere } else { SplitReach::Message };
                self.arrange(Arrange::Split { message: self.messages[name], reach }).await;
            }
            Merge(names) => {
                let messages = names.iter().map(|name| self.messages[name]).collect();
                self.arrange(Arrange::Merge { messages }).await;
            }
            Restore(name) => {
                self.arrange(Arrange::Restore { message: self.messages[name] }).await;
            }
            Undo => {
                let last = self.done.pop().unwrap();
                let undone = self.fixture.store.write(move |tx| operation::undo(tx, &[last])).await;
                assert!(undone.unwrap().is_empty(), "no server hears of it");
            }
            Refetch => self.refetch().await,
        }
    }

    /// Says which messages are together, and what the user did to them: `a b rest, c split`.
    async fn shape(&self) -> String {
        let names: Vec<_> =
            self.heads.iter().map(|(name, _)| (*name, self.messages[name])).collect();
        let inbox = self.fixture.inbox;
        let threads: Vec<(String, usize, ThreadId)> = self
            .fixture
            .store
            .read(move |tx| {
                let mut threads: Vec<(String, usize, ThreadId)> = Vec::new();
                for (name, message) in names {
                    let thread = thread::of_message(tx, message)?;
                    match threads.iter_mut().find(|one| one.2 == thread) {
                        Some(one) => {
                            one.0 = format!("{} {name}", one.0);
                            one.1 += 1;
                        }
                        None => threads.push((name.to_owned(), 1, thread)),
                    }
                }
                for (names, count, thread) in &mut threads {
                    let parts = thread::parts(tx, *thread)?;
                    assert_eq!((parts.len(), parts[0].mailbox), (1, inbox), "{names}");
                    assert_eq!(parts[0].total as usize, *count, "the list counts {names}");
                    let word = match thread::arranged(tx, *thread)? {
                        None => "",
                        Some(Arranged::Split) => " split",
                        Some(Arranged::Rest) => " rest",
                        Some(Arranged::Merged) => " merged",
                    };
                    names.push_str(word);
                }
                Ok(threads)
            })
            .await
            .unwrap();
        let total = self.heads.len() as u64;
        assert_eq!(self.fixture.counts(inbox).await, (total, total));
        threads.into_iter().map(|(names, ..)| names).collect::<Vec<_>>().join(", ")
    }
}

async fn play(steps: &[Step]) -> String {
    let mut play = Play {
        fixture: fixture().await,
        heads: Vec::new(),
        messages: BTreeMap::new(),
        done: Vec::new(),
        uid: 0,
    };
    for step in steps {
        play.step(*step).await;
    }
    play.shape().await
}

/// Three messages, each an answer to the one before.
const CHAIN: [Step; 3] = [Arrive("a", &[]), Arrive("b", &["a"]), Arrive("c", &["a", "b"])];

async fn check(begin: &[Step], table: &[(&str, &[Step], &str)]) {
    for (name, steps, expected) in table {
        let all: Vec<Step> = begin.iter().chain(*steps).copied().collect();
        assert_eq!(play(&all).await, *expected, "{name}");
    }
}

#[tokio::test]
async fn what_was_taken_back_leaves_no_trace() {
    // Two conversations, and a message that refers to both.
    const OTHER: [Step; 2] = [Arrive("x", &[]), Arrive("y", &["x"])];
    const BOTH: Step = Arrive("z", &["a", "c", "x"]);
    let begin: Vec<Step> = CHAIN.into_iter().chain(OTHER).collect();
    check(
        &begin,
        &[
            ("untouched", &[BOTH], "a b c x y z"),
            ("undone", &[SplitFrom("c"), Undo, SplitFrom("y"), Undo, BOTH], "a b c x y z"),
            ("one of them", &[SplitAlone("b"), Undo, BOTH], "a b c x y z"),
            (
                "restored",
                &[SplitFrom("b"), Restore("a"), SplitFrom("y"), Restore("y"), BOTH],
                "a b c x y z",
            ),
            ("put apart again", &[Merge(&["a", "x"]), Undo, BOTH], "a b c x y z"),
            (
                "alone it stays what it was, and has a way forward",
                &[SplitFrom("c"), Restore("a"), Arrive("d", &["c"]), Undo],
                "a b rest, c d split, x y",
            ),
            (
                "one still holds",
                &[SplitFrom("y"), SplitFrom("c"), Undo, BOTH],
                "a b c, x z rest, y split",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn split_conversation_stays_split_whatever_comes() {
    check(
        &CHAIN,
        &[
            ("from here", &[SplitFrom("b")], "a rest, b c split"),
            ("one message", &[SplitAlone("b")], "a c rest, b split"),
            (
                "an answer goes with what it answers",
                &[SplitFrom("c"), Arrive("d", &["a", "b", "c"]), Arrive("e", &["a", "b"])],
                "a b e rest, c d split",
            ),
            (
                "an answer to an answer, too",
                &[SplitAlone("b"), Arrive("d", &["a", "b"]), Arrive("e", &["d"])],
                "a c rest, b d e split",
            ),
            (
                "also to one that is not here",
                &[
                    SplitFrom("c"),
                    Arrive("e", &["c", "d"]),
                    Arrive("d", &["c"]),
                    Arrive("f", &["d"]),
                ],
                "a b rest, c e d f split",
            ),
            (
                "what was referred to before it came",
                &[Arrive("e", &["a", "d"]), SplitAlone("e"), Arrive("d", &["a"])],
                "a b c d rest, e split",
            ),
            (
                "an answer joins what was apart to the part that it answers",
                &[SplitFrom("c"), Arrive("x", &[]), Arrive("y", &["c", "x"])],
                "a b rest, c x y split",
            ),
            (
                "twice",
                &[SplitFrom("b"), SplitFrom("c"), Arrive("d", &["b"])],
                "a rest, b d split, c split",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_the_user_did_holds_when_everything_is_fetched_again() {
    check(
        &CHAIN,
        &[
            ("nothing", &[Refetch], "a b c"),
            ("split", &[SplitFrom("b"), Refetch], "a rest, b c split"),
            (
                "split and answered",
                &[SplitAlone("b"), Arrive("d", &["a", "b"]), Refetch, Arrive("e", &["d"])],
                "a c rest, b d e split",
            ),
            (
                "merged",
                &[Arrive("x", &[]), Merge(&["a", "x"]), Arrive("y", &["x"]), Refetch],
                "a b c x y merged",
            ),
            (
                "without an id",
                &[Arrive("-n", &["c"]), Arrive("-m", &["c"]), SplitAlone("-n"), Refetch],
                "a b c -m rest, -n split",
            ),
            ("split and rejoined", &[SplitFrom("b"), Restore("b"), Refetch], "a b c"),
        ],
    )
    .await;
}

#[tokio::test]
async fn merged_conversations_stay_together_and_go_apart_as_they_were() {
    let begin = [Arrive("a", &[]), Arrive("b", &["a"]), Arrive("x", &[]), Arrive("y", &["x"])];
    check(
        &begin,
        &[
            ("two", &[Merge(&["a", "x"])], "a b x y merged"),
            (
                "answers join them",
                &[Merge(&["b", "y"]), Arrive("c", &["a"]), Arrive("z", &["y"])],
                "a b x y c z merged",
            ),
            (
                "and go along when they go apart",
                &[Merge(&["a", "x"]), Arrive("c", &["a"]), Arrive("z", &["y"]), Restore("z")],
                "a b c, x y z",
            ),
            (
                "three, one after the other",
                &[Arrive("q", &[]), Merge(&["a", "x"]), Merge(&["y", "q"]), Restore("q")],
                "a b x y merged, q",
            ),
            ("split after merging", &[Merge(&["a", "x"]), SplitFrom("y")], "a b x merged, y split"),
            (
                "and rejoined",
                &[Merge(&["a", "x"]), SplitFrom("b"), Restore("b"), Restore("x")],
                "a b, x y",
            ),
            (
                "a split part merged with another",
                &[SplitAlone("b"), Merge(&["b", "x"]), Arrive("c", &["b"]), Arrive("d", &["a"])],
                "a d, b x y c merged",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn every_step_is_taken_back() {
    let begin = [Arrive("a", &[]), Arrive("b", &["a"]), Arrive("c", &["b"]), Arrive("x", &[])];
    check(
        &begin,
        &[
            ("a split", &[SplitFrom("b"), Undo], "a b c, x"),
            (
                "a split, with what came since",
                &[SplitFrom("b"), Arrive("d", &["c"]), Undo, Arrive("e", &["d"])],
                "a b c d e, x",
            ),
            ("a merge", &[Merge(&["a", "x"]), Undo], "a b c, x"),
            (
                "a merge of a split part",
                &[SplitFrom("c"), Merge(&["c", "x"]), Undo],
                "a b rest, c split, x",
            ),
            ("rejoining", &[SplitFrom("b"), Restore("a"), Undo], "a rest, b c split, x"),
            ("separating", &[Merge(&["a", "x"]), Restore("x"), Undo], "a b c x merged"),
            ("all", &[SplitFrom("c"), Merge(&["b", "x"]), Undo, Undo], "a b c, x"),
        ],
    )
    .await;
}

#[tokio::test]
async fn step_that_others_stand_on_is_not_undone() {
    let begin: Vec<Step> = CHAIN.into_iter().chain([SplitFrom("b"), Restore("b")]).collect();
    let mut play = Play {
        fixture: fixture().await,
        heads: Vec::new(),
        messages: BTreeMap::new(),
        done: Vec::new(),
        uid: 0,
    };
    for step in begin {
        play.step(step).await;
    }
    let first = play.done[0];
    let undone = play.fixture.store.write(move |tx| operation::undo(tx, &[first])).await;
    assert!(matches!(undone, Err(Error::NotUndoable(_))), "{undone:?}");
    assert_eq!(play.shape().await, "a b c");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let fixture = fixture().await;
    let a = fixture.one(fixture.inbox, "a@x", 1).await;
    let (_, [inbox, ..]) =
        fixture.store.write(|tx| testing::add_account(tx, "you@example.org")).await.unwrap();
    let other = fixture.one(inbox, "o@x", 1).await;
    let table = [
        Arrange::Split { message: a, reach: SplitReach::FromHere },
        Arrange::Split { message: a, reach: SplitReach::Message },
        Arrange::Merge { messages: vec![a] },
        Arrange::Merge { messages: vec![a, a] },
        Arrange::Merge { messages: vec![a, other] },
        Arrange::Restore { message: a },
        Arrange::Split { message: MessageId(99), reach: SplitReach::Message },
    ];
    for wanted in table {
        let asked = wanted.clone();
        let refused = fixture.store.write(move |tx| operation::arrange(tx, &asked)).await;
        let is_refused = matches!(refused, Err(Error::Invalid(_) | Error::NotFound(_)));
        assert!(is_refused, "{wanted:?}: {refused:?}");
    }
    let log = fixture.store.read(|tx| operation::recent(tx, 10)).await.unwrap();
    assert!(log.is_empty(), "{log:?}");
}
