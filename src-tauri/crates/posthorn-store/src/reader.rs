//! A few read-only connections, lent to closures on blocking threads.
//!
//! Invariants: a connection is `query_only`; each closure runs inside one deferred transaction, so that it sees one
//! state; a read that nobody waits for any more ends soon, or never begins (that is how a search is cancelled: drop its
//! future).
//!
//! A read is ended by a flag that SQLite looks at every so many steps, not by `sqlite3_interrupt`: that one does nothing
//! between two statements, and a list that was closed right after it was opened would be read to its end, four of them at
//! once, while the next one waits for a connection.

use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::connection;
use crate::error::{Error, Result};

/// Connections per database: a list, a search and a background look can run side by side.
const CONNECTION_LIMIT: usize = 4;
/// Steps of SQLite's machine between two looks at whether somebody still waits: some tens of microseconds.
const STEPS_PER_LOOK: c_int = 1000;

/// Read-only connections to one database.
#[derive(Clone, Debug)]
pub(crate) struct Readers(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    path: PathBuf,
    attached: Option<PathBuf>,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

/// Says to its read that the one who waited for it went away.
struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Readers {
    /// Prepares readers; connections open when they are first needed. `attached` is known as `words` in their SQL.
    pub(crate) fn new(path: &Path, attached: Option<&Path>) -> Self {
        Self(Arc::new(Pool {
            path: path.to_owned(),
            attached: attached.map(Path::to_owned),
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(CONNECTION_LIMIT)),
        }))
    }

    /// Runs `job` on one of the connections, in a read transaction.
    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let permit = self.0.permits.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let pool = self.0.clone();
        let mut connection = pool.take()?;
        let is_left = Arc::new(AtomicBool::new(false));
        let waiter = Waiter(is_left.clone());
        let work = tokio::task::spawn_blocking(move || {
            let result = watched(&mut connection, is_left, job);
            pool.put_back(connection);
            drop(permit);
            result
        });
        let result = work.await.map_err(|_| Error::Closed)?;
        drop(waiter);
        result
    }

    /// Runs `job` on a connection here and now, for a writer thread that must look into another database.
    pub(crate) fn with<T>(&self, job: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let connection = self.0.take()?;
        let result = in_transaction(&connection, job);
        self.0.put_back(connection);
        result
    }

    /// Closes idle connections and lends no more.
    pub(crate) fn close(&self) {
        self.0.permits.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Pool {
    fn take(&self) -> Result<Connection> {
        if let Some(connection) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection::tune_reader(&connection, self.attached.as_deref())?;
        Ok(connection)
    }

    fn put_back(&self, connection: Connection) {
        if connection.is_autocommit() && !self.permits.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// Runs a job until it is done or left alone.
fn watched<T>(
    connection: &mut Connection,
    is_left: Arc<AtomicBool>,
    job: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    if is_left.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    connection.progress_handler(STEPS_PER_LOOK, Some(move || is_left.load(Ordering::Relaxed)))?;
    let result = in_transaction(connection, job);
    // The next read of this connection is another one's.
    connection.progress_handler(0, None::<fn() -> bool>)?;
    result
}

fn in_transaction<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    connection.execute_batch("BEGIN")?;
    let result = job(connection);
    // A read has nothing to lose by a rollback; after an interrupt the transaction may be gone already.
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    result
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::Readers;
    use crate::error::Error;

    /// Counts for ever.
    const ENDLESS: &str =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n";

    #[tokio::test]
    async fn a_read_that_nobody_waits_for_ends_whenever_it_is_left() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let readers = Readers::new(file.path(), None);
        let (told, ended) = mpsc::channel();
        // Left before its first statement, where an interrupt would be lost.
        let (begun, waiting) = tokio::sync::oneshot::channel();
        let (go, going) = mpsc::channel();
        let read = readers.run(move |connection| {
            begun.send(()).unwrap();
            going.recv().unwrap();
            let found = connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0));
            told.send(found.map_err(Error::from)).unwrap();
            Ok(())
        });
        {
            let mut read = std::pin::pin!(read);
            tokio::select! {
                biased;
                _ = &mut read => unreachable!("it waits for us"),
                found = waiting => found.unwrap(),
            }
        }
        go.send(()).unwrap();
        let outcome = tokio::task::spawn_blocking(move || ended.recv().unwrap()).await.unwrap();
        assert_eq!(outcome, Err(Error::Interrupted));
        // Whoever reads next is not hit: all connections, each of them more than one look long.
        let sum = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000) SELECT SUM(i) FROM n";
        for _ in 0..2 * super::CONNECTION_LIMIT {
            let sum = readers.run(move |connection| {
                Ok(connection.query_row(sum, [], |row| row.get::<_, i64>(0))?)
            });
            assert_eq!(sum.await, Ok(40_504_500));
            assert!(readers.with(|connection| Ok(connection.is_autocommit())) == Ok(false));
        }
    }
}
