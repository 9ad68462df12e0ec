//! Takes the dot-stuffing off a multi-line answer as it streams by (RFC 1939 section 3).
//!
//! Only CRLF ends a line here: a bare LF belongs to the message, so `\n.\n` inside a mail ends nothing.

/// Where in a line the last byte was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Behind CRLF, or at the very beginning.
    #[default]
    LineStart,
    /// Behind the dot that opened a line; the dot is swallowed.
    Dot,
    /// Behind `.` CR; the CR is held back.
    DotCr,
    /// Inside a line.
    Text,
    /// Behind a CR that was passed on.
    Cr,
}

/// The state between two chunks.
#[derive(Clone, Debug, Default)]
pub struct Unstuffer {
    place: Place,
}

impl Unstuffer {
    /// Appends the message's bytes in `input` to `output`. Returns how many bytes of `input` were used when the
    /// terminating line was among them, `None` where more must come.
    pub fn push(&mut self, input: &[u8], output: &mut Vec<u8>) -> Option<usize> {
        let mut rest = input;
        while let Some((&byte, tail)) = rest.split_first() {
            if self.place == Place::Text && byte != b'\r' {
                let run = memchr::memchr(b'\r', rest).unwrap_or(rest.len());
                let (text, behind) = rest.split_at(run);
                output.extend_from_slice(text);
                rest = behind;
                continue;
            }
            rest = tail;
            if self.step(byte, output) {
                return Some(input.len() - rest.len());
            }
        }
        None
    }

    /// Takes one byte. Returns whether it ended the answer.
    fn step(&mut self, byte: u8, output: &mut Vec<u8>) -> bool {
        match (self.place, byte) {
            (Place::DotCr, b'\n') => return true,
            (Place::LineStart, b'.') => self.place = Place::Dot,
            (Place::Dot, b'\r') => self.place = Place::DotCr,
            (Place::Cr, b'\n') => {
                output.push(byte);
                self.place = Place::LineStart;
            }
            (place, _) => {
                if place == Place::DotCr {
                    output.push(b'\r');
                }
                output.push(byte);
                self.place = if byte == b'\r' { Place::Cr } else { Place::Text };
            }
        }
        false
    }
}
