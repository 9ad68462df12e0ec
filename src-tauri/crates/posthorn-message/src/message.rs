//! Raw bytes to a message that can be shown, answered and searched.
//!
//! Total: any bytes give a [`Parsed`] and a list of [`Defect`]s. Attachments are never decoded here: the parts are found
//! as ranges of the bytes, and only the header and the text parts are read, so a message of 50 MB costs no more memory
//! than its text.

mod body;

use std::borrow::Cow;

use crate::charset;
use crate::embedded::{self, Embedded, INSIDE};
use crate::field::{Fields, split};
use crate::file_name;
use crate::head::{Head, head_of};
use crate::mime::{Content, Part, Tree};
use crate::preview;
use crate::text;
use crate::transfer;

/// Bytes of text of one message that are decoded; the rest of a longer text is cut with [`Defect::TextCut`].
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Attachments of one message that are listed.
pub const MAX_ATTACHMENTS: usize = 1_000;

/// What is wrong with a message. None of them hinders showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Defect {
    /// There are no bytes.
    Empty,
    /// There is no header field.
    NoHeader,
    /// There is no `From`, or no address in it.
    NoSender,
    /// There is no `Date`, or it is no date.
    NoDate,
    /// There is no `Message-ID`.
    NoMessageId,
    /// A multipart without a boundary.
    NoBoundary,
    /// A multipart whose boundary never occurs.
    BoundaryNotFound,
    /// The closing boundary is missing: the message was cut.
    Truncated,
    /// Nested deeper than [`crate::MAX_DEPTH`]; what is below is one opaque part.
    TooDeep,
    /// More parts than [`crate::MAX_PARTS`]; the rest is not shown.
    TooManyParts,
    /// More attachments than [`MAX_ATTACHMENTS`]; the rest is not listed.
    TooManyAttachments,
    /// More text than [`MAX_TEXT_BYTES`]; the rest is not shown.
    TextCut,
    /// The charset was missing or wrong and had to be guessed.
    CharsetGuessed,
    /// Letters were lost in decoding.
    TextDamaged,
}

/// Whether an attachment is shown with the text or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// A file.
    Attachment,
    /// A part of the text, such as a picture in it.
    Inline,
}

/// A part that is not the text of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its section as in IMAP (`2`, `1.2`): the key for [`part`]. A file inside a part (`winmail.dat`, uuencode, yEnc) has
    /// that part's, `!` and its number there (`2!0`).
    pub section: String,
    /// A safe name, never empty.
    pub name: String,
    /// Content type in lower case (`application/pdf`).
    pub content_type: String,
    /// Bytes after decoding; for quoted-printable the size before it.
    pub size: u64,
    /// `Content-ID` without brackets. `None` when missing.
    pub content_id: Option<String>,
    /// Where it belongs.
    pub disposition: Disposition,
    /// Opening it may run a program: see [`crate::is_dangerous`].
    pub is_dangerous: bool,
}

/// A message as it is shown, answered and searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The header.
    pub head: Head,
    /// The text, made from HTML where there is no plain part; lines end with `\n`, a flowed paragraph is one line,
    /// quoted lines begin with `>`. Empty when there is none.
    pub text: String,
    /// The text was made from the HTML part.
    pub is_text_from_html: bool,
    /// The HTML as sent: hostile, for [`crate::html::clean`] alone. `None` when the message has only plain text.
    pub html: Option<String>,
    /// Charset of the first text part, as used. Empty when there is no text.
    pub charset: String,
    /// What is attached, in order, pictures in the text included.
    pub attachments: Vec<Attachment>,
    /// The first words of the text for the list; see `preview`.
    pub preview: String,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
}

impl Parsed {
    /// Tells whether a list should show the paper clip: something is attached that is no picture in the text.
    pub fn has_attachments(&self) -> bool {
        self.attachments.iter().any(|attachment| attachment.disposition == Disposition::Attachment)
    }

    /// Returns the attachment that `cid:` URLs name `content_id`.
    pub fn by_content_id(&self, content_id: &str) -> Option<&Attachment> {
        self.attachments
            .iter()
            .find(|attachment| attachment.content_id.as_deref() == Some(content_id))
    }
}

