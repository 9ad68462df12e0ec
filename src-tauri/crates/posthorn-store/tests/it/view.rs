//! Lists: every delta brings an open list to exactly what a brute-force look at all placements says.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{Flags, MailboxId, MailboxRole, Position, Uid};
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::placement::{self, FlagUpdate, Placement, RemovedBy};
use posthorn_store::view::{self, Delta, Filter, Grouping, Sort, Source, Touched, View, ViewSpec};
use posthorn_store::{ReadTx, message};
use proptest::prelude::*;

use crate::fixture::{Fixture, arrival, fixture, head};

const PEOPLE: [&str; 4] = ["ann", "bob", "eve", "joe"];

#[derive(Clone, Debug)]
enum Step {
    Arrive { folder: usize, parent: usize, person: usize, second: i64, seen: bool },
    Flags { pick: usize, seen: bool, flagged: bool, deleted: bool },
    Vanish { pick: usize },
    Move { pick: usize, to: usize, end: usize },
    Star { pick: usize, end: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize, 0..12_usize, 0..4_usize, 0..40_i64, any::<bool>())
            .prop_map(|(folder, parent, person, second, seen)| Step::Arrive { folder, parent, person, second, seen }),
        2 => (0..40_usize, any::<bool>(), any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(pick, seen, flagged, deleted)| Step::Flags { pick, seen, flagged, deleted }),
        1 => (0..40_usize).prop_map(|pick| Step::Vanish { pick }),
        2 => (0..40_usize, 0..3_usize, 0..4_usize).prop_map(|(pick, to, end)| Step::Move { pick, to, end }),
        1 => (0..40_usize, 0..4_usize).prop_map(|(pick, end)| Step::Star { pick, end }),
    ]
}

fn specs(fixture: &Fixture) -> Vec<ViewSpec> {
    let inbox = Source::Mailbox(fixture.inbox);
    let all = Filter::default();
    let unread = Filter { only_unread: true, ..all };
    let starred_files = Filter { only_starred: true, only_files: true, ..all };
    let mut specs = Vec::new();
    for grouping in [Grouping::Threads, Grouping::Messages] {
        for sort in [Sort::Newest, Sort::Oldest, Sort::Sender, Sort::Subject, Sort::Size] {
            specs.push(ViewSpec { source: inbox.clone(), grouping, filter: all, sort });
        }
        for filter in [unread, starred_files] {
            specs.push(ViewSpec { source: inbox.clone(), grouping, filter, sort: Sort::Newest });
        }
        // Archive and Sent both have this role in the test, so that a list looks into two mailboxes.
        specs.push(ViewSpec {
            source: Source::Unified(MailboxRole::Archive),
            grouping,
            filter: all,
            sort: Sort::Newest,
        });
        specs.push(ViewSpec {
            source: Source::Unified(MailboxRole::Archive),
            grouping,
            filter: unread,
            sort: Sort::Oldest,
        });
    }
    specs
}

