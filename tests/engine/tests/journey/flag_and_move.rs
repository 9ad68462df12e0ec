//! Journey: flags and moves go both ways, and undo takes them back on the server too.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, numbered, provider, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_here_is_done_there_and_back() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let archive = provider.dovecot.mailbox("anna", "Archive");
    inbox.fill(&[numbered(1), numbered(2)])?;
    archive.create()?;
    let ports = Ports::of(&provider, Incoming::Imap);
    let desk = Desk::with("anna", Incoming::Imap, ports).await?;
    let other = Desk::with("anna", Incoming::Imap, ports).await?;

    let one = desk.row("inbox", "Message 1").await?.expect("it is there");
    let selection = json!({ "kind": "messages", "messages": [one["message"]] });
    desk.ask("messages.setStarred", json!({ "selection": selection, "value": true })).await?;
    assert_eq!(desk.row("inbox", "Message 1").await?.expect("here")["starred"], true, "at once");
    desk.settle().await?;
    until("the other computer shows the star", async || {
        Ok(other.row("inbox", "Message 1").await?.is_some_and(|row| row["starred"] == true))
    })
    .await?;

    let moved = desk.ask("messages.archive", json!({ "selection": selection })).await?;
    assert_eq!((moved["count"].as_u64(), &moved["action"]), (Some(1), &json!("archive")));
    desk.settle().await?;
    assert_eq!((inbox.count()?, archive.count()?), (1, 1));
    other.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("the other computer has it in the archive", async || {
        Ok(other.row("archive", "Message 1").await?.is_some())
    })
    .await?;
    assert!(other.row("inbox", "Message 1").await?.is_none());

    desk.ask("operations.undo", json!({ "id": moved["operation"] })).await?;
    desk.settle().await?;
    assert_eq!((inbox.count()?, archive.count()?), (2, 0));
    assert_eq!(
        desk.row("inbox", "Message 1").await?.expect("back")["starred"],
        true,
        "its star came back with it"
    );
    desk.engine.shutdown().await;
    other.engine.shutdown().await;
    Ok(())
}
