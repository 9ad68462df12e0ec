//! The maildrop browser: what is on a POP3 server right now, and what is done with it there.

mod rule;

use std::time::Duration;

use posthorn_model::{AccountId, Uidl};
use posthorn_store::maildrop::Fate;
use posthorn_sync::{BrowseChanges, BrowseRow, BrowseState, Here};

use crate::contract::{
    ById, KeepOnServer, MaildropChanges, MaildropFate, MaildropHere, MaildropMessage,
    MaildropMessages, MaildropOutcome, MaildropPreview, MaildropRow, MaildropState, Nothing,
    ReadMaildrop,
};
use crate::engine::Engine;
use crate::error::Result;

pub(crate) use rule::{maildrops_rules, maildrops_set_rules, maildrops_try_rules};

/// Longest wait for a change: a page that closes is not waited for much longer.
const LONGEST_MS: u64 = 20_000;

impl From<BrowseState> for MaildropState {
    fn from(state: BrowseState) -> Self {
        match state {
            BrowseState::Idle => Self::Idle,
            BrowseState::Asking => Self::Asking,
            BrowseState::Waiting => Self::Waiting,
            BrowseState::Heads => Self::Heads,
            BrowseState::Downloading => Self::Downloading,
            BrowseState::Removing => Self::Removing,
            BrowseState::Done => Self::Done,
            BrowseState::Stopped => Self::Stopped,
            BrowseState::Failed => Self::Failed,
        }
    }
}

impl From<BrowseRow> for MaildropRow {
    fn from(row: BrowseRow) -> Self {
        let (fate, leaves_at) = match row.fate {
            Fate::LeavesNext | Fate::Left(_) => (MaildropFate::Next, None),
            Fate::LeavesAt(at) => (MaildropFate::Later, Some(at.0)),
            Fate::Stays if row.is_kept => (MaildropFate::Kept, None),
            Fate::Stays => (MaildropFate::Stays, None),
        };
        let (from, subject, at) = match row.head {
            Some(head) => (Some(head.from.into()), head.subject, Some(head.at.0)),
            None => (None, String::new(), None),
        };
        Self {
            uidl: row.uidl.0.to_string(),
            number: row.number,
            size: row.size,
            from,
            subject,
            at,
            headless: row.is_headless,
            message: row.message.map(|message| message.0),
            here: match row.here {
                Here::Nothing => MaildropHere::Nothing,
                Here::Head => MaildropHere::Head,
                Here::Whole => MaildropHere::Whole,
                Here::Deleted => MaildropHere::Deleted,
            },
            fate,
            leaves_at,
        }
    }
}

impl From<BrowseChanges> for MaildropChanges {
    fn from(changes: BrowseChanges) -> Self {
        Self {
            version: changes.version,
            anew: changes.is_anew,
            state: changes.state.into(),
            problem: changes.problem.map(Into::into),
            done: changes.done,
            total: changes.total,
            asked_at: changes.asked_at.map(|at| at.0),
            count: changes.count,
            outcome: changes.outcome.map(|outcome| MaildropOutcome {
                removal: outcome.is_removal,
                done: outcome.done,
                asked: outcome.asked,
                bytes: outcome.bytes,
            }),
            rows: changes.rows.into_iter().map(Into::into).collect(),
            gone: changes.gone.into_iter().map(|uidl| uidl.0.to_string()).collect(),
        }
    }
}

fn uidls(given: Vec<String>) -> Vec<Uidl> {
    given.into_iter().map(|uidl| Uidl(uidl.into())).collect()
}

/// Begins to look what is on the server.
pub(crate) async fn maildrops_look(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.sync().browse_look(AccountId(request.id))?;
    Ok(Nothing {})
}

/// Gives what changed in the browser, and waits for it where nothing has.
pub(crate) async fn maildrops_read(
    engine: &Engine,
    request: ReadMaildrop,
) -> Result<MaildropChanges> {
    let patience = Duration::from_millis(request.wait_ms.min(LONGEST_MS));
    let id = AccountId(request.account);
    Ok(engine.sync().browse_changes(id, request.after, patience).await?.into())
}

/// Begins to download messages whole.
pub(crate) async fn maildrops_download(
    engine: &Engine,
    request: MaildropMessages,
) -> Result<Nothing> {
    engine.sync().browse_download(AccountId(request.account), uidls(request.uidls))?;
    Ok(Nothing {})
}

/// Begins to delete messages on the server.
pub(crate) async fn maildrops_remove(
    engine: &Engine,
    request: MaildropMessages,
) -> Result<Nothing> {
    engine.sync().browse_remove(AccountId(request.account), uidls(request.uidls))?;
    Ok(Nothing {})
}

/// Keeps messages on the server for ever, or ends that.
pub(crate) async fn maildrops_keep(engine: &Engine, request: KeepOnServer) -> Result<Nothing> {
    let id = AccountId(request.account);
    engine.sync().browse_keep(id, uidls(request.uidls), request.keep).await?;
    Ok(Nothing {})
}

/// Gives the beginning of a message; its bytes are kept nowhere.
pub(crate) async fn maildrops_preview(
    engine: &Engine,
    request: MaildropMessage,
) -> Result<MaildropPreview> {
    let id = AccountId(request.account);
    let bytes = engine.sync().browse_preview(id, Uidl(request.uidl.into())).await?;
    let read = tokio::task::spawn_blocking(move || {
        let head = posthorn_message::parse_head(&bytes);
        let text = posthorn_message::parse(&bytes).text;
        let from = head.from.into_iter().next().map(Into::into).unwrap_or_default();
        MaildropPreview { from, subject: head.subject, text }
    });
    read.await.map_err(|error| {
        crate::contract::Error::new(crate::contract::Code::Internal, "Reading the message failed")
            .with(error)
    })
}

/// Stops what the browser does.
pub(crate) async fn maildrops_stop(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.sync().browse_stop(AccountId(request.id));
    Ok(Nothing {})
}

/// Ends the browser.
pub(crate) async fn maildrops_close(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.sync().browse_close(AccountId(request.id));
    Ok(Nothing {})
}
