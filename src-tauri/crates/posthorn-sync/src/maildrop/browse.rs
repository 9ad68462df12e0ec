//! The maildrop browser: what is on the server right now, row by row, for a person who looks.
//!
//! Invariants: one session at a time looks into a maildrop ([`Browser::gate`]), so this program never locks itself out.
//! What was asked for last ends what was asked for before; what came until then stays. Nothing is deleted on the server
//! that the store did not mark first, and a removal counts only once QUIT was answered.
//!
//! Not here: fetching by itself and policies, which the account's worker does.

mod act;
mod look;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use posthorn_model::{Address, MessageId, Timestamp, Uidl};
use posthorn_store::maildrop::{DropState, Fate, Standing};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::rule::Judged;
use crate::problem::Problem;

pub(crate) use act::{Job, run, stand};

/// How long changes are gathered before they are told: a screen shows no more pictures than that.
const TOGETHER: Duration = Duration::from_millis(40);

/// What a browser is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BrowseState {
    /// Nothing was asked for yet.
    #[default]
    Idle,
    /// Dialling, signing in, listing.
    Asking,
    /// Another program has the maildrop: it is asked again until it is free.
    Waiting,
    /// The rows are here; heads come.
    Heads,
    /// Messages come whole.
    Downloading,
    /// Messages are deleted on the server.
    Removing,
    /// Everything that was asked for is here.
    Done,
    /// The user stopped it.
    Stopped,
    /// It failed.
    Failed,
}

/// What a head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowseHead {
    /// First sender.
    pub from: Address,
    /// Subject, decoded.
    pub subject: String,
    /// When it was received or written.
    pub at: Timestamp,
    /// Hash of the header in hex; empty where the store knows it.
    pub hash: String,
}

/// How much of a message is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// Nothing.
    Nothing,
    /// Its head.
    Head,
    /// All of it.
    Whole,
    /// It was here, and was deleted here for good.
    Deleted,
}

/// A message on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowseRow {
    /// Its unique id.
    pub uidl: Uidl,
    /// Its place in the maildrop, 1 = the oldest.
    pub number: u32,
    /// Bytes, as LIST says.
    pub size: u64,
    /// What its head says; absent while that is not known.
    pub head: Option<BrowseHead>,
    /// The server does not show its head.
    pub is_headless: bool,
    /// The message here; absent where none is.
    pub message: Option<MessageId>,
    /// How much of it is here.
    pub here: Here,
    /// What becomes of it on the server.
    pub fate: Fate,
    /// It stays for ever by the user's wish.
    pub is_kept: bool,
    /// Rising: the browser's version when it last changed.
    pub version: u64,
}

/// What came of the last thing that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrowseOutcome {
    /// It was a removal; else a download.
    pub is_removal: bool,
    /// Messages for which it is done.
    pub done: u64,
    /// Messages for which it was asked.
    pub asked: u64,
    /// Bytes of those for which it is done.
    pub bytes: u64,
}

/// What changed since a version.
#[derive(Clone, Debug, PartialEq)]
pub struct BrowseChanges {
    /// Read on from here.
    pub version: u64,
    /// The listing is another one: rows known before are void.
    pub is_anew: bool,
    /// What is being done.
    pub state: BrowseState,
    /// What is wrong; absent when nothing is.
    pub problem: Option<Problem>,
    /// Steps done of what is being done.
    pub done: u64,
    /// Steps in all; 0 = not known.
    pub total: u64,
    /// When the server was listed; absent before.
    pub asked_at: Option<Timestamp>,
    /// Messages that the server counts, those without an id too.
    pub count: u64,
    /// What came of the last thing that was done; absent before, and from the next on.
    pub outcome: Option<BrowseOutcome>,
    /// Rows that changed.
    pub rows: Vec<BrowseRow>,
    /// Ids of rows that went.
    pub gone: Vec<Uidl>,
}

#[derive(Debug, Default)]
struct Shown {
    version: u64,
    /// Version at which the listing was made anew.
    anew: u64,
    state: BrowseState,
    problem: Option<Problem>,
    done: u64,
    total: u64,
    asked_at: Option<Timestamp>,
    count: u64,
    outcome: Option<BrowseOutcome>,
    rows: HashMap<Uidl, BrowseRow>,
    /// Rows that went, with the version.
    gone: Vec<(u64, Uidl)>,
    /// What is marked for a removal of which the server has not heard yet, with its state before.
    marked: Vec<(DropState, Uidl)>,
    /// Ends what is under way.
    running: Option<CancellationToken>,
}

/// The browser of one account.
#[derive(Debug)]
pub(crate) struct Browser {
    shown: Mutex<Shown>,
    news: watch::Sender<u64>,
    gate: Arc<tokio::sync::Mutex<()>>,
    /// The server refused every head that it was asked for.
    no_heads: AtomicBool,
    /// The server keeps nothing after a session (EXPIRE 0).
    fleeting: AtomicBool,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            shown: Mutex::default(),
            news: watch::Sender::new(0),
            gate: Arc::default(),
            no_heads: AtomicBool::default(),
            fleeting: AtomicBool::default(),
        }
    }
}

