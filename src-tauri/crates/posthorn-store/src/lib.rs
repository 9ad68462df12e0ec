//! SQLite: the only crate that contains SQL.
//!
//! Three databases: the index (what is known), the bodies (raw bytes, never changed) and the words (full text, can be
//! rebuilt). Each has one writer thread; a few read-only connections read. [`Store`] is the handle; the modules beside it
//! are functions on [`ReadTx`] and [`WriteTx`], one module per noun.
//!
//! Vocabulary and invariants are those of `posthorn-model`; each module states its own. Not here: protocols, parsing of
//! mail, passwords, anything that waits for a network.
//!
//! ```
//! use std::sync::Arc;
//! use posthorn_model::SystemClock;
//! use posthorn_store::{Paths, Store, setting};
//!
//! # let folder = tempfile::tempdir()?;
//! let store = Store::open(&Paths::in_folder(folder.path()), Arc::new(SystemClock))?;
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! store.write(|tx| setting::set(tx, "theme", "\"dark\"")).await?;
//! assert_eq!(store.read(|tx| setting::get(tx, "theme")).await?.as_deref(), Some("\"dark\""));
//! store.close().await;
//! # Ok::<(), posthorn_store::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod account;
mod address_list;
pub mod archive;
pub mod body;
mod change;
mod connection;
pub mod contact;
pub mod draft;
mod error;
pub mod follow_up;
pub mod group;
pub mod invitation;
pub mod keep;
pub mod ledger;
pub mod mailbox;
pub mod maildrop;
pub mod message;
pub mod operation;
pub mod outbox;
mod paths;
pub mod person;
pub mod placement;
#[cfg(test)]
mod plan_tests;
mod position;
mod reader;
pub mod remote_image;
pub mod removed;
mod schema;
pub mod search;
pub mod sender;
pub mod sender_charset;
pub mod setting;
mod spelling;
pub mod storage;
mod store;
pub mod sweep;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod thread;
mod tx;
pub mod view;
mod writer;

pub use body::{Begun, Bodies, BodyReader, Origin, Partial, PartialSource, Put};
pub use change::Change;
pub use error::{Error, OpenError, Result};
pub use paths::Paths;
pub use store::Store;
pub use tx::{ReadTx, WriteTx};
