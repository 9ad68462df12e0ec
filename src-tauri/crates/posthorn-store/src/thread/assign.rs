//! Which thread a new message belongs to.
//!
//! 1. Every `Message-ID` that a thread has or refers to points to it. A message joins the threads of its own id and
//!    of its references; several become one.
//! 2. A message without references joins by subject only when one of the two is a reply by its prefix, both have the
//!    same subject, they share a participant who is not the user, and they are near in time.
//! 3. Else it begins a thread.

use std::collections::BTreeSet;

use posthorn_model::{AccountId, MailboxId, MessageIdHeader, ThreadId};
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

/// Finds or makes the thread of a message that is about to be added.
pub(crate) fn assign(tx: &WriteTx<'_>, account: AccountId, head: &Head) -> Result<ThreadId> {
    let ids = ids_of(head);
    let mut found = BTreeSet::new();
    for id in &ids {
        let sql = "SELECT thread FROM thread_link WHERE account = ?1 AND message_id = ?2";
        found.extend(tx.maybe(sql, params![account.0, id], |row| row.get(0).map(ThreadId))?);
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
    let sql = "INSERT INTO thread_link (account, message_id, thread) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    for id in &ids {
        tx.run(sql, params![account.0, id, thread.0])?;
    }
    Ok(thread)
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
    let own = crate::account::own_addresses(tx, account)?;
    let mine = participants([&head.from, &head.to, &head.cc].into_iter().flatten(), &own);
    let sql = "SELECT thread, received, is_reply AND NOT has_references, from_list, to_list, cc_list FROM message \
        WHERE account = ?1 AND subject_key = ?2 AND subject_key <> '' AND received BETWEEN ?3 AND ?4 \
        ORDER BY received DESC LIMIT ?5";
    let (from, to) =
        (head.received.plus_ms(-SUBJECT_WINDOW_MS).0, head.received.plus_ms(SUBJECT_WINDOW_MS).0);
    let candidates =
        tx.all(sql, params![account.0, head.subject_key, from, to, SUBJECT_CANDIDATES], |row| {
            let lists = [row.get::<_, String>(3)?, row.get(4)?, row.get(5)?];
            Ok((ThreadId(row.get(0)?), row.get::<_, i64>(1)?, row.get::<_, bool>(2)?, lists))
        })?;
    for (thread, received, is_bare_reply, lists) in candidates {
        // The later of the two must be the reply.
        let fits = if received <= head.received.0 { head.has_reply_prefix } else { is_bare_reply };
        let addresses: Vec<_> = lists.iter().flat_map(|list| address_list::read(list)).collect();
        if fits && !mine.is_disjoint(&participants(addresses.iter(), &own)) {
            return Ok(Some(thread));
        }
    }
    Ok(None)
}

fn participants<'a>(
    addresses: impl Iterator<Item = &'a posthorn_model::Address>,
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
