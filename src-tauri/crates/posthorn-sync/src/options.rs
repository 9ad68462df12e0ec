//! What the engine is given when it starts.

use std::sync::Arc;

use posthorn_model::Clock;
use posthorn_net::{Dialer, SecretStore};
use posthorn_oauth::Providers;
use posthorn_store::Store;

use crate::room::Room;
use crate::tuning::Tuning;

/// Everything that the engine needs from outside.
#[derive(Clone, Debug)]
pub struct SyncOptions {
    /// Where mail is kept.
    pub store: Store,
    /// Where passwords are kept.
    pub secrets: Arc<dyn SecretStore>,
    /// Who signs users in through the browser.
    pub providers: Providers,
    /// How servers are reached.
    pub dialer: Dialer,
    /// What time it is, for what is written and shown.
    pub clock: Arc<dyn Clock>,
    /// How much room there is for bodies.
    pub room: Arc<dyn Room>,
    /// Waiting times.
    pub tuning: Tuning,
    /// Start without connections.
    pub is_offline: bool,
}
