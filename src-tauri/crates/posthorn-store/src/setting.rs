//! Settings: one JSON value per key. What keys mean is the API's business; an unknown key is kept.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// Returns a setting's JSON text, absent where it was never set.
pub fn get(tx: &ReadTx<'_>, key: &str) -> Result<Option<String>> {
    tx.maybe("SELECT value FROM setting WHERE key = ?1", [key], |row| row.get(0))
}

/// Returns all settings.
pub fn all(tx: &ReadTx<'_>) -> Result<BTreeMap<String, String>> {
    let rows = tx.all("SELECT key, value FROM setting ORDER BY key", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Sets a value, which must be JSON.
pub fn set(tx: &WriteTx<'_>, key: &str, json: &str) -> Result<()> {
    if serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
        return Err(Error::Invalid("a setting must be JSON"));
    }
    let sql = "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.run(sql, [key, json])?;
    tx.note(|changes| changes.setting(key));
    Ok(())
}

/// Forgets a value.
pub fn remove(tx: &WriteTx<'_>, key: &str) -> Result<()> {
    tx.run("DELETE FROM setting WHERE key = ?1", [key])?;
    tx.note(|changes| changes.setting(key));
    Ok(())
}
