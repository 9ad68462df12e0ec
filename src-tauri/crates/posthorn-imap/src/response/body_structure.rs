//! `BODYSTRUCTURE` (RFC 9051 section 7.5.2) as a tree of our own.
//!
//! From it follows, without a download, what a message holds: which parts are text, which are attachments, how
//! large they are and under which section they are fetched.
//! Limits: [`MAX_DEPTH`] levels and [`MAX_PARTS`] parts; what is beyond is skipped and [`BodyStructure::is_cut`]
//! says so.

use crate::Result;
use crate::limit::{MAX_DEPTH, MAX_PARTS, MAX_WORDS};
use crate::token::{Cursor, Next};

/// The parts of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyStructure {
    /// The outermost part.
    pub root: Part,
    /// Parts were skipped because there are too many or they nest too deeply.
    pub is_cut: bool,
}

/// One part of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Section under which the part is fetched: `1`, `2.1`. Empty for a multipart at the top.
    pub section: String,
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// Parameters of the content type: names in lower case, values as sent.
    pub params: Vec<(String, String)>,
    /// `Content-ID`, without angle brackets.
    pub content_id: Option<String>,
    /// `Content-Transfer-Encoding` in lower case; empty for a multipart.
    pub encoding: String,
    /// Octets as transferred; 0 for a multipart.
    pub size: u64,
    /// `Content-Disposition` in lower case (`inline`, `attachment`). Absent when the part has none.
    pub disposition: Option<String>,
    /// Parameters of the disposition: names in lower case, values as sent.
    pub disposition_params: Vec<(String, String)>,
    /// What is inside.
    pub content: PartContent,
}

/// What a part holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PartContent {
    /// Octets.
    #[default]
    Leaf,
    /// Other parts.
    Multipart(Vec<Part>),
    /// A message (`message/rfc822`), as its outermost part.
    Message(Box<Part>),
}

impl Part {
    /// Returns a parameter of the content type; `name` in lower case.
    pub fn param(&self, name: &str) -> Option<&str> {
        find(&self.params, name)
    }

    /// Returns the file name as sent (not decoded: RFC 2047 and RFC 2231 are for posthorn-message).
    pub fn raw_name(&self) -> Option<&str> {
        ["filename", "filename*", "filename*0", "filename*0*"]
            .iter()
            .find_map(|name| find(&self.disposition_params, name))
            .or_else(|| {
                ["name", "name*", "name*0", "name*0*"].iter().find_map(|name| self.param(name))
            })
            .filter(|name| !name.is_empty())
    }

    /// Tells whether the part is a file for the user: disposition `attachment`, or a leaf that is neither text to
    /// read nor an inline picture.
    pub fn is_attachment(&self) -> bool {
        let is_text =
            matches!(self.media_type.as_str(), "text/plain" | "text/html" | "text/enriched");
        match (&self.content, self.disposition.as_deref()) {
            (PartContent::Multipart(_), _) => false,
            (_, Some("attachment")) => true,
            (PartContent::Message(_), _) => true,
            (PartContent::Leaf, disposition) if is_text => {
                disposition.is_some() && self.raw_name().is_some()
            }
            (PartContent::Leaf, _) => {
                let is_shown_inline =
                    self.content_id.is_some() && self.media_type.starts_with("image/");
                let is_signature =
                    self.media_type.ends_with("-signature") && self.raw_name().is_none();
                !is_shown_inline && !is_signature && !self.media_type.ends_with("delivery-status")
            }
        }
    }

    fn walk<'a>(&'a self, parts: &mut Vec<&'a Self>) {
        parts.push(self);
        match &self.content {
            PartContent::Leaf => {}
            PartContent::Multipart(children) => {
                for child in children {
                    child.walk(parts);
                }
            }
            PartContent::Message(inner) => inner.walk(parts),
        }
    }
}

