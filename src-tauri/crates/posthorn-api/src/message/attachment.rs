//! Files of messages: listed, fetched, saved, staged for opening.
//!
//! Invariants: a file's bytes are written beside its place and renamed, so that a name never stands for half a file;
//! *save all* never replaces a file; staged files lie in a private folder that is emptied at start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posthorn_message::{Disposition, part};
use posthorn_model::MessageId;
use posthorn_store::message::{self, BodyState};

use super::{is_head_only, load};
use crate::content::Tokens;
use crate::contract::{Attachment, AttachmentRef, Code, Error, SaveAttachment, Saved};
use crate::engine::Engine;
use crate::error::Result;

/// Numbers tried for a name that is taken already.
const NAME_TRIES: u32 = 1000;

/// Returns a file of a message whose bytes are all here.
pub(super) fn parsed(number: usize, found: &posthorn_message::Attachment, url: &str) -> Attachment {
    Attachment {
        part: u32::try_from(number).unwrap_or(u32::MAX),
        name: found.name.clone(),
        content_type: found.content_type.clone(),
        size: found.size,
        here: true,
        dangerous: found.is_dangerous,
        url: url.to_owned(),
    }
}

fn known_name(found: &message::Attachment) -> String {
    let name = posthorn_message::safe_name(&found.name);
    if name.is_empty() { format!("attachment-{}", found.section) } else { name }
}

/// Returns the files of a message of which the structure alone is known.
pub(super) fn known(
    list: &[message::Attachment],
    url: impl Fn(usize) -> String,
) -> Vec<Attachment> {
    let files = list.iter().enumerate().filter(|(_, found)| !found.is_inline);
    files
        .map(|(number, found)| {
            let name = known_name(found);
            Attachment {
                part: u32::try_from(number).unwrap_or(u32::MAX),
                dangerous: posthorn_message::is_dangerous(&name, &found.mime),
                name,
                content_type: found.mime.clone(),
                size: found.size,
                here: false,
                url: url(number),
            }
        })
        .collect()
}

/// A file's decoded bytes.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

fn absent() -> Error {
    Error::new(Code::NotFound, "This message has no such file")
}

/// Fetches a message whose files cannot come alone.
async fn come(engine: &Engine, id: MessageId) -> Result<()> {
    if engine.store().read(move |tx| is_head_only(tx, id)).await? {
        engine.sync().fetch_body(id).await?;
    }
    Ok(())
}

/// Returns a file of a message, fetched where it is not here. Numbers are those of the message as it was opened.
pub(crate) async fn file_of(engine: &Engine, id: MessageId, number: u32) -> Result<File> {
    come(engine, id).await?;
    let found = engine.store().read(move |tx| message::get(tx, id)).await?;
    let is_large = found.head.size > posthorn_sync::limit::WHOLE_BODY;
    if found.body == BodyState::Sections && is_large {
        let wanted = found.head.attachments.get(number as usize).ok_or_else(absent)?;
        return section(engine, id, wanted).await;
    }
    let loaded = load(engine, id).await?;
    let raw = loaded.raw.ok_or_else(|| super::not_here(loaded.message.body))?;
    let wanted = loaded.parsed.attachments.get(number as usize).ok_or_else(absent)?;
    decoded(raw, wanted.section.clone(), wanted.name.clone()).await
}

/// Returns the part of a message that was read whole.
async fn decoded(raw: Arc<[u8]>, section: String, name: String) -> Result<File> {
    let read = tokio::task::spawn_blocking(move || {
        let found = part(&raw, &section)?;
        Some(File { name, content_type: found.content_type, bytes: found.bytes.into_owned() })
    });
    read.await.map_err(|error| Error::new(Code::Internal, error.to_string()))?.ok_or_else(absent)
}

/// Fetches one part of a large message and decodes it.
async fn section(engine: &Engine, id: MessageId, wanted: &message::Attachment) -> Result<File> {
    let body = engine.sync().fetch_section(id, &wanted.section).await?;
    let sections = engine.store().read(move |tx| message::sections(tx, id)).await?;
    let mime = sections
        .into_iter()
        .find(|(name, _)| *name == format!("{}.MIME", wanted.section))
        .map(|(_, body)| body);
    let mime = match mime {
        Some(mime) => engine.store().bodies().get(mime).await?,
        None => Vec::new(),
    };
    let mut whole = mime.trim_ascii_end().to_vec();
    whole.extend_from_slice(b"\r\n\r\n");
    whole.extend_from_slice(&engine.store().bodies().get(body).await?);
    let mut file = decoded(whole.into(), "1".to_owned(), known_name(wanted)).await?;
    file.content_type.clone_from(&wanted.mime);
    Ok(file)
}

/// Returns the path of a request, which must be absolute: nobody's current folder is meant.
pub(crate) fn absolute(path: &str) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(Error::invalid("The path must be absolute").with(path.display()))
    }
}

