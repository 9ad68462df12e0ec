//! Database formats: how an empty or older file becomes one that this program understands.
//!
//! Migrations are forward only, numbered, and each runs in one transaction together with the new `user_version`, so
//! that a failed one leaves the file as it was. Beside the version a file keeps a *compatibility floor*
//! (`PRAGMA application_id`): the oldest program format that may still use it. A file whose floor is above what this
//! program knows is refused before anything is written.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::address_list;
use crate::error::{Error, OpenError};
use crate::spelling::spellings;

/// One step forward.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    /// What to run.
    pub(crate) sql: &'static str,
    /// Oldest format whose program can still use the file afterwards.
    pub(crate) floor: i64,
}

/// A database and the steps to its newest format; step n leads to format n.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format {
    /// File name, for words.
    pub(crate) file: &'static str,
    /// Steps, oldest first.
    pub(crate) migrations: &'static [Migration],
}

/// The index.
pub(crate) const INDEX: Format = Format {
    file: "index.db",
    migrations: &[
        Migration { sql: include_str!("schema/index/0001_start.sql"), floor: 1 },
        Migration { sql: include_str!("schema/index/0002_walks.sql"), floor: 1 },
        Migration { sql: include_str!("schema/index/0003_folders.sql"), floor: 3 },
        Migration { sql: include_str!("schema/index/0004_draft_copies.sql"), floor: 3 },
        Migration { sql: include_str!("schema/index/0005_sender_charset.sql"), floor: 3 },
        Migration { sql: include_str!("schema/index/0006_orders.sql"), floor: 6 },
        // An older program leaves the ledger alone.
        Migration { sql: include_str!("schema/index/0007_ledger.sql"), floor: 6 },
        Migration { sql: include_str!("schema/index/0008_spellings.sql"), floor: 6 },
        // An older program would send what is held back.
        Migration { sql: include_str!("schema/index/0009_sending.sql"), floor: 9 },
        // An older program would remove what is to be kept on the server.
        Migration { sql: include_str!("schema/index/0010_maildrop_keep.sql"), floor: 10 },
        // An older program downloads everything.
        Migration { sql: include_str!("schema/index/0011_maildrop_rules.sql"), floor: 10 },
        // An older program says of them that they are still there.
        Migration { sql: include_str!("schema/index/0012_maildrop_absent.sql"), floor: 10 },
        // An older program leaves receipts alone.
        Migration { sql: include_str!("schema/index/0013_receipts.sql"), floor: 10 },
        Migration { sql: include_str!("schema/index/0014_reports.sql"), floor: 10 },
        // An older program leaves answers alone.
        Migration { sql: include_str!("schema/index/0015_reading.sql"), floor: 10 },
        // An older program would join what was split, and cannot read such a step of the log.
        Migration { sql: include_str!("schema/index/0016_parts.sql"), floor: 16 },
        // An older program leaves the address book alone.
        Migration { sql: include_str!("schema/index/0017_people.sql"), floor: 16 },
        // An older program signs with what it knew.
        Migration { sql: include_str!("schema/index/0018_signatures.sql"), floor: 16 },
        // An older program signs above the original.
        Migration { sql: include_str!("schema/index/0019_signature_place.sql"), floor: 16 },
        // An older program would send through the account's server what another one is to send.
        Migration { sql: include_str!("schema/index/0020_identity_server.sql"), floor: 20 },
        // An older program reminds of nothing.
        Migration { sql: include_str!("schema/index/0021_follow_up.sql"), floor: 20 },
        // An older program would send a signature without its pictures.
        Migration { sql: include_str!("schema/index/0022_signature_pictures.sql"), floor: 22 },
        // An older program looks for the same along other indexes.
        Migration { sql: include_str!("schema/index/0023_fewer_rows.sql"), floor: 22 },
    ],
};

/// Raw bytes.
pub(crate) const BODIES: Format = Format {
    file: "bodies.db",
    migrations: &[Migration { sql: include_str!("schema/bodies/0001_start.sql"), floor: 1 }],
};

/// Words.
pub(crate) const SEARCH: Format = Format {
    file: "search.db",
    migrations: &[
        Migration { sql: include_str!("schema/search/0001_start.sql"), floor: 1 },
        Migration { sql: include_str!("schema/search/0002_known_words.sql"), floor: 2 },
        // An older program writes and reads them as they are.
        Migration { sql: include_str!("schema/search/0003_merges.sql"), floor: 2 },
    ],
};

impl Format {
    /// Returns the newest format number.
    pub(crate) fn newest(&self) -> i64 {
        self.migrations.len() as i64
    }

    /// Refuses a file that only a newer program may use. Writes nothing.
    pub(crate) fn check(&self, connection: &Connection) -> Result<(), OpenError> {
        let floor = self.number(connection, "application_id")?;
        let version = self.number(connection, "user_version")?;
        if floor > self.newest() || (version > self.newest() && floor == 0) {
            return Err(OpenError::Newer {
                file: self.file,
                found: floor.max(version),
                known: self.newest(),
            });
        }
        Ok(())
    }

    /// Brings the file to the newest format.
    pub(crate) fn migrate(&self, connection: &mut Connection) -> Result<(), OpenError> {
        self.check(connection)?;
        let version = self.number(connection, "user_version")?;
        if version < self.newest() {
            lend_functions(connection).map_err(|error| OpenError::Unusable {
                file: self.file,
                cause: Error::from(error),
            })?;
        }
        for (number, migration) in (1_i64..).zip(self.migrations) {
            if number > version {
                step(connection, number, migration).map_err(|error| OpenError::Migration {
                    file: self.file,
                    to: number,
                    cause: error.into(),
                })?;
            }
        }
        Ok(())
    }

    fn number(&self, connection: &Connection, pragma: &str) -> Result<i64, OpenError> {
        connection
            .pragma_query_value(None, pragma, |row| row.get(0))
            .map_err(|error| OpenError::Unusable { file: self.file, cause: Error::from(error) })
    }
}

/// Gives migrations what SQL cannot say: `shown_key`, see [`address_list::shown_key`], and `spellings`, a JSON array, see
/// [`spellings`].
fn lend_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("shown_key", 1, flags, |context| {
        Ok(address_list::shown_key(context.get_raw(0).as_str().unwrap_or_default()))
    })?;
    connection.create_scalar_function("spellings", 1, flags, |context| {
        let found = spellings(context.get_raw(0).as_str().unwrap_or_default());
        serde_json::to_string(&found)
            .map_err(|error| rusqlite::Error::UserFunctionError(Box::new(error)))
    })
}

fn step(connection: &mut Connection, number: i64, migration: &Migration) -> rusqlite::Result<()> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    transaction.execute_batch(migration.sql)?;
    transaction.pragma_update(None, "user_version", number)?;
    transaction.pragma_update(None, "application_id", migration.floor)?;
    transaction.commit()
}

#[cfg(test)]
mod tests;
