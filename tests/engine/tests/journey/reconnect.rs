//! Journey: the server goes and comes back; the account says so, and mail that came meanwhile is here.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, numbered, provider, until};
use serde_json::json;

async fn state(desk: &Desk) -> anyhow::Result<String> {
    let accounts = desk.ask("accounts.list", json!({})).await?;
    Ok(accounts[0]["status"]["state"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_found_again() -> anyhow::Result<()> {
    let mut provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&[numbered(1)])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    assert_eq!(state(&desk).await?, "upToDate");
    provider.dovecot.stop();
    until("the account says that it waits", async || Ok(state(&desk).await? == "waiting")).await?;
    let accounts = desk.ask("accounts.list", json!({})).await?;
    assert!(
        !accounts[0]["status"]["problem"].is_null()
            && !accounts[0]["status"]["nextTryAt"].is_null(),
        "{accounts}"
    );
    assert_eq!(desk.rows("inbox").await?.len(), 1, "mail stays readable");

    inbox.fill(&[numbered(2)])?;
    provider.dovecot.start_again()?;
    until("it is found again", async || Ok(desk.row("inbox", "Message 2").await?.is_some()))
        .await?;
    desk.settle().await?;
    assert_eq!((state(&desk).await?.as_str(), desk.rows("inbox").await?.len()), ("upToDate", 2));
    desk.engine.shutdown().await;
    Ok(())
}
