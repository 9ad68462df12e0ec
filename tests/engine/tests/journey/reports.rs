//! Journey: what servers and readers report of a message is shown on it, per recipient; nothing else is believed, and
//! nobody is told that a message was read without the user's word.

#![expect(clippy::indexing_slicing, reason = "JSON answers `null` for what is not there")]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Delivery, MailServer};
use serde_json::{Value, json};

/// What was reported of a sent message: recipient, fate, and what was said.
async fn fates(desk: &Desk, sent: &Value) -> anyhow::Result<Vec<(String, String, String)>> {
    let receipts = desk.ask("messages.receipts", json!({ "id": sent["message"] })).await?;
    let all = receipts.as_array().into_iter().flatten();
    let fates = all.flat_map(|receipt| receipt["fates"].as_array().cloned().unwrap_or_default());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(fates.map(|one| (text(&one["address"]), text(&one["fate"]), text(&one["said"]))).collect())
}

async fn has_fate(desk: &Desk, sent: &Value, of: &str, wanted: &[&str]) -> anyhow::Result<bool> {
    let told = fates(desk, sent).await?;
    Ok(told.iter().any(|(address, fate, _)| address == of && wanted.contains(&fate.as_str())))
}

/// Opens an account whose messages ask for reports and receipts, and sends one.
async fn asking(
    provider: &MailServer,
    incoming: Incoming,
    to: &[&str],
) -> anyhow::Result<(Desk, Value)> {
    let desk = Desk::with("anna", incoming, Ports::of(provider, incoming)).await?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    assert_eq!(account["wishes"], json!({ "report": false, "receipt": false }));
    let wishes = json!({ "id": account["id"], "wishes": { "report": true, "receipt": true } });
    desk.ask("accounts.setWishes", wishes).await?;
    desk.send(to, "Please confirm").await?;
    until("its copy is listed", async || Ok(desk.row("sent", "Please confirm").await?.is_some()))
        .await?;
    let sent = desk.row("sent", "Please confirm").await?.unwrap_or_default();
    Ok((desk, sent))
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_shown_on_the_sent_message() -> anyhow::Result<()> {
    for incoming in [Incoming::Imap, Incoming::PopLeave] {
        let provider = provider()?;
        provider.dovecot.mailbox("anna", "Sent").create()?;
        let to = ["bert@posthorn.test", "gone-later@posthorn.test"];
        let (desk, sent) = asking(&provider, incoming, &to).await?;
        let receipts = desk.ask("messages.receipts", json!({ "id": sent["message"] })).await?;
        assert_eq!(receipts[0]["reports"], "asked", "{receipts}");
        let lines = receipts[0]["lines"].to_string();
        assert!(
            lines.contains("RET=HDRS ENVID=")
                && lines.contains("NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bert@"),
            "{lines}"
        );
        until("both fates are known", async || {
            desk.ask("accounts.checkNow", json!({ "account": null })).await?;
            Ok(has_fate(&desk, &sent, to[0], &["delivered", "relayed"]).await?
                && has_fate(&desk, &sent, to[1], &["failed"]).await?)
        })
        .await?;
        let told = fates(&desk, &sent).await?;
        let failed = told.iter().find(|(address, ..)| address == to[1]);
        assert!(failed.is_some_and(|(_, _, said)| !said.is_empty()), "{told:?}");

        // They stand in its conversation: what went well is read, what failed is not.
        let opened = json!({ "message": sent["message"], "single": false });
        until("both are in its conversation", async || {
            let thread = desk.ask("threads.open", opened.clone()).await?;
            Ok(thread["messages"].as_array().map(Vec::len) == Some(3))
        })
        .await?;
        desk.settle().await?;
        let thread = desk.ask("threads.open", opened).await?;
        let reports =
            thread["messages"].as_array().into_iter().flatten().filter(|one| one["own"] == false);
        let unread: Vec<bool> = reports.map(|one| one["unread"] == true).collect();
        assert_eq!(unread.iter().filter(|unread| **unread).count(), 1, "{thread}");
        assert_eq!(desk.rows("inbox").await?.len(), 2, "nothing is hidden");
        desk.engine.shutdown().await;
    }
    Ok(())
}

/// A bounce as Exim wrote it for twenty years, about a message.
fn old_bounce(message_id: &str, address: &str) -> Delivery {
    Delivery::new(
        format!(
            "From: Mail Delivery System <Mailer-Daemon@mail.example>\r\nTo: anna@posthorn.test\r\n\
             X-Failed-Recipients: {address}\r\nSubject: Mail delivery failed: returning message to sender\r\n\
             Message-ID: <bounce.{message_id}>\r\n\r\nThis message was created automatically by mail delivery software.\r\n\r\n\
             The following address(es) failed:\r\n\r\n  {address}\r\n    552 5.2.2 over quota\r\n\r\n\
             ------ This is a copy of the message, including all the headers. ------\r\n\r\n\
             Subject: Please confirm\r\nMessage-ID: <{message_id}>\r\n\r\nHello\r\n"
        )
        .into_bytes(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_sent_from_here_is_believed() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let item = desk.send(&["bert@posthorn.test"], "Please confirm").await?;
    until("its copy is listed", async || Ok(desk.row("sent", "Please confirm").await?.is_some()))
        .await?;
    let sent = desk.row("sent", "Please confirm").await?.unwrap_or_default();
    let receipts = desk.ask("messages.receipts", json!({ "id": sent["message"] })).await?;
    assert_eq!((&receipts[0]["reports"], &receipts[0]["fates"]), (&json!("none"), &json!([])));

    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&[old_bounce("never-sent@posthorn.test", "bert@posthorn.test")])?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("it is here", async || Ok(desk.rows("inbox").await?.len() == 1)).await?;
    desk.settle().await?;
    assert_eq!(fates(&desk, &sent).await?, [], "it is about nothing that was sent");
    let stray = desk.rows("inbox").await?[0].clone();
    assert_eq!(stray["unread"], true, "{stray}");

    let id = item["messageId"].as_str().unwrap_or_default().to_owned();
    inbox.fill(&[old_bounce(&id, "bert@posthorn.test")])?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("it is believed", async || {
        has_fate(&desk, &sent, "bert@posthorn.test", &["failed"]).await
    })
    .await?;
    let told = fates(&desk, &sent).await?;
    assert_eq!((told.len(), told[0].2.as_str()), (1, "552 5.2.2 over quota"), "{told:?}");

    // Nothing of it depends on this run.
    let desk = desk.reopen().await?;
    assert_eq!(fates(&desk, &sent).await?, told);
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_asked_before_anybody_is_told() -> anyhow::Result<()> {
    let provider = provider()?;
    for user in ["anna", "bert"] {
        provider.dovecot.mailbox(user, "Sent").create()?;
    }
    let (anna, sent) = asking(&provider, Incoming::Imap, &["bert@posthorn.test"]).await?;
    let inbox = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(inbox.exists() && inbox.count()? == 1)).await?;
    let bert = Desk::with("bert", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let row = bert.row("inbox", "Please confirm").await?.unwrap_or_default();
    let open = async || {
        let request =
            json!({ "id": row["message"], "remote": false, "theme": "light", "look": null });
        bert.ask("messages.open", request).await
    };
    assert_eq!(open().await?["receiptTo"]["email"], "anna@posthorn.test");
    bert.settle().await?;
    assert_eq!(bert.ask("outbox.list", json!({})).await?, json!([]), "reading tells nobody");

    // Never means never.
    let mut settings = bert.ask("settings.get", json!({})).await?;
    settings["readReceipts"] = json!("never");
    bert.ask("settings.set", settings.clone()).await?;
    assert_eq!(open().await?["receiptTo"], Value::Null);
    settings["readReceipts"] = json!("ask");
    bert.ask("settings.set", settings).await?;

    let answer = json!({ "message": row["message"], "send": true, "subject": "Read: Please confirm", "text": "It was shown." });
    bert.ask("messages.answerReceipt", answer.clone()).await?;
    assert!(bert.ask("messages.answerReceipt", answer).await.is_err(), "one answer");
    assert_eq!(open().await?["receiptTo"], Value::Null);
    until("Anna is told", async || {
        anna.ask("accounts.checkNow", json!({ "account": null })).await?;
        has_fate(&anna, &sent, "bert@posthorn.test", &["read"]).await
    })
    .await?;
    bert.settle().await?;
    let log = provider.exim.log()?;
    assert!(log.contains(" <= <> "), "it is sent by nobody: {log}");
    anna.engine.shutdown().await;
    bert.engine.shutdown().await;

    // The server knows that it was answered: another program of Bert's asks no more.
    let other = Desk::with("bert", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let row = other.row("inbox", "Please confirm").await?.unwrap_or_default();
    let request = json!({ "id": row["message"], "remote": false, "theme": "light", "look": null });
    assert_eq!(other.ask("messages.open", request).await?["receiptTo"], Value::Null);
    other.engine.shutdown().await;
    Ok(())
}
