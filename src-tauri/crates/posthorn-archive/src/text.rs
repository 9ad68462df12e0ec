//! Line ends: files of one message, and of many, have LF where the wire has CRLF.
//!
//! A message whose first line ends in LF gets CRLF throughout, as every server would do to it. Any other one passes as it
//! is.

use std::io::{self, BufRead as _, BufReader, Read, Write};

/// Bytes that are looked at together.
const PIECE: usize = 64 * 1024;

/// Passes the only message of a file on.
pub fn message(source: impl Read, sink: &mut dyn Write) -> io::Result<()> {
    let mut source = BufReader::with_capacity(PIECE, source);
    let mut piece = Vec::new();
    source.by_ref().take(PIECE as u64).read_until(b'\n', &mut piece)?;
    let mut text = Text::new(sink, piece.ends_with(b"\n") && !piece.ends_with(b"\r\n"), None);
    while !piece.is_empty() {
        text.write(&piece)?;
        piece.clear();
        source.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
    }
    Ok(())
}

/// A message on its way into the sink, with the line ends that it has on the wire.
pub(crate) struct Text<'a> {
    sink: &'a mut dyn Write,
    /// LF becomes CRLF.
    has_unix_lines: bool,
    /// No byte beyond this one.
    limit: Option<u64>,
    last: u8,
    pub(crate) count: u64,
}

impl<'a> Text<'a> {
    pub(crate) fn new(sink: &'a mut dyn Write, has_unix_lines: bool, limit: Option<u64>) -> Self {
        Self { sink, has_unix_lines, limit, last: 0, count: 0 }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.has_unix_lines {
            return self.put(bytes);
        }
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(rest) if !(rest.ends_with(b"\r") || rest.is_empty() && self.last == b'\r') => {
                    self.put(rest)?;
                    self.put(b"\r\n")?;
                }
                _ => self.put(line)?,
            }
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.count));
        let count = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        let bytes = bytes.get(..count).unwrap_or_default();
        self.sink.write_all(bytes)?;
        self.count += bytes.len() as u64;
        self.last = bytes.last().copied().unwrap_or(self.last);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn unix_lines_become_those_of_the_wire_and_all_else_stays() {
        let table: [(&[u8], &[u8]); 6] = [
            (b"A: 1\n\nx\r\ny\n", b"A: 1\r\n\r\nx\r\ny\r\n"),
            (b"A: 1\r\n\r\nx\ny\r", b"A: 1\r\n\r\nx\ny\r"),
            (b"\n", b"\r\n"),
            (b"no line end", b"no line end"),
            (b"", b""),
            (b"\x00\xff\r\n\n", b"\x00\xff\r\n\n"),
        ];
        for (file, expected) in table {
            let mut bytes = Vec::new();
            message(file, &mut bytes).unwrap();
            assert_eq!(bytes, expected);
        }
    }
}
