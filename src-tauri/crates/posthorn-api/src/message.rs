//! Reading: conversations, messages in their frames, raw sources.
//!
//! Invariants: a message's HTML reaches a page only cleaned and inside a frame of its own; what is not on this
//! computer is fetched through the synchronisation, and where that cannot be done the answer says why; remote pictures
//! load only where the user allowed them.

mod attachment;
mod body;
mod head;
mod lang;
mod open;
mod print;
mod trust;

use posthorn_model::MessageId;
use posthorn_store::message::BodyState;
use posthorn_store::{message, remote_image};

pub(crate) use attachment::{attachments_save, attachments_stage, file_of};
pub(crate) use body::{
    Loaded, is_head_only, load, messages_fetch_rest, messages_set_charset, whole,
};
pub(crate) use head::threads_open;
pub(crate) use open::messages_open;
pub(crate) use print::messages_print;

use crate::contract::{
    AllowRemote, ById, Code, Error, Event, MessageSource, Nothing, SaveMessage, Saved,
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

/// Saves a message as a file.
pub(crate) async fn messages_save(engine: &Engine, request: SaveMessage) -> Result<Saved> {
    let raw = whole(engine, MessageId(request.message)).await?;
    let path = attachment::absolute(&request.path)?;
    attachment::replace(&path, &raw).await?;
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
