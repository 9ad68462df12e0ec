//! First fetch of a large maildrop, a check with nothing new, and how soon the maildrop browser shows something.

use std::collections::BTreeSet;
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

/// Messages of the maildrop that the browser looks into; the number that the published figure uses.
const BROWSED: usize = 10_000;
/// Rows that a window shows.
const WINDOW: usize = 40;
/// Longest wait for a change, milliseconds: what the method allows.
const WAIT_MS: u64 = 20_000;

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

/// Measures how soon the maildrop browser shows something of a maildrop from which nothing came yet.
pub(crate) async fn browse() -> Result<()> {
    println!("\nPOP3, the maildrop browser on a maildrop of {BROWSED}");
    let server = MailServer::start(MailServerOptions::default())?;
    let port = server.dovecot.pop3_port();
    let profile = tempfile::tempdir()?;
    let engine = EngineProcess::open(profile.path(), "memory", &[])?;
    engine::add_account(&engine, "bench", "pop3", port, server.exim.smtp_port()).await?;
    engine::call(&engine, "sync.wait", json!({ "account": null, "timeoutMs": 60_000 })).await?;
    fill(&server, "bench", BROWSED)?;
    // The server reads new files into its own index once, whoever asks first.
    let (whole, _) = floor::pop3_retr(port, "bench", BROWSED)?;
    let accounts = engine::call(&engine, "accounts.list", json!({})).await?;
    let account = &accounts[0]["id"];

    let begun = Instant::now();
    engine::call(&engine, "maildrops.look", json!({ "id": account })).await?;
    let (mut version, mut heads) = (json!(0), BTreeSet::new());
    let (mut listed, mut window) = (None, None);
    loop {
        let read = json!({ "account": account, "after": version, "waitMs": WAIT_MS });
        let told = engine::call(&engine, "maildrops.read", read).await?;
        let now = begun.elapsed().as_secs_f64();
        version = told["version"].clone();
        let rows = told["rows"].as_array().cloned().unwrap_or_default();
        if !rows.is_empty() {
            listed.get_or_insert(now);
        }
        let headed = rows.iter().filter(|row| !row["from"].is_null());
        heads.extend(headed.filter_map(|row| row["uidl"].as_str().map(str::to_owned)));
        if heads.len() >= WINDOW {
            window.get_or_insert(now);
        }
        match told["state"].as_str() {
            Some("done") => break,
            Some("failed" | "stopped") => anyhow::bail!("the browser gave up: {}", told["problem"]),
            _ => {}
        }
    }
    anyhow::ensure!(heads.len() == BROWSED, "{} heads came", heads.len());
    figure("all rows, with their sizes", listed.unwrap_or_default());
    figure("first window with senders and subjects", window.unwrap_or_default());
    figure("all rows with senders and subjects", begun.elapsed().as_secs_f64());
    figure("beside it: RETR of all, pipelined and dropped", whole);
    Ok(())
}
