//! Sets of positions as streams, newest first, that can be asked for *the next at or below*.
//!
//! Each source of hits is one; AND, OR and NOT are made of them. So a search for the newest fifty reads little more
//! than fifty hits, and a rare word leads a common one past everything between its hits.
//!
//! A stream falls. To walk oldest first ([`Way::Up`]) it holds negative positions; nothing else differs.

use std::cell::Cell;
use std::collections::VecDeque;

use rusqlite::params_from_iter;
use rusqlite::types::Value;
use tokio::time::Instant;

use crate::error::Result;
use crate::tx::ReadTx;

/// Rows read at first from a source: one screen, and about what asking once more costs.
const FIRST_CHUNK: i64 = 128;
/// Rows read after a jump: who is led by something rare needs one of them.
const JUMP_CHUNK: i64 = 8;
/// Rows read at once later.
const LAST_CHUNK: i64 = 16_384;
/// The same where somebody waits for the first hits: a look into a source cannot be cut short, and this one takes a
/// millisecond or two.
const LAST_AWAITED_CHUNK: i64 = 4096;
/// SQLite's way of saying without a limit.
const ALL: i64 = -1;
/// Steps between two looks at the clock: each is a few microseconds at most, the look is not free either.
const STEPS_PER_LOOK: u32 = 32;

/// Which end of the time a walk begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Newest first.
    Down,
    /// Oldest first.
    Up,
}

impl Way {
    /// Turns a position into a member of the streams, and back.
    pub(crate) fn key(self, position: i64) -> i64 {
        match self {
            Self::Down => position,
            Self::Up => -position,
        }
    }
}

/// A read, and until when it may go on.
#[derive(Debug)]
pub(super) struct Walk<'a, 'b> {
    tx: &'a ReadTx<'b>,
    until: Option<Instant>,
    steps: Cell<u32>,
    is_over: Cell<bool>,
}

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn new(tx: &'a ReadTx<'b>, until: Option<Instant>) -> Self {
        Self { tx, until, steps: Cell::new(0), is_over: Cell::new(false) }
    }

    /// Returns whether its time is over: what a stream answered then counts for nothing.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.get()
    }

    fn step(&self) -> bool {
        self.steps.set(self.steps.get().wrapping_add(1));
        if self.steps.get().is_multiple_of(STEPS_PER_LOOK) {
            self.goes_on()
        } else {
            !self.is_over.get()
        }
    }

    /// Looks at the clock.
    fn goes_on(&self) -> bool {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            self.is_over.set(true);
        }
        !self.is_over.get()
    }
}

/// A set of positions.
#[derive(Debug)]
pub(super) enum Stream {
    /// Rows of a statement.
    Rows(Rows),
    /// In all of them.
    And(Vec<Stream>),
    /// In any of them.
    Or(Vec<Stream>),
    /// In the first and not in the second.
    Except(Box<Stream>, Box<Stream>),
    /// Within bounds (both inclusive); everything between, whether a message is there or not.
    Between(i64, i64),
    /// These, falling.
    Fixed(Vec<i64>),
    /// Nothing.
    Nothing,
}

/// Rows of one statement, read in growing chunks.
#[derive(Debug)]
pub(super) struct Rows {
    /// One column of positions, falling; `?1` is the upper bound (inclusive), `?2` the number of rows.
    sql: String,
    /// Values from `?3` on.
    values: Vec<Value>,
    /// See [`Stream::rank`].
    rank: u8,
    /// The source puts all its rows together before it gives the first: it is asked twice at most.
    is_merged: bool,
    chunk: i64,
    /// What the rows of the last chunk spanned.
    span: i64,
    buffer: VecDeque<i64>,
    /// Everything at or below this was not read yet; absent = nothing is left.
    unread: Option<i64>,
}

impl Rows {
    /// Rows of `sql`; for `rank` see [`Stream::rank`].
    pub(super) fn new(sql: String, values: Vec<Value>, rank: u8) -> Self {
        Self {
            sql,
            values,
            rank,
            is_merged: false,
            chunk: FIRST_CHUNK,
            span: i64::MAX,
            buffer: VecDeque::new(),
            unread: Some(i64::MAX),
        }
    }

