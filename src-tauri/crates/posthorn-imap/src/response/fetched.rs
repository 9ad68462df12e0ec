//! `FETCH` responses (RFC 9051 section 7.5.2).

use posthorn_model::{Flags, ModSeq, Timestamp, Uid};

use super::BodyStructure;
use crate::limit::{MAX_CLAIMED_SIZE, MAX_MODSEQ};
use crate::literal::Literal;
use crate::token::{Cursor, Next, text_of};
use crate::{Result, date};

/// What one `FETCH` response says about one message. Everything is optional: a server may say part of it unasked.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Message number at this moment; uids are what counts.
    pub seq: u32,
    /// `UID`. Absent in unsolicited responses of old servers.
    pub uid: Option<Uid>,
    /// `FLAGS`.
    pub flags: Option<Flags>,
    /// `MODSEQ` (RFC 7162).
    pub modseq: Option<ModSeq>,
    /// `INTERNALDATE`. Absent also when the server said `NIL` or something that is no date.
    pub internal_date: Option<Timestamp>,
    /// `RFC822.SIZE` in octets.
    pub size: Option<u64>,
    /// `BODYSTRUCTURE`. Absent also when it cannot be understood.
    pub body_structure: Option<BodyStructure>,
    /// `BODY[…]` items in the order in which they came.
    pub sections: Vec<Section>,
    /// `BINARY.SIZE[…]` (RFC 3516): what stands between the brackets, in upper case, and the octets of that part without
    /// its transfer encoding.
    pub binary_sizes: Vec<(String, u64)>,
    /// `EMAILID` (RFC 8474).
    pub email_id: Option<String>,
    /// `THREADID` (RFC 8474).
    pub thread_id: Option<String>,
    /// `X-GM-MSGID` (Gmail).
    pub gm_msgid: Option<u64>,
    /// `X-GM-THRID` (Gmail).
    pub gm_thrid: Option<u64>,
    /// `X-GM-LABELS` (Gmail), as sent (modified UTF-7).
    pub gm_labels: Option<Vec<String>>,
    /// `PREVIEW` (RFC 8970): the beginning of the text. Absent also when the server has none at hand.
    pub preview: Option<String>,
}

/// One `BODY[name]<origin>` item.
#[derive(Debug)]
pub struct Section {
    /// What stands between the brackets, in upper case: empty for the whole message, `HEADER`, `1.2`, `1.MIME`.
    pub name: String,
    /// Offset of the first octet in the section. Absent when the section came whole.
    pub origin: Option<u64>,
    /// The transfer encoding is undone (`BINARY[…]`, RFC 3516).
    pub is_decoded: bool,
    /// The octets. Absent when the server said `NIL`: there is no such part, or the message is gone.
    pub data: Option<Literal>,
}

impl Fetched {
    /// Takes the octets of a section out. Absent when it was not sent, was `NIL`, or came in part.
    pub fn take_section(&mut self, name: &str) -> Option<Literal> {
        let at = self
            .sections
            .iter()
            .position(|part| part.origin.is_none() && !part.is_decoded && part.name == name)?;
        self.sections.swap_remove(at).data
    }

    /// Takes the octets of some header fields out, whatever their names and order. Absent when none were sent.
    pub fn take_fields(&mut self) -> Option<Literal> {
        let at = self.sections.iter().position(|part| part.name.starts_with("HEADER.FIELDS"))?;
        self.sections.swap_remove(at).data
    }

    /// Returns about how many octets of memory its flags hold.
    pub(crate) fn flags_heap(&self) -> usize {
        let keyword = |word: &posthorn_model::Keyword| 48 + word.len();
        self.flags.as_ref().map_or(0, |flags| flags.keywords.iter().map(keyword).sum())
    }

    /// Returns about how many octets of memory it holds.
    pub(crate) fn heap(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let literal = |part: &Section| {
            let memory = part.data.as_ref().and_then(Literal::as_memory);
            size_of::<Section>() + part.name.len() + memory.map_or(0, <[u8]>::len)
        };
        let parts = self.body_structure.as_ref().map_or(0, BodyStructure::memory);
        size_of::<Self>()
            + self.flags_heap()
            + text(&self.email_id)
            + text(&self.thread_id)
            + text(&self.preview)
            + self.gm_labels.as_deref().map_or(0, super::words)
            + self.sections.iter().map(literal).sum::<usize>()
            + self.binary_sizes.iter().map(|(name, _)| 32 + name.len()).sum::<usize>()
            + parts
    }

