//! The two handles that the table modules work on. A [`ReadTx`] cannot write; a [`WriteTx`] can also read.
//!
//! Invariants: one is only ever lent to a closure, so no transaction is held over an await. A `WriteTx` is inside
//! a transaction or savepoint of its own: when the closure fails, nothing of it remains.

use std::cell::RefCell;
use std::ops::Deref;

use posthorn_model::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use crate::change::ChangeSet;
use crate::error::Result;

/// A consistent look at the index.
#[derive(Debug)]
pub struct ReadTx<'a> {
    connection: &'a Connection,
    now: Timestamp,
}

impl<'a> ReadTx<'a> {
    pub(crate) fn new(connection: &'a Connection, now: Timestamp) -> Self {
        Self { connection, now }
    }

    /// Returns the time at which the transaction began.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn statement(&self, sql: &str) -> Result<CachedStatement<'_>> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Returns the only row; `NotFound` where there is none.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        Ok(self.statement(sql)?.query_row(values, read)?)
    }

    /// Returns the first row, absent where there is none.
    pub(crate) fn maybe<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.statement(sql)?.query_row(values, read).optional()?)
    }

    /// Returns all rows.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.statement(sql)?;
        let rows = statement.query_map(values, read)?;
        Ok(rows.collect::<rusqlite::Result<Vec<T>>>()?)
    }
}

/// A write in progress; reads what it wrote.
#[derive(Debug)]
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
    changes: &'a RefCell<ChangeSet>,
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        now: Timestamp,
        changes: &'a RefCell<ChangeSet>,
    ) -> Self {
        Self { read: ReadTx::new(connection, now), changes }
    }

    /// Runs one statement and returns how many rows it changed.
    pub(crate) fn run(&self, sql: &str, values: impl Params) -> Result<usize> {
        Ok(self.statement(sql)?.execute(values)?)
    }

    /// Runs one INSERT and returns the new row's id.
    pub(crate) fn insert(&self, sql: &str, values: impl Params) -> Result<i64> {
        Ok(self.statement(sql)?.insert(values)?)
    }

    /// Notes what changed.
    pub(crate) fn note(&self, note: impl FnOnce(&mut ChangeSet)) {
        note(&mut self.changes.borrow_mut());
    }
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}
