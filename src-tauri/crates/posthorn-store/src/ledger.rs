//! The ledger: per mailbox, what the server was found to have, what a proof found, and what could not be read.
//!
//! Invariants: it says what was compared and when, never what is assumed. Nothing here removes or adds a message; a
//! proof mends through [`crate::placement`] like every other comparison.

use std::collections::HashMap;

use posthorn_model::{AccountId, Flags, MailboxId, MessageId, Timestamp, Uid};
use rusqlite::params;

use crate::error::Result;
use crate::mailbox::Holdings;
use crate::tx::{ReadTx, WriteTx};

/// Characters of a reason that are kept.
const REASON: usize = 400;

/// What a complete comparison of one mailbox found, and mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// When it ended.
    pub at: Timestamp,
    /// Messages that were compared.
    pub compared: u64,
    /// There and not here; fetched.
    pub missing: u64,
    /// Here and not there; to *Removed on the server*.
    pub gone: u64,
    /// With other flags there; taken over.
    pub flags: u64,
    /// Another message under the same uid; matched anew.
    pub other: u64,
    /// Left alone, because a change of the user's is under way.
    pub spared: u64,
    /// What still differs afterwards.
    pub remaining: u64,
    /// Why it did not come to its end; empty = it did.
    pub problem: String,
}

impl Proof {
    /// Tells whether both sides were found equal, or are equal now.
    pub fn is_equal(&self) -> bool {
        self.problem.is_empty() && self.remaining == 0
    }
}

/// What is known of a mailbox on its server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// MAILBOXID (RFC 8474); absent where the server has none.
    pub object_id: Option<String>,
    /// Messages there when it was last compared; absent = not known.
    pub there: Option<u64>,
    /// The last proof; absent = never.
    pub proof: Option<Proof>,
    /// Messages that could not be read.
    pub quarantined: u64,
}

/// A message that the server lists, and that is not here because it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its uid.
    pub uid: Uid,
    /// Since when.
    pub since: Timestamp,
    /// The server's sentence, or what could not be read.
    pub reason: String,
}

/// A message as a proof compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its uid.
    pub uid: Uid,
    /// The message.
    pub message: MessageId,
    /// Bytes, as the server said.
    pub size: u64,
    /// When it was received.
    pub received: Timestamp,
    /// Its flags here.
    pub flags: Flags,
    /// An operation on it is under way.
    pub is_pending: bool,
}

fn touch(tx: &WriteTx<'_>, mailbox: MailboxId) -> Result<()> {
    tx.run("INSERT INTO ledger (mailbox) VALUES (?1) ON CONFLICT (mailbox) DO NOTHING", [mailbox.0])
        .map(drop)
}

/// Notes how many messages the server has.
pub fn note_there(tx: &WriteTx<'_>, mailbox: MailboxId, there: u64) -> Result<()> {
    touch(tx, mailbox)?;
    let sql = "UPDATE ledger SET there = ?2 WHERE mailbox = ?1";
    tx.run(sql, params![mailbox.0, there as i64]).map(drop)
}

/// Notes the id by which the server knows the mailbox, whatever its name (RFC 8474).
pub fn note_object_id(tx: &WriteTx<'_>, mailbox: MailboxId, id: &str) -> Result<()> {
    touch(tx, mailbox)?;
    tx.run("UPDATE ledger SET object_id = ?2 WHERE mailbox = ?1", params![mailbox.0, id]).map(drop)
}

/// Remembers what a proof found.
pub fn set_proof(tx: &WriteTx<'_>, mailbox: MailboxId, proof: &Proof) -> Result<()> {
    touch(tx, mailbox)?;
    let sql = "UPDATE ledger SET proved_at = ?2, compared = ?3, missing = ?4, gone = ?5, flags = ?6, other = ?7, \
        spared = ?8, remaining = ?9, problem = ?10 WHERE mailbox = ?1";
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let values = params![
        mailbox.0,
        proof.at.0,
        number(proof.compared),
        number(proof.missing),
        number(proof.gone),
        number(proof.flags),
        number(proof.other),
        number(proof.spared),
        number(proof.remaining),
        proof.problem,
    ];
    tx.run(sql, values)?;
    tx.note(|changes| changes.mailbox(mailbox));
    Ok(())
}

/// Returns what is known of the mailboxes of an account; one without an entry was never compared.
pub fn entries(tx: &ReadTx<'_>, account: AccountId) -> Result<HashMap<MailboxId, Entry>> {
    let sql = "SELECT mailbox.id, object_id, there, proved_at, compared, missing, gone, flags, other, spared, remaining, \
          problem, (SELECT count(*) FROM quarantine WHERE quarantine.mailbox = mailbox.id) \
        FROM mailbox JOIN ledger ON ledger.mailbox = mailbox.id WHERE mailbox.account = ?1";
    let rows = tx.all(sql, [account.0], |row| {
        let number = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
        let proof = Proof {
            at: Timestamp(row.get(3)?),
            compared: number(4)?,
            missing: number(5)?,
            gone: number(6)?,
            flags: number(7)?,
            other: number(8)?,
            spared: number(9)?,
            remaining: number(10)?,
            problem: row.get(11)?,
        };
        let entry = Entry {
            object_id: Some(row.get::<_, String>(1)?).filter(|id| !id.is_empty()),
            there: u64::try_from(row.get::<_, i64>(2)?).ok(),
            proof: (proof.at.0 != 0).then_some(proof),
            quarantined: number(12)?,
        };
        Ok((MailboxId(row.get(0)?), entry))
    })?;
    Ok(rows.into_iter().collect())
}

