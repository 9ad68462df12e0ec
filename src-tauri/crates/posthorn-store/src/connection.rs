//! How connections are opened and tuned; the pragmas in one place.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::{Error, OpenError};
use crate::schema::{Format, INDEX};

/// Wait for another process (a backup program, a virus scanner) to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection: more than this crate has.
const STATEMENT_LIMIT: usize = 256;
/// The journal is cut back to this after a checkpoint, so that one large write does not cost the disk for ever.
const JOURNAL_BYTES: i64 = 32 << 20;
/// Page cache of a reader for each file in KiB (negative: SQLite's way of saying KiB instead of pages). What is not in it
/// comes from the system's cache, a microsecond a page. Four readers of two files make 40 MiB at most.
const CACHE_KIB: i64 = -5120;
/// Page cache of a reader of bodies, which reads a row and is done.
const BODY_CACHE_KIB: i64 = -512;
/// Page cache of the index's writer: a first synchronisation touches many trees at random places. More than twice as
/// much saves one of 20,000 messages no time that can be measured.
const INDEX_WRITER_CACHE_KIB: i64 = -8192;
/// Page cache of the other writers, who only ever append: bodies by number, words by segments.
const WRITER_CACHE_KIB: i64 = -2048;
/// Pages in the journal before they are copied into the file: fewer make a first synchronisation wait for the disk.
const CHECKPOINT_PAGES: i64 = 8000;
/// Nothing is mapped: each of the readers would map the files for itself, and what they touched would count, each time
/// again, as memory of the process.
const MAPPED_BYTES: i64 = 0;

/// How much a commit may lose in a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing: DELE and *dot sent* rest on it.
    Full,
    /// The last commits: the file can be rebuilt.
    Rebuildable,
}

/// Switches off SQLite's count of its own memory, which nobody asks for: it takes one lock of the whole process for each
/// allocation, and three writers and the readers allocate side by side. Before the first database is opened; later it
/// changes nothing.
pub(crate) fn stop_counting_memory() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[expect(unsafe_code, reason = "SQLite's settings of the process have no safe interface")]
        // SAFETY: the arguments are those that this option takes (one int); SQLite refuses the call once it has begun to
        // work, and this process opens databases only behind this call.
        let code =
            unsafe { rusqlite::ffi::sqlite3_config(rusqlite::ffi::SQLITE_CONFIG_MEMSTATUS, 0) };
        tracing::debug!(code, "SQLite does not count its memory");
    });
}

/// Opens a database for writing and brings it to the newest format; a newer file is refused untouched.
pub(crate) fn open_writer(
    path: &Path,
    format: &Format,
    durability: Durability,
) -> Result<Connection, OpenError> {
    let unusable = |error: Error| OpenError::Unusable { file: format.file, cause: error };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unusable(error.into()))?;
    }
    let mut connection = Connection::open(path).map_err(|error| unusable(error.into()))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| unusable(error.into()))?;
    // Before journal_mode, which would already write.
    format.check(&connection)?;
    tune_writer(&connection, durability, cache_of(format))
        .map_err(|error| unusable(error.into()))?;
    format.migrate(&mut connection)?;
    Ok(connection)
}

/// How much a writer keeps in memory.
fn cache_of(format: &Format) -> i64 {
    if format.file == INDEX.file { INDEX_WRITER_CACHE_KIB } else { WRITER_CACHE_KIB }
}

fn tune_writer(
    connection: &Connection,
    durability: Durability,
    cache_kib: i64,
) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Rebuildable => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update_and_check(None, "journal_size_limit", JOURNAL_BYTES, |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", cache_kib)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))?;
    keep_plans(connection)
}

/// Keeps prepared statements prepared, and temporary data in memory. Else every new value of a parameter that might decide about a partial index makes
/// SQLite parse the statement again, which is half the cost of a first synchronisation.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // What a savepoint must remember stays in memory, and no mail text lands in a temporary file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_LIMIT);
    Ok(())
}

/// Tunes a connection that was opened read-only; `attached` becomes the schema `words`.
pub(crate) fn tune_reader(
    connection: &Connection,
    attached: Option<&Path>,
) -> crate::error::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let cache_kib = if attached.is_some() { CACHE_KIB } else { BODY_CACHE_KIB };
    if let Some(path) = attached {
        let path = path
            .to_str()
            .ok_or(Error::Invalid("the profile's folder has a name that is not Unicode"))?;
        connection.execute("ATTACH DATABASE ?1 AS words", [path])?;
    }
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", cache_kib)?;
    if attached.is_some() {
        connection.pragma_update(Some("words"), "cache_size", cache_kib)?;
    }
    connection.pragma_update_and_check(None, "mmap_size", MAPPED_BYTES, |_| Ok(()))?;
    keep_plans(connection)?;
    Ok(())
}
