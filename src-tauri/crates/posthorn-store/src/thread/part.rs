//! Parts of conversations, as the user split and merged them: a tree whose roots are one thread each.
//!
//! *Whole* parts are conversations as they were when the user first touched them, *pieces* were split off from such a part
//! or from another piece: links are in these two. *Split* holds the pieces of one splitting, *merged* what was merged.
//! Everything that the user does gives parts another parent and nothing else, so that each step has a way back, and what
//! joins a conversation later takes part in it: it is in the part of what it answers.
//!
//! Where everything was taken back, nothing holds a conversation together or apart: it is arranged only in the log, for a
//! way forward again, and what comes treats it like any other ([`forget`]).
//!
//! Invariants: a part without a parent is one thread and a thread has one such part, or none ([`super::link`]). A piece's
//! parent is older than it, or holds pieces; no part is inside itself.

use std::collections::BTreeSet;

use posthorn_model::{AccountId, MailboxId, MessageId, ThreadId};
use rusqlite::params;

use super::link::{self, KEY};
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// Conversations that are merged by one step: the user looked at each of them.
const MERGE_LIMIT: usize = 100;
/// Parts above one another that are walked: each was made by hand.
const DEPTH_LIMIT: usize = 1000;

/// All parts inside one, and itself.
const TREE: &str = "WITH RECURSIVE tree (id) AS (SELECT ?1 UNION \
    SELECT thread_part.id FROM thread_part JOIN tree ON thread_part.parent = tree.id)";

/// Identifies a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(pub i64);

/// A part that gets another parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartMove {
    /// The part.
    pub part: PartId,
    /// Its parent before; absent = none.
    pub from: Option<PartId>,
    /// Its parent after; absent = none.
    pub to: Option<PartId>,
}

/// How much of a conversation is split off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitReach {
    /// The message alone.
    Message,
    /// The message and what came after it.
    FromHere,
}

/// What the user did to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arranged {
    /// It was split off from another one.
    Split,
    /// Something was split off from it.
    Rest,
    /// It was merged from several.
    Merged,
}

/// A step that was found out and not done yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Whose conversations.
    pub(crate) account: AccountId,
    /// What moves.
    pub(crate) moves: Vec<PartMove>,
    /// Messages that are split off, or conversations that are merged, joined or parted.
    pub(crate) count: u64,
}

