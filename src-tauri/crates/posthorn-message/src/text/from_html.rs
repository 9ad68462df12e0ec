//! What a HTML text says, in plain words: for the index, for quoting, for previews and for the plain alternative.
//!
//! Linear in the input, whatever it is; text that is not shown (`display:none` and the like) is left out.

use std::fmt::Write as _;

use crate::html::tag::{Piece, Tag, decode_entities, pieces};

/// Depth of quotes that is written; deeper ones look the same.
const MAX_QUOTE_DEPTH: usize = 9;
/// Bytes of text that are written.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Returns the text of `html`, without the targets of links: for the index and for reading.
pub fn from_html(html: &str) -> String {
    let mut writer = Writer { limit: MAX_BYTES, ..Writer::default() };
    writer.run(html);
    writer.finish()
}

/// Returns the plain form of `html` for the text/plain alternative: links keep their targets, lists their marks.
pub fn to_plain(html: &str) -> String {
    let mut writer = Writer { limit: MAX_BYTES, shows_links: true, ..Writer::default() };
    writer.run(html);
    writer.finish()
}

/// Returns the first `limit` bytes or so of the visible text without quotes: for the preview.
pub(crate) fn visible_html(html: &str, limit: usize) -> String {
    let mut writer = Writer { limit, skips_quotes: true, ..Writer::default() };
    writer.run(html);
    writer.finish()
}

#[derive(Default)]
struct Writer {
    text: String,
    /// The line being written, without its quote marks.
    line: String,
    quotes: usize,
    preformatted: usize,
    lists: Vec<Option<usize>>,
    link: Option<(String, usize)>,
    /// The hidden element that we are in, and how many of its name are open.
    hidden: Option<(String, usize)>,
    needs_blank: bool,
    has_space: bool,
    limit: usize,
    shows_links: bool,
    skips_quotes: bool,
}

impl Writer {
    fn run(&mut self, html: &str) {
        for piece in pieces(html) {
            if self.text.len() + self.line.len() > self.limit {
                break;
            }
            match piece {
                Piece::Text(text) if self.hidden.is_none() => self.words(&decode_entities(text)),
                Piece::Open(tag) => self.open(&tag),
                Piece::Close(name) => self.close(&name),
                Piece::Text(_) | Piece::Raw { .. } => {}
            }
        }
    }

    fn finish(mut self) -> String {
        self.end_line();
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text
    }

