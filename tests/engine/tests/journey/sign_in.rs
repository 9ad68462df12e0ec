//! Signing in through the browser: a real OpenID provider, and Dovecot and Exim that ask it about every token.

#![expect(clippy::indexing_slicing, reason = "JSON answers `null` for what is not there")]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, account, numbered, provider_with, until};
use posthorn_testkit::{DOMAIN, DovecotOptions, MailServer, MailServerOptions, OidcProvider};
use serde_json::{Value, json};

/// Seconds that an access token lives here.
const LIFE: u32 = 6;

fn servers(provider: &OidcProvider) -> anyhow::Result<MailServer> {
    let url = Some(provider.introspection_url());
    let dovecot = DovecotOptions { introspection_url: url, ..DovecotOptions::default() };
    provider_with(MailServerOptions { dovecot, ..MailServerOptions::default() })
}

async fn begin(desk: &Desk) -> anyhow::Result<(Value, String)> {
    let words = json!({
        "language": "en", "doneTitle": "Signed in", "doneText": "Go back to Posthorn.",
        "deniedTitle": "Not signed in", "deniedText": "Nothing was changed."
    });
    let email = format!("anna@{DOMAIN}");
    let request = json!({ "provider": "test", "email": email, "words": words });
    let begun = desk.ask("signIn.begin", request).await?;
    let url = begun["url"].as_str().unwrap_or_default().to_owned();
    Ok((json!({ "ticket": begun["ticket"] }), url))
}

/// Signs in as a user of the provider; returns what the engine says of it.
async fn sign_in(desk: &Desk, provider: &OidcProvider, login: &str) -> anyhow::Result<Value> {
    let (ticket, url) = begin(desk).await?;
    let (signed_in, page) =
        tokio::join!(desk.ask("signIn.wait", ticket), provider.sign_in(&url, login));
    anyhow::ensure!(page?.contains("Go back to Posthorn."), "the browser shows the page");
    signed_in
}

/// An account that signs in by a ticket.
fn draft(incoming: Incoming, servers: &MailServer, ticket: &Value) -> Value {
    let mut draft = account("anna", incoming, Ports::of(servers, incoming));
    draft["incomingPassword"] = Value::Null;
    draft["signIn"] = ticket.clone();
    draft
}

