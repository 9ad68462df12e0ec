//! Which positions a list holds: some of them from a place on, or whether given ones are among them.
//!
//! Every statement walks an index of one mailbox; no list query scans the messages.

use std::collections::HashMap;

use posthorn_model::{MailboxId, Position, ThreadId};
use rusqlite::params;
use tokio::time::Instant;

use super::{Filter, Grouping, Sort, Source, ViewSpec};
use crate::error::Result;
use crate::follow_up;
use crate::mailbox;
use crate::search::{self, Way};
use crate::tx::ReadTx;

pub(super) fn mailboxes(tx: &ReadTx<'_>, source: &Source) -> Result<Vec<MailboxId>> {
    match source {
        Source::Mailbox(id) => Ok(vec![*id]),
        Source::Unified(role) => mailbox::unified(tx, *role),
        Source::FollowUps | Source::Search(_) => Ok(Vec::new()),
    }
}

/// A stretch of a list, by time.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// Rows in the list's direction; true = something in it is not read.
    pub(super) rows: Vec<(Position, bool)>,
    /// Where the next stretch begins (inclusive); absent = that was all.
    pub(super) rest: Option<Position>,
}

/// How much of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Where to begin (inclusive); absent = at the list's beginning.
    pub(super) from: Option<Position>,
    /// Rows, about; several mailboxes give more.
    pub(super) limit: usize,
    /// A search stops here; what it found until then is the stretch.
    pub(super) until: Option<Instant>,
}

impl Wanted {
    /// The whole list.
    pub(super) const ALL: Self = Self { from: None, limit: usize::MAX, until: None };
}

fn way(sort: Sort) -> Way {
    if sort == Sort::Oldest { Way::Up } else { Way::Down }
}

/// Reads a stretch by time, in the direction of the sort (newest first where that is not by time).
pub(super) fn stretch(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    wanted: Wanted,
) -> Result<Stretch> {
    let way = way(spec.sort);
    if let Source::Search(search) = &spec.source {
        let hits = search::walk(tx, search, way, wanted.from, wanted.limit, wanted.until)?;
        return Ok(Stretch { rows: hits.found, rest: hits.rest });
    }
    if spec.source == Source::FollowUps {
        return Ok(Stretch { rows: unanswered(tx, spec, way, wanted)?, rest: None });
    }
    let sql = walk(spec);
    let limit = i64::try_from(wanted.limit).unwrap_or(-1);
    let from = wanted.from.map_or(if way == Way::Up { 0 } else { i64::MAX }, |at| at.0);
    let siblings = siblings_in(tx, spec, mailboxes)?;
    let mut found: Vec<Mark> = Vec::new();
    // How far each mailbox was read; the least far of them bounds the stretch.
    let mut bound: Option<i64> = None;
    for mailbox in mailboxes {
        let others = siblings.get(mailbox).map(Vec::as_slice).unwrap_or_default();
        let (mut count, mut last) = (0, None);
        let mut statement = tx.statement(&sql)?;
        let mut rows = statement.query([mailbox.0, limit, from])?;
        while let Some(row) = rows.next()? {
            let at: i64 = row.get(0)?;
            (count, last) = (count + 1, Some(way.key(at)));
            let mut placed = Placed { thread: ThreadId(row.get(1)?), is_unread: row.get(2)? };
            if others.is_empty() || is_newest(tx, spec.filter, others, at, &mut placed)? {
                found.push(Mark::new(way.key(at), placed.is_unread));
            }
        }
        if limit >= 0 && count >= limit {
            bound = bound.max(last);
        }
    }
    if mailboxes.len() > 1 {
        found.retain(|mark| bound.is_none_or(|bound| mark.key() >= bound));
        merge(&mut found);
    }
    let rows = found.into_iter().map(|mark| (Position(way.key(mark.key())), mark.is_unread()));
    Ok(Stretch { rows: rows.collect(), rest: bound.map(|bound| Position(way.key(bound - 1))) })
}

/// A row of a stretch in eight bytes, since there may be a million of them: its key, and whether something there is not
/// read. They sort as their keys do; of equal keys the unread one is the larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark(i64);

impl Mark {
    fn new(key: i64, is_unread: bool) -> Self {
        Self((key << 1) | i64::from(is_unread))
    }

    fn key(self) -> i64 {
        self.0 >> 1
    }