/// Returns the mailboxes that the server knows by an id of its own.
pub fn object_ids(tx: &ReadTx<'_>, account: AccountId) -> Result<HashMap<MailboxId, String>> {
    let known = entries(tx, account)?.into_iter();
    Ok(known.filter_map(|(id, entry)| Some((id, entry.object_id?))).collect())
}

/// Returns the messages of a mailbox that could not be read, by uid.
pub fn quarantined(tx: &ReadTx<'_>, mailbox: MailboxId) -> Result<Vec<Quarantined>> {
    let sql = "SELECT uid, since, reason FROM quarantine WHERE mailbox = ?1 ORDER BY uid";
    tx.all(sql, [mailbox.0], |row| {
        Ok(Quarantined {
            uid: Uid(row.get(0)?),
            since: Timestamp(row.get(1)?),
            reason: row.get(2)?,
        })
    })
}

/// Replaces the messages of a mailbox that could not be read. One that was there keeps its time, and its reason where
/// none is given now.
pub fn quarantine(tx: &WriteTx<'_>, mailbox: MailboxId, all: &[(Uid, String)]) -> Result<()> {
    let before = quarantined(tx, mailbox)?;
    let is_same = before.len() == all.len()
        && before.iter().zip(all).all(|(old, (uid, reason))| {
            old.uid == *uid && (reason.is_empty() || old.reason == *reason)
        });
    if is_same {
        return Ok(());
    }
    tx.run("DELETE FROM quarantine WHERE mailbox = ?1", [mailbox.0])?;
    for (uid, reason) in all {
        let old = before.iter().find(|old| old.uid == *uid);
        let since = old.map_or(tx.now(), |old| old.since);
        let reason = match old {
            Some(old) if reason.is_empty() => old.reason.clone(),
            _ => reason.chars().take(REASON).collect(),
        };
        let sql = "INSERT INTO quarantine (mailbox, uid, since, reason) VALUES (?1, ?2, ?3, ?4)";
        tx.run(sql, params![mailbox.0, uid.0, since.0, reason])?;
    }
    tx.note(|changes| changes.mailbox(mailbox));
    Ok(())
}

/// Returns what the mailboxes of an account hold; an empty one may be left out. Walks all messages: for a page that
/// somebody opened.
pub fn holdings(tx: &ReadTx<'_>, account: AccountId) -> Result<HashMap<MailboxId, Holdings>> {
    let sql = "SELECT placement.mailbox, count(*), coalesce(sum(message.size), 0), coalesce(sum(message.body_state = 2), 0), \
          min(message.received), max(message.received), coalesce(sum(placement.pending > 0), 0) \
        FROM mailbox JOIN placement ON placement.mailbox = mailbox.id JOIN message ON message.id = placement.message \
        WHERE mailbox.account = ?1 AND placement.is_hidden = 0 GROUP BY placement.mailbox";
    let rows = tx.all(sql, [account.0], |row| {
        let number = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
        let time = |at: usize| row.get::<_, Option<i64>>(at).map(|at| at.map(Timestamp));
        let held = Holdings {
            messages: number(1)?,
            bytes: number(2)?,
            stored: number(3)?,
            oldest: time(4)?,
            newest: time(5)?,
            pending: number(6)?,
        };
        Ok((MailboxId(row.get(0)?), held))
    })?;
    Ok(rows.into_iter().collect())
}

/// Returns the messages of a mailbox whose uids lie in a range, rising, with those that are hidden here.
pub fn known(tx: &ReadTx<'_>, mailbox: MailboxId, (first, last): (Uid, Uid)) -> Result<Vec<Known>> {
    let sql = "SELECT placement.uid, message.id, message.size, message.received, is_seen, is_flagged, is_answered, \
          is_draft, is_deleted, keywords, pending \
        FROM placement JOIN message ON message.id = placement.message \
        WHERE placement.mailbox = ?1 AND placement.uid BETWEEN ?2 AND ?3 ORDER BY placement.uid";
    tx.all(sql, params![mailbox.0, first.0, last.0], |row| {
        Ok(Known {
            uid: Uid(row.get(0)?),
            message: MessageId(row.get(1)?),
            size: row.get::<_, i64>(2)?.unsigned_abs(),
            received: Timestamp(row.get(3)?),
            flags: Flags {
                seen: row.get(4)?,
                flagged: row.get(5)?,
                answered: row.get(6)?,
                draft: row.get(7)?,
                deleted: row.get(8)?,
                keywords: row
                    .get_ref(9)?
                    .as_str()?
                    .split(' ')
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect(),
            },
            is_pending: row.get::<_, i64>(10)? > 0,
        })
    })
}

/// Returns what a POP3 server listed: how many messages, how many of them are whole here, and how many only by their
/// head.
pub fn maildrop(tx: &ReadTx<'_>, account: AccountId) -> Result<(u64, u64, u64)> {
    let sql = "SELECT count(*), coalesce(sum(state IN ('downloaded', 'marked') AND message IS NOT NULL), 0), coalesce(sum(state = 'headers'), 0) \
        FROM maildrop WHERE account = ?1 AND state <> 'deleted' AND absent_since = 0";
    tx.one(sql, [account.0], |row| {
        let number = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok((number(0)?, number(1)?, number(2)?))
    })
}