fn find<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl BodyStructure {
    /// Returns all parts, each before what is inside it.
    pub fn parts(&self) -> Vec<&Part> {
        let mut parts = Vec::new();
        self.root.walk(&mut parts);
        parts
    }

    /// Returns the parts that are files for the user; an attached message counts as one, not with its own files.
    pub fn attachments(&self) -> Vec<&Part> {
        let mut found = Vec::new();
        let mut open = vec![&self.root];
        while let Some(part) = open.pop() {
            if part.is_attachment() {
                found.push(part);
            } else if let PartContent::Multipart(children) = &part.content {
                open.extend(children.iter().rev());
            }
        }
        found
    }

    /// Tells whether there is a file for the user.
    pub fn has_attachments(&self) -> bool {
        !self.attachments().is_empty()
    }

    /// Returns the parts with text to read (`text/plain` and `text/html` that are no attachments).
    pub fn texts(&self) -> Vec<&Part> {
        let is_text = |part: &&Part| matches!(part.media_type.as_str(), "text/plain" | "text/html");
        self.parts().into_iter().filter(is_text).filter(|part| !part.is_attachment()).collect()
    }

    /// Returns about how many octets of memory it holds.
    pub(crate) fn memory(&self) -> usize {
        let pair = |(name, value): &(String, String)| 80 + name.len() + value.len();
        let pairs = |list: &[(String, String)]| list.iter().map(pair).sum::<usize>();
        let part = |part: &&Part| {
            size_of::<Part>() + 80 + pairs(&part.params) + pairs(&part.disposition_params)
        };
        self.parts().iter().map(part).sum()
    }

    /// Reads a structure; nothing when it is `NIL` or cannot be understood (the rest of the response still is).
    pub(crate) fn parse(cursor: &mut Cursor) -> Result<Option<Self>> {
        if cursor.peek() != Next::Byte(b'(') {
            cursor.skip_value()?;
            return Ok(None);
        }
        let mut reader = Reader { parts: 0, is_cut: false };
        let root = reader.part(cursor, "", 0)?;
        Ok(root.map(|root| Self { root, is_cut: reader.is_cut }))
    }
}

struct Reader {
    parts: usize,
    is_cut: bool,
}

impl Reader {
    /// Reads `(…)`. Recursion is at most [`MAX_DEPTH`] deep. `prefix` is the section of what encloses the part.
    fn part(&mut self, cursor: &mut Cursor, prefix: &str, depth: usize) -> Result<Option<Part>> {
        self.parts += 1;
        if depth >= MAX_DEPTH || self.parts > MAX_PARTS {
            self.is_cut = true;
            cursor.skip_value()?;
            return Ok(None);
        }
        cursor.expect(b'(')?;
        cursor.spaces();
        match cursor.peek() {
            Next::Byte(b'(') => self.multipart(cursor, prefix, depth).map(Some),
            Next::Byte(b')') => {
                cursor.accept(b')');
                Ok(None)
            }
            _ => self.leaf(cursor, if prefix.is_empty() { "1" } else { prefix }, depth).map(Some),
        }
    }

    fn multipart(&mut self, cursor: &mut Cursor, section: &str, depth: usize) -> Result<Part> {
        let mut children = Vec::new();
        let mut number = 0_usize;
        while cursor.peek() == Next::Byte(b'(') {
            number += 1;
            let dot = if section.is_empty() { "" } else { "." };
            let child = self.part(cursor, &format!("{section}{dot}{number}"), depth + 1)?;
            children.extend(child);
            cursor.spaces();
        }
        let mut part = Part { section: section.to_owned(), ..Part::default() };
        part.media_type =
            format!("multipart/{}", lower(cursor)?.unwrap_or_else(|| "mixed".to_owned()));
        if more(cursor) {
            part.params = params(cursor)?;
        }
        part.content = PartContent::Multipart(children);
        extension(cursor, &mut part)?;
        Ok(part)
    }

    fn leaf(&mut self, cursor: &mut Cursor, section: &str, depth: usize) -> Result<Part> {
        let mut part = Part { section: section.to_owned(), ..Part::default() };
        let kind = lower(cursor)?.unwrap_or_else(|| "application".to_owned());
        let subtype = if more(cursor) { lower(cursor)? } else { None };
        part.media_type =
            format!("{kind}/{}", subtype.unwrap_or_else(|| "octet-stream".to_owned()));
        if more(cursor) {
            part.params = params(cursor)?;
        }
        if more(cursor) {
            part.content_id = word(cursor)?.map(|id| id.trim_matches(['<', '>']).to_owned());
        }
        if more(cursor) {
            cursor.skip_value()?;
        }
        if more(cursor) {
            part.encoding = lower(cursor)?.unwrap_or_default();
        }
        if more(cursor) {
            part.size = word(cursor)?.and_then(|size| size.parse().ok()).unwrap_or(0);
        }
        // Only an embedded message has lists here: envelope, then structure, then lines.
        if part.media_type == "message/rfc822" || part.media_type == "message/global" {
            self.message(cursor, &mut part, section, depth)?;
        } else if kind == "text" && more(cursor) && cursor.peek() != Next::Byte(b'(') {
            cursor.skip_value()?;
        }
        if more(cursor) {
            cursor.skip_value()?;
        }
        extension(cursor, &mut part)?;
        Ok(part)
    }