    fn is_unread(self) -> bool {
        self.0 & 1 == 1
    }
}

/// What is to be followed up, from a place on: so few that a window is all of them.
fn unanswered(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    way: Way,
    wanted: Wanted,
) -> Result<Vec<(Position, bool)>> {
    let mut rows = Vec::new();
    for position in follow_up::due_positions(tx)? {
        let is_behind = wanted.from.is_none_or(|from| way.key(position.0) <= way.key(from.0));
        if let Some(is_unread) = shown(tx, spec.filter, position)?.filter(|_| is_behind) {
            rows.push((position, is_unread));
        }
    }
    if way == Way::Up {
        rows.reverse();
    }
    Ok(rows)
}

/// Returns whether a message is unread, wherever it is; absent where the filter leaves it out.
fn shown(tx: &ReadTx<'_>, filter: Filter, position: Position) -> Result<Option<bool>> {
    let sql = format!(
        "SELECT MAX(is_seen = 0) FROM placement WHERE position = ?1 AND {}",
        visible(filter)
    );
    tx.one(&sql, [position.0], |row| row.get(0))
}

#[derive(Clone, Copy, Debug)]
struct Placed {
    thread: ThreadId,
    is_unread: bool,
}

/// The statement for one mailbox: `?1` mailbox, `?2` rows (-1 = all), `?3` where to begin.
pub(super) fn walk(spec: &ViewSpec) -> String {
    let (comparison, direction) = match way(spec.sort) {
        Way::Up => (">=", "ASC"),
        Way::Down => ("<=", "DESC"),
    };
    match spec.grouping {
        Grouping::Messages => format!(
            "SELECT position, 0, is_seen = 0 FROM placement WHERE mailbox = ?1 AND position {comparison} ?3 AND {} \
             ORDER BY position {direction} LIMIT ?2",
            visible(spec.filter)
        ),
        Grouping::Threads => format!(
            "SELECT latest, thread, unread > 0 FROM thread_mailbox WHERE mailbox = ?1 AND latest {comparison} ?3{} \
             ORDER BY latest {direction} LIMIT ?2",
            counted(spec.filter)
        ),
    }
}

fn visible(filter: Filter) -> String {
    let mut condition = "is_deleted = 0 AND is_leaving = 0".to_owned();
    if filter.only_unread {
        condition.push_str(" AND is_seen = 0");
    }
    if filter.only_starred {
        condition.push_str(" AND is_flagged = 1");
    }
    if filter.only_files {
        condition.push_str(
            " AND (SELECT has_attachments FROM message INDEXED BY message_facts \
               WHERE message.position = placement.position) = 1",
        );
    }
    condition
}

fn counted(filter: Filter) -> &'static str {
    match (filter.only_unread, filter.only_starred, filter.only_files) {
        (false, false, false) => "",
        (true, false, false) => " AND unread > 0",
        (false, true, false) => " AND flagged > 0",
        (false, false, true) => " AND files > 0",
        (true, true, false) => " AND unread > 0 AND flagged > 0",
        (true, false, true) => " AND unread > 0 AND files > 0",
        (false, true, true) => " AND flagged > 0 AND files > 0",
        (true, true, true) => " AND unread > 0 AND flagged > 0 AND files > 0",
    }
}

/// Brings several mailboxes together: each place once, unread where one of them says so.
fn merge(found: &mut Vec<Mark>) {
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.dedup_by_key(|mark| mark.key());
}

/// Returns the mailboxes that share conversations with others of a list: only those of one account do, and most lists look
/// into one of each.
fn siblings_in(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
) -> Result<HashMap<MailboxId, Vec<MailboxId>>> {
    if spec.grouping == Grouping::Messages || mailboxes.len() < 2 {
        return Ok(HashMap::new());
    }
    siblings(tx, mailboxes)
}

/// Returns for each mailbox the others of its account that the list looks into too.
fn siblings(
    tx: &ReadTx<'_>,
    mailboxes: &[MailboxId],
) -> Result<HashMap<MailboxId, Vec<MailboxId>>> {
    let mut owners = Vec::with_capacity(mailboxes.len());
    for id in mailboxes {
        let sql = "SELECT account FROM mailbox WHERE id = ?1";
        owners.push((*id, tx.maybe(sql, [id.0], |row| row.get::<_, i64>(0))?));
    }
    let of = |(id, owner): &(MailboxId, Option<i64>)| {
        let others = owners.iter().filter(|other| other.0 != *id && other.1 == *owner);
        (*id, others.map(|other| other.0).collect())
    };
    Ok(owners.iter().map(of).collect())
}

