//! The tree of parts of a message, as ranges of its bytes: nothing is decoded or copied, whatever its size.
//!
//! Limits: depth and number of parts; what lies beyond stays an opaque part. Sections are numbered as IMAP does
//! (RFC 9051 section 6.4.5.2), so a part fetched by section is the same part here.

use std::ops::Range;

use crate::encoded_word::decode_header;
use crate::field::{Fields, split};
use crate::message::Defect;
use crate::parameter::Parameterized;

/// Depth of nesting (multiparts and attached messages alike); real mail has less than ten.
pub const MAX_DEPTH: usize = 32;
/// Parts of one message; digests of mailing lists have some hundred.
pub const MAX_PARTS: usize = 2_000;
/// Bytes of a boundary (RFC 2046 section 5.1.1 allows 70; some programs write more).
pub(crate) const MAX_BOUNDARY_BYTES: usize = 256;

/// What a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Other parts.
    Multipart,
    /// A message with a header of its own.
    Message,
    /// Bytes.
    Leaf,
}

/// One part.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Section as in IMAP: `1`, `2.1`; empty for the outermost multipart.
    pub(crate) section: String,
    /// Index of the part that holds it.
    pub(crate) parent: Option<usize>,
    /// What it holds.
    pub(crate) content: Content,
    /// `Content-Type`; `text/plain` where it is missing.
    pub(crate) content_type: Parameterized,
    /// `Content-Disposition`; empty where it is missing.
    pub(crate) disposition: Parameterized,
    /// `Content-Transfer-Encoding`, as written.
    pub(crate) transfer_encoding: String,
    /// `Content-ID` without brackets.
    pub(crate) content_id: Option<String>,
    /// Bytes after the header, still encoded.
    pub(crate) body: Range<usize>,
    depth: usize,
}

impl Part {
    fn read(raw: &[u8], header: Range<usize>, body: Range<usize>, default_type: &str) -> Self {
        let fields = Fields::parse(raw.get(header).unwrap_or_default());
        let mut content_type =
            Parameterized::parse(fields.first("Content-Type").unwrap_or_default());
        if !content_type.value.contains('/') {
            content_type.value = String::from(if content_type.value == "text" {
                "text/plain"
            } else {
                default_type
            });
        }
        let encoding = fields.first("Content-Transfer-Encoding").unwrap_or_default();
        let content_id = fields.first("Content-ID").map(|raw| decode_header(raw, None));
        Self {
            section: String::new(),
            parent: None,
            content: Content::Leaf,
            content_type,
            disposition: Parameterized::parse(
                fields.first("Content-Disposition").unwrap_or_default(),
            ),
            transfer_encoding: String::from_utf8_lossy(encoding)
                .split(['(', ';'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            content_id: content_id
                .map(|id| id.trim_matches(['<', '>', ' ']).to_owned())
                .filter(|id| !id.is_empty()),
            body,
            depth: 0,
        }
    }

    fn is_plainly_encoded(&self) -> bool {
        !matches!(
            self.transfer_encoding.to_ascii_lowercase().as_str(),
            "base64" | "quoted-printable" | "x-uuencode"
        )
    }

    /// Returns the name that the sender gave, not yet safe.
    pub(crate) fn name(&self, hint: Option<&str>) -> Option<String> {
        let name = self
            .disposition
            .parameter("filename", hint)
            .or_else(|| self.content_type.parameter("name", hint));
        name.filter(|name| !name.trim().is_empty())
    }
}

/// The parts, each after the one that holds it; the first is the whole message's body.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) parts: Vec<Part>,
    pub(crate) defects: Vec<Defect>,
}

impl Tree {
    /// Finds the parts of a whole message.
    pub(crate) fn of(raw: &[u8]) -> Self {
        let mut tree = Self::default();
        let (end, body) = split(raw);
        let root = Part::read(raw, 0..end, body..raw.len(), "text/plain");
        tree.parts.push(root);
        // A queue of indices instead of recursion: depth cannot overflow the stack.
        let mut next = 0;
        while next < tree.parts.len() {
            tree.expand(raw, next);
            next += 1;
        }
        if let Some(root) = tree.parts.first_mut().filter(|root| root.content != Content::Multipart)
        {
            root.section = String::from("1");
        }
        tree
    }

    /// Returns the parts that the part at `index` holds, in order.
    pub(crate) fn children(&self, index: usize) -> impl Iterator<Item = usize> {
        self.parts
            .iter()
            .enumerate()
            .skip(index)
            .filter(move |(_, part)| part.parent == Some(index))
            .map(|(at, _)| at)
    }

    /// Returns the part of this section: the attached message itself where its body shares the number.
    pub(crate) fn section(&self, section: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.section == section)
    }

    fn defect(&mut self, defect: Defect) {
        if !self.defects.contains(&defect) {
            self.defects.push(defect);
        }
    }

