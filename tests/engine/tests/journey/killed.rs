//! Journey: the process is killed in the middle of its work. Nothing is lost, and nothing is there twice.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{
    Ask, Incoming, Ports, Server, account, numbered, provider, subjects, until,
};

/// Enough that a kill falls into the middle.
const MESSAGES: usize = 1500;

/// Kills the process three times while mail comes, then lets it finish; returns how often something was there before.
async fn interrupted(incoming: Incoming) -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&(0..MESSAGES).map(numbered).collect::<Vec<_>>())?;
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("profile");

    let server = Server::start(&profile)?;
    let saved = server
        .ask("accounts.add", account("anna", incoming, Ports::of(&provider, incoming)))
        .await?;
    anyhow::ensure!(!saved["account"].is_null(), "{saved}");
    let mut server = Some(server);
    let mut seen = 0;
    for _ in 0..3 {
        let running = match server.take() {
            Some(running) => running,
            None => Server::start(&profile)?,
        };
        until("more mail is here", async || {
            let total = running
                .folder("inbox")
                .await
                .map_or(0, |inbox| inbox["total"].as_u64().unwrap_or_default());
            Ok(total > seen || total as usize == MESSAGES)
        })
        .await?;
        seen = running.folder("inbox").await?["total"].as_u64().unwrap_or_default();
        running.kill()?;
    }

    let server = Server::start(&profile)?;
    server.settle().await?;
    let rows = server.rows("inbox").await?;
    let mut expected: Vec<String> =
        (0..MESSAGES).map(|number| format!("Message {number}")).collect();
    expected.sort();
    assert_eq!(subjects(&rows), expected, "each once");
    if incoming == Incoming::PopRemove {
        until("the maildrop is empty", async || Ok(inbox.count()? == 0)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_first_sync() -> anyhow::Result<()> {
    interrupted(Incoming::Imap).await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_pop3_fetch_that_removes() -> anyhow::Result<()> {
    interrupted(Incoming::PopRemove).await
}
