//! Which parts are the text of a message and which are attached to it.

use std::borrow::Cow;

use crate::charset;
use crate::embedded::{self, Embedded};
use crate::html;
use crate::message::{Defect, MAX_TEXT_BYTES};
use crate::mime::{Content, Part, Tree};
use crate::text;
use crate::transfer;

/// A piece of the text, in one or both forms.
#[derive(Debug, Default)]
struct Segment {
    plain: Option<String>,
    html: Option<String>,
}

impl Segment {
    /// Returns the plain form, unless it is empty beside an HTML one.
    fn own_text(&self) -> Option<&str> {
        let plain = self.plain.as_deref();
        plain.filter(|plain| self.html.is_none() || !plain.trim().is_empty())
    }
}

/// The text of a message and the parts that are not text.
#[derive(Debug, Default)]
pub(super) struct Body {
    segments: Vec<Segment>,
    /// Indices of the parts that are attached, in document order.
    pub(super) attached: Vec<usize>,
    /// Files that stood in plain text, each with the section of its part and its number there.
    pub(super) embedded: Vec<(String, usize, Embedded)>,
    /// Charset of the first text part.
    pub(super) charset: String,
    /// What was wrong with the text.
    pub(super) defects: Vec<Defect>,
    /// `Content-ID`s in `multipart/related`.
    related: Vec<String>,
    budget: usize,
}

impl Body {
    pub(super) fn of(raw: &[u8], tree: &Tree, show_as: Option<&str>) -> Self {
        let mut body = Self { budget: MAX_TEXT_BYTES, ..Self::default() };
        body.walk(&Source { raw, tree, show_as }, 0);
        body
    }

