//! Journey: one of three recipients is refused; the others get the message, once, and everybody is told the truth.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_does_not_stop_the_others() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let sent = desk
        .send(
            &["bert@posthorn.test", "nobody-here@posthorn.test", "clara@posthorn.test"],
            "To three",
        )
        .await?;
    assert_eq!(sent["recipients"].as_array().map(Vec::len), Some(3), "{sent}");

    let (bert, clara) =
        (provider.dovecot.mailbox("bert", "INBOX"), provider.dovecot.mailbox("clara", "INBOX"));
    until("both have it", async || Ok(bert.count()? == 1 && clara.count()? == 1)).await?;
    let copy = provider.dovecot.mailbox("anna", "Sent");
    until("the copy is filed", async || Ok(copy.count()? == 1)).await?;
    desk.settle().await?;
    assert_eq!((bert.count()?, clara.count()?, copy.count()?), (1, 1, 1), "once each");
    let raw = String::from_utf8(bert.messages()?[0].bytes()?)?;
    assert!(
        raw.contains(sent["messageId"].as_str().unwrap_or("?"))
            && !raw.to_lowercase().contains("\nbcc:")
    );
    assert_eq!(desk.ask("outbox.unsent", json!({})).await?["count"], 0);
    desk.engine.shutdown().await;
    Ok(())
}
