//! HTML as a flat run of pieces, in one pass and without a tree: for what must be linear (pre-scan, text, links).
//!
//! Never a basis for safety: what a browser would make of the text is ammonia's business.

use std::borrow::Cow;

use mail_parser::decoders::html::add_html_token;

/// Elements whose content is no markup.
const RAW_ELEMENTS: &[&str] = &[
    "script",
    "style",
    "title",
    "textarea",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "template",
    "svg",
    "math",
    "object",
];

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text between tags, entities undecoded.
    Text(&'a str),
    /// `<name …>`.
    Open(Tag<'a>),
    /// `</name>`; the name in lower case.
    Close(String),
    /// An element whose content is no markup, with its content.
    Raw {
        /// The start tag.
        tag: Tag<'a>,
        /// Everything before the end tag.
        content: &'a str,
    },
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// Name in lower case.
    pub(crate) name: String,
    /// Everything between the name and the `>`.
    attributes: &'a str,
    /// The tag as it stands.
    pub(crate) source: &'a str,
}

impl Tag<'_> {
    /// Returns the decoded value of the first attribute of this name; empty where it has no value.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns names in lower case and decoded values.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (String, String)> {
        Attributes { rest: self.attributes }
    }

    /// Tells whether its attributes may hide it: most have none that could, and need not be read one by one.
    pub(crate) fn may_hide(&self) -> bool {
        let bytes = self.attributes.as_bytes();
        // By the letters that are seldom in other names.
        let around = |at: usize, before: usize, name: &[u8]| {
            let start = at.checked_sub(before);
            let found = start.and_then(|start| bytes.get(start..start + name.len()));
            found.is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        memchr::memchr2_iter(b'y', b'Y', bytes).any(|at| around(at, 2, b"style"))
            || memchr::memchr2_iter(b'd', b'D', bytes).any(|at| around(at, 2, b"hidden"))
    }

    /// Tells whether the element takes no content.
    pub(crate) fn is_void(&self) -> bool {
        matches!(
            self.name.as_str(),
            "area"
                | "base"
                | "br"
                | "col"
                | "embed"
                | "hr"
                | "img"
                | "input"
                | "link"
                | "meta"
                | "param"
                | "source"
                | "track"
                | "wbr"
                | "basefont"
                | "bgsound"
                | "frame"
                | "keygen"
        )
    }
}

struct Attributes<'a> {
    rest: &'a str,
}

impl Iterator for Attributes<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<(String, String)> {
        let space = |c: char| c.is_ascii_whitespace() || c == '/';
        self.rest = self.rest.trim_start_matches(space);
        if self.rest.is_empty() {
            return None;
        }
        // A name may begin with `=`; else it ends there.
        let end = self
            .rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| space(*c) || *c == '=')
            .map_or(self.rest.len(), |(at, _)| at);
        let (name, rest) = self.rest.split_at_checked(end)?;
        let after = rest.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            self.rest = rest;
            return Some((name.to_ascii_lowercase(), String::new()));
        };
        let value = value.trim_start();
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => value.split_at_checked(
                value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()),
            )?,
        };
        self.rest = rest;
        Some((name.to_ascii_lowercase(), decode_entities(value).into_owned()))
    }
}

/// Splits HTML into pieces. Comments, declarations and unfinished tags are left out.
pub(crate) fn pieces(html: &str) -> Pieces<'_> {
    Pieces { rest: html, missing_ends: Vec::new() }
}

/// Iterator of [`pieces`].
pub(crate) struct Pieces<'a> {
    rest: &'a str,
    /// Raw elements whose end tag does not occur any more: looked for once, so that many of them stay linear.
    missing_ends: Vec<String>,
}

