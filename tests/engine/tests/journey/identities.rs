//! Journey: several names and addresses on one account, mail that is sent on as it came, and mail that is sent again.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, subjects, until};
use posthorn_testkit::{Delivery, Mail, Maildir};
use serde_json::{Value, json};

async fn shop(desk: &Desk, folder: &Value) -> anyhow::Result<Value> {
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    let saved = json!({
        "id": 0, "account": account["id"], "name": "Anna's shop", "email": "shop@posthorn.test",
        "replyTo": "orders@posthorn.test", "signature": "The shop", "main": false,
        "bcc": [{ "name": "", "email": "clara@posthorn.test" }], "sentMailbox": folder, "server": null, "pin": ""
    });
    Ok(desk.ask("identities.save", draft(saved)).await?["account"].clone())
}

fn draft(identity: Value) -> Value {
    json!({ "identity": identity, "password": null, "certificate": null })
}

fn source(folder: &Maildir) -> anyhow::Result<String> {
    Ok(String::from_utf8(folder.messages()?.remove(0).bytes()?)?)
}

async fn send(desk: &Desk, draft: &Value, more: Value) -> anyhow::Result<Value> {
    let now = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    let mut request = json!({ "id": now["id"], "revision": now["revision"], "undoSeconds": 0 });
    for (name, value) in more.as_object().into_iter().flatten() {
        request[name] = value.clone();
    }
    desk.ask("drafts.send", request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_identity_answers_and_everything_of_it_goes_along() -> anyhow::Result<()> {
    let provider = provider()?;
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("SHOP+summer@posthorn.test")
        .subject("An order")
        .message_id("order@journey.test")
        .text("Two jars, please.");
    provider.dovecot.mailbox("anna", "INBOX").deliver(&Delivery::new(mail.build()))?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    provider.dovecot.mailbox("anna", "Shop sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let folders = desk.ask("mailboxes.list", json!({})).await?;
    let folder = folders.as_array().into_iter().flatten().find(|one| one["name"] == "Shop sent");
    let folder = folder.map(|one| one["id"].clone()).unwrap_or_default();
    let account = shop(&desk, &folder).await?;
    assert_eq!(account["identities"][0]["main"], true, "{account}");
    assert_eq!(account["config"]["aliases"][0]["email"], "shop@posthorn.test");
    for broken in [
        json!({ "email": "nobody" }),
        json!({ "name": "A\r\nBcc: x@posthorn.test" }),
        json!({ "sentMailbox": 4711 }),
    ] {
        let mut identity = account["identities"][1].clone();
        for (name, value) in broken.as_object().into_iter().flatten() {
            identity[name] = value.clone();
        }
        assert!(desk.ask("identities.save", draft(identity)).await.is_err(), "{broken}");
    }

    // A reply to an address with something behind a plus comes from that address's identity.
    let rows = desk.rows("inbox").await?;
    let reply = json!({ "kind": "reply", "message": rows[0]["message"], "all": true });
    let draft = desk.ask("drafts.create", reply).await?;
    assert_eq!(draft["from"]["email"], "shop@posthorn.test");
    assert_eq!(draft["bcc"][0]["email"], "clara@posthorn.test");
    assert_eq!(draft["to"].as_array().map(Vec::len), Some(1), "not to oneself: {draft}");
    assert_eq!(draft["cc"].as_array().map(Vec::len), Some(0), "nor with a plus: {draft}");
    assert!(draft["html"].as_str().is_some_and(|html| html.contains("The shop")), "{draft}");

    // Another choice takes the signature and the blind copy along, and back again.
    let choose = |draft: &Value, place: usize| {
        json!({
            "draft": draft["id"], "revision": draft["revision"], "account": account["id"],
            "identity": account["identities"][place]["id"]
        })
    };
    let own = desk.ask("drafts.chooseIdentity", choose(&draft, 0)).await?;
    assert_eq!((&own["from"]["email"], &own["bcc"]), (&json!("anna@posthorn.test"), &json!([])));
    assert!(!own["html"].as_str().is_some_and(|html| html.contains("The shop")), "{own}");
    assert!(desk.ask("drafts.chooseIdentity", choose(&draft, 0)).await.is_err(), "an old revision");
    let draft = desk.ask("drafts.chooseIdentity", choose(&own, 1)).await?;
    send(&desk, &draft, json!({})).await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    let raw = source(&bert)?;
    for line in ["shop@posthorn.test>", "Reply-To: <orders@posthorn.test>", "The shop"] {
        assert!(raw.contains(line), "{line} in {raw}");
    }
    let clara = provider.dovecot.mailbox("clara", "INBOX");
    until("the blind copy came", async || Ok(clara.exists() && clara.count()? == 1)).await?;
    let filed = provider.dovecot.mailbox("anna", "Shop sent");
    until("its own folder has the copy", async || Ok(filed.count()? == 1)).await?;
    assert_eq!(provider.dovecot.mailbox("anna", "Sent").count()?, 0);

    // It goes; the account's own stays.
    let gone = |place: usize| json!({ "account": account["id"], "id": account["identities"][place]["id"] });
    assert!(desk.ask("identities.remove", gone(0)).await.is_err());
    let left = desk.ask("identities.remove", gone(1)).await?;
    assert_eq!(left["identities"].as_array().map(Vec::len), Some(1));
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_sent_on_as_it_came_and_sent_again_as_new() -> anyhow::Result<()> {
    let provider = provider()?;
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject("Minutes")
        .message_id("minutes@journey.test")
        .text("Line one.\r\n.\r\nThe end.");
    let came = [b"Bcc: secret@posthorn.test\r\n".as_slice(), &mail.build()].concat();
    provider.dovecot.mailbox("anna", "INBOX").deliver(&Delivery::new(came))?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    let rows = desk.rows("inbox").await?;
    let redirect = |to: &str| {
        json!({
            "message": rows[0]["message"], "account": account["id"], "identity": account["identities"][0]["id"],
            "to": [{ "name": "Clara", "email": to }], "undoSeconds": 0
        })
    };
    assert!(desk.ask("messages.redirect", redirect("no address")).await.is_err());
    desk.ask("messages.redirect", redirect("clara@posthorn.test")).await?;
    let clara = provider.dovecot.mailbox("clara", "INBOX");
    until("it was sent on", async || Ok(clara.exists() && clara.count()? == 1)).await?;
    let raw = source(&clara)?;
    for line in [
        "Resent-From: \"anna\" <anna@posthorn.test>",
        "Resent-To: \"Clara\" <clara@posthorn.test>",
        "<minutes@journey.test>",
        "From: Bert <bert@posthorn.test>",
        "Line one.\r\n.\r\nThe end.",
    ] {
        assert!(raw.contains(line) || raw.contains(&line.replace("\r\n", "\n")), "{line} in {raw}");
    }
    assert!(!raw.contains("secret@"), "a blind copy stays blind: {raw}");
    desk.settle().await?;
    assert_eq!(clara.count()?, 1, "once");

    // Sent again: the same words to the same people, as a message of its own.
    desk.send(&["paul@posthorn.test"], "Again").await?;
    let paul = provider.dovecot.mailbox("paul", "INBOX");
    until("the first is there", async || Ok(paul.exists() && paul.count()? == 1)).await?;
    until("its copy is listed", async || Ok(subjects(&desk.rows("sent").await?) == ["Again"]))
        .await?;
    let sent = desk.rows("sent").await?;
    let again = json!({ "kind": "again", "message": sent[0]["message"] });
    let draft = desk.ask("drafts.create", again).await?;
    assert_eq!(draft["to"][0]["email"], "paul@posthorn.test", "{draft}");
    assert_eq!((&draft["subject"], &draft["purpose"]), (&json!("Again"), &json!("new")));
    send(&desk, &draft, json!({})).await?;
    until("the second is there too", async || Ok(paul.count()? == 2)).await?;
    let ids: std::collections::BTreeSet<String> = paul
        .messages()?
        .iter()
        .filter_map(|stored| String::from_utf8(stored.bytes().ok()?).ok())
        .filter_map(|raw| {
            raw.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned)
        })
        .collect();
    assert_eq!(ids.len(), 2, "each with an id of its own: {ids:?}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_or_planned_waits_over_a_restart_and_can_be_thrown_away() -> anyhow::Result<()>
{
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let far = 4_102_444_800_000_i64;
    let write = async |subject: &str| {
        let draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
        let saved = json!({
            "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
            "to": [{ "name": "", "email": "bert@posthorn.test" }], "cc": [], "bcc": [], "subject": subject,
            "html": "", "text": subject, "plain": true, "includeOriginal": false
        });
        desk.ask("drafts.save", saved).await?;
        anyhow::Ok(draft)
    };
    let held = write("Held").await?;
    let held = send(&desk, &held, json!({ "hold": true })).await?;
    assert_eq!((&held["held"], &held["state"]), (&json!(true), &json!("queued")));
    let planned = write("Planned").await?;
    assert!(send(&desk, &planned, json!({ "notBeforeAt": far })).await.is_err(), "not that far");
    let day = held["queuedAt"].as_i64().unwrap_or_default() + 86_400_000;
    let planned = send(&desk, &planned, json!({ "notBeforeAt": day })).await?;
    assert_eq!((&planned["scheduled"], &planned["notBeforeAt"]), (&json!(true), &json!(day)));
    assert_eq!(
        desk.ask("outbox.unsent", json!({})).await?["count"],
        1,
        "the held one waits for me"
    );

    let desk = desk.reopen().await?;
    desk.settle().await?;
    let rows = desk.ask("outbox.list", json!({})).await?;
    assert_eq!((&rows[0]["held"], &rows[1]["notBeforeAt"]), (&json!(true), &json!(day)), "{rows}");
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    assert!(!bert.exists() || bert.count()? == 0);

    // Thrown away and taken back: it waits again. A draft again: it is in one place alone.
    desk.ask("outbox.discard", json!({ "id": planned["id"] })).await?;
    assert_eq!(desk.ask("outbox.list", json!({})).await?.as_array().map(Vec::len), Some(1));
    desk.ask("outbox.restore", json!({ "id": planned["id"] })).await?;
    let rows = desk.ask("outbox.list", json!({})).await?;
    assert_eq!(rows[1]["held"], true, "{rows}");
    let draft = desk.ask("outbox.undo", json!({ "id": planned["id"] })).await?;
    assert_eq!(draft["subject"], "Planned");
    assert_eq!(desk.ask("outbox.list", json!({})).await?.as_array().map(Vec::len), Some(1));
    assert!(desk.ask("outbox.schedule", json!({ "id": planned["id"], "at": 0 })).await.is_err());

    // Let go, the held one leaves; once.
    desk.ask("outbox.hold", json!({ "id": held["id"], "hold": false })).await?;
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    desk.settle().await?;
    assert_eq!((bert.count()?, source(&bert)?.contains("Subject: Held")), (1, true));
    desk.engine.shutdown().await;
    Ok(())
}
