//! Lists: every delta brings an open list to exactly what a brute-force look at all placements says.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{Flags, MailboxId, MailboxRole, Position, Uid};
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::placement::{self, FlagUpdate, Placement, RemovedBy};
use posthorn_store::view::{self, Delta, Filter, Grouping, Sort, Source, Touched, View, ViewSpec};
use posthorn_store::{ReadTx, message, testing};
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
) -> (Vec<Position>, usize) {
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
    let mut unread = BTreeSet::new();
    match spec.grouping {
        Grouping::Messages => {
            for one in &placed {
                if passes(&[one]) {
                    positions.insert(one.0.position);
                    if !one.0.flags.seen {
                        unread.insert(one.0.position);
                    }
                }
            }
        }
        Grouping::Threads => {
            let mut parts: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for one in &placed {
                parts.entry((one.0.thread, one.0.mailbox)).or_default().push(one);
            }
            let mut newest: BTreeMap<_, (Position, bool)> = BTreeMap::new();
            for ((thread, _), part) in parts {
                if passes(&part) {
                    let latest = part.iter().map(|one| one.0.position).max().unwrap();
                    let is_unread = part.iter().any(|one| !one.0.flags.seen);
                    let entry = newest.entry(thread).or_insert((latest, false));
                    *entry = (entry.0.max(latest), entry.1 || is_unread);
                }
            }
            unread.extend(newest.values().filter(|(_, is)| *is).map(|(at, _)| *at));
            positions.extend(newest.into_values().map(|(at, _)| at));
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
    (list, unread.len())
}

/// What a page does with a delta.
fn apply(page: &mut Vec<Position>, delta: &Delta, view: &View) {
    match delta {
        Delta::Unchanged => {}
        Delta::Reset { .. } => *page = view.entries().to_vec(),
        Delta::Grown { version, len } => {
            assert_eq!(view.entries()[..page.len()], *page, "what is known stays");
            *page = view.entries().to_vec();
            assert_eq!((page.len(), view.version()), (*len, *version));
        }
        Delta::Patch { removed, inserted, moved, changed, len, version, .. } => {
            for (from, to) in moved {
                assert!(removed.contains(from) && inserted.iter().any(|(index, _)| index == to));
            }
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

    /// The folders' counts are what their messages say.
    async fn check_counts(&self, step: &Step) {
        for folder in self.folders {
            let (total, unread) = self.fixture.counts(folder).await;
            let ids = self.fixture.messages(folder).await;
            let mut seen = 0;
            for id in &ids {
                seen += u64::from(self.fixture.flags(folder, *id).await.seen);
            }
            let expected = (ids.len() as u64, ids.len() as u64 - seen);
            assert_eq!((total, unread), expected, "after {step:?}");
        }
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

/// A list that is opened with one row and read on by one or two in each round, with a stretch that is out of date.
#[derive(Default)]
struct Growing {
    view: Option<View>,
    chunk: Option<view::Chunk>,
    page: Vec<Position>,
}

/// Rounds after which the growing lists begin again.
const AGAIN: usize = 12;

fn begin(
    tx: &ReadTx<'_>,
    specs: Vec<ViewSpec>,
    growing: Vec<Growing>,
    round: usize,
) -> posthorn_store::Result<Vec<Growing>> {
    let mut next = Vec::new();
    for (spec, mut one) in specs.into_iter().zip(growing) {
        if round.is_multiple_of(AGAIN) {
            let view = view::open_window(tx, &spec, 1, None)?;
            one = Growing { page: view.entries().to_vec(), view: Some(view), chunk: None };
        }
        let seam = one.view.as_ref().and_then(View::seam);
        one.chunk = seam.map(|seam| view::read_on(tx, &seam, 1 + round % 2, None)).transpose()?;
        next.push(one);
    }
    Ok(next)
}

impl Growing {
    fn follow(&mut self, tx: &ReadTx<'_>, touched: &Touched) -> posthorn_store::Result<()> {
        let view = self.view.as_mut().unwrap();
        let delta = view::refresh(tx, view, touched)?;
        apply(&mut self.page, &delta, view);
        if let Some(chunk) = self.chunk.take() {
            let grown = view.append(chunk.clone());
            apply(&mut self.page, &grown.delta, view);
            // A second time, or behind another edge, it changes nothing.
            let again = view.append(chunk);
            assert!(again.delta == Delta::Unchanged, "{:?}", view.spec());
            let touched = Touched { positions: grown.positions, ..Touched::default() };
            let delta = view::refresh(tx, view, &touched)?;
            apply(&mut self.page, &delta, view);
        }
        Ok(())
    }

    fn check(&self, expected: &[Position], unread: usize, step: &Step) {
        let view = self.view.as_ref().unwrap();
        assert_eq!(self.page, view.entries());
        let spec = view.spec();
        if view.is_whole() {
            assert_eq!(self.page, expected, "{spec:?} after {step:?}");
            assert_eq!(view.unread(), unread, "{spec:?} after {step:?}");
        } else if matches!(spec.sort, Sort::Newest | Sort::Oldest) {
            assert_eq!(self.page, expected[..self.page.len()], "{spec:?} after {step:?}");
        }
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
    let asked = specs.clone();
    let mut views: Vec<View> = store
        .read(move |tx| {
            asked
                .iter()
                .map(|spec| view::open(tx, spec))
                .collect::<posthorn_store::Result<Vec<_>>>()
        })
        .await
        .unwrap();
    // The same lists once more, which are read on in small stretches while things change.
    let mut growing: Vec<Growing> = views.iter().map(|_| Growing::default()).collect();
    let mut pages: Vec<Vec<Position>> = vec![Vec::new(); views.len()];
    let mut changes = store.changes();
    for (round, step) in steps.into_iter().enumerate() {
        let asked = specs.clone();
        growing = store.read(move |tx| begin(tx, asked, growing, round)).await.unwrap();
        world.run(step.clone()).await;
        let mut touched = Touched::default();
        while let Ok(batch) = changes.try_recv() {
            touched.add(&batch);
        }
        let messages = world.messages.clone();
        let (refreshed, deltas, expected, grown) = store
            .read(move |tx| {
                let mut deltas = Vec::new();
                let mut expected = Vec::new();
                for view in &mut views {
                    deltas.push(view::refresh(tx, view, &touched)?);
                    expected.push(model(tx, view, &messages));
                }
                for one in &mut growing {
                    one.follow(tx, &touched)?;
                }
                Ok((views, deltas, expected, growing))
            })
            .await
            .unwrap();
        (views, growing) = (refreshed, grown);
        for (index, view) in views.iter().enumerate() {
            let (expected, unread) = &expected[index];
            apply(&mut pages[index], &deltas[index], view);
            assert_eq!(pages[index], *expected, "{:?} after {step:?}", view.spec());
            assert_eq!(view.entries(), expected);
            assert_eq!(view.unread(), *unread, "{:?} after {step:?}", view.spec());
            growing[index].check(expected, *unread, &step);
            for (at, position) in expected.iter().enumerate() {
                assert_eq!(view.index_of(*position), Some(at));
            }
        }
        world.check_counts(&step).await;
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

fn inbox_of(fixture: &Fixture, grouping: Grouping) -> ViewSpec {
    let source = Source::Mailbox(fixture.inbox);
    ViewSpec { source, grouping, filter: Filter::default(), sort: Sort::Newest }
}

#[tokio::test]
async fn conversation_stays_one_row_when_its_newest_message_is_another() {
    let fixture = fixture().await;
    for (number, id) in ["a@x", "b@x", "c@x"].into_iter().enumerate() {
        let new = arrival(1 + number as u32, head(id, &[], id, "ann", number as i64));
        fixture.arrive(fixture.inbox, vec![new]).await;
    }
    let spec = inbox_of(&fixture, Grouping::Threads);
    let mut open = fixture.store.read(move |tx| view::open(tx, &spec)).await.unwrap();
    let mut changes = fixture.store.changes();
    let reply = arrival(4, head("d@x", &["a@x"], "Re: a@x", "bob", 60));
    let answer = fixture.arrive(fixture.inbox, vec![reply]).await[0].message;
    let mut touched = Touched::default();
    touched.add(&changes.recv().await.unwrap());
    let (mut open, delta) = fixture
        .store
        .read(move |tx| view::refresh(tx, &mut open, &touched).map(|delta| (open, delta)))
        .await
        .unwrap();
    let Delta::Patch { removed, inserted, moved, .. } = &delta else { panic!("{delta:?}") };
    let inserted: Vec<usize> = inserted.iter().map(|(index, _)| *index).collect();
    assert_eq!((removed, &inserted, moved), (&vec![2], &vec![0], &vec![(2, 0)]));
    // Back again when the answer is taken away; and a row that only goes is not said to have moved.
    let (inbox, first) = (fixture.inbox, fixture.messages(fixture.inbox).await[1]);
    fixture
        .store
        .write(move |tx| placement::remove(tx, inbox, &[answer, first], RemovedBy::Server))
        .await
        .unwrap();
    let mut touched = Touched::default();
    touched.add(&changes.recv().await.unwrap());
    let delta = fixture.store.read(move |tx| view::refresh(tx, &mut open, &touched)).await.unwrap();
    let Delta::Patch { removed, moved, .. } = &delta else { panic!("{delta:?}") };
    assert_eq!((removed, moved), (&vec![0, 1], &vec![(0, 1)]));
}

#[tokio::test]
async fn rows_stay_where_they_are_when_thousands_read_differently() {
    let fixture = fixture().await;
    testing::fill(&fixture.store, fixture.inbox, 3000, 7).await.unwrap();
    let spec = inbox_of(&fixture, Grouping::Messages);
    let mut open = fixture.store.read(move |tx| view::open(tx, &spec)).await.unwrap();
    let unread = open.unread();
    assert!((500..1000).contains(&unread), "{unread}");
    let mut changes = fixture.store.changes();
    let inbox = fixture.inbox;
    let action = Action::SetFlag { flag: Flag::Flagged, to: Switch::On };
    let messages = fixture.messages(inbox).await;
    let targets: Vec<_> = messages.into_iter().map(|message| (inbox, message)).collect();
    fixture
        .store
        .write(move |tx| {
            operation::enqueue(tx, &action, &targets)?;
            let seen = Action::SetFlag { flag: Flag::Seen, to: Switch::On };
            operation::enqueue(tx, &seen, &targets).map(|_| ())
        })
        .await
        .unwrap();
    let mut touched = Touched::default();
    touched.add(&changes.recv().await.unwrap());
    let (delta, unread) = fixture
        .store
        .read(move |tx| view::refresh(tx, &mut open, &touched).map(|delta| (delta, open.unread())))
        .await
        .unwrap();
    assert_eq!(unread, 0);
    let Delta::Patch { len, removed, inserted, changed, is_stale, .. } = delta else {
        panic!("{delta:?}")
    };
    assert_eq!((len, removed.len(), inserted.len(), changed.len()), (3000, 0, 0, 0));
    assert!(is_stale);
}

#[tokio::test]
async fn search_shows_its_newest_hits_before_all_are_counted() {
    let fixture = fixture().await;
    testing::fill(&fixture.store, fixture.inbox, 400, 7).await.unwrap();
    fixture.index().await;
    for (text, sort) in [
        ("lunch", Sort::Newest),
        ("lunch -report", Sort::Oldest),
        ("is:unread garden OR 会议", Sort::Newest),
    ] {
        let spec = ViewSpec {
            source: Source::Search(crate::search::query(text)),
            sort,
            ..inbox_of(&fixture, Grouping::Messages)
        };
        let (whole, window, rest) = fixture
            .store
            .read(move |tx| {
                let whole = view::open(tx, &spec)?;
                let past = Some(tokio::time::Instant::now());
                let window = view::open_window(tx, &spec, 5, None)?;
                let hurried = view::open_window(tx, &spec, 5, past)?;
                assert!(hurried.len() <= 5 && (!hurried.is_whole() || whole.len() <= 5));
                let seam = window.seam().unwrap();
                Ok((whole, window, view::read_on(tx, &seam, 1_000_000, None)?))
            })
            .await
            .unwrap();
        assert!(whole.len() > 10, "{text}: {}", whole.len());
        assert_eq!(window.entries(), &whole.entries()[..5], "{text}");
        let mut window = window;
        window.append(rest);
        assert!(window.is_whole());
        assert_eq!(
            (window.entries(), window.unread()),
            (whole.entries(), whole.unread()),
            "{text}"
        );
    }
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
    testing::fill(&fixture.store, fixture.inbox, 1500, 7).await.unwrap();
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
