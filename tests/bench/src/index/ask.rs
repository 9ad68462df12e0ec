//! The questions, put to an engine on a generated profile as a page puts them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use posthorn_api::Engine;
use posthorn_api::contract::Event;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{engine, memory};

/// Times that a view is opened and a search asked; the figure is the 95th percentile.
const ROUNDS: usize = 20;
/// Windows asked for; the figure is the 99th percentile.
const WINDOWS: usize = 1000;
/// Rows of one: what a page asks for.
const WINDOW: u64 = 128;
/// Messages that are marked at once.
const MARKED: usize = 10_000;
/// Nothing here takes longer on any machine.
const PATIENCE: Duration = Duration::from_mins(5);

/// Searches: what they look for, and the words.
const SEARCHES: [(&str, &str); 26] = [
    ("rare word", "zeppelin"),
    ("common word", "report"),
    ("word in the middle", "telescope"),
    ("two common words", "harbour voyage"),
    ("rare and common word", "zeppelin report"),
    ("nothing", "nowheretobefound"),
    ("Chinese, two letters", "会议"),
    ("Chinese, rare", "爬山"),
    ("Chinese, four letters", "照片收到"),
    ("one letter", "r"),
    ("two letters", "re"),
    ("three letters", "rep"),
    ("four letters", "repo"),
    ("five letters", "harbo"),
    ("six letters", "teleso"),
    ("seven letters of a common word", "harbour"),
    ("four letters, of nearly all messages", "chan"),
    ("six letters of hundreds of words", "chansen"),
    ("Chinese, one letter", "会"),
    ("beginning in a subject", "subject:harb"),
    ("sender and word", "from:writer7 report"),
    ("unread and words", "is:unread harbour voyage"),
    ("starred", "is:starred"),
    ("files and rare word", "has:attachment zeppelin"),
    ("before and word", "before:2014-06-01 report"),
    ("large, unread, not", "larger:90k is:unread -report"),
];

type Figures = Vec<(String, f64)>;

/// Asks everything and prints the figures as JSON.
pub(crate) async fn ask(profile: &Path) -> Result<()> {
    let engine = engine::open(profile).await?;
    let figures = questions(&engine).await;
    engine.shutdown().await;
    println!("{}", serde_json::to_string(&figures?)?);
    Ok(())
}

async fn questions(engine: &Engine) -> Result<Figures> {
    let mut figures = Figures::new();
    for (what, spec) in views() {
        figures.extend(opened(engine, what, &spec).await?);
    }
    figures.push(("window anywhere in the inbox, p99".to_owned(), windows(engine).await?));
    for (what, text) in SEARCHES {
        let spec = engine::search(text);
        figures.extend(opened(engine, &format!("search, {what}: {text}"), &spec).await?);
    }
    figures.extend(marked(engine).await?);
    figures.push(("peak memory of the engine, MiB".to_owned(), memory::peak_mib()));
    Ok(figures)
}

fn views() -> Vec<(&'static str, Value)> {
    let sorted = |key: &str| {
        let mut spec = engine::inbox(true);
        spec["sort"] = json!(key);
        spec
    };
    let mut oldest = engine::inbox(false);
    oldest["ascending"] = json!(true);
    let mut unread = engine::inbox(true);
    unread["filter"]["unread"] = json!(true);
    let folder = json!({
        "source": { "kind": "mailbox", "mailbox": 5 }, "filter": oldest["filter"].clone(),
        "sort": "date", "ascending": false, "conversations": true
    });
    let starred = json!({
        "source": { "kind": "starred" }, "filter": oldest["filter"].clone(),
        "sort": "date", "ascending": false, "conversations": false
    });
    vec![
        ("open all inboxes, conversations", engine::inbox(true)),
        ("open all inboxes, messages", engine::inbox(false)),
        ("open all inboxes, oldest first", oldest),
        ("open all inboxes, unread", unread),
        ("open a folder", folder),
        ("open starred", starred),
        ("open all inboxes by sender", sorted("sender")),
        ("open all inboxes by subject", sorted("subject")),
        ("open all inboxes by size", sorted("size")),
    ]
}

