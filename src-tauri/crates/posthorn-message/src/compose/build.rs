//! The tree of parts: text and HTML, pictures beside the HTML, files beside both.

use std::fmt::Write as _;

use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};

use super::header::{
    address, addresses, content_type, date, field, id_list, ids, one_line, own_id,
};
use super::{CalendarText, ComposeError, Composed, Draft, DraftFile, MAX_MESSAGE_BYTES};
use crate::file_name::{ending_for, safe_name};
use crate::text::{clean, flow};

/// Letters of a line that every server passes on, without its end (RFC 5321 section 4.5.3.1.6).
const LINE_LIMIT: usize = 998;

/// Writes a draft as a message.
pub fn compose(draft: &Draft) -> Result<Composed, ComposeError> {
    let id = own_id(&draft.message_id)?;
    let size: usize = draft
        .files
        .iter()
        .chain(draft.pictures.iter().map(|picture| &picture.file))
        .map(|file| file.bytes.len())
        .sum();
    if size + draft.text.len() + draft.html.as_ref().map_or(0, String::len) > MAX_MESSAGE_BYTES {
        return Err(ComposeError::TooLarge);
    }
    let mut builder = MessageBuilder::new()
        .header("Date", date(draft.date, draft.utc_offset_minutes)?)
        .header("From", address(&draft.from)?);
    for (name, list) in [("Reply-To", &draft.reply_to), ("To", &draft.to), ("Cc", &draft.cc)] {
        if !list.is_empty() {
            builder = builder.header(name, addresses(list)?);
        }
    }
    let subject = one_line(&draft.subject);
    // What looks like an encoded word would be decoded by whoever reads it.
    builder = if subject.contains("=?") {
        builder.header("Subject", Raw::new(word_form(&subject)))
    } else {
        builder.header("Subject", Text::new(subject))
    };
    builder = builder.header("Message-ID", id_list(vec![id]));
    for (name, list) in [
        ("In-Reply-To", ids(draft.in_reply_to.iter())),
        ("References", ids(draft.references.iter())),
    ] {
        if !list.is_empty() {
            builder = builder.header(name, id_list(list));
        }
    }
    if draft.asks_receipt {
        builder = builder.header("Disposition-Notification-To", address(&draft.from)?);
    }
    let bcc_line =
        if draft.bcc.is_empty() { Vec::new() } else { field("Bcc", &addresses(&draft.bcc)?) };
    let mut wire = Vec::new();
    builder.header("MIME-Version", Raw::new("1.0")).body(body(draft, id)).serialize(&mut wire);
    Ok(Composed { wire: crlf(&wire), bcc_line })
}

fn body<'a>(draft: &'a Draft, id: &str) -> MimePart<'a> {
    let text = text_part("text/plain", &flow(&clean(&draft.text)), true);
    let mut forms = vec![text];
    if let Some(html) = &draft.html {
        let html = text_part("text/html", &clean(html), false);
        let html = if draft.pictures.is_empty() { html } else { related(draft, html, id) };
        forms.push(html);
    }
    // The best form stands last (RFC 2046 section 5.1.4).
    forms.extend(draft.calendar.as_ref().map(calendar_part));
    let mut whole = if forms.len() == 1 {
        forms.remove(0)
    } else {
        multipart("multipart/alternative", "a", id, forms)
    };
    // Pictures of a message without HTML have nowhere to be shown: they go as files.
    let loose = draft.pictures.iter().filter(|_| draft.html.is_none()).map(|picture| &picture.file);
    let files: Vec<MimePart<'a>> =
        draft.files.iter().chain(loose).map(|file| file_part(file, id)).collect();
    if !files.is_empty() {
        whole =
            multipart("multipart/mixed", "m", id, std::iter::once(whole).chain(files).collect());
    }
    whole
}

fn related<'a>(draft: &'a Draft, html: MimePart<'a>, id: &str) -> MimePart<'a> {
    let pictures = draft.pictures.iter().map(|picture| {
        let content_id: String = picture
            .content_id
            .chars()
            .filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'))
            .collect();
        let part = named_part(&picture.file, "inline");
        part.header("Content-ID", Raw::new(format!("<{content_id}>")))
    });
    multipart("multipart/related", "r", id, std::iter::once(html).chain(pictures).collect())
}

