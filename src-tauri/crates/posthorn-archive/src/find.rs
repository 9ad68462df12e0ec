//! What a file or a folder that somebody chose holds: which mbox, Maildir and EML files, and which folders they make.
//!
//! Links are not followed: two of them make a circle.

use std::fs::DirEntry;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::{maildir, mbox};

/// Sources of one choice; a profile of another program has some hundreds.
pub const MAX_SOURCES: usize = 100_000;
/// Levels of folders that are looked into; deeper ones are not made by mail programs.
const MAX_DEPTH: usize = 64;
/// Bytes that tell an mbox.
const SNIFFED: u64 = 2048;

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A file with many messages.
    Mbox,
    /// A folder with `cur` and `new`.
    Maildir,
    /// One message.
    Eml,
    /// A folder with messages in files of their own.
    EmlFolder,
}

/// Something that holds messages of one folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// The folders that its messages go into, from the top down; empty = what was chosen itself.
    pub folder: Vec<String>,
    /// The folders' names are in modified UTF-7 (Maildir++).
    pub is_encoded: bool,
    /// Its bytes, or those of its messages' files; for progress.
    pub size: u64,
}

/// Returns what a file or folder holds, by path. A file is taken for what it looks like; of a folder's files only those
/// that are mbox, or are called `.eml`.
pub fn sources(path: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let facts = std::fs::metadata(path)?;
    if facts.is_dir() {
        look(path, &Vec::new(), 0, &mut found)?;
    } else {
        let kind = if begins_as_mbox(path)? { Kind::Mbox } else { Kind::Eml };
        found.push(source(path, kind, &[], facts.len()));
    }
    found.sort();
    Ok(found)
}

fn source(path: &Path, kind: Kind, folder: &[String], size: u64) -> Source {
    Source { path: path.to_owned(), kind, folder: folder.to_vec(), is_encoded: false, size }
}

fn begins_as_mbox(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    std::fs::File::open(path)?.take(SNIFFED).read_to_end(&mut begin)?;
    Ok(mbox::is_mbox(&begin))
}

fn look(path: &Path, folder: &[String], depth: usize, found: &mut Vec<Source>) -> io::Result<()> {
    if depth > MAX_DEPTH || found.len() >= MAX_SOURCES {
        return Ok(());
    }
    if maildir::is_maildir(path) {
        return look_into_maildir(path, folder, depth, found);
    }
    let (mut has_eml, mut bytes) = (false, 0);
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name().to_string_lossy().into_owned(), entry.file_type()?);
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            let below = inside(folder, folder_name(&name));
            // A folder that may not be read keeps no other back.
            look(&entry.path(), &below, depth + 1, found).or_else(unreadable)?;
        } else if kind.is_file() && name.to_ascii_lowercase().ends_with(".eml") {
            has_eml = true;
            bytes += entry.metadata()?.len();
        } else if kind.is_file() && is_mbox_file(&entry, &name) {
            // Apple Mail keeps `Name.mbox/mbox`: the folder is named by the one around it.
            let is_inner =
                name == "mbox" && path.extension().is_some_and(|ending| ending == "mbox");
            let own = if is_inner { folder.to_vec() } else { inside(folder, folder_name(&name)) };
            found.push(source(&entry.path(), Kind::Mbox, &own, entry.metadata()?.len()));
        }
    }
    if has_eml {
        found.push(source(path, Kind::EmlFolder, folder, bytes));
    }
    Ok(())
}

fn unreadable(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::PermissionDenied { Ok(()) } else { Err(error) }
}

fn inside(folder: &[String], name: &str) -> Vec<String> {
    folder.iter().cloned().chain([name.to_owned()]).collect()
}

/// Indexes and settings of other programs lie beside their folders.
fn is_mbox_file(entry: &DirEntry, name: &str) -> bool {
    let is_other =
        [".msf", ".dat", ".json", ".html", ".sqlite"].iter().any(|ending| name.ends_with(ending));
    !is_other && begins_as_mbox(&entry.path()).unwrap_or_default()
}

/// Thunderbird keeps what is below `Name` in `Name.sbd`.
fn folder_name(file: &str) -> &str {
    let cut = [".mbox", ".sbd", ".mbx"].iter().find_map(|ending| file.strip_suffix(ending));
    cut.filter(|name| !name.is_empty()).unwrap_or(file)
}

/// Returns the bytes of a Maildir's messages; what cannot be looked at counts nothing.
fn bytes_in(path: &Path) -> u64 {
    let size = |message: &maildir::Message| {
        std::fs::metadata(&message.path).map_or(0, |facts| facts.len())
    };
    maildir::messages(path).unwrap_or_default().iter().map(size).sum()
}

fn look_into_maildir(
    path: &Path,
    folder: &[String],
    depth: usize,
    found: &mut Vec<Source>,
) -> io::Result<()> {
    found.push(source(path, Kind::Maildir, folder, bytes_in(path)));
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type()?.is_dir() || ["cur", "new", "tmp"].contains(&name.as_str()) {
            continue;
        }
        match name.strip_prefix('.') {
            Some(dotted) if maildir::is_maildir(&entry.path()) => {
                let names = dotted.split('.').filter(|part| !part.is_empty()).map(str::to_owned);
                let folder: Vec<String> = folder.iter().cloned().chain(names).collect();
                let size = bytes_in(&entry.path());
                let own = source(&entry.path(), Kind::Maildir, &folder, size);
                found.push(Source { is_encoded: true, ..own });
            }
            Some(_) => {}
            None => look(&entry.path(), &inside(folder, folder_name(&name)), depth + 1, found)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Kind, sources};

    fn put(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn profiles_of_other_programs_become_folders() {
        const MBOX: &str = "From a@x Fri Jul  8 12:08:34 2011\nA: 1\n\n";
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for (name, text) in [
            ("Inbox", MBOX),
            ("Inbox.msf", "// <!-- mdb -->"),
            ("Inbox.sbd/Bills", MBOX),
            ("Apple.mbox/mbox", MBOX),
            ("notes.txt", "From the hills\nwe come"),
            ("letters/a.eml", "A: 1\n\n"),
            ("letters/deep/b.EML", "A: 1\n\n"),
            ("Mail/cur/1:2,S", "A: 1\n\n"),
            ("Mail/new/2", "A: 1\n\n"),
            ("Mail/.Sent.2020/cur/3", "A: 1\n\n"),
            ("Mail/.Sent.2020/new/.keep", ""),
            ("Mail/fs/cur/4", "A: 1\n\n"),
            ("Mail/fs/new/.keep", ""),
            ("empty/readme", "nothing"),
        ] {
            put(root, name, text);
        }
        let found: Vec<(String, Kind)> = sources(root)
            .unwrap()
            .into_iter()
            .map(|one| (one.folder.join("/"), one.kind))
            .collect();
        let expected = [
            ("Apple", Kind::Mbox),
            ("Inbox", Kind::Mbox),
            ("Inbox/Bills", Kind::Mbox),
            ("Mail", Kind::Maildir),
            ("Mail/Sent/2020", Kind::Maildir),
            ("Mail/fs", Kind::Maildir),
            ("letters", Kind::EmlFolder),
            ("letters/deep", Kind::EmlFolder),
        ];
        let expected = expected.map(|(name, kind)| (name.to_owned(), kind));
        assert_eq!(found, expected);
        assert_eq!(sources(&root.join("letters/a.eml")).unwrap().first().unwrap().kind, Kind::Eml);
        assert_eq!(sources(&root.join("Inbox")).unwrap().first().unwrap().folder.len(), 0);
        assert!(sources(&root.join("missing")).is_err());
    }
}
