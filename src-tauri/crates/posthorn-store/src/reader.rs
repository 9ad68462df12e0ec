//! A few read-only connections, lent to closures on blocking threads.
//!
//! Invariants: a connection is `query_only`; each closure runs inside one deferred transaction, so that it sees one
//! state; a read that nobody waits for any more is interrupted (that is how a search is cancelled: drop its future).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, InterruptHandle, OpenFlags};
use tokio::sync::Semaphore;

use crate::connection;
use crate::error::{Error, Result};

/// Connections per database: a list, a search and a background look can run side by side.
const CONNECTION_LIMIT: usize = 4;

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

/// Interrupts its read when the one who waits for it goes away.
///
/// The worker takes the handle out before it gives the connection back, so that no other read is hit.
struct Interrupter(Arc<Mutex<Option<InterruptHandle>>>);

impl Drop for Interrupter {
    fn drop(&mut self) {
        if let Some(handle) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            handle.interrupt();
        }
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
        let connection = pool.take()?;
        let handle = Arc::new(Mutex::new(Some(connection.get_interrupt_handle())));
        let interrupter = Interrupter(handle.clone());
        let work = tokio::task::spawn_blocking(move || {
            let result = in_transaction(&connection, job);
            handle.lock().unwrap_or_else(PoisonError::into_inner).take();
            pool.put_back(connection);
            drop(permit);
            result
        });
        let result = work.await.map_err(|_| Error::Closed)?;
        drop(interrupter);
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
