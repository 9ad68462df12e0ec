//! Cuts the server's bytes into frames: one response each, with its literals.
//!
//! Invariants: any split of the same bytes gives the same frames; memory stays under
//! [`MAX_FRAME_MEMORY`] whatever is announced, because octets are kept when they
//! arrive, not when they are promised. Bare LF ends a line like CRLF. Status lines and continuations never carry
//! literals: their text is for people and may end in `{5}`.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use crate::limit::{
    MAX_EMPTY_LINES, MAX_FRAME_MEMORY, MAX_LINE, MAX_LITERAL, MAX_TEXT, SPOOL_ABOVE,
};
use crate::literal::{Literal, Spooled};
use crate::{Error, Result};

/// What a piece costs in memory beyond its octets, so that a million empty literals meet the limit too.
const PIECE_COST: usize = 64;

/// A stretch of one response.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Text without its line end and without the `{n}` that announces the next piece.
    Text(Vec<u8>),
    /// The octets of a literal.
    Literal(Literal),
}

/// One response: text, and literals between texts.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub(crate) pieces: Vec<Piece>,
}

impl Frame {
    /// Returns the text before the first literal.
    pub(crate) fn head(&self) -> &[u8] {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => b"",
        }
    }

    /// Returns the text when the frame is one line.
    pub(crate) fn line(&self) -> Option<&[u8]> {
        (self.pieces.len() == 1).then(|| self.head())
    }
}

enum Mode {
    Line,
    Memory { left: u64, bytes: Vec<u8> },
    Spool { left: u64, len: u64, file: File },
}

/// Turns bytes into frames.
pub(crate) struct Framer {
    pieces: Vec<Piece>,
    line: Vec<u8>,
    mode: Mode,
    memory: usize,
    spooled: u64,
    /// Empty lines since the last response.
    empty: usize,
    /// Where large literals go; the system's temporary folder when unset.
    spool_dir: Option<PathBuf>,
}

impl Framer {
    pub(crate) fn new(spool_dir: Option<PathBuf>) -> Self {
        Self {
            pieces: Vec::new(),
            line: Vec::new(),
            mode: Mode::Line,
            memory: 0,
            spooled: 0,
            empty: 0,
            spool_dir,
        }
    }

    /// Tells whether a response has begun and not ended.
    pub(crate) fn is_inside(&self) -> bool {
        !self.pieces.is_empty() || !self.line.is_empty() || !matches!(self.mode, Mode::Line)
    }

    /// Takes octets up to the end of one frame; returns how many were taken and the frame if it is whole.
    pub(crate) fn push(&mut self, input: &[u8]) -> Result<(usize, Option<Frame>)> {
        let mut taken = 0;
        while let Some(rest) = input.get(taken..).filter(|rest| !rest.is_empty()) {
            if !matches!(self.mode, Mode::Line) {
                taken += self.push_literal(rest)?;
                continue;
            }
            let end = rest.iter().position(|byte| *byte == b'\n');
            let part = rest.get(..end.map_or(rest.len(), |at| at + 1)).unwrap_or(rest);
            taken += part.len();
            self.grow(part.len())?;
            self.line.extend_from_slice(part);
            if self.line.len() > MAX_TEXT {
                let is_list = self.pieces.is_empty() && lists_uids(&self.line);
                let limit = if is_list { MAX_LINE } else { MAX_TEXT };
                if self.line.len() > limit {
                    return Err(Error::Limit { what: "line", limit: limit as u64 });
                }
            }
            if end.is_some()
                && let Some(frame) = self.end_line()?
            {
                return Ok((taken, Some(frame)));
            }
        }
        Ok((taken, None))
    }

