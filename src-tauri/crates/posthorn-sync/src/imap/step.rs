//! The steps by which a mailbox is synchronised. Each is resumable: what it did is in the store when it returns, and
//! doing it again changes nothing.
//!
//! select → reconcile uid validity → vanished → flags → arrivals (newest first) → audit; bodies come by a connection
//! of their own.

pub(crate) mod arrivals;
pub(crate) mod bodies;
pub(crate) mod compare;
pub(crate) mod flags;
pub(crate) mod refusal;
pub(crate) mod select;
pub(crate) mod validity;
pub(crate) mod vanished;
