//! Mailboxes (folders): what the server said about them, how far they are synchronised, what they hold.
//!
//! Invariant: `total` and `unread` are kept in the transaction that changes a placement, never counted for a screen.

use std::collections::{HashMap, HashSet};

use posthorn_model::{AccountId, MailboxId, MailboxRole, ModSeq, Timestamp, Uid, UidValidity};
use rusqlite::{Row, params};

use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// What separates the levels of a path of this computer's own folders: no name can contain it, so every name is
/// possible.
pub const LOCAL_DELIMITER: &str = "\u{1f}";

/// A mailbox as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its id; never reused.
    pub id: MailboxId,
    /// Whose it is.
    pub account: AccountId,
    /// The mailbox above; absent at the top.
    pub parent: Option<MailboxId>,
    /// Full name as the server spells it.
    pub path: String,
    /// Last component, decoded, for people.
    pub name: String,
    /// Hierarchy delimiter; empty = flat. [`LOCAL_DELIMITER`] on this computer.
    pub delimiter: String,
    /// What it is for: the user's choice, else the server's word or its name.
    pub role: MailboxRole,
    /// The user chose the role.
    pub is_role_chosen: bool,
    /// How far it is synchronised.
    pub sync: SyncState,
    /// Visible messages.
    pub total: u64,
    /// Visible messages that are not read.
    pub unread: u64,
    /// It is on this computer only (POP3 accounts, and the account without a server).
    pub is_local: bool,
    /// It can hold messages (`\Noselect` is missing).
    pub is_selectable: bool,
    /// The user subscribes to it.
    pub is_subscribed: bool,
    /// The user wants it at the top of the folder list.
    pub is_favourite: bool,
    /// The user's own order among its siblings, from 1; absent = none chosen.
    pub place: Option<u32>,
    /// The user's colour for it; empty = none.
    pub color: String,
}

/// How far a mailbox is synchronised; meaningful only under its uid validity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// UIDVALIDITY; absent = never selected.
    pub uid_validity: Option<UidValidity>,
    /// UIDNEXT when it was last synchronised; absent = not told.
    pub uid_next: Option<Uid>,
    /// HIGHESTMODSEQ up to which flags are known; absent = no CONDSTORE.
    pub highest_modseq: Option<ModSeq>,
    /// Everything below `uid_next` is listed here.
    pub is_complete: bool,
    /// Lowest uid that was listed, newest first; absent = not begun.
    pub lowest_uid: Option<Uid>,
    /// Last success; absent = never.
    pub synced_at: Option<Timestamp>,
    /// Last complete comparison of uids; absent = never.
    pub audited_at: Option<Timestamp>,
}

/// What a server's LIST says about one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Full name as the server spells it.
    pub path: String,
    /// Last component, decoded.
    pub name: String,
    /// Hierarchy delimiter; empty = flat.
    pub delimiter: String,
    /// By special use, else by name.
    pub role: MailboxRole,
    /// It can hold messages.
    pub is_selectable: bool,
    /// The user subscribes to it.
    pub is_subscribed: bool,
}

const COLUMNS: &str = "id, account, parent, path, name, delimiter, role, role_override, uid_validity, uid_next, \
    highest_modseq, is_complete, lowest_uid, synced_at, audited_at, total, unread, is_local, is_selectable, \
    is_subscribed, is_favourite, place, color";

fn read(row: &Row<'_>) -> rusqlite::Result<Mailbox> {
    let number = |name: &str| row.get::<_, i64>(name);
    let known = |name: &str| number(name).map(|value| (value != 0).then_some(value));
    let chosen = MailboxRole::parse(&row.get::<_, String>("role_override")?);
    let listed = MailboxRole::parse(&row.get::<_, String>("role")?).unwrap_or_default();
    let is_local: bool = row.get("is_local")?;
    Ok(Mailbox {
        id: MailboxId(number("id")?),
        account: AccountId(number("account")?),
        parent: row.get::<_, Option<i64>>("parent")?.map(MailboxId),
        path: row.get("path")?,
        name: row.get("name")?,
        delimiter: if is_local { LOCAL_DELIMITER.to_owned() } else { row.get("delimiter")? },
        role: chosen.unwrap_or(listed),
        is_role_chosen: chosen.is_some(),
        sync: SyncState {
            uid_validity: known("uid_validity")?.map(|value| UidValidity(value as u32)),
            uid_next: known("uid_next")?.map(|value| Uid(value as u32)),
            highest_modseq: known("highest_modseq")?.map(|value| ModSeq(value as u64)),
            is_complete: row.get("is_complete")?,
            lowest_uid: known("lowest_uid")?.map(|value| Uid(value as u32)),
            synced_at: known("synced_at")?.map(Timestamp),
            audited_at: known("audited_at")?.map(Timestamp),
        },
        total: number("total")?.unsigned_abs(),
        unread: number("unread")?.unsigned_abs(),
        is_local,
        is_selectable: row.get("is_selectable")?,
        is_subscribed: row.get("is_subscribed")?,
        is_favourite: row.get("is_favourite")?,
        place: known("place")?.map(|place| u32::try_from(place).unwrap_or(u32::MAX)),
        color: row.get("color")?,
    })
}

