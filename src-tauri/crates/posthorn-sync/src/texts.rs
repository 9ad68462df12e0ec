//! Texts of messages that were just read, until the search index takes them: a message that comes is read once.
//!
//! Bounded ([`TEXTS_BYTES`]); what is not here is read again from the stored bytes, so that forgetting costs time only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use posthorn_model::BodyId;

use crate::limit::TEXTS_BYTES;

/// Texts by the bytes that they were read from.
#[derive(Debug, Default)]
pub(crate) struct Texts(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    texts: HashMap<BodyId, String>,
    bytes: usize,
}

impl Texts {
    /// Keeps a text. Where there is no room, everything before it is forgotten: nobody took it.
    pub(crate) fn put(&self, body: BodyId, text: String) {
        if text.len() > TEXTS_BYTES {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + text.len() > TEXTS_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += text.len();
        if let Some(before) = kept.texts.insert(body, text) {
            kept.bytes -= before.len();
        }
    }

    /// Returns a text and forgets it.
    pub(crate) fn take(&self, body: BodyId) -> Option<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = kept.texts.remove(&body)?;
        kept.bytes -= text.len();
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::BodyId;

    use super::Texts;
    use crate::limit::TEXTS_BYTES;

    #[test]
    fn what_is_kept_is_bounded_and_given_once() {
        let texts = Texts::default();
        texts.put(BodyId(1), "one".to_owned());
        texts.put(BodyId(1), "uno".to_owned());
        assert_eq!(texts.take(BodyId(1)).as_deref(), Some("uno"));
        assert_eq!(texts.take(BodyId(1)), None);
        texts.put(BodyId(2), "x".repeat(TEXTS_BYTES));
        texts.put(BodyId(3), "y".to_owned());
        assert_eq!(texts.take(BodyId(2)), None, "there was no room for both");
        assert_eq!(texts.take(BodyId(3)).as_deref(), Some("y"));
        texts.put(BodyId(4), "x".repeat(TEXTS_BYTES + 1));
        assert_eq!(texts.take(BodyId(4)), None);
        assert_eq!(texts.0.lock().unwrap().bytes, 0);
    }
}
