//! Journey: a search where not everything is here: what the server finds joins the list, and the page is told.

use posthorn_api::contract::{Beyond, BeyondState, Event};
use posthorn_engine_tests::{Ask, Desk, Events, Incoming, Ports, numbered, provider, until};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

async fn beyond(events: &mut Events, view: i64, state: BeyondState) -> anyhow::Result<Beyond> {
    events
        .wait_for("the search at the server", |event| match event {
            Event::BeyondChanged { view: of, beyond } if of == view && beyond.state == state => {
                Some(beyond)
            }
            _ => None,
        })
        .await
}

fn spec(text: &str) -> Value {
    json!({
        "source": { "kind": "search", "text": text, "mailbox": null, "account": null },
        "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn search_goes_on_at_the_server() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let accounts = desk.ask("accounts.list", json!({})).await?;
    let never = json!({ "days": 0, "maxBytes": 0, "onDemand": true });
    let choice = json!({ "account": accounts[0]["id"], "mailbox": null, "policy": never });
    desk.ask("bodies.set", choice).await?;
    let mut all: Vec<Delivery> = (1..=5).map(numbered).collect();
    let secret = Mail::new().subject("plain head").text("The word is quincunx.").build();
    all.push(Delivery::new(secret));
    inbox.fill(&all)?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    desk.settle().await?;

    let mut events = desk.events();
    let opened = desk.ask("views.open", spec("quincunx")).await?;
    assert_eq!(opened["total"], 0, "its text is not here");
    let view = opened["view"].as_i64().unwrap_or_default();
    let asked = beyond(&mut events, view, BeyondState::Searching).await?;
    assert_eq!((asked.hosts.len(), asked.problem), (1, None));
    let done = beyond(&mut events, view, BeyondState::Done).await?;
    assert_eq!((done.found, done.cut, done.problem), (1, false, None));
    until("the list has it", async || {
        let range = json!({ "view": view, "start": 0, "len": 10 });
        let range = desk.ask("views.range", range).await?;
        Ok(range["rows"][0]["subject"] == "plain head")
    })
    .await?;

    desk.ask("app.setOffline", json!({ "offline": true })).await?;
    let opened = desk.ask("views.open", spec("quincunx is:unread")).await?;
    let view = opened["view"].as_i64().unwrap_or_default();
    let offline = beyond(&mut events, view, BeyondState::Offline).await?;
    assert_eq!(offline.found, 0);
    desk.engine.shutdown().await;
    Ok(())
}
