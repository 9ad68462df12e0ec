//! Reading: one message after the other goes into a sink.

use std::io::{self, Read, Seek, Write};

use posthorn_model::{Flags, Timestamp};

use super::field::{Own, is_field, parts};
use super::line::{Lines, Piece};
use super::{MARK, MAX_QUOTES};
use crate::date;
use crate::text::Text;

/// Bytes of a header that are looked through for fields of the file's own; what comes after is the message's.
const MAX_HEADER: u64 = 1 << 20;
/// Largest length that is believed: a terabyte, more than any file system gives one message.
const MAX_LENGTH: u64 = 1 << 40;

/// What the file says of a message whose bytes went into the sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Where its "From " line begins, in bytes.
    pub offset: u64,
    /// When it was received, by the "From " line; absent where that has no date.
    pub received: Option<Timestamp>,
    /// Its flags.
    pub flags: Flags,
    /// It was deleted there, and only waits for the file to be compacted.
    pub is_removed: bool,
    /// It says how many octets it has, and they are not there: the file was cut or changed.
    pub is_cut: bool,
}

/// The file is no mbox: the error that [`Reader::next`] carries inside [`io::ErrorKind::InvalidData`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotMbox;

impl std::fmt::Display for NotMbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("where a message should begin there is no \"From \" line")
    }
}

impl std::error::Error for NotMbox {}

/// Reads an mbox of any size.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    piece: Piece,
}

/// How a message's end is known and its lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// So many bytes.
    Counted(u64),
    /// Up to the next "From " line.
    Delimited,
}

impl<R: Read + Seek> Reader<R> {
    /// Begins at an offset: 0, or what [`Self::offset`] said between two messages.
    pub fn new(source: R, offset: u64) -> io::Result<Self> {
        Ok(Self { lines: Lines::new(source, offset)?, piece: Piece::default() })
    }

    /// Returns where the next message begins.
    pub fn offset(&self) -> u64 {
        self.lines.offset()
    }

    /// Tells whether a message begins here, or the file ends.
    pub fn is_at_message(&mut self) -> io::Result<bool> {
        let (first, _) = self.lines.ahead()?;
        Ok(first.is_empty() || first.starts_with(b"From "))
    }

