//! Servers that lie, flood, stall and break off, at the level of a whole account in the engine: each scene is a few
//! answers in front of an honest scripted server, and what the account must come to.
//!
//! In every scene another account goes on beside it, no bytes that were here are lost (a removal that was believed can
//! be restored), the engine ends when it is told to, and the process stays below 200 MB.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "helpers of tests stop at the first surprise, and tell it"
)]

/// Makes a test of each row: `name: what is played and expected;`.
macro_rules! scenes {
    ($($name:ident: $scene:expr;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $scene.play().await;
            }
        )*
    };
}

mod imap;
mod imap_break;
mod imap_change;
mod imap_list;
mod imap_login;
mod pop3;
mod provider;
mod rig;
mod smtp;
