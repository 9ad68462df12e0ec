//! A message of any size, looked through as it streams by: its headers, delimiters and texts are kept, what its files
//! hold is counted and left out.
//!
//! What is kept is a message of its own, smaller than [`MAX_KEPT`] and a header: [`Skim::parse`] finds in it the same
//! parts under the same sections as in the whole. A message that is small enough is kept as it is. Never fails: what
//! cannot be understood is kept as text up to the limits.

mod line;

use std::collections::BTreeMap;

use crate::field::Fields;
use crate::message::{MAX_TEXT_BYTES, Parsed, parse_as};
use crate::mime::{MAX_BOUNDARY_BYTES, Tree};
use crate::parameter::Parameterized;
use crate::transfer;

use line::Lines;

/// Bytes kept of one text part: what is shown of a text, and what its encoding adds.
const MAX_TEXT: usize = MAX_TEXT_BYTES + MAX_TEXT_BYTES / 2;
/// Bytes kept of every other part: enough to see what it begins with.
const MAX_OTHER: usize = 1024;
/// Bytes kept in all parts together; headers and delimiters come on top, within `MAX_HEADERS`.
pub const MAX_KEPT: usize = 4 * MAX_TEXT_BYTES;
/// Bytes kept of all headers and delimiters together: a thousand parts with long headers.
const MAX_HEADERS: usize = 4 * 1024 * 1024;
/// Boundaries that are open at once. Real mail has less than ten; each line of dashes is compared with all of them.
const MAX_BOUNDARIES: usize = 64;

/// What was kept of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skim {
    /// The message without what was left out.
    pub bytes: Vec<u8>,
    /// Bytes of the whole message.
    pub size: u64,
    /// Something was left out.
    pub is_cut: bool,
    /// Bytes after decoding of the parts whose body begins at these places of `bytes`.
    sizes: BTreeMap<usize, u64>,
}

impl Skim {
    /// Reads the message: as the whole would be read, except for what is longer than the limits. `charset` as in
    /// [`parse_as`].
    pub fn parse(&self, charset: Option<&str>) -> Parsed {
        let mut parsed = parse_as(&self.bytes, charset);
        if !self.is_cut {
            return parsed;
        }
        let tree = Tree::of(&self.bytes);
        for attachment in &mut parsed.attachments {
            let part = tree.section(&attachment.section);
            let size = part.and_then(|part| self.sizes.get(&part.body.start));
            attachment.size = size.copied().unwrap_or(attachment.size);
        }
        parsed
    }
}

/// Where in a message the next line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the header that begins at this place of what is kept.
    Header(usize),
    /// In a body of which so many bytes may still be kept.
    Body(usize),
}

/// A part whose body is under way.
#[derive(Debug)]
struct Open {
    /// Where its body begins in what is kept.
    kept_at: usize,
    /// Bytes of the message before its body.
    begins: u64,
    /// Boundaries that were open around it.
    depth: usize,
    /// Letters of base64 so far; absent where it is not written in base64.
    letters: Option<u64>,
}

/// Looks through a message, piece by piece.
#[derive(Debug, Default)]
pub struct Skimmer {
    lines: Lines,
    work: Work,
}

impl Skimmer {
    /// Takes the next bytes of the message.
    pub fn push(&mut self, bytes: &[u8]) {
        let Self { lines, work } = self;
        lines.push(bytes, |line, is_start| work.line(line, is_start));
    }

    /// Takes the end of the message.
    pub fn finish(mut self) -> Skim {
        let Self { lines, work } = &mut self;
        lines.finish(|line, is_start| work.line(line, is_start));
        self.work.close(0, 0);
        let Work { kept, seen, is_cut, sizes, .. } = self.work;
        Skim { bytes: kept, size: seen, is_cut, sizes }
    }
}

#[derive(Debug)]
struct Work {
    kept: Vec<u8>,
    /// Bytes of the message so far.
    seen: u64,
    /// Bytes of headers and delimiters that are kept.
    headers: usize,
    place: Place,
    boundaries: Vec<Vec<u8>>,
    open: Vec<Open>,
    /// Length of the last line's end: it belongs to a delimiter that follows.
    line_end: u64,
    is_cut: bool,
    /// Something was left out since the last delimiter.
    is_cut_here: bool,
    sizes: BTreeMap<usize, u64>,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            seen: 0,
            headers: 0,
            place: Place::Header(0),
            boundaries: Vec::new(),
            open: Vec::new(),
            line_end: 0,
            is_cut: false,
            is_cut_here: false,
            sizes: BTreeMap::new(),
        }
    }
}

