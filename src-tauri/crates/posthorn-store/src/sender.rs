//! What the user chose for the mail of one sender: how it looks, and the charset that it is read in.
//!
//! Kept as settings under the sender's address; what is not chosen is absent. A choice is nobody else's business: no
//! event tells of it.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::setting;
use crate::tx::{ReadTx, WriteTx};

/// Before the address in the key of the setting.
const PREFIX: &str = "sender/";

fn key(email: &str) -> String {
    format!("{PREFIX}{}", email.to_lowercase())
}

fn all(tx: &ReadTx<'_>, email: &str) -> Result<Map<String, Value>> {
    let text = setting::get(tx, &key(email))?;
    // What another version wrote and this one cannot read counts as not chosen.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Returns what was chosen under this name (`look`, `charset`); absent where nothing was.
pub fn choice(tx: &ReadTx<'_>, email: &str, name: &str) -> Result<Option<String>> {
    Ok(all(tx, email)?.get(name).and_then(Value::as_str).map(str::to_owned))
}

/// Remembers a choice; `None` forgets it.
pub fn choose(tx: &WriteTx<'_>, email: &str, name: &str, value: Option<&str>) -> Result<()> {
    let mut choices = all(tx, email)?;
    match value {
        Some(value) => choices.insert(name.to_owned(), Value::from(value)),
        None => choices.remove(name),
    };
    if choices.is_empty() {
        tx.run("DELETE FROM setting WHERE key = ?1", [key(email)])?;
        return Ok(());
    }
    let sql = "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.run(sql, [key(email), Value::Object(choices).to_string()])?;
    Ok(())
}
