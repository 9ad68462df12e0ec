//! Plain text: what HTML says, and paragraphs that were flowed for the way (RFC 3676).

mod flowed;
mod from_html;

use crate::parameter::Parameterized;

pub use flowed::{flow, unflow_text};
pub(crate) use from_html::visible_html;
pub use from_html::{from_html, to_plain};

/// Returns text with `\n` line ends and without control characters other than tabs.
pub(crate) fn clean_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\r') {
        push_clean(&mut clean, line);
        clean.push('\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    push_clean(&mut clean, rest);
    clean
}

/// Adds a piece without CR. Nearly all pieces are clean as they are, which is seen many bytes at once.
fn push_clean(clean: &mut String, piece: &str) {
    // Controls, and the first bytes of those beyond ASCII and of U+FEFF.
    let is_odd = |byte: u8| matches!(byte, 0..=8 | 0x0B..=0x1F | 0x7F | 0xC2 | 0xEF);
    if !piece.bytes().fold(false, |found, byte| found | is_odd(byte)) {
        clean.push_str(piece);
        return;
    }
    let is_kept = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || *c == '\u{FEFF}');
    clean.extend(piece.chars().filter(is_kept));
}

/// Joins flowed lines when the content type says that they are flowed.
pub(crate) fn unflow(text: String, content_type: &Parameterized) -> String {
    let is = |name: &str, value: &str| {
        content_type.raw(name).is_some_and(|raw| raw.eq_ignore_ascii_case(value.as_bytes()))
    };
    if is("format", "flowed") {
        let spaces =
            if is("delsp", "yes") { flowed::BreakSpace::Delete } else { flowed::BreakSpace::Keep };
        return unflow_text(&text, spaces);
    }
    text
}

pub(crate) use self::clean_text as clean;
pub use flowed::BreakSpace;
pub(crate) use from_html::is_quote as is_quote_tag;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::clean_text;

    /// Letter by letter.
    fn simply(text: &str) -> String {
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        let is_kept = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || *c == '\u{FEFF}');
        lines.chars().filter(is_kept).collect()
    }

    proptest! {
        #[test]
        fn text_is_cleaned_in_pieces_as_by_letters(text in "[a-z\\r\\n\\t \u{0}\u{7f}\u{85}\u{a0}\u{feff}，é会]{0,40}") {
            prop_assert_eq!(clean_text(&text), simply(&text));
        }
    }
}
