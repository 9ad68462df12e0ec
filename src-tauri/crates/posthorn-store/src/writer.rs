//! One thread that owns the only writing connection of a database, fed by a bounded queue.
//!
//! Invariants:
//! * Many waiting jobs share one `BEGIN IMMEDIATE` transaction; each after the first has a savepoint, so that a failing
//!   job takes back only itself. The first needs none: nothing is in the transaction before it, so where it fails all of
//!   it is taken back. A savepoint costs a copy of every page that is changed, and jobs that change thousands come first.
//! * A job's result is handed over after the commit: with `synchronous=FULL` it is then durable. Where the commit
//!   fails, every job of the batch fails with its cause.
//! * A job that was accepted runs, even when nobody waits for its result any more.
//! * Dropping every handle ends the thread after the queue is empty.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use posthorn_model::{Clock, Timestamp};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::change::{Change, ChangeSet};
use crate::error::{Error, Result};

/// Jobs that may wait; more make the writers wait, which is the back pressure on a fast server.
const QUEUE_LIMIT: usize = 256;
/// Jobs in one transaction: so that the first of them is not kept from its answer by the last.
const BATCH_LIMIT: usize = 128;
/// Time for which one transaction takes further jobs, for the same reason.
const BATCH_TIME: Duration = Duration::from_millis(20);

/// Told the changes of a transaction after its commit.
pub(crate) type OnCommit = Box<dyn Fn(Vec<Change>) + Send>;

type Finish = Box<dyn FnOnce(Result<()>) + Send>;

/// A job whose result type is forgotten.
trait Task: Send {
    /// Runs the job; returns its own error, and what tells the result once the commit's outcome is known.
    fn run(
        self: Box<Self>,
        connection: &Connection,
        now: Timestamp,
        changes: &RefCell<ChangeSet>,
    ) -> (Result<()>, Finish);
    /// Answers without running.
    fn fail(self: Box<Self>, error: Error);
}

struct Typed<T, F> {
    job: F,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Task for Typed<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Connection, Timestamp, &RefCell<ChangeSet>) -> Result<T> + Send,
{
    fn run(
        self: Box<Self>,
        connection: &Connection,
        now: Timestamp,
        changes: &RefCell<ChangeSet>,
    ) -> (Result<()>, Finish) {
        let Self { job, answer } = *self;
        let outcome = catch_unwind(AssertUnwindSafe(|| job(connection, now, changes)))
            .unwrap_or_else(|_| {
                tracing::error!("a store job ended in a bug and was taken back");
                Err(Error::Closed)
            });
        let own = outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        let finish: Finish = Box::new(move |commit| {
            let result = match outcome {
                Ok(value) => commit.map(|()| value),
                Err(error) => Err(error),
            };
            // The one who asked may have gone: that is no error of ours.
            let _ = answer.send(result);
        });
        (own, finish)
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}

/// Handle to a writer thread.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Task>>,
}

impl std::fmt::Debug for dyn Task {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Task")
    }
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(
        name: &str,
        connection: Connection,
        clock: Arc<dyn Clock>,
        on_commit: OnCommit,
    ) -> Result<(Self, JoinHandle<()>)> {
        let (queue, tasks) = mpsc::channel(QUEUE_LIMIT);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&connection, tasks, clock.as_ref(), &on_commit))?;
        Ok((Self { queue }, thread))
    }

    /// Runs a job and returns its result once it is committed.
    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, Timestamp, &RefCell<ChangeSet>) -> Result<T> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        self.queue.send(Box::new(Typed { job, answer })).await.map_err(|_| Error::Closed)?;
        result.await.map_err(|_| Error::Closed)?
    }
}

fn work(
    connection: &Connection,
    mut tasks: mpsc::Receiver<Box<dyn Task>>,
    clock: &dyn Clock,
    on_commit: &OnCommit,
) {
    while let Some(first) = tasks.blocking_recv() {
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            first.fail(error.into());
            continue;
        }
        let mut finished = Vec::new();
        let outcome = batch(connection, first, &mut tasks, clock, &mut finished);
        if let Err(error) = &outcome {
            tracing::error!(%error, "a transaction was not committed");
            if !connection.is_autocommit() {
                // Nothing is lost where this fails too: the transaction stays uncommitted, and BEGIN reports it.
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        let (commit, changes) = match outcome {
            Ok(changes) => (Ok(()), changes.into_changes()),
            Err(error) => (Err(error), Vec::new()),
        };
        if !changes.is_empty() {
            on_commit(changes);
        }
        for finish in finished {
            finish(commit.clone());
        }
    }
}

/// Runs waiting tasks in the open transaction and commits it.
fn batch(
    connection: &Connection,
    first: Box<dyn Task>,
    tasks: &mut mpsc::Receiver<Box<dyn Task>>,
    clock: &dyn Clock,
    finished: &mut Vec<Finish>,
) -> Result<ChangeSet> {
    let started = tokio::time::Instant::now();
    let own = RefCell::new(ChangeSet::default());
    let (outcome, finish) = first.run(connection, clock.now(), &own);
    finished.push(finish);
    match outcome {
        Ok(()) => {}
        Err(error) if connection.is_autocommit() => return Err(error),
        Err(_) => {
            connection.execute_batch("ROLLBACK")?;
            return Ok(ChangeSet::default());
        }
    }
    let mut changes = own.into_inner();
    while let Some(task) = next(tasks, finished.len(), started) {
        connection.execute_batch("SAVEPOINT job")?;
        let own = RefCell::new(ChangeSet::default());
        let (outcome, finish) = task.run(connection, clock.now(), &own);
        finished.push(finish);
        match outcome {
            Ok(()) => {
                connection.execute_batch("RELEASE job")?;
                changes.absorb(own.into_inner());
            }
            // Some errors (a full disk) make SQLite roll back everything: then the whole batch failed.
            Err(error) if connection.is_autocommit() => return Err(error),
            Err(_) => connection.execute_batch("ROLLBACK TO job; RELEASE job")?,
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok(changes)
}

/// Returns a job that waits, unless the transaction has had enough.
fn next(
    tasks: &mut mpsc::Receiver<Box<dyn Task>>,
    finished: usize,
    started: tokio::time::Instant,
) -> Option<Box<dyn Task>> {
    if finished >= BATCH_LIMIT || started.elapsed() >= BATCH_TIME {
        return None;
    }
    tasks.try_recv().ok()
}
