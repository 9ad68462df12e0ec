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
