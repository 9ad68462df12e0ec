//! Sending and POP3 against real Exim and Dovecot, through a cutting proxy, and against servers that lie.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    clippy::print_stderr,
    reason = "helpers of tests stop at the first surprise, and tell it"
)]

mod crash;
mod cut;
mod cut_within;
mod pop_break;
mod pop_browse;
mod pop_fetch;
mod pop_odd;
mod pop_rules;
mod pop_two;
mod rig;
mod send;
mod sweep;
mod token;
mod unknown;
