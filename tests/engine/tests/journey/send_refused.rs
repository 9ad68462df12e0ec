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

    // Who was refused waits in the outbox for a better address; the same bytes go there, and to nobody else.
    let rows = desk.ask("outbox.list", json!({})).await?;
    let refused = &rows[0];
    assert_eq!((rows.as_array().map(Vec::len), &refused["state"]), (Some(1), &json!("refused")));
    let wrong = refused["recipients"][0]["address"]["email"].clone();
    assert_eq!(wrong, "nobody-here@posthorn.test");
    let resend =
        |to: &str| json!({ "id": refused["id"], "corrections": [{ "from": wrong, "to": to }] });
    assert!(desk.ask("outbox.resend", resend("not an address")).await.is_err());
    assert_eq!(desk.ask("outbox.list", json!({})).await?[0]["state"], "refused");
    desk.ask("outbox.resend", resend("paul@posthorn.test")).await?;
    let paul = provider.dovecot.mailbox("paul", "INBOX");
    until("it came to the corrected address", async || Ok(paul.count()? == 1)).await?;
    desk.settle().await?;
    until("the outbox is empty", async || {
        Ok(desk.ask("outbox.list", json!({})).await?.as_array().is_some_and(Vec::is_empty))
    })
    .await?;
    assert_eq!((bert.count()?, clara.count()?, copy.count()?), (1, 1, 1), "nobody gets it again");
    let again = String::from_utf8(paul.messages()?[0].bytes()?)?;
    let own = |raw: &str| raw.split_once("Message-ID:").map(|(_, rest)| rest.to_owned());
    assert_eq!(own(&again), own(&raw), "the same message");
    assert!(again.contains("nobody-here@posthorn.test"), "its To line is what was written");
    desk.engine.shutdown().await;
    Ok(())
}