async fn only_account(desk: &Desk) -> anyhow::Result<Value> {
    Ok(desk.ask("accounts.list", json!({})).await?[0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_stays_signed_in_until_it_is_revoked_and_then_asks_once() -> anyhow::Result<()> {
    let mut provider = OidcProvider::start(LIFE)?;
    let mut servers = servers(&provider)?;
    servers.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    let desk = Desk::with_file("oauth.json", &provider.file(DOMAIN).to_string()).await?;
    let signed_in = sign_in(&desk, &provider, &format!("anna@{DOMAIN}")).await?;
    assert_eq!(signed_in["isMeant"], true, "{signed_in}");

    // POP3 and submission take the same tokens.
    let by_pop = draft(Incoming::PopLeave, &servers, &signed_in["ticket"]);
    let proof = desk.ask("accounts.verify", by_pop).await?;
    assert_eq!(proof, json!({ "incoming": null, "outgoing": null }));
    let by_imap = draft(Incoming::Imap, &servers, &signed_in["ticket"]);
    let saved = desk.ask("accounts.add", by_imap).await?;
    assert_eq!(saved["account"]["signIn"]["name"], "Test Provider", "{saved}");
    let id = saved["account"]["id"].clone();
    desk.settle().await?;
    assert_eq!(desk.rows("inbox").await?.len(), 1);
    let log = servers.dovecot.log()?;
    assert!(log.contains("imap-login: Info: Login: user=<anna>, method=OAUTHBEARER"), "{log}");
    assert!(log.contains("pop3-login: Info: Login: user=<anna>, method=OAUTHBEARER"), "{log}");

    // Tokens end; connections that are made anew get new ones.
    let mut number = 2;
    until("the sign-in was renewed twice", async || {
        servers.dovecot.restart()?;
        servers.dovecot.mailbox("anna", "INBOX").deliver(&numbered(number))?;
        desk.ask("accounts.checkNow", json!({ "account": null })).await?;
        desk.settle().await?;
        assert_eq!(desk.rows("inbox").await?.len(), number);
        number += 1;
        Ok(provider.counts().await?.0 >= 3)
    })
    .await?;

    // A start needs nobody: the refresh token is kept.
    let desk = desk.reopen().await?;
    desk.settle().await?;
    assert_eq!(only_account(&desk).await?["status"]["state"], "upToDate");

    // Revoked: the provider is asked once, and so is the user.
    provider.revoke_all()?;
    servers.dovecot.restart()?;
    until("the user is asked", async || {
        desk.ask("accounts.checkNow", json!({ "account": null })).await?;
        Ok(only_account(&desk).await?["status"]["state"] == "needsPassword")
    })
    .await?;
    for _ in 0..5 {
        desk.ask("accounts.checkNow", json!({ "account": null })).await?;
        desk.settle().await?;
    }
    let status = only_account(&desk).await?["status"].clone();
    assert_eq!(
        (&status["state"], &status["passwordFor"]),
        (&json!("needsPassword"), &json!("incoming"))
    );
    assert_eq!(status["problem"]["code"], "signInOver", "{status}");
    assert_eq!(provider.counts().await?, (0, 1), "the dead token was shown once");

    let again = sign_in(&desk, &provider, &format!("anna@{DOMAIN}")).await?;
    let request = json!({ "id": id, "incomingPassword": null, "outgoingPassword": null, "signIn": again["ticket"] });
    let saved = desk.ask("accounts.setPassword", request).await?;
    assert_ne!(saved["account"], Value::Null, "{saved}");
    desk.settle().await?;
    assert_eq!(only_account(&desk).await?["status"]["state"], "upToDate");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_in_the_browser_is_told() -> anyhow::Result<()> {
    let provider = OidcProvider::start(3600)?;
    let servers = servers(&provider)?;
    let desk = Desk::with_file("oauth.json", &provider.file(DOMAIN).to_string()).await?;

    // Another account: it is said, and the mail server does not take its token for this one.
    let bert = sign_in(&desk, &provider, &format!("bert@{DOMAIN}")).await?;
    assert_eq!(
        (&bert["isMeant"], &bert["address"]),
        (&json!(false), &json!(format!("bert@{DOMAIN}")))
    );
    let saved = desk.ask("accounts.add", draft(Incoming::Imap, &servers, &bert["ticket"])).await?;
    assert_eq!(saved["account"], Value::Null);
    for side in ["incoming", "outgoing"] {
        assert_eq!(saved["verification"][side]["code"], "credentials", "{saved}");
    }

    // A no.
    let (ticket, url) = begin(&desk).await?;
    let state = url.split_once("state=").map(|(_, rest)| rest.split('&').next().unwrap_or(rest));
    let redirect = url.split_once("redirect_uri=").and_then(|(_, rest)| rest.split('&').next());
    let redirect = redirect.unwrap_or_default().replace("%3A", ":").replace("%2F", "/");
    let back = format!("{redirect}?error=access_denied&state={}", state.unwrap_or_default());
    let (refused, page) =
        tokio::join!(desk.ask("signIn.wait", ticket), provider.sign_in(&back, "nobody"));
    assert!(page?.contains("Nothing was changed."));
    assert!(refused.unwrap_err().to_string().contains("signInDenied"));

    // The user thinks better of it.
    let (ticket, _) = begin(&desk).await?;
    let cancelling = async {
        tokio::task::yield_now().await;
        desk.ask("signIn.cancel", ticket.clone()).await
    };
    let (cancelled, done) = tokio::join!(desk.ask("signIn.wait", ticket.clone()), cancelling);
    done?;
    assert!(cancelled.unwrap_err().to_string().contains("cancelled"));

    // The provider is down when the code is to be redeemed.
    let (ticket, url) = begin(&desk).await?;
    provider.fail(Some("down")).await?;
    let login = format!("anna@{DOMAIN}");
    let (failed, page) =
        tokio::join!(desk.ask("signIn.wait", ticket.clone()), provider.sign_in(&url, &login));
    page?;
    assert!(failed.unwrap_err().to_string().contains("signInFailed"));
    provider.fail(None).await?;
    assert!(desk.ask("signIn.wait", ticket).await.is_err(), "a ticket is good once");

    // Without a client id nothing begins.
    let google = json!({ "provider": "google", "email": "a@gmail.com", "words": { "language": "", "doneTitle": "", "doneText": "", "deniedTitle": "", "deniedText": "" } });
    let error = desk.ask("signIn.begin", google).await.unwrap_err();
    assert!(error.to_string().contains("noClient"), "{error}");
    Ok(())
}