impl Browser {
    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no other session of this program looks into the maildrop; the next waits until the guard is dropped.
    pub(crate) async fn gate(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.gate).lock_owned().await
    }

    /// Begins something, and ends what was under way.
    pub(crate) fn begin(&self, parent: &CancellationToken) -> CancellationToken {
        let token = parent.child_token();
        self.change(|shown| {
            if let Some(before) = shown.running.replace(token.clone()) {
                before.cancel();
            }
            (shown.state, shown.done, shown.total) = (BrowseState::Asking, 0, 0);
            (shown.problem, shown.outcome) = (None, None);
        });
        token
    }

    /// Stops what is under way; what came stays.
    pub(crate) fn stop(&self) {
        self.change(|shown| {
            if let Some(running) = shown.running.take() {
                running.cancel();
                shown.state = BrowseState::Stopped;
            }
        });
    }

    /// Stops, and forgets the rows.
    pub(crate) fn close(&self) {
        self.stop();
        self.change(|shown| {
            let version = shown.version;
            let marked = std::mem::take(&mut shown.marked);
            *shown = Shown { version, marked, anew: version, ..Shown::default() };
        });
    }

    /// Changes what is shown and tells who waits. The change finds the new version in it.
    fn change<T>(&self, change: impl FnOnce(&mut Shown) -> T) -> T {
        let mut shown = self.shown();
        shown.version += 1;
        let result = change(&mut shown);
        let version = shown.version;
        drop(shown);
        self.news.send_replace(version);
        result
    }

    fn enter(&self, state: BrowseState, total: u64) {
        self.change(|shown| (shown.state, shown.done, shown.total) = (state, 0, total));
    }

    /// Returns what changed after a version, once there is something, or `patience` is over.
    pub(crate) async fn changes(&self, after: u64, patience: Duration) -> BrowseChanges {
        let mut news = self.news.subscribe();
        let wait = news.wait_for(|version| *version > after);
        // Nothing new in time is an answer too.
        let _ = tokio::time::timeout(patience, wait).await;
        drop(news);
        if !patience.is_zero() {
            // Heads come by the hundred: they are told together.
            tokio::time::sleep(TOGETHER).await;
        }
        let shown = self.shown();
        let is_anew = shown.anew > after;
        let mut rows: Vec<BrowseRow> =
            shown.rows.values().filter(|row| is_anew || row.version > after).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.number));
        BrowseChanges {
            version: shown.version,
            is_anew,
            state: shown.state,
            problem: shown.problem.clone(),
            done: shown.done,
            total: shown.total,
            asked_at: shown.asked_at,
            count: shown.count,
            outcome: shown.outcome,
            rows,
            gone: shown
                .gone
                .iter()
                .filter(|(version, _)| *version > after)
                .map(|(_, uidl)| uidl.clone())
                .collect(),
        }
    }

    /// Notes whether a server that was asked for heads showed none and does not announce that it does.
    pub(super) fn note_heads(&self, is_mute: bool) {
        self.no_heads.store(is_mute, Ordering::Relaxed);
    }

    /// Tells whether the server showed no head of any message.
    pub(crate) fn shows_no_heads(&self) -> bool {
        self.no_heads.load(Ordering::Relaxed)
    }

    /// Notes how long the server says that messages stay, in days.
    pub(super) fn note_expiry(&self, days: Option<u64>) {
        self.fleeting.store(days == Some(0), Ordering::Relaxed);
    }

    /// Tells whether the server keeps nothing after a session.
    pub(super) fn is_fleeting(&self) -> bool {
        self.fleeting.load(Ordering::Relaxed)
    }

    /// Returns what is said of the rows that a rule matches, the newest first.
    pub(super) fn judged(&self, judge: impl Fn(&BrowseRow) -> Judged) -> Vec<(Uidl, Judged)> {
        let shown = self.shown();
        let mut rows: Vec<&BrowseRow> = shown.rows.values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.number));
        let judged = rows.into_iter().map(|row| (row.uidl.clone(), judge(row)));
        judged.filter(|(_, judged)| judged.rule.is_some()).collect()
    }

    /// Returns ids and sizes of those of these messages that are shown.
    pub(crate) fn sizes(&self, uidls: &[Uidl]) -> Vec<(Uidl, u64)> {
        let shown = self.shown();
        let known = uidls.iter().filter_map(|uidl| shown.rows.get(uidl));
        known.map(|row| (row.uidl.clone(), row.size)).collect()
    }

    /// Brings the rows in line with what the store knows of them.
    fn stand(&self, standings: Vec<Standing>) {
        self.change(|shown| {
            let version = shown.version;
            for standing in standings {
                let Some(row) = shown.rows.get_mut(&standing.entry.uidl) else { continue };
                let before = row.clone();
                row.apply(standing);
                if *row != before {
                    row.version = version;
                }
            }
        });
    }
}

impl BrowseRow {
    fn new(uidl: Uidl, number: u32, size: u64) -> Self {
        Self {
            uidl,
            number,
            size,
            head: None,
            is_headless: false,
            message: None,
            here: Here::Nothing,
            fate: Fate::Stays,
            is_kept: false,
            version: 0,
        }
    }

    fn apply(&mut self, standing: Standing) {
        let Standing { entry, is_whole, is_kept, fate, head } = standing;
        self.here = match (entry.message, entry.state) {
            (Some(_), _) if is_whole => Here::Whole,
            (Some(_), _) => Here::Head,
            (None, DropState::Downloaded | DropState::Headers) => Here::Deleted,
            (None, _) => Here::Nothing,
        };
        (self.message, self.fate, self.is_kept) = (entry.message, fate, is_kept);
        if let Some((from, subject, at)) = head {
            self.head = Some(BrowseHead { from, subject, at, hash: entry.header_hash });
        }
    }
}
