//! `Content-Type` and `Content-Disposition` (RFC 2045 section 5, RFC 2183) with the parameter forms of RFC 2231.
//!
//! Segments are joined as bytes and decoded once, because a letter may be split over two of them.

use crate::charset;
use crate::encoded_word::{decode_header, printable};
use crate::transfer;

/// Parameters of one field that are read.
const MAX_PARAMETERS: usize = 64;

/// A value with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameterized {
    /// The value before the first semicolon, in lower case (`text/plain`, `attachment`). Empty when missing.
    pub value: String,
    /// Raw parameters in order: name in lower case (with RFC 2231 stars), value without quotes.
    parameters: Vec<(String, Vec<u8>)>,
}

impl Parameterized {
    /// Reads the raw value of a field.
    pub fn parse(raw: &[u8]) -> Self {
        let mut pieces = split_quoted(raw).into_iter();
        let value =
            String::from_utf8_lossy(pieces.next().unwrap_or_default()).trim().to_ascii_lowercase();
        // `text/html charset=utf-8` without the semicolon is common enough.
        let value = value.split_whitespace().next().unwrap_or_default().to_owned();
        let parameters = pieces.take(MAX_PARAMETERS).filter_map(parameter).collect();
        Self { value, parameters }
    }

    /// Builds from a value and parameters that were parsed elsewhere (an IMAP body structure).
    pub fn from_pairs<N: AsRef<str>, V: AsRef<[u8]>>(
        value: &str,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let parameters = pairs
            .into_iter()
            .take(MAX_PARAMETERS)
            .map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.as_ref().to_vec()))
            .collect();
        Self { value: value.trim().to_ascii_lowercase(), parameters }
    }

    /// Returns a parameter as text; `hint` is the charset of the message. `None` when it is missing.
    pub fn parameter(&self, name: &str, hint: Option<&str>) -> Option<String> {
        if let Some(text) = self.extended(name, hint) {
            return Some(text);
        }
        self.raw(name).map(|raw| decode_header(raw, hint))
    }

    /// Returns a plain parameter as it stands, for charsets and boundaries.
    pub(crate) fn raw(&self, name: &str) -> Option<&[u8]> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// Joins `name*`, `name*0`, `name*0*`, `name*1*` … (RFC 2231 sections 3 and 4).
    fn extended(&self, name: &str, hint: Option<&str>) -> Option<String> {
        let mut segments: Vec<(usize, bool, &[u8])> = Vec::new();
        for (known, value) in &self.parameters {
            let Some(rest) = known.strip_prefix(name).and_then(|rest| rest.strip_prefix('*'))
            else {
                continue;
            };
            let (number, is_encoded) = match rest.strip_suffix('*') {
                Some(number) => (number, true),
                None => (rest, rest.is_empty()),
            };
            let order = if number.is_empty() { 0 } else { number.parse().ok()? };
            segments.push((order, is_encoded, value.as_slice()));
        }
        segments.sort_by_key(|(order, ..)| *order);
        let mut charset = None;
        let mut bytes = Vec::new();
        for (index, (_, is_encoded, value)) in segments.iter().enumerate() {
            let mut value = *value;
            if *is_encoded && index == 0 {
                let mut fields = value.splitn(3, |byte| *byte == b'\'');
                if let (Some(label), Some(_), Some(text)) =
                    (fields.next(), fields.next(), fields.next())
                {
                    charset = Some(String::from_utf8_lossy(label).into_owned());
                    value = text;
                }
            }
            if *is_encoded { percent(value, &mut bytes) } else { bytes.extend_from_slice(value) }
        }
        if segments.is_empty() {
            return None;
        }
        if charset.is_none() {
            // Segments of an encoded word: some programs cut the word and number the pieces.
            return Some(decode_header(&bytes, hint));
        }
        Some(printable(&charset::decode(&bytes, charset.as_deref(), hint).text))
    }
}

fn percent(value: &[u8], bytes: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, transfer::hex_pair(tail)) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => bytes.push(*byte),
        }
    }
}

/// Splits at semicolons outside quotes.
fn split_quoted(raw: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, byte) in raw.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b';' if !is_quoted => {
                pieces.push(raw.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(raw.get(start..).unwrap_or_default());
    pieces
}

fn parameter(piece: &[u8]) -> Option<(String, Vec<u8>)> {
    let equals = piece.iter().position(|byte| *byte == b'=')?;
    let (name, value) = piece.split_at_checked(equals)?;
    let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
    let value = value.get(1..)?.trim_ascii();
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => unquote(quoted),
        None => value.to_vec(),
    };
    (!name.is_empty()).then_some((name, value))
}

fn unquote(quoted: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => match bytes.next() {
                // `C:\path` written without escaping keeps its backslash.
                Some(next @ (b'"' | b'\\')) => value.push(*next),
                Some(next) => value.extend([b'\\', *next]),
                None => {}
            },
            b'\r' | b'\n' => {}
            _ => value.push(*byte),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_read_in_every_form() {
        for (raw, expected) in [
            ("attachment; filename=a.txt", "a.txt"),
            ("attachment; filename=\"a b.txt\"", "a b.txt"),
            ("attachment; filename=\"a\\\"b;c.txt\"", "a\"b;c.txt"),
            ("attachment; filename*=UTF-8''%E4%BD%A0%E5%A5%BD.txt", "你好.txt"),
            ("attachment; filename=x.txt; filename*=utf-8'zh'%E4%BD%A0.txt", "你.txt"),
            ("attachment; filename*0*=utf-8''%E4%BD; filename*1*=%A0.txt", "你.txt"),
            ("attachment; filename*1=b.txt; filename*0=a", "ab.txt"),
            ("attachment; filename*0*=gbk''%C4%E3; filename*1=\".txt\"", "你.txt"),
            ("attachment; filename=\"=?utf-8?B?5L2g5aW9?=.txt\"", "你好.txt"),
            ("attachment; filename==?utf-8?B?5L2g5aW9?=", "你好"),
            ("attachment;\r\n filename=\"folded\r\n name.txt\"", "folded name.txt"),
        ] {
            let field = Parameterized::parse(raw.as_bytes());
            assert_eq!(field.value, "attachment");
            assert_eq!(field.parameter("filename", None).as_deref(), Some(expected), "{raw}");
        }
        assert_eq!(Parameterized::parse(b"attachment").parameter("filename", None), None);
        assert_eq!(Parameterized::parse(b"text/html charset=x").value, "text/html");
    }

    #[test]
    fn raw_chinese_names_are_read() {
        let raw = encoding_rs::GBK.encode("attachment; filename=\"合同文本.doc\"").0.into_owned();
        assert_eq!(
            Parameterized::parse(&raw).parameter("filename", None).as_deref(),
            Some("合同文本.doc")
        );
    }
}
