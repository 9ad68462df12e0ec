//! What takes the room of an account: folders, messages, senders, files. By the sizes that servers told; nothing is
//! fetched for it.
//!
//! Each question walks the account's messages once: for a screen that somebody opened, not for a list.

use std::collections::HashMap;

use posthorn_model::{AccountId, Address, MailboxId, MessageId, Timestamp};
use rusqlite::{Row, params};

use crate::address_list;
use crate::error::Result;
use crate::tx::ReadTx;

/// What somebody or something takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share<T> {
    /// Who or what.
    pub of: T,
    /// Bytes of its messages.
    pub bytes: u64,
    /// Its messages.
    pub messages: u64,
}

/// A message and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Large {
    /// The message.
    pub message: MessageId,
    /// A folder that it is in.
    pub mailbox: MailboxId,
    /// Subject.
    pub subject: String,
    /// First sender; empty where there is none.
    pub from: Address,
    /// When it was received.
    pub received: Timestamp,
    /// Bytes of the whole message.
    pub size: u64,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeFile {
    /// Its message.
    pub message: Large,
    /// Its name; empty = none given.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Decoded bytes, as far as known.
    pub size: u64,
}

/// Which messages are proposed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The largest.
    Largest,
    /// The oldest.
    Oldest,
}

const LARGE: &str = "message.id, min(placement.mailbox), message.subject, message.from_list, message.received, message.size";
/// Messages that can be seen in a folder of the account's server; `?2` is true where the folders of this computer
/// count too.
const SEEN: &str = "FROM message JOIN placement ON placement.message = message.id JOIN mailbox ON mailbox.id = placement.mailbox \
    WHERE message.account = ?1 AND placement.is_hidden = 0 AND mailbox.is_hidden = 0 AND (mailbox.is_local = 0 OR ?2)";

fn large(row: &Row<'_>) -> rusqlite::Result<Large> {
    let from = row.get_ref(3)?.as_str().map(address_list::read).unwrap_or_default();
    Ok(Large {
        message: MessageId(row.get(0)?),
        mailbox: MailboxId(row.get(1)?),
        subject: row.get(2)?,
        from: from.into_iter().next().unwrap_or_default(),
        received: Timestamp(row.get(4)?),
        size: row.get::<_, i64>(5)?.unsigned_abs(),
    })
}