/// The decoded bytes of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartBytes<'a> {
    /// Content type in lower case.
    pub content_type: String,
    /// A safe name, never empty.
    pub name: String,
    /// Charset as labelled, for text; empty when missing.
    pub charset: String,
    /// Decoded bytes; borrowed where the part was not encoded.
    pub bytes: Cow<'a, [u8]>,
}

/// Reads a whole message.
pub fn parse(raw: &[u8]) -> Parsed {
    parse_as(raw, None)
}

/// Reads what a whole message says besides its header: text, preview, attachments. Neither header nor HTML is in what is
/// returned, nor what is wrong with the header: for lists and the search index, which have the header already.
pub fn parse_contents(raw: &[u8]) -> Parsed {
    contents(raw, None, Html::Left).0
}

/// Reads a whole message and decodes its text as `charset` (*Show as…*), whatever the labels say.
pub fn parse_as(raw: &[u8], charset: Option<&str>) -> Parsed {
    let (end, _) = split(raw);
    let fields = Fields::parse(raw.get(..end).unwrap_or_default());
    let head = head_of(&fields);
    let (parsed, tree) = contents(raw, charset, Html::Kept);
    let mut defects = head_defects(raw, &fields, &head);
    defects.extend(tree.defects);
    defects.extend(parsed.defects);
    Parsed { head, defects, ..parsed }
}

/// Whether somebody wants the HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Html {
    Kept,
    Left,
}

/// Reads everything but the header; the defects are those of the text and of what is attached.
fn contents(raw: &[u8], charset: Option<&str>, wanted: Html) -> (Parsed, Tree) {
    let tree = Tree::of(raw);
    let mut body = body::Body::of(raw, &tree, charset);
    let mut defects = std::mem::take(&mut body.defects);
    let attachments = attachments(raw, &tree, &body, &mut defects);
    let is_text_from_html = body.is_text_from_html();
    let of_html = match body.html() {
        Some(html) if is_text_from_html => Some(preview::of_html(&html)),
        _ => None,
    };
    let html = if wanted == Html::Kept { body.html().map(Cow::into_owned) } else { None };
    let text = body.take_text();
    let parsed = Parsed {
        head: Head::default(),
        preview: of_html.unwrap_or_else(|| preview::of_text(&text)),
        text,
        is_text_from_html,
        html,
        charset: body.charset,
        attachments,
        defects,
    };
    (parsed, tree)
}

/// Returns the decoded bytes of the part of this section (`1`, `2.1`); `None` when there is no such part or it holds others.
pub fn part<'a>(raw: &'a [u8], section: &str) -> Option<PartBytes<'a>> {
    if let Some((outer, number)) = section.split_once(INSIDE) {
        return inside(raw, outer, number.parse().ok()?);
    }
    let tree = Tree::of(raw);
    let part = tree.section(section).filter(|part| part.content != Content::Multipart)?;
    let encoded = raw.get(part.body.clone())?;
    let bytes = transfer::decode(encoded, &part.transfer_encoding);
    Some(PartBytes {
        content_type: part.content_type.value.clone(),
        name: name_of(raw, part),
        charset: part
            .content_type
            .raw("charset")
            .map(|raw| String::from_utf8_lossy(raw).into_owned())
            .unwrap_or_default(),
        bytes,
    })
}

/// Returns a file that stands inside a part.
fn inside<'a>(raw: &'a [u8], section: &str, number: usize) -> Option<PartBytes<'a>> {
    let outer = part(raw, section)?;
    let files = if embedded::is_tnef(&outer.content_type, &outer.name) {
        embedded::tnef_files(&outer.bytes)
    } else {
        embedded::take(&outer.bytes).files
    };
    let file = files.into_iter().nth(number)?;
    Some(PartBytes {
        content_type: file.content_type().to_owned(),
        name: file.safe_name(number),
        charset: String::new(),
        bytes: Cow::Owned(file.bytes),
    })
}

/// Decodes a text part that came by itself (an IMAP section): `content_type` with its parameters, the transfer encoding
/// and the body as the server gave them. `show_as` overrides the charset. HTML stays HTML.
pub fn decode_text(
    content_type: &crate::Parameterized,
    transfer_encoding: &str,
    body: &[u8],
    show_as: Option<&str>,
) -> String {
    let bytes = transfer::decode(body, transfer_encoding);
    let bytes = bytes.get(..MAX_TEXT_BYTES).unwrap_or(&bytes);
    let label = content_type.raw("charset").map(|raw| String::from_utf8_lossy(raw).into_owned());
    let decoded = match show_as {
        Some(charset) => charset::decode_as(bytes, charset),
        None => charset::decode(bytes, label.as_deref(), None),
    };
    let text = text::clean_text(&decoded.text);
    if content_type.value == "text/html" { text } else { text::unflow(text, content_type) }
}

