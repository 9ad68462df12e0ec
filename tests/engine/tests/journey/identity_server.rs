//! Journey: an identity sends through an outgoing server of its own, which lets it in with a password of its own.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider, until};
use posthorn_testkit::{Exim, EximOptions};
use serde_json::{Value, json};

/// What opens the shop's server, and not the account's.
const SESAME: &str = "sesame";

/// A second Exim, with another password for the shop, that delivers where the first does.
fn shop_server(lmtp_port: u16) -> anyhow::Result<Exim> {
    let server = Exim::start(EximOptions::delivering_to(lmtp_port))?;
    server.set_password("shop", SESAME)?;
    Ok(server)
}

fn identity(account: &Value, id: &Value, port: u16, password: Option<&str>) -> Value {
    json!({
        "identity": {
            "id": id, "account": account["id"], "name": "The shop", "email": "shop@posthorn.test", "replyTo": "",
            "signature": "", "bcc": [], "sentMailbox": null, "main": false, "pin": "",
            "server": { "protocol": "smtp", "host": "127.0.0.1", "port": port, "encryption": "plaintext", "username": "shop" }
        },
        "password": password, "certificate": null
    })
}

/// Sends a message to Bert as the shop; returns its outbox row.
async fn send_as(desk: &Desk, shop: &Value, subject: &str) -> anyhow::Result<Value> {
    let draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    let choice = json!({
        "draft": draft["id"], "revision": draft["revision"], "account": shop["account"], "identity": shop["id"]
    });
    let draft = desk.ask("drafts.chooseIdentity", choice).await?;
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
        "to": [{ "name": "", "email": "bert@posthorn.test" }], "cc": [], "bcc": [], "subject": subject, "html": "",
        "text": "Hello", "plain": true, "includeOriginal": false
    });
    let saved = desk.ask("drafts.save", saved).await?;
    let sent = json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 0 });
    desk.ask("drafts.send", sent).await
}

/// Messages that a server took from the shop, and from anybody.
fn taken(server: &Exim) -> anyhow::Result<(usize, usize)> {
    let log = server.log()?;
    Ok((log.matches(" <= shop@posthorn.test").count(), log.matches(" <= ").count()))
}

