//! How a message is put together: its header fields, decoded, and its parts as a tree. For people who want to look.

use crate::encoded_word::decode_header;
use crate::field::{Fields, MAX_FIELDS, split};
use crate::mime::Tree;
use crate::transfer;

/// Characters of one field that are shown.
const MAX_VALUE: usize = 4_000;

/// A field of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineField {
    /// Its name, as written.
    pub name: String,
    /// Its value, decoded, on one line.
    pub value: String,
}

/// A part of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinePart {
    /// Section as in IMAP; empty for the outermost multipart.
    pub section: String,
    /// How deep it stands; 0 for the outermost.
    pub depth: usize,
    /// Content type in lower case.
    pub content_type: String,
    /// The sender's name for it, made safe; empty when it has none.
    pub name: String,
    /// Transfer encoding as written; empty when missing.
    pub encoding: String,
    /// Charset as written; empty when missing.
    pub charset: String,
    /// Bytes after decoding; for quoted-printable the size before it.
    pub size: u64,
}

/// A message as it is put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Header fields in order.
    pub fields: Vec<OutlineField>,
    /// Parts in document order.
    pub parts: Vec<OutlinePart>,
}

/// Returns how a message is put together.
pub fn outline(raw: &[u8]) -> Outline {
    let (end, _) = split(raw);
    let fields = Fields::parse(raw.get(..end).unwrap_or_default());
    let fields = fields.each().take(MAX_FIELDS).map(|(name, value)| OutlineField {
        name: String::from_utf8_lossy(name).into_owned(),
        value: decode_header(value, None).chars().take(MAX_VALUE).collect(),
    });
    let tree = Tree::of(raw);
    let mut parts = Vec::new();
    // Parts are found level by level; people read them as they stand in the message.
    let mut open = vec![(0, 0)];
    while let Some((index, depth)) = open.pop() {
        let Some(part) = tree.parts.get(index) else { continue };
        let body = raw.get(part.body.clone()).unwrap_or_default();
        let charset = part.content_type.raw("charset").unwrap_or_default();
        parts.push(OutlinePart {
            section: part.section.clone(),
            depth,
            content_type: part.content_type.value.clone(),
            name: part.name(None).map(|name| crate::safe_name(&name)).unwrap_or_default(),
            encoding: part.transfer_encoding.clone(),
            charset: String::from_utf8_lossy(charset).into_owned(),
            size: transfer::decoded_len(body, &part.transfer_encoding) as u64,
        });
        let children: Vec<usize> = tree.children(index).collect();
        open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
    }
    Outline { fields: fields.collect(), parts }
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn a_message_is_told_as_it_is_put_together() {
        let raw = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nX-Folded: a\r\n b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
            --c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHi\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>Hi\r\n--c--\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n";
        let told = outline(raw);
        let fields: Vec<_> =
            told.fields.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
        assert_eq!(fields[0], ("Subject", "Grüße"));
        assert_eq!(fields[1], ("X-Folded", "a b"));
        let parts: Vec<_> = told
            .parts
            .iter()
            .map(|one| (one.depth, one.section.as_str(), one.content_type.as_str(), one.size))
            .collect();
        assert_eq!(
            parts,
            [
                (0, "", "multipart/mixed", told.parts[0].size),
                (1, "1", "multipart/alternative", told.parts[1].size),
                (2, "1.1", "text/plain", 2),
                (2, "1.2", "text/html", 5),
                (1, "2", "application/pdf", 3),
            ]
        );
        assert_eq!(
            (told.parts[2].charset.as_str(), told.parts[4].name.as_str()),
            ("utf-8", "a.pdf")
        );
        assert!(outline(b"").fields.is_empty());
    }
}
