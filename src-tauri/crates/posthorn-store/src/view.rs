//! Lists on screen.
//!
//! A [`View`] holds the sorted positions of its rows, 8 bytes each; a position names a message (in a list of
//! conversations: the newest visible one of the conversation there). The first window comes straight from the index
//! ([`open_window`]), the rest behind it ([`read_on`]), what rows show by position ([`rows`]).
//!
//! After changes, [`refresh`] asks the database again about the positions that they name and about nothing else, so a
//! late or repeated change does no harm. A view's version advances only with a delta that was handed over.

mod delta;
mod open;
mod order;
mod row;
mod sort;
mod source;

use std::collections::BTreeSet;
use std::ops::Range;

use posthorn_model::{MailboxId, MailboxRole, Position};

use self::open::Edge;
use crate::change::Change;
use crate::search::Search;

pub use delta::{Delta, refresh};
pub use open::{Chunk, Grown, Seam, open, open_window, read_on};
pub use row::{Row, rows, rows_in};

/// Changed rows in one delta; more are a reset, so that a first synchronisation does not make the list restless.
pub const DELTA_LIMIT: usize = 1000;

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// One mailbox.
    Mailbox(MailboxId),
    /// The mailboxes with this role of all enabled accounts.
    Unified(MailboxRole),
    /// Sent messages that nobody answered in time ([`crate::follow_up`]); always single messages.
    FollowUps,
    /// What a search finds; always single messages.
    Search(Search),
}

/// What one row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// A conversation.
    Threads,
    /// A message.
    Messages,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By time, newest first.
    #[default]
    Newest,
    /// By time, oldest first.
    Oldest,
    /// By the sender's name, then newest first.
    Sender,
    /// By subject without reply prefixes, then newest first.
    Subject,
    /// By size, largest first, then newest first.
    Size,
}

impl Sort {
    /// Returns whether positions alone say the order.
    pub(crate) fn is_by_time(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }
}

/// What is left out. Nothing set = nothing left out. Not for searches, which say it in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Only what is not read.
    pub only_unread: bool,
    /// Only what is starred.
    pub only_starred: bool,
    /// Only what has attachments.
    pub only_files: bool,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewSpec {
    /// What it shows.
    pub source: Source,
    /// What one row is.
    pub grouping: Grouping,
    /// What is left out.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
}

/// A list that is open.
#[derive(Clone, Debug)]
pub struct View {
    spec: ViewSpec,
    /// Mailboxes that it looks into; empty for a search and for what is to be followed up.
    mailboxes: Vec<MailboxId>,
    /// Invariant: in the order of `spec.sort`, each once.
    entries: Vec<Position>,
    /// Those of them in which something is not read. Invariant: falling.
    unread: Vec<Position>,
    version: u64,
    /// How often the list was read anew: what was read on for an earlier reading does not fit.
    reading: u64,
    /// What is behind the entries; absent = nothing.
    edge: Option<Edge>,
    /// What changed behind the edge.
    deferred: BTreeSet<Position>,
}

impl View {
    /// Returns what it is a list of.
    pub fn spec(&self) -> &ViewSpec {
        &self.spec
    }

    /// Returns the mailboxes that it looks into; empty for a search and for what is to be followed up.
    pub fn mailboxes(&self) -> &[MailboxId] {
        &self.mailboxes
    }

    /// Returns whether all rows are known; where not, [`View::seam`] leads to the others.
    pub fn is_whole(&self) -> bool {
        self.edge.is_none()
    }

    /// Returns in how many of the known rows something is not read.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Returns how many rows are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no row is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the version: 1 when it was opened, one more with each delta.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns all known positions in order.
    pub fn entries(&self) -> &[Position] {
        &self.entries
    }

    /// Returns the positions of a window; shorter, or empty, where the list ends.
    pub fn window(&self, range: Range<usize>) -> &[Position] {
        let end = range.end.min(self.entries.len());
        self.entries.get(range.start.min(end)..end).unwrap_or_default()
    }

    /// Returns at which index a position is, absent where it is not in the list.
    pub fn index_of(&self, position: Position) -> Option<usize> {
        match self.spec.sort {
            Sort::Newest => self.entries.binary_search_by(|entry| position.cmp(entry)).ok(),
            Sort::Oldest => self.entries.binary_search(&position).ok(),
            Sort::Sender | Sort::Subject | Sort::Size => {
                self.entries.iter().position(|entry| *entry == position)
            }
        }
    }
}

/// What a batch of changes means for open lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Positions to ask about again.
    pub positions: BTreeSet<Position>,
    /// Positions whose words changed; for searches.
    pub searchable: BTreeSet<Position>,
    /// The set of accounts changed, or which of them are switched on.
    pub is_structure_changed: bool,
    /// Mailboxes changed, perhaps what they are for: a unified folder may consist of others.
    pub are_mailboxes_changed: bool,
    /// Changes were missed: everything is to be looked at.
    pub is_everything: bool,
}

impl Touched {
    /// Adds what a batch of changes touched. Several batches can be gathered, for at most ten refreshes a second.
    pub fn add(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Rows(positions) => self.positions.extend(positions),
                Change::Searchable(positions) => self.searchable.extend(positions),
                Change::Accounts(_) => self.is_structure_changed = true,
                Change::Mailboxes(_) => self.are_mailboxes_changed = true,
                _ => {}
            }
        }
    }

    /// Returns whether there is nothing to refresh.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
            && self.searchable.is_empty()
            && !self.is_structure_changed
            && !self.are_mailboxes_changed
            && !self.is_everything
    }

    /// Takes over what another one gathered.
    pub fn absorb(&mut self, other: Self) {
        self.positions.extend(other.positions);
        self.searchable.extend(other.searchable);
        self.is_structure_changed |= other.is_structure_changed;
        self.are_mailboxes_changed |= other.are_mailboxes_changed;
        self.is_everything |= other.is_everything;
    }
}
