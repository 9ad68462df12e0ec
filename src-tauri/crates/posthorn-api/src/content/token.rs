//! The tokens of the content scheme, and what they stand for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use posthorn_model::{Clock, DraftId, Timestamp};

use super::Opened;
use crate::contract::{Code, Error};
use crate::error::Result;

/// Random bytes of a token.
const BYTES: usize = 16;
/// Tokens alive at once: every message of a long conversation and some more; the least recently used one goes.
pub(crate) const TOKEN_LIMIT: usize = 512;
/// A token ends this long after its last use: a reader left open over night still saves its files.
pub(crate) const TOKEN_TIME_MS: i64 = 12 * 3600 * 1000;

#[derive(Debug)]
struct Entry {
    opened: Opened,
    used_at: Timestamp,
    /// Breaks ties of `used_at`.
    turn: u64,
}

#[derive(Debug, Default)]
struct Table {
    entries: HashMap<String, Entry>,
    turn: u64,
}

/// All tokens of an engine.
#[derive(Debug)]
pub(crate) struct Tokens {
    clock: Arc<dyn Clock>,
    table: Mutex<Table>,
}

impl Tokens {
    /// Returns an empty table.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, table: Mutex::default() }
    }

    /// Returns a new token, which means nothing until [`Self::set`].
    pub(crate) fn reserve() -> Result<String> {
        let mut bytes = [0_u8; BYTES];
        let filled = getrandom::fill(&mut bytes);
        filled.map_err(|error| {
            Error::new(Code::Internal, "The system gives no random bytes").with(error)
        })?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Lets a token mean something.
    pub(crate) fn set(&self, token: &str, opened: Opened) {
        let now = self.clock.now();
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.entries.retain(|_, entry| !is_over(entry, now));
        while table.entries.len() >= TOKEN_LIMIT {
            let oldest = table
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.turn)
                .map(|(token, _)| token.clone());
            let Some(oldest) = oldest else { break };
            table.entries.remove(&oldest);
        }
        table.turn += 1;
        let turn = table.turn;
        table.entries.insert(token.to_owned(), Entry { opened, used_at: now, turn });
    }

    /// Returns the token of a draft's files: always the same one while it lives, so that lists of drafts use up none.
    pub(crate) fn of_draft(&self, id: DraftId) -> Result<String> {
        let is_its = |entry: &Entry| matches!(entry.opened, Opened::Draft(known) if known == id);
        let known = {
            let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            table.entries.iter().find(|(_, entry)| is_its(entry)).map(|(token, _)| token.clone())
        };
        // Asking keeps it alive; one that is over makes room for a new one.
        if let Some(token) = known.filter(|token| self.get(token).is_some()) {
            return Ok(token);
        }
        let token = Self::reserve()?;
        self.set(&token, Opened::Draft(id));
        Ok(token)
    }

    /// Returns what a token means, and keeps it alive. Absent when it never meant anything, or no longer.
    pub(crate) fn get(&self, token: &str) -> Option<Opened> {
        let now = self.clock.now();
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.turn += 1;
        let turn = table.turn;
        let entry = table.entries.get_mut(token).filter(|entry| !is_over(entry, now))?;
        (entry.used_at, entry.turn) = (now, turn);
        Some(entry.opened.clone())
    }
}

fn is_over(entry: &Entry, now: Timestamp) -> bool {
    now.0.saturating_sub(entry.used_at.0) > TOKEN_TIME_MS
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use posthorn_model::{DraftId, ManualClock, Timestamp};

    use super::{TOKEN_LIMIT, TOKEN_TIME_MS, Tokens};
    use crate::content::Opened;

    fn open(tokens: &Tokens, id: i64) -> String {
        let token = Tokens::reserve().unwrap();
        tokens.set(&token, Opened::Draft(DraftId(id)));
        token
    }

    #[test]
    fn a_token_ends_a_while_after_its_last_use() {
        let clock = Arc::new(ManualClock::at(Timestamp(0)));
        let tokens = Tokens::new(clock.clone());
        let token = open(&tokens, 1);
        assert_eq!(token.len(), 22, "128 bits in base64");
        assert!(tokens.get("guess").is_none());
        clock.advance_ms(TOKEN_TIME_MS);
        assert!(tokens.get(&token).is_some(), "used in time");
        clock.advance_ms(TOKEN_TIME_MS);
        assert!(tokens.get(&token).is_some(), "the use counted");
        clock.advance_ms(TOKEN_TIME_MS + 1);
        assert!(tokens.get(&token).is_none());
    }

    #[test]
    fn the_least_recently_used_token_goes() {
        let tokens = Tokens::new(Arc::new(ManualClock::at(Timestamp(0))));
        let first = open(&tokens, 1);
        let second = open(&tokens, 2);
        for id in 3..=TOKEN_LIMIT as i64 {
            open(&tokens, id);
        }
        assert!(tokens.get(&first).is_some());
        open(&tokens, 0);
        assert!(tokens.get(&first).is_some(), "it was used");
        assert!(tokens.get(&second).is_none());
    }
}