/// Opens a view some times: the 95th percentile until it is there, and once until everything is counted.
async fn opened(engine: &Engine, what: &str, spec: &Value) -> Result<Figures> {
    let mut seconds = Vec::with_capacity(ROUNDS);
    let mut whole = (0.0, 0);
    for round in 0..ROUNDS {
        let mut events = engine.subscribe();
        let begun = Instant::now();
        let opened = engine::call(engine, "views.open", spec.clone()).await?;
        seconds.push(begun.elapsed().as_secs_f64());
        if round == 0 {
            let mut total = opened["total"].as_u64().unwrap_or_default();
            if opened["counting"] == json!(true) {
                total = until_counted(&mut events, &opened["view"]).await?;
            }
            whole = (begun.elapsed().as_secs_f64(), total);
        }
        engine::call(engine, "views.close", json!({ "id": opened["view"] })).await?;
    }
    Ok(vec![
        (format!("{what}, p95 s"), percentile(seconds, 95)),
        (format!("    counted ({} rows), s", whole.1), whole.0),
    ])
}

type Events = tokio::sync::broadcast::Receiver<Event>;

async fn until_counted(events: &mut Events, view: &Value) -> Result<u64> {
    loop {
        let event = tokio::time::timeout(PATIENCE, events.recv()).await??;
        if let Event::ViewChanged { delta } = event
            && json!(delta.view) == *view
            && !delta.counting
        {
            return Ok(delta.total);
        }
    }
}

fn percentile(mut seconds: Vec<f64>, of_hundred: usize) -> f64 {
    seconds.sort_by(f64::total_cmp);
    let index = (seconds.len() * of_hundred).div_ceil(100).saturating_sub(1);
    seconds.get(index).copied().unwrap_or_default()
}

async fn windows(engine: &Engine) -> Result<f64> {
    let mut events = engine.subscribe();
    let opened = engine::call(engine, "views.open", engine::inbox(true)).await?;
    let mut total = opened["total"].as_u64().unwrap_or_default();
    if opened["counting"] == json!(true) {
        total = until_counted(&mut events, &opened["view"]).await?;
    }
    let mut numbers = posthorn_store::testing::Numbers::new(3);
    let mut seconds = Vec::with_capacity(WINDOWS);
    for _ in 0..WINDOWS {
        let start = numbers.below(total.saturating_sub(WINDOW).max(1));
        let asked = json!({ "view": opened["view"], "start": start, "len": WINDOW });
        let begun = Instant::now();
        engine::call(engine, "views.range", asked).await?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    engine::call(engine, "views.close", json!({ "id": opened["view"] })).await?;
    Ok(percentile(seconds, 99))
}

/// Stars the newest messages of the inbox: until the answer, and until the page knows.
async fn marked(engine: &Engine) -> Result<Figures> {
    let opened = engine::call(engine, "views.open", engine::inbox(false)).await?;
    let view = opened["view"].clone();
    // On a profile that was asked before they are starred already.
    let value = opened["rows"][0]["starred"] != json!(true);
    let total = opened["total"].as_u64().unwrap_or_default();
    let mut messages = Vec::new();
    while messages.len() < MARKED.min(total as usize) {
        let asked = json!({ "view": view, "start": messages.len(), "len": 512 });
        let range = engine::call(engine, "views.range", asked).await?;
        let rows = range["rows"].as_array().ok_or_else(|| anyhow!("no rows"))?;
        if rows.is_empty() {
            break;
        }
        messages.extend(rows.iter().map(|row| row["message"].clone()));
    }
    messages.truncate(MARKED);
    let count = messages.len();
    let mut events = engine.subscribe();
    let selection = json!({ "kind": "rows", "view": view, "messages": messages });
    let begun = Instant::now();
    engine::call(engine, "messages.setStarred", json!({ "selection": selection, "value": value }))
        .await?;
    let answered = begun.elapsed().as_secs_f64();
    loop {
        let event = tokio::time::timeout(PATIENCE, events.recv()).await??;
        if matches!(&event, Event::ViewChanged { delta } if json!(delta.view) == view) {
            break;
        }
    }
    let range = json!({ "view": view, "start": 0, "len": 64 });
    let shown = engine::call(engine, "views.range", range).await?;
    if shown["rows"][0]["starred"] != json!(value) {
        bail!("the marked row does not show it");
    }
    Ok(vec![
        (format!("mark {count} messages, until the answer, s"), answered),
        (format!("mark {count} messages, until the screen, s"), begun.elapsed().as_secs_f64()),
    ])
}
