//! Accounts and the identities that they send as.
//!
//! Passwords are not here: they live in the keychain, under the account's id.

mod identity;
mod signature;

pub use identity::{
    Identity, identities, identity_server, put_identity, remove_identity, waits_for_its_server,
};
pub use signature::{
    SIGNATURE_LIMIT, Signature, SignaturePicture, Signs, choose_signs, put_signature,
    remove_signature, signatures, signs,
};

use posthorn_model::{AccountId, Encryption, Protocol, ServerAddress};
use rusqlite::{Row, params};

use crate::error::{Error, Result};
use crate::setting;
use crate::tx::{ReadTx, WriteTx};

/// What a POP3 account does with mail on the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PopPolicy {
    /// Leaves it there.
    #[default]
    Leave,
    /// Removes it this many days after it was first seen.
    AfterDays(u32),
    /// Removes it when it is deleted here.
    WhenDeleted,
    /// Removes it when it is deleted here or moved out of the inbox.
    WhenMoved,
    /// Removes it once it is durable here.
    AtOnce,
    /// Never deletes, whatever is done here.
    Never,
}

impl PopPolicy {
    fn parts(self) -> (&'static str, u32) {
        match self {
            Self::Leave => ("leave", 0),
            Self::AfterDays(days) => ("days", days),
            Self::WhenDeleted => ("when-deleted", 0),
            Self::WhenMoved => ("when-moved", 0),
            Self::AtOnce => ("at-once", 0),
            Self::Never => ("never", 0),
        }
    }

    fn from_parts(word: &str, days: u32) -> Self {
        match word {
            "days" => Self::AfterDays(days),
            "when-deleted" => Self::WhenDeleted,
            "when-moved" => Self::WhenMoved,
            "at-once" => Self::AtOnce,
            "never" => Self::Never,
            _ => Self::Leave,
        }
    }
}

/// A server with the name that is told to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Where it is.
    pub server: ServerAddress,
    /// User name. Empty (outgoing only) = no authentication.
    pub user: String,
    /// SHA-256 of the one certificate that the user excepted, in lower-case hex. Empty = none.
    pub fingerprint: String,
}

/// What the user can set about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    /// Name in the folder list.
    pub name: String,
    /// The account's address.
    pub email: String,
    /// Name to send as.
    pub sender_name: String,
    /// IMAP or POP3 server.
    pub incoming: Login,
    /// Submission server.
    pub outgoing: Login,
    /// Switched off accounts keep their mail and are not contacted.
    pub is_enabled: bool,
    /// Colour of the account's mark, a token name of the UI; empty = by order.
    pub color: String,
    /// Letter in the account's mark; empty = first of the name.
    pub mark: String,
    /// What to do with mail on a POP3 server.
    pub pop_policy: PopPolicy,
    /// Starred messages stay on a POP3 server, except those deleted here.
    pub pop_keep_starred: bool,
    /// APOP may be used on a POP3 server.
    pub pop_apop: bool,
    /// A POP3 server is not looked into when the program starts: only by interval, and when asked.
    pub pop_rests_at_start: bool,
    /// Bytes above which a POP3 message comes as its header alone; 0 = no limit.
    pub pop_size_limit: u64,
    /// Minutes between looks for mail where the server cannot tell; 0 = by hand only.
    pub check_minutes: u32,
    /// Days back for which bodies are kept; 0 = all.
    pub keep_days: u32,
    /// The server files the copy in Sent itself (Gmail).
    pub server_files_sent: bool,
}

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id; never reused.
    pub id: AccountId,
    /// Order in the folder list, from 0.
    pub place: i64,
    /// A connection with TLS succeeded once: one without is refused from then on.
    pub tls_seen: bool,
    /// Provider through which it signs in in the browser, by its id. Absent: it signs in with a password.
    pub sign_in: Option<String>,
    /// What the user can set.
    pub settings: AccountSettings,
}

impl Account {
    /// Tells whether it is the account of this computer's own folders, which has no server.
    pub fn is_local(&self) -> bool {
        self.settings.incoming.server.protocol == Protocol::Local
    }
}

