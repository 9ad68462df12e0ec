//! Plain text as HTML: links found, quotes nested, the signature marked.

use std::fmt::Write as _;

use super::tag::escape;
use super::{ATTRIBUTION_CLASS, LATE_CLASS, QUOTE_CLASS, SIGNATURE_CLASS};
use crate::preview::{is_attribution, is_quote_header};

/// Depth of quotes that is nested.
const MAX_QUOTE_DEPTH: usize = 20;
/// Bytes of text that are turned.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of the first part of what is drawn: more than a window shows, and drawn within a frame or two.
const FIRST_PART: usize = 12 * 1024;
/// Bytes of the others.
const PART: usize = 24 * 1024;

/// Returns plain text as HTML: one line each, in the style `white-space: pre-wrap`.
pub fn from_plain(text: &str) -> String {
    turned(text, usize::MAX)
}

/// Returns the same in parts for a frame, which draws the first one at once and those behind it (of the class
/// [`LATE_CLASS`]) one by one. Quotes and signatures are never cut.
pub(super) fn in_parts(text: &str) -> String {
    turned(text, FIRST_PART)
}

fn turned(text: &str, first_part: usize) -> String {
    let end =
        (0..=text.len().min(MAX_BYTES)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let text = text.get(..end).unwrap_or_default();
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    html.push_str("<div class=\"mail-plain\" style=\"white-space:pre-wrap\">");
    let mut depth = 0;
    let mut is_open_section = false;
    let mut needs_break = false;
    let mut part_ends = first_part;
    let mut was_empty = true;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (wanted, content) = if is_open_section { (0, line) } else { quote_depth(line) };
        // Between two lines of a paragraph: an empty line at the edge of a part would not be seen.
        let is_inside = wanted == 0 && depth == 0 && !is_open_section;
        if html.len() >= part_ends && is_inside && !was_empty && !line.is_empty() {
            let _ = write!(
                html,
                "</div><div class=\"mail-plain {LATE_CLASS}\" style=\"white-space:pre-wrap\">"
            );
            part_ends = html.len() + PART;
            needs_break = false;
        }
        was_empty = line.is_empty();
        if wanted != depth {
            step(&mut html, depth, wanted);
            depth = wanted;
            needs_break = false;
        }
        if needs_break {
            html.push('\n');
        }
        needs_break = true;
        let is_start = !is_open_section && depth == 0;
        if is_start && (line == "-- " || line == "--") {
            let _ = write!(html, "<div class=\"{SIGNATURE_CLASS}\">");
            is_open_section = true;
        } else if is_start && is_quote_header(line.trim()) {
            let _ = write!(html, "<div class=\"{QUOTE_CLASS}\">");
            is_open_section = true;
        }
        if is_start
            && is_attribution(line.trim())
            && lines.peek().is_some_and(|next| next.starts_with('>') || next.trim().is_empty())
        {
            let _ = write!(html, "<span class=\"{ATTRIBUTION_CLASS}\">");
            linkify(&mut html, content);
            html.push_str("</span>");
        } else {
            linkify(&mut html, content);
        }
    }
    step(&mut html, depth, 0);
    if is_open_section {
        html.push_str("</div>");
    }
    html.push_str("</div>");
    html
}

/// Returns how often a line is quoted, and what is in it. `>From` is an mbox's escape and no quote.
fn quote_depth(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line;
    loop {
        let next = rest.strip_prefix('>').or_else(|| rest.strip_prefix(" >").filter(|_| depth > 0));
        match next {
            Some(next) if depth < MAX_QUOTE_DEPTH && !(depth == 0 && next.starts_with("From ")) => {
                depth += 1;
                rest = next;
            }
            _ => {
                return (
                    depth,
                    if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest },
                );
            }
        }
    }
}

fn step(html: &mut String, from: usize, to: usize) {
    for _ in from..to {
        let _ = write!(html, "<blockquote type=\"cite\" class=\"{QUOTE_CLASS}\">");
    }
    for _ in to..from {
        html.push_str("</blockquote>");
    }
}

/// Writes a line with its links.
fn linkify(html: &mut String, line: &str) {
    let mut rest = line;
    while let Some((start, end, target)) = next_link(rest) {
        html.push_str(&escape(rest.get(..start).unwrap_or_default()));
        let shown = rest.get(start..end).unwrap_or_default();
        let _ = write!(html, "<a href=\"{}\">{}</a>", escape(&target), escape(shown));
        rest = rest.get(end..).unwrap_or_default();
    }
    html.push_str(&escape(rest));
}

