//! Journey: a conversation that the user split or merged stays so, when answers come and when the server numbers anew.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

fn mail(name: &str, answers: &[&str]) -> Delivery {
    let ids: Vec<String> = answers.iter().map(|name| format!("{name}@journey.test")).collect();
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject(name)
        .message_id(&format!("{name}@journey.test"))
        .text("Hello");
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    Delivery::new(if ids.is_empty() { mail } else { mail.replying_to(&ids) }.build())
}

/// Says which messages of the inbox are one conversation, and what the user did to it: `one two, three split`.
async fn shape(desk: &Desk) -> anyhow::Result<String> {
    let folder = desk.folder("inbox").await?;
    let view = json!({
        "source": { "kind": "mailbox", "mailbox": folder["id"] },
        "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": true
    });
    let opened = desk.ask("views.open", view).await?;
    desk.ask("views.close", json!({ "id": opened["view"] })).await?;
    let mut all = Vec::new();
    for row in opened["rows"].as_array().into_iter().flatten() {
        let request = json!({ "message": row["message"], "single": false });
        let conversation = desk.ask("threads.open", request).await?;
        let heads = conversation["messages"].as_array().into_iter().flatten();
        let mut names: Vec<&str> = heads.filter_map(|head| head["subject"].as_str()).collect();
        names.sort_unstable();
        names.extend(conversation["arranged"].as_str());
        all.push(names.join(" "));
    }
    all.sort();
    Ok(all.join(", "))
}

async fn message(desk: &Desk, name: &str) -> anyhow::Result<Value> {
    let row = desk.row("inbox", name).await?;
    Ok(row.ok_or_else(|| anyhow::anyhow!("there is no {name}"))?["message"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_split_and_merged_by_hand_stays_so() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&[
        mail("a1", &[]),
        mail("a2", &["a1"]),
        mail("a3", &["a1", "a2"]),
        mail("b1", &[]),
    ])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    assert_eq!(shape(&desk).await?, "a1 a2 a3, b1");

    let split = json!({ "message": message(&desk, "a3").await?, "reach": "message" });
    let done = desk.ask("threads.split", split.clone()).await?;
    assert_eq!((&done["action"], &done["count"]), (&json!("split"), &json!(1)));
    assert_eq!(shape(&desk).await?, "a1 a2 rest, a3 split, b1");
    desk.ask("operations.undo", json!({ "id": done["operation"] })).await?;
    assert_eq!(shape(&desk).await?, "a1 a2 a3, b1");
    desk.ask("threads.split", split).await?;

    let both = [message(&desk, "a1").await?, message(&desk, "b1").await?];
    let merge = json!({ "selection": { "kind": "messages", "messages": both } });
    desk.ask("threads.merge", merge).await?;
    inbox.deliver(&mail("a4", &["a1", "a2", "a3"]))?;
    inbox.deliver(&mail("b2", &["b1"]))?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    let expected = "a1 a2 b1 b2 merged, a3 a4 split";
    until("the answers are where they belong", async || Ok(shape(&desk).await? == expected))
        .await?;

    inbox.forget_uids()?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    desk.settle().await?;
    assert_eq!(shape(&desk).await?, expected, "after a new numbering");
    let desk = desk.reopen().await?;
    assert_eq!(shape(&desk).await?, expected, "after a restart");

    let of = |message: Value| json!({ "id": message });
    let apart = desk.ask("threads.restore", of(message(&desk, "b2").await?)).await?;
    assert_eq!(apart["action"], "separate");
    assert_eq!(shape(&desk).await?, "a1 a2 rest, a3 a4 split, b1 b2");
    let joined = desk.ask("threads.restore", of(message(&desk, "a4").await?)).await?;
    assert_eq!(joined["action"], "rejoin");
    assert_eq!(shape(&desk).await?, "a1 a2 a3 a4, b1 b2");
    desk.engine.shutdown().await;
    Ok(())
}
