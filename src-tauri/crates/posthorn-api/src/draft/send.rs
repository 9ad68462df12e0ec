//! Sending: a draft becomes bytes, and then an outbox row, in one transaction.
//!
//! Invariant: the bytes are durable before the row exists, and the row exists before anything can send them. What is
//! sent is the draft as it was read: where it changed in between, nothing is sent.

use posthorn_message::{Composed, DraftFile, InlinePicture, compose};
use posthorn_model::{Address, DraftId, Timestamp};
use posthorn_store::Origin;
use posthorn_store::account::{self, Identity};
use posthorn_store::draft::{self, Draft};
use posthorn_store::outbox::{self, NewOutbox};

use super::{check, convert};
use crate::contract::{Code, Error, OutboxItem, SendDraft};
use crate::engine::Engine;
use crate::error::Result;

/// Longest undo window, seconds.
const UNDO_LIMIT: u32 = 60;
/// What is needed to compose.
struct Material {
    draft: Draft,
    identity: Identity,
    files: Vec<Vec<u8>>,
    now: Timestamp,
}

/// Puts the quoted original below the text, in the form of the message.
fn bodies(draft: &Draft) -> (String, Option<String>) {
    let content = &draft.content;
    let quoted_text = if content.quoted_html.is_empty() {
        String::new()
    } else {
        format!("\n\n{}", posthorn_message::text::from_html(&content.quoted_html).trim())
    };
    let text = format!("{}{quoted_text}\n", content.text.trim_end());
    let html =
        (!content.html.is_empty()).then(|| format!("{}{}", content.html, content.quoted_html));
    (text, html)
}

fn build(material: Material) -> Result<Composed> {
    let Material { draft, identity, files, now } = material;
    let (text, html) = bodies(&draft);
    let content = &draft.content;
    let from = Address { name: identity.name, email: identity.email };
    let mut message = posthorn_message::Draft::new(from, content.message_id.clone(), now);
    let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    message.utc_offset_minutes = jiff::tz::TimeZone::system().to_offset(instant).seconds() / 60;
    if !identity.reply_to.is_empty() {
        message.reply_to = vec![Address::bare(identity.reply_to)];
    }
    (message.to, message.cc, message.bcc) =
        (content.to.clone(), content.cc.clone(), content.bcc.clone());
    message.subject.clone_from(&content.subject);
    (message.in_reply_to, message.references) =
        (content.in_reply_to.clone(), content.references.clone());
    for (file, bytes) in draft.attachments.iter().zip(files) {
        let id = &file.content_id;
        let is_shown =
            !id.is_empty() && html.as_ref().is_some_and(|html| html.contains(&format!("cid:{id}")));
        let written = DraftFile { name: file.name.clone(), content_type: file.mime.clone(), bytes };
        if is_shown {
            message.pictures.push(InlinePicture { content_id: id.clone(), file: written });
        } else if !file.is_inline {
            message.files.push(written);
        }
    }
    (message.text, message.html) = (text, html);
    compose(&message).map_err(|error| Error::invalid("The message cannot be written").with(error))
}

/// Returns everybody who gets it, each address once.
fn recipients(draft: &Draft) -> Vec<Address> {
    let content = &draft.content;
    let mut all: Vec<Address> = Vec::new();
    for address in content.to.iter().chain(&content.cc).chain(&content.bcc) {
        if !all.iter().any(|known| posthorn_message::is_same_address(&known.email, &address.email))
        {
            all.push(address.clone());
        }
    }
    all
}

fn refuse(draft: &Draft) -> Result<()> {
    // The estimate of the size may be wrong, and the server has the last word on its limit.
    let check = check::check(draft, None);
    if let Some(invalid) = check.invalid.first() {
        return Err(Error::invalid("An address cannot be right").with(invalid));
    }
    if check.no_recipient {
        return Err(Error::invalid("There is nobody to send this to"));
    }
    if check.too_large {
        return Err(Error::new(Code::Limit, "This message is larger than any server takes"));
    }
    Ok(())
}

/// Sends a draft.
pub(crate) async fn drafts_send(engine: &Engine, request: SendDraft) -> Result<OutboxItem> {
    let id = DraftId(request.id);
    // Held until the row exists: nobody saves what is being sent.
    let claim = engine.revisions().claim(id, request.revision).await?;
    let found = engine.store().read(move |tx| draft::get(tx, id)).await?;
    if found.outbox.is_some() {
        return Err(Error::new(Code::TooLate, "This draft is being sent already"));
    }
    refuse(&found)?;
    let identity = convert::identity(engine, &found.content).await?;
    let mut files = Vec::with_capacity(found.attachments.len());
    for file in &found.attachments {
        files.push(engine.store().bodies().get(file.body).await?);
    }
    let material = Material {
        draft: found.clone(),
        identity: identity.clone(),
        files,
        now: engine.clock().now(),
    };
    let composed = tokio::task::spawn_blocking(move || build(material)).await;
    let composed = composed.map_err(|error| Error::new(Code::Internal, error.to_string()))??;
    let size = composed.wire.len() as u64;
    let bcc_line = String::from_utf8_lossy(&composed.bcc_line).into_owned();
    let body = engine.store().bodies().put(composed.wire, Origin::Local).await?;
    let account = found.content.account;
    let settings = engine.store().read(move |tx| account::get(tx, account)).await?.settings;
    let wait = i64::from(request.undo_seconds.min(UNDO_LIMIT)) * 1000;
    let new = NewOutbox {
        account,
        draft: Some(id),
        message_id: found.content.message_id.clone(),
        sender: posthorn_message::address_to_ascii(&identity.email).unwrap_or(identity.email),
        subject: found.content.subject.clone(),
        body,
        bcc_line,
        size,
        not_before: engine.clock().now().plus_ms(wait),
        stop_on_refused: false,
        needs_filing: !settings.server_files_sent,
        recipients: recipients(&found),
    };
    let row = engine
        .store()
        .write(move |tx| {
            if draft::get(tx, id)? != found {
                return Err(posthorn_store::Error::Invalid(
                    "this draft changed while it was being sent",
                ));
            }
            let row = outbox::add(tx, &new)?;
            outbox::get(tx, row)
        })
        .await?;
    claim.done();
    engine.sync().outbox_changed(row.request.account);
    Ok(crate::outbox::convert(row))
}