/// Returns what the user did to a conversation; absent where that is nothing, or was taken back.
pub fn arranged(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Option<Arranged>> {
    let Some(root) = root_of(tx, thread)? else { return Ok(None) };
    Ok(match kind(tx, root)?.as_str() {
        "split" => Some(Arranged::Split),
        "merged" => Some(Arranged::Merged),
        _ => (!split_off(tx, root)?.is_empty()).then_some(Arranged::Rest),
    })
}

/// Tells whether the user's hand still shows in the conversation of a part: it was split off, merged, or something of it
/// is elsewhere.
pub(super) fn is_firm(tx: &ReadTx<'_>, part: PartId) -> Result<bool> {
    let root = root(tx, part)?;
    if kind(tx, root)? != "whole" {
        return Ok(true);
    }
    let sql = format!(
        "{TREE} SELECT EXISTS (SELECT 1 FROM tree JOIN thread_part AS piece ON piece.origin = tree.id \
           WHERE piece.id NOT IN (SELECT id FROM tree))"
    );
    tx.one(&sql, [root.0], |row| row.get(0))
}

/// Forgets the parts of a conversation in which the user's hand does not show any more; nothing where it does, or never
/// did. Steps of the log that moved these parts have no way back then.
pub(super) fn forget(tx: &WriteTx<'_>, thread: ThreadId) -> Result<()> {
    let Some(part) = link::part_of(tx, thread)? else { return Ok(()) };
    if is_firm(tx, part)? {
        return Ok(());
    }
    let root = root(tx, part)?;
    // Messages without an id have a link only where a conversation is arranged.
    let sql = format!(
        "{TREE} DELETE FROM thread_link WHERE part <> 0 AND part IN tree AND message_id LIKE ' %'"
    );
    tx.run(&sql, [root.0])?;
    let sql = format!("{TREE} UPDATE thread_link SET part = 0 WHERE part <> 0 AND part IN tree");
    tx.run(&sql, [root.0])?;
    tx.run(&format!("{TREE} DELETE FROM thread_part WHERE id IN tree"), [root.0])?;
    Ok(())
}

/// Plans to split messages off. Fails where nothing that can be seen would be left.
pub(crate) fn split(tx: &WriteTx<'_>, message: MessageId, reach: SplitReach) -> Result<Plan> {
    let sql = format!("SELECT account, thread, position, {KEY} FROM message WHERE id = ?1");
    let found = tx.maybe(&sql, [message.0], |row| {
        Ok((AccountId(row.get(0)?), ThreadId(row.get(1)?), row.get(2)?, row.get(3)?))
    })?;
    let (account, thread, position, key): (_, _, i64, String) =
        found.ok_or(Error::NotFound("message"))?;
    let sql = format!(
        "SELECT DISTINCT {KEY} FROM message WHERE thread = ?1 AND (?2 AND position >= ?3 OR {KEY} = ?4)"
    );
    let is_rest = reach == SplitReach::FromHere;
    let keys: BTreeSet<String> = tx
        .all(&sql, params![thread.0, is_rest, position, key], |row| row.get(0))?
        .into_iter()
        .collect();
    let sql = format!(
        "SELECT {KEY} FROM message WHERE thread = ?1 AND EXISTS ( \
           SELECT 1 FROM placement WHERE placement.message = message.id AND is_hidden = 0)"
    );
    let seen: Vec<String> = tx.all(&sql, [thread.0], |row| row.get(0))?;
    if seen.iter().all(|key| keys.contains(key)) {
        return Err(Error::Invalid("nothing of the conversation would be left"));
    }
    let count = seen.iter().filter(|key| keys.contains(*key)).count() as u64;
    arrange(tx, account, thread)?;
    let holder = make(tx, account, "split", None)?;
    let mut moves: Vec<PartMove> = Vec::new();
    for key in &keys {
        let Some(origin) = link::find(tx, account, key)?.and_then(|link| link.part) else {
            continue;
        };
        let piece = match moves.iter().find(|step| step.from == Some(origin)) {
            Some(step) => step.part,
            None => make(tx, account, "piece", Some(origin))?,
        };
        if !moves.iter().any(|step| step.part == piece) {
            tx.run("UPDATE thread_part SET parent = ?2 WHERE id = ?1", [piece.0, origin.0])?;
            moves.push(PartMove { part: piece, from: Some(origin), to: Some(holder) });
        }
        let sql = "UPDATE thread_link SET part = ?3 WHERE account = ?1 AND message_id = ?2";
        tx.run(sql, params![account.0, key, piece.0])?;
    }
    Ok(Plan { account, moves, count })
}

/// Plans to make several conversations one. Fails for those of different accounts, and where there are not two.
pub(crate) fn merge(tx: &WriteTx<'_>, threads: &BTreeSet<ThreadId>) -> Result<Plan> {
    if threads.len() < 2 {
        return Err(Error::Invalid("two or more conversations make one"));
    }
    if threads.len() > MERGE_LIMIT {
        return Err(Error::Invalid("a hundred conversations at most are made one at once"));
    }
    let mut accounts = BTreeSet::new();
    for thread in threads {
        let sql = "SELECT account FROM thread WHERE id = ?1";
        let account = tx.maybe(sql, [thread.0], |row| row.get(0).map(AccountId))?;
        accounts.insert(account.ok_or(Error::NotFound("conversation"))?);
    }
    let (Some(account), 1) = (accounts.first().copied(), accounts.len()) else {
        return Err(Error::Invalid("conversations of different accounts stay apart"));
    };
    let holder = make(tx, account, "merged", None)?;
    let mut moves = Vec::new();
    for thread in threads {
        let part = arrange(tx, account, *thread)?;
        moves.push(PartMove { part, from: None, to: Some(holder) });
    }
    Ok(Plan { account, moves, count: threads.len() as u64 })
}

/// Plans to take back what the user did to a conversation: pieces go back to where they were split off from, and what
/// was merged goes apart.
pub(crate) fn restore(tx: &WriteTx<'_>, thread: ThreadId) -> Result<(Arranged, Plan)> {
    let nothing = || Error::NotFound("change of the conversation");
    let what = arranged(tx, thread)?.ok_or_else(nothing)?;
    let root = root_of(tx, thread)?.ok_or_else(nothing)?;
    let account = tx.one("SELECT account FROM thread_part WHERE id = ?1", [root.0], |row| {
        row.get(0).map(AccountId)
    })?;
    let moves = match what {
        Arranged::Split => rejoined(tx, root)?,
        Arranged::Merged => children(tx, root)?
            .into_iter()
            .map(|(part, _)| PartMove { part, from: Some(root), to: None })
            .collect(),
        Arranged::Rest => {
            let mut moves = Vec::new();
            for holder in split_off(tx, root)? {
                moves.extend(rejoined(tx, holder)?);
            }
            moves
        }
    };
    if moves.is_empty() {
        return Err(nothing());
    }
    let count = moves.len() as u64;
    Ok((what, Plan { account, moves, count }))
}

fn rejoined(tx: &ReadTx<'_>, holder: PartId) -> Result<Vec<PartMove>> {
    let pieces = children(tx, holder)?.into_iter();
    let back = |(part, origin)| PartMove { part, from: Some(holder), to: origin };
    Ok(pieces.filter(|(_, origin)| origin.is_some()).map(back).collect())
}

/// Gives parts their new parents, and brings the threads in line. Fails, and changes nothing, where one has another parent
/// by now than the step says.
pub(crate) fn shift(tx: &WriteTx<'_>, account: AccountId, moves: &[PartMove]) -> Result<()> {
    let mut roots = BTreeSet::new();
    for step in moves {
        roots.insert(root(tx, step.part)?);
        let sql = "UPDATE thread_part SET parent = ?3 WHERE id = ?1 AND parent IS ?2";
        let ids = params![step.part.0, step.from.map(|id| id.0), step.to.map(|id| id.0)];
        if tx.run(sql, ids)? == 0 {
            return Err(Error::NotUndoable("the conversation was changed again since"));
        }
    }
    for step in moves {
        roots.insert(root(tx, step.part)?);
    }
    // What was one before may be inside another now.
    let roots: BTreeSet<PartId> =
        roots.into_iter().map(|part| root(tx, part)).collect::<Result<_>>()?;
    settle(tx, account, &roots)
}

/// Puts everything of a thread into parts, and returns the one that is the conversation.
fn arrange(tx: &WriteTx<'_>, account: AccountId, thread: ThreadId) -> Result<PartId> {
    if let Some(root) = root_of(tx, thread)? {
        return Ok(root);
    }
    let part = make(tx, account, "whole", None)?;
    link::pin(tx, thread, part)?;
    Ok(part)
}

fn make(
    tx: &WriteTx<'_>,
    account: AccountId,
    kind: &str,
    origin: Option<PartId>,
) -> Result<PartId> {
    let sql = "INSERT INTO thread_part (account, kind, origin) VALUES (?1, ?2, ?3)";
    Ok(PartId(tx.insert(sql, params![account.0, kind, origin.map(|id| id.0)])?))
}

fn kind(tx: &ReadTx<'_>, part: PartId) -> Result<String> {
    tx.one("SELECT kind FROM thread_part WHERE id = ?1", [part.0], |row| row.get(0))
}

fn root(tx: &ReadTx<'_>, part: PartId) -> Result<PartId> {
    let mut at = part;
    for _ in 0..DEPTH_LIMIT {
        let sql = "SELECT parent FROM thread_part WHERE id = ?1";
        match tx.one(sql, [at.0], |row| row.get::<_, Option<i64>>(0))? {
            Some(parent) => at = PartId(parent),
            None => break,
        }
    }
    Ok(at)
}

fn root_of(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Option<PartId>> {
    link::part_of(tx, thread)?.map(|part| root(tx, part)).transpose()
}

/// Returns a part's children with where each was split off from.
fn children(tx: &ReadTx<'_>, part: PartId) -> Result<Vec<(PartId, Option<PartId>)>> {
    let sql = "SELECT id, origin FROM thread_part WHERE parent = ?1 ORDER BY id";
    tx.all(sql, [part.0], |row| {
        Ok((PartId(row.get(0)?), row.get::<_, Option<i64>>(1)?.map(PartId)))
    })
}

/// Returns the conversations that hold nothing but what was split off from this one.
fn split_off(tx: &ReadTx<'_>, root: PartId) -> Result<Vec<PartId>> {
    let sql = format!(
        "{TREE} SELECT DISTINCT holder.id FROM tree JOIN thread_part AS piece ON piece.origin = tree.id \
           JOIN thread_part AS holder ON holder.id = piece.parent \
         WHERE holder.kind = 'split' AND holder.parent IS NULL AND holder.id <> ?1 ORDER BY holder.id"
    );
    tx.all(&sql, [root.0], |row| row.get(0).map(PartId))
}

/// Returns the threads that something of a part is in.
fn threads_of(tx: &ReadTx<'_>, part: PartId) -> Result<BTreeSet<ThreadId>> {
    let sql = format!(
        "{TREE} SELECT DISTINCT thread FROM thread_link JOIN tree ON thread_link.part = tree.id \
         WHERE thread_link.part <> 0"
    );
    Ok(tx.all(&sql, [part.0], |row| row.get(0).map(ThreadId))?.into_iter().collect())
}

fn mailboxes_of(
    tx: &ReadTx<'_>,
    threads: &BTreeSet<ThreadId>,
) -> Result<BTreeSet<(MailboxId, ThreadId)>> {
    let mut pairs = BTreeSet::new();
    for thread in threads {
        let sql = "SELECT DISTINCT mailbox FROM placement WHERE thread = ?1";
        let found = tx.all(sql, [thread.0], |row| row.get(0).map(MailboxId))?;
        pairs.extend(found.into_iter().map(|mailbox| (mailbox, *thread)));
    }
    Ok(pairs)
}

/// Gives each of these parts, which have no parent, a thread of its own: the oldest that it is in, if no other has that.
fn settle(tx: &WriteTx<'_>, account: AccountId, roots: &BTreeSet<PartId>) -> Result<()> {
    let mut threads = BTreeSet::new();
    let mut homes: Vec<(PartId, ThreadId)> = Vec::new();
    for root in roots {
        let now = threads_of(tx, *root)?;
        if now.is_empty() {
            continue;
        }
        let free =
            now.iter().find(|thread| !homes.iter().any(|(_, taken)| taken == *thread)).copied();
        let home = match free {
            Some(thread) => thread,
            None => ThreadId(tx.insert("INSERT INTO thread (account) VALUES (?1)", [account.0])?),
        };
        homes.push((*root, home));
        threads.extend(now);
    }
    let mut touched = mailboxes_of(tx, &threads)?;
    for (root, home) in &homes {
        for thread in threads.iter().filter(|thread| *thread != home) {
            carry(tx, *root, *thread, *home)?;
        }
        threads.insert(*home);
    }
    touched.extend(mailboxes_of(tx, &threads)?);
    super::recount(tx, &touched)?;
    for thread in threads {
        let sql = "DELETE FROM thread WHERE id = ?1 \
            AND NOT EXISTS (SELECT 1 FROM message WHERE thread = ?1) \
            AND NOT EXISTS (SELECT 1 FROM thread_link WHERE thread = ?1)";
        tx.run(sql, [thread.0])?;
        tx.note(|changes| changes.thread(thread));
    }
    Ok(())
}

/// Brings what is in a part from one thread to another.
fn carry(tx: &WriteTx<'_>, part: PartId, from: ThreadId, to: ThreadId) -> Result<()> {
    let ids = [part.0, from.0, to.0];
    let sql = format!(
        "{TREE} UPDATE message SET thread = ?3 WHERE thread = ?2 AND {KEY} IN ( \
           SELECT thread_link.message_id FROM thread_link JOIN tree ON thread_link.part = tree.id \
           WHERE thread_link.part <> 0 AND thread_link.account = message.account)"
    );
    tx.run(&sql, ids)?;
    let sql = "UPDATE placement SET thread = ?2 WHERE thread = ?1 \
        AND message IN (SELECT id FROM message WHERE thread = ?2)";
    tx.run(sql, [from.0, to.0])?;
    let sql = format!(
        "{TREE} UPDATE thread_link SET thread = ?3 WHERE thread = ?2 AND part <> 0 AND part IN tree"
    );
    tx.run(&sql, ids)?;
    Ok(())
}
