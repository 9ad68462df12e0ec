//! The contract with the page: every type that crosses it, and nothing else.
//!
//! Conventions: camelCase fields; ids are numbers; times are milliseconds since 1970 (`…At`); sizes are bytes;
//! `null` means unknown or absent, as each field says. Large bytes never pass here: bodies and attachments are
//! fetched by URL from the content scheme.

mod account;
mod archive;
mod arrange;
mod beyond;
mod certificate;
mod console;
mod download;
mod draft;
mod error;
mod event;
mod follow_up;
mod identity;
mod invitation;
mod keep;
mod ledger;
mod mailbox;
mod maildrop;
mod maildrop_rule;
mod message;
mod network;
mod operation;
mod outbox;
mod people;
mod preview;
mod reading;
mod receipt;
mod setting;
mod sign_in;
mod signature;
mod storage;
mod template;
mod view;
mod wish;

pub use account::*;
pub use archive::*;
pub use arrange::*;
pub use beyond::*;
pub use certificate::*;
pub use console::*;
pub use download::*;
pub use draft::*;
pub use error::*;
pub use event::*;
pub use follow_up::*;
pub use identity::*;
pub use invitation::*;
pub use keep::*;
pub use ledger::*;
pub use mailbox::*;
pub use maildrop::*;
pub use maildrop_rule::*;
pub use message::*;
pub use network::*;
pub use operation::*;
pub use outbox::*;
pub use people::*;
pub use preview::*;
pub use reading::*;
pub use receipt::*;
pub use setting::*;
pub use sign_in::*;
pub use signature::*;
pub use storage::*;
pub use template::*;
pub use view::*;
pub use wish::*;

/// Derives what every contract type needs.
macro_rules! contract {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
        #[serde(rename_all = "camelCase")]
        #[ts(export_to = "generated.ts")]
        $item
    )*};
}
pub(crate) use contract;

contract! {
    /// No parameters, or nothing to say.
    pub struct Nothing {}

    /// One id.
    pub struct ById {
        /// Which one; the method says of what.
        pub id: i64,
    }

    /// A person or list, as shown.
    #[derive(Default)]
    pub struct Address {
        /// Display name, decoded and made safe; empty when there is none.
        pub name: String,
        /// `local@domain`.
        pub email: String,
    }
}