/// Builds a multipart whose boundary comes from the Message-ID: no text line can equal it, since lines of text that
/// begin with `--` are encoded in a part of their own only when they need it, and the id is random.
pub(super) fn multipart<'a>(
    kind: &'static str,
    mark: &str,
    id: &str,
    parts: Vec<MimePart<'a>>,
) -> MimePart<'a> {
    // `=_` cannot occur in quoted-printable or base64 (RFC 2045 section 6.7).
    let boundary = format!("=_{mark}{}", boundary_token(id));
    MimePart::new(ContentType::new(kind).attribute("boundary", boundary), parts)
}

pub(super) fn text_part<'a>(kind: &'static str, text: &str, is_flowed: bool) -> MimePart<'a> {
    let mut content_type = ContentType::new(kind).attribute("charset", "utf-8");
    if is_flowed {
        content_type = content_type.attribute("format", "flowed");
    }
    typed_text(content_type, text)
}

/// Builds the part that calendars read; the method stands in its type too (RFC 6047 section 2.4).
fn calendar_part<'a>(calendar: &CalendarText) -> MimePart<'a> {
    let content_type = ContentType::new("text/calendar")
        .attribute("charset", "utf-8")
        .attribute("method", calendar.method)
        .attribute("component", "VEVENT");
    typed_text(content_type, &calendar.text.replace('\r', ""))
}

fn typed_text<'a>(content_type: ContentType<'a>, text: &str) -> MimePart<'a> {
    let text = text.replace('\n', "\r\n");
    let is_plain = text.is_ascii()
        && text.split("\r\n").all(|line| line.len() <= 900 && !line.starts_with("--=_"));
    if is_plain {
        return MimePart::new(content_type, BodyPart::Text(text.into())).transfer_encoding("7bit");
    }
    let encoded = encode_text(&text);
    MimePart::new(content_type, BodyPart::Text(encoded.1.into())).transfer_encoding(encoded.0)
}

/// Encodes text: quoted-printable where most of it stays readable, base64 where it would not.
fn encode_text(text: &str) -> (&'static str, String) {
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    if foreign * 5 > text.len() {
        ("base64", base64_lines(text.as_bytes()))
    } else {
        ("quoted-printable", quoted_printable(text))
    }
}

fn base64_lines(bytes: &[u8]) -> String {
    use base64::Engine as _;
    // 57 bytes are 76 letters (RFC 2045 section 6.8).
    let mut lines = String::with_capacity(bytes.len() / 57 * 78 + 80);
    for chunk in bytes.chunks(57) {
        base64::engine::general_purpose::STANDARD.encode_string(chunk, &mut lines);
        lines.push_str("\r\n");
    }
    lines
}

fn quoted_printable(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 8);
    for (index, line) in text.split("\r\n").enumerate() {
        if index > 0 {
            encoded.push_str("\r\n");
        }
        let mut column = 0;
        let last = line.len().saturating_sub(1);
        for (at, byte) in line.bytes().enumerate() {
            let is_plain = match byte {
                b'=' => false,
                // White space at the end of a line is lost on the way; a dot or "From" at its start is changed by relays.
                b' ' | b'\t' => at != last,
                b'.' | b'F' | b'-' => at > 0,
                _ => byte.is_ascii_graphic(),
            };
            let width = if is_plain { 1 } else { 3 };
            if column + width > 75 {
                encoded.push_str("=\r\n");
                column = 0;
            }
            if is_plain {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "={byte:02X}");
            }
            column += width;
        }
    }
    encoded
}

/// Returns the part of a boundary that comes from the Message-ID.
pub(super) fn boundary_token(id: &str) -> String {
    id.bytes().filter(u8::is_ascii_alphanumeric).take(40).map(char::from).collect()
}