    /// Says that the source merges all its rows before it gives the first.
    pub(super) fn merged(self) -> Self {
        Self { is_merged: true, ..self }
    }

    fn seek(&mut self, walk: &Walk<'_, '_>, at: i64) -> Result<Option<i64>> {
        loop {
            if self.buffer.back().is_some_and(|last| *last <= at) {
                let skipped = self.buffer.partition_point(|position| *position > at);
                self.buffer.drain(..skipped);
                return Ok(self.buffer.front().copied());
            }
            self.buffer.clear();
            let Some(unread) = self.unread else { return Ok(None) };
            // Led by something rare: the next jump passes by most of a large chunk.
            if unread != i64::MAX && unread.saturating_sub(at) > self.span {
                self.chunk = JUMP_CHUNK;
            }
            if self.is_merged && unread != i64::MAX {
                self.chunk = ALL;
            }
            // What a source gives at once is taken in any case.
            if unread != i64::MAX && !walk.goes_on() {
                return Ok(None);
            }
            self.fill(walk.tx, unread.min(at))?;
            let last = if walk.until.is_some() { LAST_AWAITED_CHUNK } else { LAST_CHUNK };
            self.chunk = (self.chunk * 4).min(last);
        }
    }

    fn fill(&mut self, tx: &ReadTx<'_>, from: i64) -> Result<()> {
        let bounds = [Value::Integer(from), Value::Integer(self.chunk)];
        let values = bounds.into_iter().chain(self.values.iter().cloned());
        let rows: Vec<i64> = tx.all(&self.sql, params_from_iter(values), |row| row.get(0))?;
        let is_last = self.chunk == ALL || (rows.len() as i64) < self.chunk;
        self.unread = if is_last { None } else { rows.last().map(|last| last - 1) };
        self.span = from.saturating_sub(rows.last().copied().unwrap_or(from));
        self.buffer = rows.into();
        Ok(())
    }
}

impl Stream {
    /// Returns the largest member that is at most `at`. Calls must not rise. Where the walk's time is over meanwhile,
    /// the answer counts for nothing.
    pub(super) fn seek(&mut self, walk: &Walk<'_, '_>, at: i64) -> Result<Option<i64>> {
        match self {
            Self::Rows(rows) => rows.seek(walk, at),
            Self::And(members) => all(walk, members, at),
            Self::Or(members) => {
                let mut best = None;
                for member in members {
                    best = best.max(member.seek(walk, at)?);
                }
                Ok(best)
            }
            Self::Except(wanted, unwanted) => {
                let mut at = at;
                while let Some(found) = wanted.seek(walk, at)?
                    && walk.step()
                {
                    if unwanted.seek(walk, found)? != Some(found) {
                        return Ok(Some(found));
                    }
                    at = found - 1;
                }
                Ok(None)
            }
            Self::Between(low, high) => Ok(Some(at.min(*high)).filter(|found| found >= low)),
            Self::Fixed(keys) => {
                let above = keys.partition_point(|key| *key > at);
                Ok(keys.get(above).copied())
            }
            Self::Nothing => Ok(None),
        }
    }

    /// Returns how soon it should be asked among others: what knows its next member at once comes before what has to
    /// look through what does not fit.
    fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Between(..) => 1,
            Self::Fixed(_) => 2,
            Self::Rows(rows) => rows.rank,
            Self::And(members) => members.iter().map(Self::rank).min().unwrap_or_default(),
            Self::Or(members) => members.iter().map(Self::rank).max().unwrap_or_default(),
            Self::Except(wanted, _) => wanted.rank(),
        }
    }

    /// Joins with AND; what leads best comes first.
    pub(super) fn and(mut members: Vec<Self>) -> Self {
        members.sort_by_key(Self::rank);
        Self::And(members)
    }
}

/// Lets the members lead each other down until they agree.
fn all(walk: &Walk<'_, '_>, members: &mut [Stream], at: i64) -> Result<Option<i64>> {
    let mut at = at;
    'lower: loop {
        for member in members.iter_mut() {
            match member.seek(walk, at)? {
                None => return Ok(None),
                Some(found) if found < at => {
                    at = found;
                    if !walk.step() {
                        return Ok(None);
                    }
                    continue 'lower;
                }
                Some(_) => {}
            }
        }
        return Ok(Some(at));
    }
}