/// Returns an account's mailboxes by path; those that were deleted here are left out.
pub fn list(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Mailbox>> {
    let sql =
        format!("SELECT {COLUMNS} FROM mailbox WHERE account = ?1 AND is_hidden = 0 ORDER BY path");
    tx.all(&sql, [account.0], read)
}

/// Returns one mailbox.
pub fn get(tx: &ReadTx<'_>, id: MailboxId) -> Result<Mailbox> {
    tx.maybe(&format!("SELECT {COLUMNS} FROM mailbox WHERE id = ?1"), [id.0], read)?
        .ok_or(Error::NotFound("folder"))
}

/// Returns the mailbox with this path, absent where there is none.
pub fn by_path(tx: &ReadTx<'_>, account: AccountId, path: &str) -> Result<Option<Mailbox>> {
    tx.maybe(
        &format!("SELECT {COLUMNS} FROM mailbox WHERE account = ?1 AND path = ?2"),
        params![account.0, path],
        read,
    )
}

/// Returns the mailbox that has a role in an account: the user's choice first, then the server's.
pub fn by_role(tx: &ReadTx<'_>, account: AccountId, role: MailboxRole) -> Result<Option<Mailbox>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM mailbox WHERE account = ?1 AND is_hidden = 0 AND is_selectable = 1 \
           AND (role_override = ?2 OR (role_override = '' AND role = ?2)) ORDER BY role_override DESC, id LIMIT 1"
    );
    tx.maybe(&sql, params![account.0, role.as_str()], read)
}

/// Returns the mailboxes of enabled accounts that have a role: what a unified folder shows.
pub fn unified(tx: &ReadTx<'_>, role: MailboxRole) -> Result<Vec<MailboxId>> {
    let sql = "SELECT mailbox.id FROM account JOIN mailbox ON mailbox.account = account.id \
        WHERE account.is_enabled = 1 AND mailbox.is_hidden = 0 \
          AND (role_override = ?1 OR (role_override = '' AND role = ?1)) ORDER BY account.place, mailbox.id";
    tx.all(sql, [role.as_str()], |row| row.get(0).map(MailboxId))
}

/// Brings the account's mailboxes in line with a complete LIST answer and returns them.
///
/// Those that the server no longer has are removed; their messages go to *Removed on the server*. Mailboxes of this
/// computer stay, and so does what a queued operation is about to make, rename or delete.
pub fn apply_list(tx: &WriteTx<'_>, account: AccountId, listed: &[Listed]) -> Result<Vec<Mailbox>> {
    let before = list(tx, account)?;
    let busy = crate::operation::paths_under_way(tx, account)?;
    for item in listed.iter().filter(|item| !busy.contains(&item.path)) {
        upsert(tx, account, item)?;
    }
    let paths: HashSet<&str> = listed.iter().map(|item| item.path.as_str()).collect();
    for gone in &before {
        let is_listed = paths.contains(gone.path.as_str());
        if !is_listed && !gone.is_local && !busy.contains(&gone.path) {
            remove(tx, gone.id)?;
        }
    }
    link_parents(tx, account)?;
    list(tx, account)
}

