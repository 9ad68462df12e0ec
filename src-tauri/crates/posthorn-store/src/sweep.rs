//! Taking away bytes that nobody refers to.
//!
//! Invariants: the sweep runs in the body store's writer, so that no body is put beside it; it spares what was put
//! within 30 days; and a POP3 body that the index does not know is never taken unless it was let go on purpose: it may
//! be the only copy, and is handed back to be indexed again ([`Store::lost_bodies`]).

use posthorn_model::{AccountId, BodyId, MessageId};
use rusqlite::params;

use crate::body::Origin;
use crate::error::Result;
use crate::removed::{self, DAY_MS, KEEP_DAYS};
use crate::store::Store;
use crate::tx::{ReadTx, WriteTx};

/// Bodies looked at in one transaction: the writer must stay free for arriving mail.
const BATCH: i64 = 500;
/// Tables of the index whose column `body` keeps bytes alive.
const REFERRERS: [&str; 6] =
    ["message", "message_section", "draft_attachment", "draft_copy", "outbox", "signature_picture"];

/// A POP3 body that the index does not know: the program stopped between its two commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostBody {
    /// Its bytes.
    pub body: BodyId,
    /// Whose maildrop it came from.
    pub account: AccountId,
}

/// Lets a message's bodies go: the sweep may take them after its time.
pub(crate) fn release_message(tx: &WriteTx<'_>, message: MessageId) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO released_body (body, released_at) \
        SELECT body, ?2 FROM message WHERE id = ?1 AND body <> 0 \
        UNION SELECT body, ?2 FROM message_section WHERE message = ?1";
    tx.run(sql, params![message.0, tx.now().0])?;
    Ok(())
}

/// Lets all bodies of an account go.
pub(crate) fn release_account(tx: &WriteTx<'_>, account: AccountId) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO released_body (body, released_at) \
        SELECT body, ?2 FROM message WHERE account = ?1 AND body <> 0 \
        UNION SELECT section.body, ?2 FROM message JOIN message_section AS section ON section.message = message.id \
          WHERE message.account = ?1";
    tx.run(sql, params![account.0, tx.now().0])?;
    Ok(())
}

fn is_referred_to(tx: &ReadTx<'_>, body: BodyId) -> Result<bool> {
    for table in REFERRERS {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE body = ?1 AND body <> 0)");
        if tx.one(&sql, [body.0], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_released(tx: &ReadTx<'_>, body: BodyId) -> Result<bool> {
    tx.one("SELECT EXISTS (SELECT 1 FROM released_body WHERE body = ?1)", [body.0], |row| {
        row.get(0)
    })
}

fn forget_released(tx: &WriteTx<'_>, gone: &[BodyId]) -> Result<()> {
    for body in gone {
        tx.run("DELETE FROM released_body WHERE body = ?1", [body.0])?;
    }
    Ok(())
}

impl Store {
    /// Returns POP3 bodies that the index does not know, for the synchronisation to parse and take in again.
    pub async fn lost_bodies(&self) -> Result<Vec<LostBody>> {
        let sql = "SELECT id, account FROM body WHERE origin = 'pop3' ORDER BY id";
        let read = self.bodies().readers().run(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(LostBody { body: BodyId(row.get(0)?), account: AccountId(row.get(1)?) })
            })?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        });
        let all = read.await?;
        self.read(move |tx| {
            let mut lost = Vec::new();
            for body in all {
                if !is_referred_to(tx, body.body)? && !is_released(tx, body.body)? {
                    lost.push(body);
                }
            }
            Ok(lost)
        })
        .await
    }

    /// Takes away what nobody refers to and nobody can restore; returns how many bodies went. Run it once a day.
    pub async fn sweep(&self) -> Result<usize> {
        while self.write(|tx| removed::purge(tx, BATCH as usize)).await? > 0 {}
        let mut count = 0;
        let mut after = 0;
        loop {
            let (gone, last) = self.sweep_batch(after).await?;
            count += gone.len();
            self.write(move |tx| forget_released(tx, &gone)).await?;
            match last {
                Some(last) => after = last,
                None => return Ok(count),
            }
        }
    }

    async fn sweep_batch(&self, after: i64) -> Result<(Vec<BodyId>, Option<i64>)> {
        let store = self.clone();
        let (folder, readers) = (self.bodies().folder().to_owned(), store.index_readers().clone());
        let writer = self.bodies().writer()?;
        let _alone = self.bodies().alone().await;
        writer
            .run(move |connection, now, _| {
                let until = now.0 - KEEP_DAYS * DAY_MS;
                let sql = "SELECT id, hash, data IS NULL, origin, account FROM body \
                    WHERE id > ?1 AND put_at < ?2 ORDER BY id LIMIT ?3";
                let mut statement = connection.prepare_cached(sql)?;
                let rows = statement.query_map(params![after, until, BATCH], |row| {
                    let origin = Origin::from_row(row.get_ref(3)?.as_str()?, row.get(4)?);
                    Ok((
                        BodyId(row.get(0)?),
                        row.get::<_, [u8; 32]>(1)?,
                        row.get::<_, bool>(2)?,
                        origin,
                    ))
                })?;
                let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
                let mut gone = Vec::new();
                for (id, hash, is_file, origin) in &rows {
                    let may_go = readers.with(|index| {
                        let tx = ReadTx::new(index, now);
                        let is_kept = is_referred_to(&tx, *id)?
                            || (matches!(origin, Origin::Pop3(_)) && !is_released(&tx, *id)?);
                        Ok(!is_kept)
                    })?;
                    if may_go {
                        connection
                            .prepare_cached("DELETE FROM body WHERE id = ?1")?
                            .execute([id.0])?;
                        gone.push(*id);
                        if *is_file {
                            crate::body::remove_file(&folder, hash);
                        }
                    }
                }
                Ok((gone, rows.last().map(|row| row.0.0)))
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::REFERRERS;
    use crate::schema::INDEX;

    #[test]
    fn every_table_that_names_a_body_keeps_it() {
        let mut index = rusqlite::Connection::open_in_memory().unwrap();
        INDEX.migrate(&mut index).unwrap();
        let sql = "SELECT object.name FROM sqlite_schema AS object, pragma_table_info(object.name) AS info \
            WHERE object.type = 'table' AND info.name = 'body' AND object.name <> 'released_body' ORDER BY 1";
        let mut statement = index.prepare(sql).unwrap();
        let named = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut known = REFERRERS.to_vec();
        known.sort_unstable();
        assert_eq!(named.map(|name| name.unwrap()).collect::<Vec<_>>(), known);
    }
}
