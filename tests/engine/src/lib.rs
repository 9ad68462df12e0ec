//! Journeys of the API against real Dovecot and Exim: one file per journey under `tests/journey`.
//!
//! A [`Desk`] is an engine in this process, with a profile of its own; [`Server`] is one in a process of its own,
//! behind the development server, which can be killed. Both are asked by method name and JSON, as a page asks.
//! Everything waits for conditions: `sync.wait`, an event, or a file of the mail server.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

mod desk;
mod server;

use std::time::Duration;

use anyhow::Context as _;
pub use desk::{Desk, Events};
use posthorn_testkit::{DOMAIN, Delivery, Mail, MailServer, MailServerOptions, PASSWORD};
use serde_json::{Value, json};
pub use server::Server;

/// Longest wait for a condition; only a failure takes this long.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Starts Dovecot and Exim without TLS: the journeys are about mail, and TLS has tests of its own.
pub fn provider() -> anyhow::Result<MailServer> {
    MailServer::start(MailServerOptions::default())
}

/// The same with other options.
pub fn provider_with(options: MailServerOptions) -> anyhow::Result<MailServer> {
    MailServer::start(options)
}

/// Which server mail comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// IMAP.
    Imap,
    /// POP3; everything stays on the server.
    PopLeave,
    /// POP3; a message leaves the server once it is safe here.
    PopRemove,
}

/// Where an account's servers are, when something stands in between.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// IMAP or POP3.
    pub incoming: u16,
    /// Submission.
    pub outgoing: u16,
}

impl Ports {
    /// Returns the servers' own.
    pub fn of(provider: &MailServer, incoming: Incoming) -> Self {
        let dovecot = &provider.dovecot;
        let incoming =
            if incoming == Incoming::Imap { dovecot.imap_port() } else { dovecot.pop3_port() };
        Self { incoming, outgoing: provider.exim.smtp_port() }
    }
}

/// Returns an account as `accounts.add` takes it.
pub fn account(user: &str, incoming: Incoming, ports: Ports) -> Value {
    let server = |protocol: &str, port: u16| json!({ "protocol": protocol, "host": "127.0.0.1", "port": port, "encryption": "plaintext", "username": user });
    json!({
        "id": null,
        "config": {
            "label": user, "senderName": user, "email": format!("{user}@{DOMAIN}"),
            "incoming": server(if incoming == Incoming::Imap { "imap" } else { "pop3" }, ports.incoming),
            "outgoing": server("smtp", ports.outgoing),
            "aliases": [],
            "leaveOnServer": if incoming == Incoming::PopRemove { "removeAfterDownload" } else { "keep" },
            "checkIntervalMinutes": 1, "colour": 1, "signature": "", "serverFilesSent": false
        },
        "incomingPassword": PASSWORD, "outgoingPassword": null, "ticket": "t"
    })
}

/// Returns a message that is told from others by its number.
pub fn numbered(number: usize) -> Delivery {
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject(&format!("Message {number}"))
        .message_id(&format!("{number}@journey.test"))
        .text(&format!("This is message number {number}."));
    Delivery::new(mail.build())
}

/// Waits until a condition holds.
pub async fn until(
    what: &str,
    mut condition: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !condition().await? {
        anyhow::ensure!(tokio::time::Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Cases that run side by side: they mostly wait.
const AT_ONCE: usize = 4;

/// Runs cases side by side, each on a thread with a runtime of its own, because starting servers blocks. The first failure
/// is told with its case.
pub fn side_by_side<C, F>(cases: Vec<C>, run: impl Fn(C) -> F + Sync) -> anyhow::Result<()>
where
    C: Clone + std::fmt::Debug + Send,
    F: Future<Output = anyhow::Result<()>>,
{
    let waiting = std::sync::Mutex::new(cases);
    let next = || waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
    let lane = || -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new()?;
        while let Some(case) = next() {
            runtime.block_on(run(case.clone())).with_context(|| format!("{case:?}"))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            lane.join().map_err(|_| anyhow::anyhow!("a case panicked"))??;
        }
        Ok(())
    })
}

/// Asks an engine by method name, wherever it runs.
pub trait Ask {
    /// Calls a method; an error of the engine is an error here.
    fn ask(&self, method: &str, parameters: Value) -> impl Future<Output = anyhow::Result<Value>>;

    /// Waits until everything that was asked for is done.
    fn settle(&self) -> impl Future<Output = anyhow::Result<()>> {
        async {
            let waited =
                self.ask("sync.wait", json!({ "account": null, "timeoutMs": 40_000 })).await?;
            anyhow::ensure!(
                waited["settled"] == true,
                "the accounts did not come to rest: {waited}"
            );
            Ok(())
        }
    }

    /// Returns the folder with a role.
    fn folder(&self, role: &str) -> impl Future<Output = anyhow::Result<Value>> {
        async move {
            let all = self.ask("mailboxes.list", json!({})).await?;
            let found =
                all.as_array().into_iter().flatten().find(|one| one["role"] == role).cloned();
            found.ok_or_else(|| anyhow::anyhow!("there is no {role} in {all}"))
        }
    }

    /// Opens a folder as a list of single messages and returns all its rows.
    fn rows(&self, role: &str) -> impl Future<Output = anyhow::Result<Vec<Value>>> {
        async move {
            let folder = self.folder(role).await?;
            let opened = self.ask("views.open", list_of(&folder["id"])).await?;
            let total = opened["total"].as_u64().unwrap_or_default();
            let mut rows = opened["rows"].as_array().cloned().unwrap_or_default();
            while (rows.len() as u64) < total {
                let window = json!({ "view": opened["view"], "start": rows.len(), "len": 512 });
                let range = self.ask("views.range", window).await?;
                let more = range["rows"].as_array().cloned().unwrap_or_default();
                anyhow::ensure!(!more.is_empty(), "the list ended early");
                rows.extend(more);
            }
            self.ask("views.close", json!({ "id": opened["view"] })).await?;
            Ok(rows)
        }
    }

    /// Returns the row with a subject.
    fn row(
        &self,
        role: &str,
        subject: &str,
    ) -> impl Future<Output = anyhow::Result<Option<Value>>> {
        async move { Ok(self.rows(role).await?.into_iter().find(|row| row["subject"] == subject)) }
    }

    /// Writes a message to these recipients and sends it at once; returns its outbox row.
    fn send(&self, to: &[&str], subject: &str) -> impl Future<Output = anyhow::Result<Value>> {
        async move {
            let draft =
                self.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
            let to: Vec<Value> =
                to.iter().map(|email| json!({ "name": "", "email": email })).collect();
            let saved = json!({
                "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
                "to": to, "cc": [], "bcc": [], "subject": subject, "html": "<div>Hello</div>", "text": "Hello",
                "plain": false, "includeOriginal": false
            });
            let saved = self.ask("drafts.save", saved).await?;
            let sent =
                json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 0 });
            self.ask("drafts.send", sent).await
        }
    }
}

/// Returns the list of one folder, newest first, one row a message.
pub fn list_of(folder: &Value) -> Value {
    json!({
        "source": { "kind": "mailbox", "mailbox": folder },
        "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": false
    })
}

/// Returns the subjects of rows, sorted: what is there, and how often.
pub fn subjects(rows: &[Value]) -> Vec<String> {
    let mut subjects: Vec<String> =
        rows.iter().map(|row| row["subject"].as_str().unwrap_or_default().to_owned()).collect();
    subjects.sort();
    subjects
}
