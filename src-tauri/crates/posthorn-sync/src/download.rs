//! Large bodies that are being fetched in pieces: who waits for them, how far they are, and their end.
//!
//! Invariants: one download per body, however many wait for it; it outlives the connection that fetches it, and goes on
//! over the next one; whoever waits is answered exactly once. What came so far lies in the store
//! ([`posthorn_store::Partial`]) and outlives this process: here is only what is being done now.

use std::sync::{Mutex, MutexGuard, PoisonError};

use posthorn_model::{AccountId, BodyId, MessageId, Timestamp};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::limit::{DOWNLOAD_ATTEMPTS, DOWNLOADS, PROGRESS_MS};
use crate::problem::{Problem, ProblemKind};
use crate::request::{Piece, Request};

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadProgress {
    /// Whose message it is.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// Its part, by its number; empty = all of it.
    pub section: String,
    /// Bytes that are here.
    pub done: u64,
    /// Bytes in all, as transferred; 0 = not known yet.
    pub total: u64,
}

/// How a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadState {
    /// Under way, or waiting for its turn or for a connection.
    Running,
    /// All bytes are here.
    Done,
    /// It was cancelled or failed, and whoever waited knows which; what came is continued when somebody asks again.
    Stopped,
}

type Waiter = oneshot::Sender<Result<BodyId, Problem>>;

#[derive(Debug)]
struct Entry {
    progress: DownloadProgress,
    waiters: Vec<Waiter>,
    cancel: CancellationToken,
    /// Tries in a row that brought nothing.
    failures: u32,
    told_at: Timestamp,
}

/// A download that is to be worked on.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) message: MessageId,
    /// Empty = the whole message.
    pub(crate) section: String,
    /// The user does not want it any more.
    pub(crate) cancel: CancellationToken,
}

/// The downloads of all accounts, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Downloads(Mutex<Vec<Entry>>);

impl Downloads {
    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request up: begins a download, or lets it wait for the one that is under way.
    pub(crate) fn add(&self, account: &Account, request: Request) {
        let section = match request.piece {
            Piece::Section(section) => section,
            Piece::Whole | Piece::Text => String::new(),
        };
        let mut all = self.lock();
        let is_same = |entry: &&mut Entry| {
            entry.progress.message == request.message && entry.progress.section == section
        };
        if let Some(entry) = all.iter_mut().find(is_same) {
            entry.waiters.push(request.answer);
            return;
        }
        if all.len() >= DOWNLOADS {
            // The one who asked may have gone.
            let _ = request.answer.send(Err(Problem::of_kind(ProblemKind::Limit)));
            return;
        }
        let message = request.message;
        let progress =
            DownloadProgress { account: account.id, message, section, done: 0, total: 0 };
        all.push(Entry {
            progress: progress.clone(),
            waiters: vec![request.answer],
            cancel: CancellationToken::new(),
            failures: 0,
            told_at: account.now(),
        });
        drop(all);
        account.engine.board.tell(SyncEvent::Download { progress, state: DownloadState::Running });
    }

    /// Returns the account's next download; absent where none is under way.
    pub(crate) fn next(&self, account: AccountId) -> Option<Ticket> {
        let all = self.lock();
        let entry = all.iter().find(|entry| entry.progress.account == account)?;
        Some(Ticket {
            message: entry.progress.message,
            section: entry.progress.section.clone(),
            cancel: entry.cancel.clone(),
        })
    }

    /// Notes bytes that came, and tells of them rarely.
    pub(crate) fn progress(&self, account: &Account, ticket: &Ticket, done: u64, total: u64) {
        let mut all = self.lock();
        let Some(entry) = all.iter_mut().find(|entry| entry.is(ticket)) else { return };
        if done != entry.progress.done {
            entry.failures = 0;
        }
        (entry.progress.done, entry.progress.total) = (done, total);
        let now = account.now();
        if now.0.saturating_sub(entry.told_at.0) < PROGRESS_MS {
            return;
        }
        entry.told_at = now;
        let progress = entry.progress.clone();
        drop(all);
        account.engine.board.tell(SyncEvent::Download { progress, state: DownloadState::Running });
    }

    /// Ends a download and answers whoever waits for it.
    pub(crate) fn finish(
        &self,
        account: &Account,
        ticket: &Ticket,
        result: &Result<BodyId, Problem>,
    ) {
        let mut all = self.lock();
        let Some(at) = all.iter().position(|entry| entry.is(ticket)) else { return };
        let entry = all.remove(at);
        drop(all);
        over(&account.engine.board, entry, result);
    }

    /// Notes that the account's current download met something that time heals. One that meets nothing else is ended.
    pub(crate) fn stumbled(&self, account: &Account, problem: &Problem) {
        let Some(ticket) = self.next(account.id) else { return };
        let mut all = self.lock();
        let Some(entry) = all.iter_mut().find(|entry| entry.is(&ticket)) else { return };
        entry.failures += 1;
        let is_hopeless = entry.failures >= DOWNLOAD_ATTEMPTS;
        drop(all);
        if is_hopeless {
            self.finish(account, &ticket, &Err(problem.clone()));
        }
    }

    /// Ends all downloads of an account.
    pub(crate) fn fail_all(&self, account: &Account, problem: &Problem) {
        while let Some(ticket) = self.next(account.id) {
            self.finish(account, &ticket, &Err(problem.clone()));
        }
    }

    /// Ends a download because the user does not want it now; what came stays.
    pub(crate) fn cancel(&self, board: &crate::board::Board, message: MessageId, section: &str) {
        let mut all = self.lock();
        let is_meant =
            |entry: &Entry| entry.progress.message == message && entry.progress.section == section;
        let Some(at) = all.iter().position(is_meant) else { return };
        let entry = all.remove(at);
        drop(all);
        entry.cancel.cancel();
        over(board, entry, &Err(Problem::of_kind(ProblemKind::Cancelled)));
    }

    /// Returns what is under way.
    pub(crate) fn all(&self) -> Vec<DownloadProgress> {
        self.lock().iter().map(|entry| entry.progress.clone()).collect()
    }
}

impl Entry {
    fn is(&self, ticket: &Ticket) -> bool {
        self.progress.message == ticket.message && self.progress.section == ticket.section
    }
}

fn over(board: &crate::board::Board, entry: Entry, result: &Result<BodyId, Problem>) {
    for waiter in entry.waiters {
        // The one who asked may have gone.
        let _ = waiter.send(result.clone());
    }
    let state = if result.is_ok() { DownloadState::Done } else { DownloadState::Stopped };
    board.tell(SyncEvent::Download { progress: entry.progress, state });
}
