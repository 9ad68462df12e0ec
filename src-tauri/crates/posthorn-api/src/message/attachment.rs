//! Files of messages: listed, fetched, saved, staged for opening.
//!
//! Invariants: a file's bytes are written beside its place and renamed, so that a name never stands for half a file;
//! *save all* never replaces a file; staged files lie in a private folder that is emptied at start. A large file of a
//! message that is not here whole goes from the server to its place in pieces, whatever its size.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use posthorn_message::{Disposition, TransferReader, part};
use posthorn_model::MessageId;
use posthorn_store::message::{self, BodyState};

use super::{is_head_only, load};
use crate::content::Tokens;
use crate::contract::{Attachment, AttachmentRef, Code, Error, SaveAttachment, Saved};
use crate::engine::Engine;
use crate::error::Result;

/// Files above this are not held in memory, where they need not be.
const STREAM_ABOVE: u64 = 1 << 20;
/// Numbers tried for a name that is taken already.
const NAME_TRIES: u32 = 1000;

/// Returns a file of a message whose bytes are all here.
pub(super) fn parsed(number: usize, found: &posthorn_message::Attachment, url: &str) -> Attachment {
    Attachment {
        part: u32::try_from(number).unwrap_or(u32::MAX),
        section: found.section.clone(),
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
    here: &[String],
    url: impl Fn(usize) -> String,
) -> Vec<Attachment> {
    let files = list.iter().enumerate().filter(|(_, found)| !found.is_inline);
    files
        .map(|(number, found)| {
            let name = known_name(found);
            Attachment {
                part: u32::try_from(number).unwrap_or(u32::MAX),
                section: found.section.clone(),
                dangerous: posthorn_message::is_dangerous(&name, &found.mime),
                name,
                content_type: found.mime.clone(),
                size: found.size,
                here: here.contains(&found.section),
                url: url(number),
            }
        })
        .collect()
}

/// Messages within messages that are opened: what is deeper is saved and opened by itself.
const INSIDE_LIMIT: usize = 8;

/// A file's decoded bytes.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// As labelled; empty when missing.
    pub(crate) charset: String,
    pub(crate) bytes: Vec<u8>,
}

/// Returns a file of a message, or of a message inside it. `inside` are the numbers of files on the way there.
pub(crate) async fn file_at(
    engine: &Engine,
    id: MessageId,
    number: u32,
    inside: &[u32],
) -> Result<File> {
    if inside.len() > INSIDE_LIMIT {
        return Err(Error::new(Code::Limit, "This lies too deep inside other messages"));
    }
    let mut file = file_of(engine, id, number).await?;
    for number in inside.iter().copied() {
        let read = tokio::task::spawn_blocking(move || {
            let listed = posthorn_message::parse(&file.bytes).attachments;
            let wanted = listed.into_iter().nth(number as usize)?;
            let found = part(&file.bytes, &wanted.section)?;
            Some(File {
                name: wanted.name,
                content_type: found.content_type,
                charset: found.charset,
                bytes: found.bytes.into_owned(),
            })
        });
        let read = read.await.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
        file = read.ok_or_else(absent)?;
    }
    Ok(file)
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
    if let Some(wanted) = alone(engine, id, number).await? {
        return section(engine, id, &wanted).await;
    }
    let loaded = load(engine, id).await?;
    let raw = loaded.raw.ok_or_else(|| super::not_here(loaded.message.body))?;
    let wanted = loaded.parsed.attachments.get(number as usize).ok_or_else(absent)?;
    decoded(raw, wanted.section.clone(), wanted.name.clone()).await
}

/// Returns what is known of a file that comes without the rest of its message; absent where the message comes whole.
async fn alone(engine: &Engine, id: MessageId, number: u32) -> Result<Option<message::Attachment>> {
    come(engine, id).await?;
    let found = engine.store().read(move |tx| message::get(tx, id)).await?;
    let comes_alone = match found.body {
        BodyState::Whole(_) => false,
        BodyState::Sections => true,
        BodyState::Missing => found.head.size > posthorn_sync::limit::READ_WHOLE,
    };
    if !comes_alone {
        return Ok(None);
    }
    let wanted = found.head.attachments.into_iter().nth(number as usize);
    wanted.ok_or_else(absent).map(Some)
}

/// A file that may be too large for memory.
struct Opened {
    name: String,
    contents: Box<dyn Read + Send>,
}

/// Returns a file of a message as a stream, fetched where it is not here.
async fn open(engine: &Engine, id: MessageId, number: u32) -> Result<Opened> {
    if let Some(wanted) = alone(engine, id, number).await?
        && wanted.size > STREAM_ABOVE
    {
        let body = engine.sync().fetch_section(id, &wanted.section).await?;
        let mime = mime_of(engine, id, &wanted.section).await?;
        let encoding = transfer_encoding(&mime);
        let source = engine.store().bodies().open(body).await?;
        let contents = Box::new(TransferReader::new(source, &encoding));
        return Ok(Opened { name: known_name(&wanted), contents });
    }
    let file = file_of(engine, id, number).await?;
    Ok(Opened { name: file.name, contents: Box::new(Cursor::new(file.bytes)) })
}

