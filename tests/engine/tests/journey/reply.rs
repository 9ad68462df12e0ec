//! Journey: an answer quotes the whole message, or the part that was selected in it; what it quotes is clean.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

/// What stands in the frame of a draft's original.
async fn quoted(desk: &Desk, draft: &Value) -> anyhow::Result<String> {
    let info = desk.ask("app.info", json!({})).await?;
    let url = draft["originalUrl"].as_str().unwrap_or_default();
    let path = url.trim_start_matches(info["contentBase"].as_str().unwrap_or_default());
    let shown = desk.engine.content(path.trim_start_matches('/')).await;
    Ok(String::from_utf8_lossy(&shown.bytes).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_quotes_what_was_selected_and_nothing_else() -> anyhow::Result<()> {
    let provider = provider()?;
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject("答复: AW: Re: Plan")
        .message_id("plan@journey.test")
        .html("<p>First thought.</p><p>Second <b>thought</b>.</p><p>Third thought.</p>");
    provider.dovecot.mailbox("anna", "INBOX").fill(&[Delivery::new(mail.build())])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let message = desk.rows("inbox").await?[0]["message"].clone();

    let begin = json!({ "kind": "reply", "message": message, "all": false });
    let whole = desk.ask("drafts.create", begin).await?;
    let text = quoted(&desk, &whole).await?;
    assert!(text.contains("First thought") && text.contains("Third thought"), "{text}");
    assert_eq!(whole["subject"], "Re: Plan", "prefixes of three languages are one");

    let part = "<p onclick=\"x()\">Second <b>thought</b>.<script>alert(1)</script></p>";
    let begin = json!({ "kind": "reply", "message": message, "all": false, "quote": part });
    let some = desk.ask("drafts.create", begin).await?;
    let text = quoted(&desk, &some).await?;
    assert!(text.contains("Second <b>thought</b>"), "{text}");
    assert!(!text.contains("First thought") && !text.contains("Third thought"), "{text}");
    assert!(!text.contains("alert(1)") && !text.contains("x()"), "{text}");
    assert!(text.contains("Bert"), "and says whose words they are: {text}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_forwarded_as_files_byte_for_byte() -> anyhow::Result<()> {
    let provider = provider()?;
    let mail = |number: u32, subject: &str| {
        Mail::new()
            .from("Bert <bert@posthorn.test>")
            .to("anna@posthorn.test")
            .subject(subject)
            .message_id(&format!("forward{number}@journey.test"))
            .text(&format!("Words of message {number}.\n"))
            .build()
    };
    let built = [mail(1, "Plan"), mail(2, "Lunch")];
    let deliveries: Vec<Delivery> = built.iter().cloned().map(Delivery::new).collect();
    provider.dovecot.mailbox("anna", "INBOX").fill(&deliveries)?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let rows = desk.rows("inbox").await?;
    let chosen: Vec<&Value> = rows.iter().map(|row| &row["message"]).collect();

    let selection = json!({ "kind": "messages", "messages": chosen });
    let begin = json!({ "kind": "forwardAttached", "selection": selection });
    let draft = desk.ask("drafts.create", begin).await?;
    assert_eq!(draft["subject"], "Fwd: 2 messages");
    assert_eq!((&draft["to"], &draft["includeOriginal"]), (&json!([]), &json!(false)));
    let files = draft["attachments"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<&str> = files.iter().filter_map(|file| file["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Lunch.eml", "Plan.eml"]);
    let info = desk.ask("app.info", json!({})).await?;
    let base = info["contentBase"].as_str().unwrap_or_default().to_owned();
    for file in &files {
        assert_eq!(file["contentType"], "message/rfc822");
        let url = file["url"].as_str().unwrap_or_default();
        let path = url.trim_start_matches(&base).trim_start_matches('/');
        let bytes = desk.engine.content(path).await.bytes;
        assert!(built.iter().any(|one| bytes.as_slice() == one.as_slice()), "{file}");
    }

    // One was taken off again; the other is marked as forwarded once the mail was sent.
    let lunch = files.iter().find(|file| file["name"] == "Lunch.eml").cloned().unwrap_or_default();
    let off = json!({ "draft": draft["id"], "attachment": lunch["id"] });
    desk.ask("drafts.removeAttachment", off).await?;
    let now = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    let mut save = now.clone();
    save["to"] = json!([{ "name": "", "email": "clara@posthorn.test" }]);
    let saved = desk.ask("drafts.save", save).await?;
    let send = json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 0 });
    desk.ask("drafts.send", send).await?;
    let clara = provider.dovecot.mailbox("clara", "INBOX");
    until("it arrived", async || Ok(clara.exists() && clara.count()? == 1)).await?;
    until("what went along is marked", async || {
        let rows = desk.rows("inbox").await?;
        let is_marked = |subject: &str| {
            rows.iter().any(|row| row["subject"] == subject && row["forwarded"] == true)
        };
        Ok(is_marked("Plan") && !is_marked("Lunch"))
    })
    .await?;

    let nothing = json!({ "kind": "messages", "messages": [] });
    let refused =
        desk.ask("drafts.create", json!({ "kind": "forwardAttached", "selection": nothing })).await;
    assert!(refused.is_err(), "a draft without its messages does not begin");
    desk.engine.shutdown().await;
    Ok(())
}
