//! The content scheme: mail bodies, pictures and attachments, by unguessable token, never through JSON.
//!
//! Invariants: a token is 128 random bits and means one message (or draft) as it was opened; it ends a while after its
//! last use. Every answer says `nosniff`, `no-store` and `no-referrer`; only a frame's own document is HTML; what is not a
//! raster picture is handed out as an octet stream to be saved. Remote pictures are fetched here, and only once
//! the user allowed them.

mod answer;
mod remote;
mod token;

use std::sync::Arc;

use posthorn_message::part;
use posthorn_model::{DraftId, MessageId};

pub use answer::ContentResponse;
pub(crate) use answer::is_picture;
pub(crate) use token::Tokens;

use crate::contract::{Code, Error};
use crate::engine::Engine;
use crate::error::Result;
use crate::{draft, frame, message};

/// What a token stands for.
#[derive(Clone, Debug)]
pub(crate) enum Opened {
    /// A message opened for reading.
    Message(Arc<OpenedFrame>),
    /// The files of a draft.
    Draft(DraftId),
}

/// A message as it was prepared for its frame.
#[derive(Debug, Default)]
pub(crate) struct OpenedFrame {
    /// Whose parts are asked for. Absent: parts are not served.
    pub(crate) message: Option<MessageId>,
    /// The whole document.
    pub(crate) document: String,
    /// The part of it that is a message and is shown, and the way into messages inside that one. Absent: the message itself.
    pub(crate) inside: Option<(u32, Vec<u32>)>,
    /// The PDF whose pages are served. Absent: none are.
    pub(crate) paper: Option<message::Paper>,
    /// Sections of pictures in the text, as the document counts them; absent where the message has no such part.
    pub(crate) pictures: Vec<Option<String>>,
    /// URLs of remote pictures, as the document counts them.
    pub(crate) remote: Vec<String>,
    /// The user allowed these.
    pub(crate) remote_allowed: bool,
    /// How much of them may still be fetched.
    pub(crate) budget: remote::Budget,
}

/// One transparent pixel (GIF89a).
const TRANSPARENT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Answers a path: `TOKEN/`, `TOKEN/cid/N`, `TOKEN/remote/N`, `TOKEN/blocked/N`, `TOKEN/part/N`, of a PDF `TOKEN/page/N-PIXELS`,
/// and of a draft `TOKEN/file/ID`.
pub(crate) async fn answer_path(engine: &Engine, path: &str) -> ContentResponse {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut pieces = path.trim_start_matches('/').splitn(3, '/');
    let token = pieces.next().unwrap_or_default();
    let kind = pieces.next().unwrap_or_default();
    let rest = pieces.next();
    let number = rest.and_then(|number| number.parse::<u32>().ok());
    let answered = match (engine.tokens().get(token), kind, number) {
        (Some(Opened::Message(opened)), "", None) => {
            Ok(ContentResponse::document(&opened.document, frame::policy(engine.content_base())))
        }
        (Some(Opened::Message(opened)), "cid", Some(number)) => {
            picture(engine, &opened, number).await
        }
        (Some(Opened::Message(opened)), "remote", Some(number)) => {
            Ok(remote_picture(engine, &opened, number).await)
        }
        // A picture that is not allowed takes its place and shows nothing; the reader says in words what was left out.
        (Some(Opened::Message(_)), "blocked", Some(_)) => {
            Ok(ContentResponse::picture("image/gif", TRANSPARENT.to_vec()))
        }
        (Some(Opened::Message(opened)), "part", Some(number)) => {
            file(engine, &opened, number).await
        }
        (Some(Opened::Message(opened)), "page", None) => {
            page(engine, &opened, rest.unwrap_or_default()).await
        }
        (Some(Opened::Draft(id)), "file", Some(number)) => draft::file(engine, id, number).await,
        _ => Ok(ContentResponse::absent()),
    };
    answered.unwrap_or_else(|error| ContentResponse::failed(&error))
}

/// Returns a picture that came with the message.
async fn picture(engine: &Engine, opened: &OpenedFrame, number: u32) -> Result<ContentResponse> {
    let section = opened.pictures.get(number as usize).cloned().flatten();
    let (Some(section), Some(id)) = (section, opened.message) else {
        return Ok(ContentResponse::absent());
    };
    let raw: Arc<[u8]> = match &opened.inside {
        None => message::whole(engine, id).await?,
        Some((part, inside)) => message::file_at(engine, id, *part, inside).await?.bytes.into(),
    };
    let read = tokio::task::spawn_blocking(move || {
        part(&raw, &section)
            .map(|found| ContentResponse::picture(&found.content_type, found.bytes.into_owned()))
    });
    let found = read.await.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
    Ok(found.unwrap_or_else(ContentResponse::absent))
}

async fn remote_picture(engine: &Engine, opened: &OpenedFrame, number: u32) -> ContentResponse {
    match opened.remote.get(number as usize) {
        Some(url) if opened.remote_allowed => remote::fetch(engine, url, &opened.budget).await,
        _ => ContentResponse::absent(),
    }
}

/// Returns a page of the PDF that was opened, as `NUMBER-PIXELS` says.
async fn page(engine: &Engine, opened: &OpenedFrame, which: &str) -> Result<ContentResponse> {
    let which = which.split_once('-').and_then(|(number, pixels)| {
        let positive = |word: &str| word.parse::<u32>().ok().filter(|one| *one > 0);
        Some((positive(number)?, positive(pixels)?))
    });
    let (Some(paper), Some((number, pixels))) = (&opened.paper, which) else {
        return Ok(ContentResponse::absent());
    };
    Ok(match message::page(engine, paper, number, pixels).await? {
        Ok(png) => ContentResponse::picture("image/png", png),
        Err(_) => ContentResponse::absent(),
    })
}

/// Returns a file of the message.
async fn file(engine: &Engine, opened: &OpenedFrame, number: u32) -> Result<ContentResponse> {
    let Some(id) = opened.message else { return Ok(ContentResponse::absent()) };
    let file = match &opened.inside {
        None => message::file_of(engine, id, number).await?,
        Some((part, inside)) => {
            let way: Vec<u32> = inside.iter().copied().chain([number]).collect();
            message::file_at(engine, id, *part, &way).await?
        }
    };
    Ok(ContentResponse::file(&file.name, &file.content_type, file.bytes))
}
