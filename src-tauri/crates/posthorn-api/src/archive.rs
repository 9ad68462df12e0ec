//! Mail from files and into files: asking for it, following it, stopping it.

use posthorn_model::MailboxId;
use posthorn_store::archive::{self, Job, Stage, Task};
use posthorn_store::mailbox;

use crate::contract::{
    ArchiveFormat, ArchiveJob, ArchiveStage, ArchiveTrouble, ById, Error, ExportArchive,
    ImportArchive, Nothing,
};
use crate::engine::Engine;
use crate::error::Result;

/// Files and folders of one import: a person chose them.
const PATH_LIMIT: usize = 10_000;

impl From<Job> for ArchiveJob {
    fn from(job: Job) -> Self {
        let is_over = job.stage == Stage::Done;
        Self {
            id: i64::try_from(job.id).unwrap_or_default(),
            exporting: job.task != Task::Import,
            stage: match job.stage {
                Stage::Running => ArchiveStage::Running,
                Stage::Done => ArchiveStage::Done,
                Stage::Cancelled => ArchiveStage::Cancelled,
                Stage::Failed => ArchiveStage::Failed,
            },
            mailbox: job.mailbox,
            done: job.done,
            total: job.total,
            messages: job.messages,
            known: job.known,
            skipped: job.skipped,
            unreadable: job.unreadable,
            troubles: job
                .troubles
                .into_iter()
                .map(|one| ArchiveTrouble { place: one.place, reason: one.reason })
                .collect(),
            result: if is_over { job.result } else { String::new() },
            error: job.error,
            at: job.at,
        }
    }
}

fn absolute(paths: &[String]) -> Result<()> {
    match paths.iter().find(|path| !std::path::Path::new(path).is_absolute()) {
        Some(path) => Err(Error::invalid("The path must be absolute").with(path)),
        None => Ok(()),
    }
}

/// Imports files into a folder.
pub(crate) async fn archives_import(engine: &Engine, request: ImportArchive) -> Result<ArchiveJob> {
    absolute(&request.paths)?;
    if request.paths.is_empty() || request.paths.len() > PATH_LIMIT {
        return Err(Error::invalid("Which files are to be imported?"));
    }
    let to = MailboxId(request.mailbox);
    let folder = engine.store().read(move |tx| mailbox::get(tx, to)).await?;
    if !folder.is_selectable {
        return Err(Error::invalid("This folder cannot hold messages"));
    }
    let job = Job::new(Task::Import, to, request.paths, engine.clock().now());
    Ok(engine.sync().begin_archive(job).await?.into())
}

/// Exports a folder.
pub(crate) async fn archives_export(engine: &Engine, request: ExportArchive) -> Result<ArchiveJob> {
    let paths = vec![request.path];
    absolute(&paths)?;
    let from = MailboxId(request.mailbox);
    engine.store().read(move |tx| mailbox::get(tx, from)).await?;
    let task = match request.format {
        ArchiveFormat::Mbox => Task::ExportMbox,
        ArchiveFormat::Maildir => Task::ExportMaildir,
        ArchiveFormat::Eml => Task::ExportEml,
    };
    let mut job = Job::new(task, from, paths, engine.clock().now());
    job.with_below = request.below;
    Ok(engine.sync().begin_archive(job).await?.into())
}

/// Lists imports and exports, the newest first.
pub(crate) async fn archives_list(engine: &Engine, _: Nothing) -> Result<Vec<ArchiveJob>> {
    let jobs = engine.store().read(archive::list).await?;
    Ok(jobs.into_iter().map(Into::into).collect())
}

/// Stops an import or export; what it did stays.
pub(crate) async fn archives_cancel(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.sync().cancel_archive(request.id.unsigned_abs());
    Ok(Nothing {})
}

/// Forgets an import or export that is over.
pub(crate) async fn archives_forget(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = request.id.unsigned_abs();
    engine
        .store()
        .write(move |tx| {
            let known = archive::list(tx)?.into_iter().find(|job| job.id == id);
            match known {
                Some(job) if job.stage == Stage::Running => {
                    Err(posthorn_store::Error::Invalid("it is still under way"))
                }
                Some(_) => archive::remove(tx, id),
                None => Ok(()),
            }
        })
        .await?;
    Ok(Nothing {})
}
