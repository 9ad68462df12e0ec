//! Journey: the user is reminded of what nobody answers, also when the program was closed at the time; an answer ends it,
//! an absence note does not.

#![expect(clippy::indexing_slicing, reason = "JSON answers `null` for what is not there")]

use posthorn_api::contract::Event;
use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

/// Sends a message that wishes to be followed up in two days; returns its row in Sent.
async fn sent(desk: &Desk, subject: &str) -> anyhow::Result<Value> {
    let draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    assert_eq!(draft["followUp"], Value::Null, "off unless it is chosen");
    let when = json!({ "kind": "after", "wait": 2 * DAY });
    desk.ask("drafts.setFollowUp", json!({ "id": draft["id"], "when": when })).await?;
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
        "to": [{ "name": "Bert", "email": "bert@posthorn.test" }], "cc": [], "bcc": [], "subject": subject,
        "html": "<div>Hello</div>", "text": "Hello", "plain": false, "includeOriginal": false
    });
    let saved = desk.ask("drafts.save", saved).await?;
    let kept = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    assert_eq!(kept["followUp"], when, "kept with the draft");
    let send = json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 0 });
    desk.ask("drafts.send", send).await?;
    until("its copy is listed", async || Ok(desk.row("sent", subject).await?.is_some())).await?;
    desk.settle().await?;
    Ok(desk.row("sent", subject).await?.unwrap_or_default())
}

async fn reminders(desk: &Desk) -> anyhow::Result<Vec<(Value, bool)>> {
    let all = desk.ask("followUps.list", json!({})).await?;
    let all = all.as_array().into_iter().flatten();
    Ok(all.map(|one| (one["message"].clone(), one["due"] == true)).collect())
}

/// An answer to a message, with a further field.
async fn answer(desk: &Desk, to: &Value, number: usize, field: &str) -> anyhow::Result<Delivery> {
    let opened =
        desk.ask("threads.open", json!({ "message": to["message"], "single": true })).await?;
    let id = opened["messages"][0]["messageId"].as_str().unwrap_or_default().to_owned();
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject("Re: anything")
        .message_id(&format!("answer{number}@journey.test"))
        .replying_to(&[&id]);
    let mail = match field.split_once(": ") {
        Some((name, value)) => mail.header(name, value),
        None => mail,
    };
    Ok(Delivery::new(mail.text("Words.").build()))
}

/// What the list of unanswered messages shows.
async fn listed(desk: &Desk) -> anyhow::Result<Vec<Value>> {
    let view = json!({
        "source": { "kind": "followUps" }, "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": true
    });
    let opened = desk.ask("views.open", view).await?;
    let rows = opened["rows"].as_array().into_iter().flatten();
    Ok(rows.map(|row| row["message"].clone()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_is_reminded_of_what_nobody_answers() -> anyhow::Result<()> {
    for incoming in [Incoming::Imap, Incoming::PopLeave] {
        let provider = provider()?;
        provider.dovecot.mailbox("anna", "Sent").create()?;
        let desk = Desk::with("anna", incoming, Ports::of(&provider, incoming)).await?;
        let answered = sent(&desk, "Answered").await?;
        let ignored = sent(&desk, "Ignored").await?;
        let absent = sent(&desk, "Absent").await?;
        assert_eq!(reminders(&desk).await?.len(), 3);
        let inbox = provider.dovecot.mailbox("anna", "INBOX");
        inbox.fill(&[
            answer(&desk, &answered, 1, "").await?,
            answer(&desk, &absent, 2, "Auto-Submitted: auto-replied (vacation)").await?,
        ])?;
        desk.ask("accounts.checkNow", json!({ "account": null })).await?;
        until("the answer is heard", async || {
            Ok(desk.rows("inbox").await?.len() == 2 && reminders(&desk).await?.len() == 2)
        })
        .await?;
        desk.settle().await?;
        let mut waiting: Vec<Value> =
            reminders(&desk).await?.into_iter().map(|(message, _)| message).collect();
        waiting.sort_by_key(Value::as_i64);
        assert_eq!(waiting, [ignored["message"].clone(), absent["message"].clone()]);
        assert_eq!(listed(&desk).await?, Vec::<Value>::new(), "the time has not come");

        // The program is closed when the time comes.
        let desk = desk.reopen_later(2 * DAY + 60_000).await?;
        let mut events = desk.events();
        let told = events
            .wait_for("what is due", |event| match event {
                Event::FollowUpsDue { unanswered } => Some(unanswered),
                _ => None,
            })
            .await?;
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].to.as_str(), told[0].subject.as_str()), ("Bert", "Ignored"));
        assert!(reminders(&desk).await?.iter().all(|(_, due)| *due));
        let shown = listed(&desk).await?;
        assert_eq!(shown, [absent["message"].clone(), ignored["message"].clone()], "newest first");

        // Put off, and done.
        let draft = json!({ "kind": "reply", "message": ignored["message"], "all": true });
        let draft = desk.ask("drafts.create", draft).await?;
        assert_eq!(draft["to"][0]["email"], "bert@posthorn.test", "to the same people: {draft}");
        let at = posthorn_now() + 5 * DAY;
        desk.ask("followUps.set", json!({ "message": absent["message"], "at": at })).await?;
        desk.ask("followUps.remove", json!({ "id": ignored["message"] })).await?;
        assert_eq!(reminders(&desk).await?, [(absent["message"].clone(), false)]);
        assert_eq!(listed(&desk).await?, Vec::<Value>::new());
        let desk = desk.reopen_later(6 * DAY).await?;
        until("it is due again", async || {
            Ok(reminders(&desk).await? == [(absent["message"].clone(), true)])
        })
        .await?;
        desk.engine.shutdown().await;
    }
    Ok(())
}

/// The computer's time, milliseconds since 1970.
fn posthorn_now() -> i64 {
    use posthorn_model::Clock as _;
    posthorn_model::SystemClock.now().0
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_reminds_of_nothing() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    let when = json!({ "kind": "at", "at": posthorn_now() + DAY });
    desk.ask("drafts.setFollowUp", json!({ "id": draft["id"], "when": when })).await?;
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
        "to": [{ "name": "", "email": "bert@posthorn.test" }], "cc": [], "bcc": [], "subject": "Wait",
        "html": "", "text": "Hello", "plain": true, "includeOriginal": false
    });
    let saved = desk.ask("drafts.save", saved).await?;
    let send = json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 60 });
    let row = desk.ask("drafts.send", send).await?;
    let back = desk.ask("outbox.undo", json!({ "id": row["id"] })).await?;
    assert_eq!(back["followUp"], when, "the draft still wishes it: {back}");
    let desk = desk.reopen_later(3 * DAY).await?;
    desk.settle().await?;
    assert_eq!(reminders(&desk).await?, []);
    desk.engine.shutdown().await;
    Ok(())
}
