//! Bytes of a large body that have come so far: kept across broken connections, restarts and killed processes.
//!
//! Invariants:
//! * What [`Partial::len`] counts is durable, and is the beginning of what the server has: its hash is checked before it
//!   is continued.
//! * Bytes of one source never continue those of another: folder, UIDVALIDITY, uid, size and form (with the transfer
//!   encoding, or without it) must be equal.
//! * A file is removed when its bytes are a body, when its source is another one, and [`KEEP_DAYS`] after it was last written.
//!
//! A file begins with [`HEADER`] bytes that say whose bytes follow, how many, and their hash. The header is written after
//! the bytes were synchronised: whatever lies behind the length that it names is not believed.
//!
//! It does not know what the bytes mean, and does not fetch.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use posthorn_model::{MailboxId, MessageId, Timestamp, Uid, UidValidity};

use super::Bodies;
use crate::error::{Error, Result};
use crate::removed::{DAY_MS, KEEP_DAYS};

/// Folder of these files, below that of the bodies.
const FOLDER: &str = "partial";
/// Ending of their names.
const ENDING: &str = "part";
/// Stands in a name for the whole message, which has no section.
const WHOLE: &str = "whole";
/// Stands in a header for bytes without their transfer encoding; those with it have no word.
const DECODED: &str = "decoded";
/// Bytes before those of the body: one sector, so that no write of it is torn.
const HEADER: usize = 512;
/// First word of the header, with the version of the format.
const MAGIC: &str = "posthorn-partial-1";
/// Bytes copied at once.
const COPY_BYTES: usize = 64 * 1024;

/// Whose bytes they are, as the server names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The message.
    pub message: MessageId,
    /// Its part (RFC 9051 section 6.4.5.1); empty = all of it.
    pub section: String,
    /// The folder from which it is fetched.
    pub mailbox: MailboxId,
    /// The folder's UIDVALIDITY.
    pub validity: UidValidity,
    /// The message's uid there.
    pub uid: Uid,
    /// The bytes come without their transfer encoding (RFC 3516), instead of as they are in the message.
    pub is_decoded: bool,
    /// Bytes in all, in that form, as the server says; 0 = it does not say.
    pub size: u64,
}

/// What is here of a body that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The part; empty = the whole message.
    pub section: String,
    /// The bytes are without their transfer encoding.
    pub is_decoded: bool,
    /// Bytes that are here.
    pub len: u64,
    /// Bytes in all; 0 = not known.
    pub size: u64,
}

/// The file of one body that is coming.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    file: File,
    source: Source,
    len: u64,
    hasher: blake3::Hasher,
}

/// What a header says.
struct Header {
    identity: String,
    is_decoded: bool,
    size: u64,
    len: u64,
    hash: String,
}

impl Source {
    fn identity(&self) -> String {
        let Self { message, section, mailbox, validity, uid, is_decoded, size } = self;
        let section = if section.is_empty() { WHOLE } else { section };
        let form = if *is_decoded { format!("{DECODED} ") } else { String::new() };
        format!("{} {section} {form}{} {} {} {size}", message.0, mailbox.0, validity.0, uid.0)
    }
}

impl Header {
    fn write(source: &Source, len: u64, hasher: &blake3::Hasher) -> Vec<u8> {
        let text = format!("{MAGIC} {} {len} {}\n", source.identity(), hasher.finalize().to_hex());
        let mut bytes = text.into_bytes();
        bytes.resize(HEADER, b' ');
        bytes
    }

