//! First synchronisation of a large IMAP mailbox.

use std::time::Duration;

use anyhow::Result;
use posthorn_testkit::{MailServer, MailServerOptions};
use serde_json::json;
use tokio::time::Instant;

use crate::child::EngineProcess;
use crate::engine::Asked;
use crate::{engine, figure, floor, mebibytes, memory, pop3, ratio};

/// Rows that must be listed for the first figure.
const NEWEST: u64 = 500;
/// What the floor of heads asks for.
pub(crate) const HEADS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)";

/// Measures listing, heads and bodies against the floors.
pub(crate) async fn run(messages: usize) -> Result<()> {
    println!("\nIMAP, first synchronisation of {messages} messages");
    let server = MailServer::start(MailServerOptions::default())?;
    pop3::fill(&server, "bench", messages)?;
    let port = server.dovecot.imap_port();
    // The first reading makes the server parse and cache; both readings are shown, the second is the floor.
    for _ in 0..2 {
        figure("floor: heads read and dropped", floor::imap_fetch(port, "bench", HEADS)?.0);
    }
    floor::imap_fetch(port, "bench", "BODY.PEEK[]")?;
    let (bodies, bytes) = floor::imap_fetch(port, "bench", "BODY.PEEK[]")?;
    figure(&format!("floor: bodies read and dropped ({} MB)", bytes / 1_000_000), bodies);

    let profile = tempfile::tempdir()?;
    let engine = EngineProcess::open(profile.path(), "memory", &[])?;
    engine::add_account(&engine, "bench", "imap", port, server.exim.smtp_port()).await?;
    let begun = Instant::now();
    let listed = until_rows(&engine, NEWEST.min(messages as u64), begun).await?;
    figure(&format!("newest {NEWEST} listed, after the login"), listed);
    figure("all heads listed", until_rows(&engine, messages as u64, begun).await?);
    let stored = until_searchable(&engine, messages as u64, begun).await?;
    figure("all bodies stored and searchable", stored);
    ratio("all bodies stored and searchable, of the bodies' floor", stored, bodies);
    mebibytes("peak memory of the engine", memory::peak_mib_of(engine.id()));
    Ok(())
}

/// Waits until so many messages are listed.
pub(crate) async fn until_rows(engine: &impl Asked, wanted: u64, begun: Instant) -> Result<f64> {
    loop {
        // A view of many rows is counted behind its first window: the folder itself says what is listed.
        let folders = engine::call(engine, "mailboxes.list", json!({})).await?;
        let inboxes =
            folders.as_array().into_iter().flatten().filter(|one| one["role"] == json!("inbox"));
        let listed: u64 = inboxes.filter_map(|one| one["total"].as_u64()).sum();
        if listed >= wanted {
            return Ok(begun.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A word that no message has: what is searchable is told beside the hits, and looking for those would be work that nobody
/// asked for while the mail comes.
const UNKNOWN: &str = "nowheretobefound";

/// Waits until a search covers every message.
pub(crate) async fn until_searchable(
    engine: &impl Asked,
    wanted: u64,
    begun: Instant,
) -> Result<f64> {
    loop {
        let opened = engine::call(engine, "views.open", engine::search(UNKNOWN)).await?;
        engine::call(engine, "views.close", json!({ "id": opened["view"] })).await?;
        if opened["search"]["indexed"].as_u64().unwrap_or_default() >= wanted {
            return Ok(begun.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
