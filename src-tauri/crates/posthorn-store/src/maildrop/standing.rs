//! How each message of a maildrop stands: what of it is here, what is known of it, and what becomes of its copy there.

use posthorn_model::{AccountId, Address, Timestamp};

use super::rules::Copied;
use super::{DropState, Entry, Fate, read};
use crate::error::Result;
use crate::tx::ReadTx;
use crate::{account, address_list};

/// How a message of a maildrop stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its row.
    pub entry: Entry,
    /// All its bytes are here.
    pub is_whole: bool,
    /// It stays on the server for ever by the user's wish.
    pub is_kept: bool,
    /// What becomes of its copy on the server.
    pub fate: Fate,
    /// First sender, subject and time, where its message is here at least by its head.
    pub head: Option<(Address, String, Timestamp)>,
}

/// Tells how all messages of a maildrop stand, those aside whose removal was confirmed.
pub fn standings(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Standing>> {
    let settings = account::get(tx, account)?.settings;
    let (policy, now) = (settings.pop_policy, tx.now());
    let sql = "SELECT maildrop.uidl, maildrop.size, maildrop.header_hash, maildrop.message, maildrop.state, \
          maildrop.first_seen, maildrop.is_kept, maildrop.deleted_at, message.body_state, message.from_list, \
          message.subject, message.received, \
          EXISTS (SELECT 1 FROM placement WHERE placement.message = maildrop.message AND is_flagged), \
          maildrop.absent_since \
        FROM maildrop LEFT JOIN message ON message.id = maildrop.message \
        WHERE maildrop.account = ?1 AND maildrop.state <> 'deleted'";
    tx.all(sql, [account.0], |row| {
        let entry = read(row)?;
        let is_kept: bool = row.get(6)?;
        let is_starred: bool = row.get(12)?;
        let copy = Copied {
            state: entry.state,
            first_seen: entry.first_seen,
            deleted_at: Timestamp(row.get(7)?),
            is_kept: is_kept || (settings.pop_keep_starred && is_starred),
            absent_since: Timestamp(row.get(13)?),
        };
        let is_whole = row.get::<_, Option<i64>>(8)? == Some(2);
        // The policy lets go only what is here whole; a removal that the user asked for stands.
        let can_leave = is_whole || entry.state == DropState::Marked;
        let fate = if can_leave { copy.fate(policy, now) } else { Fate::Stays };
        let head = match row.get::<_, Option<String>>(9)? {
            None => None,
            Some(from) => {
                let first = address_list::read(&from).into_iter().next();
                let from = first.unwrap_or_default();
                Some((from, row.get(10)?, Timestamp(row.get(11)?)))
            }
        };
        Ok(Standing { entry, is_whole, is_kept, fate, head })
    })
}
