//! Journey: mail that names a wrong encoding is read in the one that the user chose, also the next mail like it.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

/// 你好，世界 in GBK.
const GBK: &[u8] =
    b"\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7 in Latin letters too, so that nothing is guessed";

fn mail(from: &str, number: usize, charset: &str, bytes: &[u8]) -> Delivery {
    let mail = Mail::new()
        .from(from)
        .to("anna@posthorn.test")
        .subject(&format!("Message {number}"))
        .message_id(&format!("{number}@charset.test"))
        .text_in(charset, bytes);
    Delivery::new(mail.build())
}

/// What stands in a message's frame, and the encoding that was chosen for it.
async fn read(desk: &Desk, number: usize) -> anyhow::Result<(String, Value)> {
    let row = desk.row("inbox", &format!("Message {number}")).await?.unwrap_or_default();
    let open = json!({ "id": row["message"], "remote": false, "theme": "light" });
    let opened = desk.ask("messages.open", open).await?;
    let info = desk.ask("app.info", json!({})).await?;
    let url = opened["frameUrl"].as_str().unwrap_or_default();
    let path = url.trim_start_matches(info["contentBase"].as_str().unwrap_or_default());
    let shown = desk.engine.content(path.trim_start_matches('/')).await;
    Ok((String::from_utf8_lossy(&shown.bytes).into_owned(), opened["charset"].clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_holds_for_the_sender_and_for_mail_like_it() -> anyhow::Result<()> {
    let provider = provider()?;
    let (one, other) = ("Old Program <old@posthorn.test>", "New <new@posthorn.test>");
    provider.dovecot.mailbox("anna", "INBOX").fill(&[
        mail(one, 1, "iso-8859-1", GBK),
        mail(one, 2, "iso-8859-1", GBK),
        mail(one, 3, "utf-8", "你好，世界".as_bytes()),
        mail(other, 4, "iso-8859-1", b"Caf\xe9"),
    ])?;
    let ports = Ports::of(&provider, Incoming::Imap);
    let desk = Desk::with("anna", Incoming::Imap, ports).await?;
    let (text, chosen) = read(&desk, 1).await?;
    assert!(!text.contains("你好") && chosen.is_null(), "it says that it is Latin: {text}");
    let row = desk.row("inbox", "Message 1").await?.unwrap_or_default();
    desk.ask("messages.setCharset", json!({ "message": row["message"], "charset": "gb18030" }))
        .await?;
    let desk = desk.reopen().await?;
    for (number, words, expected) in [
        (1, "你好，世界", json!("gb18030")),
        (2, "你好，世界", json!("gb18030")),
        // Labelled rightly by the same sender, and by somebody else.
        (3, "你好，世界", Value::Null),
        (4, "Café", Value::Null),
    ] {
        let (text, chosen) = read(&desk, number).await?;
        assert!(text.contains(words), "message {number}: {text}");
        assert_eq!(chosen, expected, "message {number}");
    }
    desk.ask("messages.setCharset", json!({ "message": row["message"], "charset": null })).await?;
    assert_eq!(read(&desk, 2).await?.1, Value::Null, "taken back");
    desk.engine.shutdown().await;
    Ok(())
}