/// Builds a file's part. A message keeps its type only when it can go as it is: `message/rfc822` may not be encoded (RFC
/// 2046 section 5.2.1), and readers show nothing of one that is. Else it goes as a file whose bytes are kept.
fn file_part<'a>(file: &'a DraftFile, id: &str) -> MimePart<'a> {
    if !file.content_type.eq_ignore_ascii_case("message/rfc822") {
        return named_part(file, "attachment");
    }
    match as_it_is(&file.bytes, &boundary_token(id)) {
        Some(text) => {
            let body = BodyPart::Text(text.into());
            headed(file, "message/rfc822", "attachment", body).transfer_encoding("7bit")
        }
        None => encoded_part(file, "application/octet-stream", "attachment"),
    }
}

/// Returns a message's bytes as text that needs no encoding: ASCII without NUL, lines that SMTP takes (RFC 5321 section
/// 4.5.3.1.6) and that end in CRLF, none of them with our boundary.
fn as_it_is(bytes: &[u8], token: &str) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())?;
    let text = text.replace("\r\n", "\n");
    let is_plain = !text.contains(['\r', '\0'])
        && !text.contains(token)
        && text.lines().all(|line| line.len() <= LINE_LIMIT);
    is_plain.then(|| text.replace('\n', "\r\n"))
}

/// Builds a part with its name in both forms: RFC 2047 in `name`, which old programs read, and RFC 2231 in `filename*`.
fn named_part<'a>(file: &'a DraftFile, disposition: &'static str) -> MimePart<'a> {
    encoded_part(file, &content_type(&file.content_type), disposition)
}

fn encoded_part<'a>(file: &'a DraftFile, kind: &str, disposition: &'static str) -> MimePart<'a> {
    let body = BodyPart::Text(base64_lines(&file.bytes).into());
    headed(file, kind, disposition, body).transfer_encoding("base64")
}

/// Builds a part with its headers, all but the transfer encoding.
fn headed<'a>(
    file: &'a DraftFile,
    kind: &str,
    disposition: &'static str,
    body: BodyPart<'a>,
) -> MimePart<'a> {
    let name = match safe_name(&file.name) {
        name if name.is_empty() => format!("file{}", ending_for(kind)),
        name => name,
    };
    let typed = format!("{kind};\r\n name=\"{}\"", word_form(&name));
    let disposition = ContentType::new(disposition).attribute("filename", name);
    MimePart::raw(body)
        .header("Content-Type", Raw::new(typed))
        .header("Content-Disposition", disposition)
}

/// Writes a name as encoded words where it is not plain ASCII, each at most 75 letters long (RFC 2047 section 2).
fn word_form(name: &str) -> String {
    use base64::Engine as _;
    if name.is_ascii() && !name.contains("=?") {
        return name.replace('\\', "\\\\").replace('"', "\\\"");
    }
    let mut words = Vec::new();
    let mut piece = String::new();
    let flush = |piece: &mut String, words: &mut Vec<String>| {
        if !piece.is_empty() {
            words.push(format!(
                "=?UTF-8?B?{}?=",
                base64::engine::general_purpose::STANDARD.encode(piece.as_bytes())
            ));
            piece.clear();
        }
    };
    for c in name.chars() {
        // 45 bytes are 60 letters of base64.
        if piece.len() + c.len_utf8() > 45 {
            flush(&mut piece, &mut words);
        }
        piece.push(c);
    }
    flush(&mut piece, &mut words);
    words.join("\r\n ")
}

/// Gives every line a CRLF: a bare LF or CR would be read as another line end by some servers (SMTP smuggling).
pub(super) fn crlf(bytes: &[u8]) -> Vec<u8> {
    let mut fixed = Vec::with_capacity(bytes.len() + 64);
    let mut previous = 0;
    for byte in bytes {
        match byte {
            b'\n' if previous != b'\r' => fixed.extend_from_slice(b"\r\n"),
            b'\n' => fixed.push(b'\n'),
            _ if previous == b'\r' => fixed.extend_from_slice(&[b'\n', *byte]),
            _ => fixed.push(*byte),
        }
        previous = *byte;
    }
    if previous == b'\r' {
        fixed.push(b'\n');
    } else if previous != b'\n' {
        fixed.extend_from_slice(b"\r\n");
    }
    fixed
}
