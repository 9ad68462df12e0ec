//! Which positions a list holds: all of them, the first ones, or whether given ones are among them.
//!
//! Every statement walks an index of one mailbox; no list query scans the messages.

use std::collections::{HashMap, HashSet};

use posthorn_model::{MailboxId, Position, ThreadId};
use rusqlite::params;

use super::{Filter, Grouping, Sort, Source, ViewSpec};
use crate::error::Result;
use crate::tx::ReadTx;
use crate::{mailbox, search};

/// Hits of a search that are listed: nobody scrolls further, and the search can be narrowed.
const SEARCH_LIMIT: usize = 100_000;

pub(super) fn mailboxes(tx: &ReadTx<'_>, source: &Source) -> Result<Vec<MailboxId>> {
    match source {
        Source::Mailbox(id) => Ok(vec![*id]),
        Source::Unified(role) => mailbox::unified(tx, *role),
        Source::Search(_) => Ok(Vec::new()),
    }
}

/// Returns positions by time, in the direction of the sort (newest first where that is not by time).
pub(super) fn entries(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    limit: Option<usize>,
) -> Result<Vec<Position>> {
    let mut found: Vec<(Position, ThreadId)> = Vec::new();
    if let Source::Search(search) = &spec.source {
        // Hits come newest first: the oldest first are only known when all are.
        let at_most =
            if spec.sort == Sort::Oldest { SEARCH_LIMIT } else { limit.unwrap_or(SEARCH_LIMIT) };
        let hits = search::positions(tx, search, at_most.min(SEARCH_LIMIT))?;
        found.extend(hits.into_iter().map(|position| (position, ThreadId(position.0))));
    } else {
        // A conversation in two of the mailboxes takes two places before it is merged into one.
        let per_mailbox =
            limit.map_or(-1, |limit| limit.saturating_mul(2).min(i64::MAX as usize) as i64);
        for mailbox in mailboxes {
            let sql = walk(spec);
            found.extend(tx.all(&sql, [mailbox.0, per_mailbox], |row| {
                Ok((Position(row.get(0)?), ThreadId(row.get(1)?)))
            })?);
        }
    }
    if mailboxes.len() > 1 {
        merge(&mut found, spec);
    } else if spec.sort == Sort::Oldest && matches!(spec.source, Source::Search(_)) {
        found.reverse();
    }
    let mut positions: Vec<Position> = found.into_iter().map(|(position, _)| position).collect();
    positions.truncate(limit.unwrap_or(usize::MAX));
    Ok(positions)
}

/// The statement for one mailbox: `?1` mailbox, `?2` rows (-1 = all).
pub(super) fn walk(spec: &ViewSpec) -> String {
    let direction = if spec.sort == Sort::Oldest { "ASC" } else { "DESC" };
    match spec.grouping {
        Grouping::Messages => format!(
            "SELECT position, 0 FROM placement WHERE mailbox = ?1 AND {} ORDER BY position {direction} LIMIT ?2",
            visible(spec.filter)
        ),
        Grouping::Threads => format!(
            "SELECT latest, thread FROM thread_mailbox WHERE mailbox = ?1{} ORDER BY latest {direction} LIMIT ?2",
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

/// Brings several mailboxes together: each message once, each conversation once at its newest place.
fn merge(found: &mut Vec<(Position, ThreadId)>, spec: &ViewSpec) {
    match spec.grouping {
        Grouping::Messages => {
            let mut known = HashSet::new();
            found.retain(|(position, _)| known.insert(*position));
        }
        Grouping::Threads => {
            let mut newest: HashMap<ThreadId, Position> = HashMap::new();
            for (position, thread) in found.iter() {
                let entry = newest.entry(*thread).or_insert(*position);
                *entry = (*entry).max(*position);
            }
            found.retain(|(position, thread)| newest.get(thread) == Some(position));
            found.dedup();
        }
    }
    if spec.sort == Sort::Oldest {
        found.sort_unstable();
    } else {
        found.sort_unstable_by(|one, other| other.cmp(one));
    }
    found.dedup();
}

/// Returns which of these positions are rows of the list.
pub(super) fn members(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    asked: &[Position],
) -> Result<HashSet<Position>> {
    if let Source::Search(search) = &spec.source {
        return Ok(search::fitting(tx, search, asked)?.into_iter().collect());
    }
    let mut members = HashSet::new();
    for position in asked {
        let is_member = match spec.grouping {
            Grouping::Messages => has_message(tx, spec.filter, mailboxes, *position)?,
            Grouping::Threads => has_thread(tx, spec.filter, mailboxes, *position)?,
        };
        if is_member {
            members.insert(*position);
        }
    }
    Ok(members)
}

fn has_message(
    tx: &ReadTx<'_>,
    filter: Filter,
    mailboxes: &[MailboxId],
    position: Position,
) -> Result<bool> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM placement WHERE mailbox = ?1 AND position = ?2 AND {})",
        visible(filter)
    );
    for mailbox in mailboxes {
        if tx.one(&sql, [mailbox.0, position.0], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_thread(
    tx: &ReadTx<'_>,
    filter: Filter,
    mailboxes: &[MailboxId],
    position: Position,
) -> Result<bool> {
    let at = format!(
        "SELECT thread FROM thread_mailbox WHERE mailbox = ?1 AND latest = ?2{}",
        counted(filter)
    );
    let newest = format!(
        "SELECT latest FROM thread_mailbox WHERE mailbox = ?1 AND thread = ?2{}",
        counted(filter)
    );
    for mailbox in mailboxes {
        let Some(thread) = tx.maybe(&at, [mailbox.0, position.0], |row| row.get::<_, i64>(0))?
        else {
            continue;
        };
        let mut is_newest = true;
        for other in mailboxes.iter().filter(|other| *other != mailbox) {
            let there = tx.maybe(&newest, params![other.0, thread], |row| row.get::<_, i64>(0))?;
            is_newest &= there.is_none_or(|latest| latest <= position.0);
        }
        if is_newest {
            return Ok(true);
        }
    }
    Ok(false)
}
