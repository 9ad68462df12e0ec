//! A folder and searches on an index of 100,000 messages, filled by the real way: a synchronisation.

use anyhow::Result;
use posthorn_model::Timestamp;
use posthorn_testkit::{Delivery, Mail, MailServer, MailServerOptions};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{engine, figure, imap, mebibytes, memory};

/// Messages of the index; the million comes with a later benchmark.
const MESSAGES: usize = 100_000;
/// Times that each question is asked; the figure is the 95th percentile.
const ROUNDS: usize = 20;

/// Words from common to rare: the number of a message chooses among them, so that each run builds the same index.
const WORDS: [&str; 16] = [
    "report",
    "meeting",
    "invoice",
    "harbour",
    "printing",
    "catalogue",
    "schedule",
    "proposal",
    "garden",
    "voyage",
    "orchestra",
    "lighthouse",
    "quarterly",
    "umbrella",
    "telescope",
    "zeppelin",
];
const CHINESE: [&str; 8] = [
    "会议安排",
    "发票已经开好",
    "版面确认",
    "照片收到了",
    "出版计划",
    "周末爬山",
    "展览开幕",
    "合同修改",
];

/// A fixed sequence that looks like chance (Knuth's multiplicative generator).
fn draw(seed: usize, below: usize) -> usize {
    (seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33)
        % below
}

fn word(seed: usize) -> &'static str {
    // The smaller of two draws: earlier words are more common.
    let place = draw(seed, WORDS.len()).min(draw(seed ^ 0x5555, WORDS.len()));
    WORDS.get(place).copied().unwrap_or_default()
}

fn message(number: usize) -> Delivery {
    let chinese = CHINESE.get(draw(number, CHINESE.len())).copied().unwrap_or_default();
    let subject = format!("{} {} {chinese} {number}", word(number), word(number + 7));
    let text: Vec<&str> = (0..60).map(|place| word(number * 61 + place)).collect();
    let bytes = Mail::new()
        .from(&format!("Writer {} <writer{}@example.org>", number % 500, number % 500))
        .to("bench@posthorn.test")
        .subject(&subject)
        .message_id(&format!("bench-{number}@example.org"))
        .text(&format!("{}。{chinese}\r\n", text.join(" ")))
        .build();
    let delivery = Delivery::new(bytes)
        .received(Timestamp::from_seconds(1_600_000_000 + (number as i64) * 1_000));
    if number.is_multiple_of(3) { delivery } else { delivery.flags(&["\\Seen"]) }
}

/// Fills the index, then asks.
pub(crate) async fn run() -> Result<()> {
    println!("\nA list and searches on {MESSAGES} messages");
    let server = MailServer::start(MailServerOptions::default())?;
    let deliveries: Vec<Delivery> = (0..MESSAGES).map(message).collect();
    server.dovecot.mailbox("bench", "INBOX").fill(&deliveries)?;
    drop(deliveries);
    let profile = tempfile::tempdir()?;
    let engine = engine::open(profile.path()).await?;
    let (imap_port, smtp_port) = (server.dovecot.imap_port(), server.exim.smtp_port());
    engine::add_account(&engine, "bench", "imap", imap_port, smtp_port).await?;
    let begun = Instant::now();
    figure(
        "filled: stored and searchable",
        imap::until_searchable(&engine, MESSAGES as u64, begun).await?,
    );
    engine::call(&engine, "sync.wait", json!({ "account": null, "timeoutMs": 600_000 })).await?;

    asked(&engine, "open the inbox, single messages", engine::inbox(false)).await?;
    asked(&engine, "open the inbox, conversations", engine::inbox(true)).await?;
    for text in [
        "report",
        "zeppelin",
        "rep",
        "r",
        "会议",
        "照片收到",
        "from:writer7 invoice",
        "is:unread harbour voyage",
    ] {
        asked(&engine, &format!("search {text}"), engine::search(text)).await?;
    }
    mebibytes("peak memory of the engine, this benchmark and all before", memory::peak_mib());
    engine.shutdown().await;
    Ok(())
}

/// Opens a view some times and prints the 95th percentile with the number of rows.
async fn asked(engine: &posthorn_api::Engine, what: &str, spec: Value) -> Result<()> {
    let mut seconds = Vec::with_capacity(ROUNDS);
    let mut total = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let opened = engine::call(engine, "views.open", spec.clone()).await?;
        seconds.push(begun.elapsed().as_secs_f64());
        total = opened["total"].as_u64().unwrap_or_default();
        engine::call(engine, "views.close", json!({ "id": opened["view"] })).await?;
    }
    seconds.sort_by(f64::total_cmp);
    let p95 = seconds.get(ROUNDS * 95 / 100 - 1).copied().unwrap_or_default();
    figure(&format!("{what}: p95 of {ROUNDS}, {total} rows"), p95);
    Ok(())
}
