//! Remote pictures that the user allowed: fetched by the engine, without cookies or referrer, within limits.
//!
//! Invariants: nothing is fetched twice at the wish of a message alone (a number of fetches, of bytes and of those at
//! once per opened message); a host inside the user's own network is not contacted, also by a redirect
//! ([`Limits::PICTURE`]).

use std::sync::{Mutex, PoisonError};

use posthorn_net::http::{self, Limits};
use tokio::sync::Semaphore;

use super::answer::{ContentResponse, is_picture};
use crate::contract::{Code, Error};
use crate::engine::Engine;

/// Pictures fetched for one opened message; the longest newsletters have some hundred.
const MAX_FETCHES: u32 = 300;
/// Bytes of pictures fetched for one opened message, but for those under way when it is reached.
const MAX_BYTES: u64 = 64 << 20;
/// Pictures of one message that are fetched at once: what a browser asks of one host.
const AT_ONCE: usize = 6;

/// What one opened message may still fetch.
#[derive(Debug)]
pub(crate) struct Budget {
    slots: Semaphore,
    left: Mutex<(u32, u64)>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { slots: Semaphore::new(AT_ONCE), left: Mutex::new((MAX_FETCHES, MAX_BYTES)) }
    }
}

impl Budget {
    /// Takes one fetch and returns how large it may be; `None` when nothing is left.
    fn take(&self) -> Option<u64> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (fetches, bytes) = *left;
        if bytes == 0 {
            return None;
        }
        *left = (fetches.checked_sub(1)?, bytes);
        Some(bytes.min(Limits::PICTURE.size))
    }

    fn spend(&self, bytes: usize) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.1 = left.1.saturating_sub(bytes as u64);
    }
}

/// Fetches a picture. What is no raster picture is not handed on.
pub(super) async fn fetch(engine: &Engine, url: &str, budget: &Budget) -> ContentResponse {
    if engine.sync().is_offline() {
        return ContentResponse::failed(&Error::new(Code::Offline, "Posthorn works offline"));
    }
    let Ok(_slot) = budget.slots.acquire().await else { return ContentResponse::absent() };
    let Some(size) = budget.take() else {
        tracing::debug!("a message wants more pictures than one may have");
        return ContentResponse::absent();
    };
    match http::get(engine.dialer(), url, Limits { size, ..Limits::PICTURE }).await {
        Ok(document) => {
            budget.spend(document.bytes.len());
            if is_picture(&document.content_type) {
                ContentResponse::picture(&document.content_type, document.bytes.to_vec())
            } else {
                ContentResponse::absent()
            }
        }
        Err(error) => ContentResponse::failed(&error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, MAX_BYTES, MAX_FETCHES};
    use posthorn_net::http::Limits;

    #[test]
    fn a_message_has_so_many_pictures_and_so_many_bytes() {
        let budget = Budget::default();
        assert_eq!(budget.take(), Some(Limits::PICTURE.size));
        budget.spend(usize::try_from(MAX_BYTES).unwrap() - 10);
        assert_eq!(budget.take(), Some(10), "the last one is as large as what is left");
        budget.spend(20);
        assert_eq!(budget.take(), None);
        let budget = Budget::default();
        let taken = (0..=MAX_FETCHES).take_while(|_| budget.take().is_some()).count();
        assert_eq!(taken, MAX_FETCHES as usize);
    }
}
