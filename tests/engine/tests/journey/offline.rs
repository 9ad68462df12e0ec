//! Journey: what is done offline, over a restart, is replayed when the server is reached again.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, numbered, provider};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn actions_wait_for_the_server() -> anyhow::Result<()> {
    let mut provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let archive = provider.dovecot.mailbox("anna", "Archive");
    inbox.fill(&(1..=3).map(numbered).collect::<Vec<_>>())?;
    archive.create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    provider.dovecot.stop();

    let rows = desk.rows("inbox").await?;
    let messages: Vec<_> = rows.iter().map(|row| row["message"].clone()).collect();
    let of = |index: usize| json!({ "kind": "messages", "messages": [messages[index]] });
    desk.ask("messages.setRead", json!({ "selection": of(0), "value": true })).await?;
    desk.ask("messages.archive", json!({ "selection": of(1) })).await?;
    desk.ask("messages.setStarred", json!({ "selection": of(1), "value": true })).await?;
    assert_eq!(desk.rows("inbox").await?.len(), 2, "it shows at once");
    let desk = desk.reopen().await?;
    assert_eq!(
        (desk.rows("inbox").await?.len(), desk.rows("archive").await?.len()),
        (2, 1),
        "and survives a restart"
    );
    assert_eq!((inbox.count()?, archive.count()?), (3, 0), "the server was not told yet");

    provider.dovecot.start_again()?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    desk.settle().await?;
    assert_eq!((inbox.count()?, archive.count()?), (2, 1));
    let seen = inbox.messages()?.iter().filter(|stored| stored.flags.seen).count();
    assert_eq!((seen, archive.messages()?[0].flags.flagged), (1, true));
    desk.engine.shutdown().await;
    Ok(())
}
