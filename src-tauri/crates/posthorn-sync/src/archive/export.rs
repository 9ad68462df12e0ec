//! Export: a folder, and those below it, becomes an mbox, a Maildir or files.
//!
//! Everything is written beside, under a name that begins with a dot and ends in `.part`, made durable, and only then
//! gets its name; one that is taken is never touched. After a stop it goes on behind what was durable.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use posthorn_archive::maildir::{self, Keywords};
use posthorn_archive::mbox::{Shape, Writer};
use posthorn_imap::utf7;
use posthorn_model::{BodyId, Flags, MailboxId, MessageId, Timestamp};
use posthorn_store::archive::{Job, Task};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::{BodyReader, message, placement};

use super::tree::{NOTES, Notes, file_name, free, sync_folder};
use super::{Ended, Work, blocking};

/// Messages between two points from which an export goes on.
const STEP: usize = 200;

/// A folder that is exported.
#[derive(Clone, Debug)]
struct Folder {
    id: MailboxId,
    /// Names from the exported folder down, itself included.
    names: Vec<String>,
}

/// A message that is written.
struct Going {
    id: MessageId,
    sender: String,
    subject: String,
    received: Timestamp,
    flags: Flags,
    body: BodyId,
}

/// Exports a folder.
pub(super) async fn run(work: &mut Work<'_>) -> Result<(), Ended> {
    let folders = folders(work).await?;
    let goal = goal(work, &folders).await?;
    let mut is_reached = work.job.checkpoint.source.is_empty();
    for folder in &folders {
        let id = folder.id.0.to_string();
        is_reached |= work.job.checkpoint.source == id;
        if !is_reached {
            continue;
        }
        if work.job.checkpoint.source != id {
            work.job.checkpoint =
                posthorn_store::archive::Checkpoint { source: id, ..Default::default() };
        }
        one(work, folder, &goal).await?;
    }
    let (part, task) = (part_of(&goal), work.job.task);
    let (wanted, end) = (goal.clone(), ending(task, work.job.with_below));
    let name = blocking(move || settle(&part, &wanted, end)).await?;
    work.job.result = name.display().to_string();
    Ok(())
}

/// Takes away what an export that is over for good had begun to write.
pub(super) async fn leave(job: &Job) {
    if job.task == Task::Import || job.result.is_empty() {
        return;
    }
    let part = part_of(Path::new(&job.result));
    let removed = blocking(move || {
        if part.is_dir() { std::fs::remove_dir_all(&part) } else { std::fs::remove_file(&part) }
    });
    if removed.await.is_err() {
        tracing::debug!(job = job.id, "nothing had been written");
    }
}

async fn folders(work: &mut Work<'_>) -> Result<Vec<Folder>, Ended> {
    let (top, with_below) = (MailboxId(work.job.mailbox), work.job.with_below);
    let read = work.sync.engine().store.read(move |tx| {
        let own = mailbox::get(tx, top)?;
        let mut all = if with_below { mailbox::subtree(tx, top)? } else { vec![own.clone()] };
        all.sort_by(|one, other| one.path.cmp(&other.path));
        Ok((own, all))
    });
    let (own, all) = read.await?;
    let known: std::collections::HashMap<MailboxId, &Mailbox> =
        all.iter().map(|one| (one.id, one)).collect();
    work.job.total = all.iter().map(|one| one.total).sum();
    let names = |one: &Mailbox| {
        let (mut names, mut here) = (vec![file_name(&one.name)], one.clone());
        // A chain that is longer than there are folders would be a circle.
        for _ in 0..all.len() {
            let above = here.parent.filter(|_| here.id != own.id).and_then(|id| known.get(&id));
            let Some(above) = above else { break };
            names.push(file_name(&above.name));
            here = (*above).clone();
        }
        names.reverse();
        names
    };
    Ok(all.iter().map(|one| Folder { id: one.id, names: names(one) }).collect())
}

/// What a single exported file is called after its name.
fn ending(task: Task, with_below: bool) -> &'static str {
    if task == Task::ExportMbox && !with_below { ".mbox" } else { "" }
}

/// Chooses what the result is called, once, and writes it down.
async fn goal(work: &mut Work<'_>, folders: &[Folder]) -> Result<PathBuf, Ended> {
    if work.job.result.is_empty() {
        let place = PathBuf::from(work.job.paths.first().cloned().unwrap_or_default());
        let first = folders.first().and_then(|folder| folder.names.first()).cloned();
        let name = first.unwrap_or_else(|| "folder".to_owned());
        let end = ending(work.job.task, work.job.with_below);
        let found = blocking(move || {
            std::fs::create_dir_all(&place)?;
            free(&place, &name, end).ok_or_else(|| io::ErrorKind::AlreadyExists.into())
        });
        work.job.result = found.await?.display().to_string();
        work.keep().await?;
    }
    Ok(PathBuf::from(&work.job.result))
}

