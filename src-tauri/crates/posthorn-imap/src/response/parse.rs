//! Reads one frame with our own tokeniser: everything that async-imap's parser cannot read, loses or is slow at.
//!
//! Total: any frame gives a reply or [`Error::Protocol`]. Untagged responses whose first
//! word means nothing to us are [`Untagged::Other`], as RFC 9051 section 2.2.2 asks for.

use posthorn_model::ModSeq;

use super::{
    Condition, Fetched, Found, Mailbox, MailboxName, MailboxStatus, Namespaces, Quota, Reply,
    Status, Untagged, code,
};
use crate::error::clip;
use crate::frame::Frame;
use crate::limit::{MAX_MODSEQ, MAX_RANGES, MAX_SENTENCE, MAX_WORDS};
use crate::token::{Cursor, Next, text_of};
use crate::{Error, Result, UidSet};

/// Reads a frame.
pub(crate) fn frame(frame: Frame) -> Result<Reply> {
    let mut cursor = Cursor::new(frame);
    if cursor.accept(b'+') {
        return Ok(Reply::Continue(text_of(cursor.rest()).trim().to_owned()));
    }
    let tag = text_of(cursor.atom());
    cursor.spaces();
    if tag == "*" {
        return untagged(&mut cursor).map(Reply::Untagged);
    }
    match condition(&cursor.keyword()) {
        Some(condition @ (Condition::Ok | Condition::No | Condition::Bad)) => {
            Ok(Reply::Done { tag, status: status(condition, &mut cursor) })
        }
        _ => Err(Error::Protocol(format!("a line begins with {:?}", clip(&tag, 20)))),
    }
}

fn condition(word: &str) -> Option<Condition> {
    Some(match word {
        "OK" => Condition::Ok,
        "NO" => Condition::No,
        "BAD" => Condition::Bad,
        "BYE" => Condition::Bye,
        "PREAUTH" => Condition::PreAuth,
        _ => return None,
    })
}

fn status(condition: Condition, cursor: &mut Cursor) -> Status {
    let (code, text) = code::split(&text_of(cursor.rest()));
    Status { condition, code, text: clip(&text, MAX_SENTENCE) }
}

fn untagged(cursor: &mut Cursor) -> Result<Untagged> {
    if matches!(cursor.peek(), Next::Byte(b'0'..=b'9')) {
        return numbered(cursor);
    }
    let word = cursor.keyword();
    if let Some(condition) = condition(&word) {
        return Ok(Untagged::Status(status(condition, cursor)));
    }
    cursor.spaces();
    Ok(match word.as_str() {
        "CAPABILITY" => Untagged::Capability(upper_words(cursor)),
        "ENABLED" => Untagged::Enabled(upper_words(cursor)),
        "FLAGS" => Untagged::Flags(cursor.words()?),
        "LIST" | "XLIST" => Untagged::List(Box::new(Mailbox::parse(cursor)?)),
        "LSUB" => Untagged::Subscribed(Mailbox::parse(cursor)?.name),
        "QUOTA" => Untagged::Quota(Quota::parse(cursor)?),
        "MYRIGHTS" => {
            let name = MailboxName::from_bytes(cursor.astring()?);
            cursor.spaces();
            Untagged::MyRights(name, text_of(cursor.astring()?))
        }
        "STATUS" => {
            let (name, status) = MailboxStatus::parse(cursor)?;
            Untagged::MailboxStatus(name, Box::new(status))
        }
        "SEARCH" => Untagged::Search(search(cursor)?),
        "ESEARCH" => Untagged::Search(esearch(cursor)?),
        "VANISHED" => vanished(cursor)?,
        "NAMESPACE" => Untagged::Namespace(Namespaces::parse(cursor)?),
        "ID" => Untagged::Id(id(cursor)?),
        _ => Untagged::Other(clip(&word, 40)),
    })
}

fn numbered(cursor: &mut Cursor) -> Result<Untagged> {
    let number = cursor.number32()?;
    cursor.spaces();
    let word = cursor.keyword();
    cursor.spaces();
    Ok(match word.as_str() {
        "EXISTS" => Untagged::Exists(number),
        "RECENT" => Untagged::Recent,
        "EXPUNGE" => Untagged::Expunge(number),
        "FETCH" => match Fetched::parse(number, cursor) {
            Ok(fetched) => Untagged::Fetch(Box::new(fetched)),
            // One message in a form that nobody can read must not cost the others: it counts as not answered.
            Err(Error::Protocol(what)) => {
                tracing::warn!(number, what, "a FETCH response was not understood");
                Untagged::Other("FETCH".to_owned())
            }
            Err(error) => return Err(error),
        },
        _ => Untagged::Other(clip(&word, 40)),
    })
}

