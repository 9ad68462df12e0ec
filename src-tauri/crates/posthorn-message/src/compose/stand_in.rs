//! Files too large for memory: a short stand-in is composed in their place, and the file's own lines come there when the
//! message is written out.
//!
//! Invariant: what comes out is byte for byte what composing the file itself would have given.

use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use posthorn_model::MessageIdHeader;

use super::build::boundary_token;

/// Bytes that one line of base64 holds (RFC 2045 section 6.8).
const LINE: usize = 57;
/// Lines that are encoded at once.
const LINES: usize = 512;

/// Returns the bytes that stand for a file of this message until it is written out: one line of base64 that nothing else
/// of it has, since the id is random.
pub fn stand_in(id: &MessageIdHeader, file: u32) -> Vec<u8> {
    let mut bytes = format!("\0{file:08x} {}", boundary_token(&id.0)).into_bytes();
    bytes.truncate(LINE);
    bytes
}

/// Cuts a message where its stand-ins are: one more piece than there are stand-ins, in the order of the message, each
/// with the number of the stand-in behind it. Absent where a stand-in is not there exactly once.
pub fn cut(wire: &[u8], stand_ins: &[Vec<u8>]) -> Option<Vec<(Vec<u8>, Option<usize>)>> {
    let mut places = Vec::new();
    for (number, stand_in) in stand_ins.iter().enumerate() {
        let line = format!("\r\n{}\r\n", BASE64.encode(stand_in));
        let mut found = memchr::memmem::find_iter(wire, line.as_bytes());
        let at = found.next()?;
        if found.next().is_some() {
            return None;
        }
        // The line's end stays with what is before, its own goes with it.
        places.push((at + 2, at + line.len(), number));
    }
    places.sort_unstable();
    let mut pieces = Vec::with_capacity(places.len() + 1);
    let mut from = 0;
    for (start, end, number) in places {
        pieces.push((wire.get(from..start)?.to_vec(), Some(number)));
        from = end;
    }
    pieces.push((wire.get(from..)?.to_vec(), None));
    Some(pieces)
}

/// Returns how many bytes a file has as lines of base64.
pub fn encoded_len(size: u64) -> u64 {
    let (whole, rest) = (size / LINE as u64, size % LINE as u64);
    let last = if rest == 0 { 0 } else { rest.div_ceil(3) * 4 + 2 };
    whole * (LINE as u64 / 3 * 4 + 2) + last
}

/// Reads a file as lines of base64.
#[derive(Debug)]
pub struct Base64Lines<R> {
    source: R,
    raw: Vec<u8>,
    encoded: Vec<u8>,
    taken: usize,
    is_over: bool,
}

impl<R: Read> Base64Lines<R> {
    /// Returns what gives `source` in lines.
    pub fn new(source: R) -> Self {
        Self { source, raw: vec![0; LINE * LINES], encoded: Vec::new(), taken: 0, is_over: false }
    }

    /// Encodes the next lines. Only the last one is shorter than a line.
    fn refill(&mut self) -> io::Result<()> {
        let mut filled = 0;
        while let Some(room) = self.raw.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.source.read(room) {
                Ok(0) => {
                    self.is_over = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let mut lines = String::with_capacity(LINES * 78);
        for line in self.raw.get(..filled).unwrap_or_default().chunks(LINE) {
            BASE64.encode_string(line, &mut lines);
            lines.push_str("\r\n");
        }
        (self.encoded, self.taken) = (lines.into_bytes(), 0);
        Ok(())
    }
}

impl<R: Read> Read for Base64Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken >= self.encoded.len() {
            if self.is_over {
                return Ok(0);
            }
            self.refill()?;
        }
        let rest = self.encoded.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use posthorn_model::{Address, MessageIdHeader, Timestamp};

    use super::{Base64Lines, cut, encoded_len, stand_in};
    use crate::compose::{Draft, DraftFile, compose};

    fn draft() -> Draft {
        let id = MessageIdHeader("0123456789abcdef0123456789abcdef@posthorn.test".to_owned());
        let mut draft = Draft::new(Address::bare("a@b.example"), id, Timestamp(1_767_603_600_000));
        draft.to = vec![Address::bare("c@d.example")];
        draft.text = "Words\n".to_owned();
        draft.html = Some("<p>Words</p>".to_owned());
        draft
    }

    fn file(name: &str, bytes: Vec<u8>) -> DraftFile {
        DraftFile { name: name.to_owned(), content_type: "application/zip".to_owned(), bytes }
    }

    #[test]
    fn a_message_of_pieces_is_the_message_itself() {
        for sizes in [[0, 1], [56, 57], [58, 114], [57 * 512, 57 * 512 + 1], [100_000, 3]] {
            let contents =
                sizes.map(|size| (0..size).map(|at| (at * 7 % 251) as u8).collect::<Vec<_>>());
            let mut whole = draft();
            whole.files = contents.iter().map(|bytes| file("a.zip", bytes.clone())).collect();
            let expected = compose(&whole).unwrap().wire;
            let mut short = draft();
            let stand_ins = [0, 1].map(|at| stand_in(&short.message_id, at));
            short.files = stand_ins.iter().map(|bytes| file("a.zip", bytes.clone())).collect();
            let mut written = Vec::new();
            for (piece, number) in cut(&compose(&short).unwrap().wire, &stand_ins).unwrap() {
                written.extend(piece);
                let Some(number) = number else { continue };
                let before = written.len() as u64;
                Base64Lines::new(contents[number].as_slice()).read_to_end(&mut written).unwrap();
                let added = written.len() as u64 - before;
                assert_eq!(added, encoded_len(contents[number].len() as u64));
            }
            assert!(written == expected, "{sizes:?}");
        }
    }

    #[test]
    fn what_is_not_there_once_is_not_cut() {
        let wire = compose(&draft()).unwrap().wire;
        let mark = stand_in(&draft().message_id, 7);
        assert_eq!(cut(&wire, std::slice::from_ref(&mark)), None);
        let mut twice = draft();
        twice.files = vec![file("a", mark.clone()), file("b", mark.clone())];
        assert_eq!(cut(&compose(&twice).unwrap().wire, &[mark]), None);
        assert_eq!(cut(&wire, &[]).map(|pieces| pieces.len()), Some(1));
    }
}
