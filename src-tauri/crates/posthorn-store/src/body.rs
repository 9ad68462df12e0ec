//! Raw bytes, exactly as received: content-addressed, compressed, never changed.
//!
//! Invariants:
//! * [`Bodies::put`] resolves after the bytes are durable. Only then may the index refer to them, so a crash can
//!   leave bytes that nobody refers to, and never a reference to bytes that are not there.
//! * Equal bytes are stored once, under one id. Small ones are rows, large ones files named by their hash.
//! * What is read back is checked against its hash.
//!
//! It does not know what the bytes mean, and never deletes: that is the sweep's ([`crate::sweep`]).

mod file;
mod partial;

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use posthorn_model::{AccountId, BodyId, Timestamp};
use rusqlite::{Connection, OptionalExtension};
use zstd::bulk::{Compressor, Decompressor};

use crate::error::{Error, Result};
use crate::reader::Readers;
use crate::writer::Writer;

pub use file::BodyReader;
pub(crate) use file::{remove as remove_file, remove_unfinished};
pub(crate) use partial::remove_old as remove_old_partials;
pub use partial::{Begun, Partial, Source as PartialSource};

/// Raw bytes above this become a file: SQLite reads small blobs faster than the file system, large ones slower.
const ROW_LIMIT: usize = 96 * 1024;
/// zstd level: 3 is the measured knee between time and size for mail.
const LEVEL: i32 = 3;

/// Who brought the bytes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An IMAP server, which still has them.
    Imap(AccountId),
    /// A POP3 server, which may not have them any more: perhaps the only copy.
    Pop3(AccountId),
    /// Made on this computer (a draft, its files, a message on its way out).
    Local,
}

impl Origin {
    fn word(self) -> &'static str {
        match self {
            Self::Imap(_) => "imap",
            Self::Pop3(_) => "pop3",
            Self::Local => "local",
        }
    }

    fn account(self) -> i64 {
        match self {
            Self::Imap(account) | Self::Pop3(account) => account.0,
            Self::Local => 0,
        }
    }

    pub(crate) fn from_row(word: &str, account: i64) -> Self {
        match word {
            "imap" => Self::Imap(AccountId(account)),
            "pop3" => Self::Pop3(AccountId(account)),
            _ => Self::Local,
        }
    }
}

/// Bytes that were stored as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put {
    /// Their id.
    pub id: BodyId,
    /// BLAKE3 of them.
    pub hash: [u8; 32],
    /// How many they are.
    pub size: u64,
}

/// The body store.
#[derive(Clone, Debug)]
pub struct Bodies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    writer: Mutex<Option<Writer>>,
    readers: Readers,
    folder: PathBuf,
    /// Shared while a file is written and its row not yet; alone while the sweep takes files away. Else a put could find
    /// its file taken away by the sweep of the same bytes' old row.
    files: tokio::sync::RwLock<()>,
}

/// Bytes ready for a row or a file.
struct Prepared {
    hash: [u8; 32],
    size: usize,
    /// Compressed bytes; absent where a file has them.
    data: Option<Vec<u8>>,
    origin: Origin,
}

impl Bodies {
    pub(crate) fn new(writer: Writer, readers: Readers, folder: PathBuf) -> Self {
        let files = tokio::sync::RwLock::new(());
        Self(Arc::new(Inner { writer: Mutex::new(Some(writer)), readers, folder, files }))
    }

    /// Stores bytes and returns their id once they are durable.
    pub async fn put(&self, bytes: impl Into<Vec<u8>>, origin: Origin) -> Result<BodyId> {
        let ids = self.put_all(vec![bytes.into()], origin).await?;
        ids.into_iter().next().ok_or(Error::Closed)
    }

    /// Stores several bodies in one durable step; ids in the same order.
    pub async fn put_all(&self, bodies: Vec<Vec<u8>>, origin: Origin) -> Result<Vec<BodyId>> {
        let writer = self
            .0
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or(Error::Closed)?;
        let folder = self.0.folder.clone();
        let _shared = self.0.files.read().await;
        let prepared = tokio::task::spawn_blocking(move || {
            let mut compressor = Compressor::new(LEVEL)?;
            // Each goes when it is packed: a batch is in memory once.
            let mut one = |bytes: Vec<u8>| prepare(&mut compressor, &folder, &bytes, origin);
            bodies.into_iter().map(&mut one).collect::<Result<Vec<_>>>()
        });
        let prepared = prepared.await.map_err(|_| Error::Closed)??;
        writer
            .run(move |connection, now, _| {
                prepared.iter().map(|body| insert(connection, now, body)).collect()
            })
            .await
    }

