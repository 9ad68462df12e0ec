//! Lists that are not in time order, read along the index of their order.
//!
//! A long list shows its first window after looking at little more than that window: the index gives all messages in
//! the list's order, and those that are not in the list are passed by. What follows is read the same way, with the list's
//! positions in memory. A list that holds little of the mail is put in order by itself instead.

use posthorn_model::{MailboxId, Position};

use super::open::{Chunk, Edge};
use super::sort::{self, Key, Keyed};
use super::source::{self, Wanted};
use super::{Filter, Sort, Source, ViewSpec};
use crate::error::Result;
use crate::search;
use crate::tx::ReadTx;

/// A list is walked where it holds at least one of so many messages: passing one by costs that much less than asking
/// for the place of one.
const SPARSE: u64 = 16;
/// Windows that a list must be longer than to be opened along the index.
const WINDOWS: usize = 4;
/// Messages looked at for the first window, in windows; where the list's rows are all at the far end, it is read whole.
const LOOKS: usize = 16;

/// A row behind which the walk goes on.
#[derive(Clone, Debug)]
pub(super) struct After {
    key: Key,
    position: Position,
}

impl After {
    /// Returns the last row's position.
    pub(super) fn position(&self) -> Position {
        self.position
    }
}

/// Returns the first rows of a long list; absent where it is to be read whole.
pub(super) fn first(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    limit: usize,
) -> Result<Option<Chunk>> {
    if matches!(spec.source, Source::Search(_) | Source::FollowUps)
        || spec.filter != Filter::default()
    {
        return Ok(None);
    }
    let mut rows = 0;
    for id in mailboxes {
        let sql = "SELECT total FROM mailbox WHERE id = ?1";
        rows +=
            tx.maybe(sql, [id.0], |row| row.get::<_, i64>(0))?.unwrap_or_default().unsigned_abs();
    }
    let is_long = rows > (limit as u64).saturating_mul(WINDOWS as u64);
    if !is_long || is_sparse(tx, rows)? {
        return Ok(None);
    }
    let member = source::Membership::of(tx, spec, mailboxes)?;
    let (mut entries, mut unread, mut looks) = (Vec::with_capacity(limit), Vec::new(), 0);
    let mut last = None;
    walk(tx, spec.sort, None, |key, position| {
        looks += 1;
        if let Some(is_unread) = member.has(tx, position)? {
            entries.push(position);
            unread.extend(is_unread.then_some(position));
        }
        let is_enough = entries.len() >= limit || looks >= limit.saturating_mul(LOOKS);
        if is_enough {
            last = Some(After { key: key()?, position });
        }
        Ok(!is_enough)
    })?;
    let is_given_up = last.is_some() && entries.len() < limit;
    Ok((!is_given_up).then(|| Chunk::new(entries, unread, last.map(Edge::Ordered))))
}

/// Reads all rows behind one.
pub(super) fn rest(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    after: &After,
) -> Result<Chunk> {
    let rows = source::stretch(tx, spec, mailboxes, Wanted::ALL)?.rows;
    along(tx, spec.sort, &rows, Some(after))
}

/// Puts rows, newest first, in another order: those that are few by themselves, of which only the first `limit` are in
/// order; many along the index.
pub(super) fn put(
    tx: &ReadTx<'_>,
    sort: Sort,
    rows: Vec<(Position, bool)>,
    limit: usize,
) -> Result<Chunk> {
    if rows.len() <= limit || is_sparse(tx, rows.len() as u64)? {
        let rows: Vec<Keyed> = sort::keyed(tx, sort, rows)?;
        return Ok(Chunk::chosen(rows, sort, limit));
    }
    along(tx, sort, &rows, None)
}

fn along(
    tx: &ReadTx<'_>,
    sort: Sort,
    rows: &[(Position, bool)],
    after: Option<&After>,
) -> Result<Chunk> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut unread = Vec::new();
    walk(tx, sort, after, |_, position| {
        let found = rows.binary_search_by(|(other, _)| position.cmp(other)).ok();
        if let Some((position, is_unread)) = found.and_then(|index| rows.get(index)) {
            entries.push(*position);
            unread.extend(is_unread.then_some(*position));
        }
        Ok(true)
    })?;
    Ok(Chunk::new(entries, unread, None))
}

fn is_sparse(tx: &ReadTx<'_>, rows: u64) -> Result<bool> {
    Ok(rows.saturating_mul(SPARSE) < search::messages(tx)?)
}

/// The statements of an order: from its beginning, among equals behind a row (`?1` key, `?2` position), behind those.
fn statements(sort: Sort) -> [&'static str; 3] {
    match sort {
        Sort::Sender => [
            "SELECT position, sender_key FROM message INDEXED BY message_by_sender ORDER BY sender_key, position DESC",
            "SELECT position, sender_key FROM message INDEXED BY message_by_sender \
             WHERE sender_key = ?1 AND position < ?2 ORDER BY position DESC",
            "SELECT position, sender_key FROM message INDEXED BY message_by_sender \
             WHERE sender_key > ?1 ORDER BY sender_key, position DESC",
        ],
        Sort::Subject => [
            "SELECT position, subject_key FROM message INDEXED BY message_by_subject_key \
             ORDER BY subject_key, position DESC",
            "SELECT position, subject_key FROM message INDEXED BY message_by_subject_key \
             WHERE subject_key = ?1 AND position < ?2 ORDER BY position DESC",
            "SELECT position, subject_key FROM message INDEXED BY message_by_subject_key \
             WHERE subject_key > ?1 ORDER BY subject_key, position DESC",
        ],
        Sort::Size | Sort::Newest | Sort::Oldest => [
            "SELECT position, size FROM message INDEXED BY message_by_size ORDER BY size DESC, position DESC",
            "SELECT position, size FROM message INDEXED BY message_by_size \
             WHERE size = ?1 AND position < ?2 ORDER BY position DESC",
            "SELECT position, size FROM message INDEXED BY message_by_size \
             WHERE size < ?1 ORDER BY size DESC, position DESC",
        ],
    }
}

/// Goes along all messages in an order, from its beginning or behind a row, while the visitor says true. It is given a
/// way to the row's key, which most visits do not need.
fn walk(
    tx: &ReadTx<'_>,
    sort: Sort,
    after: Option<&After>,
    mut visit: impl FnMut(&dyn Fn() -> Result<Key>, Position) -> Result<bool>,
) -> Result<()> {
    let [all, equal, behind] = statements(sort);
    let mut go = |sql: &str, values: &[rusqlite::types::Value]| -> Result<bool> {
        let mut statement = tx.statement(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let key = || Ok(sort::read(sort, row, 1)?);
            if !visit(&key, Position(row.get(0)?))? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let Some(after) = after else { return go(all, &[]).map(drop) };
    let key = after.key.value();
    if go(equal, &[key.clone(), after.position.0.into()])? {
        go(behind, &[key])?;
    }
    Ok(())
}
