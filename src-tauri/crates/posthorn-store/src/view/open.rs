//! Opening a list: whole, or its first window with the rest behind it.
//!
//! A list by time is read from its beginning on and knows where it stopped (its *edge*). The other orders have an index
//! each, along which a long list is read ([`order`]); of a short one every row is looked at, but only the first window is
//! put in order before it is shown.
//!
//! Reading on needs no hold of the list: [`View::seam`] says what is missing, [`read_on`] reads it, [`View::append`] puts it
//! in, unless the list was read anew meanwhile. What changes behind the edge in between is remembered and asked again.

use std::collections::BTreeSet;
use std::sync::Arc;

use posthorn_model::{MailboxId, Position};
use tokio::time::Instant;

use super::order::{self, After};
use super::sort::{self, Keyed};
use super::source::{self, Wanted};
use super::{Delta, Sort, View, ViewSpec};
use crate::error::Result;
use crate::tx::ReadTx;

/// What is behind the rows that are known.
#[derive(Clone, Debug)]
pub(super) enum Edge {
    /// The next position to look at (inclusive), in the list's direction.
    At(Position),
    /// Rows that are known but not in order yet; all come after those that are.
    Unsorted(Arc<Vec<Keyed>>),
    /// The last row that is known, in an order that has an index.
    Ordered(After),
}

impl Edge {
    /// Tells one edge of a list from another.
    fn mark(&self) -> i64 {
        match self {
            Self::At(position) => position.0,
            Self::Unsorted(_) => i64::MIN,
            Self::Ordered(after) => after.position().0,
        }
    }
}

/// What must be known to read a list on.
#[derive(Clone, Debug)]
pub struct Seam {
    spec: ViewSpec,
    mailboxes: Vec<MailboxId>,
    edge: Edge,
    reading: u64,
}

/// Rows that follow those that are known.
#[derive(Clone, Debug)]
pub struct Chunk {
    reading: u64,
    mark: i64,
    entries: Vec<Position>,
    unread: Vec<Position>,
    edge: Option<Edge>,
}

/// What reading on brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown {
    /// What to tell.
    pub delta: Delta,
    /// Positions that changed while they were not known: to be touched again.
    pub positions: BTreeSet<Position>,
}

/// Opens a list whole.
pub fn open(tx: &ReadTx<'_>, spec: &ViewSpec) -> Result<View> {
    open_window(tx, spec, usize::MAX, None)
}

/// Opens a list with its first rows: about `limit` (never fewer, unless there are no more or the moment `until` has come,
/// which only searches heed).
pub fn open_window(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    limit: usize,
    until: Option<Instant>,
) -> Result<View> {
    let mailboxes = source::mailboxes(tx, &spec.source)?;
    let wanted = Wanted { from: None, limit, until };
    let chunk = if spec.sort.is_by_time() {
        by_time(tx, spec, &mailboxes, wanted)?
    } else if let Some(chunk) = order::first(tx, spec, &mailboxes, limit)? {
        chunk
    } else {
        let rows = source::stretch(tx, spec, &mailboxes, Wanted::ALL)?.rows;
        order::put(tx, spec.sort, rows, limit)?
    };
    Ok(View {
        spec: spec.clone(),
        mailboxes,
        entries: chunk.entries,
        unread: falling(chunk.unread),
        version: 1,
        reading: 0,
        edge: chunk.edge,
        deferred: BTreeSet::new(),
    })
}

/// Reads on behind an edge: about `limit` rows, a search not longer than until the moment.
pub fn read_on(
    tx: &ReadTx<'_>,
    seam: &Seam,
    limit: usize,
    until: Option<Instant>,
) -> Result<Chunk> {
    let chunk = match &seam.edge {
        Edge::At(position) => {
            let wanted = Wanted { from: Some(*position), limit, until };
            by_time(tx, &seam.spec, &seam.mailboxes, wanted)?
        }
        Edge::Unsorted(rest) => Chunk::chosen(rest.as_ref().clone(), seam.spec.sort, usize::MAX),
        Edge::Ordered(after) => order::rest(tx, &seam.spec, &seam.mailboxes, after)?,
    };
    Ok(Chunk { reading: seam.reading, mark: seam.edge.mark(), ..chunk })
}