impl<'a> Pieces<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn open(&mut self, length: usize) -> Piece<'a> {
        let source = self.take(length);
        let inner = source.get(1..source.len().saturating_sub(1)).unwrap_or_default();
        let end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
        let (name, attributes) = inner.split_at_checked(end).unwrap_or((inner, ""));
        let tag = Tag { name: name.to_ascii_lowercase(), attributes, source };
        if !RAW_ELEMENTS.contains(&tag.name.as_str()) {
            return Piece::Open(tag);
        }
        let content = match self.raw_end(&tag.name) {
            Some(end) => self.take(end),
            // An element that is never closed swallows the rest in a browser.
            None if matches!(
                tag.name.as_str(),
                "svg" | "math" | "object" | "template" | "noscript"
            ) =>
            {
                return Piece::Open(tag);
            }
            None => self.take(self.rest.len()),
        };
        Piece::Raw { tag, content }
    }

    fn raw_end(&mut self, name: &str) -> Option<usize> {
        if name == "plaintext" || self.missing_ends.iter().any(|missing| missing == name) {
            return None;
        }
        let mut from = 0;
        while let Some(at) = self.rest.get(from..).and_then(|rest| rest.find("</")) {
            let start = from + at;
            let candidate =
                self.rest.as_bytes().get(start + 2..start + 2 + name.len()).unwrap_or_default();
            let next = self.rest.as_bytes().get(start + 2 + name.len());
            if candidate.eq_ignore_ascii_case(name.as_bytes())
                && next.is_none_or(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())
            {
                return Some(start);
            }
            from = start + 2;
        }
        self.missing_ends.push(name.to_owned());
        None
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(start) = tag_start(self.rest) else {
                return Some(Piece::Text(self.take(self.rest.len())));
            };
            if start > 0 {
                return Some(Piece::Text(self.take(start)));
            }
            if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.take(comment_len(self.rest));
                continue;
            }
            let Some(length) = tag_len(self.rest) else {
                self.rest = "";
                return None;
            };
            if self.rest.starts_with("</") {
                let source = self.take(length);
                let name = source.get(2..source.len().saturating_sub(1)).unwrap_or_default();
                let name = name
                    .split(|c: char| c.is_ascii_whitespace() || c == '/')
                    .next()
                    .unwrap_or_default();
                return Some(Piece::Close(name.to_ascii_lowercase()));
            }
            return Some(self.open(length));
        }
    }
}

/// Finds the next `<` that begins a tag, comment or declaration.
fn tag_start(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|at| match bytes.get(at + 1) {
        Some(b'!' | b'?') => true,
        Some(b'/') => bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic),
        Some(next) => next.is_ascii_alphabetic(),
        None => false,
    })
}

fn comment_len(text: &str) -> usize {
    let end = match text.strip_prefix("<!--") {
        Some(body) if body.starts_with('>') => Some(5),
        Some(body) if body.starts_with("->") => Some(6),
        Some(body) => {
            body.find("-->").map(|at| at + 7).or_else(|| body.find("--!>").map(|at| at + 8))
        }
        None => text.find('>').map(|at| at + 1),
    };
    end.unwrap_or(text.len())
}

/// Returns the length of the tag at the start of `text`; quotes count only after `=`.
fn tag_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    let mut is_value = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at + 1),
            b'"' | b'\'' if is_value => {
                at += 1 + memchr::memchr(*byte, bytes.get(at + 1..)?)?;
                is_value = false;
            }
            b'=' => is_value = true,
            byte if byte.is_ascii_whitespace() => {}
            _ => is_value = false,
        }
        at += 1;
    }
    None
}

/// Decodes character references.
pub(crate) fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at_checked(at).unwrap_or((rest, ""));
        decoded.push_str(before);
        let end = entity.bytes().take(40).position(|byte| byte == b';');
        if let Some((token, after)) = end.and_then(|end| entity.split_at_checked(end + 1)) {
            add_html_token(&mut decoded, token.as_bytes(), false);
            rest = after;
        } else {
            decoded.push('&');
            rest = entity.get(1..).unwrap_or_default();
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Writes text so that it is text in HTML and in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(html: &str) -> String {
        let shown: Vec<String> = pieces(html)
            .map(|piece| match piece {
                Piece::Text(text) => format!("'{text}'"),
                Piece::Open(tag) => {
                    let attributes: Vec<String> =
                        tag.attributes().map(|(name, value)| format!(" {name}={value}")).collect();
                    format!("<{}{}>", tag.name, attributes.concat())
                }
                Piece::Close(name) => format!("</{name}>"),
                Piece::Raw { tag, content } => format!("[{}:{content}]", tag.name),
            })
            .collect();
        shown.concat()
    }

    #[test]
    fn html_falls_into_pieces() {
        for (html, expected) in [
            ("a<B>c</B>", "'a'<b>'c'</b>"),
            ("<a href='x>y' title=\"&amp;\" q=1 z>t", "<a href=x>y title=& q=1 z=>'t'"),
            ("a < b <3", "'a < b <3'"),
            ("<!-- <b> --><p>", "<p>"),
            ("<!--><p>", "<p>"),
            ("<![if !mso]>x", "'x'"),
            ("<style>a<b</STYLE >c", "[style:a<b]</style>'c'"),
            ("<script>x", "[script:x]"),
            ("<br/>x</p", "<br>'x'"),
            ("<img src=a/b>", "<img src=a/b>"),
        ] {
            assert_eq!(show(html), expected, "{html}");
        }
        assert_eq!(
            decode_entities("&lt;&#20320;&#x597d;&nbsp;&bogus; & &"),
            "<你好\u{A0}&bogus; & &"
        );
    }
}
