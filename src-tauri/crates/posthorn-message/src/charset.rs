//! Bytes to text as people expect it, whatever the label says.
//!
//! Order of belief: a valid label that decodes without damage; valid UTF-8; escape sequences; what the rest of the
//! message uses; a guess by letter frequency. Total: any bytes give a text.

mod shift;

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, GB18030, GBK, ISO_2022_JP, UTF_8, WINDOWS_1252};

/// Share of letters that may be damaged before a label is disbelieved: one in this many.
const DAMAGE_TOLERANCE: usize = 8;

/// Text and how it was won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text; damaged letters are U+FFFD.
    pub text: String,
    /// Name of the charset that was used, as the WHATWG spells it.
    pub charset: String,
    /// The label was missing, unknown or wrong.
    pub is_guessed: bool,
    /// Letters were lost.
    pub is_damaged: bool,
}

/// Returns the charsets that *Show as* offers.
pub fn choices() -> &'static [&'static str] {
    &[
        "UTF-8",
        "GB18030",
        "Big5",
        "HZ-GB-2312",
        "ISO-2022-JP",
        "Shift_JIS",
        "EUC-JP",
        "EUC-KR",
        "ISO-2022-KR",
        "windows-1252",
        "ISO-8859-2",
        "ISO-8859-15",
        "windows-1250",
        "windows-1251",
        "KOI8-R",
        "KOI8-U",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "windows-1258",
        "windows-874",
        "UTF-7",
        "UTF-16LE",
    ]
}

/// Decodes `bytes` labelled `label`. `hint` is the charset that the rest of the message uses.
pub fn decode(bytes: &[u8], label: Option<&str>, hint: Option<&str>) -> Decoded {
    let label = label.map(clean_label).filter(|label| !label.is_empty());
    let is_ascii = bytes.is_ascii();
    if let Some(label) = label.as_deref().filter(|label| is_ascii && !says_nothing(label))
        && let Some(encoding) = encoding(label).filter(|encoding| encoding.is_ascii_compatible())
    {
        // The same letters in all of these.
        return plain(bytes, encoding.name());
    }
    if let Some(label) = label.as_deref().filter(|label| !says_nothing(label))
        && let Some(text) = by_label(bytes, label)
    {
        let lost = text.chars().filter(|c| *c == '\u{FFFD}').count();
        let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
        let is_believable = lost == 0 || lost * DAMAGE_TOLERANCE <= foreign;
        // Western text is almost never valid UTF-8 by chance, while UTF-8 under a Western label is common.
        let is_mislabelled = foreign > 0 && is_western(label) && std::str::from_utf8(bytes).is_ok();
        if is_believable && !is_mislabelled {
            return decoded(text, &charset_name(label), false);
        }
    }
    guess(bytes, hint)
}

/// Decodes `bytes` as `charset` and nothing else: the user chose it.
pub fn decode_as(bytes: &[u8], charset: &str) -> Decoded {
    let label = clean_label(charset);
    match by_label(bytes, &label) {
        Some(text) => decoded(text, &charset_name(&label), false),
        None => guess(bytes, None),
    }
}

/// Decodes bytes of a header, of which nobody asks how that was done.
pub(crate) fn text_of(bytes: &[u8], hint: Option<&str>) -> String {
    if bytes.is_ascii() && !may_escape(bytes) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    decode(bytes, None, hint).text
}

/// Takes over bytes of plain ASCII.
fn plain(bytes: &[u8], charset: &str) -> Decoded {
    let text = String::from_utf8_lossy(bytes).into_owned();
    Decoded { text, charset: charset.to_owned(), is_guessed: false, is_damaged: false }
}

/// Tells whether seven-bit text may escape into another script.
fn may_escape(bytes: &[u8]) -> bool {
    memchr::memchr(0x1B, bytes).is_some() || memchr::memmem::find(bytes, b"~{").is_some()
}

fn decoded(text: String, charset: &str, is_guessed: bool) -> Decoded {
    let is_damaged = text.contains('\u{FFFD}');
    Decoded { text, charset: charset.to_owned(), is_guessed, is_damaged }
}

fn clean_label(label: &str) -> String {
    label
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>'))
        .to_ascii_lowercase()
}

/// Labels that programs write when they do not know.
fn says_nothing(label: &str) -> bool {
    matches!(
        label,
        "us-ascii"
            | "ascii"
            | "ansi_x3.4-1968"
            | "unknown-8bit"
            | "unknown"
            | "x-unknown"
            | "default"
            | "none"
            | "8bit"
            | "binary"
    )
}

fn is_western(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()) == Some(WINDOWS_1252)
}

fn charset_name(label: &str) -> String {
    match encoding(label) {
        Some(encoding) => encoding.name().to_owned(),
        None => label.to_ascii_uppercase(),
    }
}

/// Names that encoding_rs does not know, or knows as something that it will not decode.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let alias = match label {
        "cp932" | "ms932" | "x-ms-cp932" | "windows-932" | "x-sjis-jp" => "shift_jis",
        "cp949" | "ms949" | "uhc" | "x-windows-949" | "ks_c_5601" | "ksc5601" | "euckr" => "euc-kr",
        "cp936" | "ms936" | "windows-936" | "gb2312-80" | "x-gb2312" | "euc-cn" | "gb_2312" => {
            "gbk"
        }
        "cp950" | "ms950" | "windows-950" | "big5-eten" => "big5",
        "iso-2022-jp-ms" | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "cp50220"
        | "cp50221" => "iso-2022-jp",
        "utf_8" | "utf8mb4" | "utf-8n" | "x-utf-8" => "utf-8",
        "tis620" | "iso-8859-11" | "cp874" => "windows-874",
        _ => label,
    };
    let found = Encoding::for_label_no_replacement(alias.as_bytes())?;
    // GB2312 and GBK letters beyond their tables exist only in GB18030, which contains both.
    Some(if found == GBK { GB18030 } else { found })
}