fn by_time(
    tx: &ReadTx<'_>,
    spec: &ViewSpec,
    mailboxes: &[MailboxId],
    wanted: Wanted,
) -> Result<Chunk> {
    let stretch = source::stretch(tx, spec, mailboxes, wanted)?;
    let unread = stretch.rows.iter().filter(|row| row.1).map(|row| row.0).collect();
    // Not of the rows themselves: the list would keep their room, which is twice its own.
    let entries = stretch.rows.iter().map(|row| row.0).collect();
    Ok(Chunk::new(entries, unread, stretch.rest.map(Edge::At)))
}

impl Chunk {
    /// Rows in order, of which some are not read, and what is behind them.
    pub(super) fn new(entries: Vec<Position>, unread: Vec<Position>, edge: Option<Edge>) -> Self {
        Self { reading: 0, mark: 0, entries, unread, edge }
    }

    /// Puts the first `limit` rows in order; the others follow them in any.
    pub(super) fn chosen(mut rows: Vec<Keyed>, sort: Sort, limit: usize) -> Self {
        let order = |one: &Keyed, other: &Keyed| {
            sort::compare(sort, (&one.key, one.position), (&other.key, other.position))
        };
        let mut rest = Vec::new();
        if limit < rows.len() {
            rows.select_nth_unstable_by(limit, order);
            rest = rows.split_off(limit);
        }
        rows.sort_unstable_by(order);
        let unread = rows.iter().filter(|row| row.is_unread).map(|row| row.position).collect();
        let entries = rows.into_iter().map(|row| row.position).collect();
        Self::new(entries, unread, (!rest.is_empty()).then(|| Edge::Unsorted(Arc::new(rest))))
    }
}

/// Puts the positions of unread rows in the order in which they are kept.
pub(super) fn falling(mut positions: Vec<Position>) -> Vec<Position> {
    positions.sort_unstable_by(|one, other| other.cmp(one));
    positions
}

impl View {
    /// Returns what is to be read on; absent where the list is whole.
    pub fn seam(&self) -> Option<Seam> {
        let edge = self.edge.clone()?;
        let (spec, mailboxes) = (self.spec.clone(), self.mailboxes.clone());
        Some(Seam { spec, mailboxes, edge, reading: self.reading })
    }

    /// Returns whether a position lies where the list's rows are known.
    pub(super) fn reaches(&self, position: Position) -> bool {
        match &self.edge {
            None => true,
            Some(Edge::At(edge)) if self.spec.sort == Sort::Oldest => position < *edge,
            Some(Edge::At(edge)) => position > *edge,
            Some(Edge::Unsorted(_) | Edge::Ordered(_)) => false,
        }
    }

    /// Puts rows behind those that are known. Rows that were read behind another edge are left out.
    pub fn append(&mut self, chunk: Chunk) -> Grown {
        let is_ours = self.edge.as_ref().is_some_and(|edge| edge.mark() == chunk.mark);
        if !is_ours || self.reading != chunk.reading {
            return Grown { delta: Delta::Unchanged, positions: BTreeSet::new() };
        }
        let is_told = !chunk.entries.is_empty() || chunk.edge.is_none();
        self.entries.extend(chunk.entries);
        self.unread.extend(chunk.unread);
        self.unread = falling(std::mem::take(&mut self.unread));
        self.edge = chunk.edge;
        let deferred = std::mem::take(&mut self.deferred);
        let (positions, behind) =
            deferred.into_iter().partition(|position| self.reaches(*position));
        self.deferred = behind;
        if !is_told {
            return Grown { delta: Delta::Unchanged, positions };
        }
        self.version += 1;
        let delta = Delta::Grown { version: self.version, len: self.len() };
        Grown { delta, positions }
    }
}
