//! Full text: what the search index holds, and questions to it.
//!
//! Invariants: the index is in a file and a writer of its own, so that no click waits for it; it can be thrown away and
//! is built again; a row's number is the message's position, so that hits come newest first without sorting. Only
//! `posthorn-query` makes words, for both sides.
//!
//! What is to be brought in line stands in the index database's `word_queue`, written with the change itself. The
//! caller takes from it ([`Store::pending_words`]), reads the text from the bytes, and gives it back
//! ([`Store::put_words`]).

mod index;
mod known;
mod plan;
mod stream;
mod told;

use std::sync::{Arc, Mutex, PoisonError};

use posthorn_model::{BodyId, MessageId, Position};
use posthorn_query::{Now, Query};
use tokio::time::Instant;

use self::known::Known;
pub(crate) use self::known::prepare_writer;
use self::stream::Walk;
pub(crate) use self::stream::Way;
pub use self::told::Told;

use crate::error::{Error, Result};
use crate::store::Store;
use crate::tx::{ReadTx, WriteTx};
use crate::writer::Writer;

/// Waiting positions that are counted: a first synchronisation has all of them wait, and each search asks.
const WAITING: i64 = 1000;
/// Bodies by which one may be overtaken: two accounts make theirs durable side by side, and tell the index in any order.
const OVERTAKEN: i64 = 1000;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What is asked.
    pub query: Query,
    /// When and where it was asked, for days and ages.
    pub now: Now,
    /// What servers find of it; absent = only what is here is searched.
    pub told: Option<Told>,
}

impl Search {
    /// A search of what is here.
    pub fn new(query: Query, now: Now) -> Self {
        Self { query, now, told: None }
    }
}

/// How much of the mail can be searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Messages.
    pub messages: u64,
    /// Those whose head can be searched.
    pub heads: u64,
    /// Those whose text can be searched.
    pub bodies: u64,
    /// Positions that wait to be indexed; more than a thousand are not counted.
    pub waiting: u64,
}

/// A message whose words are to be brought in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its position.
    pub position: Position,
    /// The message; absent = it is gone, and so will its words be.
    pub message: Option<MessageId>,
    /// Its whole bytes, to read the text from; absent = not here, the head alone is indexed.
    pub body: Option<BodyId>,
}

/// What is to be indexed of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its position, from [`Pending`].
    pub position: Position,
    /// Its text as a person reads it, without quoting marks or HTML; absent = no bytes here.
    pub text: Option<String>,
}

/// Words as they are written, of a batch of messages.
#[derive(Debug)]
pub struct PreparedWords {
    /// What was asked for; true = with a text.
    positions: Vec<(Position, bool)>,
    words: Vec<index::Prepared>,
    fresh: known::Fresh,
}

/// Messages whose words are written, and which the queue still names.
#[derive(Debug)]
pub struct WrittenWords(
    /// True = with a text.
    Vec<(Position, bool)>,
);

impl WrittenWords {
    /// Returns where they stand.
    pub fn positions(&self) -> impl Iterator<Item = Position> {
        self.0.iter().map(|(position, _)| *position)
    }
}

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hits {
    /// Hits in the walk's order; true = not read.
    pub(crate) found: Vec<(Position, bool)>,
    /// Where the next walk goes on (inclusive); absent = that was all.
    pub(crate) rest: Option<Position>,
}

/// Returns positions of messages that fit, newest first, at most `limit`. Trash and junk are left out unless they are
/// asked for by `in:`. Only in [`Store::read`]: a write transaction does not see the words.
pub fn positions(tx: &ReadTx<'_>, search: &Search, limit: usize) -> Result<Vec<Position>> {
    let hits = walk(tx, search, Way::Down, None, limit, None)?;
    Ok(hits.found.into_iter().map(|(position, _)| position).collect())
}