impl Work {
    /// Takes a line with its end, or a piece of a long one.
    fn line(&mut self, line: &[u8], is_start: bool) {
        let delimiter = if is_start { self.delimiter(line) } else { None };
        match (delimiter, self.place) {
            (Some((index, is_closing)), _) => {
                // What is still open inside it ends with it.
                self.close(index + 1, self.line_end);
                self.boundaries.truncate(if is_closing { index } else { index + 1 });
                if std::mem::take(&mut self.is_cut_here) {
                    // A delimiter begins a line, and the line break before it is its own.
                    self.keep_structure(b"\r\n");
                }
                self.keep_structure(line);
                self.place = if is_closing {
                    Place::Body(MAX_OTHER)
                } else {
                    Place::Header(self.kept.len())
                };
            }
            (None, Place::Header(from)) => {
                self.keep_structure(line);
                if is_start && matches!(line, b"\n" | b"\r\n") {
                    self.seen += line.len() as u64;
                    self.body(from);
                    return;
                }
            }
            (None, Place::Body(left)) => self.keep_body(line, left),
        }
        self.seen += line.len() as u64;
        self.line_end = if line.ends_with(b"\r\n") { 2 } else { u64::from(line.ends_with(b"\n")) };
    }

    /// Tells which boundary a line is a delimiter of, and whether it is the closing one.
    fn delimiter(&self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?;
        self.boundaries.iter().enumerate().rev().find_map(|(index, boundary)| {
            let mark = rest.strip_prefix(boundary.as_slice())?.trim_ascii();
            let is_closing = mark.starts_with(b"--");
            (is_closing || mark.is_empty()).then_some((index, is_closing))
        })
    }

    fn keep_structure(&mut self, line: &[u8]) {
        if self.headers + line.len() <= MAX_HEADERS {
            self.headers += line.len();
            self.kept.extend_from_slice(line);
        } else {
            self.is_cut = true;
        }
    }

    fn keep_body(&mut self, line: &[u8], left: usize) {
        if let Some(letters) = self.open.last_mut().and_then(|open| open.letters.as_mut()) {
            *letters += transfer::base64_letters(line) as u64;
        }
        let room = left.min((MAX_KEPT + self.headers).saturating_sub(self.kept.len()));
        if line.len() <= room {
            self.kept.extend_from_slice(line);
            self.place = Place::Body(left - line.len());
        } else {
            (self.is_cut, self.is_cut_here) = (true, true);
            self.place = Place::Body(0);
        }
    }

    /// A header ended: says what its part is.
    fn body(&mut self, from: usize) {
        let fields = Fields::parse(self.kept.get(from..).unwrap_or_default());
        let first = |name| fields.first(name).unwrap_or_default();
        let kind = Parameterized::parse(first("Content-Type"));
        let disposition = Parameterized::parse(first("Content-Disposition"));
        let encoding =
            String::from_utf8_lossy(first("Content-Transfer-Encoding")).trim().to_ascii_lowercase();
        let boundary =
            kind.raw("boundary").map(<[u8]>::trim_ascii_end).unwrap_or_default().to_vec();
        let is_multipart = kind.value.starts_with("multipart/");
        let is_message = matches!(kind.value.as_str(), "message/rfc822" | "message/global");
        let is_text = !kind.value.contains('/') || kind.value.starts_with("text/");
        let is_file = disposition.value == "attachment";
        self.open.push(Open {
            kept_at: self.kept.len(),
            begins: self.seen,
            depth: self.boundaries.len(),
            letters: (encoding == "base64").then_some(0),
        });
        self.line_end = 0;
        let has_room = self.boundaries.len() < MAX_BOUNDARIES;
        if is_multipart && has_room && !boundary.is_empty() && boundary.len() <= MAX_BOUNDARY_BYTES
        {
            self.boundaries.push(boundary);
        }
        self.place = if is_message && encoding != "base64" && encoding != "quoted-printable" {
            Place::Header(self.kept.len())
        } else if is_multipart || (is_text && !is_file) {
            Place::Body(MAX_TEXT)
        } else {
            Place::Body(MAX_OTHER)
        };
    }

    /// Notes the sizes of the parts that lie inside so many boundaries. `line_end` bytes before this place belong to
    /// the delimiter.
    fn close(&mut self, depth: usize, line_end: u64) {
        while let Some(open) = self.open.pop_if(|open| open.depth >= depth) {
            let size = match open.letters {
                Some(letters) => letters / 4 * 3 + (letters % 4).saturating_sub(1),
                None => self.seen.saturating_sub(open.begins).saturating_sub(line_end),
            };
            self.sizes.insert(open.kept_at, size);
        }
    }
}

#[cfg(test)]
mod tests;
