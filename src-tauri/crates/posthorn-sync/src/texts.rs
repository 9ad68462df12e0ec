//! Texts of messages that were just read, until the search index takes them: a message that comes is read once.
//!
//! Bounded ([`TEXTS_MOST`]); what is not here is read again from the stored bytes, so that forgetting costs time only:
//! twice the work for the message. So whoever brings more than [`TEXTS_BYTES`] waits for those who take, as long as they
//! do.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use posthorn_model::BodyId;
use tokio::sync::Notify;

use crate::limit::{TEXTS_BYTES, TEXTS_MOST, TEXTS_WAIT};

/// Texts by the bytes that they were read from.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    kept: Mutex<Kept>,
    /// Something was taken.
    taken: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    texts: HashMap<BodyId, String>,
    bytes: usize,
    /// Somebody waited in vain: nobody takes.
    is_stalled: bool,
    /// Somebody waits for room.
    is_awaited: bool,
}

impl Kept {
    /// Tells whether waiting for room for so many bytes is of no use, mostly because it is there.
    fn takes(&self, bytes: usize) -> bool {
        self.is_stalled || self.bytes == 0 || self.bytes + bytes <= TEXTS_BYTES
    }
}

impl Texts {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until so many bytes can be kept without forgetting others, or nobody takes any.
    pub(crate) async fn room(&self, bytes: usize) {
        loop {
            {
                let mut kept = self.lock();
                kept.is_awaited = !kept.takes(bytes);
                if !kept.is_awaited {
                    return;
                }
            }
            if tokio::time::timeout(TEXTS_WAIT, self.taken.notified()).await.is_err() {
                self.lock().is_stalled = true;
            }
        }
    }

    /// Tells whether there is little room left: who brings more waits, or may have to soon.
    pub(crate) fn is_crowded(&self) -> bool {
        let kept = self.lock();
        kept.is_awaited || kept.bytes > TEXTS_BYTES / 2
    }

    /// Keeps a text. Where there is no room, everything before it is forgotten: nobody took it.
    pub(crate) fn put(&self, body: BodyId, text: String) {
        if text.len() > TEXTS_MOST {
            return;
        }
        let mut kept = self.lock();
        if kept.bytes + text.len() > TEXTS_MOST {
            (kept.texts, kept.bytes) = (HashMap::new(), 0);
        }
        kept.bytes += text.len();
        if let Some(before) = kept.texts.insert(body, text) {
            kept.bytes -= before.len();
        }
    }

    /// Returns a text and forgets it.
    pub(crate) fn take(&self, body: BodyId) -> Option<String> {
        let mut kept = self.lock();
        kept.is_stalled = false;
        let text = kept.texts.remove(&body)?;
        kept.bytes -= text.len();
        drop(kept);
        // Also when nobody waits yet: who comes then looks once more.
        self.taken.notify_one();
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::BodyId;

    use super::Texts;
    use crate::limit::{TEXTS_BYTES, TEXTS_MOST};

    #[test]
    fn what_is_kept_is_bounded_and_given_once() {
        let texts = Texts::default();
        texts.put(BodyId(1), "one".to_owned());
        texts.put(BodyId(1), "uno".to_owned());
        assert_eq!(texts.take(BodyId(1)).as_deref(), Some("uno"));
        assert_eq!(texts.take(BodyId(1)), None);
        assert!(!texts.is_crowded());
        texts.put(BodyId(2), "x".repeat(TEXTS_MOST));
        assert!(texts.is_crowded());
        texts.put(BodyId(3), "y".to_owned());
        assert_eq!(texts.take(BodyId(2)), None, "there was no room for both");
        assert_eq!(texts.take(BodyId(3)).as_deref(), Some("y"));
        texts.put(BodyId(4), "x".repeat(TEXTS_MOST + 1));
        assert_eq!(texts.take(BodyId(4)), None);
        assert_eq!(texts.lock().bytes, 0);
    }
    #[tokio::test(start_paused = true)]
    async fn who_brings_more_waits_for_who_takes() {
        let texts = std::sync::Arc::new(Texts::default());
        texts.room(TEXTS_BYTES * 2).await;
        texts.put(BodyId(1), "x".repeat(TEXTS_BYTES));
        let waiting = tokio::spawn({
            let texts = texts.clone();
            async move { texts.room(1).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert!(texts.is_crowded());
        assert!(texts.take(BodyId(1)).is_some());
        waiting.await.unwrap();
        assert!(!texts.is_crowded());
        // Little is here, and still somebody waits: whoever takes is not to wait for more.
        texts.put(BodyId(1), "x".to_owned());
        let room = texts.room(TEXTS_BYTES);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(1), room).await.is_err());
        assert!(texts.is_crowded());
        assert!(texts.take(BodyId(1)).is_some());
        texts.room(TEXTS_BYTES).await;
        // Nobody takes: it goes on after a while, and does not wait again until somebody does.
        texts.put(BodyId(1), "x".repeat(TEXTS_BYTES));
        texts.room(1).await;
        assert!(texts.lock().is_stalled);
        texts.room(1).await;
        assert_eq!(texts.take(BodyId(9)), None);
        assert!(!texts.lock().is_stalled);
    }
}
