//! A stream of bytes as lines, in bounded memory: a line longer than any in mail comes in pieces.

/// Longest line that comes in one piece: delimiters and header lines are far shorter.
const MAX_LINE: usize = 64 * 1024;

/// The line that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    /// The beginning of the line was handed on already.
    is_inside: bool,
}

impl Lines {
    /// Hands on each line with its end, and tells whether it is the beginning of one.
    pub(super) fn push(&mut self, bytes: &[u8], mut take: impl FnMut(&[u8], bool)) {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, behind) = rest.split_at(end + 1);
            rest = behind;
            if self.begun.is_empty() {
                take(line, !self.is_inside);
            } else {
                self.begun.extend_from_slice(line);
                take(&self.begun, !self.is_inside);
                self.begun.clear();
            }
            self.is_inside = false;
        }
        self.begun.extend_from_slice(rest);
        if self.begun.len() > MAX_LINE {
            take(&self.begun, !self.is_inside);
            self.begun.clear();
            self.is_inside = true;
        }
    }

    /// Hands on what came without a line end.
    pub(super) fn finish(&mut self, mut take: impl FnMut(&[u8], bool)) {
        if !self.begun.is_empty() {
            take(&self.begun, !self.is_inside);
            self.begun.clear();
        }
    }
}