/// Adds or changes one mailbox of the server; returns its id.
pub fn upsert(tx: &WriteTx<'_>, account: AccountId, item: &Listed) -> Result<MailboxId> {
    let sql = "INSERT INTO mailbox (account, path, name, delimiter, role, is_selectable, is_subscribed) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (account, path) DO UPDATE SET name = excluded.name, \
        delimiter = excluded.delimiter, role = excluded.role, is_selectable = excluded.is_selectable, \
        is_subscribed = excluded.is_subscribed WHERE (name, delimiter, role, is_selectable, is_subscribed) <> \
        (excluded.name, excluded.delimiter, excluded.role, excluded.is_selectable, excluded.is_subscribed)";
    let values = params![
        account.0,
        item.path,
        item.name,
        item.delimiter,
        item.role.as_str(),
        item.is_selectable,
        item.is_subscribed
    ];
    let is_changed = tx.run(sql, values)? > 0;
    let sql = "SELECT id FROM mailbox WHERE account = ?1 AND path = ?2";
    let id = tx.one(sql, params![account.0, item.path], |row| row.get(0).map(MailboxId))?;
    if is_changed {
        tx.note(|changes| changes.mailbox(id));
    }
    Ok(id)
}

/// Sets each mailbox's parent from the paths.
pub(crate) fn link_parents(tx: &WriteTx<'_>, account: AccountId) -> Result<()> {
    let all =
        tx.all(&format!("SELECT {COLUMNS} FROM mailbox WHERE account = ?1"), [account.0], read)?;
    let by_path: HashMap<&str, MailboxId> =
        all.iter().map(|mailbox| (mailbox.path.as_str(), mailbox.id)).collect();
    for child in &all {
        let above = child
            .path
            .rsplit_once(child.delimiter.as_str())
            .filter(|_| !child.delimiter.is_empty());
        let parent = above.and_then(|(path, _)| by_path.get(path)).copied();
        if parent != child.parent {
            tx.run(
                "UPDATE mailbox SET parent = ?2 WHERE id = ?1",
                params![child.id.0, parent.map(|id| id.0)],
            )?;
            tx.note(|changes| changes.mailbox(child.id));
        }
    }
    Ok(())
}

/// Adds a mailbox on this computer (for accounts whose server has no folders, or that have none); returns its id, also
/// where it was there already. The last level of the path is its name; levels above it are linked where they exist.
pub fn add_local(
    tx: &WriteTx<'_>,
    account: AccountId,
    path: &str,
    role: MailboxRole,
) -> Result<MailboxId> {
    let sql = "INSERT INTO mailbox (account, path, name, role, is_local, is_complete) VALUES (?1, ?2, ?4, ?3, 1, 1) \
        ON CONFLICT (account, path) DO NOTHING";
    let name = path.rsplit(LOCAL_DELIMITER).next().unwrap_or(path);
    tx.run(sql, params![account.0, path, role.as_str(), name])?;
    let sql = "SELECT id FROM mailbox WHERE account = ?1 AND path = ?2";
    let id = tx.one(sql, params![account.0, path], |row| row.get(0).map(MailboxId))?;
    tx.note(|changes| changes.mailbox(id));
    link_parents(tx, account)?;
    Ok(id)
}

/// Lets the user say what a mailbox is for; absent = as the server says. An account has one mailbox for a role: one
/// that the user had chosen for it before is an ordinary one again.
pub fn choose_role(tx: &WriteTx<'_>, id: MailboxId, role: Option<MailboxRole>) -> Result<()> {
    if let Some(role) = role.filter(|role| *role != MailboxRole::Other) {
        let own = get(tx, id)?;
        for other in
            list(tx, own.account)?.iter().filter(|other| other.id != id && other.role == role)
        {
            let sql = "UPDATE mailbox SET role_override = ?2 WHERE id = ?1";
            tx.run(sql, params![other.id.0, MailboxRole::Other.as_str()])?;
            tx.note(|changes| changes.mailbox(other.id));
        }
    }
    let word = role.map_or("", MailboxRole::as_str);
    tx.run("UPDATE mailbox SET role_override = ?2 WHERE id = ?1", params![id.0, word])?;
    tx.note(|changes| changes.mailbox(id));
    Ok(())
}

/// What the user can choose for the look of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// At the top of the folder list, or not.
    Favourite(bool),
    /// A colour; empty = none.
    Color(String),
    /// The order among its siblings, from 1; absent = by name.
    Place(Option<u32>),
}