/// Returns a file of a message, or of a message inside it, as a stream.
async fn open_at(engine: &Engine, id: MessageId, number: u32, inside: &[u32]) -> Result<Opened> {
    if inside.is_empty() {
        return open(engine, id, number).await;
    }
    let file = file_at(engine, id, number, inside).await?;
    Ok(Opened { name: file.name, contents: Box::new(Cursor::new(file.bytes)) })
}

/// Returns the header of a part that came alone; empty where the server gave none.
async fn mime_of(engine: &Engine, id: MessageId, section: &str) -> Result<Vec<u8>> {
    let name = format!("{section}.MIME");
    let sections = engine.store().read(move |tx| message::sections(tx, id)).await?;
    match sections.into_iter().find(|(known, _)| *known == name) {
        Some((_, mime)) => Ok(engine.store().bodies().get(mime).await?),
        None => Ok(Vec::new()),
    }
}

/// Returns how a part's header says that it is encoded; empty where it does not.
fn transfer_encoding(mime: &[u8]) -> String {
    const NAME: &str = "content-transfer-encoding:";
    let text = String::from_utf8_lossy(mime).to_ascii_lowercase();
    // A folded line goes on where the next begins with white space.
    let unfolded = text.replace("\r\n ", " ").replace("\r\n\t", " ");
    let value = unfolded.lines().find_map(|line| line.strip_prefix(NAME));
    value.and_then(|value| value.split([';', '(']).next()).unwrap_or_default().trim().to_owned()
}

/// Returns the part of a message that was read whole.
async fn decoded(raw: Arc<[u8]>, section: String, name: String) -> Result<File> {
    let read = tokio::task::spawn_blocking(move || {
        let found = part(&raw, &section)?;
        Some(File {
            name,
            content_type: found.content_type,
            charset: found.charset,
            bytes: found.bytes.into_owned(),
        })
    });
    read.await.map_err(|error| Error::new(Code::Internal, error.to_string()))?.ok_or_else(absent)
}

/// Fetches one part of a large message and decodes it.
async fn section(engine: &Engine, id: MessageId, wanted: &message::Attachment) -> Result<File> {
    let body = engine.sync().fetch_section(id, &wanted.section).await?;
    let mime = mime_of(engine, id, &wanted.section).await?;
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
pub(crate) async fn replace(path: &Path, mut contents: impl Read + Send + 'static) -> Result<()> {
    let unique = Tokens::reserve()?;
    on_disk(path, move |path| {
        let beside = path.with_file_name(format!(".{unique}.part"));
        let written =
            write_private(&beside, &mut contents).and_then(|()| std::fs::rename(&beside, path));
        if written.is_err() {
            // What failed is told; the rest of it is not left behind where that can be helped.
            let _ = std::fs::remove_file(&beside);
        }
        written
    })
    .await
}

fn write_private(path: &Path, contents: &mut impl Read) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    std::io::copy(contents, &mut file)?;
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
pub(super) async fn write_new(
    folder: &Path,
    name: &str,
    mut contents: impl Read + Send + 'static,
) -> Result<PathBuf> {
    let name = name.to_owned();
    on_disk(folder, move |folder| {
        for number in 0..NAME_TRIES {
            let path = folder.join(numbered(&name, number));
            // A name that is taken is refused before anything is read.
            match write_private(&path, &mut contents) {
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
        let file = open_at(engine, id, number, &request.inside).await?;
        replace(&path, file.contents).await?;
        return Ok(Saved { paths: vec![path.display().to_string()] });
    }
    let mut paths = Vec::new();
    for number in all_files(engine, id).await? {
        let file = open(engine, id, number).await?;
        paths.push(write_new(&path, &file.name, file.contents).await?.display().to_string());
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
    let id = MessageId(request.message);
    let file = open_at(engine, id, request.part, &request.inside).await?;
    // A folder of its own: two files of one name do not meet, and the name stays what people expect.
    let folder = engine.staging_folder().join(Tokens::reserve()?);
    on_disk(&folder, |folder| std::fs::create_dir_all(folder)).await?;
    let path = write_new(&folder, &file.name, file.contents).await?;
    Ok(Saved { paths: vec![path.display().to_string()] })
}

#[cfg(test)]
mod tests {
    use super::{absolute, numbered, replace, transfer_encoding, write_new};

    #[test]
    fn a_parts_header_says_how_it_is_encoded() {
        let table = [
            ("Content-Type: a/b\r\nContent-Transfer-Encoding: BASE64\r\n\r\n", "base64"),
            ("content-transfer-encoding:\r\n quoted-printable (old)\r\n", "quoted-printable"),
            ("Content-Type: text/plain\r\n", ""),
        ];
        for (mime, wanted) in table {
            assert_eq!(transfer_encoding(mime.as_bytes()), wanted);
        }
    }

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
        let first = write_new(folder.path(), "a.txt", &b"1"[..]).await.unwrap();
        let second = write_new(folder.path(), "a.txt", &b"2"[..]).await.unwrap();
        assert_ne!(first, second);
        replace(&first, &b"3"[..]).await.unwrap();
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
