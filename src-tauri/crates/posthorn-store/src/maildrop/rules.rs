//! When a message leaves its POP3 server: what the account's policy says, before it is done.
//!
//! Invariant: what is here in part only never becomes due by itself; only the user's own deletion removes it.

use posthorn_model::{AccountId, MessageId, Timestamp};
use rusqlite::params;

use super::{COLUMNS, DropState, Entry, read};
use crate::account::{self, PopPolicy};
use crate::error::Result;
use crate::removed::DAY_MS;
use crate::tx::{ReadTx, WriteTx};

/// Rows whose message is here whole, not kept for ever, and not starred where `?3` keeps what is.
const REMOVABLE: &str = "maildrop.state = 'downloaded' AND NOT maildrop.is_kept \
    AND (SELECT body_state FROM message WHERE message.id = maildrop.message) = 2 \
    AND NOT (?3 AND EXISTS (SELECT 1 FROM placement WHERE placement.message = maildrop.message AND is_flagged))";

/// Returns the time before which a message must have been seen first to be due now; absent where none is due by itself.
fn seen_before(now: Timestamp, policy: PopPolicy) -> Option<i64> {
    match policy {
        PopPolicy::Leave | PopPolicy::WhenDeleted | PopPolicy::WhenMoved | PopPolicy::Never => None,
        PopPolicy::AfterDays(days) => Some(now.0 - i64::from(days) * DAY_MS),
        PopPolicy::AtOnce => Some(i64::MAX),
    }
}

/// Returns what the policy wants removed from the server now, oldest first. The caller sends DELE for those that the
/// listing shows.
pub fn due_for_removal(
    tx: &ReadTx<'_>,
    account: AccountId,
    policy: PopPolicy,
    keep_starred: bool,
) -> Result<Vec<Entry>> {
    if policy == PopPolicy::Never {
        return Ok(Vec::new());
    }
    let before = seen_before(tx.now(), policy).unwrap_or(0);
    let sql = format!(
        "SELECT {COLUMNS} FROM maildrop WHERE account = ?1 \
           AND (state = 'marked' OR (first_seen < ?2 AND {REMOVABLE})) ORDER BY id"
    );
    tx.all(&sql, params![account.0, before, keep_starred], read)
}

/// What a policy would do to a maildrop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Messages that would be removed with the next look.
    pub now: u64,
    /// Their bytes.
    pub now_bytes: u64,
    /// When the oldest of them was received; absent when there is none.
    pub oldest: Option<Timestamp>,
    /// Messages that would be removed later without anybody doing anything.
    pub later: u64,
    /// When the first of these would be; absent when there is none.
    pub first_at: Option<Timestamp>,
    /// Messages that would stay.
    pub stay: u64,
    /// Of these, messages whose bytes are not here.
    pub not_here: u64,
}