fn part_of(goal: &Path) -> PathBuf {
    let name = goal.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    goal.with_file_name(format!(".{name}.part"))
}

/// Gives what was written its name. Where somebody took the name meanwhile, another one.
fn settle(part: &Path, goal: &Path, end: &str) -> io::Result<PathBuf> {
    let folder = goal.parent().unwrap_or_else(|| Path::new("/"));
    let name = goal.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.strip_suffix(end).unwrap_or(&name);
    let mut wanted = goal.to_owned();
    if std::fs::symlink_metadata(&wanted).is_ok() {
        wanted = free(folder, stem, end).ok_or(io::ErrorKind::AlreadyExists)?;
    }
    if part.is_dir() {
        // Onto a folder with something in it this fails.
        std::fs::rename(part, &wanted)?;
    } else {
        // Unlike a rename this never takes the place of another file.
        match std::fs::hard_link(part, &wanted) {
            Ok(()) => std::fs::remove_file(part)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // A file system without links.
            Err(_) => std::fs::rename(part, &wanted)?,
        }
    }
    sync_folder(folder)?;
    Ok(wanted)
}

/// Where a folder's messages go, within what is being written.
fn place(task: Task, with_below: bool, part: &Path, names: &[String]) -> PathBuf {
    match task {
        Task::ExportMbox if !with_below => part.to_owned(),
        Task::ExportMbox => {
            let mut path = part.to_owned();
            if let Some((last, above)) = names.split_last() {
                path.extend(above);
                path.push(format!("{last}.mbox"));
            }
            path
        }
        Task::ExportMaildir => match names.get(1..).unwrap_or_default() {
            [] => part.to_owned(),
            below => {
                // Maildir++ has no dots in names.
                let name = |name: &String| utf7::encode(&name.replace('.', "_"));
                part.join(format!(".{}", below.iter().map(name).collect::<Vec<_>>().join(".")))
            }
        },
        Task::Import | Task::ExportEml => names
            .get(1..)
            .unwrap_or_default()
            .iter()
            .fold(part.to_owned(), |path, name| path.join(name)),
    }
}

/// Exports one folder.
async fn one(work: &mut Work<'_>, folder: &Folder, goal: &Path) -> Result<(), Ended> {
    let (task, with_below) = (work.job.task, work.job.with_below);
    let path = place(task, with_below, &part_of(goal), &folder.names);
    let begun = work.job.checkpoint.offset;
    let own = path.clone();
    blocking(move || begin(task, &own, begun)).await?;
    let id = folder.id;
    let read = work.sync.engine().store.read(move |tx| placement::messages(tx, id)).await?;
    let last: i64 = work.job.checkpoint.last.parse().unwrap_or(i64::MIN);
    let mut out = Out { task, path, keywords: Keywords::default(), notes: String::new() };
    // Oldest first. Those before the checkpoint are looked at again for their flags alone.
    let messages: Vec<MessageId> = read.into_iter().rev().collect();
    for step in messages.chunks(STEP) {
        work.check()?;
        let found = going(work, id, step, last).await?;
        let mut ready = Vec::new();
        for (one, position) in found {
            work.job.checkpoint.last = position.max(last).to_string();
            let readers = if position > last { readers(work, &one).await? } else { None };
            ready.push((one, readers, position <= last));
        }
        let begin = work.job.checkpoint.offset;
        let (back, written) = blocking(move || out.write(ready, begin)).await?;
        out = back;
        work.job.checkpoint.offset = written.offset;
        work.job.messages += written.messages;
        work.job.done += written.messages;
        for (place, reason) in written.troubles {
            work.job.trouble(place, reason);
            work.job.done += 1;
        }
        work.keep().await?;
    }
    blocking(move || out.end()).await
}

/// Makes what a folder's messages are written into. An mbox is cut where it was durable.
fn begin(task: Task, path: &Path, begun: u64) -> io::Result<()> {
    if task == Task::ExportMbox {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        // What lies behind the last durable point may be half a message.
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        return file.set_len(begun);
    }
    std::fs::create_dir_all(path)?;
    if task == Task::ExportMaildir {
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(path.join(part))?;
        }
    }
    Ok(())
}