    /// Reads what follows `* n FETCH `.
    pub(crate) fn parse(seq: u32, cursor: &mut Cursor) -> Result<Self> {
        let mut fetched = Self { seq, ..Self::default() };
        cursor.expect(b'(')?;
        loop {
            cursor.spaces();
            if cursor.accept(b')') {
                return Ok(fetched);
            }
            let name = cursor.item_name().to_ascii_uppercase();
            if name.is_empty() {
                return Err(cursor.error("a fetch item is missing"));
            }
            cursor.spaces();
            fetched.item(&name, cursor)?;
        }
    }

    fn item(&mut self, name: &str, cursor: &mut Cursor) -> Result<()> {
        match name {
            "UID" => self.uid = Some(Uid(cursor.number32()?)).filter(|uid| uid.0 > 0),
            "FLAGS" => {
                let words = cursor.words()?;
                self.flags = Some(Flags::from_names(words.iter().map(String::as_str)));
            }
            "MODSEQ" => {
                let value = parenthesised(cursor)?.and_then(|text| text.parse().ok());
                self.modseq = value.filter(|value| *value <= MAX_MODSEQ).map(ModSeq);
            }
            "INTERNALDATE" => {
                self.internal_date = cursor.nword()?.and_then(|text| date::parse(&text));
            }
            "RFC822.SIZE" => {
                let size = cursor.nword()?.and_then(|text| text.parse().ok());
                self.size = size.map(|size: u64| size.min(MAX_CLAIMED_SIZE));
            }
            "BODYSTRUCTURE" => self.body_structure = BodyStructure::parse(cursor)?,
            "EMAILID" => self.email_id = parenthesised(cursor)?,
            "THREADID" => self.thread_id = parenthesised(cursor)?,
            "X-GM-MSGID" => self.gm_msgid = cursor.nword()?.and_then(|text| text.parse().ok()),
            "X-GM-THRID" => self.gm_thrid = cursor.nword()?.and_then(|text| text.parse().ok()),
            "X-GM-LABELS" => self.gm_labels = Some(cursor.words()?),
            // Dovecot of before the RFC answers `(FUZZY "text")`.
            "PREVIEW" if cursor.peek() == Next::Byte(b'(') => cursor.skip_value()?,
            "PREVIEW" => self.preview = cursor.nword()?,
            _ if name.starts_with("BINARY.SIZE[") => {
                let size = cursor.nword()?.and_then(|text| text.parse().ok());
                let section =
                    name.strip_prefix("BINARY.SIZE[").and_then(|rest| rest.strip_suffix(']'));
                if let (Some(section), Some(size)) = (section, size) {
                    let size: u64 = size;
                    self.binary_sizes.push((section.to_owned(), size.min(MAX_CLAIMED_SIZE)));
                }
            }
            "RFC822" => self.section("", None, false, cursor)?,
            "RFC822.HEADER" => self.section("HEADER", None, false, cursor)?,
            _ => match bracketed(name) {
                Some((section, origin)) => {
                    self.section(section, origin, name.starts_with("BINARY"), cursor)?;
                }
                None => cursor.skip_value()?,
            },
        }
        Ok(())
    }

    fn section(
        &mut self,
        name: &str,
        origin: Option<u64>,
        is_decoded: bool,
        cursor: &mut Cursor,
    ) -> Result<()> {
        let data = cursor.nstring()?;
        self.sections.push(Section { name: name.to_owned(), origin, is_decoded, data });
        Ok(())
    }
}

/// Splits `BODY[1.2]<0>` and `BINARY[1]`.
fn bracketed(name: &str) -> Option<(&str, Option<u64>)> {
    let rest = name.strip_prefix("BODY[").or_else(|| name.strip_prefix("BINARY["))?;
    let (section, tail) = rest.rsplit_once(']')?;
    let origin = tail
        .strip_prefix('<')
        .and_then(|tail| tail.strip_suffix('>'))
        .and_then(|origin| origin.parse().ok());
    Some((section, origin))
}

/// Takes `(word)`, or a bare word; `NIL` gives nothing.
fn parenthesised(cursor: &mut Cursor) -> Result<Option<String>> {
    if !cursor.accept(b'(') {
        return cursor.nword();
    }
    let word =
        if cursor.peek() == Next::Byte(b')') { None } else { Some(text_of(cursor.astring()?)) };
    cursor.skip_rest_of_list()?;
    Ok(word)
}