async fn only_account(desk: &Desk) -> anyhow::Result<Value> {
    Ok(desk.ask("accounts.list", json!({})).await?[0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_sends_through_its_own_server() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let second = shop_server(provider.dovecot.lmtp_port())?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = only_account(&desk).await?;
    let new = |password| identity(&account, &json!(0), second.smtp_port(), password);

    // Nothing is saved that its server does not let in; the account's password is not even tried.
    let none = desk.ask("identities.save", new(None)).await?;
    assert_eq!(none["problem"]["code"], "credentials", "{none}");
    assert!(!second.log()?.contains("authenticator failed"), "{}", second.log()?);
    let wrong = desk.ask("identities.save", new(Some("wrong"))).await?;
    assert_eq!(
        (&wrong["account"], &wrong["problem"]["code"]),
        (&Value::Null, &json!("credentials"))
    );
    assert_eq!(only_account(&desk).await?["identities"].as_array().map(Vec::len), Some(1));
    let own = json!({ "id": account["identities"][0]["id"], "email": "anna@posthorn.test" });
    let mut main = new(Some(SESAME));
    (main["identity"]["id"], main["identity"]["email"]) = (own["id"].clone(), own["email"].clone());
    assert!(
        desk.ask("identities.save", main).await.is_err(),
        "the account's own has the account's"
    );

    let saved = desk.ask("identities.save", new(Some(SESAME))).await?;
    let shop = saved["account"]["identities"][1].clone();
    assert_eq!(shop["server"]["port"], second.smtp_port(), "{saved}");
    assert!(!saved.to_string().contains(SESAME), "no secret comes back");

    let sent = send_as(&desk, &shop, "From the shop").await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("it arrived", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    assert_eq!((taken(&second)?, taken(&provider.exim)?), ((1, 1), (0, 0)));
    desk.settle().await?;
    let receipt = desk.ask("outbox.receipt", json!({ "id": sent["id"] })).await?;
    let port = second.smtp_port().to_string();
    assert!(receipt.to_string().contains(&format!("127.0.0.1:{port}")), "{receipt}");
    desk.send(&["bert@posthorn.test"], "From Anna").await?;
    until("the account's own way is open too", async || Ok(bert.count()? == 2)).await?;
    assert_eq!((taken(&second)?, taken(&provider.exim)?), ((1, 1), (0, 1)));

    // With the account's server again, its password is gone from here.
    let mut without = identity(&account, &shop["id"], 1, None);
    without["identity"]["server"] = Value::Null;
    let saved = desk.ask("identities.save", without).await?;
    assert!(saved["account"]["identities"][1]["server"].is_null(), "{saved}");
    send_as(&desk, &shop, "From the shop, by Anna's").await?;
    until("it arrived as well", async || Ok(bert.count()? == 3)).await?;
    assert_eq!((taken(&second)?, taken(&provider.exim)?), ((1, 1), (1, 2)));
    let again = identity(&account, &shop["id"], second.smtp_port(), None);
    let again = desk.ask("identities.save", again).await?;
    assert_eq!(again["problem"]["code"], "credentials", "{again}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_of_its_server_is_asked_for_once_and_the_message_stays()
-> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "Sent").create()?;
    let second = shop_server(provider.dovecot.lmtp_port())?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = only_account(&desk).await?;
    let saved = identity(&account, &json!(0), second.smtp_port(), Some(SESAME));
    let saved = desk.ask("identities.save", saved).await?;
    let shop = saved["account"]["identities"][1].clone();
    second.set_password("shop", "changed")?;

    let sent = send_as(&desk, &shop, "Locked out").await?;
    until("the outbox says what it waits for", async || {
        let item = desk.ask("outbox.list", json!({})).await?[0].clone();
        let said = item["problem"]["detail"].as_str().unwrap_or_default();
        Ok(item["state"] == "needsPassword" && said.starts_with("535 "))
    })
    .await?;
    let status = only_account(&desk).await?["status"].clone();
    assert_eq!(status["passwordFor"], "outgoing", "{status}");
    assert_eq!(status["outgoingIdentity"], shop["id"], "{status}");
    assert_eq!(status["outgoingProblem"]["code"], "credentials", "{status}");

    // What goes through the account's server is not held up, and the wrong password is shown once.
    let tries = second.log()?.matches("authenticator failed").count();
    desk.send(&["bert@posthorn.test"], "From Anna").await?;
    let bert = provider.dovecot.mailbox("bert", "INBOX");
    until("the other way is open", async || Ok(bert.exists() && bert.count()? == 1)).await?;
    desk.ask("outbox.sendNow", json!({ "id": sent["id"] })).await?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    desk.settle().await?;
    assert_eq!(second.log()?.matches("authenticator failed").count(), tries, "asked once");
    let gone = json!({ "account": account["id"], "id": shop["id"] });
    assert!(desk.ask("identities.remove", gone.clone()).await.is_err(), "its message waits");

    // Nothing of it depends on this run, and the bytes are there.
    let desk = desk.reopen().await?;
    until("it is asked for again", async || {
        let status = &only_account(&desk).await?["status"];
        Ok(status["outgoingIdentity"] == shop["id"] && status["passwordFor"] == "outgoing")
    })
    .await?;
    let give = |password| identity(&account, &shop["id"], second.smtp_port(), Some(password));
    let refused = desk.ask("identities.save", give("wrong")).await?;
    assert!(refused["account"].is_null(), "{refused}");
    let saved = desk.ask("identities.save", give("changed")).await?;
    assert!(saved["problem"].is_null(), "{saved}");
    until("it went", async || Ok(bert.count()? == 2)).await?;
    desk.settle().await?;
    assert_eq!((taken(&second)?, taken(&provider.exim)?), ((1, 1), (0, 1)));
    let status = only_account(&desk).await?["status"].clone();
    assert_eq!((&status["passwordFor"], &status["outgoingIdentity"]), (&Value::Null, &Value::Null));
    desk.ask("identities.remove", gone).await?;
    desk.engine.shutdown().await;
    Ok(())
}
