//! Files looked at inside the window: text, tables, messages, events, cards, pictures, pages.
//!
//! Invariants: what a stranger wrote reaches a page as data, or as a document in a frame like every message's: cleaned,
//! under the same policy, without the network. What is no raster picture is never handed out as what it says it is.

use std::fmt::Write as _;
use std::sync::Arc;

use posthorn_message as read;
use posthorn_message::{charset, html};
use posthorn_model::MessageId;

use super::attachment::{self, File, file_at};
use super::open::{document_of, show};
use super::pages::{self, NoPage, Paper};
use super::{invitation, lang};
use crate::content::{Opened, OpenedFrame, Tokens, is_picture};
use crate::contract::{
    Attachment, CardEntry, Code, ContactCard, Error, InnerMessage, MessageDesign, MessageLook,
    Preview, PreviewAttachment, PreviewRefusal, PreviewedFile,
};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;
use crate::frame::{self, Theme};

/// Bytes of a text or table that are shown: more is read elsewhere.
const TEXT_LIMIT: usize = 1 << 20;
/// Bytes of a message inside another one, or of a picture, that is shown.
const FILE_LIMIT: usize = 64 << 20;
/// Events or cards of one file that are shown.
const ENTRY_LIMIT: usize = 50;
/// Endings of files that are text, whatever their type says.
const TEXT_ENDINGS: [&str; 27] = [
    "txt", "md", "log", "json", "xml", "yaml", "yml", "toml", "ini", "conf", "diff", "patch", "c",
    "h", "cpp", "rs", "go", "java", "py", "ts", "css", "sql", "tex", "srt", "asc", "nfo", "rst",
];

/// What a file is looked at as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Picture,
    Page,
    Text,
    Table,
    Message,
    Events,
    Cards,
    Pages,
    Unknown,
}

fn kind_of(name: &str, content_type: &str) -> Kind {
    let name = name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    match (content_type, ending) {
        _ if is_picture(content_type) => Kind::Picture,
        ("message/rfc822" | "message/global" | "message/news", _) | (_, "eml") => Kind::Message,
        _ if invitation::is_calendar(content_type, &name) => Kind::Events,
        ("text/vcard" | "text/x-vcard" | "text/directory", _) | (_, "vcf") => Kind::Cards,
        ("application/pdf" | "application/x-pdf", _) | (_, "pdf") => Kind::Pages,
        ("text/csv" | "text/tab-separated-values", _) | (_, "csv" | "tsv") => Kind::Table,
        ("text/html" | "application/xhtml+xml", _) | (_, "html" | "htm") => Kind::Page,
        ("application/json" | "application/xml" | "application/pgp-keys", _) => Kind::Text,
        // A program's source is text; the program is not, and neither is what is only called text.
        _ if content_type.starts_with("text/") || TEXT_ENDINGS.contains(&ending) => Kind::Text,
        _ => Kind::Unknown,
    }
}

/// Where a preview belongs, and how it is drawn.
struct Place<'a> {
    engine: &'a Engine,
    message: MessageId,
    part: u32,
    inside: &'a [u32],
    theme: Theme,
}

/// Shows a file.
pub(crate) async fn attachments_preview(
    engine: &Engine,
    request: PreviewAttachment,
) -> Result<PreviewedFile> {
    let id = MessageId(request.message);
    let file = file_at(engine, id, request.part, &request.inside).await?;
    let place = Place {
        engine,
        message: id,
        part: request.part,
        inside: &request.inside,
        theme: Theme::parse(&request.theme),
    };
    let url = place.file_url()?;
    let (name, content_type, size) =
        (file.name.clone(), file.content_type.clone(), file.bytes.len() as u64);
    let preview = preview(&place, file).await?;
    Ok(PreviewedFile { name, content_type, size, url, preview })
}

