//! Writing: mboxrd with LF, and one field before each message that tells how to get its very bytes back.
//!
//! A message whose lines all end in CRLF, the last one too, is written with LF. Any other one keeps its bytes, and the
//! field says `exact`.

use std::io::{self, BufRead as _, BufReader, Read, Write};

use posthorn_model::{Flags, Timestamp};

use super::field::written;
use super::line::PIECE;
use super::{MARK, MAX_QUOTES};
use crate::date;

/// What must be known of a message before its first byte is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Octets.
    pub size: u64,
    /// Every line ends in CRLF, the last one too, and there is no other CR or LF.
    pub has_wire_lines: bool,
}

impl Shape {
    /// Looks through a message.
    pub fn of(mut source: impl Read) -> io::Result<Self> {
        let mut shape = Self { size: 0, has_wire_lines: true };
        let (mut buffer, mut last) = (vec![0_u8; PIECE], 0_u8);
        loop {
            let count = source.read(&mut buffer)?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            for byte in piece {
                shape.has_wire_lines &= (last == b'\r') == (*byte == b'\n');
                last = *byte;
            }
            shape.size += count as u64;
        }
        shape.has_wire_lines &= last == b'\n';
        Ok(shape)
    }
}

/// Writes an mbox.
#[derive(Debug)]
pub struct Writer<W> {
    sink: W,
    written: u64,
}

impl<W: Write> Writer<W> {
    /// Goes on behind what was written before.
    pub fn new(sink: W) -> Self {
        Self { sink, written: 0 }
    }

    /// Returns how many bytes went out.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Returns the sink.
    pub fn into_inner(self) -> W {
        self.sink
    }

    /// Writes one message. `sender` is for the "From " line alone; what cannot stand there is left out.
    pub fn message(
        &mut self,
        sender: &str,
        received: Timestamp,
        flags: &Flags,
        shape: Shape,
        source: impl Read,
    ) -> io::Result<()> {
        let is_plain = |letter: &char| letter.is_ascii_graphic();
        let sender: String = sender.chars().filter(is_plain).take(200).collect();
        let sender = if sender.is_empty() { "MAILER-DAEMON" } else { sender.as_str() };
        let fields = written(flags);
        let (count, size) = (fields.len(), shape.size);
        let exact = if shape.has_wire_lines { "" } else { " exact" };
        let mut begin = format!(
            "From {sender} {}\n{MARK}: fields={count} size={size}{exact}\n",
            date::asctime(received)
        );
        for field in fields {
            begin.push_str(&field);
            begin.push('\n');
        }
        self.put(begin.as_bytes())?;
        self.text(shape, source)
    }

    fn text(&mut self, shape: Shape, source: impl Read) -> io::Result<()> {
        let mut source = BufReader::with_capacity(PIECE, source);
        let (mut piece, mut is_start) = (Vec::new(), true);
        loop {
            piece.clear();
            source.by_ref().take(PIECE as u64 - 1).read_until(b'\n', &mut piece)?;
            if piece.is_empty() {
                break;
            }
            if is_start && is_from(&piece) {
                self.put(b">")?;
            }
            is_start = piece.ends_with(b"\n");
            match piece.strip_suffix(b"\r\n").filter(|_| shape.has_wire_lines) {
                Some(line) => {
                    self.put(line)?;
                    self.put(b"\n")?;
                }
                None if shape.has_wire_lines && piece.ends_with(b"\r") => {
                    // The LF comes with the next piece, and takes the CR's place.
                    self.put(piece.strip_suffix(b"\r").unwrap_or(&piece))?;
                }
                None => self.put(&piece)?,
            }
        }
        if !is_start {
            self.put(b"\n")?;
        }
        self.put(b"\n")
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }
}

/// Tells whether a line is `>`s and "From ".
fn is_from(line: &[u8]) -> bool {
    let behind = line.iter().position(|byte| *byte != b'>').unwrap_or(line.len());
    behind <= MAX_QUOTES && line.get(behind..).is_some_and(|rest| rest.starts_with(b"From "))
}
