//! First fetch of a large maildrop, and a check with nothing new.

use std::path::Path;

use anyhow::{Context as _, Result};
use posthorn_model::Timestamp;
use posthorn_testkit::{Delivery, MailServer, MailServerOptions, corpus};
use serde_json::json;
use tokio::time::Instant;

use crate::child::EngineProcess;
use crate::{engine, figure, floor, imap, mebibytes, memory, ratio};

/// Newest message of the benchmark mailbox: 2026-11-01T00:00:00Z, in seconds.
pub(crate) const NEWEST: i64 = 1_793_491_200;

/// Fills an inbox with real messages, repeated under other dates until there are enough.
pub(crate) fn fill(server: &MailServer, user: &str, messages: usize) -> Result<()> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/node_modules");
    let samples = corpus::spam_assassin(&modules, messages)
        .context("npm ci in tests/e2e brings the messages; cargo xtask bench runs it")?;
    let deliveries: Vec<Delivery> = samples
        .iter()
        .cycle()
        .take(messages)
        .enumerate()
        .map(|(number, sample)| {
            // A header of its own keeps repeated messages from being one and the same.
            let mut bytes = format!("X-Bench: {number}\r\n").into_bytes();
            bytes.extend_from_slice(&sample.bytes);
            Delivery::new(bytes).received(Timestamp::from_seconds(NEWEST - (number as i64) * 600))
        })
        .collect();
    server.dovecot.mailbox(user, "INBOX").fill(&deliveries)
}

/// Measures the fetch against the floor.
pub(crate) async fn run(messages: usize) -> Result<()> {
    println!("\nPOP3, first fetch of {messages} messages");
    let server = MailServer::start(MailServerOptions::default())?;
    fill(&server, "bench", messages)?;
    let port = server.dovecot.pop3_port();
    floor::pop3_retr(port, "bench", messages)?;
    let (bodies, bytes) = floor::pop3_retr(port, "bench", messages)?;
    figure(&format!("floor: RETR pipelined and dropped ({} MB)", bytes / 1_000_000), bodies);

    let profile = tempfile::tempdir()?;
    let engine = EngineProcess::open(profile.path(), "memory", &[])?;
    engine::add_account(&engine, "bench", "pop3", port, server.exim.smtp_port()).await?;
    let begun = Instant::now();
    let stored = imap::until_searchable(&engine, messages as u64, begun).await?;
    figure("all stored and searchable", stored);
    ratio("all stored and searchable, of the floor", stored, bodies);
    engine::call(&engine, "sync.wait", json!({ "account": null, "timeoutMs": 60_000 })).await?;
    let begun = Instant::now();
    engine::call(&engine, "accounts.checkNow", json!({ "account": null })).await?;
    engine::call(&engine, "sync.wait", json!({ "account": null, "timeoutMs": 60_000 })).await?;
    figure("a check with nothing new", begun.elapsed().as_secs_f64());
    mebibytes("peak memory of the engine", memory::peak_mib_of(engine.id()));
    Ok(())
}
