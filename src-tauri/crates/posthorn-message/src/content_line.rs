//! Content lines (RFC 5545 section 3.1, RFC 6350 section 3.3): what calendars and contact cards are made of.
//!
//! Read leniently and bounded; a line that is none is left out. Own code, because what serves strictly refuses what mail
//! programs write, and what is lenient (`calcard`) brings chrono and a second database of time zones beside jiff's.

use crate::encoded_word::printable;

/// Bytes of one file that are read: a calendar of years is smaller, pictures in cards are not needed.
pub(crate) const MAX_BYTES: usize = 512 * 1024;
/// Lines of one file that are read: those of some hundred events.
const MAX_LINES: usize = 10_000;
/// Characters of a text that are kept: more is not read in a card.
pub(crate) const MAX_TEXT: usize = 2_000;
/// Parameters of one line that are kept: programs write a handful.
const MAX_PARAMETERS: usize = 32;

/// A content line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Name in upper case, without a group.
    pub(crate) name: String,
    parameters: Vec<(String, String)>,
    /// Value as written.
    pub(crate) value: String,
}

impl Line {
    /// Reads an unfolded line; `None` when it has no colon.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut is_quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            is_quoted ^= *c == '"';
            *c == ':' && !is_quoted
        })?;
        let (head, value) = line.split_at_checked(colon.0)?;
        let mut pieces = Vec::new();
        let (mut piece, mut is_quoted) = (String::new(), false);
        for c in head.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ';' if !is_quoted => pieces.push(std::mem::take(&mut piece)),
                _ => piece.push(c),
            }
        }
        pieces.push(piece);
        let mut pieces = pieces.into_iter();
        let name = pieces.next()?.trim().to_ascii_uppercase();
        // Cards group lines that belong together: `item1.EMAIL`.
        let name = name.rsplit('.').next().unwrap_or_default().to_owned();
        let parameters = pieces
            .take(MAX_PARAMETERS)
            .map(|piece| match piece.split_once('=') {
                Some((name, value)) => (name.trim().to_ascii_uppercase(), value.to_owned()),
                // vCard 2.1 writes the value alone: `TEL;WORK:`.
                None => ("TYPE".to_owned(), piece),
            })
            .collect();
        Some(Self { name, parameters, value: value.get(1..)?.trim_end().to_owned() })
    }

    /// Returns the first value of a parameter (name in upper case).
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns all values of a parameter, one by one, in lower case.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let given = self.parameters.iter().filter(|(known, _)| known == name);
        given
            .flat_map(|(_, value)| value.split(',').map(|one| one.trim().to_ascii_lowercase()))
            .collect()
    }
}

/// Joins folded lines. At most as many as are ever read.
pub(crate) fn unfolded(text: &str) -> Vec<String> {
    unfold(text, false)
}

/// Joins folded lines of cards; soft breaks of quoted-printable (vCard 2.1) too.
pub(crate) fn unfolded_card(text: &str) -> Vec<String> {
    unfold(text, true)
}

fn unfold(text: &str, has_soft_breaks: bool) -> Vec<String> {
    let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    let mut is_soft = false;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        let is_full = lines.len() >= MAX_LINES;
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (_, Some(last)) if is_soft => {
                last.truncate(last.len().saturating_sub(1));
                last.push_str(line);
            }
            (Some(more), Some(last)) => last.push_str(more),
            _ if is_full => break,
            _ => lines.push(line.to_owned()),
        }
        is_soft = has_soft_breaks
            && line.ends_with('=')
            && lines.last().is_some_and(|last| {
                last.split(':').next().unwrap_or_default().to_ascii_uppercase().contains("QUOTED-P")
            });
    }
    lines
}

/// Reads a text value: its escapes, nothing that moves the cursor, so many characters.
pub(crate) fn text(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut is_escaped = false;
    for c in value.chars() {
        match c {
            '\\' if !is_escaped => {
                is_escaped = true;
                continue;
            }
            'n' | 'N' if is_escaped => plain.push('\n'),
            _ => plain.push(c),
        }
        is_escaped = false;
    }
    let lines: Vec<String> = plain.lines().map(printable).collect();
    lines.join("\n").trim().chars().take(MAX_TEXT).collect()
}

/// Splits a value at a separator that is not escaped; the pieces keep their escapes.
pub(crate) fn split(value: &str, separator: char) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut is_escaped = false;
    for c in value.chars() {
        if c == separator && !is_escaped {
            pieces.push(String::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    pieces
}

/// Writes a text value (RFC 5545 section 3.3.11).
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            _ if c.is_control() => {}
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Folds a line after 75 bytes at most, never inside a letter; with its line end.
pub(crate) fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut width = 0;
    for c in line.chars().filter(|c| !c.is_control() || *c == '\t') {
        if width + c.len_utf8() > 74 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::{Line, MAX_LINES, escape, folded, split, text, unfolded, unfolded_card};

    #[test]
    fn lines_are_joined_read_and_written() {
        assert_eq!(unfolded("A:1\r\n 2\r\n\t3\r\nB:x\n"), ["A:123", "B:x"]);
        let soft = "N;ENCODING=QUOTED-PRINTABLE:a=\r\nb\r\nC:d=";
        assert_eq!(unfolded_card(soft), ["N;ENCODING=QUOTED-PRINTABLE:ab", "C:d="]);
        assert_eq!(unfolded(soft).len(), 3, "calendars know none");
        assert_eq!(unfolded(&"A:1\n".repeat(MAX_LINES + 5)).len(), MAX_LINES);
        let line = Line::parse("item1.TEL;WORK;TYPE=\"cell,VOICE\";X=\"a:b;c\":+49 1").unwrap();
        assert_eq!((line.name.as_str(), line.value.as_str()), ("TEL", "+49 1"));
        assert_eq!(line.all("TYPE"), ["work", "cell", "voice"]);
        assert_eq!(line.parameter("X"), Some("a:b;c"));
        assert_eq!(Line::parse("no colon \"a:b\""), None);
        assert_eq!(split("a\\;b;c", ';'), ["a\\;b", "c"]);
        for words in ["a, b; c\\d", "zwei\nZeilen", "日本語"] {
            assert_eq!(text(&escape(words)), words);
        }
    }

    #[test]
    fn no_line_is_long_and_no_letter_is_broken() {
        let long = format!("SUMMARY:{}", "很".repeat(200));
        let out = folded(&long);
        assert!(out.split("\r\n").all(|line| line.len() <= 75), "{out}");
        assert_eq!(unfolded(&out), [long]);
        assert_eq!(folded("A:\r\nEVIL:x"), "A:EVIL:x\r\n");
    }
}