    /// Reads the next message into the sink; absent at the end of the file. An error of the sink ends the reading.
    pub fn next(&mut self, sink: &mut dyn Write) -> io::Result<Option<Mail>> {
        loop {
            if !self.lines.next(&mut self.piece)? {
                return Ok(None);
            }
            if !self.piece.is_blank() {
                break;
            }
        }
        if !(self.piece.is_start && self.piece.bytes.starts_with(b"From ")) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, NotMbox));
        }
        let offset = self.lines.offset() - self.piece.bytes.len() as u64;
        let received = date::parse(&self.piece.bytes);
        while !self.piece.bytes.ends_with(b"\n") && self.lines.next(&mut self.piece)? {}
        let mut mail = Mail { offset, received, ..Mail::default() };
        let (first, _) = self.lines.ahead()?;
        match parts(&first).filter(|(name, _)| name.eq_ignore_ascii_case(MARK)) {
            Some((_, value)) => {
                let mark = Mark::parse(value);
                self.own(sink, mark, &mut mail)?;
            }
            None => self.foreign(sink, &mut mail, !first.ends_with(b"\r\n"))?,
        }
        Ok(Some(mail))
    }

    /// A message that this crate wrote: the fields that it counted are the file's, all else is the message.
    fn own(&mut self, sink: &mut dyn Write, mark: Mark, mail: &mut Mail) -> io::Result<()> {
        let mut own = Own::default();
        self.lines.next(&mut self.piece)?;
        for _ in 0..mark.fields {
            if self.lines.next(&mut self.piece)? {
                own.take(&self.piece.bytes);
            }
        }
        let mut text = Text::new(sink, !mark.is_exact, mark.is_exact.then_some(mark.size));
        self.delimited(&mut text)?;
        mail.is_cut = text.count != mark.size;
        mail.flags = own.flags;
        Ok(())
    }

    fn foreign(
        &mut self,
        sink: &mut dyn Write,
        mail: &mut Mail,
        has_unix_lines: bool,
    ) -> io::Result<()> {
        let mut text = Text::new(sink, has_unix_lines, None);
        let mut own = Own::default();
        let body = self.header(&mut text, &mut own)?;
        match body {
            Some(Body::Counted(count)) => self.counted(&mut text, count)?,
            Some(Body::Delimited) => self.delimited(&mut text)?,
            // The header was all there is.
            None => {}
        }
        (mail.flags, mail.is_removed) = (own.flags, own.is_removed);
        Ok(())
    }

    /// Passes the header on without the file's own fields; absent where the message ends with it.
    fn header(&mut self, text: &mut Text<'_>, own: &mut Own) -> io::Result<Option<Body>> {
        let begin = self.lines.offset();
        let mut is_own = false;
        loop {
            if self.lines.offset() - begin > MAX_HEADER {
                return Ok(Some(Body::Delimited));
            }
            if !self.lines.next(&mut self.piece)? {
                return Ok(None);
            }
            if self.piece.is_blank() {
                if self.is_separator_ahead()? {
                    return Ok(None);
                }
                text.write(&self.piece.bytes)?;
                return self.body(own.length).map(Some);
            }
            if self.piece.is_start
                && !self.piece.bytes.starts_with(b" ")
                && !self.piece.bytes.starts_with(b"\t")
            {
                is_own = own.take(&self.piece.bytes);
            }
            if !is_own {
                text.write(&self.piece.bytes)?;
            }
        }
    }

    /// Believes a length where the message really ends there.
    fn body(&mut self, length: Option<u64>) -> io::Result<Body> {
        let Some(length) = length.filter(|length| *length <= MAX_LENGTH) else {
            return Ok(Body::Delimited);
        };
        let (mut first, mut second) = self.lines.ahead_at(length)?;
        if matches!(first.as_slice(), b"\n" | b"\r\n") {
            let skipped = first.len() as u64;
            (first, second) = self.lines.ahead_at(length.saturating_add(skipped))?;
        }
        let is_end = first.is_empty() && self.lines.reaches(length)?;
        let fits = is_end || is_separator(&first, &second);
        Ok(if fits { Body::Counted(length) } else { Body::Delimited })
    }

    fn counted(&mut self, text: &mut Text<'_>, mut count: u64) -> io::Result<()> {
        while count > 0 {
            self.lines.bytes(count, &mut self.piece)?;
            if self.piece.bytes.is_empty() {
                return Ok(());
            }
            count = count.saturating_sub(self.piece.bytes.len() as u64);
            text.write(&self.piece.bytes)?;
        }
        Ok(())
    }

    /// Passes lines on up to the next message; the empty line before that is the file's.
    fn delimited(&mut self, text: &mut Text<'_>) -> io::Result<()> {
        let mut held: Vec<u8> = Vec::new();
        loop {
            if !self.lines.next(&mut self.piece)? {
                // The last message's empty line.
                return Ok(());
            }
            if self.piece.is_blank() {
                text.write(&held)?;
                held.clone_from(&self.piece.bytes);
                if self.is_separator_ahead()? {
                    return Ok(());
                }
                continue;
            }
            text.write(&held)?;
            held.clear();
            text.write(unquoted(&self.piece))?;
        }
    }

    fn is_separator_ahead(&mut self) -> io::Result<bool> {
        if self.lines.first()? != Some(b'F') {
            return Ok(false);
        }
        let (first, second) = self.lines.ahead()?;
        Ok(is_separator(&first, &second))
    }
}

/// Tells whether a line behind an empty one begins a message; `next` is the line after it.
pub(super) fn is_separator(line: &[u8], next: &[u8]) -> bool {
    line.starts_with(b"From ") && (date::parse(line).is_some() || is_field(next))
}

/// Takes one `>` from a line of `>`s and "From ".
fn unquoted(piece: &Piece) -> &[u8] {
    let bytes = piece.bytes.as_slice();
    let Some(rest) = bytes.strip_prefix(b">").filter(|_| piece.is_start) else { return bytes };
    let behind = rest.iter().position(|byte| *byte != b'>').unwrap_or(rest.len());
    let is_quoted =
        behind <= MAX_QUOTES && rest.get(behind..).is_some_and(|text| text.starts_with(b"From "));
    if is_quoted { rest } else { bytes }
}

/// What the first field of a message of ours says.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    fields: u8,
    size: u64,
    is_exact: bool,
}

impl Mark {
    fn parse(value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value);
        let mut mark = Self::default();
        for word in text.split_ascii_whitespace() {
            match word.split_once('=') {
                Some(("fields", count)) => mark.fields = count.parse().unwrap_or_default(),
                Some(("size", size)) => mark.size = size.parse().unwrap_or_default(),
                _ => mark.is_exact |= word == "exact",
            }
        }
        mark
    }
}