    /// Finds what a part holds.
    fn expand(&mut self, raw: &[u8], index: usize) {
        let Some(part) = self.parts.get(index) else { return };
        let is_message = matches!(
            part.content_type.value.as_str(),
            "message/rfc822" | "message/global" | "message/news"
        );
        let is_multipart = part.content_type.value.starts_with("multipart/");
        if !is_message && !is_multipart {
            return;
        }
        let part = part.clone();
        if part.depth >= MAX_DEPTH {
            self.defect(Defect::TooDeep);
            return;
        }
        if is_multipart {
            self.expand_multipart(raw, index, &part);
        } else if part.is_plainly_encoded() {
            self.expand_message(raw, index, &part);
        }
    }

    fn expand_multipart(&mut self, raw: &[u8], index: usize, part: &Part) {
        let boundary =
            part.content_type.raw("boundary").map(<[u8]>::trim_ascii_end).unwrap_or_default();
        if boundary.is_empty() || boundary.len() > MAX_BOUNDARY_BYTES {
            self.defect(Defect::NoBoundary);
            self.become_text(index);
            return;
        }
        let (children, is_closed) = split_parts(raw, part.body.clone(), boundary);
        if children.is_empty() {
            self.defect(Defect::BoundaryNotFound);
            self.become_text(index);
            return;
        }
        if !is_closed {
            self.defect(Defect::Truncated);
        }
        let default_type = if part.content_type.value == "multipart/digest" {
            "message/rfc822"
        } else {
            "text/plain"
        };
        if let Some(part) = self.parts.get_mut(index) {
            part.content = Content::Multipart;
        }
        for (number, range) in children.into_iter().enumerate() {
            if self.parts.len() >= MAX_PARTS {
                self.defect(Defect::TooManyParts);
                return;
            }
            let bytes = raw.get(range.clone()).unwrap_or_default();
            let (end, body) = split(bytes);
            let header = range.start..range.start + end;
            let mut child = Part::read(raw, header, range.start + body..range.end, default_type);
            child.section = dotted(&part.section, number + 1);
            child.parent = Some(index);
            child.depth = part.depth + 1;
            self.parts.push(child);
        }
    }

    /// A multipart without parts is shown as text, so that nothing is hidden.
    fn become_text(&mut self, index: usize) {
        if let Some(part) = self.parts.get_mut(index) {
            part.content_type = Parameterized::parse(b"text/plain");
        }
    }

    fn expand_message(&mut self, raw: &[u8], index: usize, part: &Part) {
        if self.parts.len() >= MAX_PARTS {
            self.defect(Defect::TooManyParts);
            return;
        }
        if let Some(part) = self.parts.get_mut(index) {
            part.content = Content::Message;
        }
        let bytes = raw.get(part.body.clone()).unwrap_or_default();
        let (end, body) = split(bytes);
        let start = part.body.start;
        let mut inner =
            Part::read(raw, start..start + end, start + body..part.body.end, "text/plain");
        // A multipart inside a message shares the message's number: its children are N.1, N.2.
        let own = if part.section.is_empty() { "1" } else { part.section.as_str() };
        let is_multipart = inner.content_type.value.starts_with("multipart/");
        inner.section = if is_multipart { own.to_owned() } else { dotted(own, 1) };
        inner.parent = Some(index);
        inner.depth = part.depth + 1;
        self.parts.push(inner);
    }
}

fn dotted(section: &str, number: usize) -> String {
    if section.is_empty() { number.to_string() } else { format!("{section}.{number}") }
}

/// Finds the parts between the delimiter lines of `boundary`. Tells whether the closing one was there.
fn split_parts(raw: &[u8], body: Range<usize>, boundary: &[u8]) -> (Vec<Range<usize>>, bool) {
    let mut delimiter = b"--".to_vec();
    delimiter.extend_from_slice(boundary);
    let bytes = raw.get(body.clone()).unwrap_or_default();
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    for at in memchr::memmem::find_iter(bytes, &delimiter) {
        let is_line_start = at == 0 || bytes.get(at - 1) == Some(&b'\n');
        let tail = bytes.get(at + delimiter.len()..).unwrap_or_default();
        let line_end = memchr::memchr(b'\n', tail).map_or(tail.len(), |newline| newline + 1);
        let mark = tail.get(..line_end).unwrap_or_default().trim_ascii();
        if !is_line_start || !(mark.is_empty() || mark.starts_with(b"--")) {
            continue;
        }
        if let Some(start) = open.take() {
            parts.push(body.start + start..body.start + without_newline(bytes, start, at));
        }
        if mark.starts_with(b"--") {
            return (parts, true);
        }
        if parts.len() >= MAX_PARTS {
            // The caller notes that there are too many; whether the end is there is not looked for.
            return (parts, true);
        }
        open = Some(at + delimiter.len() + line_end);
    }
    if let Some(start) = open.filter(|start| *start <= bytes.len()) {
        parts.push(body.start + start..body.end);
    }
    (parts, false)
}

/// The line break before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1).
fn without_newline(bytes: &[u8], start: usize, end: usize) -> usize {
    let part = bytes.get(start..end).unwrap_or_default();
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    let part = part.strip_suffix(b"\r").unwrap_or(part);
    start + part.len()
}
