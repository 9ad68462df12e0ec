//! What the receipt says of a handover beside its steps: server, protection, hash of the bytes, and what was said.
//!
//! Invariant: it is written with the step before the first byte of the envelope leaves, and again with what the attempt
//! came to: a receipt never names a server that was not asked.

use posthorn_model::{MessageIdHeader, OutboxId};
use rusqlite::params;

use super::Outbox;
use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};

/// To which server bytes went, how, and what was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// Its host, as the account names it.
    pub server: String,
    /// Its IP address and port; empty = a proxy stood in between.
    pub address: String,
    /// Protection of the connection (`TLS 1.3`); empty = none.
    pub security: String,
    /// SHA-256 of the server's certificate in lower-case hex; empty = none.
    pub certificate: String,
    /// SHA-256 of the bytes of the message in lower-case hex, as they were before dots were stuffed.
    pub sha256: String,
    /// Lines of milliseconds since 1970, a space, and `C: ` or `S: ` with what was said; redacted. Empty = the attempt
    /// is still under way, or the program ended in it.
    pub dialogue: String,
    /// A delivery report was asked for: it was wanted, and the server offers it.
    pub is_report_asked: bool,
}

/// Notes to which server a message goes or went. The last attempt counts.
pub fn set_handover(tx: &WriteTx<'_>, id: OutboxId, handover: &Handover) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO outbox_handover (outbox, server, address, security, certificate, sha256, dialogue, \
        is_report_asked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let Handover { server, address, security, certificate, sha256, dialogue, is_report_asked } =
        handover;
    let values =
        params![id.0, server, address, security, certificate, sha256, dialogue, is_report_asked];
    tx.run(sql, values)?;
    Ok(())
}

/// Returns to which server a message went last; absent where none was asked yet.
pub fn handover(tx: &ReadTx<'_>, id: OutboxId) -> Result<Option<Handover>> {
    let sql = "SELECT server, address, security, certificate, sha256, dialogue, is_report_asked FROM outbox_handover \
        WHERE outbox = ?1";
    tx.maybe(sql, [id.0], |row| {
        Ok(Handover {
            server: row.get(0)?,
            address: row.get(1)?,
            security: row.get(2)?,
            certificate: row.get(3)?,
            sha256: row.get(4)?,
            dialogue: row.get(5)?,
            is_report_asked: row.get(6)?,
        })
    })
}

/// Returns the rows that sent a message with this id, oldest first: one, and more where some recipients were asked again.
pub fn of_message_id(tx: &ReadTx<'_>, message_id: &MessageIdHeader) -> Result<Vec<Outbox>> {
    if message_id.0.is_empty() {
        return Ok(Vec::new());
    }
    let columns = super::COLUMNS;
    let sql = format!("SELECT {columns} FROM outbox WHERE message_id = ?1 ORDER BY id");
    let rows = tx.all(&sql, [&message_id.0], super::read)?;
    rows.into_iter().map(|row| super::complete(tx, row)).collect()
}