    fn message(
        &mut self,
        cursor: &mut Cursor,
        part: &mut Part,
        section: &str,
        depth: usize,
    ) -> Result<()> {
        if !more(cursor) {
            return Ok(());
        }
        // Some servers leave envelope and structure out and go on with the MD5: then there is no list here.
        cursor.skip_value()?;
        if !more(cursor) {
            return Ok(());
        }
        if cursor.peek() == Next::Byte(b'(') {
            part.content = match self.embedded(cursor, section, depth)? {
                Some(inner) => PartContent::Message(Box::new(inner)),
                None => PartContent::Leaf,
            };
            if more(cursor) {
                cursor.skip_value()?;
            }
        }
        Ok(())
    }

    /// Reads the structure of an embedded message: a multipart there takes the message's own section.
    fn embedded(
        &mut self,
        cursor: &mut Cursor,
        section: &str,
        depth: usize,
    ) -> Result<Option<Part>> {
        let mut inner = self.part(cursor, section, depth + 1)?;
        if let Some(inner) = &mut inner
            && !matches!(inner.content, PartContent::Multipart(_))
        {
            let own = format!("{section}.1");
            renumber(inner, section, &own);
        }
        Ok(inner)
    }
}

/// Puts `to` for the prefix `from` in a part and everything inside it.
fn renumber(part: &mut Part, from: &str, to: &str) {
    if let Some(rest) = part.section.strip_prefix(from) {
        part.section = format!("{to}{rest}");
    }
    match &mut part.content {
        PartContent::Leaf => {}
        PartContent::Multipart(children) => {
            for child in children {
                renumber(child, from, to);
            }
        }
        PartContent::Message(inner) => renumber(inner, from, to),
    }
}

/// Tells whether the list goes on.
fn more(cursor: &mut Cursor) -> bool {
    cursor.spaces();
    !matches!(cursor.peek(), Next::Byte(b')') | Next::End)
}

/// Takes a string, or skips a list where a string should be.
fn word(cursor: &mut Cursor) -> Result<Option<String>> {
    if cursor.peek() == Next::Byte(b'(') {
        cursor.skip_value()?;
        return Ok(None);
    }
    cursor.nword()
}

fn lower(cursor: &mut Cursor) -> Result<Option<String>> {
    if !more(cursor) {
        return Ok(None);
    }
    Ok(word(cursor)?.map(|word| word.to_ascii_lowercase()))
}

/// Takes `("name" "value" …)`, `()` or `NIL`.
fn params(cursor: &mut Cursor) -> Result<Vec<(String, String)>> {
    let mut params = Vec::new();
    if !cursor.accept(b'(') {
        cursor.skip_value()?;
        return Ok(params);
    }
    while more(cursor) {
        let Some(name) = word(cursor)? else { continue };
        if !more(cursor) {
            break;
        }
        let value = word(cursor)?.unwrap_or_default();
        if params.len() < MAX_WORDS {
            params.push((name.to_ascii_lowercase(), value));
        }
    }
    cursor.expect(b')')?;
    Ok(params)
}

/// Takes disposition, language, location and whatever else there is, up to the closing parenthesis.
fn extension(cursor: &mut Cursor, part: &mut Part) -> Result<()> {
    if more(cursor) {
        if cursor.accept(b'(') {
            if more(cursor) {
                part.disposition = word(cursor)?.map(|word| word.to_ascii_lowercase());
            }
            if more(cursor) {
                part.disposition_params = params(cursor)?;
            }
            cursor.skip_rest_of_list()?;
        } else {
            cursor.skip_value()?;
        }
    }
    cursor.skip_rest_of_list()
}

#[cfg(test)]
mod tests;
