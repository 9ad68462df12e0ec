//! Journey: a POP3 maildrop is fetched completely, and left or emptied as the user chose.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, numbered, provider, until};
use posthorn_testkit::{Delivery, Mail};
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

#[tokio::test(flavor = "multi_thread")]
async fn of_a_large_message_the_rest_comes_when_it_is_asked_for() -> anyhow::Result<()> {
    let provider = provider()?;
    let drop = provider.dovecot.mailbox("anna", "INBOX");
    let large = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .subject("Large")
        .message_id("large@journey.test")
        .text("The plans.")
        .attach("plans.bin", "application/octet-stream", &vec![7; 300_000]);
    let desk =
        Desk::with("anna", Incoming::PopLeave, Ports::of(&provider, Incoming::PopLeave)).await?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    let mut config = account["config"].clone();
    config["pop3"]["headOnlyAbove"] = json!(100_000);
    let draft = json!({ "id": account["id"], "config": config, "incomingPassword": null, "outgoingPassword": null, "ticket": "" });
    desk.ask("accounts.update", draft).await?;
    drop.deliver(&Delivery::new(large.build()))?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("its head is here", async || Ok(desk.row("inbox", "Large").await?.is_some())).await?;
    desk.settle().await?;
    let id = desk.row("inbox", "Large").await?.map(|row| row["message"].clone());
    let open = json!({ "id": id, "remote": false, "theme": "light", "charset": null });
    let opened = desk.ask("messages.open", open.clone()).await?;
    assert!(opened["restBytes"].as_u64().is_some_and(|bytes| bytes > 300_000), "{opened}");
    assert!(opened["problem"].is_null() && opened["frameUrl"] == "", "{opened}");
    assert_eq!(opened["serverCopy"]["state"], "stays", "{opened}");

    desk.ask("messages.fetchRest", json!({ "id": id })).await?;
    let opened = desk.ask("messages.open", open).await?;
    assert!(opened["restBytes"].is_null() && opened["frameUrl"] != "", "{opened}");
    assert_eq!(opened["attachments"][0]["name"], "plans.bin", "{opened}");
    let part = json!({ "message": id, "part": opened["attachments"][0]["part"] });
    let staged = desk.ask("attachments.stage", part).await?;
    let path = staged["paths"][0].as_str().unwrap_or_default().to_owned();
    assert_eq!(std::fs::read(path)?, vec![7; 300_000]);

    // What rules would do is said before they do it.
    let mut rules = config["pop3"].clone();
    rules["policy"] = json!("atOnce");
    let preview = json!({ "id": account["id"], "rules": rules });
    let preview = desk.ask("accounts.previewPopRules", preview).await?;
    assert_eq!((&preview["now"], &preview["stay"]), (&json!(1), &json!(0)), "{preview}");
    assert_eq!(drop.count()?, 1);
    config["pop3"] = rules;
    let draft = json!({ "id": account["id"], "config": config, "incomingPassword": null, "outgoingPassword": null, "ticket": "" });
    desk.ask("accounts.update", draft).await?;
    until("it left the server", async || Ok(drop.count()? == 0)).await?;
    desk.settle().await?;
    let open = json!({ "id": id, "remote": false, "theme": "light", "charset": null });
    let opened = desk.ask("messages.open", open).await?;
    assert_eq!(opened["serverCopy"]["state"], "left", "{opened}");
    assert!(opened["serverCopy"]["at"].as_i64().is_some_and(|at| at > 0), "{opened}");
    desk.engine.shutdown().await;
    Ok(())
}
