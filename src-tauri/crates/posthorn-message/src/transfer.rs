//! Content-Transfer-Encoding (RFC 2045 section 6), read leniently: what is damaged is skipped, what is there is kept.
//!
//! mail-parser's decoders give up on the first damaged byte, so they are tried first (they are fast) and these second.

mod stream;

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

pub use stream::TransferReader;

/// Decodes a body by the value of its `Content-Transfer-Encoding`; an unknown one leaves it as it is.
pub fn decode<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => Cow::Owned(base64(bytes)),
        "quoted-printable" => {
            Cow::Owned(quoted_printable_decode(bytes).unwrap_or_else(|| quoted_printable(bytes)))
        }
        _ => Cow::Borrowed(bytes),
    }
}

/// Returns how many bytes [`decode`] will give, without decoding: exact for base64, the encoded size for the rest.
pub fn decoded_len(bytes: &[u8], encoding: &str) -> usize {
    if !encoding.trim().eq_ignore_ascii_case("base64") {
        return bytes.len();
    }
    let letters = base64_letters(bytes);
    letters / 4 * 3 + (letters % 4).saturating_sub(1)
}

/// Counts the letters of base64.
pub(crate) fn base64_letters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| sextet(**byte).is_some()).count()
}

/// Decodes base64 and skips what is not base64.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    if let Some(decoded) = base64_decode(bytes)
        && decoded.len() == decoded_len(bytes, "base64")
    {
        return decoded;
    }
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        if *byte == b'=' {
            // Padding in the middle: two encoded pieces were put together.
            finish_group(&mut decoded, bits, count);
            (bits, count) = (0, 0);
        } else if let Some(value) = sextet(*byte) {
            bits = (bits << 6) | value;
            count += 1;
            if count == 4 {
                decoded.extend(bits.to_be_bytes().into_iter().skip(1));
                (bits, count) = (0, 0);
            }
        }
    }
    finish_group(&mut decoded, bits, count);
    decoded
}

/// Writes the one or two bytes of an incomplete group of four letters.
fn finish_group(decoded: &mut Vec<u8>, bits: u32, count: usize) {
    match count {
        2 => decoded.push((bits >> 4) as u8),
        3 => decoded.extend([(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => {}
    }
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Reads two hexadecimal digits.
pub(crate) fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    Some((digit(0)? << 4 | digit(1)?) as u8)
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'=' {
            decoded.push(*byte);
        } else if let Some(value) = hex_pair(tail) {
            decoded.push(value);
            rest = tail.get(2..).unwrap_or_default();
        } else if let Some(after) = soft_break(tail) {
            rest = after;
        } else {
            decoded.push(b'=');
        }
    }
    decoded
}

/// Skips white space up to and including the end of the line, if that is all there is.
fn soft_break(bytes: &[u8]) -> Option<&[u8]> {
    let end =
        bytes.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).unwrap_or(bytes.len());
    match bytes.get(end) {
        Some(b'\n') => bytes.get(end + 1..),
        None => Some(&[]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bodies_keep_what_is_there() {
        for (encoded, encoding, expected) in [
            ("aGVs\r\nbG8=", "base64", "hello"),
            ("aGVsbG8", "BASE64", "hello"),
            ("aGV*sb!G8=", "base64", "hello"),
            ("aGk=aGk=", "base64", "hihi"),
            ("a=3Db=\r\nc", "quoted-printable", "a=bc"),
            ("a=ZZ=3D", "quoted-printable", "a=ZZ="),
            ("x=", "quoted-printable", "x"),
            ("as is =3D", "7bit", "as is =3D"),
            ("as is", "x-uuencode", "as is"),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&decode(encoded.as_bytes(), encoding)),
                expected,
                "{encoded}"
            );
        }
    }

    #[test]
    fn the_size_is_known_before_decoding() {
        for length in 0..50 {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(vec![7; length]);
            assert_eq!(decoded_len(encoded.as_bytes(), "base64"), length);
            assert_eq!(decode(encoded.as_bytes(), "base64").len(), length);
        }
    }
}
