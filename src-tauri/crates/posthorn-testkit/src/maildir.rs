//! A mailbox on the server's disk (Maildir++ as Dovecot lays it out).
//!
//! Filling it is how tests and benchmarks get 20,000 messages in two seconds; reading it is how they learn what the
//! server really holds, without asking through the code under test. Writes while the server runs are safe: a file
//! appears under its final name by renaming.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use posthorn_model::{Flags, Timestamp};

use crate::identity::Owner;

mod name;

/// Maildir's letters for system flags, in the order that the format asks for.
const LETTERS: [char; 5] = ['D', 'F', 'R', 'S', 'T'];
/// Keywords have the letters `a` to `z`.
const KEYWORD_LIMIT: usize = 26;

/// Makes file names unique within this process; the process id does so between processes.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// One message to be put into a mailbox.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The message, as it shall be on disk.
    pub bytes: Vec<u8>,
    /// Its flags.
    pub flags: Flags,
    /// When it was received (INTERNALDATE); whole seconds count.
    pub received: Timestamp,
}

impl Delivery {
    /// Returns an unread message received on 2026-01-05 09:00 UTC.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, flags: Flags::default(), received: Timestamp::from_seconds(1_767_603_600) }
    }

    /// Sets the flags by their IMAP names (`\Seen`, `$Junk`).
    #[must_use]
    pub fn flags(mut self, names: &[&str]) -> Self {
        self.flags = Flags::from_names(names.iter().copied());
        self
    }

    /// Sets when it was received.
    #[must_use]
    pub fn received(mut self, received: Timestamp) -> Self {
        self.received = received;
        self
    }
}

/// One message as found on disk.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its file.
    pub path: PathBuf,
    /// Its flags.
    pub flags: Flags,
    /// Whether it lies in `new`, where no client has seen it.
    pub is_recent: bool,
}

impl Stored {
    /// Reads the message.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        std::fs::read(&self.path).with_context(|| format!("reading {}", self.path.display()))
    }
}

/// One mailbox of one user.
#[derive(Clone, Debug)]
pub struct Maildir {
    /// The user's home, which holds `Maildir`.
    home: PathBuf,
    path: PathBuf,
    owner: Option<Owner>,
}

impl Maildir {
    /// Returns the mailbox `name` (`INBOX`, `Work/2026`) below a user's home; it need not exist.
    pub(crate) fn new(home: PathBuf, name: &str, owner: Option<Owner>) -> Self {
        let root = home.join("Maildir");
        let path =
            if name.eq_ignore_ascii_case("INBOX") { root } else { root.join(name::folder(name)) };
        Self { home, path, owner }
    }

    /// Returns its folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Creates it, and lists it among the subscriptions, unless it is there.
    pub fn create(&self) -> Result<()> {
        let root = self.home.join("Maildir");
        self.make_folder(&self.home)?;
        self.make_folder(&root)?;
        self.make_folder(&self.path)?;
        for part in ["cur", "new", "tmp"] {
            self.make_folder(&self.path.join(part))?;
        }
        if self.path != root {
            self.write(&self.path.join("maildirfolder"), b"")?;
        }
        Ok(())
    }

    /// Puts messages there, flags and times included, oldest file name first.
    pub fn fill(&self, deliveries: &[Delivery]) -> Result<()> {
        self.create()?;
        let mut keywords = self.keywords()?;
        let known = keywords.len();
        for delivery in deliveries {
            let letters = letters(&delivery.flags, &mut keywords)?;
            let name = format!("{}:2,{letters}", unique_name(delivery));
            self.put(delivery, &self.path.join("cur").join(name))?;
        }
        if keywords.len() > known {
            let lines: String = keywords
                .iter()
                .enumerate()
                .map(|(at, word)| format!("{at} {word}\n"))
                .collect::<Vec<_>>()
                .concat();
            self.write(&self.path.join("dovecot-keywords"), lines.as_bytes())?;
        }
        Ok(())
    }

    /// Delivers one message into `new`, as a mail server does when mail arrives; its flags are ignored.
    pub fn deliver(&self, delivery: &Delivery) -> Result<()> {
        self.create()?;
        self.put(delivery, &self.path.join("new").join(unique_name(delivery)))
    }

