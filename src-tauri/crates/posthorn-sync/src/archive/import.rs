//! Import: sources in the order of their paths, batch by batch; the bytes first, then one transaction with the messages
//! and how far it is.

use std::path::PathBuf;

use posthorn_archive::Source;
use posthorn_imap::MailboxName;
use posthorn_model::{BodyId, MailboxId};
use posthorn_store::archive::{self, Checkpoint};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::operation::{self, Imported, MailboxRequest};
use posthorn_store::placement::Arrival;
use posthorn_store::{Origin, ReadTx, WriteTx};
use tokio::runtime::Handle;

use super::body::Content;
use super::source::{Batch, Reader};
use super::{Ended, Work, blocking};

/// Longest name of a folder that is made, in characters: servers refuse longer ones.
const NAME_LIMIT: usize = 200;

/// Imports what was chosen.
pub(super) async fn run(work: &mut Work<'_>) -> Result<(), Ended> {
    let paths: Vec<PathBuf> = work.job.paths.iter().map(PathBuf::from).collect();
    let sources = blocking(move || {
        let mut all = Vec::new();
        for path in &paths {
            all.extend(posthorn_archive::sources(path)?);
        }
        // In the order in which the checkpoint compares them, which is not that of paths: `a.mbox` stands before `a/b`.
        all.sort_by_cached_key(|source| source.path.display().to_string());
        all.dedup();
        Ok(all)
    })
    .await?;
    work.job.total = sources.iter().map(|source| source.size).sum();
    let mut before = 0;
    for source in sources {
        work.check()?;
        let name = source.path.display().to_string();
        let size = source.size;
        let checkpoint = &work.job.checkpoint;
        if name >= checkpoint.source {
            if name != checkpoint.source {
                work.job.checkpoint = Checkpoint { source: name, ..Checkpoint::default() };
            }
            work.job.checkpoint.before = before;
            one(work, source).await?;
        }
        before += size;
        work.job.done = before;
    }
    work.job.done = work.job.total;
    Ok(())
}

/// Imports one source.
async fn one(work: &mut Work<'_>, source: Source) -> Result<(), Ended> {
    let to = folder(work, &source).await?;
    let engine = work.sync.engine().clone();
    let checkpoint = work.job.checkpoint.clone();
    let runtime = Handle::current();
    let (bodies, path) = (engine.store.bodies().clone(), source.path.clone());
    let opened = blocking(move || {
        Reader::open(
            source.kind,
            &source.path,
            checkpoint.offset,
            &checkpoint.last,
            &bodies,
            &runtime,
        )
    })
    .await;
    let mut reader = match opened {
        Ok(reader) => reader,
        Err(Ended::Failed(reason)) => {
            work.job.trouble(path.display().to_string(), reason);
            return work.keep().await;
        }
        Err(ended) => return Err(ended),
    };
    loop {
        work.check()?;
        let result = tokio::task::spawn_blocking(move || {
            let batch = reader.batch();
            (reader, batch)
        });
        let (again, batch) =
            result.await.map_err(|_| Ended::Failed("a bug of ours ended it".to_owned()))?;
        reader = again;
        let batch = match batch {
            Ok(batch) => batch,
            // What came before it in the batch is read again by the next import, and doubled by none.
            Err(error) => {
                let place = format!("{}, byte {}", path.display(), work.job.checkpoint.offset);
                work.job.trouble(place, error.to_string());
                return work.keep().await;
            }
        };
        let is_end = batch.is_end;
        take_in(work, to, batch).await?;
        if is_end {
            return Ok(());
        }
    }
}

/// Makes a batch durable, with how far the job is.
async fn take_in(work: &mut Work<'_>, to: MailboxId, batch: Batch) -> Result<(), Ended> {
    let store = &work.sync.engine().store;
    let (mut arrivals, mut bodies, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for read in batch.read {
        let body = match read.content {
            Content::Memory(bytes) => {
                waiting.push(bytes);
                None
            }
            Content::Stored(id, _) => Some(id),
        };
        bodies.push(body);
        arrivals.push(Arrival { flags: read.flags, head: read.head, ..Arrival::default() });
    }
    let mut put = store.bodies().put_all(waiting, Origin::Local).await?.into_iter();
    for (arrival, body) in arrivals.iter_mut().zip(bodies) {
        let body: Option<BodyId> = body.or_else(|| put.next());
        arrival.body = body;
        arrival.flags.deleted = false;
    }
    let mut job = work.job.clone();
    job.skipped += batch.skipped;
    for (place, reason) in batch.troubles {
        job.trouble(place, reason);
    }
    job.checkpoint.offset = batch.offset;
    job.checkpoint.last = batch.last;
    job.done = job.checkpoint.before + batch.done;
    let write = move |tx: &WriteTx<'_>| {
        let Imported { added, known } = operation::import(tx, to, arrivals)?;
        job.messages += added;
        job.known += known;
        archive::put(tx, &job)?;
        Ok(job)
    };
    work.job = store.write(write).await?;
    work.tell();
    Ok(())
}

/// Returns the folder that a source's messages go into, and makes it where there is none.
async fn folder(work: &Work<'_>, source: &Source) -> Result<MailboxId, Ended> {
    let top = MailboxId(work.job.mailbox);
    let names: Vec<String> = source
        .folder
        .iter()
        .map(|name| {
            if source.is_encoded {
                MailboxName::from_wire(name.as_str()).display()
            } else {
                name.clone()
            }
        })
        .collect();
    let made = work.sync.engine().store.write(move |tx| {
        let mut here = mailbox::get(tx, top)?;
        for name in names {
            // A server without levels: everything goes into what was chosen.
            if here.delimiter.is_empty() {
                break;
            }
            here = child(tx, &here, &name)?;
        }
        Ok(here.id)
    });
    Ok(made.await?)
}

/// Returns a folder inside another, and makes it where there is none.
fn child(tx: &WriteTx<'_>, above: &Mailbox, name: &str) -> posthorn_store::Result<Mailbox> {
    let clean = |letter: char| {
        let is_bad = letter.is_control() || above.delimiter.contains(letter);
        if is_bad { '_' } else { letter }
    };
    let name: String = name.trim().chars().take(NAME_LIMIT).map(clean).collect();
    let name = if name.is_empty() { "_".to_owned() } else { name };
    if let Some(known) = named(tx, above, &name)? {
        return Ok(known);
    }
    let own = if above.is_local { name.clone() } else { posthorn_imap::utf7::encode(&name) };
    let path = format!("{}{}{own}", above.path, above.delimiter);
    let request =
        MailboxRequest::Create { path: path.clone(), name, delimiter: above.delimiter.clone() };
    operation::enqueue_mailbox(tx, above.account, &request)?;
    mailbox::by_path(tx, above.account, &path)?.ok_or(posthorn_store::Error::NotFound("folder"))
}

fn named(tx: &ReadTx<'_>, above: &Mailbox, name: &str) -> posthorn_store::Result<Option<Mailbox>> {
    let all = mailbox::list(tx, above.account)?;
    Ok(all.into_iter().find(|one| one.parent == Some(above.id) && one.name == name))
}
