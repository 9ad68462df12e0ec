//! Which messages come whole without being asked for: per account, and per folder where the user chose otherwise. Heads
//! always come. Kept as settings, because few accounts and fewer folders have any.

use posthorn_model::{AccountId, MailboxId};
use serde_json::{Value, json};

use crate::error::Result;
use crate::setting;
use crate::tx::{ReadTx, WriteTx};

/// What comes whole unasked. The default is everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Days back; 0 = all.
    pub days: u32,
    /// Largest message, in bytes; 0 = any.
    pub bytes: u64,
    /// Nothing comes unasked.
    pub is_on_demand: bool,
}

impl Keep {
    /// Tells whether a message of this size comes by itself, whatever its age.
    pub fn takes(self, size: u64) -> bool {
        !self.is_on_demand && (self.bytes == 0 || size <= self.bytes)
    }
}

fn key(account: AccountId, mailbox: Option<MailboxId>) -> String {
    match mailbox {
        None => format!("keep/{account}"),
        Some(mailbox) => format!("keep/{account}/{mailbox}"),
    }
}

/// Returns what the user chose for an account, or for one of its folders; absent = nothing of its own.
pub fn chosen(
    tx: &ReadTx<'_>,
    account: AccountId,
    mailbox: Option<MailboxId>,
) -> Result<Option<Keep>> {
    let text = setting::get(tx, &key(account, mailbox))?;
    let value: Option<Value> = text.and_then(|text| serde_json::from_str(&text).ok());
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64).unwrap_or(0);
    Ok(value.map(|value| Keep {
        days: u32::try_from(number(&value, "days")).unwrap_or(u32::MAX),
        bytes: number(&value, "bytes"),
        is_on_demand: value.get("onDemand").and_then(Value::as_bool).unwrap_or(false),
    }))
}

/// Returns what holds for a folder: its own choice, else the account's, else everything back to the account's days.
pub fn of_mailbox(tx: &ReadTx<'_>, account: AccountId, mailbox: MailboxId) -> Result<Keep> {
    if let Some(own) = chosen(tx, account, Some(mailbox))? {
        return Ok(own);
    }
    of_account(tx, account)
}

/// Returns what holds for the folders of an account that have no choice of their own.
pub fn of_account(tx: &ReadTx<'_>, account: AccountId) -> Result<Keep> {
    if let Some(keep) = chosen(tx, account, None)? {
        return Ok(keep);
    }
    let days = crate::account::get(tx, account)?.settings.keep_days;
    Ok(Keep { days, ..Keep::default() })
}

/// Remembers a choice; absent forgets it.
pub fn choose(
    tx: &WriteTx<'_>,
    account: AccountId,
    mailbox: Option<MailboxId>,
    keep: Option<Keep>,
) -> Result<()> {
    let key = key(account, mailbox);
    match keep {
        None => setting::remove(tx, &key),
        Some(Keep { days, bytes, is_on_demand }) => {
            let value = json!({ "days": days, "bytes": bytes, "onDemand": is_on_demand });
            setting::set(tx, &key, &value.to_string())
        }
    }
}
