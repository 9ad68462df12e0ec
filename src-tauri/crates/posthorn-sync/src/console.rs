//! The console: what is said on every connection, for a person who looks.
//!
//! Invariants: while nobody looks nothing is put together and nothing is kept; a line exists only after it passed the
//! redaction of its protocol (passwords, tokens, message text) and this module's (addresses). What is kept is bounded
//! by [`CONSOLE_LINES`], and goes when the one who looked has gone.

mod redact;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use posthorn_model::{AccountId, Clock, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::limit::{CONSOLE_ENDED, CONSOLE_LEASE, CONSOLE_LINES, CONSOLE_TAGS};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// IMAP: operations, folders, heads.
    Working,
    /// IMAP: hears of news.
    Watching,
    /// IMAP: downloads bodies.
    Bulk,
    /// IMAP: asks a second time what is hard to believe.
    Doubting,
    /// IMAP: compares everything.
    Proving,
    /// Asks for messages that fit a search.
    Searching,
    /// IMAP: looks for sent messages and files them.
    Filing,
    /// POP3: a look at the maildrop.
    Maildrop,
    /// SMTP: submission.
    Submission,
}

/// A connection that is or was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleConnection {
    /// Its number, never used again before the program ends.
    pub id: u64,
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub purpose: Purpose,
    /// The server.
    pub host: String,
    /// When it was begun.
    pub since: Timestamp,
    /// It is open.
    pub is_open: bool,
}

/// A line that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// Its number, rising by one.
    pub number: u64,
    /// When it was said.
    pub at: Timestamp,
    /// On which connection.
    pub connection: u64,
    /// This program said it; else the server.
    pub is_ours: bool,
    /// Redacted.
    pub text: String,
    /// Time since the command that it answers; absent where it answers none.
    pub after: Option<Duration>,
}

/// What a reader gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleLines {
    /// Lines, oldest first.
    pub lines: Vec<ConsoleLine>,
    /// Number of the last line that there is; read on from here.
    pub last: u64,
    /// Lines between that are not kept any more.
    pub lost: u64,
    /// Connections that are open, or said one of the lines that are kept.
    pub connections: Vec<ConsoleConnection>,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<ConsoleLine>,
    last: u64,
    connections: BTreeMap<u64, ConsoleConnection>,
    next_connection: u64,
    /// When somebody last looked.
    looked: Option<Instant>,
}

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    is_open: AtomicBool,
    state: Mutex<State>,
    /// Number of the last line.
    news: watch::Sender<u64>,
}

/// All connections' console. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Console(Arc<Inner>);

