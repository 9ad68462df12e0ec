//! Brings the search index in line with the mail, in the background, for all accounts.
//!
//! The store says what is to be indexed; the text is read from the bytes here. Reading one part overlaps with writing
//! the one before, and with taking from the queue what was written before that. While bodies are on their way, messages
//! without one wait a moment, so that they are not indexed twice; when nothing is on its way, they are indexed by their
//! heads.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use posthorn_model::{BodyId, Position};
use posthorn_store::message;
use posthorn_store::search::{Pending, PreparedWords, Words, WrittenWords};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::limit::{INDEX_BATCH, INDEXED_AHEAD, SKIM_ABOVE, TEXT_PART};
use crate::reading;

/// Rows looked at together.
const LOOK_AHEAD: usize = 4_000;
/// How long messages without a body wait for it before the queue is looked at again, unless nothing comes any more.
const PATIENCE: Duration = Duration::from_millis(250);
/// How often is looked whether more came to a part that is not full, while bodies are on their way.
const GATHERING: Duration = Duration::from_millis(50);
/// How long it waits for more.
const GATHERING_LONGEST: Duration = Duration::from_secs(1);
/// Wait after a failure of the store: a full disk, for instance.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Runs until the engine ends.
pub(crate) async fn run(engine: Arc<Engine>, cancel: CancellationToken) {
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        () = live(&engine) => {}
    }
}