    fn words(&mut self, text: &str) {
        if self.preformatted > 0 {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.hard_break();
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        let is_space = |c: char| c.is_ascii_whitespace() || c == '\u{A0}';
        for (index, word) in text.split(is_space).enumerate() {
            self.has_space |= index > 0;
            if word.chars().all(char::is_control) {
                continue;
            }
            if self.has_space && !self.line.is_empty() {
                self.line.push(' ');
            }
            self.has_space = false;
            if word.bytes().all(|byte| byte.is_ascii_graphic()) {
                self.line.push_str(word);
            } else {
                self.line.extend(word.chars().filter(|c| !c.is_control()));
            }
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        if let Some((name, count)) = self.hidden.as_mut() {
            if *name == tag.name && !tag.is_void() {
                *count += 1;
            }
            return;
        }
        let is_hidden = is_hidden(tag) || self.skips_quotes && is_quote(tag);
        if is_hidden && !tag.is_void() && tag.name != "body" && tag.name != "html" {
            self.hidden = Some((tag.name.clone(), 1));
            return;
        }
        match tag.name.as_str() {
            "br" => self.hard_break(),
            "hr" => {
                self.end_line();
                self.line.push_str("---");
                self.end_line();
            }
            "blockquote" => {
                self.paragraph();
                self.quotes = (self.quotes + 1).min(MAX_QUOTE_DEPTH);
            }
            "pre" => {
                self.paragraph();
                self.preformatted += 1;
            }
            "ul" => self.list(None),
            "ol" => self.list(Some(0)),
            "li" => self.item(),
            "td" | "th" => self.has_space = true,
            "a" if self.shows_links => {
                let target = tag
                    .attribute("href")
                    .filter(|href| href.starts_with("http") || href.starts_with("mailto:"));
                self.link = target.map(|target| (target, self.line.len()));
            }
            "img" if self.shows_links => {
                if let Some(alt) = tag.attribute("alt").filter(|alt| !alt.trim().is_empty()) {
                    self.words(&format!(" [{}] ", alt.trim()));
                }
            }
            name if is_paragraph(name) => self.paragraph(),
            name if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, closed: &str) {
        if let Some((name, count)) = self.hidden.as_mut() {
            if name == closed {
                *count -= 1;
                if *count == 0 {
                    self.hidden = None;
                }
            }
            return;
        }
        match closed {
            "blockquote" => {
                self.end_line();
                self.quotes = self.quotes.saturating_sub(1);
                self.needs_blank = true;
            }
            "pre" => {
                self.paragraph();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.end_line();
                self.lists.pop();
                self.needs_blank = self.lists.is_empty();
            }
            "a" => self.close_link(),
            name if is_paragraph(name) => self.paragraph(),
            name if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn close_link(&mut self) {
        let Some((target, start)) = self.link.take() else { return };
        let shown = self.line.get(start..).unwrap_or_default().trim();
        let bare = target.trim_start_matches("mailto:");
        let is_same = shown.is_empty()
            || bare == shown
            || bare
                .trim_start_matches("https://")
                .trim_start_matches("http://")
                .trim_end_matches('/')
                == shown;
        if !is_same && target.len() < 500 {
            let _ = write!(self.line, " <{bare}>");
        } else if shown.is_empty() && self.line.is_empty() {
            self.line.push_str(bare);
        }
    }

    fn list(&mut self, first: Option<usize>) {
        self.end_line();
        self.needs_blank |= self.lists.is_empty();
        if self.lists.len() < MAX_QUOTE_DEPTH {
            self.lists.push(first);
        }
    }

    fn item(&mut self) {
        self.end_line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{number}.")
            }
            _ => "-".to_owned(),
        };
        let _ = write!(self.line, "{indent}{mark} ");
        self.has_space = false;
    }

    /// Ends the line and leaves one line empty before what comes next.
    fn paragraph(&mut self) {
        self.end_line();
        self.needs_blank = true;
    }

    fn hard_break(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
            self.needs_blank = true;
        } else {
            self.end_line();
        }
        self.has_space = false;
    }

    fn end_line(&mut self) {
        self.has_space = false;
        self.link = self.link.take().map(|(target, _)| (target, 0));
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        let mark = ">".repeat(self.quotes);
        if self.needs_blank && !self.text.is_empty() {
            self.text.push_str(&mark);
            self.text.push('\n');
        }
        self.needs_blank = false;
        self.text.push_str(&mark);
        if self.quotes > 0 {
            self.text.push(' ');
        }
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn is_paragraph(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "dl"
            | "table"
            | "figure"
            | "article"
            | "section"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "tr"
            | "li"
            | "dt"
            | "dd"
            | "address"
            | "aside"
            | "body"
            | "caption"
            | "center"
            | "details"
            | "fieldset"
            | "figcaption"
            | "footer"
            | "form"
            | "header"
            | "main"
            | "nav"
            | "summary"
            | "tbody"
            | "thead"
            | "tfoot"
            | "option"
    )
}

/// Tells whether a start tag hides what it contains.
pub(crate) fn is_hidden(tag: &Tag<'_>) -> bool {
    if tag.name == "head" {
        return true;
    }
    if !tag.may_hide() {
        return false;
    }
    let mut is_hidden = false;
    for (name, value) in tag.attributes() {
        is_hidden |= match name.as_str() {
            "hidden" => true,
            "style" => {
                let style: String =
                    value.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
                let starts = |declaration: &str| {
                    style
                        .split(';')
                        .any(|known| known.trim_end_matches("!important") == declaration)
                };
                starts("display:none")
                    || starts("visibility:hidden")
                    || starts("font-size:0")
                    || starts("font-size:0px")
                    || starts("max-height:0")
                    || starts("max-height:0px")
                    || starts("opacity:0")
                    || starts("mso-hide:all")
            }
            _ => false,
        };
    }
    is_hidden
}

/// Tells whether a start tag opens a quoted message.
pub(crate) fn is_quote(tag: &Tag<'_>) -> bool {
    tag.attributes().any(|(name, value)| match name.as_str() {
        "type" => tag.name == "blockquote" && value.eq_ignore_ascii_case("cite"),
        "class" => value.split_ascii_whitespace().any(|class| {
            matches!(
                class,
                "gmail_quote"
                    | "gmail_quote_container"
                    | "yahoo_quoted"
                    | "moz-cite-prefix"
                    | "protonmail_quote"
                    | "mail-quote"
                    | "mail-attribution"
                    | "gmail_attr"
                    | "foxmail_quote"
            )
        }),
        "id" => matches!(
            value.as_str(),
            "divRplyFwdMsg"
                | "isReplyContent"
                | "mail-editor-reference-message-container"
                | "OLK_SRC_BODY_SECTION"
        ),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_said_in_words() {
        for (html, expected) in [
            ("<p>Hello <b>world</b></p><p>Two</p>", "Hello world\n\nTwo"),
            ("a<br>b<br><br>c", "a\nb\n\nc"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<ul><li>x<li>y</ul>z", "- x\n- y\n\nz"),
            ("<ol><li>x</li><li>y</li></ol>", "1. x\n2. y"),
            ("<blockquote>q<blockquote>r</blockquote></blockquote>after", "> q\n>>\n>> r\n\nafter"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("a &lt;b&gt; &amp; &#20320;", "a <b> & 你"),
            ("<style>x{}</style><script>y()</script>z", "z"),
            ("<span style='display: none'>no<span>no</span></span>yes", "yes"),
            ("<head><title>t</title></head><body>b</body>", "b"),
        ] {
            assert_eq!(from_html(html), expected, "{html}");
        }
        assert_eq!(
            to_plain(
                "<a href=\"https://example.org/x\">here</a> <a href=\"https://example.org/\">example.org</a>"
            ),
            "here <https://example.org/x> example.org"
        );
    }

    #[test]
    fn hostile_html_is_read_in_linear_time() {
        for unit in [
            "<div>",
            "<",
            "<style>",
            "<!--",
            "<blockquote>",
            "&",
            "<a href='",
            "</div>",
            "<ul><li>",
            "<svg>",
        ] {
            assert!(from_html(&unit.repeat(200_000)).len() < MAX_BYTES + 100_000);
        }
    }
}
