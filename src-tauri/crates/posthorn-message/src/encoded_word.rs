//! Header text: encoded words (RFC 2047), raw 8-bit bytes, and both at once.
//!
//! Words that follow each other in one charset are joined as bytes and decoded once, because old programs split a
//! letter over two words. What comes out never contains a control character or a bidi override.

use crate::charset;
use crate::transfer;

/// Bytes of one header field that are read; longer fields exist only in attacks.
pub(crate) const MAX_FIELD_BYTES: usize = 64 * 1024;

/// Decodes the value of an unstructured header field, folded or not. `hint` is the charset of the message's text.
pub fn decode_header(raw: &[u8], hint: Option<&str>) -> String {
    let raw = raw.get(..MAX_FIELD_BYTES).unwrap_or(raw);
    if memchr::memmem::find(raw, b"=?").is_none() {
        return printable(&charset::text_of(raw, hint));
    }
    let mut text = String::with_capacity(raw.len());
    let mut pending: Option<Word> = None;
    let mut rest = raw;
    while !rest.is_empty() {
        let start = memchr::memmem::find(rest, b"=?").unwrap_or(rest.len());
        let (plain, tail) = rest.split_at_checked(start).unwrap_or((rest, &[]));
        let Some((word, after)) = parse_word(tail) else {
            // Not a word: `=?` is text, and so is what comes before it.
            let end = if tail.is_empty() { plain.len() } else { plain.len() + 2 };
            let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            flush(&mut text, &mut pending, hint);
            text.push_str(&charset::text_of(piece, hint));
            rest = after;
            continue;
        };
        let is_adjacent = plain.iter().all(u8::is_ascii_whitespace);
        match pending.as_mut() {
            Some(open) if is_adjacent && open.charset == word.charset => {
                open.bytes.extend(word.bytes);
            }
            _ => {
                let had_word = pending.is_some();
                flush(&mut text, &mut pending, hint);
                if !(had_word && is_adjacent) {
                    text.push_str(&charset::text_of(plain, hint));
                }
                pending = Some(word);
            }
        }
        rest = after;
    }
    flush(&mut text, &mut pending, hint);
    printable(&text)
}

struct Word {
    charset: String,
    bytes: Vec<u8>,
}

fn flush(text: &mut String, pending: &mut Option<Word>, hint: Option<&str>) {
    if let Some(word) = pending.take() {
        text.push_str(&charset::decode(&word.bytes, Some(&word.charset), hint).text);
    }
}

/// Reads `=?charset?B?text?=` at the start of `bytes`.
fn parse_word(bytes: &[u8]) -> Option<(Word, &[u8])> {
    let body = bytes.strip_prefix(b"=?")?;
    let mut fields = body.splitn(3, |byte| *byte == b'?');
    let (label, method, tail) = (fields.next()?, fields.next()?, fields.next()?);
    if label.is_empty() || label.len() > 60 || !label.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let end = memchr::memmem::find(tail, b"?=")?;
    let (encoded, after) = tail.split_at_checked(end)?;
    let bytes = match method {
        b"B" | b"b" => transfer::base64(encoded),
        b"Q" | b"q" => quoted(encoded),
        _ => return None,
    };
    // RFC 2231 section 5: the language follows a star.
    let label = String::from_utf8_lossy(label).to_ascii_lowercase();
    let charset = label.split('*').next().unwrap_or_default().to_owned();
    Some((Word { charset, bytes }, after.get(2..).unwrap_or_default()))
}

fn quoted(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'_' => bytes.push(b' '),
            b'=' => match transfer::hex_pair(tail) {
                Some(value) => {
                    bytes.push(value);
                    rest = tail.get(2..).unwrap_or_default();
                }
                None => bytes.push(b'='),
            },
            b'\r' | b'\n' => {}
            _ => bytes.push(*byte),
        }
    }
    bytes
}

/// Tells whether a character is invisible and changes the order of what is around it.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Returns `text` on one line: runs of white space and control characters become one space, bidi overrides vanish.
pub fn printable(text: &str) -> String {
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if is_plain && !text.contains("  ") {
        return text.trim_matches(' ').to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if is_bidi_control(c) || c == '\u{FEFF}' {
            continue;
        }
        if c.is_control() || c == ' ' || matches!(c, '\u{2028}' | '\u{2029}') {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else {
            clean.push(c);
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(charset: &str, bytes: &[u8]) -> String {
        use base64::Engine as _;
        format!("=?{charset}?B?{}?=", base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    #[test]
    fn headers_are_read_as_people_expect() {
        let gbk = encoding_rs::GBK.encode("季度报告").0.into_owned();
        let split = format!("{} {}", word("GB2312", &gbk[..3]), word("gb2312", &gbk[3..]));
        let utf8 = "日程安排".as_bytes();
        let split_utf8 =
            format!("{}\r\n {}", word("utf-8", &utf8[..4]), word("UTF-8*zh", &utf8[4..]));
        for (raw, expected) in [
            ("plain subject", "plain subject"),
            ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
            ("=?iso-8859-1?q?a_b?= =?iso-8859-1?q?_c?=", "a b c"),
            ("a =?utf-8?q?b?= c", "a b c"),
            ("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
            ("Re:=?utf-8?B?5L2g5aW9?=", "Re:你好"),
            (split.as_str(), "季度报告"),
            (split_utf8.as_str(), "日程安排"),
            ("=?utf-8?Q?with space?=", "with space"),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
            ("=?", "=?"),
            ("=?utf-8?B?YQpCY2M6IHg=?=", "a Bcc: x"),
            ("folded\r\n\tline", "folded line"),
            ("=?utf-8?Q?a=E2=80=AEb?=", "ab"),
            ("=?utf-8?Q?bad=ZZ?=", "bad=ZZ"),
            ("=?no-such?Q?caf=C3=A9?=", "café"),
            ("", ""),
        ] {
            assert_eq!(decode_header(raw.as_bytes(), None), expected, "{raw}");
        }
    }

    #[test]
    fn raw_bytes_are_read_too() {
        assert_eq!(decode_header("raw 中文 utf-8".as_bytes(), None), "raw 中文 utf-8");
        assert_eq!(
            decode_header(&encoding_rs::GBK.encode("关于项目的通知").0, None),
            "关于项目的通知"
        );
        assert_eq!(
            decode_header(&encoding_rs::BIG5.encode("會議通知").0, Some("big5")),
            "會議通知"
        );
    }
}