fn by_label(bytes: &[u8], label: &str) -> Option<String> {
    match label {
        "hz-gb-2312" | "hz" => return Some(shift::hz(bytes)),
        "iso-2022-kr" | "csiso2022kr" => return Some(shift::iso_2022_kr(bytes)),
        _ => {}
    }
    if let Some(encoding) = encoding(label) {
        return Some(encoding.decode(bytes).0.into_owned());
    }
    let known_to_parser = match label {
        "unicode-1-1-utf-7" | "csunicode11utf7" | "x-unicode-2-0-utf-7" => "utf-7",
        "cp437" | "ibm437" | "437" => "cp437",
        other => other,
    };
    mail_parser::decoders::charsets::map::charset_decoder(known_to_parser.as_bytes())
        .map(|decode| decode(bytes))
}

fn guess(bytes: &[u8], hint: Option<&str>) -> Decoded {
    if bytes.is_ascii() {
        let found = if may_escape(bytes) { escaped(bytes) } else { None };
        return found.unwrap_or_else(|| plain(bytes, "US-ASCII"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return decoded(text.to_owned(), UTF_8.name(), true);
    }
    if let Some(encoding) = hint
        .map(clean_label)
        .and_then(|label| encoding(&label))
        .filter(|encoding| *encoding != UTF_8)
    {
        let (text, _, is_damaged) = encoding.decode(bytes);
        if !is_damaged && encoding != WINDOWS_1252 {
            return decoded(text.into_owned(), encoding.name(), true);
        }
    }
    // A stray byte in UTF-8 text is damage, not another charset.
    let (utf8, _, _) = UTF_8.decode(bytes);
    let lost = utf8.chars().filter(|c| *c == '\u{FFFD}').count();
    let kept = utf8.chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
    if kept > lost * DAMAGE_TOLERANCE {
        return decoded(utf8.into_owned(), UTF_8.name(), true);
    }
    let best = if is_common_chinese(bytes) { GB18030 } else { detected(bytes) };
    let best = if best == GBK { GB18030 } else { best };
    decoded(best.decode(bytes).0.into_owned(), best.name(), true)
}

/// Bytes of lines with foreign letters by which a charset is guessed: their frequencies settle long before, and every
/// byte is weighed for two dozen charsets.
const DETECTED: usize = 16 * 1024;

/// Guesses by letter frequency.
fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new();
    let mut left = DETECTED;
    // Lines of plain ASCII say nothing, unless they escape.
    let says = |line: &&[u8]| !line.is_ascii() || line.contains(&0x1B);
    for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(says) {
        // Cut behind a space, which is no half of a letter anywhere.
        let space = line.get(..left).and_then(|start| memchr::memrchr(b' ', start));
        let line = space.and_then(|at| line.get(..=at)).unwrap_or(line);
        detector.feed(line, false);
        left = left.saturating_sub(line.len());
        if left == 0 || space.is_some() {
            break;
        }
    }
    detector.feed(b"", true);
    detector.guess(None, false)
}

/// Seven-bit text that escapes into another script.
fn escaped(bytes: &[u8]) -> Option<Decoded> {
    if memchr::memmem::find(bytes, b"\x1b$)C").is_some() {
        return Some(decoded(shift::iso_2022_kr(bytes), "ISO-2022-KR", true));
    }
    if memchr::memmem::find(bytes, b"\x1b$").is_some() {
        return Some(decoded(ISO_2022_JP.decode(bytes).0.into_owned(), ISO_2022_JP.name(), true));
    }
    let (open, close) = (memchr::memmem::find(bytes, b"~{")?, memchr::memmem::rfind(bytes, b"~}")?);
    let text = shift::hz(bytes);
    (open < close && !text.contains('\u{FFFD}')).then(|| decoded(text, "HZ-GB-2312", true))
}

/// Short texts are too little for letter frequencies. Pairs that all lie in the first plane of GB 2312, with no other
/// foreign byte, are the 3,755 common Chinese letters and hardly ever anything else when there are three of them.
fn is_common_chinese(bytes: &[u8]) -> bool {
    let mut pairs = 0;
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        if byte.is_ascii() {
            continue;
        }
        let is_pair = match (byte, rest.next()) {
            (0xB0..=0xD7, Some(0xA1..=0xFE)) => true,
            // Punctuation and full-width letters.
            (0xA1 | 0xA3, Some(0xA1..=0xFE)) => true,
            _ => false,
        };
        if !is_pair {
            return false;
        }
        pairs += 1;
    }
    pairs >= 2 && !looks_cyrillic(bytes)
}

/// Cyrillic in windows-1251 or KOI8 is runs of small letters, all in one half of the upper table.
fn looks_cyrillic(bytes: &[u8]) -> bool {
    let foreign: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii()).collect();
    let small_1251 = foreign.iter().filter(|byte| **byte >= 0xE0).count();
    let small_koi8 = foreign.iter().filter(|byte| (0xC0..=0xDF).contains(*byte)).count();
    foreign.len() > 3
        && (small_1251 * 10 > foreign.len() * 7 || small_koi8 * 10 > foreign.len() * 8)
}

#[cfg(test)]
mod tests;
