//! The engine, spoken to as a page does: in this process, or in one of its own.

use std::path::Path;

use anyhow::{Result, anyhow};
use posthorn_api::{Engine, Options, SecretsKind};
use serde_json::{Value, json};

/// Opens an engine that keeps its passwords in memory.
pub(crate) async fn open(profile: &Path) -> Result<Engine> {
    let options =
        Options { profile: profile.to_owned(), secrets: SecretsKind::Memory, ..Options::default() };
    Engine::open(options).await.map_err(|error| anyhow!("{error:?}"))
}

/// An engine that answers methods: in this process, or in one of its own.
pub(crate) trait Asked {
    /// Calls a method.
    async fn ask(&self, method: &str, parameters: Value) -> Result<Value>;
}

impl Asked for Engine {
    async fn ask(&self, method: &str, parameters: Value) -> Result<Value> {
        self.dispatch(method, parameters).await.map_err(|error| anyhow!("{method}: {error:?}"))
    }
}

/// Calls a method.
pub(crate) async fn call(engine: &impl Asked, method: &str, parameters: Value) -> Result<Value> {
    engine.ask(method, parameters).await
}

/// Adds the account of `user`; `incoming` is `imap` or `pop3`. Without a password for submission no mail is sent here.
pub(crate) async fn add_account(
    engine: &impl Asked,
    user: &str,
    incoming: &str,
    port: u16,
    smtp: u16,
) -> Result<()> {
    let server = |protocol: &str, port: u16| json!({ "protocol": protocol, "host": "127.0.0.1", "port": port, "encryption": "plaintext", "username": user });
    let saved = call(
        engine,
        "accounts.add",
        json!({
            "id": null, "incomingPassword": "test", "outgoingPassword": null, "ticket": "bench",
            "config": {
                "label": user, "senderName": user, "email": posthorn_testkit::MailServer::address(user),
                "incoming": server(incoming, port), "outgoing": server("smtp", smtp),
                "aliases": [], "leaveOnServer": "keep", "checkIntervalMinutes": 15, "colour": 1, "signature": "",
                "serverFilesSent": false
            }
        }),
    )
    .await?;
    if saved["account"].is_null() {
        return Err(anyhow!("the account was refused: {saved}"));
    }
    Ok(())
}

/// The view of all inboxes, newest first, one row a message.
pub(crate) fn inbox(conversations: bool) -> Value {
    json!({
        "source": { "kind": "role", "role": "inbox" },
        "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": conversations
    })
}

/// A search over everything.
pub(crate) fn search(text: &str) -> Value {
    json!({
        "source": { "kind": "search", "text": text, "mailbox": null, "account": null },
        "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": false
    })
}