    /// Stores what a file holds (an attachment, a spooled message) without having it in memory.
    pub async fn put_file(&self, path: &Path, origin: Origin) -> Result<BodyId> {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || std::fs::File::open(path));
        let source = opened.await.map_err(|_| Error::Closed)??;
        Ok(self.put_stream(source, origin).await?.id)
    }

    /// Stores what a reader gives until its end, without having it in memory. A reader that fails stores nothing. It is
    /// read on a thread for blocking work, and may take its time.
    pub async fn put_stream(
        &self,
        mut source: impl Read + Send + 'static,
        origin: Origin,
    ) -> Result<Put> {
        let writer = self.writer()?;
        let folder = self.0.folder.clone();
        let spooling = tokio::task::spawn_blocking(move || spool(&folder, &mut source));
        let spooled = spooling.await.map_err(|_| Error::Closed)??;
        let folder = self.0.folder.clone();
        // Not before: a slow source would keep the sweep waiting, and with it everybody who stores.
        let _shared = self.0.files.read().await;
        let keeping = tokio::task::spawn_blocking(move || match spooled {
            Spool::Row(bytes) => prepare(&mut Compressor::new(LEVEL)?, &folder, &bytes, origin),
            Spool::File(spooled) => {
                let (hash, size) = (spooled.hash, spooled.size);
                spooled.keep(&folder)?;
                Ok(Prepared { hash, size, data: None, origin })
            }
        });
        let prepared = keeping.await.map_err(|_| Error::Closed)??;
        let (hash, size) = (prepared.hash, prepared.size as u64);
        let id = writer.run(move |connection, now, _| insert(connection, now, &prepared)).await?;
        Ok(Put { id, hash, size })
    }

    /// Returns the bytes. `NotFound` where the id is unknown, `BodyDamaged` where they are not what was stored.
    pub async fn get(&self, id: BodyId) -> Result<Vec<u8>> {
        let folder = self.0.folder.clone();
        let one =
            move |connection: &Connection| read(&mut Decompressor::new()?, connection, &folder, id);
        self.0.readers.run(one).await
    }

    /// Returns several bodies in one read; `None` where one is not there or damaged.
    pub async fn get_all(&self, ids: Vec<BodyId>) -> Result<Vec<Option<Vec<u8>>>> {
        let folder = self.0.folder.clone();
        let all = move |connection: &Connection| {
            let mut decompressor = Decompressor::new()?;
            let mut one = |id: &BodyId| absent(read(&mut decompressor, connection, &folder, *id));
            ids.iter().map(&mut one).collect()
        };
        self.0.readers.run(all).await
    }

    /// Returns a reader for bytes that may be too large for memory (a message on its way out, a saved attachment).
    pub async fn open(&self, id: BodyId) -> Result<BodyReader> {
        let folder = self.0.folder.clone();
        self.0.readers.run(move |connection| open(connection, &folder, id)).await
    }

    /// Returns the numbers of raw bytes; absent where an id is unknown.
    pub async fn sizes(&self, ids: Vec<BodyId>) -> Result<Vec<Option<u64>>> {
        let all = move |connection: &Connection| {
            ids.iter().map(|id| absent(size(connection, *id))).collect()
        };
        self.0.readers.run(all).await
    }

    /// Reads a body from the beginning to the end and tells whether it is what was stored, without having it in memory.
    pub async fn is_intact(&self, id: BodyId) -> Result<bool> {
        let folder = self.0.folder.clone();
        let check = move |connection: &Connection| {
            let hash = row(connection, id)?.hash;
            let mut reader = open(connection, &folder, id)?;
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(&mut reader)?;
            Ok(*hasher.finalize().as_bytes() == hash)
        };
        Ok(absent(self.0.readers.run(check).await)?.unwrap_or_default())
    }

    /// Returns the number of raw bytes.
    pub async fn size(&self, id: BodyId) -> Result<u64> {
        self.0.readers.run(move |connection| size(connection, id)).await
    }

    pub(crate) fn close(&self) {
        self.0.readers.close();
        drop(self.0.writer.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    pub(crate) fn writer(&self) -> Result<Writer> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Closed)
    }

    pub(crate) async fn alone(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.0.files.write().await
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.0.readers
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0.folder
    }
}

