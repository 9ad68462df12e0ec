//! Benchmarks: each prints its figures beside a floor measured in the same run.
//!
//! `posthorn-bench [imap|pop3|index|all] [--messages N]`. Only ratios within one run count: disks and machines differ.
//! Nothing here asserts on time.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON answer never panics: what is missing is null"
)]

mod engine;
mod floor;
mod imap;
mod index;
mod memory;
mod pop3;

use anyhow::{Result, bail};

/// Messages in the benchmark mailbox unless told otherwise; the number that the published figures use.
const MESSAGES: usize = 20_000;

fn main() -> Result<()> {
    let mut which = "all".to_owned();
    let mut messages = MESSAGES;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--messages" => messages = arguments.next().unwrap_or_default().parse()?,
            "imap" | "pop3" | "index" | "all" => which = argument,
            _ => bail!("posthorn-bench [imap|pop3|index|all] [--messages N]"),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(8 << 20)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if matches!(which.as_str(), "imap" | "all") {
            imap::run(messages).await?;
        }
        if matches!(which.as_str(), "pop3" | "all") {
            pop3::run(messages).await?;
        }
        if matches!(which.as_str(), "index" | "all") {
            index::run().await?;
        }
        Ok(())
    })
}

/// Prints one figure.
fn figure(what: &str, seconds: f64) {
    println!("{what:<66} {seconds:>8.3} s");
}

/// Prints a ratio to a floor of the same run.
fn ratio(what: &str, ours: f64, floor: f64) {
    println!("{what:<66} {:>8.2} x", ours / floor);
}
