//! Names of files for folders and messages, and the notes beside files that can hold no flags.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use posthorn_model::{Flags, Timestamp};

/// File beside exported messages: `NAME TAB milliseconds TAB flags` a line.
pub(super) const NOTES: &str = "posthorn-flags.tsv";
/// Numbers that are tried for a name that is taken.
const TRIES: u32 = 10_000;

/// Received times and flags of messages in files of their own.
#[derive(Debug, Default)]
pub(super) struct Notes(HashMap<String, (Timestamp, Flags)>);

impl Notes {
    /// Reads a folder's notes; none where there are none, or they cannot be read.
    pub(super) fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(NOTES)).unwrap_or_default();
        let line = |line: &str| {
            let mut parts = line.split('\t');
            let (name, at) = (parts.next()?, parts.next()?.parse().ok()?);
            let names = parts.next().unwrap_or_default().split(' ').filter(|name| !name.is_empty());
            Some((name.to_owned(), (Timestamp(at), Flags::from_names(names))))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// Returns what is noted for a file.
    pub(super) fn of(&self, name: &str) -> Option<(Timestamp, Flags)> {
        self.0.get(name).cloned()
    }

    /// Adds a line for a file.
    pub(super) fn add(text: &mut String, name: &str, at: Timestamp, flags: &Flags) {
        // A String takes everything.
        let _ = writeln!(text, "{name}\t{}\t{}", at.0, flags.names().join(" "));
    }
}

/// Returns a name for a file or folder of this one's: safe on every system, and never empty.
pub(super) fn file_name(name: &str) -> String {
    let flat: String = name
        .chars()
        .map(|letter| if matches!(letter, '/' | '\\') { '_' } else { letter })
        .collect();
    let safe = posthorn_message::safe_name(&flat);
    if safe.is_empty() { "folder".to_owned() } else { safe.trim_start_matches('.').to_owned() }
}

/// Returns a path in a folder that nothing has, with a number where the name is taken.
pub(super) fn free(folder: &Path, name: &str, ending: &str) -> Option<PathBuf> {
    (1..TRIES)
        .map(|number| match number {
            1 => folder.join(format!("{name}{ending}")),
            _ => folder.join(format!("{name} ({number}){ending}")),
        })
        .find(|path| std::fs::symlink_metadata(path).is_err())
}

/// Makes names in a folder durable. Windows does that itself and cannot open folders.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use posthorn_model::{Flags, Timestamp};

    use super::{NOTES, Notes, file_name, free};

    #[test]
    fn notes_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags::from_names(["\\Seen", "$Junk"]);
        let mut text = String::new();
        Notes::add(&mut text, "a b.eml", Timestamp(-5), &flags);
        Notes::add(&mut text, "c.eml", Timestamp(7), &Flags::default());
        std::fs::write(folder.path().join(NOTES), text + "nonsense\n").unwrap();
        let notes = Notes::read(folder.path());
        assert_eq!(notes.of("a b.eml"), Some((Timestamp(-5), flags)));
        assert_eq!(notes.of("c.eml"), Some((Timestamp(7), Flags::default())));
        assert_eq!(notes.of("d.eml"), None);
    }

    #[test]
    fn no_name_leaves_its_folder_or_takes_anothers_place() {
        for (name, expected) in
            [("Bills", "Bills"), ("a/b", "a_b"), ("..", "folder"), ("", "folder")]
        {
            assert_eq!(file_name(name), expected, "{name:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        let first = free(folder.path(), "Bills", ".mbox").unwrap();
        assert!(first.ends_with("Bills.mbox"));
        std::fs::write(&first, "").unwrap();
        assert!(free(folder.path(), "Bills", ".mbox").unwrap().ends_with("Bills (2).mbox"));
    }
}
