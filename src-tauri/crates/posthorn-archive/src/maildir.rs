//! Maildir: one file a message, its flags in its name (<https://cr.yp.to/proto/maildir.html>); folders as Maildir++ has
//! them, keywords as Dovecot has them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use posthorn_model::{Flags, Timestamp};

/// Messages of one folder that are listed; more do not fit a file system's folder.
pub const MAX_MESSAGES: usize = 5_000_000;
/// File in which Dovecot says what the letters from `a` on mean.
pub const KEYWORDS: &str = "dovecot-keywords";
/// Keywords that have a letter.
const MAX_KEYWORDS: usize = 26;
/// Between a name and its flags. Windows allows no colon.
const MARK: &str = if cfg!(windows) { ";2," } else { ":2," };

/// A message of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    /// Its file's name, which sorts by time in most programs.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// It lies in `new`: no program has shown it.
    pub is_new: bool,
}

/// Tells whether a folder is a Maildir.
pub fn is_maildir(path: &Path) -> bool {
    path.join("cur").is_dir() && path.join("new").is_dir()
}

/// Lists a folder's messages by name. Hidden files are other programs' notes.
pub fn messages(folder: &Path) -> io::Result<Vec<Message>> {
    let mut all = Vec::new();
    for (part, is_new) in [("cur", false), ("new", true)] {
        for entry in std::fs::read_dir(folder.join(part))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && entry.file_type()?.is_file() && all.len() < MAX_MESSAGES {
                all.push(Message { name, path: entry.path(), is_new });
            }
        }
    }
    all.sort();
    Ok(all)
}

/// The keywords of a folder, by letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keywords(BTreeMap<char, String>);

impl Keywords {
    /// Reads `0 $Label1` a line.
    pub fn parse(text: &str) -> Self {
        let mut all = BTreeMap::new();
        for line in text.lines() {
            let Some((number, word)) = line.split_once(' ') else { continue };
            if let Ok(number) = number.parse::<u8>()
                && usize::from(number) < MAX_KEYWORDS
                && word.bytes().all(|byte| byte.is_ascii_graphic())
                && !word.is_empty()
            {
                all.insert(char::from(b'a' + number), word.to_owned());
            }
        }
        Self(all)
    }

    /// Returns the file's text.
    pub fn to_text(&self) -> String {
        let line = |(letter, word): (&char, &String)| {
            format!("{} {word}\n", u32::from(*letter) - u32::from('a'))
        };
        self.0.iter().map(line).collect()
    }

    /// Returns a keyword's letter, giving it one where it has none; absent when all letters are taken.
    fn letter(&mut self, word: &str) -> Option<char> {
        let known = self.0.iter().find(|(_, known)| known.eq_ignore_ascii_case(word));
        if let Some((letter, _)) = known {
            return Some(*letter);
        }
        let letter = ('a'..='z').find(|letter| !self.0.contains_key(letter))?;
        self.0.insert(letter, word.to_owned());
        Some(letter)
    }
}

/// Reads the flags of a file's name.
pub fn flags(name: &str, keywords: &Keywords) -> Flags {
    let mut flags = Flags::default();
    let Some((_, letters)) = name.rsplit_once(":2,").or_else(|| name.rsplit_once(";2,")) else {
        return flags;
    };
    for letter in letters.chars() {
        match letter {
            'S' => flags.seen = true,
            'F' => flags.flagged = true,
            'R' => flags.answered = true,
            'D' => flags.draft = true,
            'T' => flags.deleted = true,
            'P' => _ = flags.keywords.insert("$Forwarded".to_owned()),
            _ => flags.keywords.extend(keywords.0.get(&letter).cloned()),
        }
    }
    flags
}

/// Returns a file's name with flags. `unique` must be that within the folder and have neither `/` nor `:`.
pub fn name(unique: &str, flags: &Flags, keywords: &mut Keywords) -> String {
    let is_forwarded = flags.keywords.iter().any(|word| word.eq_ignore_ascii_case("$Forwarded"));
    let mut letters: Vec<char> = [
        (flags.draft, 'D'),
        (flags.flagged, 'F'),
        (is_forwarded, 'P'),
        (flags.answered, 'R'),
        (flags.seen, 'S'),
        (flags.deleted, 'T'),
    ]
    .into_iter()
    .filter_map(|(is_set, letter)| is_set.then_some(letter))
    .collect();
    let others = flags.keywords.iter().filter(|word| !word.eq_ignore_ascii_case("$Forwarded"));
    letters.extend(others.filter_map(|word| keywords.letter(word)));
    letters.sort_unstable();
    format!("{unique}{MARK}{}", letters.into_iter().collect::<String>())
}

/// Returns when a message's file says that it was received: its time of change, which Maildir programs keep for that.
pub fn received(path: &Path) -> Option<Timestamp> {
    let changed = std::fs::metadata(path).ok()?.modified().ok()?;
    let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use posthorn_model::Flags;

    use super::{Keywords, flags, is_maildir, messages, name};

    #[test]
    fn names_keep_flags_and_keywords() {
        let mut keywords = Keywords::parse("0 $Label1\n1 work\nnonsense\n99 x\n2 \n");
        let table = [
            ("1.a:2,", ""),
            ("1.a:2,FRS", "\\Seen \\Flagged \\Answered"),
            ("1.a;2,S", "\\Seen"),
            ("1.a:2,DPTab", "\\Draft \\Deleted $Forwarded $Label1 work"),
            ("1.a,S=12:2,z", ""),
            ("1.a", ""),
        ];
        for (file, expected) in table {
            assert_eq!(flags(file, &keywords).names().join(" "), expected, "{file}");
        }
        let all = Flags::from_names(["\\Seen", "\\Deleted", "$Forwarded", "WORK", "new"]);
        let written = name("7.x", &all, &mut keywords);
        assert_eq!(written, "7.x:2,PSTbc");
        assert_eq!(keywords, Keywords::parse(&keywords.to_text()));
        assert!(flags(&written, &keywords).keywords.contains("new"));
    }

    #[test]
    fn a_folder_lists_what_was_shown_and_what_was_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_maildir(folder.path()));
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        assert!(is_maildir(folder.path()));
        for file in ["cur/2:2,S", "new/1", "tmp/3", "cur/.note"] {
            std::fs::write(folder.path().join(file), "A: 1\n").unwrap();
        }
        let found = messages(folder.path()).unwrap();
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.is_new)).collect();
        assert_eq!(found, [("1", true), ("2:2,S", false)]);
    }
}
