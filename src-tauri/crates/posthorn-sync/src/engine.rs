//! What all workers share, and what one account's tasks share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;

use posthorn_model::{AccountId, Clock, Timestamp};
use posthorn_net::{Dialer, SecretStore};
use posthorn_oauth::Tokens;
use posthorn_store::Store;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::Board;
use crate::console::Console;
use crate::facts::Facts;
use crate::imap::binary::Binary;
use crate::outbox::{Uploads, Wake};
use crate::proof::Proofs;
use crate::room::Room;
use crate::signal::Signals;
use crate::status::Status;
use crate::texts::Texts;
use crate::tuning::Tuning;

/// What all workers share.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) store: Store,
    pub(crate) secrets: Arc<dyn SecretStore>,
    /// Keeps the accounts signed in that sign in through the browser.
    pub(crate) tokens: Tokens,
    pub(crate) dialer: Dialer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) room: Arc<dyn Room>,
    pub(crate) tuning: Tuning,
    pub(crate) board: Board,
    pub(crate) console: Console,
    /// Proofs that are under way.
    pub(crate) proofs: Proofs,
    /// Large bodies that are being fetched.
    pub(crate) downloads: crate::download::Downloads,
    /// True while the user works offline.
    pub(crate) offline: watch::Sender<bool>,
    /// Wakes the indexer.
    pub(crate) index: Notify,
    /// What the indexer need not read again.
    pub(crate) texts: Texts,
    /// How far the messages are that are being sent.
    pub(crate) uploads: Uploads,
}

/// What the tasks of one account share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) engine: Arc<Engine>,
    /// Wakes the task that fetches mail.
    pub(crate) signals: Arc<Signals>,
    /// Wakes the task that sends mail.
    pub(crate) outgoing: Arc<Wake>,
    /// Ends all tasks of the account.
    pub(crate) cancel: CancellationToken,
    /// Knows all tasks of the account: a new one is spawned here.
    pub(crate) tasks: TaskTracker,
    /// What the server says about folders.
    pub(crate) facts: Arc<Facts>,
    /// Whether parts are asked for without their transfer encoding.
    pub(crate) binary: Arc<Binary>,
    /// Operations that met a limit of the server, in a row.
    pub(crate) limited: Arc<AtomicU32>,
    /// Asks the watching connection to prove that it lives.
    pub(crate) probe: Arc<Notify>,
    /// The program started, and nobody asked for a look into the maildrop yet.
    pub(crate) is_start: Arc<AtomicBool>,
    /// Says that a draft changed: when it is to be copied is computed anew.
    pub(crate) drafts: Arc<Notify>,
    /// When its maildrop may be looked into again.
    pub(crate) pace: Arc<crate::maildrop::Pace>,
    /// What a person sees of its maildrop.
    pub(crate) browser: Arc<crate::maildrop::Browser>,
}

/// One of an account's two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// IMAP or POP3.
    Incoming,
    /// Submission.
    Outgoing,
}

/// Returns the key under which the secret store keeps an account's password.
pub fn secret_key(account: AccountId, side: Side) -> String {
    let side = match side {
        Side::Incoming => "incoming",
        Side::Outgoing => "outgoing",
    };
    format!("account/{account}/{side}")
}

/// Returns the key under which the secret store keeps the password for the own submission server of an identity.
pub fn identity_secret_key(account: AccountId, identity: i64) -> String {
    format!("account/{account}/identity/{identity}")
}

impl Account {
    pub(crate) fn store(&self) -> &Store {
        &self.engine.store
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }

    /// Returns how long it is until a time; nothing where it is over.
    pub(crate) fn until(&self, at: Timestamp) -> Duration {
        Duration::from_millis(at.0.saturating_sub(self.now().0).max(0).unsigned_abs())
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut Status)) {
        self.engine.board.update(self.id, change);
    }

    /// Waits until the user is online. Returns at once when that is so.
    pub(crate) async fn online(&self) {
        // The sender lives in the engine, which this handle keeps: waiting never fails.
        let _ = self.engine.offline.subscribe().wait_for(|is_offline| !is_offline).await;
    }

    /// Waits until the user goes offline.
    pub(crate) async fn offline(&self) {
        let _ = self.engine.offline.subscribe().wait_for(|is_offline| *is_offline).await;
    }
}
