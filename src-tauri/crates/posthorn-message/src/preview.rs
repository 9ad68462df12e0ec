//! The first words of a message for the list: what the sender wrote, without quotes, signature and hidden text.

use std::borrow::Cow;

use crate::text;

/// Characters of a preview: two lines of a wide list.
pub const MAX_CHARS: usize = 200;
/// Lines that are looked at; a preview is found in the first ones.
const MAX_LINES: usize = 400;

/// Returns the preview of a plain text.
pub fn of_text(text: &str) -> String {
    let mut preview = Folded::default();
    let mut lines = text.lines().take(MAX_LINES).peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if line == "-- " || trimmed == "--" || is_quote_header(trimmed) {
            break;
        }
        let is_followed_by_quote = lines
            .peek()
            .is_some_and(|next| next.trim().is_empty() || next.trim_start().starts_with('>'));
        if trimmed.starts_with('>')
            || is_attribution(trimmed) && is_followed_by_quote
            || is_rule(trimmed)
        {
            continue;
        }
        if !preview.push(trimmed) {
            break;
        }
    }
    if preview.text.is_empty() {
        // Nothing but quotes: then they are what there is to say.
        text.lines()
            .take(MAX_LINES)
            .map(|line| line.trim_start_matches(['>', ' ']))
            .all(|line| preview.push(line));
    }
    preview.finish()
}

/// Returns the preview of a HTML text.
pub fn of_html(html: &str) -> String {
    of_text(&text::visible_html(html, 40 * MAX_CHARS))
}

/// Collects words up to the limit.
#[derive(Default)]
struct Folded {
    text: String,
    chars: usize,
}

impl Folded {
    /// Adds a line; tells whether there is room for more.
    fn push(&mut self, line: &str) -> bool {
        for word in line.split_whitespace() {
            let is_plain = word.bytes().all(|byte| byte.is_ascii_graphic());
            let word = if is_plain {
                Cow::Borrowed(word)
            } else {
                Cow::Owned(word.chars().filter(|c| !is_filler(*c)).collect())
            };
            if word.is_empty() {
                continue;
            }
            if !self.text.is_empty() {
                self.text.push(' ');
                self.chars += 1;
            }
            let room = MAX_CHARS.saturating_sub(self.chars);
            let end = if is_plain { word.len() } else { word.chars().count() };
            if end > room {
                self.text.extend(word.chars().take(room));
                return false;
            }
            self.text.push_str(&word);
            self.chars += end;
        }
        self.chars < MAX_CHARS
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// Characters that newsletters pad their preview with, and controls.
fn is_filler(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFFC}')
}

/// `On Monday, Anna wrote:`, `在 2026年1月2日，张伟 写道：`
pub(crate) fn is_attribution(line: &str) -> bool {
    if !line.ends_with([':', '：']) || line.len() >= 400 {
        return false;
    }
    let lower = line.to_lowercase();
    lower.starts_with("on ")
        || line.starts_with('在')
        || lower.starts_with("am ")
        || lower.starts_with("le ")
        || lower.starts_with("el ")
        || lower.contains('@')
        || lower.contains("wrote")
        || line.contains("写道")
        || line.contains("寫道")
        || lower.contains("schrieb")
        || lower.contains("écrit")
        || lower.contains("escribió")
}

/// `-----Original Message-----` and its relatives: everything below is somebody else's.
pub(crate) fn is_quote_header(line: &str) -> bool {
    let inner = line.trim_matches(['-', '_', ' ', '—', '*']);
    let is_framed = line.starts_with("--") || line.starts_with("__") || line.starts_with("——");
    is_framed
        && matches!(
            inner.to_lowercase().as_str(),
            "original message"
                | "forwarded message"
                | "原始邮件"
                | "原邮件"
                | "转发邮件"
                | "轉寄郵件"
                | "ursprüngliche nachricht"
                | "message d'origine"
                | "mensaje original"
        )
}

/// A line of dashes or the like.
fn is_rule(line: &str) -> bool {
    line.chars().count() > 3
        && line
            .chars()
            .all(|c| matches!(c, '-' | '_' | '=' | '*' | '~' | '—' | '–' | '#' | '+' | '·' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_say_what_the_sender_wrote() {
        for (text, expected) in [
            ("Hello\n\nWorld", "Hello World"),
            ("On Monday, Anna wrote:\n> old\n\nNew words", "New words"),
            ("在 2026年1月2日，张伟 写道：\n> 旧\n新的内容", "新的内容"),
            ("Thanks!\n-- \nAnna\nTel 1", "Thanks!"),
            ("Sure.\n\n-----Original Message-----\nFrom: x", "Sure."),
            ("好的。\n------------------ 原始邮件 ------------------\n发件人: x", "好的。"),
            ("> only\n> quotes", "only quotes"),
            ("=======\nTitle\n=======", "Title"),
            ("\u{200C}\u{200C} \u{34F} Offer", "Offer"),
            ("", ""),
        ] {
            assert_eq!(of_text(text), expected, "{text}");
        }
        assert_eq!(of_text(&"长".repeat(1000)).chars().count(), MAX_CHARS);
    }

    #[test]
    fn hidden_text_is_left_out() {
        let html = "<style>p{}</style><div style=\"display:none\">secret</div><p>Hello <b>you</b></p><blockquote type=cite>old</blockquote>";
        assert_eq!(of_html(html), "Hello you");
    }
}