fn upper_words(cursor: &mut Cursor) -> Vec<String> {
    let text = text_of(cursor.rest());
    text.split_ascii_whitespace().take(MAX_WORDS).map(str::to_ascii_uppercase).collect()
}

/// Reads `1 2 3 (MODSEQ 4)`: one pass, whatever the length.
fn search(cursor: &mut Cursor) -> Result<Found> {
    let mut numbers: Vec<(u32, u32)> = Vec::new();
    let mut found = Found::default();
    loop {
        cursor.spaces();
        match cursor.peek() {
            Next::End => break,
            Next::Byte(b'(') => {
                cursor.accept(b'(');
                if cursor.keyword() == "MODSEQ" {
                    cursor.spaces();
                    found.modseq = modseq(cursor)?;
                }
                cursor.skip_rest_of_list()?;
            }
            _ => {
                let number = cursor.number32()?;
                // What follows one another stays a range, which is how servers list.
                match numbers.last_mut() {
                    Some(last) if last.1.checked_add(1) == Some(number) => last.1 = number,
                    _ => numbers.push((number, number)),
                }
                if numbers.len() > MAX_RANGES {
                    let limit = MAX_RANGES as u64;
                    return Err(Error::Limit { what: "number of search results", limit });
                }
            }
        }
    }
    found.uids = UidSet::from_ranges(numbers);
    Ok(found)
}

/// Reads `(TAG "A1") UID ALL 1:3 COUNT 3 MODSEQ 4`.
fn esearch(cursor: &mut Cursor) -> Result<Found> {
    let mut found = Found::default();
    let mut is_uid = false;
    loop {
        cursor.spaces();
        match cursor.peek() {
            // Message numbers taken for uids would remove the wrong mail; we never search for numbers.
            Next::End if !is_uid => {
                return Err(cursor.error("a search answers with message numbers"));
            }
            Next::End => return Ok(found),
            Next::Byte(b'(') => cursor.skip_value()?,
            _ => {
                let word = cursor.keyword();
                cursor.spaces();
                match word.as_str() {
                    "UID" => is_uid = true,
                    "ALL" => {
                        let set = UidSet::parse(&cursor.atom());
                        found.uids = set.ok_or_else(|| cursor.error("a uid set is malformed"))?;
                    }
                    "COUNT" => found.count = Some(cursor.number()?),
                    "MODSEQ" => found.modseq = modseq(cursor)?,
                    "" => return Err(cursor.error("a search item is missing")),
                    _ => cursor.skip_value()?,
                }
            }
        }
    }
}

/// Reads a mod-seq; one that cannot be is none.
fn modseq(cursor: &mut Cursor) -> Result<Option<ModSeq>> {
    Ok(Some(cursor.number()?).filter(|value| *value <= MAX_MODSEQ).map(ModSeq))
}

fn vanished(cursor: &mut Cursor) -> Result<Untagged> {
    let earlier = cursor.accept(b'(');
    if earlier {
        cursor.skip_rest_of_list()?;
        cursor.spaces();
    }
    let uids =
        UidSet::parse(&cursor.atom()).ok_or_else(|| cursor.error("a uid set is malformed"))?;
    Ok(Untagged::Vanished { earlier, uids })
}

fn id(cursor: &mut Cursor) -> Result<Vec<(String, String)>> {
    let mut fields = Vec::new();
    if !cursor.accept(b'(') {
        return Ok(fields);
    }
    loop {
        cursor.spaces();
        match cursor.peek() {
            Next::Byte(b')') | Next::End => return Ok(fields),
            _ if fields.len() >= MAX_WORDS => return Ok(fields),
            Next::Byte(b'(') => cursor.skip_value()?,
            _ => {
                let key = cursor.nword()?.unwrap_or_default();
                cursor.spaces();
                let value = match cursor.peek() {
                    Next::Byte(b')' | b'(') | Next::End => None,
                    _ => cursor.nword()?,
                };
                fields.push((key.to_ascii_lowercase(), value.unwrap_or_default()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