impl Place<'_> {
    fn open(&self, frame: OpenedFrame) -> Result<String> {
        let token = Tokens::reserve()?;
        self.engine.tokens().set(&token, Opened::Message(Arc::new(frame)));
        Ok(token)
    }

    /// Returns the URL of the file itself.
    fn file_url(&self) -> Result<String> {
        // The last step of the way is the number below; those before it are the message that has the file.
        let (number, inside) = match self.inside.split_last() {
            None => (self.part, None),
            Some((last, before)) => (*last, Some((self.part, before.to_vec()))),
        };
        let frame = OpenedFrame { message: Some(self.message), inside, ..OpenedFrame::default() };
        let token = self.open(frame)?;
        Ok(self.engine.content_url(&format!("{token}/part/{number}")))
    }

    /// Prepares a frame without anything but its document; returns its URL.
    fn document(&self, body: &str, text: &str, charset: &str) -> Result<String> {
        let document = frame::document(body, &lang::guess(text, charset), false, self.theme);
        let token = self.open(OpenedFrame { document, ..OpenedFrame::default() })?;
        Ok(self.engine.content_url(&format!("{token}/")))
    }
}

async fn preview(place: &Place<'_>, file: File) -> Result<Preview> {
    let kind = kind_of(&file.name, &file.content_type);
    let refuse = |why| Ok(Preview::None { why });
    if read::is_dangerous(&file.name, &file.content_type) && kind != Kind::Page {
        return refuse(PreviewRefusal::Dangerous);
    }
    if file.bytes.is_empty() {
        return refuse(PreviewRefusal::Empty);
    }
    if file.bytes.len() > FILE_LIMIT {
        return refuse(PreviewRefusal::TooLarge);
    }
    match kind {
        Kind::Unknown => refuse(PreviewRefusal::Kind),
        Kind::Picture => Ok(Preview::Picture {}),
        Kind::Message => message(place, file).await,
        Kind::Pages => pages(place, file).await,
        Kind::Text | Kind::Page | Kind::Table if is_binary(&file.bytes) => {
            refuse(PreviewRefusal::Damaged)
        }
        Kind::Page => page(place, &file),
        Kind::Text => text(place, &file),
        Kind::Table => table(place, &file),
        Kind::Events => {
            let events = read::events(&decoded(&file).text);
            let events: Vec<_> =
                events.into_iter().take(ENTRY_LIMIT).map(invitation::shown).collect();
            if events.is_empty() { text(place, &file) } else { Ok(Preview::Events { events }) }
        }
        Kind::Cards => {
            let cards = read::cards(&decoded(&file).text);
            let cards: Vec<_> = cards.into_iter().take(ENTRY_LIMIT).map(card).collect();
            if cards.is_empty() { text(place, &file) } else { Ok(Preview::Cards { cards }) }
        }
    }
}

/// Tells of a PDF what there is to turn over; its pages are drawn when they are asked for.
async fn pages(place: &Place<'_>, file: File) -> Result<Preview> {
    if place.engine.renderer().is_empty() {
        return Ok(Preview::None { why: PreviewRefusal::Kind });
    }
    let sizes = match pages::sizes(place.engine, &file.bytes).await? {
        Ok(sizes) => sizes,
        Err(why) => return Ok(Preview::None { why: refusal(why) }),
    };
    let (message, part, inside) = (place.message, place.part, place.inside.to_vec());
    let paper = Paper { message, part, inside };
    place.engine.desk().put(paper.clone(), file.bytes.into());
    let token = place.open(OpenedFrame { paper: Some(paper), ..OpenedFrame::default() })?;
    let page_url = place.engine.content_url(&format!("{token}/page/"));
    Ok(Preview::Pages { page_url, sizes })
}

fn refusal(why: NoPage) -> PreviewRefusal {
    match why {
        NoPage::Locked => PreviewRefusal::Locked,
        NoPage::Damaged => PreviewRefusal::Damaged,
        NoPage::TooLarge => PreviewRefusal::TooLarge,
        NoPage::TooManyPages => PreviewRefusal::TooManyPages,
        NoPage::TooMuch => PreviewRefusal::TooMuch,
    }
}

