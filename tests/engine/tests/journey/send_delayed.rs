//! Journey: the server says 4xx; the message waits, is tried again, and arrives once.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::Refusal;
use serde_json::{Value, json};

async fn only(desk: &Desk) -> anyhow::Result<Option<Value>> {
    let items = desk.ask("outbox.list", json!({})).await?;
    Ok(items.as_array().and_then(|items| items.first().cloned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_refusal_is_waited_out() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    provider.exim.refuse(Refusal::MessageForNow)?;
    let sent = desk.send(&["bert@posthorn.test"], "Later").await?;
    until("the user is told of the first refusal", async || {
        Ok(only(&desk)
            .await?
            .is_some_and(|item| item["state"] == "queued" && !item["problem"].is_null()))
    })
    .await?;
    let item = only(&desk).await?.expect("it waits");
    assert!(
        item["nextTryAt"].as_i64().is_some()
            && item["problem"]["detail"].as_str().is_some_and(|said| said.starts_with("451")),
        "{item}"
    );
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    assert_eq!(bert.count()?, 0);

    // Nothing of it depends on this run.
    let desk = desk.reopen().await?;
    provider.exim.refuse(Refusal::Nobody)?;
    desk.ask("outbox.sendNow", json!({ "id": sent["id"] })).await?;
    until("it arrived", async || Ok(bert.count()? == 1)).await?;
    until("the outbox is empty", async || Ok(only(&desk).await?.is_none())).await?;
    assert_eq!(bert.count()?, 1, "once");
    desk.engine.shutdown().await;
    Ok(())
}
