//! Which thread a new message belongs to.
//!
//! 1. Where the user put a message into a part of a conversation ([`super::part`]), it is there, whatever it refers to;
//!    what answers it goes with the newest such message that it refers to.
//! 2. Every `Message-ID` that a thread has or refers to points to it. A message joins the threads of its own id and
//!    of its references; several become one.
//! 3. A message without references joins by subject only when one of the two is a reply by its prefix, both have the
//!    same subject, they share a participant who is not the user, and they are near in time.
//! 4. Else it begins a thread.

use std::collections::BTreeSet;

use posthorn_model::{AccountId, Address, MessageIdHeader, ThreadId};
use rusqlite::params;

use super::link::{self, KEY, Link};
use crate::address_list;
use crate::error::Result;
use crate::message::Head;
use crate::tx::{ReadTx, WriteTx};

/// References looked at: the oldest name the root, the newest the parent; thousands are an attack.
const REFERENCE_LIMIT: usize = 100;
/// Threads that one message may join into one: more are not a conversation but a digest or an attack.
const MERGE_LIMIT: usize = 8;
/// Days between a message and a reply that is known by its subject alone.
const SUBJECT_WINDOW_MS: i64 = 30 * 86_400_000;
/// Messages of the same subject that are looked at.
const SUBJECT_CANDIDATES: i64 = 20;

/// The thread of a new message.
#[derive(Debug)]
pub(crate) struct Assigned {
    /// The thread.
    pub(crate) thread: ThreadId,
    /// Threads that the message belongs to, which were there before and may be one now; none = it begins the thread.
    pub(crate) found: BTreeSet<ThreadId>,
}

/// Finds or makes the thread of a message that is about to be added.
pub(crate) fn assign(tx: &WriteTx<'_>, account: AccountId, head: &Head) -> Result<Assigned> {
    let key = link::key_of(head);
    let known = link::find(tx, account, &key)?;
    if let Some(link) = known
        && is_firm(tx, link)?
    {
        let thread = link.thread;
        return Ok(Assigned { thread, found: BTreeSet::from([thread]) });
    }
    // Those in which no part holds.
    let mut loose: Vec<Link> = known.into_iter().collect();
    let (mut chosen, mut counted) = (None, Vec::new());
    for id in references_of(head).into_iter().rev() {
        match link::find(tx, account, id)? {
            // Older ones may be in another part.
            Some(link) if is_firm(tx, link)? => {
                chosen = Some(link);
                break;
            }
            link => loose.extend(link),
        }
        counted.push(id);
    }
    // Also where somebody refers to it already: a reply without references may have come before it, too.
    match by_subject(tx, account, head)? {
        Some(link) if is_firm(tx, link)? => chosen = Some(link),
        link => loose.extend(link),
    }
    let mut found: BTreeSet<ThreadId> = loose.iter().map(|link| link.thread).collect();
    let thread = match chosen.map(|link| link.thread).or(found.first().copied()) {
        Some(thread) => thread,
        None => ThreadId(tx.insert("INSERT INTO thread (account) VALUES (?1)", [account.0])?),
    };
    let own = loose.iter().find(|link| link.thread == thread && link.part.is_some());
    let mut to = Link { thread, part: chosen.or(own.copied()).and_then(|link| link.part) };
    if found.len() <= MERGE_LIMIT && found.iter().any(|other| *other != thread) {
        for link in loose.iter().filter(|link| link.part.is_some()) {
            super::part::forget(tx, link.thread)?;
        }
        to.part = chosen.and_then(|link| link.part);
        for other in found.iter().filter(|other| **other != thread) {
            link::merge(tx, to, *other)?;
        }
    }
    if head.message_id.is_some() || to.part.is_some() {
        link::add(tx, account, &key, to)?;
    }
    for id in counted {
        link::add(tx, account, id, to)?;
    }
    // The part that it was put into was there before, too.
    found.extend(chosen.map(|link| link.thread));
    Ok(Assigned { thread, found })
}

/// Tells whether the user's hand holds the conversation that an id points to.
fn is_firm(tx: &ReadTx<'_>, link: Link) -> Result<bool> {
    link.part.map_or(Ok(false), |part| super::part::is_firm(tx, part))
}

