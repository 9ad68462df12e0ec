//! From a stored draft to the one that a page edits.

use std::sync::Arc;

use posthorn_message::html::{self, CleanOptions, QUOTE_CLASS};
use posthorn_model::{AccountId, DraftId, MailboxRole, Protocol};
use posthorn_store::account::{self, Identity};
use posthorn_store::draft::{self, DraftKind};
use posthorn_store::{follow_up, mailbox, placement};

use super::{check, editor, quote, signature};
use crate::content::{Opened, OpenedFrame, Tokens};
use crate::contract::{Address, Draft, DraftAttachment, DraftServer, Error};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;
use crate::frame::{self, Theme};

/// Returns the identity of an address, which must be one of the account's own; of several with that address the one
/// with that name.
pub(super) async fn identity_of(engine: &Engine, id: AccountId, from: &Address) -> Result<i64> {
    let identities = engine.store().read(move |tx| account::identities(tx, id)).await?;
    let email = &from.email;
    let is_one = |one: &&Identity| posthorn_message::is_same_address(&one.email, email);
    let named = identities.iter().filter(is_one).find(|one| one.name == from.name);
    let found = named.or_else(|| identities.iter().find(is_one));
    found
        .map(|identity| identity.id)
        .ok_or_else(|| Error::invalid("This is not an address of the account").with(email))
}

/// Returns the identity that a draft is sent as.
pub(super) async fn identity(engine: &Engine, content: &draft::DraftContent) -> Result<Identity> {
    let id = content.account;
    let identities = engine.store().read(move |tx| account::identities(tx, id)).await?;
    let chosen = identities
        .iter()
        .position(|identity| Some(identity.id) == content.identity)
        .unwrap_or_default();
    identities
        .into_iter()
        .nth(chosen)
        .ok_or_else(|| Error::invalid("The account has no address to send as"))
}

fn purpose(kind: DraftKind) -> &'static str {
    match kind {
        DraftKind::New | DraftKind::Edit => "new",
        DraftKind::Reply => "reply",
        DraftKind::ReplyAll => "replyAll",
        DraftKind::Forward => "forward",
    }
}

/// Gives a draft.
pub(super) async fn get(engine: &Engine, id: DraftId) -> Result<Draft> {
    let found = engine.store().read(move |tx| draft::get(tx, id)).await?;
    let original_url = original_url(engine, &found.content.quoted_html)?;
    Ok(Draft { original_url, ..convert(engine, found).await? })
}

/// Prepares the frame of the quoted original; empty when there is none.
fn original_url(engine: &Engine, quoted: &str) -> Result<String> {
    if quoted.is_empty() {
        return Ok(String::new());
    }
    let clean = html::clean(quoted, CleanOptions::default());
    // Who asks to see the quote wants all of it: within a quote nothing is folded.
    let body =
        format!("<style>{}</style><div class=\"{QUOTE_CLASS}\">{}</div>", clean.css, clean.body);
    let frame = OpenedFrame {
        document: frame::document(&body, "", true, Theme::Light),
        ..OpenedFrame::default()
    };
    let token = Tokens::reserve()?;
    engine.tokens().set(&token, Opened::Message(Arc::new(frame)));
    Ok(engine.content_url(&format!("{token}/")))
}

/// Gives a stored draft to a page, without the frame of its original: a list shows none.
pub(super) async fn convert(engine: &Engine, found: draft::Draft) -> Result<Draft> {
    let identity = identity(engine, &found.content).await?;
    let revision = engine.revisions().of(found.id).await;
    let attribution = quote::attribution_of(engine, &found.content).await;
    let token = engine.tokens().of_draft(found.id)?;
    let url =
        |file: &draft::DraftAttachment| engine.content_url(&format!("{token}/file/{}", file.id));
    let encoded_size = check::encoded_size(&found);
    let (account, sender) = (found.content.account, Some(identity.id));
    let limit =
        engine.store().read(move |tx| posthorn_sync::message_size_limit(tx, account, sender));
    let size_limit = limit.await?;
    let (server, copy_message) = (server(engine, &found).await?, copy(engine, &found).await?);
    let diverged = found.diverged_at.is_some();
    let id = found.id;
    let read =
        engine.store().read(move |tx| Ok((draft::wishes(tx, id)?, follow_up::wish(tx, id)?)));
    let (wishes, when) = read.await?;
    let content = found.content;
    let is_signature_last =
        content.is_signature_last && !content.is_quote_first && signature::stands(&content);
    let html = editor::to_shown(&content.html, &found.attachments, url);
    let attachments = found.attachments.iter().map(|file| DraftAttachment {
        id: file.id.0,
        name: file.name.clone(),
        content_type: file.mime.clone(),
        size: file.size,
        inline: file.is_inline,
        content_id: file.content_id.clone(),
        url: url(file),
    });
    Ok(Draft {
        id: found.id.0,
        revision,
        account: content.account.0,
        from: Address { name: identity.name, email: identity.email },
        identity: identity.id,
        to: all(content.to),
        cc: all(content.cc),
        bcc: all(content.bcc),
        subject: content.subject,
        // An empty HTML text is what the store calls a plain message.
        plain: html.is_empty(),
        html,
        text: content.text,
        purpose: purpose(content.kind).to_owned(),
        original: content.original.map(|id| id.0),
        include_original: !content.quoted_html.is_empty(),
        quote_first: content.is_quote_first,
        signature_last: is_signature_last,
        original_url: String::new(),
        attribution,
        attachments: attachments.collect(),
        saved_at: found.updated_at.0,
        size_limit,
        encoded_size,
        server,
        copy_message,
        wishes: wishes.into(),
        follow_up: when.map(Into::into),
        diverged,
    })
}

/// Says how the copy on the server stands.
async fn server(engine: &Engine, found: &draft::Draft) -> Result<DraftServer> {
    let id = found.content.account;
    let account = engine.store().read(move |tx| account::get(tx, id)).await?;
    let is_imap = account.settings.incoming.server.protocol == Protocol::Imap;
    let copy = &found.copy;
    Ok(match (copy.dirty_since, copy.error.is_empty()) {
        _ if !is_imap => DraftServer::None,
        (Some(_), false) => {
            DraftServer::Refused { said: copy.error.clone(), next_try: copy.next_try.0 }
        }
        (Some(_), true) => DraftServer::Waiting,
        (None, _) if found.saved_message.is_some() => DraftServer::Copied,
        (None, _) => DraftServer::None,
    })
}

/// Returns the message of the copy where a Drafts folder shows it.
async fn copy(engine: &Engine, found: &draft::Draft) -> Result<Option<i64>> {
    let Some(message) = found.saved_message else { return Ok(None) };
    let shown = engine.store().read(move |tx| {
        for placed in placement::of_message(tx, message)? {
            let is_shown = !placed.is_leaving && !placed.flags.deleted;
            if is_shown && mailbox::get(tx, placed.mailbox)?.role == MailboxRole::Drafts {
                return Ok(Some(message.0));
            }
        }
        Ok(None)
    });
    Ok(shown.await?)
}