/// Returns whether none of the other mailboxes shows the conversation at a newer place; learns what is unread there.
fn is_newest(
    tx: &ReadTx<'_>,
    filter: Filter,
    others: &[MailboxId],
    at: i64,
    placed: &mut Placed,
) -> Result<bool> {
    let sql = format!(
        "SELECT latest, unread > 0 FROM thread_mailbox WHERE mailbox = ?1 AND thread = ?2{}",
        counted(filter)
    );
    for other in others {
        let there = tx.maybe(&sql, params![other.0, placed.thread.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })?;
        if let Some((latest, is_unread)) = there {
            if latest > at {
                return Ok(false);
            }
            placed.is_unread |= is_unread;
        }
    }
    Ok(true)
}

/// Returns which of these positions are rows of the list; true = something in it is not read.
pub(super) fn members(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    asked: &[Position],
) -> Result<HashMap<Position, bool>> {
    if let Source::Search(search) = &spec.source {
        return Ok(search::fitting(tx, search, asked)?.into_iter().collect());
    }
    if spec.source == Source::FollowUps {
        let rows = unanswered(tx, spec, Way::Down, Wanted::ALL)?;
        return Ok(rows.into_iter().filter(|row| asked.contains(&row.0)).collect());
    }
    let membership = Membership::of(tx, spec, mailboxes)?;
    let mut members = HashMap::new();
    for position in asked {
        if let Some(is_unread) = membership.has(tx, *position)? {
            members.insert(*position, is_unread);
        }
    }
    Ok(members)
}

/// Looks single positions up in a list of mailboxes.
pub(super) struct Membership<'a> {
    filter: Filter,
    mailboxes: &'a [MailboxId],
    /// Absent in a list of messages.
    siblings: Option<HashMap<MailboxId, Vec<MailboxId>>>,
    sql: String,
}

impl<'a> Membership<'a> {
    pub(super) fn of(tx: &ReadTx<'_>, spec: &ViewSpec, mailboxes: &'a [MailboxId]) -> Result<Self> {
        let (filter, is_threads) = (spec.filter, spec.grouping == Grouping::Threads);
        let siblings = is_threads.then(|| siblings(tx, mailboxes)).transpose()?;
        let sql = if is_threads {
            format!(
                "SELECT thread, unread > 0 FROM thread_mailbox WHERE mailbox = ?1 AND latest = ?2{}",
                counted(filter)
            )
        } else {
            format!(
                "SELECT is_seen = 0 FROM placement WHERE mailbox = ?1 AND position = ?2 AND {}",
                visible(filter)
            )
        };
        Ok(Self { filter, mailboxes, siblings, sql })
    }

    /// Returns whether something at a position is not read; absent where it is no row of the list.
    pub(super) fn has(&self, tx: &ReadTx<'_>, position: Position) -> Result<Option<bool>> {
        match &self.siblings {
            None => self.has_message(tx, position),
            Some(siblings) => self.has_thread(tx, siblings, position),
        }
    }

    fn has_message(&self, tx: &ReadTx<'_>, position: Position) -> Result<Option<bool>> {
        let mut unread = None;
        for mailbox in self.mailboxes {
            let here = tx.maybe(&self.sql, [mailbox.0, position.0], |row| row.get::<_, bool>(0))?;
            unread = unread.max(here);
        }
        Ok(unread)
    }

    fn has_thread(
        &self,
        tx: &ReadTx<'_>,
        siblings: &HashMap<MailboxId, Vec<MailboxId>>,
        position: Position,
    ) -> Result<Option<bool>> {
        for mailbox in self.mailboxes {
            let found = tx.maybe(&self.sql, [mailbox.0, position.0], |row| {
                Ok(Placed { thread: ThreadId(row.get(0)?), is_unread: row.get(1)? })
            })?;
            let Some(mut placed) = found else { continue };
            let others = siblings.get(mailbox).map(Vec::as_slice).unwrap_or_default();
            if is_newest(tx, self.filter, others, position.0, &mut placed)? {
                return Ok(Some(placed.is_unread));
            }
        }
        Ok(None)
    }
}