/// Walks along the hits from a position on (inclusive; absent = from the end), for at most `limit` hits and until a
/// moment, whichever comes first. A single look into the words cannot be cut short.
pub(crate) fn walk(
    tx: &ReadTx<'_>,
    search: &Search,
    way: Way,
    from: Option<Position>,
    limit: usize,
    until: Option<Instant>,
) -> Result<Hits> {
    let mut hits = plan::prepare(tx, search, way)?;
    let walk = Walk::new(tx, until);
    let mut keys = Vec::new();
    let mut at = from.map_or(i64::MAX, |position| way.key(position.0));
    let mut is_all = false;
    while keys.len() < limit {
        let hit = hits.seek(&walk, at)?;
        if walk.is_over() {
            break;
        }
        let Some(hit) = hit else {
            is_all = true;
            break;
        };
        keys.push(hit);
        at = hit - 1;
    }
    let mut unread = plan::unread(tx, search, way)?;
    let look = Walk::new(tx, None);
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let is_unread = unread.seek(&look, key)? == Some(key);
        found.push((Position(way.key(key)), is_unread));
    }
    Ok(Hits { found, rest: (!is_all).then(|| Position(way.key(at))) })
}

/// Returns which of these positions fit; true = not read.
pub(crate) fn fitting(
    tx: &ReadTx<'_>,
    search: &Search,
    asked: &[Position],
) -> Result<Vec<(Position, bool)>> {
    let mut hits = plan::prepare(tx, search, Way::Down)?;
    let mut unread = plan::unread(tx, search, Way::Down)?;
    let walk = Walk::new(tx, None);
    let mut sorted = asked.to_vec();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    let mut found = Vec::new();
    for position in sorted {
        if hits.seek(&walk, position.0)? == Some(position.0) {
            found.push((position, unread.seek(&walk, position.0)? == Some(position.0)));
        }
    }
    Ok(found)
}

/// Returns how much can be searched.
pub fn coverage(tx: &ReadTx<'_>) -> Result<Coverage> {
    let sql = "SELECT messages, heads, bodies, (SELECT COUNT(*) FROM (SELECT 1 FROM word_queue LIMIT ?1)) \
        FROM main.tally AS mail JOIN words.tally AS word USING (id) WHERE id = 1";
    tx.one(sql, [WAITING], |row| {
        let count = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
        Ok(Coverage {
            messages: count(0)?,
            heads: count(1)?,
            bodies: count(2)?,
            waiting: count(3)?,
        })
    })
}

