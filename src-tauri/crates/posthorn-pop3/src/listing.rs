//! STAT, LIST and UIDL: what lies in the maildrop, entry by entry through async-pop's parser.
//!
//! Status lines of the multi-line answers are never believed: Exchange's `+OK 2 320` would pass for an entry.

use std::collections::HashMap;

use async_pop::request::Request;
use async_pop::response::types::DataType as _;
use async_pop::response::{Response, uidl::UidlResponse};
use posthorn_model::Uidl;

/// Longest UIDL that is kept (RFC 1939 section 7 says 70; longer ones exist).
pub(crate) const MAX_UIDL: usize = 512;
/// Most lines of a listing: more than any maildrop in the field, little enough for memory.
pub(crate) const MAX_ENTRIES: usize = 1_000_000;
/// Most bytes of a listing: a million ids of the longest that RFC 1939 allows would be 76 MB, and nobody has them.
pub(crate) const MAX_LISTING: usize = 48 << 20;

/// The answer to STAT (RFC 1939 section 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Messages in the maildrop.
    pub count: u64,
    /// Their bytes together.
    pub size: u64,
}

/// One line of LIST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// The message's number in this session, 1 and up.
    pub number: u32,
    /// Its size in bytes, as the server counts.
    pub size: u64,
}

/// One line of UIDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UidlEntry {
    /// The message's number in this session, 1 and up.
    pub number: u32,
    /// Its unique id.
    pub uidl: Uidl,
    /// Whether it can tell this message from the others: RFC 1939's form, and given to no other message. Where not,
    /// the caller recognises the message by its size and header.
    pub is_reliable: bool,
}

/// The answer to UIDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UidlListing {
    /// The server keeps unique ids.
    Listed(Vec<UidlEntry>),
    /// The server does not know UIDL.
    Unsupported,
}

/// What lies in the maildrop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maildrop {
    /// The server's count.
    pub stat: Stat,
    /// All messages with their sizes, by number.
    pub sizes: Vec<ListEntry>,
    /// All messages with their unique ids, by number.
    pub uidls: UidlListing,
}

/// Reads the text behind `+OK` of STAT.
pub(crate) fn stat(text: &str) -> Option<Stat> {
    let (count, size) = pair("STAT", text)?;
    Some(Stat { count, size })
}

/// Reads one line of LIST. `None` where it is not one.
pub(crate) fn list_entry(line: &[u8]) -> Option<ListEntry> {
    let (number, size) = pair("LIST", std::str::from_utf8(line).ok()?)?;
    Some(ListEntry { number: message_number(number)?, size })
}

/// Reads two numbers through the parser, as the single form of `command`.
fn pair(command: &str, text: &str) -> Option<(u64, u64)> {
    let request: Request = command.parse().ok()?;
    let answer = format!("+OK {}\r\n", text.trim());
    match Response::from_bytes(answer.as_bytes(), request.command()) {
        Ok(([], Response::Stat(stat))) => {
            let (count, size) = (stat.counter().value().ok()?, stat.size().value().ok()?);
            Some((u64::try_from(count).ok()?, u64::try_from(size).ok()?))
        }
        _ => None,
    }
}

fn message_number(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}

/// Reads one line of UIDL. `None` where it has no number or no id.
pub(crate) fn uidl_entry(line: &[u8]) -> Option<UidlEntry> {
    let request: Request = "UIDL".parse().ok()?;
    let answer = [b"+OK ", line, b"\r\n"].concat();
    if let Ok(([], Response::Uidl(UidlResponse::Single(entry)))) =
        Response::from_bytes(&answer, request.command())
    {
        let number = message_number(u64::try_from(entry.index().value().ok()?).ok()?)?;
        let uidl = Uidl(latin1(entry.id().as_ref()).into());
        return Some(UidlEntry { number, uidl, is_reliable: true });
    }
    let line = line.trim_ascii();
    let blank = line.iter().position(u8::is_ascii_whitespace)?;
    let (number, id) = line.split_at(blank);
    let number = message_number(std::str::from_utf8(number).ok()?.parse().ok()?)?;
    let id = id.trim_ascii();
    let is_whole = id.len() <= MAX_UIDL;
    let uidl = Uidl(latin1(id.get(..MAX_UIDL).unwrap_or(id)).into());
    // An overlong id is still an id; one with blanks or control characters may be read differently the next time.
    let is_reliable = is_whole && id.iter().all(|byte| *byte > 0x20 && *byte != 0x7f);
    (!uidl.0.is_empty()).then_some(UidlEntry { number, uidl, is_reliable })
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Sorts by number, keeps the first of each, and marks the ids that several messages share.
pub(crate) fn settle_uidls(mut entries: Vec<UidlEntry>) -> Vec<UidlEntry> {
    entries.sort_by_key(|entry| entry.number);
    entries.dedup_by_key(|entry| entry.number);
    let mut seen: HashMap<&str, bool> = HashMap::with_capacity(entries.len());
    for entry in &entries {
        let is_first = !seen.contains_key(&*entry.uidl.0);
        seen.insert(&entry.uidl.0, is_first);
    }
    let alone: Vec<bool> =
        entries.iter().map(|entry| seen.get(&*entry.uidl.0) == Some(&true)).collect();
    for (entry, is_alone) in entries.iter_mut().zip(alone) {
        entry.is_reliable &= is_alone;
    }
    entries
}

/// Sorts by number and keeps the first of each.
pub(crate) fn settle_sizes(mut entries: Vec<ListEntry>) -> Vec<ListEntry> {
    entries.sort_by_key(|entry| entry.number);
    entries.dedup_by_key(|entry| entry.number);
    entries
}

#[cfg(test)]
mod tests {
    use super::{MAX_UIDL, list_entry, settle_uidls, stat, uidl_entry};

    #[test]
    fn entries_are_read_as_servers_write_them() {
        assert_eq!(stat("2 320").map(|stat| (stat.count, stat.size)), Some((2, 320)));
        assert_eq!(stat("2 320 octets").map(|stat| stat.count), Some(2));
        assert_eq!(stat("none"), None);
        assert_eq!(
            list_entry(b"3 120 more").map(|entry| (entry.number, entry.size)),
            Some((3, 120))
        );
        assert_eq!(list_entry(b"0 120"), None);
        assert_eq!(list_entry(b"99999999999 1"), None);
        assert_eq!(list_entry(b"\xff 1"), None);
    }

    #[test]
    fn odd_uidls_are_kept_and_marked() {
        let long = format!("1 {}", "x".repeat(71));
        let absurd = format!("1 {}", "x".repeat(MAX_UIDL + 1));
        let cases: [(&[u8], Option<bool>); 7] = [
            (b"1 abc", Some(true)),
            (long.as_bytes(), Some(true)),
            (absurd.as_bytes(), Some(false)),
            (b"1 a\x01b", Some(false)),
            (b"1 a b", Some(false)),
            (b"1 \xe9\xe8", Some(true)),
            (b"1 ", None),
        ];
        for (line, reliable) in cases {
            assert_eq!(uidl_entry(line).map(|entry| entry.is_reliable), reliable, "{line:?}");
        }
    }

    #[test]
    fn a_shared_uidl_is_reliable_for_nobody() {
        let entries = ["2 same", "1 same", "3 own", "3 other"]
            .iter()
            .filter_map(|line| uidl_entry(line.as_bytes()));
        let settled = settle_uidls(entries.collect());
        let seen: Vec<_> = settled.iter().map(|entry| (entry.number, entry.is_reliable)).collect();
        assert_eq!(seen, [(1, false), (2, false), (3, true)]);
    }
}