/// What a list must show, from nothing but messages and their placements.
fn model(
    tx: &ReadTx<'_>,
    view: &View,
    messages: &BTreeSet<posthorn_model::MessageId>,
) -> Vec<Position> {
    let spec = view.spec();
    let mut placed: Vec<(Placement, message::Message)> = Vec::new();
    for id in messages {
        let Ok(found) = message::get(tx, *id) else { continue };
        for placement in placement::of_message(tx, *id).unwrap() {
            if view.mailboxes().contains(&placement.mailbox)
                && !placement.is_leaving
                && !placement.flags.deleted
            {
                placed.push((placement, found.clone()));
            }
        }
    }
    let passes = |one: &[&(Placement, message::Message)]| {
        (!spec.filter.only_unread || one.iter().any(|(placed, _)| !placed.flags.seen))
            && (!spec.filter.only_starred || one.iter().any(|(placed, _)| placed.flags.flagged))
            && (!spec.filter.only_files || one.iter().any(|(_, found)| found.head.has_attachments))
    };
    let mut positions = BTreeSet::new();
    match spec.grouping {
        Grouping::Messages => {
            for one in &placed {
                if passes(&[one]) {
                    positions.insert(one.0.position);
                }
            }
        }
        Grouping::Threads => {
            let mut parts: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for one in &placed {
                parts.entry((one.0.thread, one.0.mailbox)).or_default().push(one);
            }
            let mut newest: BTreeMap<_, Position> = BTreeMap::new();
            for ((thread, _), part) in parts {
                if passes(&part) {
                    let latest = part.iter().map(|one| one.0.position).max().unwrap();
                    let entry = newest.entry(thread).or_insert(latest);
                    *entry = (*entry).max(latest);
                }
            }
            positions.extend(newest.into_values());
        }
    }
    let heads: BTreeMap<Position, message::Head> =
        placed.into_iter().map(|(placed, found)| (placed.position, found.head)).collect();
    let mut list: Vec<Position> = positions.into_iter().rev().collect();
    match spec.sort {
        Sort::Newest => {}
        Sort::Oldest => list.reverse(),
        Sort::Sender => list.sort_by_key(|at| heads[at].from[0].name.clone()),
        Sort::Subject => list.sort_by_key(|at| heads[at].subject_key.clone()),
        Sort::Size => list.sort_by_key(|at| std::cmp::Reverse(heads[at].size)),
    }
    list
}

/// What a page does with a delta.
fn apply(page: &mut Vec<Position>, delta: &Delta, view: &View) {
    match delta {
        Delta::Unchanged => {}
        Delta::Reset { .. } => *page = view.entries().to_vec(),
        Delta::Patch { removed, inserted, changed, len, version } => {
            for index in removed.iter().rev() {
                page.remove(*index);
            }
            for (index, position) in inserted {
                page.insert(*index, *position);
            }
            assert!(changed.iter().all(|index| index < len));
            assert_eq!((page.len(), view.version()), (*len, *version));
        }
    }
}

struct World {
    fixture: Fixture,
    folders: [MailboxId; 3],
    messages: BTreeSet<posthorn_model::MessageId>,
    next: u32,
}

impl World {
    async fn pick(&self, pick: usize) -> Option<Placement> {
        let folders = self.folders;
        let all = self
            .fixture
            .store
            .read(move |tx| {
                let mut all = Vec::new();
                for folder in folders {
                    for message in placement::messages(tx, folder)? {
                        all.extend(placement::get(tx, folder, message)?);
                    }
                }
                Ok(all)
            })
            .await
            .unwrap();
        (!all.is_empty()).then(|| all[pick % all.len()].clone())
    }

    async fn run(&mut self, step: Step) {
        match step {
            Step::Arrive { folder, parent, person, second, seen } => {
                self.next += 1;
                let parent = format!("{}@x", parent + 1);
                let id = format!("{}@x", self.next);
                let references = if parent == id { vec![] } else { vec![parent.as_str()] };
                let mut new = arrival(
                    self.next,
                    head(&id, &references, &format!("s{person}"), PEOPLE[person], second),
                );
                new.flags.seen = seen;
                new.head.size = 100 + (second as u64 * 37) % 50;
                new.head.has_attachments = second % 3 == 0;
                let arrived = self.fixture.arrive(self.folders[folder], vec![new]).await;
                self.messages.insert(arrived[0].message);
            }
            Step::Flags { pick, seen, flagged, deleted } => {
                let Some(Placement { mailbox, uid: Some(uid), .. }) = self.pick(pick).await else {
                    return;
                };
                let flags = Flags { seen, flagged, deleted, ..Flags::default() };
                let update = [FlagUpdate { uid, flags, modseq: None }];
                self.fixture
                    .store
                    .write(move |tx| placement::update_flags(tx, mailbox, &update))
                    .await
                    .unwrap();
            }
            Step::Vanish { pick } => {
                let Some(Placement { mailbox, message, .. }) = self.pick(pick).await else {
                    return;
                };
                let store = &self.fixture.store;
                store
                    .write(move |tx| placement::remove(tx, mailbox, &[message], RemovedBy::Server))
                    .await
                    .unwrap();
            }
            Step::Move { pick, to, end } => {
                self.act(pick, Action::Move { to: self.folders[to] }, end).await;
            }
            Step::Star { pick, end } => {
                self.act(pick, Action::SetFlag { flag: Flag::Flagged, to: Switch::On }, end).await;
            }
        }
    }

