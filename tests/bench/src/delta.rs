//! What a start costs when the mailbox is known already: with nothing new, and with news that came meanwhile.
//!
//! Beside it what `mbsync` needs for the same news, on the same server, in the same run.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use posthorn_model::Timestamp;
use posthorn_testkit::{Delivery, MailServer, MailServerOptions};
use serde_json::json;
use tokio::time::Instant;

use crate::child::{self, EngineProcess};
use crate::{engine, figure, floor, imap, mebibytes, memory, peers, pop3, ratio};

/// Messages in the mailbox unless told otherwise.
pub(crate) const MESSAGES: usize = 100_000;
/// Messages that came while nobody looked.
const NEW: usize = 100;
/// Messages whose flags changed while nobody looked.
const CHANGED: usize = 1_000;
/// One wait for the engine to be at rest; it is asked again until it is.
const WAIT_MS: u64 = 60_000;

/// Measures the starts.
pub(crate) async fn run(messages: usize) -> Result<()> {
    println!("\nStarts on a known mailbox of {messages} messages");
    let server = MailServer::start(MailServerOptions::default())?;
    pop3::fill(&server, "bench", messages)?;
    let (port, smtp) = (server.dovecot.imap_port(), server.exim.smtp_port());
    let (profile, copy) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let begun = Instant::now();
    let engine = open(profile.path()).await?;
    engine::add_account(&engine, "bench", "imap", port, smtp).await?;
    settle(&engine).await?;
    figure("first synchronisation: stored and searchable", begun.elapsed().as_secs_f64());
    mebibytes("peak memory of the engine in it", memory::peak_mib_of(engine.id()));
    drop(engine);
    figure("mbsync, first copy", peers::mbsync(copy.path(), port, messages)?);

    for _ in 0..2 {
        start("start with nothing new, until everything was compared", profile.path(), messages)
            .await?;
    }
    figure("mbsync with nothing new", again(copy.path())?);
    change(&server)?;
    // Whoever comes first makes the server read its folder: that is neither's.
    floor::imap_commands(port, "bench", &["SELECT INBOX"])?;
    let ours = start(
        &format!("start with {NEW} new and {CHANGED} changed, until stored and searchable"),
        profile.path(),
        messages + NEW,
    )
    .await?;
    let its = again(copy.path())?;
    figure("mbsync with the same", its);
    ratio("start with news, of mbsync", ours, its);
    Ok(())
}

/// Starts the engine on a profile whose passwords outlive it, and unlocks them.
async fn open(profile: &Path) -> Result<EngineProcess> {
    let engine = EngineProcess::open(profile, "file", &[])?;
    engine::call(&engine, "app.unlockSecrets", json!({ "passphrase": "bench" })).await?;
    Ok(engine)
}

/// Opens the profile, waits until everything is compared, and says how long that took. Unlocking the passwords is slow
/// on purpose and does not count.
async fn start(what: &str, profile: &Path, messages: usize) -> Result<f64> {
    let engine = open(profile).await?;
    let begun = Instant::now();
    settle(&engine).await?;
    imap::until_rows(&engine, messages as u64, begun).await?;
    settle(&engine).await?;
    let seconds = begun.elapsed().as_secs_f64();
    figure(what, seconds);
    mebibytes("  peak memory of the engine", memory::peak_mib_of(engine.id()));
    Ok(seconds)
}

/// Waits until everything is compared, stored and searchable. An account that has not begun is at rest too, so that it
/// must also say that it is up to date.
async fn settle(engine: &EngineProcess) -> Result<()> {
    let wait = json!({ "account": null, "timeoutMs": WAIT_MS });
    loop {
        let waited = engine::call(engine, "sync.wait", wait.clone()).await?;
        let mut accounts = waited["accounts"].as_array().into_iter().flatten();
        if waited["settled"] == json!(true)
            && accounts.all(|account| account["state"] == json!("upToDate"))
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What another client and other people do meanwhile.
fn change(server: &MailServer) -> Result<()> {
    let inbox = server.dovecot.mailbox("bench", "INBOX");
    for number in 0..NEW {
        let bytes = format!(
            "From: Bob <bob@posthorn.test>\r\nTo: bench@posthorn.test\r\nSubject: news {number}\r\n\
             Message-ID: <news-{number}@posthorn.test>\r\n\r\nNews number {number}.\r\n"
        );
        let received = Timestamp::from_seconds(pop3::NEWEST + 600 + number as i64);
        inbox.deliver(&Delivery::new(bytes.into_bytes()).received(received))?;
    }
    let seen = format!("UID STORE 1:{CHANGED} +FLAGS.SILENT (\\Flagged)");
    floor::imap_commands(server.dovecot.imap_port(), "bench", &["SELECT INBOX", &seen])
}

fn again(folder: &Path) -> Result<f64> {
    let begun = Instant::now();
    child::run(
        "mbsync",
        &[OsStr::new("-c"), folder.join("mbsyncrc").as_os_str(), OsStr::new("-a")],
    )?;
    Ok(begun.elapsed().as_secs_f64())
}
