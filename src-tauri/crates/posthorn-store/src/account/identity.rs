//! The names and addresses that an account sends as.
//!
//! Invariants: an account keeps at least one, and the first is its own name and address: both are changed together, and
//! it sends through the account's own server. What waits for another server of an identity never ends up at the account's
//! because the identity was removed.

use posthorn_model::{AccountId, Address, Encryption, MailboxId, Protocol, ServerAddress};
use rusqlite::{Row, params};

use super::{Login, signature};
use crate::address_list;
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// A name and address to send as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its id; 0 for one that is not stored yet.
    pub id: i64,
    /// Whose it is.
    pub account: AccountId,
    /// Name to send as.
    pub name: String,
    /// Address to send as.
    pub email: String,
    /// Where answers go; empty = to `email`.
    pub reply_to: String,
    /// Signature of new messages as HTML; empty = none. One of [`super::signatures`].
    pub signature: String,
    /// Who gets a blind copy of everything that is begun with it.
    pub bcc: Vec<Address>,
    /// Folder of its account for what it sent; absent = the account's Sent folder.
    pub sent_mailbox: Option<MailboxId>,
    /// Submission server of its own, whose password the keychain has under the identity's id; absent = the account's.
    pub server: Option<Login>,
}

/// Reads the server of an identity; absent where it has none.
fn server(row: &Row<'_>) -> rusqlite::Result<Option<Login>> {
    let Some(host) = row.get::<_, Option<String>>("host")? else { return Ok(None) };
    let encryption: String = row.get("encryption")?;
    let server = ServerAddress {
        protocol: Protocol::Smtp,
        host,
        port: row.get("port")?,
        encryption: Encryption::parse(&encryption).unwrap_or(Encryption::Tls),
    };
    Ok(Some(Login { server, user: row.get("user")?, fingerprint: row.get("fingerprint")? }))
}

/// Returns an account's identities, the default first.
pub fn identities(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Identity>> {
    let sql = "SELECT id, name, email, reply_to, COALESCE((SELECT html FROM signature \
          WHERE signature.id = identity.signs_new), ''), bcc_list, sent_mailbox, host, port, encryption, user, \
          fingerprint \
        FROM identity LEFT JOIN identity_server ON identity_server.identity = identity.id \
        WHERE account = ?1 ORDER BY place, id";
    tx.all(sql, [account.0], |row| {
        let sent: i64 = row.get(6)?;
        Ok(Identity {
            id: row.get(0)?,
            account,
            name: row.get(1)?,
            email: row.get(2)?,
            reply_to: row.get(3)?,
            signature: row.get(4)?,
            bcc: address_list::read(row.get_ref(5)?.as_str().unwrap_or_default()),
            sent_mailbox: (sent != 0).then_some(MailboxId(sent)),
            server: server(row)?,
        })
    })
}

/// Returns the submission server of an identity; absent where it is the account's, or the identity is gone.
pub fn identity_server(tx: &ReadTx<'_>, identity: i64) -> Result<Option<Login>> {
    let sql =
        "SELECT host, port, encryption, user, fingerprint FROM identity_server WHERE identity = ?1";
    Ok(tx.maybe(sql, [identity], server)?.flatten())
}

/// Keeps the submission server of an identity, or forgets it.
fn put_server(tx: &WriteTx<'_>, identity: i64, login: Option<&Login>) -> Result<()> {
    let Some(login) = login else {
        tx.run("DELETE FROM identity_server WHERE identity = ?1", [identity])?;
        return Ok(());
    };
    let sql = "INSERT OR REPLACE INTO identity_server (identity, host, port, encryption, user, fingerprint) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![
        identity,
        login.server.host,
        login.server.port,
        login.server.encryption.as_str(),
        login.user,
        login.fingerprint,
    ];
    tx.run(sql, values)?;
    Ok(())
}

/// Adds an identity (id 0) after the account's others, or changes one; returns its id. The name of the first is also
/// that of the account, and so is its server.
pub fn put_identity(tx: &WriteTx<'_>, identity: &Identity) -> Result<i64> {
    tx.note(|changes| changes.account(identity.account));
    let account = identity.account.0;
    let id = if identity.id == 0 {
        let sql = "INSERT INTO identity (account, place) SELECT ?1, COALESCE(MAX(place), -1) + 1 FROM identity \
            WHERE account = ?1";
        tx.insert(sql, [account])?
    } else {
        identity.id
    };
    let sql = "UPDATE identity SET name = ?3, email = ?4, reply_to = ?5, bcc_list = ?6, sent_mailbox = ?7 \
        WHERE account = ?1 AND id = ?2";
    let values = params![
        account,
        id,
        identity.name,
        identity.email,
        identity.reply_to,
        address_list::write(&identity.bcc),
        identity.sent_mailbox.map_or(0, |mailbox| mailbox.0),
    ];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("identity"));
    }
    signature::sign(tx, id, &identity.signature)?;
    put_server(tx, id, identity.server.as_ref())?;
    let sql = "DELETE FROM identity_server WHERE identity = \
        (SELECT id FROM identity WHERE account = ?1 ORDER BY place, id LIMIT 1)";
    tx.run(sql, [account])?;
    let first = "UPDATE account SET sender_name = ?3 WHERE id = ?1 AND ?2 = \
        (SELECT id FROM identity WHERE account = ?1 ORDER BY place, id LIMIT 1)";
    tx.run(first, params![account, id, identity.name])?;
    Ok(id)
}

/// Tells whether a message is still to be sent through the own server of an identity.
pub fn waits_for_its_server(tx: &ReadTx<'_>, id: i64) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox JOIN identity_server USING (identity) WHERE identity = ?1 \
        AND discarded_at = 0 AND state NOT IN ('accepted', 'filed', 'done', 'cancelled'))";
    tx.one(sql, [id], |row| row.get(0))
}

/// Removes an identity; an account keeps its first one, which is its own. One whose own server has messages to send is
/// kept as well.
pub fn remove_identity(tx: &WriteTx<'_>, account: AccountId, id: i64) -> Result<()> {
    let known = identities(tx, account)?;
    if known.first().is_none_or(|first| first.id == id) {
        return Err(Error::Invalid("an account needs its own address to send as"));
    }
    if waits_for_its_server(tx, id)? {
        return Err(Error::Invalid("messages in the outbox wait for the server of this address"));
    }
    if tx.run("DELETE FROM identity WHERE account = ?1 AND id = ?2", [account.0, id])? == 0 {
        return Err(Error::NotFound("identity"));
    }
    tx.note(|changes| changes.account(account));
    Ok(())
}