    /// Returns what is there, in the order of the file names. Empty when the mailbox does not exist.
    pub fn messages(&self) -> Result<Vec<Stored>> {
        let keywords = self.keywords()?;
        let mut found = Vec::new();
        for part in ["cur", "new"] {
            let folder = self.path.join(part);
            if !folder.exists() {
                continue;
            }
            for entry in std::fs::read_dir(&folder)? {
                let path = entry?.path();
                let flags = flags_of(&path, &keywords);
                found.push(Stored { path, flags, is_recent: part == "new" });
            }
        }
        found.sort_by(|left, right| left.path.file_name().cmp(&right.path.file_name()));
        Ok(found)
    }

    /// Returns how many messages are there.
    pub fn count(&self) -> Result<usize> {
        Ok(self.messages()?.len())
    }

    /// Tells whether the mailbox exists.
    pub fn exists(&self) -> bool {
        self.path.join("cur").is_dir()
    }

    /// Makes the server forget every uid, so that UIDVALIDITY changes. Only while the server is stopped.
    pub fn forget_uids(&self) -> Result<()> {
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("dovecot.index") || name == "dovecot-uidlist" {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Returns the keywords in the order of their letters, holes as empty words.
    fn keywords(&self) -> Result<Vec<String>> {
        let path = self.path.join("dovecot-keywords");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let mut words = BTreeMap::new();
        for line in std::fs::read_to_string(path)?.lines() {
            let (at, word) =
                line.split_once(' ').context("a line of dovecot-keywords has no space")?;
            words.insert(at.parse::<usize>()?, word.to_owned());
        }
        let end = words.keys().next_back().map_or(0, |last| last + 1);
        Ok((0..end).map(|at| words.get(&at).cloned().unwrap_or_default()).collect())
    }

    fn put(&self, delivery: &Delivery, path: &Path) -> Result<()> {
        let name = path.file_name().context("a message needs a name")?;
        let draft = self.path.join("tmp").join(name);
        self.write(&draft, &delivery.bytes)?;
        let seconds = u64::try_from(delivery.received.seconds()).unwrap_or(0);
        let received = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        std::fs::File::options().append(true).open(&draft)?.set_modified(received)?;
        std::fs::rename(&draft, path).with_context(|| format!("renaming to {}", path.display()))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?;
        self.owner.map_or(Ok(()), |owner| owner.take(path))
    }

    fn make_folder(&self, path: &Path) -> Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        std::fs::create_dir_all(path).with_context(|| format!("creating {}", path.display()))?;
        self.owner.map_or(Ok(()), |owner| owner.take(path))
    }
}

fn unique_name(delivery: &Delivery) -> String {
    let number = SEQUENCE.fetch_add(1, Ordering::Relaxed);
    format!("{}.P{}Q{number:08}.posthorn", delivery.received.seconds(), std::process::id())
}

/// Returns the letters of flags; a new keyword is appended to `keywords`.
fn letters(flags: &Flags, keywords: &mut Vec<String>) -> Result<String> {
    let set = [flags.draft, flags.flagged, flags.answered, flags.seen, flags.deleted];
    let mut letters: String =
        LETTERS.iter().zip(set).filter(|(_, on)| *on).map(|(letter, _)| *letter).collect();
    let mut words = Vec::new();
    for keyword in &flags.keywords {
        let at = keywords
            .iter()
            .position(|known| known.eq_ignore_ascii_case(keyword))
            .unwrap_or_else(|| {
                keywords.push(keyword.clone());
                keywords.len() - 1
            });
        if at >= KEYWORD_LIMIT {
            bail!("a Maildir holds {KEYWORD_LIMIT} keywords; {keyword} is one more");
        }
        words.push(char::from(b'a' + at as u8));
    }
    words.sort_unstable();
    letters.extend(words);
    Ok(letters)
}

fn flags_of(path: &Path, keywords: &[String]) -> Flags {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let letters = name.rsplit_once(":2,").map_or("", |(_, letters)| letters);
    let mut flags = Flags::default();
    for letter in letters.chars() {
        match letter {
            'D' => flags.draft = true,
            'F' => flags.flagged = true,
            'R' => flags.answered = true,
            'S' => flags.seen = true,
            'T' => flags.deleted = true,
            'a'..='z' => {
                flags.keywords.extend(keywords.get(letter as usize - 'a' as usize).cloned());
            }
            _ => {}
        }
    }
    flags
}

#[cfg(test)]
mod tests;
