//! Files written into plain text: uuencode (POSIX) and yEnc 1.3. The text keeps everything else.

use super::{Embedded, MAX_FILES};

/// Bytes of files that are taken out of one text.
const MAX_BYTES: usize = 64 << 20;

/// A text without the files that stood in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// What is left to read, byte for byte.
    pub(crate) text: Vec<u8>,
    /// The files, in order.
    pub(crate) files: Vec<Embedded>,
}

/// Tells whether it is worth looking for files in a text.
pub(crate) fn may_hold(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"begin ").is_some()
}

/// Takes files out of a text. What only begins like one stays in it.
pub(crate) fn take(text: &[u8]) -> Taken {
    let mut taken = Taken::default();
    let is_possible = may_hold(text);
    let (mut rest, mut left) = (text, MAX_BYTES);
    while is_possible && !rest.is_empty() && taken.files.len() < MAX_FILES {
        let (line, after) = next_line(rest);
        let found = begin(line)
            .and_then(|name| Some((name, uu(after)?)))
            .or_else(|| Some((ybegin(line)?, yenc(after)?)));
        match found {
            Some((name, (bytes, behind))) if bytes.len() <= left => {
                left -= bytes.len();
                taken.files.push(Embedded { name, bytes });
                rest = behind;
            }
            _ => {
                let length = rest.len() - after.len();
                taken.text.extend_from_slice(rest.get(..length).unwrap_or_default());
                rest = after;
            }
        }
    }
    taken.text.extend_from_slice(rest);
    taken
}

/// Splits the first line off, without its end.
fn next_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', text).map_or(text.len(), |newline| newline + 1);
    let (line, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

fn name(bytes: &[u8]) -> String {
    crate::charset::decode(bytes.trim_ascii(), None, None).text
}

/// Reads `begin 644 name`.
fn begin(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?;
    let (mode, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == b' ')?)?;
    let is_mode =
        matches!(mode.len(), 3 | 4) && mode.iter().all(|byte| matches!(byte, b'0'..=b'7'));
    let name = name(rest);
    (is_mode && !name.is_empty()).then_some(name)
}

/// Reads lines up to `end`; `None` when they are something else.
fn uu(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut bytes = Vec::new();
    loop {
        if text.is_empty() {
            return None;
        }
        let (line, rest) = next_line(text);
        text = rest;
        if line == b"end" {
            return Some((bytes, text));
        }
        let Some((first, letters)) = line.split_first() else { continue };
        let count = usize::from(sextet(*first)?);
        let length = count.div_ceil(3) * 4;
        if letters.len() > length + 2 {
            return None;
        }
        // Spaces at the end of a line get lost on the way: they mean zero.
        let mut whole = letters.to_vec();
        whole.resize(length, b' ');
        group(&whole, count, &mut bytes)?;
    }
}

fn sextet(byte: u8) -> Option<u8> {
    matches!(byte, b' '..=b'`').then(|| (byte - b' ') & 0x3F)
}

fn group(letters: &[u8], count: usize, bytes: &mut Vec<u8>) -> Option<()> {
    let from = bytes.len();
    for four in letters.chunks(4) {
        let mut bits = 0_u32;
        for letter in four {
            bits = bits << 6 | u32::from(sextet(*letter)?);
        }
        bytes.extend(bits.to_be_bytes().into_iter().skip(1));
    }
    bytes.truncate(from + count);
    Some(())
}

/// Reads `=ybegin line=128 size=… name=…` of a file in one part.
fn ybegin(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"=ybegin ")?;
    let at = memchr::memmem::find(rest, b"name=")?;
    // Parts of a larger file are put together by whoever collects them.
    let is_part = memchr::memmem::find(rest.get(..at)?, b"part=").is_some();
    (!is_part).then(|| name(rest.get(at + 5..).unwrap_or_default()))
}

fn yenc(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut bytes = Vec::new();
    loop {
        if text.is_empty() {
            return None;
        }
        let (line, rest) = next_line(text);
        text = rest;
        if line.starts_with(b"=yend") {
            return Some((bytes, text));
        }
        let mut is_escaped = false;
        for byte in line {
            if *byte == b'=' && !is_escaped {
                is_escaped = true;
                continue;
            }
            let shift = if std::mem::take(&mut is_escaped) { 42 + 64 } else { 42 };
            bytes.push(byte.wrapping_sub(shift));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::take;

    fn shown(text: &[u8]) -> (String, Vec<(String, Vec<u8>)>) {
        let taken = take(text);
        let files = taken.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        (String::from_utf8_lossy(&taken.text).into_owned(), files)
    }

    #[test]
    fn files_come_out_and_the_words_around_them_stay() {
        let (text, files) = shown(b"Hello\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nBye\r\n");
        assert_eq!(text, "Hello\r\nBye\r\n");
        assert_eq!(files, [("cat.txt".to_owned(), b"Cat".to_vec())]);
        let (text, files) = shown(b"x\nbegin 0644 a b.bin\n$``$\"`P``\n`\nend\n");
        assert_eq!(text, "x\n");
        assert_eq!(files, [("a b.bin".to_owned(), vec![0, 1, 2, 3])]);
    }

    #[test]
    fn yenc_comes_out() {
        let data = [42, b'=', 19_u8.wrapping_add(42 + 64), 255_u8.wrapping_add(42), b'C' + 42];
        let encoded =
            [&b"=ybegin line=128 size=4 name=a.bin\r\n"[..], &data, b"\r\n=yend size=4\r\nrest"]
                .concat();
        let (text, files) = shown(&encoded);
        assert_eq!(
            (text.as_str(), files),
            ("rest", vec![("a.bin".to_owned(), vec![0, 19, 255, b'C'])])
        );
    }

    #[test]
    fn a_message_lists_the_file_and_shows_the_words() {
        let raw = b"From: a@b.example\n\nHello\nbegin 644 cat.txt\n#0V%T\n`\nend\n";
        let parsed = crate::parse(raw);
        assert_eq!(parsed.text, "Hello\n");
        let found = &parsed.attachments[0];
        assert_eq!(
            (found.section.as_str(), found.name.as_str(), found.size),
            ("1!0", "cat.txt", 3)
        );
        assert_eq!(crate::part(raw, "1!0").unwrap().bytes.as_ref(), b"Cat");
    }

    #[test]
    fn what_only_looks_like_it_stays_in_the_text() {
        for text in [
            "begin with this\nend\n",
            "begin 644 \nx\nend\n",
            "begin 999 x\n#0V%T\nend\n",
            "begin 644 x\n#0V%T\n",
            "begin 644 x\nThis is a sentence.\nend\n",
            "=ybegin part=1 line=128 name=x\nabc\n=yend\n",
            "",
        ] {
            assert_eq!(shown(text.as_bytes()), (text.to_owned(), vec![]), "{text}");
        }
    }
}
