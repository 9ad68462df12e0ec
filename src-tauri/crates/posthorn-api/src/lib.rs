//! Use cases for any front end; the only serializable types; methods, events, error codes.
//!
//! [`contract`] holds every type that crosses to a page, and [`method`] the one table of methods. The TypeScript
//! side (`ui/src/ipc/generated.ts`) is generated from both. The shell and the development server carry requests
//! and events; neither holds logic.

mod account;
mod app;
mod archive;
mod console;
mod contact;
mod content;
pub mod contract;
mod convert;
mod download;
mod draft;
mod engine;
mod error;
mod event;
mod follow_up;
mod frame;
mod keep;
mod known;
mod ledger;
mod lock;
mod mailbox;
mod maildrop;
mod message;
pub mod method;
mod network;
mod operation;
mod options;
mod outbox;
mod people;
mod runtime;
mod secret;
mod seed;
mod setting;
mod sign_in;
mod status;
mod storage;
mod template;
pub mod typescript;
mod view;

pub use content::ContentResponse;
pub use engine::Engine;
pub use options::{Options, SecretsKind};
pub use runtime::runtime;
