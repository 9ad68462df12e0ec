//! Sets of positions as streams, newest first, that can be asked for *the next at or below*.
//!
//! Each source of hits is one; AND, OR and NOT are made of them. So a search for the newest fifty reads little more
//! than fifty hits, and a rare word leads a common one past everything between its hits.

use std::collections::VecDeque;

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::error::Result;
use crate::tx::ReadTx;

/// Rows read at first from a source; enough for one screen.
const FIRST_CHUNK: i64 = 128;
/// Rows read at once later.
const LAST_CHUNK: i64 = 16_384;

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
    chunk: i64,
    buffer: VecDeque<i64>,
    /// Everything at or below this was not read yet; absent = nothing is left.
    unread: Option<i64>,
}

impl Rows {
    pub(super) fn new(sql: String, values: Vec<Value>) -> Self {
        Self { sql, values, chunk: FIRST_CHUNK, buffer: VecDeque::new(), unread: Some(i64::MAX) }
    }

    fn seek(&mut self, tx: &ReadTx<'_>, at: i64) -> Result<Option<i64>> {
        loop {
            if self.buffer.back().is_some_and(|last| *last <= at) {
                let skipped = self.buffer.partition_point(|position| *position > at);
                self.buffer.drain(..skipped);
                return Ok(self.buffer.front().copied());
            }
            self.buffer.clear();
            let Some(unread) = self.unread else { return Ok(None) };
            self.fill(tx, unread.min(at))?;
        }
    }

    fn fill(&mut self, tx: &ReadTx<'_>, from: i64) -> Result<()> {
        let bounds = [Value::Integer(from), Value::Integer(self.chunk)];
        let values = bounds.into_iter().chain(self.values.iter().cloned());
        let rows: Vec<i64> = tx.all(&self.sql, params_from_iter(values), |row| row.get(0))?;
        let is_last = (rows.len() as i64) < self.chunk;
        self.unread = if is_last { None } else { rows.last().map(|last| last - 1) };
        self.buffer = rows.into();
        self.chunk = (self.chunk * 4).min(LAST_CHUNK);
        Ok(())
    }
}

impl Stream {
    /// Returns the largest member that is at most `at`. Calls must not rise.
    pub(super) fn seek(&mut self, tx: &ReadTx<'_>, at: i64) -> Result<Option<i64>> {
        match self {
            Self::Rows(rows) => rows.seek(tx, at),
            Self::And(members) => all(tx, members, at),
            Self::Or(members) => {
                let mut best = None;
                for member in members {
                    best = best.max(member.seek(tx, at)?);
                }
                Ok(best)
            }
            Self::Except(wanted, unwanted) => {
                let mut at = at;
                while let Some(found) = wanted.seek(tx, at)? {
                    if unwanted.seek(tx, found)? != Some(found) {
                        return Ok(Some(found));
                    }
                    at = found - 1;
                }
                Ok(None)
            }
            Self::Between(low, high) => Ok(Some(at.min(*high)).filter(|found| found >= low)),
            Self::Nothing => Ok(None),
        }
    }
}

/// Lets the members lead each other down until they agree.
fn all(tx: &ReadTx<'_>, members: &mut [Stream], at: i64) -> Result<Option<i64>> {
    let mut at = at;
    'lower: loop {
        for member in members.iter_mut() {
            match member.seek(tx, at)? {
                None => return Ok(None),
                Some(found) if found < at => {
                    at = found;
                    continue 'lower;
                }
                Some(_) => {}
            }
        }
        return Ok(Some(at));
    }
}