/// Remembers what the user chose for the look of a mailbox.
pub fn set_look(tx: &WriteTx<'_>, id: MailboxId, look: &Look) -> Result<()> {
    let count = match look {
        Look::Favourite(value) => {
            tx.run("UPDATE mailbox SET is_favourite = ?2 WHERE id = ?1", params![id.0, value])?
        }
        Look::Color(color) => {
            tx.run("UPDATE mailbox SET color = ?2 WHERE id = ?1", params![id.0, color])?
        }
        Look::Place(place) => tx.run(
            "UPDATE mailbox SET place = ?2 WHERE id = ?1",
            params![id.0, place.unwrap_or_default()],
        )?,
    };
    if count == 0 {
        return Err(Error::NotFound("folder"));
    }
    tx.note(|changes| changes.mailbox(id));
    Ok(())
}

/// Notes whether the user subscribes to a mailbox.
pub(crate) fn set_subscribed(tx: &WriteTx<'_>, id: MailboxId, is_subscribed: bool) -> Result<()> {
    tx.run("UPDATE mailbox SET is_subscribed = ?2 WHERE id = ?1", params![id.0, is_subscribed])?;
    tx.note(|changes| changes.mailbox(id));
    Ok(())
}

/// What a mailbox holds, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Visible messages.
    pub messages: u64,
    /// Bytes of these messages, as the server counts them.
    pub bytes: u64,
    /// Messages whose whole bytes are on this computer.
    pub stored: u64,
    /// When the oldest was received; absent = there is none.
    pub oldest: Option<Timestamp>,
    /// When the newest was received; absent = there is none.
    pub newest: Option<Timestamp>,
    /// Operations under way that concern its messages.
    pub pending: u64,
}

/// Returns what a mailbox holds. Walks its messages: for a dialog, not for a list.
pub fn holdings(tx: &ReadTx<'_>, id: MailboxId) -> Result<Holdings> {
    let sql = "SELECT count(*), coalesce(sum(message.size), 0), coalesce(sum(message.body_state = 2), 0), \
          min(message.received), max(message.received), coalesce(sum(placement.pending > 0), 0) \
        FROM placement JOIN message ON message.id = placement.message \
        WHERE placement.mailbox = ?1 AND placement.is_hidden = 0";
    tx.one(sql, [id.0], |row| {
        let number = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
        let time = |at: usize| row.get::<_, Option<i64>>(at).map(|at| at.map(Timestamp));
        Ok(Holdings {
            messages: number(0)?,
            bytes: number(1)?,
            stored: number(2)?,
            oldest: time(3)?,
            newest: time(4)?,
            pending: number(5)?,
        })
    })
}

/// Returns a mailbox and everything below it, the deepest first.
pub fn subtree(tx: &ReadTx<'_>, id: MailboxId) -> Result<Vec<Mailbox>> {
    let top = get(tx, id)?;
    let start = format!("{}{}", top.path, top.delimiter);
    let mut all: Vec<Mailbox> = list(tx, top.account)?
        .into_iter()
        .filter(|one| !top.delimiter.is_empty() && one.path.starts_with(&start))
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.path.matches(top.delimiter.as_str()).count()));
    all.push(top);
    Ok(all)
}

/// Remembers how far the mailbox is synchronised. For a new uid validity see [`crate::placement::forget_uids`].
pub fn set_sync(tx: &WriteTx<'_>, id: MailboxId, state: &SyncState) -> Result<()> {
    let sql = "UPDATE mailbox SET uid_validity = ?2, uid_next = ?3, highest_modseq = ?4, is_complete = ?5, \
        lowest_uid = ?6, synced_at = ?7, audited_at = ?8 WHERE id = ?1";
    let values = params![
        id.0,
        state.uid_validity.map_or(0, |value| value.0),
        state.uid_next.map_or(0, |value| value.0),
        state.highest_modseq.map_or(0, |value| value.0 as i64),
        state.is_complete,
        state.lowest_uid.map_or(0, |value| value.0),
        state.synced_at.map_or(0, |value| value.0),
        state.audited_at.map_or(0, |value| value.0),
    ];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("folder"));
    }
    tx.note(|changes| changes.mailbox(id));
    Ok(())
}

