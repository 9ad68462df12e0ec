//! Journey: a POP3 maildrop is fetched completely, and left or emptied as the user chose.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, numbered, provider, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_not_fetched_twice() -> anyhow::Result<()> {
    let provider = provider()?;
    let drop = provider.dovecot.mailbox("anna", "INBOX");
    drop.fill(&(1..=20).map(numbered).collect::<Vec<_>>())?;
    let desk =
        Desk::with("anna", Incoming::PopLeave, Ports::of(&provider, Incoming::PopLeave)).await?;
    assert_eq!((desk.rows("inbox").await?.len(), drop.count()?), (20, 20));

    // Absence from the maildrop never deletes anything here.
    std::fs::remove_file(&drop.messages()?[0].path)?;
    drop.deliver(&numbered(21))?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("the new message is here", async || Ok(desk.row("inbox", "Message 21").await?.is_some()))
        .await?;
    desk.settle().await?;
    assert_eq!(desk.rows("inbox").await?.len(), 21);
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_safe_here_leaves_the_server() -> anyhow::Result<()> {
    let provider = provider()?;
    let drop = provider.dovecot.mailbox("anna", "INBOX");
    drop.fill(&(1..=20).map(numbered).collect::<Vec<_>>())?;
    let desk =
        Desk::with("anna", Incoming::PopRemove, Ports::of(&provider, Incoming::PopRemove)).await?;
    until("the maildrop is empty", async || Ok(drop.count()? == 0)).await?;
    let desk = desk.reopen().await?;
    desk.settle().await?;
    let rows = desk.rows("inbox").await?;
    assert_eq!(rows.len(), 20);
    for row in rows {
        let source = desk.ask("messages.source", json!({ "id": row["message"] })).await?;
        assert!(
            source["text"].as_str().is_some_and(|text| text.contains("This is message number")),
            "its bytes are here"
        );
    }
    desk.engine.shutdown().await;
    Ok(())
}
