//! Journey: what the receipt of a sent message says is what truly left, and one refusal can stop all where that is chosen.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, provider_with, until};
use posthorn_testkit::{Certificate, MailServer, MailServerOptions};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Returns the bytes that were handed over, out of what the recipient's server stored: below the trace that servers put
/// on top, with the line ends of the wire.
fn handed_over(provider: &MailServer, user: &str) -> anyhow::Result<Vec<u8>> {
    let stored = provider.dovecot.mailbox(user, "INBOX").messages()?[0].bytes()?;
    let text = String::from_utf8(stored)?.replace("\r\n", "\n");
    let at = text.find("\nDate: ").map_or(0, |at| at + 1);
    Ok(text[at..].replace('\n', "\r\n").into_bytes())
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Returns the fingerprint of the certificate that the submission server shows.
fn fingerprint(provider: &MailServer) -> anyhow::Result<String> {
    let pem = std::fs::read_to_string(provider.exim.path().join("certificate.pem"))?;
    let first = pem.split("-----END").next().unwrap_or_default();
    let letters: String = first.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, letters)?;
    Ok(in_hex(&Sha256::digest(der)))
}

/// Sends a message and returns its receipt as its copy in Sent tells it.
async fn receipt(desk: &Desk, subject: &str) -> anyhow::Result<Value> {
    desk.send(&["bert@posthorn.test"], subject).await?;
    until("its copy is listed", async || Ok(desk.row("sent", subject).await?.is_some())).await?;
    let sent = desk.row("sent", subject).await?.unwrap_or_default();
    let asked = json!({ "id": sent["message"] });
    until("it is over", async || {
        let receipts = desk.ask("messages.receipts", asked.clone()).await?;
        Ok(receipts[0]["steps"]
            .as_array()
            .is_some_and(|steps| steps.iter().any(|step| step["step"] == "done")))
    })
    .await?;
    let receipts = desk.ask("messages.receipts", asked).await?;
    assert_eq!(receipts.as_array().map(Vec::len), Some(1), "{receipts}");
    Ok(receipts[0].clone())
}

fn steps(receipt: &Value) -> Vec<&str> {
    let steps = receipt["steps"].as_array().into_iter().flatten();
    steps.filter_map(|step| step["step"].as_str()).collect()
}

fn lines(receipt: &Value) -> Vec<&str> {
    let lines = receipt["lines"].as_array().into_iter().flatten();
    lines.filter_map(|line| line["line"].as_str()).collect()
}