/// Says what a policy would do, as far as the last listing showed what is there.
pub fn preview(
    tx: &ReadTx<'_>,
    account: AccountId,
    policy: PopPolicy,
    keep_starred: bool,
) -> Result<Preview> {
    let absent = super::absent(tx, account)?;
    let mut due = due_for_removal(tx, account, policy, keep_starred)?;
    due.retain(|entry| !absent.contains(&entry.uidl));
    let mut preview = Preview {
        now: due.len() as u64,
        now_bytes: due.iter().map(|entry| entry.size).sum(),
        oldest: oldest(tx, &due)?,
        ..Preview::default()
    };
    if let PopPolicy::AfterDays(days) = policy {
        let sql = format!(
            "SELECT COUNT(*), MIN(first_seen) FROM maildrop WHERE account = ?1 AND first_seen >= ?2 AND absent_since = 0 AND {REMOVABLE}"
        );
        let before = seen_before(tx.now(), policy).unwrap_or(0);
        let (later, first): (i64, Option<i64>) =
            tx.one(&sql, params![account.0, before, keep_starred], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        preview.later = later.unsigned_abs();
        preview.first_at = first.map(|seen| Timestamp(seen + i64::from(days) * DAY_MS));
    }
    let sql = "SELECT COUNT(*), COUNT(*) FILTER (WHERE state IN ('known', 'headers')) FROM maildrop \
        WHERE account = ?1 AND state <> 'deleted' AND absent_since = 0";
    let (all, not_here): (i64, i64) =
        tx.one(sql, [account.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    preview.stay = all.unsigned_abs().saturating_sub(preview.now + preview.later);
    preview.not_here = not_here.unsigned_abs();
    Ok(preview)
}

/// Returns when the oldest of these was received; when it was first listed, where its message is not here.
fn oldest(tx: &ReadTx<'_>, due: &[Entry]) -> Result<Option<Timestamp>> {
    let sql = "SELECT received FROM message WHERE id = ?1 AND received > 0";
    let mut oldest = None;
    for entry in due {
        let received = match entry.message {
            Some(message) => tx.maybe(sql, [message.0], |row| Ok(Timestamp(row.get(0)?)))?,
            None => None,
        };
        let at = received.unwrap_or(entry.first_seen);
        oldest = Some(oldest.map_or(at, |before: Timestamp| before.min(at)));
    }
    Ok(oldest)
}

/// What becomes of a message's copy on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays,
    /// It leaves with the next look into the maildrop.
    LeavesNext,
    /// It leaves with the first look after this.
    LeavesAt(Timestamp),
    /// Its removal was confirmed at this time, or it was first missed then.
    Left(Timestamp),
}

/// Says what becomes of a message's copy on the server; absent where it never was in a maildrop.
pub fn fate(tx: &ReadTx<'_>, message: MessageId) -> Result<Option<Fate>> {
    let sql = "SELECT account, state, first_seen, deleted_at, is_kept, absent_since FROM maildrop \
        WHERE message = ?1 ORDER BY id DESC LIMIT 1";
    let found = tx.maybe(sql, [message.0], |row| {
        let copy = Copied {
            state: DropState::parse(row.get_ref(1)?.as_str()?),
            first_seen: Timestamp(row.get(2)?),
            deleted_at: Timestamp(row.get(3)?),
            is_kept: row.get(4)?,
            absent_since: Timestamp(row.get(5)?),
        };
        Ok((AccountId(row.get(0)?), copy))
    })?;
    let Some((account, mut copy)) = found else { return Ok(None) };
    let settings = account::get(tx, account)?.settings;
    copy.is_kept |= settings.pop_keep_starred && is_starred(tx, message)?;
    Ok(Some(copy.fate(settings.pop_policy, tx.now())))
}

/// What a row says of the copy on the server.
pub(super) struct Copied {
    pub(super) state: DropState,
    pub(super) first_seen: Timestamp,
    pub(super) deleted_at: Timestamp,
    /// It stays by the user's wish for this message.
    pub(super) is_kept: bool,
    /// When a complete listing first did not show it; 0 = it is there.
    pub(super) absent_since: Timestamp,
}

impl Copied {
    /// Says what becomes of it under a policy.
    pub(super) fn fate(&self, policy: PopPolicy, now: Timestamp) -> Fate {
        match (self.state, policy) {
            (DropState::Deleted, _) => Fate::Left(self.deleted_at),
            _ if self.absent_since.0 > 0 => Fate::Left(self.absent_since),
            (_, PopPolicy::Never) => Fate::Stays,
            (DropState::Marked, _) => Fate::LeavesNext,
            (DropState::Downloaded, PopPolicy::AtOnce) if !self.is_kept => Fate::LeavesNext,
            (DropState::Downloaded, PopPolicy::AfterDays(days)) if !self.is_kept => {
                let at = Timestamp(self.first_seen.0 + i64::from(days) * DAY_MS);
                if at <= now { Fate::LeavesNext } else { Fate::LeavesAt(at) }
            }
            _ => Fate::Stays,
        }
    }
}

fn is_starred(tx: &ReadTx<'_>, message: MessageId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM placement WHERE message = ?1 AND is_flagged)";
    tx.one(sql, [message.0], |row| row.get(0))
}

/// Marks the maildrop's copy of a message that the user deleted here, or moved out of the inbox, where the policy says
/// so. A message of which only the head is here is marked by a deletion alone.
pub(crate) fn mark_left_here(
    tx: &WriteTx<'_>,
    account: AccountId,
    message: MessageId,
    is_deletion: bool,
) -> Result<()> {
    let sql = "UPDATE maildrop SET state = 'marked' WHERE message = ?2 AND account = ?1 AND NOT is_kept AND CASE \
        WHEN ?3 THEN state IN ('downloaded', 'headers') \
          AND (SELECT pop_policy FROM account WHERE id = ?1) IN ('when-deleted', 'when-moved') \
        ELSE state = 'downloaded' AND (SELECT body_state FROM message WHERE id = ?2) = 2 \
          AND (SELECT pop_policy FROM account WHERE id = ?1) = 'when-moved' END";
    if tx.run(sql, params![account.0, message.0, is_deletion])? > 0 {
        tx.note(|changes| changes.maildrop(account));
    }
    Ok(())
}

/// Takes such a mark back, when the user undoes it before it was told to the server.
pub(crate) fn unmark(tx: &WriteTx<'_>, account: AccountId, message: MessageId) -> Result<()> {
    let sql = "UPDATE maildrop SET state = \
          CASE WHEN (SELECT body_state FROM message WHERE id = ?2) = 2 THEN 'downloaded' ELSE 'headers' END \
        WHERE message = ?2 AND account = ?1 AND state = 'marked'";
    if tx.run(sql, [account.0, message.0])? > 0 {
        tx.note(|changes| changes.maildrop(account));
    }
    Ok(())
}
