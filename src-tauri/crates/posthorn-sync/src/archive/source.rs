//! Reads a source batch by batch, on a thread for blocking work.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use posthorn_archive::{Kind, maildir, mbox};
use posthorn_model::{Flags, Timestamp};
use posthorn_store::Bodies;
use posthorn_store::message::Head;
use tokio::runtime::Handle;

use super::body::{Content, Sink};
use crate::limit::{BODY_BATCH, BODY_BATCH_BYTES};
use crate::maildrop::{skimmed_head, whole_head};
use crate::reading::Told;

/// A message that was read.
pub(super) struct Read {
    pub(super) flags: Flags,
    pub(super) head: Head,
    pub(super) content: Content,
}

/// Some messages, and where to go on behind them.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) read: Vec<Read>,
    /// Messages that the other program had deleted.
    pub(super) skipped: u64,
    /// Places that could not be read, with reasons.
    pub(super) troubles: Vec<(String, String)>,
    /// Byte of the next message.
    pub(super) offset: u64,
    /// Name of the last file.
    pub(super) last: String,
    /// Bytes of the source that are done.
    pub(super) done: u64,
    pub(super) is_end: bool,
}

/// A source that was opened.
pub(super) struct Reader {
    path: PathBuf,
    bodies: Bodies,
    runtime: Handle,
    inner: Inner,
    /// Bytes done so far.
    done: u64,
}

enum Inner {
    Mbox(Box<mbox::Reader<File>>),
    Files { files: std::vec::IntoIter<One>, last: String },
}

/// One message in a file of its own.
struct One {
    name: String,
    path: PathBuf,
    flags: Flags,
    received: Option<Timestamp>,
}

impl Reader {
    /// Opens a source behind what was read before: up to a byte of an mbox, up to a name of a folder.
    pub(super) fn open(
        kind: Kind,
        path: &Path,
        offset: u64,
        last: &str,
        bodies: &Bodies,
        runtime: &Handle,
    ) -> io::Result<Self> {
        let inner = match kind {
            Kind::Mbox => {
                let mut reader = mbox::Reader::new(File::open(path)?, offset)?;
                // A file that was changed meanwhile is read anew: what is here already comes no second time.
                if offset > 0 && !reader.is_at_message()? {
                    reader = mbox::Reader::new(File::open(path)?, 0)?;
                }
                Inner::Mbox(Box::new(reader))
            }
            Kind::Maildir => Inner::Files { files: of_maildir(path, last)?, last: last.to_owned() },
            Kind::EmlFolder => {
                Inner::Files { files: of_folder(path, last)?, last: last.to_owned() }
            }
            Kind::Eml => {
                let files = vec![eml(path.to_owned())].into_iter();
                Inner::Files { files, last: String::new() }
            }
        };
        Ok(Self {
            path: path.to_owned(),
            bodies: bodies.clone(),
            runtime: runtime.clone(),
            inner,
            done: 0,
        })
    }

    /// Reads the next messages.
    pub(super) fn batch(&mut self) -> io::Result<Batch> {
        let mut batch = Batch::default();
        let mut held = 0;
        while batch.read.len() < BODY_BATCH && held < BODY_BATCH_BYTES && !batch.is_end {
            let before = batch.read.len();
            match &mut self.inner {
                Inner::Mbox(_) => self.of_mbox(&mut batch)?,
                Inner::Files { .. } => self.of_files(&mut batch),
            }
            held += batch.read.get(before..).unwrap_or_default().iter().map(held_by).sum::<u64>();
        }
        match &self.inner {
            Inner::Mbox(reader) => {
                batch.offset = reader.offset();
                batch.done = batch.offset;
            }
            Inner::Files { last, .. } => {
                batch.last.clone_from(last);
                batch.done = self.done;
            }
        }
        Ok(batch)
    }

    fn of_mbox(&mut self, batch: &mut Batch) -> io::Result<()> {
        let Inner::Mbox(reader) = &mut self.inner else { return Ok(()) };
        let mut sink = Sink::new(&self.bodies, &self.runtime);
        let Some(mail) = reader.next(&mut sink)? else {
            batch.is_end = true;
            return Ok(());
        };
        let place = format!("{}, byte {}", self.path.display(), mail.offset);
        if mail.is_removed {
            batch.skipped += 1;
        } else if sink.is_too_large() {
            batch.troubles.push((place, "the message is too large".to_owned()));
        } else {
            if mail.is_cut {
                // It is taken in as far as it is there, and said.
                batch.troubles.push((place, "a part of the message is missing".to_owned()));
            }
            batch.read.push(read(mail.flags, mail.received, sink.finish()?));
        }
        Ok(())
    }

    fn of_files(&mut self, batch: &mut Batch) {
        let Inner::Files { files, last } = &mut self.inner else { return };
        let Some(one) = files.next() else {
            batch.is_end = true;
            return;
        };
        let mut sink = Sink::new(&self.bodies, &self.runtime);
        let result = File::open(&one.path).and_then(|file| {
            self.done += file.metadata()?.len();
            posthorn_archive::message(file, &mut sink)?;
            if sink.is_too_large() {
                return Err(io::Error::other("the message is too large"));
            }
            sink.finish()
        });
        match result {
            Ok(content) => batch.read.push(read(one.flags, one.received, content)),
            Err(error) => batch.troubles.push((one.path.display().to_string(), error.to_string())),
        }
        *last = one.name;
    }
}

fn held_by(read: &Read) -> u64 {
    match &read.content {
        Content::Memory(bytes) => bytes.len() as u64,
        Content::Stored(_, skim) => skim.bytes.len() as u64,
    }
}

fn read(flags: Flags, received: Option<Timestamp>, content: Content) -> Read {
    let head = match &content {
        Content::Memory(bytes) => {
            let size = bytes.len() as u64;
            whole_head(bytes, Told { received, size, ..Told::default() })
        }
        Content::Stored(_, skim) => skimmed_head(skim, received),
    };
    Read { flags, head, content }
}

fn of_maildir(path: &Path, last: &str) -> io::Result<std::vec::IntoIter<One>> {
    let keywords = match std::fs::read_to_string(path.join(maildir::KEYWORDS)) {
        Ok(text) => maildir::Keywords::parse(&text),
        Err(_) => maildir::Keywords::default(),
    };
    let all = maildir::messages(path)?.into_iter().filter(|one| one.name.as_str() > last);
    let one = |found: maildir::Message| One {
        flags: maildir::flags(&found.name, &keywords),
        received: maildir::received(&found.path),
        name: found.name,
        path: found.path,
    };
    Ok(all.map(one).collect::<Vec<_>>().into_iter())
}

fn of_folder(path: &Path, last: &str) -> io::Result<std::vec::IntoIter<One>> {
    let notes = super::tree::Notes::read(path);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_message = name.to_ascii_lowercase().ends_with(".eml") && !name.starts_with('.');
        if is_message && entry.file_type()?.is_file() && name.as_str() > last {
            let mut one = eml(entry.path());
            if let Some((received, flags)) = notes.of(&name) {
                (one.received, one.flags) = (Some(received), flags);
            }
            all.push(one);
        }
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all.into_iter())
}

/// A file says nothing but the message: its time is that of the header.
fn eml(path: PathBuf) -> One {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    One { name, path, flags: Flags::default(), received: None }
}