/// Tells whether these are bytes that no text has. Text of two bytes a letter begins with its mark.
fn is_binary(bytes: &[u8]) -> bool {
    !has_wide_letters(bytes) && bytes.iter().take(8_192).any(|byte| *byte == 0)
}

fn has_wide_letters(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// Decodes a text: as its first bytes say, else as labelled, else by guess. Only its beginning.
fn decoded(file: &File) -> charset::Decoded {
    let bytes = file.bytes.get(..file.bytes.len().min(TEXT_LIMIT)).unwrap_or_default();
    if has_wide_letters(bytes) {
        let name = if bytes.starts_with(b"\xff\xfe") { "utf-16le" } else { "utf-16be" };
        return charset::decode_as(bytes, name);
    }
    let label = (!file.charset.is_empty()).then_some(file.charset.as_str());
    charset::decode(bytes, label, None)
}

fn escape(text: &str) -> String {
    // Nothing turns the order of letters around in a file that is looked at.
    let text = text.replace(
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\0'),
        "",
    );
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn text(place: &Place<'_>, file: &File) -> Result<Preview> {
    let found = decoded(file);
    let words = found.text.trim_start_matches('\u{feff}');
    let body = format!("<pre class=\"file\">\n{}</pre>", escape(words));
    let frame_url = place.document(&body, words, &found.charset)?;
    Ok(Preview::Text { frame_url, charset: found.charset, cut: file.bytes.len() > TEXT_LIMIT })
}

fn page(place: &Place<'_>, file: &File) -> Result<Preview> {
    let found = decoded(file);
    let parsed = read::Parsed { html: Some(found.text), ..read::Parsed::default() };
    let shown = show(&parsed, false, place.theme, MessageLook::Own);
    let document = document_of(&shown, "");
    let token = place.open(OpenedFrame { document, ..OpenedFrame::default() })?;
    let frame_url = place.engine.content_url(&format!("{token}/"));
    let cut = file.bytes.len() > TEXT_LIMIT;
    Ok(Preview::Text { frame_url, charset: String::new(), cut })
}

fn table(place: &Place<'_>, file: &File) -> Result<Preview> {
    let found = decoded(file);
    let table = read::table(&found.text);
    let mut body = String::from("<table class=\"sheet\">");
    for (number, row) in table.rows.iter().enumerate() {
        let tag = if number == 0 { "th" } else { "td" };
        body.push_str("<tr>");
        for cell in row {
            let _ = write!(body, "<{tag}>{}</{tag}>", escape(cell));
        }
        body.push_str("</tr>");
    }
    body.push_str("</table>");
    let frame_url = place.document(&body, &found.text, &found.charset)?;
    Ok(Preview::Table {
        frame_url,
        charset: found.charset,
        rows: u32::try_from(table.rows.len()).unwrap_or(u32::MAX),
        cut: table.is_cut || file.bytes.len() > TEXT_LIMIT,
    })
}

fn card(found: read::Card) -> ContactCard {
    let entries = |list: Vec<read::CardEntry>| {
        list.into_iter()
            .map(|one| CardEntry { kind: one.kind.to_owned(), value: one.value })
            .collect()
    };
    ContactCard {
        name: found.name,
        organization: found.organization,
        title: found.title,
        emails: entries(found.emails),
        phones: entries(found.phones),
        addresses: entries(found.addresses),
        urls: entries(found.urls),
        birthday: found.birthday,
        note: found.note,
    }
}

/// Opens a message that is a file of another one, in a frame of its own.
async fn message(place: &Place<'_>, file: File) -> Result<Preview> {
    let parsed = tokio::task::spawn_blocking(move || read::parse(&file.bytes)).await;
    let parsed = parsed.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
    let lang = lang::guess(&parsed.text, &parsed.charset);
    let shown = show(&parsed, false, place.theme, MessageLook::Own);
    let pictures = shown.clean.inline_images.iter();
    let frame = OpenedFrame {
        message: Some(place.message),
        inside: Some((place.part, place.inside.to_vec())),
        document: document_of(&shown, &lang),
        pictures: pictures
            .map(|id| parsed.by_content_id(id).map(|part| part.section.clone()))
            .collect(),
        ..OpenedFrame::default()
    };
    let token = place.open(frame)?;
    let frame_url = place.engine.content_url(&format!("{token}/"));
    let url = |number: usize| place.engine.content_url(&format!("{token}/part/{number}"));
    let message = InnerMessage {
        attachments: files(&parsed, &shown.clean, url),
        from: all(parsed.head.from),
        to: all(parsed.head.to),
        cc: all(parsed.head.cc),
        subject: parsed.head.subject,
        sent_at: parsed.head.date.map(|date| date.at.0),
        design: if shown.designed { MessageDesign::Designed } else { MessageDesign::Plain },
        blocked_images: u32::try_from(shown.clean.blocked).unwrap_or(u32::MAX),
        lang,
    };
    Ok(Preview::Message { frame_url, message: Box::new(message) })
}

/// Lists the files of a message that was read, without pictures that its text shows.
pub(super) fn files(
    parsed: &read::Parsed,
    clean: &html::Clean,
    url: impl Fn(usize) -> String,
) -> Vec<Attachment> {
    let is_file = |part: &read::Attachment| {
        let is_shown = part.content_id.as_ref().is_some_and(|id| clean.inline_images.contains(id));
        part.disposition == read::Disposition::Attachment || !is_shown
    };
    let listed = parsed.attachments.iter().enumerate().filter(|(_, part)| is_file(part));
    listed.map(|(number, part)| attachment::parsed(number, part, &url(number))).collect()
}

#[cfg(test)]
mod tests {
    use super::{File, Kind, decoded, escape, is_binary, kind_of};

    #[test]
    fn files_are_looked_at_as_what_they_are() {
        for (name, content_type, kind) in [
            ("a.png", "image/png", Kind::Picture),
            ("a.svg", "image/svg+xml", Kind::Unknown),
            ("a.pdf", "application/pdf", Kind::Pages),
            ("Scan.PDF", "application/octet-stream", Kind::Pages),
            ("Fwd.eml", "application/octet-stream", Kind::Message),
            ("x", "message/rfc822", Kind::Message),
            ("invite.ICS", "application/octet-stream", Kind::Events),
            ("x", "text/calendar", Kind::Events),
            ("lin.vcf", "text/x-vcard", Kind::Cards),
            ("t.csv", "application/vnd.ms-excel", Kind::Table),
            ("page.html", "text/html", Kind::Page),
            ("README.md", "application/octet-stream", Kind::Text),
            ("x", "text/plain", Kind::Text),
            ("a.zip", "application/zip", Kind::Unknown),
            ("a.docx", "application/octet-stream", Kind::Unknown),
        ] {
            assert_eq!(kind_of(name, content_type), kind, "{name} {content_type}");
        }
    }

    #[test]
    fn text_is_read_in_its_charset_and_never_markup() {
        let file = |charset: &str, bytes: &[u8]| File {
            name: "a.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            charset: charset.to_owned(),
            bytes: bytes.to_vec(),
        };
        assert_eq!(decoded(&file("gbk", b"\xc4\xe3\xba\xc3")).text, "你好");
        assert_eq!(decoded(&file("", b"\xff\xfe`O}Y")).text.trim_start_matches('\u{feff}'), "你好");
        assert_eq!(decoded(&file("utf-8", "ok".as_bytes())).text, "ok");
        assert!(is_binary(b"PK\x03\x04\0\0") && !is_binary(b"\xff\xfea\0"));
        assert_eq!(escape("<script>&\u{202e}x"), "&lt;script&gt;&amp;x");
    }
}