/// Returns what an account's folders take, the largest first.
pub fn folders(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Share<MailboxId>>> {
    let sql = format!(
        "SELECT mailbox.id, sum(message.size), count(*) {SEEN} GROUP BY mailbox.id ORDER BY 2 DESC, 1"
    );
    tx.all(&sql, params![account.0, true], |row| {
        Ok(Share {
            of: MailboxId(row.get(0)?),
            bytes: row.get::<_, i64>(1)?.unsigned_abs(),
            messages: row.get::<_, i64>(2)?.unsigned_abs(),
        })
    })
}

/// Returns what the mail of each sender takes, the largest first.
pub fn senders(tx: &ReadTx<'_>, account: AccountId, limit: usize) -> Result<Vec<Share<Address>>> {
    let sql = "SELECT from_list, sum(size), count(*) FROM message WHERE account = ?1 AND EXISTS (SELECT 1 FROM placement \
        WHERE placement.message = message.id AND is_hidden = 0) GROUP BY from_list";
    let rows = tx.all(sql, [account.0], |row| {
        let from = row.get_ref(0)?.as_str().map(address_list::read).unwrap_or_default();
        let number = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok((from.into_iter().next(), number(1)?, number(2)?))
    })?;
    // One person under several names.
    let mut known: HashMap<String, Share<Address>> = HashMap::new();
    for (from, bytes, messages) in rows {
        let Some(from) = from else { continue };
        let share = known.entry(from.email.to_lowercase()).or_insert_with(|| Share {
            of: from.clone(),
            bytes: 0,
            messages: 0,
        });
        share.bytes += bytes;
        share.messages += messages;
        if share.of.name.is_empty() {
            share.of.name = from.name;
        }
    }
    let mut all: Vec<Share<Address>> = known.into_values().collect();
    all.sort_by(|one, other| (other.bytes, &one.of.email).cmp(&(one.bytes, &other.of.email)));
    all.truncate(limit);
    Ok(all)
}

/// Returns an account's largest messages.
pub fn messages(tx: &ReadTx<'_>, account: AccountId, limit: usize) -> Result<Vec<Large>> {
    let sql = format!(
        "SELECT {LARGE} {SEEN} GROUP BY message.id ORDER BY message.size DESC, message.id LIMIT ?3"
    );
    tx.all(&sql, params![account.0, true, limit as i64], large)
}

/// Returns an account's largest files, as far as the structure of their messages is known.
pub fn files(tx: &ReadTx<'_>, account: AccountId, limit: usize) -> Result<Vec<LargeFile>> {
    let sql = format!(
        "SELECT {LARGE}, attachment.name, attachment.mime, attachment.size {} GROUP BY message.id, attachment.section \
           ORDER BY attachment.size DESC, message.id LIMIT ?3",
        SEEN.replace(
            "FROM message",
            "FROM attachment JOIN message ON message.id = attachment.message"
        )
    );
    tx.all(&sql, params![account.0, true, limit as i64], |row| {
        Ok(LargeFile {
            message: large(row)?,
            name: row.get(6)?,
            mime: row.get(7)?,
            size: row.get::<_, i64>(8)?.unsigned_abs(),
        })
    })
}

/// Proposes messages of the account's server that together free so many bytes: no starred ones, no drafts, nothing that
/// an operation is about. Fewer where there are not enough.
pub fn propose(
    tx: &ReadTx<'_>,
    account: AccountId,
    bytes: u64,
    order: Order,
    limit: usize,
) -> Result<Vec<Large>> {
    let by = match order {
        Order::Largest => "message.size DESC, message.received",
        Order::Oldest => "message.received, message.size DESC",
    };
    let sql = format!(
        "SELECT {LARGE} {SEEN} GROUP BY message.id \
           HAVING max(placement.is_flagged) = 0 AND max(placement.is_draft) = 0 AND max(placement.pending) = 0 \
         ORDER BY {by}, message.id LIMIT ?3"
    );
    let found = tx.all(&sql, params![account.0, false, limit as i64], large)?;
    let mut freed = 0;
    let is_wanted = |one: &Large| {
        let is_enough = freed >= bytes;
        freed += one.size;
        !is_enough
    };
    Ok(found.into_iter().take_while(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use posthorn_model::{AccountId, MailboxId, MailboxRole, SystemClock};

    use super::{Order, files, folders, messages, propose, senders};
    use crate::message::Attachment;
    use crate::placement::{self, Arrival};
    use crate::testing;
    use crate::{Paths, Store, WriteTx, mailbox};

    fn arrival(number: usize, size: u64, is_flagged: bool) -> Arrival {
        let mut arrival = testing::arrival(number, &mut testing::Numbers::new(1));
        arrival.head.size = size;
        arrival.head.attachments.clear();
        arrival.flags.flagged = is_flagged;
        if number == 2 {
            let file = Attachment {
                section: "2".to_owned(),
                name: "film.mp4".to_owned(),
                size: 900,
                ..Attachment::default()
            };
            arrival.head.attachments = vec![file];
        }
        arrival
    }

    fn fill(tx: &WriteTx<'_>) -> crate::Result<(AccountId, MailboxId)> {
        let (account, [inbox, ..]) = testing::add_account(tx, "anna@x.example")?;
        let all = [
            arrival(1, 100, false),
            arrival(2, 1_000, false),
            arrival(3, 5_000, true),
            arrival(4, 10, false),
        ];
        placement::arrive(tx, inbox, &all)?;
        let local = mailbox::add_local(tx, account, "Here", MailboxRole::Other)?;
        placement::arrive(tx, local, &[Arrival { uid: None, ..arrival(5, 70_000, false) }])?;
        Ok((account, inbox))
    }

    #[tokio::test]
    async fn what_is_large_is_named_and_what_can_go_is_proposed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Paths::in_folder(folder.path()), Arc::new(SystemClock)).unwrap();
        let (account, inbox) = store.write(fill).await.unwrap();
        store
            .read(move |tx| {
                let shares = folders(tx, account)?;
                assert_eq!(shares.len(), 2);
                let own = shares.iter().find(|share| share.of == inbox).unwrap();
                assert_eq!((own.bytes, own.messages), (6_110, 4));
                let sizes: Vec<u64> =
                    messages(tx, account, 2)?.iter().map(|one| one.size).collect();
                assert_eq!(sizes, [70_000, 5_000]);
                let found = files(tx, account, 9)?;
                assert_eq!(found.len(), 1);
                assert_eq!((found[0].name.as_str(), found[0].message.size), ("film.mp4", 1_000));
                assert_eq!(senders(tx, account, 9)?.iter().map(|one| one.messages).sum::<u64>(), 5);
                let ids = |order, bytes| -> crate::Result<Vec<u64>> {
                    Ok(propose(tx, account, bytes, order, 100)?
                        .iter()
                        .map(|one| one.size)
                        .collect())
                };
                assert_eq!(
                    ids(Order::Largest, 900)?,
                    [1_000],
                    "not the starred one, not what is here alone"
                );
                assert_eq!(ids(Order::Largest, 1_050)?, [1_000, 100]);
                assert_eq!(ids(Order::Oldest, 150)?, [100, 1_000]);
                assert_eq!(ids(Order::Oldest, 1 << 40)?.len(), 3);
                assert!(ids(Order::Oldest, 0)?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
        store.close().await;
    }
}