    fn read(file: &mut File) -> Option<Self> {
        let mut bytes = [0_u8; HEADER];
        file.seek(SeekFrom::Start(0)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let [MAGIC, identity @ .., len, hash] = words.as_slice() else { return None };
        Some(Self {
            identity: identity.join(" "),
            // The third: a section is never called so, and no number is.
            is_decoded: identity.get(2) == Some(&DECODED),
            size: identity.last()?.parse().ok()?,
            len: len.parse().ok()?,
            hash: (*hash).to_owned(),
        })
    }
}

fn file_name(message: MessageId, section: &str) -> Result<String> {
    let section = if section.is_empty() { WHOLE } else { section };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    if section.len() > 100 || !section.bytes().all(is_plain) {
        return Err(Error::NotFound("section"));
    }
    Ok(format!("{}-{section}.{ENDING}", message.0))
}

/// Reads so many bytes and returns their hash; nothing where there are fewer.
fn hash_of(file: &mut File, len: u64) -> std::io::Result<Option<blake3::Hasher>> {
    let mut hasher = blake3::Hasher::new();
    file.seek(SeekFrom::Start(HEADER as u64))?;
    let mut buffer = vec![0_u8; COPY_BYTES];
    let mut left = len;
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(COPY_BYTES).min(COPY_BYTES);
        let count = file.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        if count == 0 {
            return Ok(None);
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
        left -= count as u64;
    }
    Ok(Some(hasher))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Partial {
    fn open(folder: &Path, source: Source) -> Result<Self> {
        let folder = folder.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(file_name(source.message, &source.section)?);
        if let Some(found) = Self::continued(&path, &source)? {
            return Ok(found);
        }
        let mut file = private().create(true).truncate(true).open(&path)?;
        let hasher = blake3::Hasher::new();
        file.write_all(&Header::write(&source, 0, &hasher))?;
        file.sync_all()?;
        super::file::sync_folder(&folder)?;
        Ok(Self { path, file, source, len: 0, hasher })
    }

    /// Opens what is there, where it is of the same source and undamaged.
    fn continued(path: &Path, source: &Source) -> Result<Option<Self>> {
        let Ok(mut file) = private().open(path) else { return Ok(None) };
        let Some(header) = Header::read(&mut file) else { return Ok(None) };
        if header.identity != source.identity() {
            return Ok(None);
        }
        let Some(hasher) = hash_of(&mut file, header.len)? else { return Ok(None) };
        if hasher.finalize().to_hex().as_str() != header.hash {
            return Ok(None);
        }
        let (path, source, len) = (path.to_owned(), source.clone(), header.len);
        Ok(Some(Self { path, file, source, len, hasher }))
    }

    /// Returns how many bytes are here.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Tells whether nothing is here.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns whose bytes they are.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Adds what a reader gives until its end, and returns when it is durable. Blocking.
    pub fn append(&mut self, bytes: &mut impl Read) -> Result<()> {
        self.file.seek(SeekFrom::Start(HEADER as u64 + self.len))?;
        let mut buffer = vec![0_u8; COPY_BYTES];
        let (mut hasher, mut len) = (self.hasher.clone(), self.len);
        loop {
            let count = bytes.read(&mut buffer)?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            self.file.write_all(piece)?;
            hasher.update(piece);
            len += count as u64;
        }
        self.file.sync_data()?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&Header::write(&self.source, len, &hasher))?;
        (self.hasher, self.len) = (hasher, len);
        Ok(())
    }

    /// Forgets what came, to begin anew. Blocking.
    pub fn restart(&mut self) -> Result<()> {
        (self.hasher, self.len) = (blake3::Hasher::new(), 0);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&Header::write(&self.source, 0, &self.hasher))?;
        self.file.set_len(HEADER as u64)?;
        Ok(self.file.sync_data()?)
    }

    /// Returns a reader of what is here.
    pub fn reader(&self) -> Result<impl Read + Send + 'static> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(HEADER as u64))?;
        Ok(file.take(self.len))
    }

    /// Removes the file: its bytes are a body now, or nobody wants them.
    pub fn remove(self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a file of an unfinished download could not be removed");
    }
}

fn begun(folder: &Path, message: MessageId) -> Vec<Begun> {
    let start = format!("{}-", message.0);
    // No folder, nothing begun.
    let Ok(entries) = std::fs::read_dir(folder.join(FOLDER)) else { return Vec::new() };
    let named = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let section = name.strip_prefix(&start)?.strip_suffix(ENDING)?.strip_suffix('.')?;
        let header = Header::read(&mut File::open(entry.path()).ok()?)?;
        let section = if section == WHOLE { String::new() } else { section.to_owned() };
        let Header { is_decoded, len, size, .. } = header;
        (len > 0).then_some(Begun { section, is_decoded, len, size })
    });
    named.collect()
}

impl Bodies {
    /// Opens what is here of a body that is coming, to be continued, or begins it.
    pub async fn partial(&self, source: Source) -> Result<Partial> {
        let folder = self.folder().to_owned();
        let opening = tokio::task::spawn_blocking(move || Partial::open(&folder, source));
        opening.await.map_err(|_| Error::Closed)?
    }

