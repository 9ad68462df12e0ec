//! Files of drafts: their bytes are copied and hashed when they are attached, so that what is sent is what was chosen.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posthorn_model::{AttachmentId, DraftId};
use posthorn_store::draft::{self, DraftAttachment};
use posthorn_store::{Origin, ReadTx};

use super::convert;
use crate::content::{ContentResponse, Tokens};
use crate::contract::{AttachBytes, AttachPaths, Code, Draft, Error, RemoveDraftAttachment};
use crate::engine::Engine;
use crate::error::Result;

/// Files of one draft.
const FILE_LIMIT: usize = 500;
/// Bytes of one pasted picture.
const PASTE_LIMIT: usize = 32 << 20;
/// Bytes of one file: no server takes more.
const SIZE_LIMIT: u64 = posthorn_message::MAX_MESSAGE_BYTES as u64;

/// A file that is to be attached, whose bytes are durable.
pub(super) struct NewFile {
    pub(super) name: String,
    pub(super) mime: String,
    pub(super) size: u64,
    pub(super) content_id: String,
    pub(super) is_inline: bool,
    pub(super) body: posthorn_model::BodyId,
}

/// Puts files on a draft in one transaction.
pub(super) async fn add(engine: &Engine, id: DraftId, files: Vec<NewFile>) -> Result<()> {
    engine
        .store()
        .write(move |tx| {
            let found = draft::get(tx, id)?;
            if found.outbox.is_some() {
                return Err(posthorn_store::Error::Invalid("this draft is being sent"));
            }
            if found.attachments.len() + files.len() > FILE_LIMIT {
                return Err(posthorn_store::Error::Invalid("a message takes no more files"));
            }
            for file in files {
                let file = DraftAttachment {
                    id: AttachmentId(0),
                    name: file.name,
                    mime: file.mime,
                    size: file.size,
                    content_id: file.content_id,
                    is_inline: file.is_inline,
                    body: file.body,
                };
                draft::attach(tx, id, &file)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Returns a content type by a name's ending; what is not known is bytes.
fn mime_of(name: &str) -> &'static str {
    let ending =
        name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "eml" => "message/rfc822",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "json" => "application/json",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" => "application/vnd.ms-powerpoint",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        _ => "application/octet-stream",
    }
}

fn content_id() -> Result<String> {
    Ok(format!("{}@posthorn.invalid", Tokens::reserve()?))
}

/// Copies one file's bytes. Folders and what cannot be read are told in words, with their path.
async fn copy(engine: &Engine, path: &str, inline: bool) -> Result<NewFile> {
    let path = Path::new(path);
    if !path.is_absolute() {
        return Err(Error::invalid("The path must be absolute").with(path.display()));
    }
    let facts = tokio::fs::metadata(path).await.map_err(|error| Error::file(path, &error))?;
    if !facts.is_file() {
        let words = if facts.is_dir() {
            "A folder cannot be attached"
        } else {
            "Only files can be attached"
        };
        return Err(Error::new(Code::File, words).with(path.display()));
    }
    if facts.len() > SIZE_LIMIT {
        return Err(Error::new(Code::Limit, "This file is larger than any server takes")
            .with(path.display()));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = posthorn_message::safe_name(&name);
    let body = engine.store().bodies().put_file(path, Origin::Local).await.map_err(|error| {
        let error = Error::from(error);
        Error { detail: path.display().to_string(), ..error }
    })?;
    // What was copied counts, not what the folder said before.
    let size = engine.store().bodies().size(body).await?;
    let mime = mime_of(&name).to_owned();
    let is_inline = inline && crate::content::is_picture(&mime);
    Ok(NewFile {
        content_id: if is_inline { content_id()? } else { String::new() },
        mime,
        name,
        size,
        is_inline,
        body,
    })
}

/// Attaches files. All or none: where one cannot be read, nothing is attached and its path is told.
pub(crate) async fn drafts_attach_paths(engine: &Engine, request: AttachPaths) -> Result<Draft> {
    let mut files = Vec::new();
    for path in &request.paths {
        files.push(copy(engine, path, request.inline).await?);
    }
    let id = DraftId(request.draft);
    add(engine, id, files).await?;
    convert::get(engine, id).await
}

/// Attaches bytes.
pub(crate) async fn drafts_attach_bytes(engine: &Engine, request: AttachBytes) -> Result<Draft> {
    if request.data.len() / 4 * 3 > PASTE_LIMIT {
        return Err(Error::new(Code::Limit, "This is too large to be pasted; attach it as a file"));
    }
    let bytes = STANDARD.decode(request.data.as_bytes());
    let bytes = bytes.map_err(|error| Error::invalid("The bytes are not base64").with(error))?;
    let name = posthorn_message::safe_name(&request.name);
    let mime = request.content_type.to_ascii_lowercase();
    let size = bytes.len() as u64;
    let body = engine.store().bodies().put(bytes, Origin::Local).await?;
    let is_inline = request.inline && crate::content::is_picture(&mime);
    let content_id = if is_inline { content_id()? } else { String::new() };
    let id = DraftId(request.draft);
    let name =
        if name.is_empty() { format!("file{}", posthorn_message::ending_for(&mime)) } else { name };
    add(engine, id, vec![NewFile { name, mime, size, content_id, is_inline, body }]).await?;
    convert::get(engine, id).await
}

/// Removes a file.
pub(crate) async fn drafts_remove_attachment(
    engine: &Engine,
    request: RemoveDraftAttachment,
) -> Result<Draft> {
    let (id, file) = (DraftId(request.draft), AttachmentId(request.attachment));
    engine.store().write(move |tx| draft::detach(tx, id, file)).await?;
    convert::get(engine, id).await
}

/// Returns a file of a draft, for its frame or chip.
pub(crate) async fn file(engine: &Engine, id: DraftId, number: u32) -> Result<ContentResponse> {
    let job = move |tx: &ReadTx<'_>| draft::attachments(tx, id);
    let files = engine.store().read(job).await?;
    let Some(file) = files.into_iter().find(|file| file.id.0 == i64::from(number)) else {
        return Ok(ContentResponse::absent());
    };
    let bytes = engine.store().bodies().get(file.body).await?;
    Ok(if file.is_inline {
        ContentResponse::picture(&file.mime, bytes)
    } else {
        ContentResponse::file(&file.name, &file.mime, bytes)
    })
}