/// Checks what every receipt of a message to Bert says.
fn check(receipt: &Value, wire: &[u8]) {
    assert_eq!(receipt["size"], json!(wire.len()), "{receipt}");
    assert_eq!(receipt["sha256"], json!(in_hex(&Sha256::digest(wire))), "{receipt}");
    let way =
        ["queued", "connecting", "recipients", "data", "dot-sent", "accepted", "filed", "done"];
    assert_eq!(steps(receipt), way);
    let queue = receipt["queueId"].as_str().unwrap_or_default();
    assert!(!queue.is_empty(), "{receipt}");
    let lines = lines(receipt);
    assert!(lines[0].starts_with("S: 220 "), "{lines:?}");
    for start in [
        "C: EHLO",
        "C: AUTH PLAIN •••",
        "S: 235",
        "C: MAIL FROM:<anna@posthorn.test>",
        "C: DATA",
        "S: 354",
        "C: .",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start} in {lines:?}");
    }
    let last = lines.last().copied().unwrap_or_default();
    assert!(last.starts_with("S: 250") && last.contains(queue), "{last}");
    let text = receipt["text"].as_str().unwrap_or_default();
    let secret = format!("\0anna\0{}", posthorn_testkit::PASSWORD);
    let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
    assert!(!text.contains(&secret), "no secret");
    assert!(text.contains(&format!("Queue ID: {queue}\n")), "{text}");
    assert!(text.contains("Recipient: bert@posthorn.test accepted 250"), "{text}");
    let times: Vec<i64> = receipt["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| line["at"].as_i64())
        .collect();
    assert!(times.is_sorted() && receipt["acceptedAt"].as_i64() >= times.last().copied());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_says_what_was_handed_over() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let ports = Ports::of(&provider, Incoming::Imap);
    let desk = Desk::with("anna", Incoming::Imap, ports).await?;
    let told = receipt(&desk, "For the record").await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.count()? == 1)).await?;
    check(&told, &handed_over(&provider, "bert")?);
    assert_eq!(told["server"], "127.0.0.1");
    assert_eq!(told["address"], json!(format!("127.0.0.1:{}", ports.outgoing)));
    // Without TLS the receipt says that there was none.
    assert_eq!((&told["security"], &told["certificate"]), (&json!(""), &json!("")));
    let text = told["text"].as_str().unwrap_or_default();
    assert!(text.contains("Encryption: none\nCertificate SHA-256: none\n"), "{text}");

    // Nothing of it depends on this run, and what came from elsewhere has none.
    let desk = desk.reopen().await?;
    let sent = desk.row("sent", "For the record").await?.unwrap_or_default();
    let again = desk.ask("messages.receipts", json!({ "id": sent["message"] })).await?;
    assert_eq!(again, json!([told]));
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_names_the_protection_and_the_certificate() -> anyhow::Result<()> {
    let provider =
        provider_with(MailServerOptions { certificate: Certificate::Good, ..Default::default() })?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::trusting(provider.authority.pem()).await?;
    let ports =
        Ports { incoming: provider.dovecot.imaps_port(), outgoing: provider.exim.smtp_port() };
    let mut draft = posthorn_engine_tests::account("anna", Incoming::Imap, ports);
    draft["config"]["incoming"]["encryption"] = json!("tls");
    draft["config"]["outgoing"]["encryption"] = json!("starttls");
    let saved = desk.ask("accounts.add", draft).await?;
    assert!(!saved["account"].is_null(), "{saved}");
    desk.settle().await?;
    let told = receipt(&desk, "Protected").await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.count()? == 1)).await?;
    check(&told, &handed_over(&provider, "bert")?);
    assert!(told["security"].as_str().is_some_and(|words| words.starts_with("TLS 1.")), "{told}");
    assert_eq!(told["certificate"], json!(fingerprint(&provider)?), "{told}");
    assert!(lines(&told).contains(&"C: STARTTLS"), "{told}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refusal_stops_all_where_that_is_chosen() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    assert_eq!(account["allOrNothing"], false);
    desk.ask("accounts.setAllOrNothing", json!({ "id": account["id"], "value": true })).await?;
    assert_eq!(desk.ask("accounts.list", json!({})).await?[0]["allOrNothing"], true);
    let to = ["clara@posthorn.test", "nobody-here@posthorn.test"];
    let item = desk.send(&to, "Both or none").await?;
    until("it is refused", async || {
        Ok(desk.ask("outbox.list", json!({})).await?[0]["state"] == "refused")
    })
    .await?;
    desk.settle().await?;
    let log = provider.exim.log()?;
    assert!(!log.contains(" <= anna@"), "the server has no message: {log}");
    let clara = provider.dovecot.mailbox("clara", "INBOX");
    assert!(!clara.exists() || clara.count()? == 0, "nobody gets it");
    let told = desk.ask("outbox.receipt", json!({ "id": item["id"] })).await?;
    assert_eq!((&told["acceptedAt"], &told["server"]), (&Value::Null, &json!("127.0.0.1")));
    assert!(told["text"].as_str().is_some_and(|text| text.contains("550")), "{told}");

    // The wrong one is left out: the others get the very message.
    let left_out = json!([{ "from": "nobody-here@posthorn.test", "to": null }]);
    desk.ask("outbox.resend", json!({ "id": item["id"], "corrections": left_out })).await?;
    until("it arrived", async || Ok(clara.exists() && clara.count()? == 1)).await?;
    desk.engine.shutdown().await;
    Ok(())
}