/// What a search calls the account of this computer's own folders: it has neither a name nor an address.
pub const LOCAL_WORD: &str = "this-computer";

/// Rules of a maildrop that few accounts have, as words of one setting per account.
const KEEP_STARRED: &str = "\"keep-starred\"";
const APOP: &str = "\"apop\"";
const RESTS_AT_START: &str = "\"rests-at-start\"";

const COLUMNS: &str = "id, place, tls_seen, name, email, sender_name, incoming_protocol, incoming_host, incoming_port, \
    incoming_encryption, incoming_user, incoming_fingerprint, outgoing_host, outgoing_port, outgoing_encryption, \
    outgoing_user, outgoing_fingerprint, is_enabled, color, mark, pop_policy, pop_days, pop_size_limit, check_minutes, \
    keep_days, server_files_sent, \
    COALESCE((SELECT value FROM setting WHERE key = 'maildrop-rules/' || account.id), '') AS maildrop_rules, \
    (SELECT value FROM setting WHERE key = 'sign-in/' || account.id) AS sign_in";

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let text = |name: &str| row.get::<_, String>(name);
    let encryption =
        |name: &str| text(name).map(|word| Encryption::parse(&word).unwrap_or(Encryption::Tls));
    let protocol = Protocol::parse(&text("incoming_protocol")?).unwrap_or(Protocol::Imap);
    let login = |side: &str, protocol| {
        Ok::<_, rusqlite::Error>(Login {
            server: ServerAddress {
                protocol,
                host: text(&format!("{side}_host"))?,
                port: row.get(format!("{side}_port").as_str())?,
                encryption: encryption(&format!("{side}_encryption"))?,
            },
            user: text(&format!("{side}_user"))?,
            fingerprint: text(&format!("{side}_fingerprint"))?,
        })
    };
    Ok(Account {
        id: AccountId(row.get("id")?),
        place: row.get("place")?,
        tls_seen: row.get("tls_seen")?,
        sign_in: row
            .get::<_, Option<String>>("sign_in")?
            .and_then(|json| serde_json::from_str(&json).ok()),
        settings: AccountSettings {
            name: text("name")?,
            email: text("email")?,
            sender_name: text("sender_name")?,
            incoming: login("incoming", protocol)?,
            outgoing: login("outgoing", Protocol::Smtp)?,
            is_enabled: row.get("is_enabled")?,
            color: text("color")?,
            mark: text("mark")?,
            pop_policy: PopPolicy::from_parts(&text("pop_policy")?, row.get("pop_days")?),
            pop_keep_starred: text("maildrop_rules")?.contains(KEEP_STARRED),
            pop_apop: text("maildrop_rules")?.contains(APOP),
            pop_rests_at_start: text("maildrop_rules")?.contains(RESTS_AT_START),
            pop_size_limit: row.get::<_, i64>("pop_size_limit")?.unsigned_abs(),
            check_minutes: row.get("check_minutes")?,
            keep_days: row.get("keep_days")?,
            server_files_sent: row.get("server_files_sent")?,
        },
    })
}

/// Returns all accounts in the order of the folder list.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Account>> {
    tx.all(&format!("SELECT {COLUMNS} FROM account ORDER BY place, id"), [], read)
}

