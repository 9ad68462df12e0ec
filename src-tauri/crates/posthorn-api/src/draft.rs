//! Composing: drafts begin, are saved, checked and sent.
//!
//! Invariants: a save names the revision that it builds on, so that two windows never overwrite each other; what is
//! attached is copied at once; sending is one transaction in which the draft becomes an outbox row, with bytes that
//! are durable before it begins.

mod attach;
mod begin;
mod check;
mod convert;
mod editor;
mod forward;
mod identity;
mod mailto;
mod quote;
mod redirect;
mod send;
mod signature;
mod typo;
mod version;
mod wish;

use std::collections::HashMap;

use posthorn_model::{AccountId, DraftId};
use posthorn_store::draft;
use tokio::sync::{Mutex, MutexGuard};

pub(crate) use attach::{drafts_attach_bytes, drafts_attach_paths, drafts_remove_attachment, file};
pub(crate) use begin::{drafts_create, new_message_id};
pub(crate) use check::drafts_check;
pub(crate) use identity::drafts_choose_identity;
pub(crate) use quote::is_chinese;
pub(crate) use redirect::messages_redirect;
pub(crate) use send::{ask_for_sent, check_time, drafts_send, undo_window};
pub(crate) use signature::{drafts_choose_signature, drafts_signatures};
pub(crate) use version::{drafts_restore, drafts_versions};
pub(crate) use wish::{
    accounts_set_wishes, drafts_set_wishes, is_answered, messages_answer_receipt,
};

use crate::contract::{ById, Code, Draft, DraftSaved, Error, Nothing, SaveDraft};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;

/// Recipients of one message: more are refused by every server.
const RECIPIENT_LIMIT: usize = 2_000;
/// Bytes of text and HTML of one draft.
const TEXT_LIMIT: usize = 16 << 20;
/// Drafts listed.
const LIST_LIMIT: usize = 500;

/// The revisions of drafts in this run. A page that is older than the run is told of a conflict and asks again.
#[derive(Debug, Default)]
pub(crate) struct Revisions(Mutex<HashMap<DraftId, u64>>);

/// The revision that a draft has before its first save in this run.
const FIRST_REVISION: u64 = 1;

impl Revisions {
    async fn of(&self, id: DraftId) -> u64 {
        self.0.lock().await.get(&id).copied().unwrap_or(FIRST_REVISION)
    }

    /// Keeps everybody else from saving while one saves; fails where `seen` is not the newest revision.
    async fn claim(&self, id: DraftId, seen: u64) -> Result<Claim<'_>> {
        let table = self.0.lock().await;
        let newest = table.get(&id).copied().unwrap_or(FIRST_REVISION);
        if newest != seen {
            let words = "This draft was changed elsewhere meanwhile";
            return Err(
                Error::new(Code::Conflict, words).with(format!("revision {newest}, not {seen}"))
            );
        }
        Ok(Claim { table, id, newest })
    }
}

/// The right to save a draft.
#[derive(Debug)]
struct Claim<'a> {
    table: MutexGuard<'a, HashMap<DraftId, u64>>,
    id: DraftId,
    newest: u64,
}

impl Claim<'_> {
    /// Counts the save that was done.
    fn done(mut self) -> u64 {
        let revision = self.newest + 1;
        self.table.insert(self.id, revision);
        revision
    }
}

/// Gives a draft.
pub(crate) async fn drafts_get(engine: &Engine, request: ById) -> Result<Draft> {
    convert::get(engine, DraftId(request.id)).await
}

/// Lists the drafts of this computer, newest first.
pub(crate) async fn drafts_list(engine: &Engine, _: Nothing) -> Result<Vec<Draft>> {
    let found = engine.store().read(draft::list).await?;
    let mut drafts = Vec::new();
    for one in found.into_iter().take(LIST_LIMIT) {
        drafts.push(convert::convert(engine, one).await?);
    }
    Ok(drafts)
}

/// Saves a draft.
pub(crate) async fn drafts_save(engine: &Engine, request: SaveDraft) -> Result<DraftSaved> {
    let id = DraftId(request.id);
    if request.html.len().saturating_add(request.text.len()) > TEXT_LIMIT {
        return Err(Error::new(Code::Limit, "This is too much text for one message"));
    }
    if request.to.len() + request.cc.len() + request.bcc.len() > RECIPIENT_LIMIT {
        return Err(Error::new(Code::Limit, "These are too many recipients for one message"));
    }
    let claim = engine.revisions().claim(id, request.revision).await?;
    let before = engine.store().read(move |tx| draft::get(tx, id)).await?;
    if before.outbox.is_some() {
        return Err(Error::new(Code::TooLate, "This draft is being sent"));
    }
    let quoted_html = match (request.include_original, before.content.quoted_html.is_empty()) {
        (false, _) => String::new(),
        (true, false) => before.content.quoted_html.clone(),
        (true, true) => quote::again(engine, &before.content).await,
    };
    let account = AccountId(request.account);
    let identity = convert::identity_of(engine, account, &request.from).await?;
    let html = if request.plain {
        String::new()
    } else {
        editor::to_stored(&request.html, engine.content_base(), &before.attachments)
    };
    let content = draft::DraftContent {
        account,
        identity: Some(identity),
        to: all(request.to),
        cc: all(request.cc),
        bcc: all(request.bcc),
        subject: request.subject,
        text: request.text,
        html,
        quoted_html,
        ..before.content
    };
    engine.store().write(move |tx| draft::update(tx, id, &content)).await?;
    let revision = claim.done();
    let saved = engine.store().read(move |tx| draft::get(tx, id)).await?;
    Ok(DraftSaved { revision, saved_at: saved.updated_at.0 })
}

/// Keeps a draft whose composer was closed; its copy on the server is made soon.
pub(crate) async fn drafts_leave(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = DraftId(request.id);
    engine.store().write(move |tx| draft::leave(tx, id)).await?;
    Ok(Nothing {})
}

/// Throws a draft away, and its copy on the server.
pub(crate) async fn drafts_discard(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = DraftId(request.id);
    engine
        .store()
        .write(move |tx| {
            if draft::get(tx, id)?.outbox.is_some() {
                return Err(posthorn_store::Error::Invalid("this draft is being sent"));
            }
            draft::discard(tx, id)
        })
        .await?;
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use posthorn_model::DraftId;

    use super::Revisions;
    use crate::contract::Code;

    #[tokio::test]
    async fn the_second_of_two_saves_is_a_conflict() {
        let revisions = Revisions::default();
        let id = DraftId(3);
        let seen = revisions.of(id).await;
        assert_eq!(revisions.claim(id, seen).await.unwrap().done(), seen + 1);
        assert_eq!(revisions.claim(id, seen).await.unwrap_err().code, Code::Conflict);
        // A save that failed counts nothing.
        drop(revisions.claim(id, seen + 1).await.unwrap());
        assert!(revisions.claim(id, seen + 1).await.is_ok());
    }
}