/// Returns messages with their positions; those without all of their bytes are fetched, and where that fails noted.
async fn going(
    work: &mut Work<'_>,
    mailbox: MailboxId,
    messages: &[MessageId],
    last: i64,
) -> Result<Vec<(Going, i64)>, Ended> {
    let mut found = Vec::new();
    for id in messages.iter().copied() {
        let store = &work.sync.engine().store;
        let read = store.read(move |tx| {
            let known = message::get(tx, id)?;
            Ok((known, placement::get(tx, mailbox, id)?))
        });
        let (known, placed) = match read.await {
            Ok((known, Some(placed))) => (known, placed),
            // Gone meanwhile.
            Ok((_, None)) | Err(posthorn_store::Error::NotFound(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let is_done = known.position.0 <= last;
        let body = match known.body {
            message::BodyState::Whole(body) => body,
            _ if is_done => continue,
            _ => match work.sync.fetch_body(id).await {
                Ok(body) => body,
                Err(problem) => {
                    work.job.trouble(known.head.subject, problem.message);
                    work.job.done += 1;
                    continue;
                }
            },
        };
        let going = Going {
            id,
            sender: known.head.from.first().map(|from| from.email.clone()).unwrap_or_default(),
            subject: known.head.subject,
            received: known.head.received,
            flags: placed.flags,
            body,
        };
        found.push((going, known.position.0));
    }
    Ok(found)
}

/// Opens a body twice: it is looked through before its first byte is written.
async fn readers(work: &Work<'_>, one: &Going) -> Result<Option<(BodyReader, BodyReader)>, Ended> {
    let bodies = work.sync.engine().store.bodies();
    match (bodies.open(one.body).await, bodies.open(one.body).await) {
        (Ok(first), Ok(second)) => Ok(Some((first, second))),
        // Damaged or gone: said with the message's name.
        _ => Ok(None),
    }
}

/// A folder that is being written.
struct Out {
    task: Task,
    path: PathBuf,
    keywords: Keywords,
    notes: String,
}

/// What was written.
#[derive(Default)]
struct Written {
    offset: u64,
    messages: u64,
    troubles: Vec<(String, String)>,
}

type Ready = Vec<(Going, Option<(BodyReader, BodyReader)>, bool)>;

impl Out {
    /// Writes messages and makes them durable. Those that are written already only have their flags noted.
    fn write(mut self, ready: Ready, offset: u64) -> io::Result<(Self, Written)> {
        let mut written = Written { offset, ..Written::default() };
        let mut mbox = None;
        if self.task == Task::ExportMbox {
            let mut file = OpenOptions::new().write(true).open(&self.path)?;
            io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
            mbox = Some(Writer::new(io::BufWriter::with_capacity(1 << 20, file)));
        }
        for (one, readers, is_done) in ready {
            let name = self.name(&one);
            if is_done {
                continue;
            }
            let result = match (readers, &mut mbox) {
                (None, _) => Err(io::Error::other("what is stored here is damaged")),
                (Some((first, second)), Some(writer)) => Shape::of(first).and_then(|shape| {
                    writer.message(&one.sender, one.received, &one.flags, shape, second)
                }),
                (Some((first, _)), None) => file(&self.path.join(&name), first, one.received),
            };
            match result {
                Ok(()) => written.messages += 1,
                Err(error) if error.kind() == io::ErrorKind::StorageFull => return Err(error),
                Err(error) => written.troubles.push((one.subject, error.to_string())),
            }
        }
        if let Some(writer) = mbox {
            written.offset = offset + writer.written();
            let file = writer.into_inner().into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        Ok((self, written))
    }

    /// Returns the name of a message's file; empty in an mbox.
    fn name(&mut self, one: &Going) -> String {
        match self.task {
            Task::ExportMaildir => {
                let unique = format!("{}.M{}.posthorn", one.received.seconds(), one.id.0);
                format!("cur/{}", maildir::name(&unique, &one.flags, &mut self.keywords))
            }
            Task::ExportEml => {
                let subject: String = one.subject.chars().take(60).collect();
                let subject = if subject.trim().is_empty() { "message" } else { subject.trim() };
                let name = format!("{} ({}).eml", file_name(subject), one.id.0);
                Notes::add(&mut self.notes, &name, one.received, &one.flags);
                name
            }
            Task::ExportMbox | Task::Import => String::new(),
        }
    }

    /// Writes what is kept beside the messages, and makes the names durable.
    fn end(self) -> io::Result<()> {
        let keywords = self.keywords.to_text();
        match self.task {
            Task::ExportMaildir => {
                if !keywords.is_empty() {
                    note(&self.path.join(maildir::KEYWORDS), &keywords)?;
                }
                sync_folder(&self.path.join("cur"))?;
            }
            Task::ExportEml if !self.notes.is_empty() => note(&self.path.join(NOTES), &self.notes)?,
            _ => {}
        }
        let folder = if self.path.is_dir() {
            self.path.as_path()
        } else {
            self.path.parent().unwrap_or(&self.path)
        };
        sync_folder(folder)
    }
}

fn note(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes one message's file, in place of what a stop left half written.
fn file(path: &Path, mut source: BodyReader, received: Timestamp) -> io::Result<()> {
    let mut file = File::create(path)?;
    io::copy(&mut source, &mut file)?;
    if let Ok(since) = u64::try_from(received.0) {
        // A file system that keeps no times loses no message.
        let _ = file.set_modified(UNIX_EPOCH + Duration::from_millis(since));
    }
    file.sync_all()
}
