//! Seven-bit charsets that shift into Chinese (HZ, RFC 1843) and Korean (ISO-2022-KR, RFC 1557), which browsers dropped.

use encoding_rs::{EUC_KR, GB18030};

/// Decodes HZ-GB-2312.
pub(super) fn hz(bytes: &[u8]) -> String {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        match (byte, bytes.get(at).copied()) {
            (b'~', Some(b'{')) if !is_shifted => (is_shifted, at) = (true, at + 1),
            (b'~', Some(b'}')) if is_shifted => (is_shifted, at) = (false, at + 1),
            (b'~', Some(b'~')) if !is_shifted => {
                plain.push(b'~');
                at += 1;
            }
            (b'~', Some(b'\n')) => at += 1,
            // A line ends the shift, even where the sender forgot to.
            (b'\n', _) => {
                is_shifted = false;
                plain.push(byte);
            }
            (0x21..=0x7E, Some(second @ 0x21..=0x7E)) if is_shifted => {
                plain.extend([byte | 0x80, second | 0x80]);
                at += 1;
            }
            _ => plain.push(byte),
        }
    }
    GB18030.decode_without_bom_handling(&plain).0.into_owned()
}

/// Decodes ISO-2022-KR.
pub(super) fn iso_2022_kr(bytes: &[u8]) -> String {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            0x1B => rest = tail.strip_prefix(b"$)C").unwrap_or(tail),
            0x0E => is_shifted = true,
            0x0F => is_shifted = false,
            b'\n' => {
                is_shifted = false;
                plain.push(b'\n');
            }
            0x21..=0x7E if is_shifted => plain.push(byte | 0x80),
            _ => plain.push(*byte),
        }
    }
    EUC_KR.decode_without_bom_handling(&plain).0.into_owned()
}
