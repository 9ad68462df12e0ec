//! `format=flowed` (RFC 3676): paragraphs broken for the way and joined again.
//!
//! Invariant: `unflow_text(&flow(text), BreakSpace::Keep) == text` for text whose lines do not end with white space.

/// Columns of a flowed line (RFC 3676 section 4.2 advises 78 at most; 72 leaves room for quoting).
const WIDTH: usize = 72;

/// Whether the space before a soft line break belongs to the text (`delsp`, RFC 3676 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakSpace {
    /// It does.
    Keep,
    /// It was added for the break.
    Delete,
}

/// Breaks long paragraphs at spaces. Lines that begin with `>` are quotes and keep their depth.
pub fn flow(text: &str) -> String {
    let mut flowed = String::with_capacity(text.len() + text.len() / 32);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            flowed.push('\n');
        }
        flow_line(&mut flowed, line);
    }
    flowed
}

fn flow_line(flowed: &mut String, line: &str) {
    if line == "-- " {
        flowed.push_str(line);
        return;
    }
    let depth = line.bytes().take_while(|byte| *byte == b'>').count();
    let content = line.get(depth..).unwrap_or_default();
    let content = if depth > 0 { content.strip_prefix(' ').unwrap_or(content) } else { content };
    let content = content.trim_end_matches(' ');
    let mut rest = content;
    loop {
        flowed.extend(std::iter::repeat_n('>', depth));
        // Stuffing: what would look like a quote, a space of the format, or an mbox separator.
        if depth > 0 && !rest.is_empty()
            || rest.starts_with([' ', '>'])
            || rest.starts_with("From ")
        {
            flowed.push(' ');
        }
        let Some(end) = break_at(rest, WIDTH.saturating_sub(depth + 1)) else {
            flowed.push_str(rest);
            return;
        };
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        flowed.push_str(piece);
        flowed.push('\n');
        rest = after;
    }
}

/// Returns where to break: after the last space that fits, or after the first one of a word that is too long.
fn break_at(text: &str, width: usize) -> Option<usize> {
    let mut columns = 0;
    let mut best = None;
    for (at, c) in text.char_indices() {
        columns += if c.is_ascii() { 1 } else { 2 };
        if columns > width && best.is_some() {
            return best;
        }
        let after = at + c.len_utf8();
        let next = text.get(after..).and_then(|rest| rest.chars().next());
        // The piece must not be the signature's mark, and a run of spaces stays together.
        if c == ' ' && next.is_some_and(|next| next != ' ') && text.get(..after) != Some("-- ") {
            best = Some(after);
        }
    }
    if columns > width { best } else { None }
}

/// Joins flowed lines: a line that ends with a space goes on in the next one of the same quote depth.
pub fn unflow_text(text: &str, spaces: BreakSpace) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for (index, line) in text.split('\n').enumerate() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open != Some(depth) {
            if index > 0 {
                joined.truncate(joined.trim_end_matches(' ').len().max(signature_end(&joined)));
                joined.push('\n');
            }
            joined.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && !content.is_empty() {
                joined.push(' ');
            }
        }
        let is_soft = content.ends_with(' ') && content != "-- ";
        let piece = if is_soft && spaces == BreakSpace::Delete {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        };
        joined.push_str(piece);
        open = is_soft.then_some(depth);
    }
    joined
}

/// The mark of a signature is the one line that ends with a space.
fn signature_end(joined: &str) -> usize {
    if joined == "-- " || joined.ends_with("\n-- ") || joined.ends_with("> -- ") {
        joined.len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn flowed_text_is_joined() {
        for (text, spaces, expected) in [
            ("one \ntwo\nthree", BreakSpace::Keep, "one two\nthree"),
            ("你 \n好", BreakSpace::Delete, "你好"),
            ("> a \n> b\nc", BreakSpace::Keep, "> a b\nc"),
            ("> a \n>> b", BreakSpace::Keep, "> a\n>> b"),
            (" From me\n >x", BreakSpace::Keep, "From me\n>x"),
            ("text\n-- \nAnna", BreakSpace::Keep, "text\n-- \nAnna"),
            ("", BreakSpace::Keep, ""),
        ] {
            assert_eq!(unflow_text(text, spaces), expected, "{text}");
        }
    }

    #[test]
    fn long_paragraphs_are_broken_and_signatures_are_not() {
        let flowed = flow(&"word ".repeat(60));
        assert!(flowed.lines().count() > 3);
        assert!(flowed.lines().all(|line| line.len() <= WIDTH + 1));
        assert_eq!(flow("-- "), "-- ");
    }

    proptest! {
        #[test]
        fn what_is_flowed_is_joined_to_the_same(lines in proptest::collection::vec("[a-zA-Z中文 .-]{0,120}[a-z.中]|", 0..6)) {
            let text = lines.join("\n");
            prop_assert_eq!(unflow_text(&flow(&text), BreakSpace::Keep), text);
        }
    }
}