/// Returns the bytes of the part of this section as they were transferred, without its header; `None` when there is no
/// such part.
pub fn raw_part<'a>(raw: &'a [u8], section: &str) -> Option<&'a [u8]> {
    let tree = Tree::of(raw);
    raw.get(tree.section(section)?.body.clone())
}

fn head_defects(raw: &[u8], fields: &Fields<'_>, head: &Head) -> Vec<Defect> {
    let has_sender = head.from.iter().any(|from| from.email.contains('@'));
    let found = [
        (raw.is_empty(), Defect::Empty),
        (!raw.is_empty() && fields.is_empty(), Defect::NoHeader),
        (!has_sender, Defect::NoSender),
        (head.date.is_none(), Defect::NoDate),
        (head.message_id.is_none(), Defect::NoMessageId),
    ];
    found.into_iter().filter(|(is_found, _)| *is_found).map(|(_, defect)| defect).collect()
}

fn attachments(
    raw: &[u8],
    tree: &Tree,
    body: &body::Body,
    defects: &mut Vec<Defect>,
) -> Vec<Attachment> {
    let mut listed = Vec::new();
    for index in &body.attached {
        if listed.len() >= MAX_ATTACHMENTS {
            defects.push(Defect::TooManyAttachments);
            break;
        }
        let Some(part) = tree.parts.get(*index) else { continue };
        let encoded = raw.get(part.body.clone()).unwrap_or_default();
        let name = name_of(raw, part);
        let content_type = part.content_type.value.clone();
        if embedded::is_tnef(&content_type, &name) {
            let files = embedded::tnef_files(&transfer::decode(encoded, &part.transfer_encoding));
            let files = files.iter().enumerate();
            let before = listed.len();
            listed.extend(files.map(|(at, file)| listed_inside(&part.section, at, file)));
            if listed.len() > before {
                continue;
            }
        }
        listed.push(Attachment {
            section: part.section.clone(),
            size: transfer::decoded_len(encoded, &part.transfer_encoding) as u64,
            is_dangerous: file_name::is_dangerous(&name, &content_type),
            disposition: if body.is_inline(part) {
                Disposition::Inline
            } else {
                Disposition::Attachment
            },
            content_id: part.content_id.clone(),
            name,
            content_type,
        });
    }
    let texts = body.embedded.iter();
    listed.extend(texts.map(|(section, at, file)| listed_inside(section, *at, file)));
    listed
}

/// Lists a file that stands inside a part.
fn listed_inside(section: &str, number: usize, file: &Embedded) -> Attachment {
    let (name, content_type) = (file.safe_name(number), file.content_type());
    Attachment {
        section: format!("{section}{INSIDE}{number}"),
        size: file.bytes.len() as u64,
        is_dangerous: file_name::is_dangerous(&name, content_type),
        disposition: Disposition::Attachment,
        content_id: None,
        name,
        content_type: content_type.to_owned(),
    }
}

/// Returns a safe name: the sender's, or the subject of an attached message, or one made from the type.
fn name_of(raw: &[u8], part: &Part) -> String {
    let given =
        part.name(None).map(|name| file_name::safe_name(&name)).filter(|name| !name.is_empty());
    if let Some(name) = given {
        return name;
    }
    let content_type = part.content_type.value.as_str();
    let ending = file_name::ending_for(content_type);
    if part.content == Content::Message {
        let head = crate::head::parse_head(raw.get(part.body.clone()).unwrap_or_default());
        let name = file_name::safe_name(&head.subject.replace(['/', '\\'], "_"));
        if !name.is_empty() {
            return file_name::safe_name(&format!("{name}{ending}"));
        }
    }
    let stem = match content_type.split('/').next().unwrap_or_default() {
        "message" => "message",
        "image" => "image",
        "audio" => "audio",
        "video" => "video",
        "text" => "text",
        _ => "attachment",
    };
    format!("{stem}-{}{ending}", part.section)
}

#[cfg(test)]
mod tests;