    async fn act(&mut self, pick: usize, action: Action, end: usize) {
        let Some(placed) = self.pick(pick).await else { return };
        self.next += 1;
        let new_uid = Uid(1000 + self.next);
        self.fixture
            .store
            .write(move |tx| {
                let ids = operation::enqueue(tx, &action, &[(placed.mailbox, placed.message)])?;
                for id in ids {
                    let copied = placed.uid.map(|uid| operation::Copied {
                        from: placed.mailbox,
                        uid,
                        new_uid,
                    });
                    match end {
                        0 => operation::done(tx, id, copied.as_slice())?,
                        1 => operation::refuse(tx, id, "NO")?,
                        2 => drop(operation::undo(tx, &[id])?),
                        _ => {}
                    }
                }
                Ok(())
            })
            .await
            .unwrap();
    }
}

async fn play(steps: Vec<Step>) {
    let fixture = fixture().await;
    let sent = fixture.sent;
    fixture
        .store
        .write(move |tx| posthorn_store::mailbox::choose_role(tx, sent, Some(MailboxRole::Archive)))
        .await
        .unwrap();
    let specs = specs(&fixture);
    let folders = [fixture.inbox, fixture.archive, fixture.sent];
    let mut world = World { fixture, folders, messages: BTreeSet::new(), next: 0 };
    let store = world.fixture.store.clone();
    let mut views: Vec<View> = store
        .read(move |tx| {
            specs
                .iter()
                .map(|spec| view::open(tx, spec))
                .collect::<posthorn_store::Result<Vec<_>>>()
        })
        .await
        .unwrap();
    let mut pages: Vec<Vec<Position>> = vec![Vec::new(); views.len()];
    let mut changes = store.changes();
    for step in steps {
        world.run(step.clone()).await;
        let mut touched = Touched::default();
        while let Ok(batch) = changes.try_recv() {
            touched.add(&batch);
        }
        let messages = world.messages.clone();
        let (refreshed, deltas, expected, windows) = store
            .read(move |tx| {
                let mut deltas = Vec::new();
                let mut expected = Vec::new();
                let mut windows = Vec::new();
                for view in &mut views {
                    deltas.push(view::refresh(tx, view, &touched)?);
                    expected.push(model(tx, view, &messages));
                    windows.push(view::first_window(tx, view.spec(), 3)?);
                }
                Ok((views, deltas, expected, windows))
            })
            .await
            .unwrap();
        views = refreshed;
        for (index, view) in views.iter().enumerate() {
            apply(&mut pages[index], &deltas[index], view);
            assert_eq!(pages[index], expected[index], "{:?} after {step:?}", view.spec());
            assert_eq!(view.entries(), expected[index]);
            assert_eq!(windows[index], expected[index][..expected[index].len().min(3)]);
            for (at, position) in expected[index].iter().enumerate() {
                assert_eq!(view.index_of(*position), Some(at));
            }
        }
        let folders = world.folders;
        for folder in folders {
            let (total, unread) = world.fixture.counts(folder).await;
            let ids = world.fixture.messages(folder).await;
            let mut seen = 0;
            for id in &ids {
                seen += u64::from(world.fixture.flags(folder, *id).await.seen);
            }
            assert_eq!(
                (total, unread),
                (ids.len() as u64, ids.len() as u64 - seen),
                "after {step:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deltas_lead_to_what_a_brute_force_look_says(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(play(steps));
    }
}

#[tokio::test]
async fn rows_show_the_conversation() {
    let fixture = fixture().await;
    let mut first = arrival(1, head("a@x", &[], "Lunch", "ann", 0));
    first.flags.flagged = true;
    first.head.has_attachments = true;
    let mut second = arrival(2, head("b@x", &["a@x"], "Re: Lunch", "bob", 60));
    second.flags.seen = true;
    second.head.preview = "At noon".to_owned();
    fixture.arrive(fixture.inbox, vec![first, second]).await;
    fixture
        .arrive(fixture.sent, vec![arrival(1, head("c@x", &["b@x"], "Re: Lunch", "me", 30))])
        .await;
    let spec = ViewSpec {
        source: Source::Mailbox(fixture.inbox),
        grouping: Grouping::Threads,
        filter: Filter::default(),
        sort: Sort::Newest,
    };
    let rows = fixture
        .store
        .read(move |tx| {
            let view = view::open(tx, &spec)?;
            view::rows(tx, &view, view.window(0..10))
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let row = rows[0].clone().unwrap();
    let senders: Vec<&str> = row.senders.iter().map(|sender| sender.name.as_str()).collect();
    assert_eq!(
        (senders, row.count, row.preview.as_str()),
        (vec!["ann", "me", "bob"], 3, "At noon")
    );
    assert!(row.is_unread && row.is_starred && row.has_attachments);
}

#[tokio::test]
async fn first_synchronisation_is_a_reset() {
    let fixture = fixture().await;
    let source = Source::Mailbox(fixture.inbox);
    let spec = ViewSpec {
        source,
        grouping: Grouping::Messages,
        filter: Filter::default(),
        sort: Sort::Newest,
    };
    let mut open = fixture.store.read(move |tx| view::open(tx, &spec)).await.unwrap();
    let mut changes = fixture.store.changes();
    posthorn_store::testing::fill(&fixture.store, fixture.inbox, 1500, 7).await.unwrap();
    let mut touched = Touched::default();
    while let Ok(batch) = changes.try_recv() {
        touched.add(&batch);
    }
    let delta = fixture.store.read(move |tx| view::refresh(tx, &mut open, &touched)).await.unwrap();
    assert_eq!(delta, Delta::Reset { version: 2, len: 1500 });
}

#[tokio::test]
async fn unified_list_follows_the_role_of_a_folder() {
    let fixture = fixture().await;
    fixture.one(fixture.archive, "a@x", 1).await;
    let source = Source::Unified(MailboxRole::Inbox);
    let spec = ViewSpec {
        source,
        grouping: Grouping::Threads,
        filter: Filter::default(),
        sort: Sort::Newest,
    };
    let mut open = fixture.store.read(move |tx| view::open(tx, &spec)).await.unwrap();
    let mut changes = fixture.store.changes();
    let archive = fixture.archive;
    let inbox = Some(MailboxRole::Inbox);
    fixture
        .store
        .write(move |tx| posthorn_store::mailbox::choose_role(tx, archive, inbox))
        .await
        .unwrap();
    let mut touched = Touched::default();
    touched.add(&changes.recv().await.unwrap());
    let delta = fixture.store.read(move |tx| view::refresh(tx, &mut open, &touched)).await.unwrap();
    assert_eq!(delta, Delta::Reset { version: 2, len: 1 });
}

#[tokio::test]
async fn search_list_follows_new_mail() {
    let fixture = fixture().await;
    let old = fixture.one(fixture.inbox, "lunch", 1).await;
    fixture.index().await;
    let source = Source::Search(crate::search::query("lunch"));
    let spec = ViewSpec {
        source,
        grouping: Grouping::Messages,
        filter: Filter::default(),
        sort: Sort::Newest,
    };
    let mut open = fixture.store.read(move |tx| view::open(tx, &spec)).await.unwrap();
    assert_eq!(open.len(), 1);
    let mut changes = fixture.store.changes();
    fixture.one(fixture.inbox, "more lunch", 2).await;
    fixture.index().await;
    let inbox = fixture.inbox;
    fixture
        .store
        .write(move |tx| placement::remove(tx, inbox, &[old], RemovedBy::Server))
        .await
        .unwrap();
    let mut touched = Touched::default();
    while let Ok(batch) = changes.try_recv() {
        touched.add(&batch);
    }
    let (delta, len) = fixture
        .store
        .read(move |tx| view::refresh(tx, &mut open, &touched).map(|delta| (delta, open.len())))
        .await
        .unwrap();
    assert_eq!(len, 1);
    let Delta::Patch { removed, inserted, .. } = delta else { panic!("{delta:?}") };
    assert_eq!((removed, inserted.len()), (vec![0], 1));
}
