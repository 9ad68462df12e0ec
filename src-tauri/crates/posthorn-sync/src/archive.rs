//! Mail goes into files and comes from files: jobs that anybody may stop, that go on after a stop of the program, and
//! that say what came of them.
//!
//! Invariants:
//! * How far a job is, is durable together with what it did (`posthorn_store::archive`).
//! * One job works on the disk at a time for each account's sake; the others wait their turn.
//! * The user's own files are only read. What is written gets its name when it is complete and durable, and never the
//!   name of something that is there.

mod body;
mod export;
mod import;
mod source;
mod tree;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use posthorn_store::archive::{self, Job, Stage, Task};
use tokio_util::sync::CancellationToken;

use crate::event::SyncEvent;
use crate::sync::Sync;

/// What is under way in this run of the program.
#[derive(Debug, Default)]
pub(crate) struct Archives {
    running: Mutex<BTreeMap<u64, CancellationToken>>,
    /// Jobs take turns: two at once would only fight for the disk.
    turn: tokio::sync::Mutex<()>,
}

/// Why a job ended before everything was done.
#[derive(Debug)]
enum Ended {
    /// The user or the end of the program stopped it.
    Stopped,
    /// It cannot go on, for this reason.
    Failed(String),
}

impl From<posthorn_store::Error> for Ended {
    fn from(error: posthorn_store::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// A job at work.
struct Work<'a> {
    sync: &'a Sync,
    job: Job,
    stop: CancellationToken,
}

impl Work<'_> {
    /// Fails where it was stopped.
    fn check(&self) -> Result<(), Ended> {
        if self.stop.is_cancelled() { Err(Ended::Stopped) } else { Ok(()) }
    }

    /// Writes down how far it is, and tells it.
    async fn keep(&self) -> Result<(), Ended> {
        let job = self.job.clone();
        self.sync.engine().store.write(move |tx| archive::put(tx, &job)).await?;
        self.tell();
        Ok(())
    }

    fn tell(&self) {
        self.sync.engine().board.tell(SyncEvent::ArchiveChanged(Box::new(self.job.clone())));
    }
}

/// Does something that blocks.
async fn blocking<T, F>(job: F) -> Result<T, Ended>
where
    T: Send + 'static,
    F: FnOnce() -> std::io::Result<T> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(job).await;
    Ok(done.map_err(|_| Ended::Failed("a bug of ours ended it".to_owned()))??)
}

impl Sync {
    /// Begins an import or an export; returns it under its number. It goes on after a stop of the program.
    pub async fn begin_archive(&self, job: Job) -> Result<Job, posthorn_store::Error> {
        let job = self.engine().store.write(move |tx| archive::add(tx, job)).await?;
        self.run_archive(job.clone());
        Ok(job)
    }

    /// Goes on with what a stop of the program interrupted.
    pub(crate) async fn resume_archives(&self) -> Result<(), posthorn_store::Error> {
        let jobs = self.engine().store.read(archive::list).await?;
        for job in jobs.into_iter().rev().filter(|job| job.stage == Stage::Running) {
            self.run_archive(job);
        }
        Ok(())
    }

    /// Stops an import or an export; what it did stays. Nothing happens to one that is over.
    pub fn cancel_archive(&self, id: u64) {
        if let Some(stop) = self.archives().running().get(&id) {
            stop.cancel();
        }
    }

    fn run_archive(&self, job: Job) {
        let stop = self.token().child_token();
        self.archives().running().insert(job.id, stop.clone());
        let sync = self.clone();
        self.tasks().spawn(async move {
            let id = job.id;
            run(&sync, job, stop).await;
            sync.archives().running().remove(&id);
        });
    }
}

impl Archives {
    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn run(sync: &Sync, job: Job, stop: CancellationToken) {
    let mut work = Work { sync, job, stop };
    let archives: Arc<Archives> = sync.archives().clone();
    let turn = tokio::select! {
        biased;
        () = work.stop.cancelled() => None,
        turn = archives.turn.lock() => Some(turn),
    };
    let ended = if turn.is_none() {
        Err(Ended::Stopped)
    } else if work.job.task == Task::Import {
        import::run(&mut work).await
    } else {
        export::run(&mut work).await
    };
    if sync.token().is_cancelled() {
        // It goes on with the next start.
        return;
    }
    match ended {
        Ok(()) => work.job.stage = Stage::Done,
        Err(Ended::Stopped) => work.job.stage = Stage::Cancelled,
        Err(Ended::Failed(reason)) => {
            tracing::warn!(job = work.job.id, reason, "an import or export failed");
            (work.job.stage, work.job.error) = (Stage::Failed, reason);
        }
    }
    if work.job.stage != Stage::Done {
        export::leave(&work.job).await;
    }
    if work.keep().await.is_err() {
        // The disk is full: the next start finds it running, and goes on.
        work.tell();
    }
}