impl Console {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            clock,
            is_open: AtomicBool::new(false),
            state: Mutex::default(),
            news: watch::Sender::new(0),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether somebody looks.
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_open.load(Ordering::Relaxed)
    }

    /// Notes a connection; it is open until what is returned is dropped.
    pub(crate) fn attach(&self, account: AccountId, purpose: Purpose, host: &str) -> Tap {
        let mut state = self.state();
        state.next_connection += 1;
        let id = state.next_connection;
        let connection = ConsoleConnection {
            id,
            account,
            purpose,
            host: host.to_owned(),
            since: self.0.clock.now(),
            is_open: true,
        };
        state.connections.insert(id, connection);
        Tap { console: self.clone(), id, asked: Mutex::default() }
    }

    /// Opens the console, and returns at most `most` lines after the one with this number.
    pub(crate) fn read(&self, after: u64, most: usize) -> ConsoleLines {
        let mut state = self.state();
        state.looked = Some(Instant::now());
        self.0.is_open.store(true, Ordering::Relaxed);
        let first = state.lines.front().map_or(state.last + 1, |line| line.number);
        let lines: Vec<ConsoleLine> =
            state.lines.iter().filter(|line| line.number > after).take(most).cloned().collect();
        ConsoleLines {
            last: lines.last().map_or(state.last, |line| line.number),
            lost: first.saturating_sub(after.saturating_add(1)),
            lines,
            connections: state.connections.values().cloned().collect(),
        }
    }

    /// Waits until there is a line after this one.
    pub(crate) async fn wait(&self, after: u64) {
        let mut news = self.0.news.subscribe();
        // The sender lives in this very handle.
        let _ = news.wait_for(|last| *last > after).await;
    }

    /// Closes the console; what it kept is gone.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        self.close_with(&mut state);
    }

    fn close_with(&self, state: &mut State) {
        self.0.is_open.store(false, Ordering::Relaxed);
        state.lines = VecDeque::new();
        state.looked = None;
        state.connections.retain(|_, connection| connection.is_open);
    }

    fn add(&self, line: impl FnOnce(u64, Timestamp) -> ConsoleLine) {
        let mut state = self.state();
        if state.looked.is_none_or(|looked| looked.elapsed() > CONSOLE_LEASE) {
            // Whoever looked has gone without a word.
            self.close_with(&mut state);
            return;
        }
        state.last += 1;
        let last = state.last;
        state.lines.push_back(line(last, self.0.clock.now()));
        if state.lines.len() > CONSOLE_LINES {
            state.lines.pop_front();
        }
        drop(state);
        self.0.news.send_replace(last);
    }

    fn ended(&self, id: u64) {
        let is_open = self.is_open();
        let mut state = self.state();
        if !is_open {
            state.connections.remove(&id);
            return;
        }
        if let Some(connection) = state.connections.get_mut(&id) {
            connection.is_open = false;
        }
        let ended: Vec<u64> =
            state.connections.values().filter(|one| !one.is_open).map(|one| one.id).collect();
        for old in ended.iter().rev().skip(CONSOLE_ENDED) {
            state.connections.remove(old);
        }
    }
}

/// Commands that wait for their answers, by tag; the empty tag is the last line that we said.
type Asked = HashMap<String, Instant>;

/// One connection's way into the console.
#[derive(Debug)]
pub(crate) struct Tap {
    console: Console,
    id: u64,
    asked: Mutex<Asked>,
}

impl Tap {
    /// Tells whether lines are wanted.
    pub(crate) fn is_open(&self) -> bool {
        self.console.is_open()
    }

    /// Adds a line. It is put together only where somebody looks.
    pub(crate) fn line(&self, is_ours: bool, line: fmt::Arguments<'_>) {
        if !self.is_open() {
            return;
        }
        let text = redact::addresses(&line.to_string());
        let after = self.time(is_ours, &text);
        self.console.add(|number, at| ConsoleLine {
            number,
            at,
            connection: self.id,
            is_ours,
            text,
            after,
        });
    }

    /// Adds a line that says by its beginning (`C: `, `S: `) who said it.
    pub(crate) fn spoken(&self, line: fmt::Arguments<'_>) {
        if !self.is_open() {
            return;
        }
        let text = line.to_string();
        match text.strip_prefix("C: ") {
            Some(ours) => self.line(true, format_args!("{ours}")),
            None => self.line(false, format_args!("{}", text.strip_prefix("S: ").unwrap_or(&text))),
        }
    }

    /// Remembers when a command was said, and returns how long its answer took.
    fn time(&self, is_ours: bool, text: &str) -> Option<Duration> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let tag = text.split(' ').next().unwrap_or_default();
        let now = Instant::now();
        if is_ours {
            // Flights of commands are answered by their tags; a server that answers none of them fills nothing.
            if asked.len() >= CONSOLE_TAGS {
                asked.clear();
            }
            asked.insert(tag.to_owned(), now);
            asked.insert(String::new(), now);
            return None;
        }
        let begun = match asked.remove(tag) {
            Some(begun) => Some(begun),
            None if tag == "*" || tag == "+" => None,
            None => asked.get("").copied(),
        };
        begun.map(|begun| now.saturating_duration_since(begun))
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.console.ended(self.id);
    }
}

#[cfg(test)]
mod tests;