async fn on_disk<T: Send + 'static>(
    path: &Path,
    job: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let path = path.to_owned();
    let done =
        tokio::task::spawn_blocking(move || job(&path).map_err(|error| Error::file(&path, &error)))
            .await;
    done.map_err(|error| Error::new(Code::Internal, error.to_string()))?
}

/// Writes a file, in place of the one that is there (the save dialog has asked).
pub(crate) async fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let bytes = bytes.to_vec();
    let unique = Tokens::reserve()?;
    on_disk(path, move |path| {
        let beside = path.with_file_name(format!(".{unique}.part"));
        let written = write_private(&beside, &bytes).and_then(|()| std::fs::rename(&beside, path));
        if written.is_err() {
            // What failed is told; the rest of it is not left behind where that can be helped.
            let _ = std::fs::remove_file(&beside);
        }
        written
    })
    .await
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Returns a name with a number before its ending.
fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        _ if number == 0 => name.to_owned(),
        Some((stem, ending)) if !stem.is_empty() => format!("{stem} ({number}).{ending}"),
        _ => format!("{name} ({number})"),
    }
}

/// Writes a file into a folder under its name, or with a number where that is taken; returns its path.
pub(super) async fn write_new(folder: &Path, name: &str, bytes: Vec<u8>) -> Result<PathBuf> {
    let name = name.to_owned();
    on_disk(folder, move |folder| {
        for number in 0..NAME_TRIES {
            let path = folder.join(numbered(&name, number));
            match write_private(&path, &bytes) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    let _ = std::fs::remove_file(&path);
                    return Err(error);
                }
                Ok(()) => return Ok(path),
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    })
    .await
}

/// Fetches a file of a message where it is not here, and writes it where the user chose.
pub(crate) async fn attachments_save(engine: &Engine, request: SaveAttachment) -> Result<Saved> {
    let id = MessageId(request.message);
    let path = absolute(&request.path)?;
    if let Some(number) = request.part {
        let file = file_of(engine, id, number).await?;
        replace(&path, &file.bytes).await?;
        return Ok(Saved { paths: vec![path.display().to_string()] });
    }
    let mut paths = Vec::new();
    for number in all_files(engine, id).await? {
        let file = file_of(engine, id, number).await?;
        paths.push(write_new(&path, &file.name, file.bytes).await?.display().to_string());
    }
    Ok(Saved { paths })
}

/// Returns the numbers of a message's files, without pictures in its text.
async fn all_files(engine: &Engine, id: MessageId) -> Result<Vec<u32>> {
    come(engine, id).await?;
    let loaded = load(engine, id).await?;
    let numbers: Vec<usize> = if loaded.raw.is_some() {
        let parts = loaded.parsed.attachments.iter().enumerate();
        parts
            .filter(|(_, part)| part.disposition == Disposition::Attachment)
            .map(|(number, _)| number)
            .collect()
    } else {
        let parts = loaded.message.head.attachments.iter().enumerate();
        parts.filter(|(_, part)| !part.is_inline).map(|(number, _)| number).collect()
    };
    Ok(numbers.into_iter().filter_map(|number| u32::try_from(number).ok()).collect())
}

/// Writes a file of a message to a private temporary folder, for opening; answers with its path.
pub(crate) async fn attachments_stage(engine: &Engine, request: AttachmentRef) -> Result<Saved> {
    let file = file_of(engine, MessageId(request.message), request.part).await?;
    // A folder of its own: two files of one name do not meet, and the name stays what people expect.
    let folder = engine.staging_folder().join(Tokens::reserve()?);
    on_disk(&folder, |folder| std::fs::create_dir_all(folder)).await?;
    let path = write_new(&folder, &file.name, file.bytes).await?;
    Ok(Saved { paths: vec![path.display().to_string()] })
}

#[cfg(test)]
mod tests {
    use super::{absolute, numbered, replace, write_new};

    #[test]
    fn names_get_numbers_before_their_ending() {
        assert_eq!(numbered("a.tar.gz", 0), "a.tar.gz");
        assert_eq!(numbered("a.pdf", 2), "a (2).pdf");
        assert_eq!(numbered(".profile", 1), ".profile (1)");
        assert_eq!(numbered("Makefile", 1), "Makefile (1)");
    }

    #[tokio::test]
    async fn a_file_that_is_there_is_replaced_only_where_somebody_asked() {
        let folder = tempfile::tempdir().unwrap();
        let first = write_new(folder.path(), "a.txt", b"1".to_vec()).await.unwrap();
        let second = write_new(folder.path(), "a.txt", b"2".to_vec()).await.unwrap();
        assert_ne!(first, second);
        replace(&first, b"3").await.unwrap();
        assert_eq!(
            (std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap()),
            (b"3".to_vec(), b"2".to_vec())
        );
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "nothing is left beside them"
        );
        assert!(absolute("relative/path").is_err());
    }
}
