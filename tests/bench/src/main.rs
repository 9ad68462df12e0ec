//! Benchmarks: each prints its figures beside a floor measured in the same run.
//!
//! `posthorn-bench [imap|delta|pop3|smtp|index|app|all|--peers] [--messages N] [--rounds N] [--keep FOLDER]`; `index --messages 1000000`
//! measures three sizes, and keeps their profiles where a folder is named. Only ratios within one run count: disks and machines differ.
//! Nothing here asserts on time.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON answer never panics: what is missing is null"
)]

mod app;
mod child;
mod delta;
mod desktop;
mod engine;
mod floor;
mod imap;
mod index;
mod memory;
mod peers;
mod pop3;
mod smtp;

use std::path::PathBuf;

use anyhow::{Result, bail};

/// Messages in the benchmark mailbox unless told otherwise; the number that the published figures use.
const MESSAGES: usize = 20_000;
/// Times that the application is started and that programs are run beside each other; the figure is the median.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let mut which = "all".to_owned();
    let mut messages = None;
    let mut rounds = ROUNDS;
    let mut profile = None;
    let mut kept = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--messages" => messages = Some(arguments.next().unwrap_or_default().parse()?),
            "--rounds" => rounds = arguments.next().unwrap_or_default().parse()?,
            "--keep" => kept = arguments.next().map(PathBuf::from),
            index::ASK => profile = Some(PathBuf::from(arguments.next().unwrap_or_default())),
            "imap" | "delta" | "pop3" | "smtp" | "index" | "app" | "all" | "--peers" => {
                which = argument;
            }
            _ => bail!(
                "posthorn-bench [imap|delta|pop3|smtp|index|app|all|--peers] [--messages N] [--rounds N] [--keep FOLDER]"
            ),
        }
    }
    posthorn_api::runtime()?.block_on(async {
        if let Some(profile) = profile {
            return index::ask(&profile).await;
        }
        if matches!(which.as_str(), "imap" | "all") {
            imap::run(messages.unwrap_or(MESSAGES)).await?;
        }
        if matches!(which.as_str(), "pop3" | "all") {
            pop3::run(messages.unwrap_or(MESSAGES)).await?;
            pop3::browse().await?;
        }
        if which == "delta" {
            delta::run(messages.unwrap_or(delta::MESSAGES)).await?;
        }
        if which == "smtp" {
            smtp::run(messages.unwrap_or(smtp::MESSAGES), rounds).await?;
        }
        if matches!(which.as_str(), "index" | "all") {
            index::run(messages.unwrap_or(index::MESSAGES), kept.as_deref()).await?;
        }
        if matches!(which.as_str(), "app" | "all") {
            app::run(messages.unwrap_or(MESSAGES), rounds).await?;
        }
        if which == "--peers" {
            peers::run(messages.unwrap_or(MESSAGES), rounds).await?;
        }
        Ok(())
    })
}

/// Prints one figure.
fn figure(what: &str, seconds: f64) {
    println!("{what:<66} {seconds:>8.3} s");
}

/// Prints an amount of memory.
fn mebibytes(what: &str, amount: f64) {
    println!("{what:<66} {amount:>8.0} MiB");
}

/// Returns the middle one; zero of none.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Prints a ratio to a floor of the same run.
fn ratio(what: &str, ours: f64, floor: f64) {
    println!("{what:<66} {:>8.2} x", ours / floor);
}
