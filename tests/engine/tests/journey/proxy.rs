//! Mail through a proxy: SOCKS5 and HTTP CONNECT, with and without a password; names are the proxy's business.

#![expect(clippy::indexing_slicing, reason = "JSON answers `null` for what is not there")]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, account, numbered, provider, until};
use posthorn_testkit::{MailServer, WayOptions, WayProxy};
use serde_json::{Value, json};

fn setting(kind: &str, proxy: &WayProxy, user: &str, password: &str) -> Value {
    json!({ "mode": "manual", "kind": kind, "host": "127.0.0.1", "port": proxy.port(), "user": user, "password": password })
}

/// An account whose servers have a name that nobody but the proxy knows.
fn hidden(servers: &MailServer, incoming: Incoming) -> Value {
    let mut draft = account("anna", incoming, Ports::of(servers, incoming));
    for side in ["incoming", "outgoing"] {
        draft["config"][side]["host"] = json!("mail.hidden.invalid");
    }
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_through_the_proxy_and_names_are_its_business() -> anyhow::Result<()> {
    let servers = provider()?;
    servers.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    let login = Some(("ann".to_owned(), "p:w d".to_owned()));
    for kind in ["socks5", "http"] {
        for (login, user, password) in [(None, "", ""), (login.clone(), "ann", "p:w d")] {
            let proxy = WayProxy::start(WayOptions { login, is_shut: false })?;
            let desk = Desk::empty().await?;
            let set = desk.ask("network.set", setting(kind, &proxy, user, password)).await?;
            assert_eq!(
                (&set["isProxied"], &set["hasPassword"]),
                (&json!(true), &json!(!user.is_empty()))
            );
            let proof = desk.ask("accounts.verify", hidden(&servers, Incoming::PopLeave)).await?;
            assert_eq!(proof, json!({ "incoming": null, "outgoing": null }), "{kind} {user}");
            let saved = desk.ask("accounts.add", hidden(&servers, Incoming::Imap)).await?;
            assert_ne!(saved["account"], Value::Null, "{saved}");
            desk.settle().await?;
            assert_eq!(desk.rows("inbox").await?.len(), 1);
            // It is used after a restart too, before anything else is.
            let desk = desk.reopen().await?;
            desk.settle().await?;
            let way = if kind == "http" { "connect" } else { kind.trim_end_matches('5') };
            let asked = proxy.asked();
            let wanted = format!("{way} mail.hidden.invalid:{}", servers.dovecot.imap_port());
            assert!(asked.iter().filter(|one| **one == wanted).count() >= 3, "{asked:?}");
            assert!(asked.iter().all(|one| one.contains("mail.hidden.invalid")), "{asked:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_says_no_is_named_and_left_when_the_user_says_so() -> anyhow::Result<()> {
    let servers = provider()?;
    let login = Some(("ann".to_owned(), "right".to_owned()));
    let shut = WayProxy::start(WayOptions { login: None, is_shut: true })?;
    let locked = WayProxy::start(WayOptions { login, is_shut: false })?;
    let desk = Desk::empty().await?;
    for (proxy, kind, user, password) in [
        (&shut, "socks5", "", ""),
        (&shut, "http", "", ""),
        (&locked, "socks5", "", ""),
        (&locked, "socks5", "ann", "wrong"),
        (&locked, "http", "ann", "wrong"),
        (&locked, "http", "", ""),
    ] {
        desk.ask("network.set", setting(kind, proxy, user, password)).await?;
        let proof = desk.ask("accounts.verify", hidden(&servers, Incoming::Imap)).await?;
        assert_eq!(proof["incoming"]["code"], "proxy", "{kind} {user} {password}: {proof}");
    }
    let nowhere = json!({ "mode": "manual", "kind": "http", "host": "", "port": 1, "user": "", "password": null });
    assert!(desk.ask("network.set", nowhere).await.is_err());

    // A server on this computer needs no proxy, whatever is set.
    let near = account("anna", Incoming::Imap, Ports::of(&servers, Incoming::Imap));
    let saved = desk.ask("accounts.add", near).await?;
    assert_ne!(saved["account"], Value::Null, "{saved}");
    let direct = json!({ "mode": "direct", "kind": "http", "host": "", "port": 1, "user": "", "password": "" });
    let set = desk.ask("network.set", direct).await?;
    assert_eq!((&set["isProxied"], &set["hasPassword"]), (&json!(false), &json!(false)));
    until("the account is connected", async || {
        desk.settle().await?;
        Ok(desk.ask("accounts.list", json!({})).await?[0]["status"]["state"] == "upToDate")
    })
    .await
}
