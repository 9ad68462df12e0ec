//! The message on its way: dot-stuffing in chunks, and nothing that could end it early.
//!
//! A bare CR or LF is refused instead of repaired: the bytes are fixed once for ever, and a server that ends a line
//! where we do not would take what follows for commands (SMTP smuggling).

/// The state between two chunks.
#[derive(Clone, Debug)]
pub(crate) struct Stuffer {
    at_line_start: bool,
    after_cr: bool,
    offset: u64,
}

/// Where a CR or LF stands alone, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bare(pub(crate) u64);

impl Default for Stuffer {
    fn default() -> Self {
        Self { at_line_start: true, after_cr: false, offset: 0 }
    }
}

impl Stuffer {
    /// Appends `input` to `output` with every leading dot doubled (RFC 5321 section 4.5.2).
    pub(crate) fn push(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), Bare> {
        for &byte in input {
            if (byte == b'\n') != self.after_cr {
                return Err(Bare(if self.after_cr {
                    self.offset.saturating_sub(1)
                } else {
                    self.offset
                }));
            }
            if self.at_line_start && byte == b'.' {
                output.push(b'.');
            }
            output.push(byte);
            self.at_line_start = byte == b'\n';
            self.after_cr = byte == b'\r';
            self.offset += 1;
        }
        Ok(())
    }

    /// Returns what must come before the dot, and how many bytes there were.
    pub(crate) fn finish(&self) -> Result<(&'static [u8], u64), Bare> {
        match (self.after_cr, self.at_line_start) {
            (true, _) => Err(Bare(self.offset.saturating_sub(1))),
            (false, true) => Ok((b"", self.offset)),
            (false, false) => Ok((b"\r\n", self.offset)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Bare, Stuffer};

    type Expected<'a> = Result<&'a [u8], u64>;

    fn stuff(input: &[u8], size: usize) -> Result<Vec<u8>, Bare> {
        let (mut stuffer, mut output) = (Stuffer::default(), Vec::new());
        for chunk in input.chunks(size) {
            stuffer.push(chunk, &mut output)?;
        }
        output.extend_from_slice(stuffer.finish()?.0);
        Ok(output)
    }

    #[test]
    fn dots_are_doubled_and_bare_ends_are_refused() {
        let cases: [(&[u8], Expected<'_>); 9] = [
            (b"", Ok(b"")),
            (b".", Ok(b"..\r\n")),
            (b"a\r\n.\r\nb", Ok(b"a\r\n..\r\nb\r\n")),
            (b"a.b\r\n", Ok(b"a.b\r\n")),
            (b"..\r\n", Ok(b"...\r\n")),
            (b"a\n.\nb", Err(1)),
            (b"a\r.\rb", Err(1)),
            (b"a\r\r\nb", Err(1)),
            (b"a\r", Err(1)),
        ];
        for (input, expected) in cases {
            for size in [1, 2, 50] {
                let seen = stuff(input, size);
                assert_eq!(seen.as_deref().map_err(|bare| bare.0), expected, "{input:?} in {size}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_message_can_end_itself(input in prop::collection::vec(prop::sample::select(b".\r\na".to_vec()), 0..40), size in 1_usize..7) {
            if let Ok(output) = stuff(&input, size) {
                let framed = [b"\r\n", output.as_slice()].concat();
                prop_assert!(!framed.windows(5).any(|window| window == b"\r\n.\r\n"));
                prop_assert!(output.is_empty() || output.ends_with(b"\r\n"));
                prop_assert!(!output.windows(2).any(|pair| (pair[1] == b'\n') != (pair[0] == b'\r')));
            }
        }
    }
}