    /// Returns what is here of a message's bodies that did not come to their end.
    pub async fn begun(&self, message: MessageId) -> Result<Vec<Begun>> {
        let folder = self.folder().to_owned();
        tokio::task::spawn_blocking(move || begun(&folder, message))
            .await
            .map_err(|_| Error::Closed)
    }
}

/// Removes what nobody continued for long.
pub(crate) fn remove_old(folder: &Path, now: Timestamp) {
    let Ok(entries) = std::fs::read_dir(folder.join(FOLDER)) else { return };
    for entry in entries.flatten() {
        let written = entry.metadata().and_then(|facts| facts.modified()).ok();
        let since = written.and_then(|written| written.duration_since(UNIX_EPOCH).ok());
        let since = since.and_then(|since| i64::try_from(since.as_millis()).ok());
        if since.is_some_and(|since| now.0.saturating_sub(since) > KEEP_DAYS * DAY_MS) {
            remove(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use posthorn_model::{MailboxId, MessageId, Uid, UidValidity};

    use super::{Begun, Partial, Source, begun, file_name};

    fn source() -> Source {
        Source {
            message: MessageId(4),
            section: "2.1".to_owned(),
            mailbox: MailboxId(1),
            validity: UidValidity(7),
            uid: Uid(9),
            is_decoded: false,
            size: 10,
        }
    }

    fn contents(partial: &Partial) -> Vec<u8> {
        let mut bytes = Vec::new();
        partial.reader().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_came_is_continued_by_the_same_source_alone() {
        type Change = fn(&mut Source);
        let others: [(&str, Change); 5] = [
            ("another UIDVALIDITY", |source| source.validity = UidValidity(8)),
            ("another uid", |source| source.uid = Uid(10)),
            ("another size", |source| source.size = 11),
            ("another folder", |source| source.mailbox = MailboxId(2)),
            ("another form", |source| source.is_decoded = !source.is_decoded),
        ];
        let both = others.into_iter().flat_map(|other| [(other, false), (other, true)]);
        for ((what, change), is_decoded) in both {
            let source = || Source { is_decoded, ..source() };
            let folder = tempfile::tempdir().unwrap();
            let mut partial = Partial::open(folder.path(), source()).unwrap();
            partial.append(&mut &b"01234"[..]).unwrap();
            drop(partial);
            let mut partial = Partial::open(folder.path(), source()).unwrap();
            assert_eq!(partial.len(), 5);
            partial.append(&mut &b"567"[..]).unwrap();
            assert_eq!(contents(&partial), b"01234567");
            let known = Begun { section: "2.1".to_owned(), is_decoded, len: 8, size: 10 };
            assert_eq!(begun(folder.path(), MessageId(4)), [known]);
            assert!(begun(folder.path(), MessageId(44)).is_empty());
            let mut other = source();
            change(&mut other);
            assert!(Partial::open(folder.path(), other).unwrap().is_empty(), "{what}");
        }
    }

    #[test]
    fn what_a_crash_left_behind_the_header_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let mut partial = Partial::open(folder.path(), source()).unwrap();
        partial.append(&mut &b"01234"[..]).unwrap();
        let path = partial.path.clone();
        let mut tail = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        tail.write_all(b"\0\0\0\0").unwrap();
        let mut partial = Partial::open(folder.path(), source()).unwrap();
        assert_eq!((partial.len(), contents(&partial)), (5, b"01234".to_vec()));
        partial.append(&mut &b"5"[..]).unwrap();
        assert_eq!(contents(&partial), b"012345");
        // Damage is found, and begins anew.
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.get_mut(514).unwrap() = b'x';
        std::fs::write(&path, bytes).unwrap();
        assert!(Partial::open(folder.path(), source()).unwrap().is_empty());
        std::fs::write(&path, b"short").unwrap();
        assert!(Partial::open(folder.path(), source()).unwrap().is_empty());
    }

    #[test]
    fn a_section_never_leaves_the_folder() {
        assert!(
            file_name(MessageId(1), "../x").is_err() && file_name(MessageId(1), "1/2").is_err()
        );
        assert_eq!(file_name(MessageId(1), "").unwrap(), "1-whole.part");
    }
}
