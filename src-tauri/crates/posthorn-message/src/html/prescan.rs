//! The pass before ammonia: limits, and style sheets taken out.
//!
//! A browser's parser takes time in the square of the depth (half a megabyte of `<div>` costs a minute), so tags beyond
//! a depth are dropped and their text kept. This pass sees nesting nearly as a parser does; where it errs, the limit on
//! the number of tags bounds the time.

use std::fmt::Write as _;

use super::tag::{Piece, Tag, escape, pieces};

/// Bytes of HTML that are laid out; above it only the text is shown.
pub const MAX_HTML_BYTES: usize = 4 * 1024 * 1024;
/// Depth of nesting; deeper tags are dropped. The deepest newsletters have about sixty.
pub const MAX_DEPTH: usize = 200;
/// Start tags; above it only the text is shown. Long newsletters have some thousand.
pub const MAX_TAGS: usize = 40_000;
/// Unclosed formatting elements: a parser repeats each of them in every paragraph that follows.
const MAX_FORMATTING: usize = 24;
/// Bytes of style sheets that are read.
const MAX_CSS_BYTES: usize = 512 * 1024;

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Prescan {
    /// HTML without comments, declarations, style sheets and tags that are too deep.
    pub(super) html: String,
    /// The style sheets, one after another.
    pub(super) css: String,
    /// There is too much of it to lay out.
    pub(super) is_too_much: bool,
    /// A `meta` says that there is a dark form.
    pub(super) supports_dark: bool,
}

pub(super) fn prescan(html: &str) -> Prescan {
    let mut scan = Prescan { html: String::with_capacity(html.len()), ..Prescan::default() };
    if html.len() > MAX_HTML_BYTES {
        scan.is_too_much = true;
        return scan;
    }
    let mut open: Vec<String> = Vec::new();
    let mut tags = 0;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => scan.html.push_str(text),
            Piece::Raw { tag, content } if tag.name == "style" => {
                if scan.css.len() + content.len() <= MAX_CSS_BYTES {
                    scan.css.push_str(content);
                    scan.css.push('\n');
                }
            }
            // Scripts and their kind end here already; ammonia would drop them too.
            Piece::Raw { .. } => {}
            Piece::Close(name) => {
                close(&mut open, &name);
                if !matches!(name.as_str(), "html" | "head" | "style" | "script") {
                    let _ = write!(scan.html, "</{}>", if name == "body" { "div" } else { &name });
                }
            }
            Piece::Open(tag) => {
                tags += 1;
                if tags > MAX_TAGS {
                    scan.is_too_much = true;
                    return scan;
                }
                scan.open(&mut open, &tag);
            }
        }
    }
    scan
}

impl Prescan {
    fn open(&mut self, open: &mut Vec<String>, tag: &Tag<'_>) {
        match tag.name.as_str() {
            "html" | "head" => return,
            "meta" => {
                let is_scheme = tag.attribute("name").is_some_and(|name| {
                    matches!(
                        name.to_ascii_lowercase().as_str(),
                        "color-scheme" | "supported-color-schemes"
                    )
                });
                self.supports_dark |= is_scheme
                    && tag
                        .attribute("content")
                        .is_some_and(|content| content.to_ascii_lowercase().contains("dark"));
                return;
            }
            _ => {}
        }
        let is_formatting = is_formatting(&tag.name);
        let nested = open.iter().filter(|name| self::is_formatting(name) == is_formatting).count();
        if !tag.is_void() && nested >= if is_formatting { MAX_FORMATTING } else { MAX_DEPTH } {
            return;
        }
        if !tag.is_void() && !closes_itself(&tag.name) {
            open.push(tag.name.clone());
        }
        if tag.name == "body" {
            self.body(tag);
        } else {
            self.html.push_str(tag.source);
        }
    }

    /// The frame has a body of its own: the message's becomes a `div` that keeps its colours.
    fn body(&mut self, tag: &Tag<'_>) {
        let mut style = String::new();
        self.html.push_str("<div");
        for (name, value) in tag.attributes() {
            match name.as_str() {
                "style" => style.push_str(&value),
                // The default colour of text is an attribute of its own; a style beside it wins.
                "text"
                    if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') =>
                {
                    style.insert_str(0, &format!("color:{value};"));
                }
                "bgcolor" | "class" | "id" | "dir" | "lang" | "background" => {
                    let _ = write!(self.html, " {name}=\"{}\"", escape(&value));
                }
                _ => {}
            }
        }
        if !style.is_empty() {
            let _ = write!(self.html, " style=\"{}\"", escape(&style));
        }
        self.html.push('>');
    }
}

/// Elements that a new sibling closes: they nest only through others, which are counted.
fn closes_itself(name: &str) -> bool {
    matches!(
        name,
        "p" | "li"
            | "dt"
            | "dd"
            | "tr"
            | "td"
            | "th"
            | "tbody"
            | "thead"
            | "tfoot"
            | "option"
            | "colgroup"
            | "body"
    )
}

fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// Closes the innermost element of this name, but not through a table: a parser would not either.
fn close(open: &mut Vec<String>, name: &str) {
    let barrier = |known: &str| {
        name != "table" && matches!(known, "table" | "caption" | "applet" | "marquee")
    };
    for at in (0..open.len()).rev() {
        match open.get(at) {
            Some(known) if known == name => {
                open.truncate(at);
                return;
            }
            Some(known) if barrier(known) => return,
            _ => {}
        }
    }
}

/// Returns the charset that a `meta` element near the start names, for HTML that came without a label.
pub(crate) fn declared_charset(html: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(html.get(..2_048).unwrap_or(html)).into_owned();
    pieces(&start).find_map(|piece| match piece {
        Piece::Open(tag) if tag.name == "meta" => tag.attribute("charset").or_else(|| {
            let content = tag.attribute("content")?.to_ascii_lowercase();
            let (_, charset) = content.split_once("charset=")?;
            Some(
                charset
                    .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';'))
                    .to_owned(),
            )
        }),
        _ => None,
    })
}
