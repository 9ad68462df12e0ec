//! The engine: the only crate that joins network and store.
//!
//! [`Sync`] runs one worker per account. It fetches mail into the store, replays what the user did, and says truthfully
//! what it is doing ([`Status`], [`SyncEvent`]). Nobody calls it to move a message: that is an operation in the store,
//! whose commit wakes the worker.
//!
//! Invariants:
//! * The server is believed only when it finished its sentence: no NO, BAD, end of stream or parse failure is ever read
//!   as "empty", and what would empty a folder is asked twice.
//! * A break anywhere (connection, process, power) costs repetition, never mail.
//! * Refused credentials are never tried again by themselves.
//! * Every queue, wait and size has a bound ([`limit`]).
//!
//! Not here: SQL, protocols' grammar, parsing of mail, what a screen shows.
//!
//! ```no_run
//! # async fn example(store: posthorn_store::Store, secrets: std::sync::Arc<dyn posthorn_net::SecretStore>) -> Result<(), Box<dyn std::error::Error>> {
//! use std::{sync::Arc, time::Duration};
//! use posthorn_model::SystemClock;
//! use posthorn_net::{DialSettings, Dialer, Trust};
//! use posthorn_sync::{DiskRoom, Sync, SyncOptions, Tuning};
//!
//! let sync = Sync::start(SyncOptions {
//!     store,
//!     secrets,
//!     providers: posthorn_oauth::Providers::default(),
//!     dialer: Dialer::new(Trust::with_extra(Vec::new()), DialSettings::default()),
//!     clock: Arc::new(SystemClock),
//!     room: Arc::new(DiskRoom { folder: "/var/lib/mail".into() }),
//!     tuning: Tuning::default(),
//!     is_offline: false,
//! })
//! .await?;
//! assert!(sync.wait_settled(None, Duration::from_secs(60)).await);
//! sync.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod ahead;
mod archive;
mod backoff;
mod board;
mod certificate;
mod console;
mod credential;
mod dial;
mod download;
mod draft;
mod engine;
mod event;
mod facts;
mod failure;
mod follow_up;
mod imap;
mod indexer;
mod life;
pub mod limit;
mod listener;
mod local;
mod maildrop;
mod options;
mod outbox;
mod problem;
mod proof;
mod reading;
mod report;
mod request;
mod role;
mod room;
mod signal;
mod status;
mod sweep;
mod sync;
mod texts;
mod tuning;
mod verify;
mod worker;

pub use certificate::{Presented, look};
pub use console::{ConsoleConnection, ConsoleLine, ConsoleLines, Purpose};
pub use credential::Credential;
pub use download::{DownloadProgress, DownloadState};
pub use draft::{Outgoing, WriteError, Written, load as load_outgoing, write as write_outgoing};
pub use engine::{Side, identity_secret_key, secret_key};
pub use event::SyncEvent;
pub use facts::FolderFacts;
pub use failure::of_sign_in as sign_in_problem;
pub use imap::look::Looked;
pub use maildrop::{
    BrowseChanges, BrowseHead, BrowseOutcome, BrowseRow, BrowseState, Deed, Here, Hindrance,
    Judged, Trial,
};
pub use options::SyncOptions;
pub use outbox::{note_size_limit as note_message_size_limit, size_limit as message_size_limit};
/// Spells a folder name as IMAP servers do (RFC 3501 section 5.1.3).
pub use posthorn_imap::utf7::encode as encode_mailbox_name;
pub use posthorn_imap::{Prompt, Prompted, Quota, QuotaResource, Rights};
pub use problem::{Problem, ProblemKind};
pub use proof::ProofProgress;
pub use room::{DiskRoom, Room, Space};
pub use status::{State, Status};
pub use sync::{SearchPlan, Sync};
pub use tuning::Tuning;
pub use verify::{Verification, VerifyStep, verify, verify_one};
