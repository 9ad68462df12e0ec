//! Pictures in signatures: bytes inside the HTML that a page sees, parts of the message (`cid:`) in what is stored.
//!
//! Invariants: what is stored refers to nothing outside: no reader of a signed message tells another server that it was
//! read. A picture's Content-ID is made of its bytes, so that the same picture is the same part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posthorn_message::html::{self, CleanOptions};
use posthorn_store::Origin;
use posthorn_store::account::{Signature as Stored, SignaturePicture};
use sha2::{Digest as _, Sha256};

use crate::contract::{Code, Error, ReadPicture, SignatureImage};
use crate::engine::Engine;
use crate::error::Result;

/// Bytes of one picture: it goes with every message.
const PICTURE_BYTES: usize = 256 << 10;
/// Bytes of all pictures of a signature.
const ALL_BYTES: usize = 512 << 10;
/// Pictures of one signature: a portrait, a company's mark, a row of small ones.
const PICTURES: usize = 16;
/// What begins a picture inside of HTML.
const DATA: &str = "data:image/";

/// A picture that was taken out of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    content_id: String,
    mime: &'static str,
    bytes: Vec<u8>,
}

/// Returns what kind of picture bytes are, by how they begin; absent for what mail programs do not show.
fn kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(("image/png", "png")),
        [0xFF, 0xD8, 0xFF, ..] => Some(("image/jpeg", "jpg")),
        [b'G', b'I', b'F', b'8', ..] => Some(("image/gif", "gif")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Some(("image/webp", "webp"))
        }
        _ => None,
    }
}

fn too_large() -> Error {
    let words = "A picture of a signature has at most 256 KB, since it goes with every message";
    Error::new(Code::Limit, words)
}

fn check(bytes: &[u8]) -> Result<&'static str> {
    if bytes.len() > PICTURE_BYTES {
        return Err(too_large());
    }
    let (mime, _) = kind(bytes).ok_or_else(|| {
        Error::invalid("Only PNG, JPEG, GIF and WebP pictures are shown by mail programs")
    })?;
    Ok(mime)
}

/// Takes the pictures out of HTML that was cleaned, and puts their Content-IDs there. Fails for what is elsewhere.
pub(super) fn take_out(cleaned: &str) -> Result<(String, Vec<Taken>)> {
    let looked = html::clean(cleaned, CleanOptions::default());
    if !looked.remote_images.is_empty() || !looked.inline_images.is_empty() {
        return Err(Error::invalid(
            "A picture of the signature is not here but on another server: insert the picture itself",
        ));
    }
    let (mut html, mut taken): (String, Vec<Taken>) = (String::new(), Vec::new());
    let mut rest = cleaned;
    while let Some((before, after)) = rest.split_once(DATA) {
        html.push_str(before);
        let end = after.find(['"', '\'', ' ', '>', ')']).unwrap_or(after.len());
        let (url, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        let data = url.split_once(";base64,").map_or("", |(_, data)| data);
        let bytes = STANDARD
            .decode(data)
            .map_err(|error| Error::invalid("A picture of the signature is damaged").with(error))?;
        let mime = check(&bytes)?;
        let digest = Sha256::digest(&bytes);
        let hash = digest.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte));
        let content_id = format!("{hash:032x}@posthorn.invalid");
        html.push_str("cid:");
        html.push_str(&content_id);
        if !taken.iter().any(|one| one.content_id == content_id) {
            taken.push(Taken { content_id, mime, bytes });
        }
        rest = behind;
    }
    html.push_str(rest);
    let all: usize = taken.iter().map(|one| one.bytes.len()).sum();
    if taken.len() > PICTURES || all > ALL_BYTES {
        let words = "The pictures of a signature have at most 512 KB together, since they go with every message";
        return Err(Error::new(Code::Limit, words));
    }
    Ok((html, taken))
}

