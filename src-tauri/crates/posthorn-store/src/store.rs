//! The whole store: three databases, their writers and readers, and the stream of changes.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use posthorn_model::Clock;
use tokio::sync::broadcast;

use crate::body::Bodies;
use crate::change::Change;
use crate::connection::{self, Durability};
use crate::error::{Error, OpenError, Result};
use crate::paths::Paths;
use crate::reader::Readers;
use crate::schema;
use crate::search::Index;
use crate::tx::{ReadTx, WriteTx};
use crate::writer::Writer;

/// Batches of changes that a slow listener may lag behind; one who lags more is told so and looks at everything again.
const CHANGE_LIMIT: usize = 1024;

/// One profile's store. Cheap to clone; all clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    changes: broadcast::Sender<Arc<[Change]>>,
    writer: Mutex<Option<Writer>>,
    readers: Readers,
    bodies: Bodies,
    search: Index,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens the store, or makes it; older formats are brought forward, newer ones refused untouched.
    ///
    /// Blocks (file work): call it from a blocking thread. The caller holds the profile's lock.
    pub fn open(paths: &Paths, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        connection::stop_counting_memory();
        let index = connection::open_writer(&paths.index, &schema::INDEX, Durability::Full)?;
        let bodies = connection::open_writer(&paths.bodies, &schema::BODIES, Durability::Full)?;
        let words =
            connection::open_writer(&paths.search, &schema::SEARCH, Durability::Rebuildable)?;
        crate::search::prepare_writer(&words)
            .map_err(|cause| OpenError::Unusable { file: schema::SEARCH.file, cause })?;
        crate::body::remove_unfinished(&paths.body_files);
        crate::body::remove_old_partials(&paths.body_files, clock.now());
        let unusable = |cause| OpenError::Unusable { file: schema::INDEX.file, cause };
        let (changes, _) = broadcast::channel(CHANGE_LIMIT);
        let announce = || -> crate::writer::OnCommit {
            let sender = changes.clone();
            // Nobody listening is fine.
            Box::new(move |batch: Vec<Change>| drop(sender.send(batch.into())))
        };
        let (writer, index_thread) =
            Writer::start("posthorn-index", index, clock.clone(), announce()).map_err(unusable)?;
        let (body_writer, body_thread) =
            Writer::start("posthorn-bodies", bodies, clock.clone(), announce())
                .map_err(unusable)?;
        let (word_writer, word_thread) =
            Writer::start("posthorn-words", words, clock.clone(), announce()).map_err(unusable)?;
        let readers = Readers::new(&paths.index, Some(&paths.search));
        let inner = Inner {
            bodies: Bodies::new(
                body_writer,
                Readers::new(&paths.bodies, None),
                paths.body_files.clone(),
            ),
            search: Index::new(word_writer),
            readers,
            clock,
            changes,
            writer: Mutex::new(Some(writer)),
            threads: Mutex::new(vec![index_thread, body_thread, word_thread]),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `job` in a write transaction; resolves once the commit is durable.
    ///
    /// Many jobs share one transaction, of which each can be taken back by itself: an error undoes this job alone. A job
    /// that was queued runs even when the future is dropped. Keep jobs short: other writers wait.
    pub async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&WriteTx<'_>) -> Result<T> + Send + 'static,
    {
        let writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let writer = writer.ok_or(Error::Closed)?;
        writer
            .run(move |connection, now, changes: &RefCell<_>| {
                job(&WriteTx::new(connection, now, changes))
            })
            .await
    }

    /// Runs `job` in a read transaction on a blocking thread; dropping the future interrupts its queries.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&ReadTx<'_>) -> Result<T> + Send + 'static,
    {
        let now = self.inner.clock.now();
        self.inner.readers.run(move |connection| job(&ReadTx::new(connection, now))).await
    }

    /// Returns a listener for what every later commit changes. `RecvError::Lagged` means: look at everything again.
    pub fn changes(&self) -> broadcast::Receiver<Arc<[Change]>> {
        self.inner.changes.subscribe()
    }

    /// Returns the raw bytes.
    pub fn bodies(&self) -> &Bodies {
        &self.inner.bodies
    }

    /// Returns the clock that stamps what is written.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub(crate) fn index_readers(&self) -> &Readers {
        &self.inner.readers
    }

    pub(crate) fn index(&self) -> &Index {
        &self.inner.search
    }

    /// Finishes what is queued and closes the files. Later calls answer [`Error::Closed`].
    pub async fn close(&self) {
        // Before the writers: who closes a file last brings its journal in, and a reader cannot.
        self.inner.readers.close();
        drop(self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.inner.bodies.close();
        self.inner.search.close();
        let threads =
            std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                drop(thread.join());
            }
        });
        // Only a bug in a writer makes this fail, and that was logged there.
        let _ = joined.await;
    }
}
