//! The IMAP worker against a real Dovecot, through a cutting proxy, and against servers that lie.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests stop at the first surprise"
)]

mod break_off;
mod bulk_operation;
mod conflict;
mod console;
mod first;
mod gmail;
mod gmail_server;
mod keep;
mod large;
mod large_server;
mod ledger;
mod lie;
mod live;
mod look;
mod matrix;
mod notify;
mod operation;
mod prove;
mod quirk;
mod renumber;
mod restart;
mod rig;