/// Makes pictures durable.
pub(super) async fn store(engine: &Engine, taken: Vec<Taken>) -> Result<Vec<SignaturePicture>> {
    let mut pictures = Vec::with_capacity(taken.len());
    for (number, Taken { content_id, mime, bytes }) in (1_usize..).zip(taken) {
        let ending = kind(&bytes).map_or("png", |(_, ending)| ending);
        let (name, size) = (format!("signature-{number}.{ending}"), bytes.len() as u64);
        let body = engine.store().bodies().put(bytes, Origin::Local).await?;
        pictures.push(SignaturePicture { content_id, name, mime: mime.to_owned(), size, body });
    }
    Ok(pictures)
}

fn url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// Puts the pictures of a stored signature back into its HTML. One that cannot be read is left out.
pub(super) async fn put_in(engine: &Engine, stored: &mut Stored) {
    for picture in &stored.pictures {
        match engine.store().bodies().get(picture.body).await {
            Ok(bytes) => {
                let shown = url(&picture.mime, &bytes);
                stored.html = stored.html.replace(&format!("cid:{}", picture.content_id), &shown);
            }
            Err(error) => tracing::warn!(%error, "a signature's picture could not be read"),
        }
    }
}

/// Reads a picture of a file for a signature that is being written.
pub(crate) async fn signatures_read_picture(
    _engine: &Engine,
    request: ReadPicture,
) -> Result<SignatureImage> {
    let path = std::path::Path::new(&request.path);
    if !path.is_absolute() {
        return Err(Error::invalid("The path must be absolute").with(path.display()));
    }
    let facts = tokio::fs::metadata(path).await.map_err(|error| Error::file(path, &error))?;
    if !facts.is_file() {
        return Err(Error::new(Code::File, "Only files can be attached").with(path.display()));
    }
    if facts.len() > PICTURE_BYTES as u64 {
        // Not read at all.
        return Err(too_large());
    }
    let bytes = tokio::fs::read(path).await.map_err(|error| Error::file(path, &error))?;
    let mime = check(&bytes)?;
    Ok(SignatureImage { url: url(mime, &bytes) })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{ALL_BYTES, PICTURE_BYTES, take_out};
    use crate::contract::Code;

    fn png(size: usize, fill: u8) -> String {
        let mut bytes = vec![0x89, b'P', b'N', b'G'];
        bytes.resize(size, fill);
        format!("<img src=\"data:image/png;base64,{}\">", STANDARD.encode(bytes))
    }

    #[test]
    fn pictures_become_parts_named_by_their_bytes() {
        let (one, two) = (png(40, 1), png(50, 2));
        let (html, taken) = take_out(&format!("<b>A</b>{one}{two}{one}<br>")).unwrap();
        assert_eq!(taken.len(), 2, "the same picture is one part");
        assert_eq!(
            (taken[0].mime, taken[0].bytes.len(), taken[1].bytes.len()),
            ("image/png", 40, 50)
        );
        let wanted = format!(
            "<b>A</b><img src=\"cid:{0}\"><img src=\"cid:{1}\"><img src=\"cid:{0}\"><br>",
            taken[0].content_id, taken[1].content_id
        );
        assert_eq!(html, wanted);
        assert_eq!(take_out("<b>A</b>").unwrap(), ("<b>A</b>".to_owned(), vec![]));
    }

    #[test]
    fn nothing_remote_and_nothing_large_is_taken() {
        for elsewhere in [
            "<img src=\"https://t.example/p.png\">",
            "<img src=\"cid:somebody@else\">",
            "<div style=\"background-image:url(https://t.example/p.png)\">x</div>",
        ] {
            assert_eq!(take_out(elsewhere).unwrap_err().code, Code::Invalid, "{elsewhere}");
        }
        assert!(take_out(&png(PICTURE_BYTES, 1)).is_ok());
        assert_eq!(take_out(&png(PICTURE_BYTES + 1, 1)).unwrap_err().code, Code::Limit);
        let many: String =
            (0..=ALL_BYTES / PICTURE_BYTES).map(|fill| png(PICTURE_BYTES, fill as u8)).collect();
        assert_eq!(take_out(&many).unwrap_err().code, Code::Limit);
        let text = format!("<img src=\"data:image/png;base64,{}\">", STANDARD.encode("no picture"));
        assert_eq!(take_out(&text).unwrap_err().code, Code::Invalid);
    }
}
