//! Imports and exports under way, so that they go on after a stop: what was asked for, how far it is, what came of it.
//!
//! Invariant: how far an import is, is written in the transaction that takes its messages in ([`put`] beside
//! [`crate::operation::import`]): after a stop at any point none is missing and none comes twice.

use posthorn_model::{MailboxId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::setting;
use crate::tx::{ReadTx, WriteTx};

/// Where they are among the settings.
const PREFIX: &str = "archive/";
/// Files that could not be read, with their reasons; more are counted.
pub const MAX_TROUBLES: usize = 100;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Files become messages.
    Import,
    /// A folder becomes one mbox file, or a tree of them.
    ExportMbox,
    /// A folder becomes a Maildir.
    ExportMaildir,
    /// A folder becomes one file a message.
    ExportEml,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Under way, or to be gone on with after a stop.
    Running,
    /// Everything that could be done is done.
    Done,
    /// The user stopped it; what was done stays.
    Cancelled,
    /// It cannot go on; [`Job::error`] says why.
    Failed,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// File, and where in it.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The source (import: its path; export: the folder's id) that is being worked on; empty = none was begun.
    pub source: String,
    /// Import from an mbox: byte of the next message. Export to an mbox: bytes that are durable in the file.
    pub offset: u64,
    /// Import from a folder of files: the last file taken in. Export: the last message's position.
    pub last: String,
    /// Bytes of the sources before this one.
    pub before: u64,
}

/// An import or an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number; rising.
    pub id: u64,
    /// What is done.
    pub task: Task,
    /// How far it is.
    pub stage: Stage,
    /// Import: the files and folders that were chosen. Export: the folder in which the result is to lie.
    pub paths: Vec<String>,
    /// The folder that takes the messages, or gives them.
    pub mailbox: i64,
    /// With the folders below it (export).
    pub with_below: bool,
    /// Where to go on.
    pub checkpoint: Checkpoint,
    /// Steps done: bytes of an import, messages of an export.
    pub done: u64,
    /// Steps in all; 0 = not known yet.
    pub total: u64,
    /// Messages that came, or went out.
    pub messages: u64,
    /// Messages that were there already (import).
    pub known: u64,
    /// Messages that the other program had deleted (import).
    pub skipped: u64,
    /// Messages that could not be read.
    pub unreadable: u64,
    /// The first of these.
    pub troubles: Vec<Trouble>,
    /// Export: the file or folder that was written; until then under which name it is being written. Empty = none.
    pub result: String,
    /// Why it failed; empty = it did not.
    pub error: String,
    /// When it was asked for, milliseconds since 1970.
    pub at: i64,
}

impl Job {
    /// Returns a job that has not begun.
    pub fn new(task: Task, mailbox: MailboxId, paths: Vec<String>, at: Timestamp) -> Self {
        Self {
            id: 0,
            task,
            stage: Stage::Running,
            paths,
            mailbox: mailbox.0,
            with_below: false,
            checkpoint: Checkpoint::default(),
            done: 0,
            total: 0,
            messages: 0,
            known: 0,
            skipped: 0,
            unreadable: 0,
            troubles: Vec::new(),
            result: String::new(),
            error: String::new(),
            at: at.0,
        }
    }

    /// Notes something that could not be read.
    pub fn trouble(&mut self, place: String, reason: String) {
        self.unreadable += 1;
        if self.troubles.len() < MAX_TROUBLES {
            self.troubles.push(Trouble { place, reason });
        }
    }
}

/// Returns all jobs, the newest first.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Job>> {
    let all = setting::all(tx)?;
    let mut jobs: Vec<Job> = all
        .iter()
        .filter(|(key, _)| key.starts_with(PREFIX))
        .filter_map(|(_, value)| serde_json::from_str(value).ok())
        .collect();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.id));
    Ok(jobs)
}

/// Adds a job under the next number, and returns it.
pub fn add(tx: &WriteTx<'_>, mut job: Job) -> Result<Job> {
    job.id = list(tx)?.first().map_or(0, |newest| newest.id) + 1;
    put(tx, &job)?;
    Ok(job)
}

/// Keeps a job as it is now.
pub fn put(tx: &WriteTx<'_>, job: &Job) -> Result<()> {
    let text = serde_json::to_string(job).map_err(|_| Error::Invalid("a job cannot be written"))?;
    setting::set(tx, &format!("{PREFIX}{}", job.id), &text)
}

/// Forgets a job.
pub fn remove(tx: &WriteTx<'_>, id: u64) -> Result<()> {
    setting::remove(tx, &format!("{PREFIX}{id}"))
}
