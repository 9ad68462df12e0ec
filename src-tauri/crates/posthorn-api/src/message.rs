//! Reading: conversations, messages in their frames, raw sources.
//!
//! Invariants: a message's HTML reaches a page only cleaned and inside a frame of its own; what is not on this
//! computer is fetched through the synchronisation, and where that cannot be done the answer says why; remote pictures
//! load only where the user allowed them.

pub(crate) mod attachment;
mod body;
mod extra;
mod files;
mod head;
#[cfg(test)]
mod hostile_tests;
mod invitation;
mod lang;
mod list;
mod open;
mod pages;
mod preview;
mod print;
mod trust;

use posthorn_model::MessageId;
use posthorn_store::message::BodyState;
use posthorn_store::{message, remote_image};

pub(crate) use attachment::{attachments_save, attachments_stage, file_at, file_of};
pub(crate) use body::{
    Loaded, is_head_only, load, messages_fetch_rest, messages_set_charset, whole, whole_reader,
};
pub(crate) use files::threads_files;
pub(crate) use head::threads_open;
pub(crate) use invitation::{invitations_answer, invitations_read};
pub(crate) use list::messages_unsubscribe;
pub(crate) use open::{messages_open, messages_set_look};
pub(crate) use pages::{Desk, Paper, draw as page};
pub(crate) use preview::attachments_preview;
pub(crate) use print::messages_print;

use crate::contract::{
    AllowRemote, ById, Code, Error, Event, HeaderField, MessagePart, MessageSource,
    MessageStructure, Nothing, SaveMessage, Saved,
};
use crate::engine::Engine;
use crate::error::Result;

/// Bytes of a raw source that are shown.
const SOURCE_LIMIT: usize = 1 << 20;

/// Gives a message's raw source.
pub(crate) async fn messages_source(engine: &Engine, request: ById) -> Result<MessageSource> {
    let raw = whole(engine, MessageId(request.id)).await?;
    let shown = raw.get(..SOURCE_LIMIT).unwrap_or(&raw);
    let text = String::from_utf8_lossy(shown).into_owned();
    Ok(MessageSource { text, size: raw.len() as u64, complete: raw.len() <= SOURCE_LIMIT })
}

/// Says how a message is put together.
pub(crate) async fn messages_structure(engine: &Engine, request: ById) -> Result<MessageStructure> {
    let raw = whole(engine, MessageId(request.id)).await?;
    let read = tokio::task::spawn_blocking(move || posthorn_message::outline(&raw)).await;
    let told = read.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
    let field =
        |one: posthorn_message::OutlineField| HeaderField { name: one.name, value: one.value };
    let part = |one: posthorn_message::OutlinePart| MessagePart {
        section: one.section,
        depth: u32::try_from(one.depth).unwrap_or(u32::MAX),
        content_type: one.content_type,
        name: one.name,
        encoding: format!("{} {}", one.encoding, one.charset).trim().to_owned(),
        size: one.size,
    };
    Ok(MessageStructure {
        fields: told.fields.into_iter().map(field).collect(),
        parts: told.parts.into_iter().map(part).collect(),
    })
}

/// Saves a message as a file.
pub(crate) async fn messages_save(engine: &Engine, request: SaveMessage) -> Result<Saved> {
    let path = attachment::absolute(&request.path)?;
    let raw = whole_reader(engine, MessageId(request.message)).await?;
    attachment::replace(&path, raw).await?;
    Ok(Saved { paths: vec![path.display().to_string()] })
}

/// Remembers whose remote pictures load.
pub(crate) async fn messages_allow_remote(
    engine: &Engine,
    request: AllowRemote,
) -> Result<Nothing> {
    let id = MessageId(request.message);
    engine
        .store()
        .write(move |tx| {
            let from = message::get(tx, id)?.head.from.into_iter().next();
            let from = from
                .filter(|from| from.email.contains('@'))
                .ok_or(posthorn_store::Error::NotFound("sender"))?;
            let whom = if request.domain {
                remote_image::Allowance::Domain(from.domain())
            } else {
                remote_image::Allowance::Sender(from.email)
            };
            if request.allow {
                remote_image::allow(tx, &whom)
            } else {
                remote_image::revoke(tx, &whom)
            }
        })
        .await?;
    engine.tell(Event::MessagesChanged { messages: vec![request.message], threads: Vec::new() });
    Ok(Nothing {})
}

/// Returns the error for bytes that are not here.
fn not_here(state: BodyState) -> Error {
    let words = if state == BodyState::Sections {
        "Only parts of this message are on this computer"
    } else {
        "This message is not on this computer yet"
    };
    Error::new(Code::NotHere, words)
}