    fn grow(&mut self, octets: usize) -> Result<()> {
        self.memory = self.memory.saturating_add(octets);
        if self.memory > MAX_FRAME_MEMORY {
            return Err(Error::Limit { what: "response", limit: MAX_FRAME_MEMORY as u64 });
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Frame>> {
        let mut line = std::mem::take(&mut self.line);
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let is_first = self.pieces.is_empty();
        if let Some((start, len)) = announced(&line)?
            && !(is_first && is_status(&line))
        {
            self.grow(PIECE_COST)?;
            line.truncate(start);
            self.pieces.push(Piece::Text(line));
            self.begin_literal(len)?;
            return Ok(None);
        }
        if is_first && line.is_empty() {
            self.memory = 0;
            self.empty += 1;
            if self.empty > MAX_EMPTY_LINES {
                let limit = MAX_EMPTY_LINES as u64;
                return Err(Error::Limit { what: "number of empty lines", limit });
            }
            return Ok(None);
        }
        self.pieces.push(Piece::Text(line));
        (self.memory, self.spooled, self.empty) = (0, 0, 0);
        Ok(Some(Frame { pieces: std::mem::take(&mut self.pieces) }))
    }

    fn begin_literal(&mut self, len: u64) -> Result<()> {
        if len > MAX_LITERAL || self.spooled.saturating_add(len) > MAX_LITERAL {
            return Err(Error::Limit { what: "literal", limit: MAX_LITERAL });
        }
        if len == 0 {
            self.pieces.push(Piece::Literal(Literal::Memory(Vec::new())));
        } else if len > SPOOL_ABOVE {
            self.spooled += len;
            let file = match &self.spool_dir {
                Some(folder) => tempfile::tempfile_in(folder),
                None => tempfile::tempfile(),
            };
            let file = file.map_err(|error| Error::Local(error.to_string()))?;
            self.mode = Mode::Spool { left: len, len, file };
        } else {
            self.mode = Mode::Memory { left: len, bytes: Vec::new() };
        }
        Ok(())
    }

    /// Takes octets of the current literal. Writing goes to the page cache, in pieces of one network read.
    fn push_literal(&mut self, input: &[u8]) -> Result<usize> {
        let mut grown = 0;
        let taken = match &mut self.mode {
            Mode::Line => 0,
            Mode::Memory { left, bytes } => {
                let part = head(input, *left);
                bytes.extend_from_slice(part);
                *left -= part.len() as u64;
                grown = part.len();
                part.len()
            }
            Mode::Spool { left, file, .. } => {
                let part = head(input, *left);
                file.write_all(part).map_err(|error| Error::Local(error.to_string()))?;
                *left -= part.len() as u64;
                part.len()
            }
        };
        self.grow(grown)?;
        if let Mode::Memory { left: 0, .. } | Mode::Spool { left: 0, .. } = self.mode {
            let literal = match std::mem::replace(&mut self.mode, Mode::Line) {
                Mode::Memory { bytes, .. } => Literal::Memory(bytes),
                Mode::Spool { len, file, .. } => Literal::Spooled(Spooled { file, len }),
                Mode::Line => Literal::Memory(Vec::new()),
            };
            self.pieces.push(Piece::Literal(literal));
        }
        Ok(taken)
    }
}

fn head(input: &[u8], left: u64) -> &[u8] {
    let len = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
    input.get(..len).unwrap_or(input)
}

/// Returns where `{n}`, `{n+}` or `~{n}` begins at the end of a line, and `n`.
fn announced(line: &[u8]) -> Result<Option<(usize, u64)>> {
    let Some(inner) = line.strip_suffix(b"}") else { return Ok(None) };
    let Some(brace) = inner.iter().rposition(|byte| *byte == b'{') else { return Ok(None) };
    let digits = inner.get(brace + 1..).unwrap_or_default();
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let len = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    let len = len.ok_or(Error::Limit { what: "literal", limit: MAX_LITERAL })?;
    let start = if inner.get(..brace).is_some_and(|before| before.ends_with(b"~")) {
        brace - 1
    } else {
        brace
    };
    Ok(Some((start, len)))
}

/// Tells whether a line may be long because it lists uids.
fn lists_uids(line: &[u8]) -> bool {
    let names: &[&[u8]] = &[b"* SEARCH ", b"* ESEARCH ", b"* VANISHED "];
    names
        .iter()
        .any(|name| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

/// Tells whether a line is a continuation, a tagged status or an untagged status.
fn is_status(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (tag, word) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let names: &[&[u8]] = &[b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];
    tag == b"+" || names.iter().any(|name| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