/// Finds the next web address or mail address: its range, and where it leads.
fn next_link(text: &str) -> Option<(usize, usize, String)> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let start = from + rest.find(|c: char| c.is_ascii_alphanumeric())?;
        let word = text.get(start..)?;
        let end = start
            + word
                .find(|c: char| {
                    c.is_whitespace()
                        || c.is_control()
                        || matches!(
                            c,
                            '<' | '>'
                                | '"'
                                | '，'
                                | '。'
                                | '；'
                                | '：'
                                | '、'
                                | '）'
                                | '】'
                                | '」'
                                | '》'
                                | '“'
                                | '”'
                                | '！'
                                | '？'
                                | '\u{FFFD}'
                        )
                })
                .unwrap_or(word.len());
        let end = start + trim_end(text.get(start..end)?).len();
        let word = text.get(start..end)?;
        let is = |prefix: &str| {
            word.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
                && word.len() > prefix.len() + 2
        };
        if is("https://") || is("http://") || is("mailto:") {
            return Some((start, end, word.to_owned()));
        }
        if is("www.") && word.get(4..).is_some_and(|host| host.contains('.')) {
            return Some((start, end, format!("https://{word}")));
        }
        if word.is_ascii()
            && word.contains('@')
            && crate::address::check(word).is_ok()
            && word.rsplit_once('.').is_some()
        {
            return Some((start, end, format!("mailto:{word}")));
        }
        // Chinese runs into a link without a space: look again at the next place where a link could begin.
        from = ["https://", "http://", "www."]
            .iter()
            .filter_map(|mark| word.get(1..).and_then(|tail| tail.find(mark)))
            .min()
            .map_or(end.max(start + 1), |at| start + 1 + at);
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
}

/// Takes off what ends a sentence and not a link; a bracket stays when it was opened inside.
fn trim_end(word: &str) -> &str {
    let mut word = word;
    loop {
        let trimmed = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '|']);
        let trimmed = match trimmed.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            _ => trimmed.strip_suffix(']').filter(|inner| !inner.contains('[')).unwrap_or(trimmed),
        };
        if trimmed.len() == word.len() {
            return word;
        }
        word = trimmed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_into_parts_between_two_lines_and_nothing_else_is() {
        let long = "a line of it\n".repeat(8_000);
        let html = in_parts(&long);
        let parts: Vec<&str> = html.split("</div>").filter(|part| !part.is_empty()).collect();
        assert!(parts.len() > 4, "{}", parts.len());
        assert!(parts[0].len() < FIRST_PART + 100 && !parts[0].contains(LATE_CLASS));
        assert!(parts[1..].iter().all(|part| part.contains(LATE_CLASS) && part.len() < PART + 200));
        let lines = |html: &str| html.matches("a line of it").count();
        assert_eq!((lines(&html), lines(parts[0]) > 500), (8_000, true));
        assert_eq!(from_plain(&long).matches("<div").count(), 1, "an answer quotes one");
        for whole in ["a\n\n", "> quoted\n"] {
            assert!(!in_parts(&whole.repeat(20_000)).contains(LATE_CLASS), "{whole}");
        }
        let signed = format!("-- \n{long}");
        assert!(!in_parts(&signed).contains(LATE_CLASS));
    }

    #[test]
    fn plain_text_becomes_html() {
        let body = |text: &str| {
            let html = from_plain(text);
            html.strip_prefix("<div class=\"mail-plain\" style=\"white-space:pre-wrap\">")
                .and_then(|rest| rest.strip_suffix("</div>"))
                .unwrap()
                .to_owned()
        };
        for (text, expected) in [
            ("a < b", "a &lt; b"),
            ("one\ntwo", "one\ntwo"),
            (
                "see https://example.org/a_(b). ok",
                "see <a href=\"https://example.org/a_(b)\">https://example.org/a_(b)</a>. ok",
            ),
            ("(www.example.org)", "(<a href=\"https://www.example.org\">www.example.org</a>)"),
            (
                "请看https://example.org/a，谢谢",
                "请看<a href=\"https://example.org/a\">https://example.org/a</a>，谢谢",
            ),
            (
                "mail anna@example.org!",
                "mail <a href=\"mailto:anna@example.org\">anna@example.org</a>!",
            ),
            ("javascript:alert(1)", "javascript:alert(1)"),
            (
                "https://x.example\"onclick=\"y",
                "<a href=\"https://x.example\">https://x.example</a>&quot;onclick=&quot;y",
            ),
            ("> q\nr", "<blockquote type=\"cite\" class=\"mail-quote\">q</blockquote>r"),
            ("x\n-- \nme", "x\n<div class=\"mail-signature\">-- \nme</div>"),
        ] {
            assert_eq!(body(text), expected, "{text}");
        }
        assert!(from_plain(&">".repeat(100_000)).len() < 500_000);
    }
}
