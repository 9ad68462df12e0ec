//! Which thread a new message belongs to.
//!
//! 1. Every `Message-ID` that a thread has or refers to points to it. A message joins the threads of its own id and
//!    of its references; several become one.
//! 2. A message without references joins by subject only when one of the two is a reply by its prefix, both have the
//!    same subject, they share a participant who is not the user, and they are near in time.
//! 3. Else it begins a thread.

use std::collections::BTreeSet;

use posthorn_model::{AccountId, Address, MailboxId, MessageIdHeader, ThreadId};
use rusqlite::params;

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
    let (mut found, mut unknown) = (BTreeSet::new(), Vec::new());
    for id in ids_of(head) {
        let sql = "SELECT thread FROM thread_link WHERE account = ?1 AND message_id = ?2";
        match tx.maybe(sql, params![account.0, id], |row| row.get(0).map(ThreadId))? {
            Some(thread) => _ = found.insert(thread),
            None => unknown.push(id),
        }
    }
    // Also where somebody refers to it already: a reply without references may have come before it, too.
    found.extend(by_subject(tx, account, head)?);
    let thread = match found.first() {
        Some(first) => *first,
        None => ThreadId(tx.insert("INSERT INTO thread (account) VALUES (?1)", [account.0])?),
    };
    if found.len() <= MERGE_LIMIT {
        for other in found.iter().skip(1) {
            merge(tx, thread, *other)?;
        }
    }
    // One id may stand in a header twice.
    let sql = "INSERT INTO thread_link (account, message_id, thread) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    for id in unknown {
        tx.run(sql, params![account.0, id, thread.0])?;
    }
    Ok(Assigned { thread, found })
}

fn ids_of(head: &Head) -> Vec<&str> {
    let references = &head.references;
    let skipped = references.len().saturating_sub(REFERENCE_LIMIT);
    let root = references.iter().take(usize::from(skipped > 0));
    let ids = head.message_id.iter().chain(root).chain(references.iter().skip(skipped));
    ids.map(|id| id.0.as_str()).filter(|id| !id.is_empty()).collect()
}

fn by_subject(tx: &ReadTx<'_>, account: AccountId, head: &Head) -> Result<Option<ThreadId>> {
    if head.subject_key.is_empty() || !head.references.is_empty() {
        return Ok(None);
    }
    let sql = "SELECT thread, received, is_reply AND NOT has_references, from_list, to_list, cc_list FROM message \
        WHERE account = ?1 AND subject_key = ?2 AND subject_key <> '' AND received BETWEEN ?3 AND ?4 \
        ORDER BY received DESC LIMIT ?5";
    let (from, to) =
        (head.received.plus_ms(-SUBJECT_WINDOW_MS).0, head.received.plus_ms(SUBJECT_WINDOW_MS).0);
    let values = params![account.0, head.subject_key, from, to, SUBJECT_CANDIDATES];
    let candidates = tx.all(sql, values, |row| {
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
        Ok(Some((ThreadId(row.get(0)?), people)))
    })?;
    if candidates.iter().all(Option::is_none) {
        return Ok(None);
    }
    let own = crate::account::own_addresses(tx, account)?;
    let mine = participants([&head.from, &head.to, &head.cc].into_iter().flatten(), &own);
    let is_shared = |people: &Vec<Address>| !mine.is_disjoint(&participants(people.iter(), &own));
    let fitting = candidates.into_iter().flatten().find(|(_, people)| is_shared(people));
    Ok(fitting.map(|(thread, _)| thread))
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

/// Makes a thread one with the one that an id belongs to, or gives it the id where nobody has it yet.
pub(super) fn join(
    tx: &WriteTx<'_>,
    account: AccountId,
    thread: ThreadId,
    id: &MessageIdHeader,
) -> Result<()> {
    let sql = "SELECT thread FROM thread_link WHERE account = ?1 AND message_id = ?2";
    match tx.maybe(sql, params![account.0, id.0], |row| row.get(0).map(ThreadId))? {
        Some(known) if known == thread => Ok(()),
        Some(known) => merge(tx, known, thread),
        None => {
            let sql = "INSERT INTO thread_link (account, message_id, thread) VALUES (?1, ?2, ?3)";
            tx.run(sql, params![account.0, id.0, thread.0])?;
            Ok(())
        }
    }
}

/// Makes two threads one; `other` ends.
fn merge(tx: &WriteTx<'_>, into: ThreadId, other: ThreadId) -> Result<()> {
    let sql = "SELECT DISTINCT mailbox FROM placement WHERE thread IN (?1, ?2)";
    let mailboxes = tx.all(sql, [into.0, other.0], |row| row.get(0).map(MailboxId))?;
    tx.run("UPDATE message SET thread = ?1 WHERE thread = ?2", [into.0, other.0])?;
    tx.run("UPDATE placement SET thread = ?1 WHERE thread = ?2", [into.0, other.0])?;
    tx.run("UPDATE OR REPLACE thread_link SET thread = ?1 WHERE thread = ?2", [into.0, other.0])?;
    let touched =
        mailboxes.into_iter().flat_map(|mailbox| [(mailbox, into), (mailbox, other)]).collect();
    super::recount(tx, &touched)?;
    tx.run("DELETE FROM thread WHERE id = ?1", [other.0])?;
    tx.note(|changes| changes.thread(other));
    Ok(())
}
