//! Journey: a large message. What the server takes is known when a file is attached, by the size that it has when it is
//! sent; an upload shows its bytes, and can be taken back in the middle.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use std::path::Path;

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Exim, EximOptions, Proxy};
use serde_json::{Value, json};

/// What the small server takes, bytes: `SIZE 1M` in Exim's words.
const MOST: u64 = 1 << 20;

/// Writes a file of so many bytes that no encoding makes smaller.
fn file(folder: &Path, name: &str, bytes: usize) -> anyhow::Result<String> {
    let path = folder.join(name);
    let word = |at: usize| (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
    std::fs::write(&path, (0..bytes / 8).flat_map(word).collect::<Vec<u8>>())?;
    Ok(path.to_string_lossy().into_owned())
}

/// Writes to Bert; returns the draft.
async fn write(desk: &Desk, subject: &str) -> anyhow::Result<Value> {
    let draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
        "to": [{ "name": "", "email": "bert@posthorn.test" }], "cc": [], "bcc": [], "subject": subject, "html": "",
        "text": "With a file.", "plain": true, "includeOriginal": false
    });
    desk.ask("drafts.save", saved).await?;
    desk.ask("drafts.get", json!({ "id": draft["id"] })).await
}

async fn attach(desk: &Desk, draft: &Value, path: &str) -> anyhow::Result<Value> {
    let request = json!({ "draft": draft["id"], "paths": [path], "inline": false });
    desk.ask("drafts.attachPaths", request).await
}

async fn send(desk: &Desk, draft: &Value) -> anyhow::Result<Value> {
    let now = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    let request = json!({ "id": now["id"], "revision": now["revision"], "undoSeconds": 0 });
    desk.ask("drafts.send", request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_measured_as_it_will_be_sent_when_it_is_attached() -> anyhow::Result<()> {
    let dovecot = Dovecot::start(DovecotOptions::default())?;
    dovecot.mailbox("anna", "Sent").create()?;
    let options = EximOptions {
        message_size_limit: "1M".to_owned(),
        ..EximOptions::delivering_to(dovecot.lmtp_port())
    };
    let exim = Exim::start(options)?;
    let ports = Ports { incoming: dovecot.imap_port(), outgoing: exim.smtp_port() };
    let desk = Desk::with("anna", Incoming::Imap, ports).await?;
    let home = tempfile::tempdir()?;

    // The account was proved before it was saved, and so the limit is known before the first message.
    let draft = write(&desk, "Large").await?;
    assert_eq!(draft["sizeLimit"], MOST, "{draft}");
    // Less than the limit as a file, more than it in base64.
    let bytes = 900_000;
    assert!(bytes < MOST && bytes / 3 * 4 > MOST);
    let attached = attach(&desk, &draft, &file(home.path(), "plan.bin", bytes as usize)?).await?;
    let size = attached["encodedSize"].as_u64().unwrap_or_default();
    assert!(size > MOST, "told with the file: {size}");
    let id = json!({ "id": draft["id"] });
    assert_eq!(desk.ask("drafts.check", id.clone()).await?["tooLarge"], true);

    // Without it, and with one that fits in base64 too, it goes; the estimate is near what is sent.
    let gone = json!({ "draft": draft["id"], "attachment": attached["attachments"][0]["id"] });
    desk.ask("drafts.removeAttachment", gone).await?;
    let attached = attach(&desk, &draft, &file(home.path(), "sketch.bin", 600_000)?).await?;
    let estimate = attached["encodedSize"].as_u64().unwrap_or_default();
    assert_eq!(desk.ask("drafts.check", id).await?["tooLarge"], false);
    let item = send(&desk, &draft).await?;
    let sent = item["size"].as_u64().unwrap_or_default();
    assert!(sent <= estimate && estimate - sent < sent / 20, "{estimate} for {sent}");
    let bert = dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_shows_its_bytes_and_is_taken_back_in_the_middle() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let own = Ports::of(&provider, Incoming::Imap);
    let proxy = Proxy::start(own.outgoing).await?;
    let ports = Ports { outgoing: proxy.port(), ..own };
    let desk = Desk::with("anna", Incoming::Imap, ports).await?;
    let home = tempfile::tempdir()?;
    let draft = write(&desk, "Plans").await?;
    attach(&desk, &draft, &file(home.path(), "plan.bin", 12 << 20)?).await?;

    // It stands still in the middle: what the sockets hold between us is less than the rest.
    proxy.arm_hold(Cut::Within(Direction::ToServer, 1 << 20));
    let item = send(&desk, &draft).await?;
    let mut sent = 0;
    until("bytes went out", async || {
        let now = desk.ask("outbox.list", json!({})).await?[0].clone();
        sent = now["sentBytes"].as_u64().unwrap_or_default();
        Ok(proxy.cuts() == 1 && now["state"] == "data" && sent >= 1 << 20)
    })
    .await?;
    assert!(sent < item["size"].as_u64().unwrap_or_default(), "{sent} of {item}");

    let back = desk.ask("outbox.undo", json!({ "id": item["id"] })).await?;
    assert_eq!((&back["id"], &back["subject"]), (&draft["id"], &json!("Plans")), "{back}");
    assert_eq!(back["attachments"][0]["name"], "plan.bin", "with its file");
    assert_eq!(desk.ask("outbox.list", json!({})).await?, json!([]));
    desk.settle().await?;
    proxy.cut_now();
    let lost = "lost while reading message data";
    until("the server gave it up", async || Ok(provider.exim.log()?.contains(lost))).await?;
    assert!(!provider.exim.log()?.contains(" <= "), "nothing was taken");
    let status = desk.ask("accounts.list", json!({})).await?[0]["status"].clone();
    assert!(status["outgoingProblem"].is_null(), "nothing is wrong: {status}");

    // Sent again, it arrives once, and others are not held up by it.
    send(&desk, &draft).await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    desk.settle().await?;
    assert_eq!(provider.exim.log()?.matches(" <= ").count(), 1);
    assert_eq!(provider.dovecot.mailbox("anna", "Sent").count()?, 1);
    desk.engine.shutdown().await;
    Ok(())
}