async fn live(engine: &Engine) {
    match engine.store.audit_words().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "the search index lacked words"),
        Err(error) => tracing::warn!(%error, "the search index could not be compared"),
    }
    loop {
        match work(engine).await {
            Ok(()) => {
                engine.board.set_indexing(false);
                engine.index.notified().await;
            }
            Err(error) => {
                tracing::warn!(%error, "the search index could not be written");
                engine.board.set_indexing(false);
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// Indexes until nothing waits: makes the words of one part while the one before is written, without a break between what
/// came and what comes.
async fn work(engine: &Engine) -> Result<(), posthorn_store::Error> {
    let (sender, mut prepared) = mpsc::channel(1);
    let (done, mut written) = mpsc::channel(INDEXED_AHEAD);
    let under_way = UnderWay::default();
    let writing = async move {
        while let Some(words) = prepared.recv().await {
            if done.send(engine.store.write_words(words).await?).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let settling = async {
        let mut parts: Vec<WrittenWords> = Vec::new();
        while written.recv_many(&mut parts, INDEXED_AHEAD).await > 0 {
            let positions: Vec<Position> = parts.iter().flat_map(WrittenWords::positions).collect();
            engine.store.settle_words(std::mem::take(&mut parts)).await?;
            under_way.end(&positions);
        }
        Ok(())
    };
    tokio::try_join!(read(engine, &under_way, sender), writing, settling).map(drop)
}

/// Rows that were taken from the queue and are not written yet: the queue still names them.
#[derive(Default)]
struct UnderWay {
    positions: Mutex<HashSet<Position>>,
    /// Some of them were written.
    written: Notify,
}

impl UnderWay {
    fn lock(&self) -> MutexGuard<'_, HashSet<Position>> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, rows: &[Pending]) {
        self.lock().extend(rows.iter().map(|row| row.position));
    }

    fn end(&self, positions: &[Position]) {
        let mut all = self.lock();
        for position in positions {
            all.remove(position);
        }
        drop(all);
        self.written.notify_one();
    }

    /// Takes out what is under way.
    fn leave_out(&self, rows: &mut Vec<Pending>) {
        let all = self.lock();
        rows.retain(|row| !all.contains(&row.position));
    }

    /// Waits until some are written, or a while.
    async fn wait(&self, longest: Duration) {
        // A time that is over is no failure: the queue is looked at again.
        let _ = tokio::time::timeout(longest, self.written.notified()).await;
    }
}

/// Reads what waits and makes its words, until nothing does.
async fn read(
    engine: &Engine,
    under_way: &UnderWay,
    sender: mpsc::Sender<PreparedWords>,
) -> Result<(), posthorn_store::Error> {
    let mut newest = engine.store.newest_body().await?;
    let mut gathers_until: Option<Instant> = None;
    loop {
        let is_busy = engine.board.is_downloading();
        let Some(mut ready) = ready(engine, under_way, newest, is_busy).await? else {
            return Ok(());
        };
        engine.board.set_indexing(true);
        if ready.is_empty() {
            tokio::select! {
                () = under_way.wait(PATIENCE) => {}
                // What has no body now gets none any more.
                () = engine.board.until_downloaded(), if is_busy => {}
            }
            continue;
        }
        if is_busy && ready.len() < INDEX_BATCH && !engine.texts.is_crowded() {
            // A part that is not full costs nearly as much to write, and more is on its way.
            let until = *gathers_until.get_or_insert_with(|| Instant::now() + GATHERING_LONGEST);
            if Instant::now() < until {
                under_way.wait(GATHERING).await;
                continue;
            }
        }
        gathers_until = None;
        if is_busy && ready.len() > INDEX_BATCH {
            // The rest fills the next part.
            ready.truncate(ready.len() / INDEX_BATCH * INDEX_BATCH);
        }
        newest = ready.iter().filter_map(|row| row.body).max().unwrap_or(newest).max(newest);
        for part in ready.chunks(INDEX_BATCH) {
            under_way.begin(part);
            let prepared = engine.store.prepare_words(texts(engine, part).await?).await?;
            if sender.send(prepared).await.is_err() {
                // Writing failed, and says why.
                return Ok(());
            }
        }
    }
}

/// Returns rows that can be indexed now; absent where nothing waits and nothing is under way.
async fn ready(
    engine: &Engine,
    under_way: &UnderWay,
    newest: BodyId,
    is_busy: bool,
) -> Result<Option<Vec<Pending>>, posthorn_store::Error> {
    let mut ready = Vec::new();
    if is_busy {
        // What came last, found by its bytes: most of what waits has none yet.
        ready = engine.store.arrived_words(newest, LOOK_AHEAD).await?;
        under_way.leave_out(&mut ready);
    }
    if ready.is_empty() {
        ready = engine.store.pending_words(LOOK_AHEAD).await?;
        if ready.is_empty() {
            return Ok(None);
        }
        under_way.leave_out(&mut ready);
        if is_busy {
            ready.retain(|row| row.body.is_some() || row.message.is_none());
        }
    }
    Ok(Some(ready))
}

/// Reads the texts of messages.
async fn texts(engine: &Engine, rows: &[Pending]) -> Result<Vec<Words>, posthorn_store::Error> {
    let mut bodies = whole_texts(engine, rows).await?.into_iter();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let whole = row.body.and_then(|_| bodies.next()).flatten();
        let sections = match (&whole, row.message) {
            (None, Some(message)) => sections(engine, message).await?,
            _ => Vec::new(),
        };
        // Bytes that cannot be read have no words, and never will.
        let whole = whole.or_else(|| row.body.map(|_| String::new()));
        found.push((row.position, whole, sections));
    }
    let read = tokio::task::spawn_blocking(move || {
        let words = found.into_iter().map(|(position, whole, sections)| {
            let parts: Vec<(&str, &[u8])> =
                sections.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
            let text = match whole {
                Some(text) => Some(text),
                None if parts.is_empty() => None,
                None => Some(reading::section_text(&parts)),
            };
            Words { position, text }
        });
        words.collect::<Vec<_>>()
    });
    read.await.map_err(|_| posthorn_store::Error::Closed)
}

/// Reads the texts of those that are here whole, in their order; absent where the bytes cannot be read.
async fn whole_texts(
    engine: &Engine,
    rows: &[Pending],
) -> Result<Vec<Option<String>>, posthorn_store::Error> {
    let ids: Vec<BodyId> = rows.iter().filter_map(|row| row.body).collect();
    let mut texts: Vec<Option<String>> = ids.iter().map(|id| engine.texts.take(*id)).collect();
    let with_text = ids.iter().zip(&texts);
    let others = with_text.filter(|(_, text)| text.is_none()).map(|(id, _)| *id).collect();
    let mut read = stored_texts(engine, others).await?.into_iter();
    for text in texts.iter_mut().filter(|text| text.is_none()) {
        *text = read.next().flatten();
    }
    Ok(texts)
}

async fn stored_texts(
    engine: &Engine,
    ids: Vec<BodyId>,
) -> Result<Vec<Option<String>>, posthorn_store::Error> {
    let sizes = engine.store.bodies().sizes(ids.clone()).await?;
    let is_large = |size: &Option<u64>| size.is_some_and(|size| size > SKIM_ABOVE);
    let with_size = ids.iter().zip(&sizes);
    let small: Vec<BodyId> =
        with_size.filter(|(_, size)| !is_large(size)).map(|(id, _)| *id).collect();
    let small = engine.store.bodies().get_all(small).await?;
    let read = tokio::task::spawn_blocking(move || {
        small.into_iter().map(|bytes| Some(reading::text(&bytes?))).collect::<Vec<_>>()
    });
    let mut small = read.await.map_err(|_| posthorn_store::Error::Closed)?.into_iter();
    let mut texts = Vec::with_capacity(ids.len());
    for (id, size) in ids.into_iter().zip(&sizes) {
        texts.push(if is_large(size) {
            large_text(engine, id).await
        } else {
            small.next().flatten()
        });
    }
    Ok(texts)
}

/// Reads the text of a message that is too large to be read whole.
async fn large_text(engine: &Engine, id: BodyId) -> Option<String> {
    let source = engine.store.bodies().open(id).await.ok()?;
    let read =
        tokio::task::spawn_blocking(move || Some(reading::skim(source).ok()?.parse(None).text));
    read.await.ok().flatten()
}

/// Returns the sections of a message that did not come whole.
async fn sections(
    engine: &Engine,
    id: posthorn_model::MessageId,
) -> Result<Vec<(String, Vec<u8>)>, posthorn_store::Error> {
    let known = engine.store.read(move |tx| message::sections(tx, id)).await?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let (names, ids): (Vec<String>, Vec<BodyId>) = known.into_iter().unzip();
    // Attachments that somebody fetched may be of any size, and have no words here.
    let sizes = engine.store.bodies().sizes(ids.clone()).await?;
    let known = names.into_iter().zip(ids).zip(sizes);
    let (names, ids): (Vec<String>, Vec<BodyId>) = known
        .filter(|(_, size)| size.is_some_and(|size| size <= TEXT_PART))
        .map(|(known, _)| known)
        .unzip();
    let bodies = engine.store.bodies().get_all(ids).await?;
    Ok(names.into_iter().zip(bodies).filter_map(|(name, bytes)| Some((name, bytes?))).collect())
}