/// Returns the ids that a message refers to, oldest first.
fn references_of(head: &Head) -> Vec<&str> {
    let references = &head.references;
    let skipped = references.len().saturating_sub(REFERENCE_LIMIT);
    let root = references.iter().take(usize::from(skipped > 0));
    let ids = root.chain(references.iter().skip(skipped));
    ids.map(|id| id.0.as_str()).filter(|id| !id.is_empty()).collect()
}

fn by_subject(tx: &ReadTx<'_>, account: AccountId, head: &Head) -> Result<Option<Link>> {
    if head.subject_key.is_empty() || !head.references.is_empty() {
        return Ok(None);
    }
    // Along the index that a list by subject walks: a position is a time, too.
    let sql = format!(
        "SELECT thread, received, is_reply AND NOT has_references, from_list, to_list, cc_list, {KEY} \
         FROM message INDEXED BY message_by_subject_key \
         WHERE account = ?1 AND subject_key = ?2 AND received BETWEEN ?3 AND ?4 AND position BETWEEN ?5 AND ?6 \
         ORDER BY position DESC LIMIT ?7"
    );
    let (from, to) =
        (head.received.plus_ms(-SUBJECT_WINDOW_MS), head.received.plus_ms(SUBJECT_WINDOW_MS));
    let (first, last) = crate::position::around(from, to, tx.now());
    let values =
        params![account.0, head.subject_key, from.0, to.0, first, last, SUBJECT_CANDIDATES];
    let candidates = tx.all(&sql, values, |row| {
        // The later of the two must be the reply.
        let is_reply = if row.get::<_, i64>(1)? <= head.received.0 {
            head.has_reply_prefix
        } else {
            row.get(2)?
        };
        if !is_reply {
            return Ok(None);
        }
        let mut people = Vec::new();
        for column in 3..=5 {
            people.extend(address_list::read(row.get_ref(column)?.as_str()?));
        }
        let key: String = row.get(6)?;
        Ok(Some((ThreadId(row.get(0)?), people, key)))
    })?;
    if candidates.iter().all(Option::is_none) {
        return Ok(None);
    }
    let own = crate::account::own_addresses(tx, account)?;
    let mine = participants([&head.from, &head.to, &head.cc].into_iter().flatten(), &own);
    let is_shared = |people: &Vec<Address>| !mine.is_disjoint(&participants(people.iter(), &own));
    let fitting = candidates.into_iter().flatten().find(|(_, people, _)| is_shared(people));
    let Some((thread, _, key)) = fitting else { return Ok(None) };
    let part = link::find(tx, account, &key)?.and_then(|link| link.part);
    Ok(Some(Link { thread, part }))
}

fn participants<'a>(
    addresses: impl Iterator<Item = &'a Address>,
    own: &[String],
) -> BTreeSet<String> {
    addresses
        .map(|address| address.email.to_lowercase())
        .filter(|email| !email.is_empty() && !own.contains(email))
        .collect()
}

/// Makes a thread one with the one that an id belongs to, or gives it the id where nobody has it yet. Two that the user
/// arranged stay as they are.
pub(super) fn join(
    tx: &WriteTx<'_>,
    account: AccountId,
    thread: ThreadId,
    id: &MessageIdHeader,
) -> Result<()> {
    let known = link::find(tx, account, &id.0)?;
    if let Some(known) = known.filter(|known| known.thread != thread) {
        // Where all was taken back, nothing is in the way.
        super::part::forget(tx, thread)?;
        super::part::forget(tx, known.thread)?;
    }
    let own = Link { thread, part: link::part_of(tx, thread)? };
    match link::find(tx, account, &id.0)? {
        None => link::add(tx, account, &id.0, own),
        Some(known) if known.thread == thread => Ok(()),
        Some(Link { part: Some(_), .. }) if own.part.is_some() => Ok(()),
        Some(known) if own.part.is_some() => link::merge(tx, own, known.thread),
        Some(known) => link::merge(tx, known, thread),
    }
}
