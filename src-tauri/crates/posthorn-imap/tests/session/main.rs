//! Sessions against servers that follow a script.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod command;
mod hostile;
mod journey;
mod login;
mod script;