/// Renames a mailbox here, with everything below it.
pub(crate) fn rename(tx: &WriteTx<'_>, id: MailboxId, path: &str, name: &str) -> Result<()> {
    let old = get(tx, id)?;
    tx.run("UPDATE mailbox SET path = ?2, name = ?3 WHERE id = ?1", params![id.0, path, name])?;
    tx.note(|changes| changes.mailbox(id));
    if !old.delimiter.is_empty() {
        let start = format!("{}{}", old.path, old.delimiter);
        for below in
            list(tx, old.account)?.iter().filter(|mailbox| mailbox.path.starts_with(&start))
        {
            let rest = below.path.strip_prefix(&start).unwrap_or_default();
            let moved = format!("{path}{}{rest}", old.delimiter);
            tx.run("UPDATE mailbox SET path = ?2 WHERE id = ?1", params![below.id.0, moved])?;
            tx.note(|changes| changes.mailbox(below.id));
        }
    }
    link_parents(tx, old.account)
}

/// A mailbox that the server has under another name now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The mailbox here.
    pub mailbox: MailboxId,
    /// Its new full name, as the server spells it.
    pub path: String,
    /// Its new last component, decoded.
    pub name: String,
}

/// Gives mailboxes the names that the server has for them now; their messages, what waits for them and what the user
/// chose for them stay. Each is compared completely at the next look. One that a queued operation is about to make,
/// rename or delete is left alone.
pub fn follow(tx: &WriteTx<'_>, account: AccountId, all: &[Followed]) -> Result<()> {
    let busy = crate::operation::paths_under_way(tx, account)?;
    let mut followed = Vec::new();
    for one in all {
        let old = get(tx, one.mailbox)?;
        if !busy.contains(&old.path) && !busy.contains(&one.path) {
            followed.push(one);
        }
    }
    // Names can go around in a circle: first all get one that no server has.
    for one in &followed {
        let aside = format!("\u{1}{}", one.mailbox.0);
        let sql = "UPDATE mailbox SET path = ?2 WHERE id = ?1";
        tx.run(sql, params![one.mailbox.0, aside])?;
    }
    for one in followed {
        if by_path(tx, account, &one.path)?.is_some() {
            // Another one has it after all; the list that follows removes this one, and its messages are found again.
            continue;
        }
        let sql = "UPDATE mailbox SET path = ?2, name = ?3, audited_at = 0 WHERE id = ?1";
        tx.run(sql, params![one.mailbox.0, one.path, one.name])?;
        tx.note(|changes| changes.mailbox(one.mailbox));
    }
    link_parents(tx, account)
}

/// Hides a mailbox that was deleted here and that the server still has, or shows it again.
pub(crate) fn set_hidden(tx: &WriteTx<'_>, id: MailboxId, is_hidden: bool) -> Result<()> {
    tx.run("UPDATE mailbox SET is_hidden = ?2 WHERE id = ?1", params![id.0, is_hidden])?;
    tx.note(|changes| changes.mailbox(id));
    Ok(())
}

fn prefix_key(account: AccountId) -> String {
    format!("namespace-prefix/{}", account.0)
}

/// Returns what the paths of an account's own folders at the top begin with (`INBOX.` where everything lies below the
/// inbox, RFC 2342); empty = nothing, or not told yet.
pub fn prefix(tx: &ReadTx<'_>, account: AccountId) -> Result<String> {
    let known = crate::setting::get(tx, &prefix_key(account))?;
    Ok(known.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Forgets it, with the account.
pub(crate) fn forget_prefix(tx: &WriteTx<'_>, account: AccountId) -> Result<()> {
    crate::setting::remove(tx, &prefix_key(account))
}

/// Remembers it.
pub fn set_prefix(tx: &WriteTx<'_>, account: AccountId, prefix: &str) -> Result<()> {
    let text = serde_json::Value::from(prefix).to_string();
    crate::setting::set(tx, &prefix_key(account), &text)
}

/// Removes a mailbox that is no longer on the server; its messages go to *Removed on the server*.
pub fn remove(tx: &WriteTx<'_>, id: MailboxId) -> Result<()> {
    remove_by(tx, id, crate::placement::RemovedBy::Server)
}

/// Removes a mailbox, saying who did it.
pub(crate) fn remove_by(
    tx: &WriteTx<'_>,
    id: MailboxId,
    by: crate::placement::RemovedBy,
) -> Result<()> {
    let sql = "SELECT message FROM placement WHERE mailbox = ?1";
    let messages = tx.all(sql, [id.0], |row| row.get(0).map(posthorn_model::MessageId))?;
    crate::placement::remove(tx, id, &messages, by)?;
    tx.run("DELETE FROM mailbox WHERE id = ?1", [id.0])?;
    tx.note(|changes| changes.mailbox(id));
    Ok(())
}
