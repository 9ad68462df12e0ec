//! Response codes (RFC 9051 section 7.1, RFC 4315, RFC 7162, RFC 5530).

use posthorn_model::{ModSeq, Uid, UidValidity};

use crate::UidSet;
use crate::error::clip;
use crate::limit::{MAX_MODSEQ, MAX_SENTENCE, MAX_WORDS};
use crate::uid_set::parse_ranges;

/// The machine-readable part of a status response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The sentence must be shown to the user.
    Alert,
    /// The capabilities that now hold.
    Capability(Vec<String>),
    /// The highest mod-seq of the selected mailbox.
    HighestModSeq(ModSeq),
    /// The mailbox keeps no mod-seqs.
    NoModSeq,
    /// These messages were changed by others and were left alone (`STORE` with `UNCHANGEDSINCE`).
    Modified(UidSet),
    /// Flags that may be stored; `\*` when new keywords may be made.
    PermanentFlags(Vec<String>),
    /// The mailbox is open for reading alone.
    ReadOnly,
    /// The mailbox is open for changes.
    ReadWrite,
    /// The target mailbox does not exist; creating it would help.
    TryCreate,
    /// The next uid.
    UidNext(Uid),
    /// The epoch of the uids.
    UidValidity(UidValidity),
    /// The uids that an `APPEND` gave.
    AppendUid(UidValidity, UidSet),
    /// Which uid became which by a `COPY` or `MOVE`.
    CopyUid(CopyUid),
    /// Any other code in upper case, with its arguments as they stand.
    Other(String, String),
}

/// Which uid became which (RFC 4315 section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyUid {
    /// Epoch of the new uids.
    pub uid_validity: UidValidity,
    source: Vec<(u32, u32)>,
    target: Vec<(u32, u32)>,
}

impl CopyUid {
    /// Returns how many messages the server says that it copied. Look at it before [`Self::pairs`]: a hostile server says
    /// four thousand million.
    pub fn len(&self) -> u64 {
        count(&self.source)
    }

    /// Tells whether it copied none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns old and new uids side by side. Empty when the server's two sets differ in size.
    pub fn pairs(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        let fits = count(&self.source) == count(&self.target);
        let (source, target) = if fits {
            (self.source.as_slice(), self.target.as_slice())
        } else {
            (&[][..], &[][..])
        };
        walk(source).zip(walk(target))
    }
}

/// A range of a uid set means the same in both directions: `5:3` is 3, 4, 5.
fn walk(ranges: &[(u32, u32)]) -> impl Iterator<Item = Uid> + '_ {
    ranges.iter().flat_map(|(one, other)| (*one.min(other)..=*one.max(other)).map(Uid))
}

fn count(ranges: &[(u32, u32)]) -> u64 {
    ranges.iter().map(|(one, other)| u64::from(one.abs_diff(*other)) + 1).sum()
}

impl Code {
    /// Reads what stands between `[` and `]`. Codes that are unknown or malformed become [`Self::Other`].
    pub(crate) fn parse(text: &str) -> Self {
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        let (name, rest) = (name.to_ascii_uppercase(), rest.trim());
        let other = |name: String| Self::Other(clip(&name, 40), clip(rest, MAX_SENTENCE));
        Self::known(&name, rest).unwrap_or_else(|| other(name))
    }

    /// Returns about how many octets of memory it holds beside itself.
    pub(crate) fn heap(&self) -> usize {
        match self {
            Self::Capability(list) | Self::PermanentFlags(list) => super::words(list),
            Self::Modified(uids) | Self::AppendUid(_, uids) => uids.memory(),
            Self::CopyUid(copied) => (copied.source.len() + copied.target.len()) * 8,
            Self::Other(name, rest) => name.len() + rest.len(),
            _ => 0,
        }
    }

    fn known(name: &str, rest: &str) -> Option<Self> {
        let mut words = rest.split_ascii_whitespace();
        Some(match name {
            "ALERT" => Self::Alert,
            "NOMODSEQ" => Self::NoModSeq,
            "READ-ONLY" => Self::ReadOnly,
            "READ-WRITE" => Self::ReadWrite,
            "TRYCREATE" => Self::TryCreate,
            "CAPABILITY" => {
                Self::Capability(words.take(MAX_WORDS).map(str::to_ascii_uppercase).collect())
            }
            "HIGHESTMODSEQ" => {
                let value = rest.parse().ok().filter(|value| *value <= MAX_MODSEQ)?;
                Self::HighestModSeq(ModSeq(value))
            }
            // RFC 9051: no uid is 0, and the next one neither.
            "UIDNEXT" => Self::UidNext(Uid(rest.parse().ok().filter(|uid| *uid > 0)?)),
            "UIDVALIDITY" => Self::UidValidity(UidValidity(rest.parse().ok()?)),
            "MODIFIED" => Self::Modified(UidSet::parse(rest.as_bytes())?),
            "PERMANENTFLAGS" => {
                let list = rest.strip_prefix('(')?.strip_suffix(')')?;
                let words = list.split_ascii_whitespace().take(MAX_WORDS);
                Self::PermanentFlags(words.map(str::to_owned).collect())
            }
            "APPENDUID" => {
                let validity = UidValidity(words.next()?.parse().ok()?);
                Self::AppendUid(validity, UidSet::parse(words.next()?.as_bytes())?)
            }
            "COPYUID" => Self::CopyUid(CopyUid {
                uid_validity: UidValidity(words.next()?.parse().ok()?),
                source: parse_ranges(words.next()?.as_bytes())?,
                target: parse_ranges(words.next()?.as_bytes())?,
            }),
            _ => return None,
        })
    }

    /// Tells whether the server stopped telling what happens (RFC 5465 section 5.8).
    pub(crate) fn is_overflow(&self) -> bool {
        matches!(self, Self::Other(name, _) if name == "NOTIFICATIONOVERFLOW")
    }

    /// Tells whether what was refused may work later (RFC 5530 section 3).
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Other(name, _) if matches!(name.as_str(), "UNAVAILABLE" | "INUSE" | "SERVERBUG" | "LIMIT"))
    }
}

/// Splits `[CODE arguments] sentence`.
pub(crate) fn split(text: &str) -> (Option<Code>, String) {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix('[') {
        // A quoted `]` inside a code is not worth a grammar: no code that matters has one.
        if let Some((code, sentence)) = rest.split_once(']') {
            return (Some(Code::parse(code)), sentence.trim().to_owned());
        }
    }
    (None, text.trim().to_owned())
}