/// Returns one account.
pub fn get(tx: &ReadTx<'_>, id: AccountId) -> Result<Account> {
    tx.maybe(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"), [id.0], read)?
        .ok_or(Error::NotFound("account"))
}

/// Adds an account after all others, with one identity. POP3 accounts also need [`crate::mailbox::add_local`].
pub fn add(tx: &WriteTx<'_>, settings: &AccountSettings) -> Result<AccountId> {
    let place: i64 =
        tx.one("SELECT COALESCE(MAX(place), -1) + 1 FROM account", [], |row| row.get(0))?;
    let id = AccountId(tx.insert("INSERT INTO account (place) VALUES (?1)", [place])?);
    update(tx, id, settings)?;
    let identity = Identity {
        id: 0,
        account: id,
        name: settings.sender_name.clone(),
        email: settings.email.clone(),
        reply_to: String::new(),
        signature: String::new(),
        bcc: Vec::new(),
        sent_mailbox: None,
        server: None,
    };
    put_identity(tx, &identity)?;
    Ok(id)
}

/// Returns the account of this computer's own folders; absent before it was first needed.
pub fn local(tx: &ReadTx<'_>) -> Result<Option<AccountId>> {
    let sql = "SELECT id FROM account WHERE incoming_protocol = ?1 ORDER BY id LIMIT 1";
    tx.maybe(sql, [Protocol::Local.as_str()], |row| row.get(0).map(AccountId))
}

/// Returns the account of this computer's own folders, and makes it where there is none. It has no server, no address
/// to send as and no name: the page has words for it. It comes after all others.
pub fn open_local(tx: &WriteTx<'_>) -> Result<AccountId> {
    if let Some(known) = local(tx)? {
        return Ok(known);
    }
    let sql = "INSERT INTO account (place, incoming_protocol, incoming_port, outgoing_port, check_minutes) \
        SELECT COALESCE(MAX(place), -1) + 1, ?1, 0, 0, 0 FROM account";
    let id = AccountId(tx.insert(sql, [Protocol::Local.as_str()])?);
    tx.note(|changes| changes.account(id));
    Ok(id)
}

/// Changes what the user can set.
pub fn update(tx: &WriteTx<'_>, id: AccountId, settings: &AccountSettings) -> Result<()> {
    let sql = "UPDATE account SET name = ?2, email = ?3, sender_name = ?4, incoming_protocol = ?5, incoming_host = ?6, \
        incoming_port = ?7, incoming_encryption = ?8, incoming_user = ?9, incoming_fingerprint = ?10, \
        outgoing_host = ?11, outgoing_port = ?12, outgoing_encryption = ?13, outgoing_user = ?14, \
        outgoing_fingerprint = ?15, is_enabled = ?16, color = ?17, mark = ?18, pop_policy = ?19, pop_days = ?20, \
        pop_size_limit = ?21, check_minutes = ?22, keep_days = ?23, server_files_sent = ?24 WHERE id = ?1";
    let (policy, days) = settings.pop_policy.parts();
    let (incoming, outgoing) = (&settings.incoming, &settings.outgoing);
    let values = params![
        id.0,
        settings.name,
        settings.email,
        settings.sender_name,
        incoming.server.protocol.as_str(),
        incoming.server.host,
        incoming.server.port,
        incoming.server.encryption.as_str(),
        incoming.user,
        incoming.fingerprint,
        outgoing.server.host,
        outgoing.server.port,
        outgoing.server.encryption.as_str(),
        outgoing.user,
        outgoing.fingerprint,
        settings.is_enabled,
        settings.color,
        settings.mark,
        policy,
        days,
        settings.pop_size_limit as i64,
        settings.check_minutes,
        settings.keep_days,
        settings.server_files_sent,
    ];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("account"));
    }
    put_maildrop_rules(tx, id, settings)?;
    // The first identity is the account's own name and address.
    let first = "UPDATE identity SET name = ?2, email = ?3 WHERE id = \
        (SELECT id FROM identity WHERE account = ?1 ORDER BY place, id LIMIT 1)";
    tx.run(first, params![id.0, settings.sender_name, settings.email])?;
    tx.note(|changes| changes.account(id));
    Ok(())
}

fn rules_key(id: AccountId) -> String {
    format!("maildrop-rules/{}", id.0)
}

/// Keeps the maildrop's further rules: a list of words, in JSON.
fn put_maildrop_rules(tx: &WriteTx<'_>, id: AccountId, settings: &AccountSettings) -> Result<()> {
    let rules = [
        (settings.pop_keep_starred, KEEP_STARRED),
        (settings.pop_apop, APOP),
        (settings.pop_rests_at_start, RESTS_AT_START),
    ];
    let words: Vec<&str> =
        rules.into_iter().filter(|(is_on, _)| *is_on).map(|(_, word)| word).collect();
    let key = rules_key(id);
    if words.is_empty() {
        setting::remove(tx, &key)
    } else {
        setting::set(tx, &key, &format!("[{}]", words.join(",")))
    }
}

