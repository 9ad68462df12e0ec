//! Journey: the outgoing server does not take the password any more; the user is asked, with its sentence, and what
//! waited goes when the password is given.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_waits_for_the_password_and_goes_with_it() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    provider.exim.deny(&["anna"])?;
    desk.send(&["bert@posthorn.test"], "Locked out").await?;
    until("the outbox says what it waits for", async || {
        let items = desk.ask("outbox.list", json!({})).await?;
        let item = &items[0];
        let said = item["problem"]["detail"].as_str().unwrap_or_default();
        Ok(item["state"] == "needsPassword"
            && item["nextTryAt"].is_null()
            && item["problem"]["code"] == "credentials"
            && said.starts_with("535 "))
    })
    .await?;
    let accounts = desk.ask("accounts.list", json!({})).await?;
    let status = &accounts[0]["status"];
    assert_eq!(status["passwordFor"], "outgoing", "{status}");
    assert_eq!(status["outgoingProblem"]["code"], "credentials", "{status}");
    assert_ne!(status["state"], "needsPassword", "mail still comes in");

    let give = |password: &str| json!({ "id": accounts[0]["id"], "incomingPassword": null, "outgoingPassword": password });
    let refused = desk.ask("accounts.setPassword", give("wrong")).await?;
    assert!(refused["account"].is_null(), "{refused}");
    assert_eq!(refused["verification"]["outgoing"]["code"], "credentials", "{refused}");
    provider.exim.deny(&[])?;
    let saved = desk.ask("accounts.setPassword", give(posthorn_testkit::PASSWORD)).await?;
    assert!(!saved["account"].is_null(), "{saved}");
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it went", async || Ok(bert.count()? == 1)).await?;
    desk.settle().await?;
    let accounts = desk.ask("accounts.list", json!({})).await?;
    assert!(accounts[0]["status"]["passwordFor"].is_null(), "{accounts}");
    assert_eq!(desk.ask("outbox.unsent", json!({})).await?["count"], 0);
    desk.engine.shutdown().await;
    Ok(())
}