struct BodyRow {
    hash: [u8; 32],
    size: u64,
    data: Option<Vec<u8>>,
}

fn absent<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound(_) | Error::BodyDamaged | Error::File(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The compressor's memory costs more to make than most messages to compress: a batch shares one.
fn prepare(
    compressor: &mut Compressor<'_>,
    folder: &Path,
    bytes: &[u8],
    origin: Origin,
) -> Result<Prepared> {
    let hash = *blake3::hash(bytes).as_bytes();
    let data = if bytes.len() > ROW_LIMIT {
        file::store(folder, &hash, bytes)?;
        None
    } else {
        Some(compressor.compress(bytes)?)
    };
    Ok(Prepared { hash, size: bytes.len(), data, origin })
}

/// What a stream gave.
enum Spool {
    Row(Vec<u8>),
    File(file::Spooled),
}

fn spool(folder: &Path, source: &mut impl Read) -> Result<Spool> {
    let mut begin = Vec::new();
    source.by_ref().take(ROW_LIMIT as u64 + 1).read_to_end(&mut begin)?;
    if begin.len() <= ROW_LIMIT {
        return Ok(Spool::Row(begin));
    }
    Ok(Spool::File(file::spool(folder, &mut Cursor::new(begin).chain(source), None)?))
}

fn insert(connection: &Connection, now: Timestamp, body: &Prepared) -> Result<BodyId> {
    let sql = "INSERT INTO body (hash, size, data, origin, account, put_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
               ON CONFLICT (hash) DO NOTHING";
    let (origin, account) = (body.origin.word(), body.origin.account());
    let values = rusqlite::params![body.hash, body.size as i64, body.data, origin, account, now.0];
    if connection.prepare_cached(sql)?.execute(values)? > 0 {
        return Ok(BodyId(connection.last_insert_rowid()));
    }
    // Equal bytes keep their row; put_at moves, so that the sweep does not take what is about to be referred to. A
    // POP3 origin stays or wins: its bytes may be the only copy.
    let sql = "UPDATE body SET put_at = ?4, account = CASE WHEN ?2 = 'pop3' THEN ?3 ELSE account END, \
                 origin = CASE WHEN ?2 = 'pop3' THEN 'pop3' ELSE origin END WHERE hash = ?1";
    connection
        .prepare_cached(sql)?
        .execute(rusqlite::params![body.hash, origin, account, now.0])?;
    let mut statement = connection.prepare_cached("SELECT id FROM body WHERE hash = ?1")?;
    Ok(BodyId(statement.query_row([body.hash], |row| row.get(0))?))
}

fn row(connection: &Connection, id: BodyId) -> Result<BodyRow> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(BodyRow {
            hash: row.get(0)?,
            size: row.get::<_, i64>(1)?.unsigned_abs(),
            data: row.get(2)?,
        })
    };
    let mut statement =
        connection.prepare_cached("SELECT hash, size, data FROM body WHERE id = ?1")?;
    statement.query_row([id.0], read).optional()?.ok_or(Error::NotFound("body"))
}

fn size(connection: &Connection, id: BodyId) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT size FROM body WHERE id = ?1")?;
    let size = statement.query_row([id.0], |row| row.get::<_, i64>(0)).optional()?;
    size.map(i64::unsigned_abs).ok_or(Error::NotFound("body"))
}

fn read(
    decompressor: &mut Decompressor<'_>,
    connection: &Connection,
    folder: &Path,
    id: BodyId,
) -> Result<Vec<u8>> {
    let row = row(connection, id)?;
    let size = usize::try_from(row.size).map_err(|_| Error::BodyDamaged)?;
    let bytes = match row.data {
        Some(data) => decompressor.decompress(&data, size).map_err(|_| Error::BodyDamaged)?,
        None => file::load(folder, &row.hash, size)?,
    };
    if *blake3::hash(&bytes).as_bytes() == row.hash { Ok(bytes) } else { Err(Error::BodyDamaged) }
}

fn open(connection: &Connection, folder: &Path, id: BodyId) -> Result<BodyReader> {
    let found = row(connection, id)?;
    match found.data {
        Some(_) => {
            let bytes = read(&mut Decompressor::new()?, connection, folder, id)?;
            Ok(BodyReader::memory(bytes))
        }
        None => BodyReader::file(folder, &found.hash, found.size),
    }
}
