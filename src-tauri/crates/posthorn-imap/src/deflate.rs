//! The two streams of COMPRESS=DEFLATE (RFC 4978): raw deflate in each direction, flushed after each command.
//!
//! Invariant: one call gives at most [`INFLATED_AT_ONCE`] octets, so that whatever was packed is framed, and meets the
//! limits of lines, literals and answers, before more of it is unpacked.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::limit::INFLATED_AT_ONCE;
use crate::{Error, Result};

/// Both directions of a compressed connection.
pub(crate) struct Deflate {
    inflate: Decompress,
    deflate: Compress,
    /// The last call filled its room: there may be more without further input.
    is_full: bool,
}

impl Deflate {
    pub(crate) fn new() -> Self {
        Self {
            inflate: Decompress::new(false),
            deflate: Compress::new(Compression::fast(), false),
            is_full: false,
        }
    }

    /// Tells whether [`Self::unpack`] may give more without input.
    pub(crate) fn has_more(&self) -> bool {
        self.is_full
    }

    /// Unpacks what it can into `output`, which is replaced; returns how much of the input was used.
    pub(crate) fn unpack(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<usize> {
        output.resize(INFLATED_AT_ONCE, 0);
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, output, FlushDecompress::None);
        let status = status.map_err(|_| Error::Protocol("the compression is broken".to_owned()))?;
        let used = (self.inflate.total_in() - before_in) as usize;
        let given = (self.inflate.total_out() - before_out) as usize;
        output.truncate(given);
        self.is_full = given == INFLATED_AT_ONCE;
        if status == Status::StreamEnd {
            return Err(Error::Lost("the server ended the compression".to_owned()));
        }
        if used == 0 && given == 0 && !input.is_empty() {
            return Err(Error::Protocol("the compression does not go on".to_owned()));
        }
        Ok(used)
    }

    /// Packs all of this so that the other side can read it at once.
    pub(crate) fn pack(&mut self, input: &[u8]) -> Result<Vec<u8>> {
        let mut packed = Vec::with_capacity(input.len() / 2 + 64);
        let mut rest = input;
        loop {
            let before = self.deflate.total_in();
            let status = self.deflate.compress_vec(rest, &mut packed, FlushCompress::Sync);
            status.map_err(|error| Error::Local(error.to_string()))?;
            let used = (self.deflate.total_in() - before) as usize;
            rest = rest.get(used..).unwrap_or_default();
            // Room that is left over means that the flush came to its end.
            if rest.is_empty() && packed.len() < packed.capacity() {
                return Ok(packed);
            }
            packed.reserve(packed.capacity().max(64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Deflate;
    use crate::limit::INFLATED_AT_ONCE;

    fn unpacked(other: &mut Deflate, packed: &[u8], step: usize) -> Vec<u8> {
        let (mut all, mut output) = (Vec::new(), Vec::new());
        for part in packed.chunks(step) {
            let mut at = 0;
            while at < part.len() || other.has_more() {
                at += other.unpack(part.get(at..).unwrap(), &mut output).unwrap();
                assert!(output.len() <= INFLATED_AT_ONCE, "memory is bounded");
                all.extend_from_slice(&output);
            }
        }
        all
    }

    proptest::proptest! {
        #[test]
        fn what_is_packed_comes_back(parts in proptest::collection::vec(proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), 1..6), step in 1_usize..50) {
            let (mut one, mut other) = (Deflate::new(), Deflate::new());
            for part in parts {
                let packed = one.pack(&part).unwrap();
                proptest::prop_assert_eq!(unpacked(&mut other, &packed, step), part);
            }
        }

        #[test]
        fn no_bytes_make_it_panic_or_hang(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let (mut codec, mut output, mut at) = (Deflate::new(), Vec::new(), 0);
            while at < bytes.len() {
                match codec.unpack(bytes.get(at..).unwrap(), &mut output) {
                    Ok(used) => at += used,
                    Err(_) => break,
                }
            }
        }
    }

    #[test]
    fn a_bomb_comes_in_small_pieces() {
        let (mut one, mut other) = (Deflate::new(), Deflate::new());
        let packed = one.pack(&vec![b'A'; 40 << 20]).unwrap();
        // A bomb it is, whatever implementation packs it.
        assert!(packed.len() < (40 << 20) / 64, "{}", packed.len());
        assert_eq!(unpacked(&mut other, &packed, 4_096).len(), 40 << 20);
    }
}