/// Returns how many messages there are.
pub(crate) fn messages(tx: &ReadTx<'_>) -> Result<u64> {
    let sql = "SELECT messages FROM main.tally WHERE id = 1";
    tx.one(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// Keeps the number of messages: so many more, or fewer.
pub(crate) fn count_messages(tx: &WriteTx<'_>, more: i64) -> Result<()> {
    tx.run("UPDATE tally SET messages = messages + ?1 WHERE id = 1", [more])?;
    Ok(())
}

/// Notes that a message's words are to be brought in line.
pub(crate) fn queue(tx: &WriteTx<'_>, position: Position) -> Result<()> {
    tx.run("INSERT OR IGNORE INTO word_queue (position) VALUES (?1)", [position.0])?;
    Ok(())
}

/// The search database's writer.
#[derive(Debug)]
pub(crate) struct Index {
    writer: Mutex<Option<Writer>>,
    known: Arc<Known>,
}

impl Index {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { writer: Mutex::new(Some(writer)), known: Arc::default() }
    }

    fn writer(&self) -> Result<Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Closed)
    }

    pub(crate) fn close(&self) {
        drop(self.writer.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Store {
    /// Returns messages whose words are to be brought in line, newest first; empty = the index is complete.
    pub async fn pending_words(&self, limit: usize) -> Result<Vec<Pending>> {
        self.read(move |tx| {
            let sql = "SELECT word_queue.position, message.id, message.body FROM word_queue \
                LEFT JOIN message ON message.position = word_queue.position \
                ORDER BY word_queue.position DESC LIMIT ?1";
            tx.all(sql, [limit as i64], |row| {
                let body: Option<i64> = row.get(2)?;
                Ok(Pending {
                    position: Position(row.get(0)?),
                    message: row.get::<_, Option<i64>>(1)?.map(MessageId),
                    body: body.filter(|id| *id != 0).map(BodyId),
                })
            })
        })
        .await
    }

    /// Returns the newest bytes that a message has; 0 = none.
    pub async fn newest_body(&self) -> Result<BodyId> {
        let sql =
            "SELECT COALESCE(MAX(body), 0) FROM message INDEXED BY message_by_body WHERE body <> 0";
        self.read(move |tx| tx.one(sql, [], |row| row.get(0).map(BodyId))).await
    }

    /// Returns messages whose words wait and whose bytes came after these, or shortly before: while many messages without
    /// bytes wait, those that have them are found so at the cost of what came. Not all of them: [`Self::pending_words`]
    /// tells the rest.
    pub async fn arrived_words(&self, after: BodyId, limit: usize) -> Result<Vec<Pending>> {
        let from = after.0.saturating_sub(OVERTAKEN);
        self.read(move |tx| {
            let sql = "SELECT message.position, message.id, message.body \
                FROM message INDEXED BY message_by_body CROSS JOIN word_queue ON word_queue.position = message.position \
                WHERE message.body > ?1 AND message.body <> 0 ORDER BY message.body LIMIT ?2";
            tx.all(sql, [from, limit as i64], |row| {
                Ok(Pending {
                    position: Position(row.get(0)?),
                    message: Some(MessageId(row.get(1)?)),
                    body: Some(BodyId(row.get(2)?)),
                })
            })
        })
        .await
    }

    /// Indexes words, or takes them away where the message is gone; heads come from the index itself.
    pub async fn put_words(&self, batch: Vec<Words>) -> Result<()> {
        let prepared = self.prepare_words(batch).await?;
        let written = self.write_words(prepared).await?;
        self.settle_words(vec![written]).await
    }

    /// The first part of [`Self::put_words`], which writes nothing: the batch before may be written meanwhile.
    pub async fn prepare_words(&self, batch: Vec<Words>) -> Result<PreparedWords> {
        let positions: Vec<(Position, bool)> =
            batch.iter().map(|words| (words.position, words.text.is_some())).collect();
        let known = Arc::clone(&self.index().known);
        self.read(move |tx| {
            let words = index::prepare(tx, batch)?;
            let fresh = known.fresh(words.iter().flat_map(index::Prepared::texts));
            Ok(PreparedWords { positions, words, fresh })
        })
        .await
    }

    /// The second part of [`Self::put_words`].
    pub async fn write_words(&self, prepared: PreparedWords) -> Result<WrittenWords> {
        let PreparedWords { positions, words: prepared, mut fresh } = prepared;
        let (writer, known) = (self.index().writer()?, Arc::clone(&self.index().known));
        let written = writer.run(move |connection, _, changes| {
            if !known.is_current(&fresh) {
                fresh = known.fresh(prepared.iter().flat_map(index::Prepared::texts));
            }
            index::write(connection, &prepared, &fresh, changes)?;
            Ok(fresh)
        });
        self.index().known.learn(written.await?);
        Ok(WrittenWords(positions))
    }

    /// The last part of [`Self::put_words`]: takes from the queue what was written. The next may be written meanwhile, and a
    /// crash before it only repeats the work.
    pub async fn settle_words(&self, written: Vec<WrittenWords>) -> Result<()> {
        self.write(move |tx| {
            // Bytes that came after the row was taken from the queue keep it there: their words are still to come.
            let sql = "DELETE FROM word_queue WHERE position = ?1 AND (?2 OR NOT EXISTS \
                (SELECT 1 FROM message WHERE message.position = ?1 AND body_state = 2))";
            for (position, has_text) in written.into_iter().flat_map(|written| written.0) {
                tx.run(sql, rusqlite::params![position.0, has_text])?;
            }
            Ok(())
        })
        .await
    }

    /// Says that rows changed, so that lists look at them again: servers found them.
    pub async fn rows_changed(&self, positions: Vec<Position>) -> Result<()> {
        self.write(move |tx| {
            tx.note(|changes| positions.into_iter().for_each(|position| changes.row(position)));
            Ok(())
        })
        .await
    }

    /// Compares the search index with the messages and queues what differs (at start: the file may have been lost, or
    /// its last commits taken back by a power cut). Returns how many positions were queued.
    pub async fn audit_words(&self) -> Result<usize> {
        let differing = self.read(index::differing).await?;
        let count = differing.len();
        self.write(move |tx| differing.into_iter().try_for_each(|position| queue(tx, position)))
            .await?;
        Ok(count)
    }

    /// Throws the search index away and queues every message.
    pub async fn rebuild_words(&self) -> Result<()> {
        let writer = self.index().writer()?;
        let known = Arc::clone(&self.index().known);
        writer
            .run(move |connection, _, _| {
                known.forget();
                index::clear(connection)
            })
            .await?;
        self.write(|tx| {
            tx.run("INSERT OR IGNORE INTO word_queue (position) SELECT position FROM message", [])?;
            Ok(())
        })
        .await
    }
}