    /// Returns the HTML of all segments, plain ones turned into HTML, when any segment has HTML.
    pub(super) fn html(&self) -> Option<Cow<'_, str>> {
        if !self.segments.iter().any(|segment| segment.html.is_some()) {
            return None;
        }
        if let [Segment { html: Some(html), .. }] = self.segments.as_slice() {
            return Some(Cow::Borrowed(html));
        }
        let pieces = self.segments.iter().map(|segment| match (&segment.html, &segment.plain) {
            (Some(html), _) => html.clone(),
            (None, Some(plain)) => html::from_plain(plain),
            (None, None) => String::new(),
        });
        Some(Cow::Owned(pieces.collect::<Vec<_>>().join("\n")))
    }

    /// Tells whether the text, or some of it, has to be made from HTML.
    pub(super) fn is_text_from_html(&self) -> bool {
        let mut segments = self.segments.iter();
        segments.any(|segment| segment.own_text().is_none() && segment.html.is_some())
    }

    /// Returns the text of all segments; afterwards they have none.
    pub(super) fn take_text(&mut self) -> String {
        let mut joined = String::new();
        for segment in &mut self.segments {
            let piece = if segment.own_text().is_some() {
                segment.plain.take().unwrap_or_default()
            } else if let Some(html) = &segment.html {
                text::from_html(html)
            } else {
                continue;
            };
            if joined.is_empty() {
                joined = piece;
                continue;
            }
            if !joined.ends_with('\n') {
                joined.push('\n');
            }
            joined.push_str(&piece);
        }
        joined
    }

    /// Tells whether a part belongs into the text: related to the HTML by its id, or inline and named by no file.
    pub(super) fn is_inline(&self, part: &Part) -> bool {
        let Some(id) = part.content_id.as_deref() else { return false };
        let is_named = || {
            let url = format!("cid:{id}");
            self.segments
                .iter()
                .filter_map(|segment| segment.html.as_deref())
                .any(|html| html.contains(&url))
        };
        let is_picture = part.content_type.value.starts_with("image/");
        if part.disposition.value == "attachment" {
            is_named()
        } else {
            self.related.iter().any(|known| known == id) && is_picture || is_named()
        }
    }

    fn walk(&mut self, source: &Source<'_>, index: usize) {
        let Some(part) = source.tree.parts.get(index) else { return };
        match part.content {
            Content::Message => self.attached.push(index),
            Content::Leaf if is_text(part, index) => {
                if let Some(text) = self.read(source, part) {
                    let is_html = is_html(part);
                    let segment = if is_html {
                        Segment { html: Some(text), plain: None }
                    } else {
                        Segment { plain: Some(text), html: None }
                    };
                    self.segments.push(segment);
                }
            }
            Content::Leaf => self.attached.push(index),
            Content::Multipart if part.content_type.value == "multipart/alternative" => {
                self.alternative(source, index);
            }
            Content::Multipart => {
                let is_related = part.content_type.value == "multipart/related";
                for child in source.tree.children(index) {
                    if is_related
                        && let Some(id) =
                            source.tree.parts.get(child).and_then(|part| part.content_id.clone())
                    {
                        self.related.push(id);
                    }
                    self.walk(source, child);
                }
            }
        }
    }

    /// Reads all forms of one text into one segment: the last plain and the last HTML form win (RFC 2046 section 5.1.4).
    fn alternative(&mut self, source: &Source<'_>, index: usize) {
        let before = self.segments.len();
        for child in source.tree.children(index) {
            self.walk(source, child);
        }
        let mut joined = Segment::default();
        for segment in self.segments.drain(before..) {
            joined.plain = segment.plain.or(joined.plain);
            joined.html = segment.html.or(joined.html);
        }
        if joined.plain.is_some() || joined.html.is_some() {
            self.segments.push(joined);
        }
    }

    fn read(&mut self, source: &Source<'_>, part: &Part) -> Option<String> {
        let encoded = source.raw.get(part.body.clone())?;
        // Encoded text is at most three times as long as what it means.
        let limit = self.budget.saturating_mul(3).min(encoded.len());
        let bytes = transfer::decode(encoded.get(..limit)?, &part.transfer_encoding);
        let cut = bytes.get(..self.budget).unwrap_or(&bytes);
        if cut.len() < bytes.len() || limit < encoded.len() {
            self.note(Defect::TextCut);
        }
        self.budget = self.budget.saturating_sub(cut.len());
        let label =
            part.content_type.raw("charset").map(|raw| String::from_utf8_lossy(raw).into_owned());
        let is_html = is_html(part);
        let taken = if is_html || !embedded::may_hold(cut) {
            embedded::Taken::default()
        } else {
            embedded::take(cut)
        };
        let cut = if taken.files.is_empty() { cut } else { &taken.text };
        let declared = if is_html && label.is_none() { html::declared_charset(cut) } else { None };
        let decoded = match source.show_as {
            Some(charset) => charset::decode_as(cut, charset),
            None => charset::decode(cut, label.as_deref().or(declared.as_deref()), None),
        };
        if decoded.is_guessed {
            self.note(Defect::CharsetGuessed);
        }
        if decoded.is_damaged {
            self.note(Defect::TextDamaged);
        }
        let files = taken.files.into_iter().enumerate();
        self.embedded.extend(files.map(|(at, file)| (part.section.clone(), at, file)));
        if self.charset.is_empty() {
            self.charset = decoded.charset;
        }
        let text = text::clean_text(&decoded.text);
        Some(if is_html { text } else { text::unflow(text, &part.content_type) })
    }

    fn note(&mut self, defect: Defect) {
        if !self.defects.contains(&defect) {
            self.defects.push(defect);
        }
    }
}

/// What the walk reads from.
struct Source<'a> {
    raw: &'a [u8],
    tree: &'a Tree,
    show_as: Option<&'a str>,
}

/// Tells whether a text part is HTML; XHTML is read as HTML, which is what its writers tested.
fn is_html(part: &Part) -> bool {
    matches!(part.content_type.value.as_str(), "text/html" | "application/xhtml+xml")
}

/// Tells whether a leaf is text to be shown: plain or HTML, and not sent as a file.
fn is_text(part: &Part, index: usize) -> bool {
    let is_shown = matches!(
        part.content_type.value.as_str(),
        "text/plain" | "text/html" | "text/enriched" | "text/richtext" | "application/xhtml+xml"
    );
    let is_file = part.disposition.value == "attachment" || part.name(None).is_some();
    // A message that is nothing but a text part is shown, whatever name it has.
    is_shown && (!is_file || index == 0 && part.disposition.value != "attachment")
}
