//! Undoing a Content-Transfer-Encoding of bytes that are too many for memory.
//!
//! Invariant: it gives the same bytes as [`decode`], whatever the pieces in which they are read.

use std::io::Read;

use super::{decode, finish_group, sextet};

/// Bytes that are decoded together.
const BLOCK: usize = 64 * 1024;

enum Encoding {
    Base64 {
        bits: u32,
        count: usize,
    },
    /// Decoded line by line, because soft breaks and white space look to the end of the line.
    QuotedPrintable,
    None,
}

/// Reads what a reader gives without its transfer encoding.
pub struct TransferReader<R> {
    source: R,
    encoding: Encoding,
    /// Read and not decoded.
    raw: Vec<u8>,
    decoded: Vec<u8>,
    /// Bytes of `decoded` that were given.
    given: usize,
    is_over: bool,
}

impl<R: Read> TransferReader<R> {
    /// Begins with the value of the header field; an unknown encoding leaves the bytes as they are.
    pub fn new(source: R, encoding: &str) -> Self {
        let encoding = match encoding.trim().to_ascii_lowercase().as_str() {
            "base64" => Encoding::Base64 { bits: 0, count: 0 },
            "quoted-printable" => Encoding::QuotedPrintable,
            _ => Encoding::None,
        };
        Self { source, encoding, raw: Vec::new(), decoded: Vec::new(), given: 0, is_over: false }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.decoded.clear();
        self.given = 0;
        let read = self.source.by_ref().take(BLOCK as u64).read_to_end(&mut self.raw)?;
        self.is_over = read == 0;
        match &mut self.encoding {
            Encoding::None => self.decoded.append(&mut self.raw),
            Encoding::QuotedPrintable => {
                let end = if self.is_over { self.raw.len() } else { whole_lines(&self.raw) };
                let rest = self.raw.split_off(end);
                self.decoded.extend_from_slice(&decode(&self.raw, "quoted-printable"));
                self.raw = rest;
            }
            Encoding::Base64 { bits, count } => {
                for byte in self.raw.drain(..) {
                    if byte == b'=' {
                        finish_group(&mut self.decoded, *bits, *count);
                        (*bits, *count) = (0, 0);
                    } else if let Some(value) = sextet(byte) {
                        *bits = (*bits << 6) | value;
                        *count += 1;
                        if *count == 4 {
                            self.decoded.extend(bits.to_be_bytes().into_iter().skip(1));
                            (*bits, *count) = (0, 0);
                        }
                    }
                }
                if self.is_over {
                    finish_group(&mut self.decoded, *bits, *count);
                    *count = 0;
                }
            }
        }
        Ok(())
    }
}

/// Returns where the last whole line ends; in a line without an end, a place that cuts no `=XX` in two.
fn whole_lines(bytes: &[u8]) -> usize {
    match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => at + 1,
        None if bytes.len() < BLOCK => 0,
        None => {
            let tail = bytes.len().saturating_sub(3);
            let mark = bytes.get(tail..).and_then(|tail| tail.iter().position(|b| *b == b'='));
            mark.map_or(bytes.len(), |at| tail + at)
        }
    }
}

impl<R: Read> Read for TransferReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given >= self.decoded.len() {
            if self.is_over {
                return Ok(0);
            }
            self.fill()?;
        }
        let left = self.decoded.get(self.given..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        if let (Some(from), Some(to)) = (left.get(..count), buffer.get_mut(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::TransferReader;
    use crate::transfer::decode;

    /// Gives few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(self.1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_stream_is_decoded_like_a_whole() {
        let long =
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n"
                .repeat(3_000);
        let quoted =
            "gr=C3=BC=C3=9Fe, a soft =\r\nbreak, =3D and a line that ends\r\n".repeat(4_000);
        let table: [(&str, &[u8]); 8] = [
            ("base64", long.as_bytes()),
            ("BASE64", b"QUJD\r\nREU=\r\n"),
            ("base64", b"QQ==QkM=REVG"),
            ("base64", b"QUJ!DR*EVG"),
            ("quoted-printable", quoted.as_bytes()),
            ("quoted-printable", b"a=\r\nb=4"),
            ("binary", &[0, 159, 146, 150, 13, 10]),
            ("", b""),
        ];
        for (encoding, bytes) in table {
            for step in [1, 7, 1_000_000] {
                let mut out = Vec::new();
                let mut reader = TransferReader::new(Trickle(bytes, step), encoding);
                reader.read_to_end(&mut out).unwrap();
                assert_eq!(out, decode(bytes, encoding).as_ref(), "{encoding} by {step}");
            }
        }
    }
}
