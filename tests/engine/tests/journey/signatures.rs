//! Journey: new messages and answers are signed each in their way, and the signature stands where the user wants it.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

async fn settings(desk: &Desk, name: &str, value: &str) -> anyhow::Result<()> {
    let mut all = desk.ask("settings.get", json!({})).await?;
    all[name] = json!(value);
    desk.ask("settings.set", all).await?;
    Ok(())
}

fn html(draft: &Value) -> &str {
    draft["html"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_message_has_its_signature_and_it_stands_in_its_place() -> anyhow::Result<()> {
    let provider = provider()?;
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject("Plan")
        .message_id("plan@journey.test")
        .text("The plan.");
    provider.dovecot.mailbox("anna", "INBOX").deliver(&Delivery::new(mail.build()))?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    let identity = account["identities"][0]["id"].clone();
    let save = |name: &str, html: &str, text: &str| json!({ "id": 0, "identity": identity, "name": name, "html": html, "text": text, "plain": "" });
    // The first is what everything is signed with.
    let all =
        desk.ask("signatures.save", save("Full", "Anna <b>Lee</b><script>x</script>", "")).await?;
    assert_eq!(
        (&all["forNew"], &all["forAnswers"]),
        (&all["list"][0]["id"], &all["list"][0]["id"])
    );
    let all = desk.ask("signatures.save", save("Short", "<i>A.</i>", "A (plain)")).await?;
    let (full, short) = (all["list"][0]["id"].clone(), all["list"][1]["id"].clone());
    let signs = json!({ "identity": identity, "forNew": full, "forAnswers": short });
    desk.ask("signatures.choose", signs.clone()).await?;
    let foreign = json!({ "identity": identity, "forNew": 4711, "forAnswers": null });
    assert!(desk.ask("signatures.choose", foreign).await.is_err());
    // What the account's settings say as text is not flattened by saving them.
    let config = desk.ask("accounts.list", json!({})).await?[0]["config"].clone();
    assert_eq!(config["signature"], "Anna Lee");
    let draft = json!({
        "id": account["id"], "config": config, "incomingPassword": null, "outgoingPassword": null, "signIn": null, "ticket": "t"
    });
    desk.ask("accounts.update", draft).await?;
    let kept = desk.ask("signatures.list", json!({ "id": identity })).await?;
    assert!(html(&kept["list"][0]).contains("<b>Lee</b>"), "{kept}");
    assert!(!html(&kept["list"][0]).contains("script"), "{kept}");

    let new = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    assert!(html(&new).contains("<b>Lee</b>") && !html(&new).contains("A."), "{new}");
    assert_eq!(new["text"], "\n\n-- \nAnna Lee");
    let known = desk.ask("drafts.signatures", json!({ "id": new["id"] })).await?;
    assert_eq!(known["current"], full);
    let choose = json!({ "draft": new["id"], "revision": new["revision"], "signature": short });
    let chosen = desk.ask("drafts.chooseSignature", choose).await?;
    assert!(html(&chosen).contains("<i>A.</i>") && !html(&chosen).contains("Lee"), "{chosen}");
    let none = json!({ "draft": new["id"], "revision": chosen["revision"], "signature": null });
    let none = desk.ask("drafts.chooseSignature", none).await?;
    assert!(!html(&none).contains("mail-signature"), "{none}");
    desk.ask("drafts.discard", json!({ "id": new["id"] })).await?;

    // An answer, with the signature below what it quotes.
    settings(&desk, "signaturePlace", "quote").await?;
    let message = desk.rows("inbox").await?[0]["message"].clone();
    let begin = json!({ "kind": "reply", "message": message, "all": false });
    let reply = desk.ask("drafts.create", begin).await?;
    assert!(html(&reply).contains("<i>A.</i>"), "{reply}");
    assert_eq!((&reply["signatureLast"], &reply["quoteFirst"]), (&json!(true), &json!(false)));
    let mut saved = reply.clone();
    saved["html"] = json!(format!("<div>Fine.</div>{}", html(&reply)));
    saved["text"] = json!(format!("Fine.{}", reply["text"].as_str().unwrap_or_default()));
    let saved = desk.ask("drafts.save", saved).await?;
    let send = json!({ "id": reply["id"], "revision": saved["revision"], "undoSeconds": 0 });
    desk.ask("drafts.send", send).await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    let raw = bert.messages()?.remove(0).bytes()?;
    let raw = String::from_utf8_lossy(&raw).into_owned();
    let (text, page) = raw.split_once("text/html").unwrap_or((&raw, ""));
    for (part, words) in
        [(text, ["Fine.", "The plan.", "A (plain)"]), (page, ["Fine.", "The plan.", "<i>A.</i>"])]
    {
        let places = words.map(|word| part.find(word));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?} in {raw}");
    }
    desk.engine.shutdown().await;
    Ok(())
}

/// A picture of one pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_in_a_signature_goes_as_a_part_of_the_message() -> anyhow::Result<()> {
    let provider = provider()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let account = desk.ask("accounts.list", json!({})).await?[0].clone();
    let identity = account["identities"][0]["id"].clone();
    let save = |html: &str| json!({ "id": 0, "identity": identity, "name": "", "html": html, "text": "", "plain": "" });
    for elsewhere in ["<img src=\"https://t.example/p.png\">Anna", "<img src=\"cid:x@y\">Anna"] {
        assert!(desk.ask("signatures.save", save(elsewhere)).await.is_err(), "{elsewhere}");
    }
    // From a file and back: the page sees bytes, never an address.
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("mark.png");
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(PNG)?;
    std::fs::write(&file, &bytes)?;
    let read = desk.ask("signatures.readPicture", json!({ "path": file })).await?;
    let url = read["url"].as_str().unwrap_or_default();
    assert_eq!(url, format!("data:image/png;base64,{PNG}"));
    std::fs::write(&file, vec![0_u8; 300 << 10])?;
    assert!(desk.ask("signatures.readPicture", json!({ "path": file })).await.is_err());
    let all =
        desk.ask("signatures.save", save(&format!("<b>Anna</b><br><img src=\"{url}\">"))).await?;
    assert!(html(&all["list"][0]).contains(url), "{all}");
    assert_eq!(all["list"][0]["plain"], "Anna");

    // It stands in the draft as its own pictures do, through a save and a restart.
    let draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    assert_eq!(draft["attachments"].as_array().map(Vec::len), Some(1), "{draft}");
    assert_eq!(draft["attachments"][0]["inline"], true);
    let shown = draft["attachments"][0]["url"].as_str().unwrap_or_default();
    assert!(!shown.is_empty() && html(&draft).contains(shown), "{draft}");
    let mut saved = draft.clone();
    saved["to"] = json!([{ "name": "", "email": "bert@posthorn.test" }]);
    saved["subject"] = json!("Signed");
    saved["html"] = json!(format!("<div>Hello</div>{}", html(&draft)));
    desk.ask("drafts.save", saved).await?;
    let desk = desk.reopen().await?;
    let draft = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    assert!(
        html(&draft).contains(draft["attachments"][0]["url"].as_str().unwrap_or("?")),
        "{draft}"
    );
    // Chosen away and back, it is there once.
    let mut revision = draft["revision"].clone();
    for signature in [json!(null), all["list"][0]["id"].clone()] {
        let choose = json!({ "draft": draft["id"], "revision": revision, "signature": signature });
        revision = desk.ask("drafts.chooseSignature", choose).await?["revision"].clone();
    }
    let again = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    assert_eq!(again["attachments"].as_array().map(Vec::len), Some(1), "{again}");
    let send = json!({ "id": draft["id"], "revision": revision, "undoSeconds": 0 });
    desk.ask("drafts.send", send).await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    let raw = bert.messages()?.remove(0).bytes()?;
    let text = String::from_utf8_lossy(&raw).into_owned();
    assert!(text.contains("multipart/related") && !text.contains("data:image"), "{text}");
    assert!(text.contains("cid:") && text.replace(['\r', '\n'], "").contains(PNG), "{text}");
    desk.settle().await?;

    // The reader shows it with the text, and lists no file.
    let reader = Desk::with("bert", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let message = reader.rows("inbox").await?[0]["message"].clone();
    let open = json!({ "id": message, "remote": false, "theme": "light", "look": null });
    let opened = reader.ask("messages.open", open).await?;
    assert_eq!(opened["attachments"], json!([]), "{opened}");
    assert_eq!(opened["blockedImages"], 0);
    reader.engine.shutdown().await;
    desk.engine.shutdown().await;
    Ok(())
}