/// Puts the accounts into this order; those not named come after.
pub fn reorder(tx: &WriteTx<'_>, order: &[AccountId]) -> Result<()> {
    tx.run("UPDATE account SET place = place + ?1", [order.len() as i64])?;
    for (place, id) in (0_i64..).zip(order) {
        tx.run("UPDATE account SET place = ?2 WHERE id = ?1", [id.0, place])?;
        tx.note(|changes| changes.account(*id));
    }
    Ok(())
}

/// Notes that a connection with TLS succeeded.
pub fn note_tls(tx: &WriteTx<'_>, id: AccountId) -> Result<()> {
    if tx.run("UPDATE account SET tls_seen = 1 WHERE id = ?1 AND tls_seen = 0", [id.0])? > 0 {
        tx.note(|changes| changes.account(id));
    }
    Ok(())
}

fn sign_in_key(id: AccountId) -> String {
    format!("sign-in/{}", id.0)
}

/// Says by which provider an account signs in; absent: by a password.
pub fn set_sign_in(tx: &WriteTx<'_>, id: AccountId, provider: Option<&str>) -> Result<()> {
    match provider {
        Some(provider) => {
            let json = serde_json::Value::from(provider).to_string();
            setting::set(tx, &sign_in_key(id), &json)?;
        }
        None => setting::remove(tx, &sign_in_key(id))?,
    }
    tx.note(|changes| changes.account(id));
    Ok(())
}

fn stop_key(id: AccountId) -> String {
    format!("sending-all-or-nothing/{}", id.0)
}

/// Returns whether one refused recipient stops a message for all others; else those get it who can.
pub fn is_all_or_nothing(tx: &ReadTx<'_>, id: AccountId) -> Result<bool> {
    Ok(setting::get(tx, &stop_key(id))?.is_some())
}

/// Says whether one refused recipient stops a message for all others, from the next message on.
pub fn set_all_or_nothing(tx: &WriteTx<'_>, id: AccountId, stops: bool) -> Result<()> {
    if stops {
        setting::set(tx, &stop_key(id), "true")?;
    } else {
        setting::remove(tx, &stop_key(id))?;
    }
    tx.note(|changes| changes.account(id));
    Ok(())
}

/// Removes an account with everything of it here. Its bodies are let go: the sweep takes them after its time.
pub fn remove(tx: &WriteTx<'_>, id: AccountId) -> Result<()> {
    crate::sweep::release_account(tx, id)?;
    let mailboxes =
        tx.all("SELECT id FROM mailbox WHERE account = ?1", [id.0], |row| row.get(0))?;
    let rows =
        tx.all("SELECT position FROM message WHERE account = ?1", [id.0], |row| row.get(0))?;
    let sql = "INSERT OR IGNORE INTO word_queue (position) SELECT position FROM message WHERE account = ?1";
    tx.run(sql, [id.0])?;
    if tx.run("DELETE FROM account WHERE id = ?1", [id.0])? == 0 {
        return Err(Error::NotFound("account"));
    }
    crate::search::count_messages(tx, -(rows.len() as i64))?;
    setting::remove(tx, &rules_key(id))?;
    crate::mailbox::forget_prefix(tx, id)?;
    setting::remove(tx, &sign_in_key(id))?;
    setting::remove(tx, &stop_key(id))?;
    crate::draft::set_habit(tx, id, crate::draft::Wishes::default())?;
    tx.note(|changes| {
        changes.account(id);
        for mailbox in mailboxes {
            changes.mailbox(posthorn_model::MailboxId(mailbox));
        }
        for position in rows {
            changes.row(posthorn_model::Position(position));
        }
    });
    Ok(())
}

/// Returns the account's own addresses in lower case.
pub fn own_addresses(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<String>> {
    let sql = "SELECT lower(email) FROM account WHERE id = ?1 UNION SELECT lower(email) FROM identity WHERE account = ?1";
    tx.all(sql, [account.0], |row| row.get(0))
}
