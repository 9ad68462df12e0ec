//! Mailboxes as servers list them: names, attributes, counts, namespaces.

use std::fmt;

use posthorn_model::{MailboxRole, ModSeq, Uid, UidValidity};

use crate::limit::{MAX_MODSEQ, MAX_WORDS};
use crate::token::{Cursor, Next, text_of};
use crate::{Result, utf7};

/// Where bytes of names that are not UTF-8 are kept: U+F780 to U+F7FF stand for 0x80 to 0xFF.
const BYTE_BASE: u32 = 0xF700;

/// A mailbox's name as the server spells it (modified UTF-7), delimiters included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxName(String);

impl MailboxName {
    /// Returns `INBOX`.
    pub fn inbox() -> Self {
        Self("INBOX".to_owned())
    }

    /// Returns the name that people spell so, hierarchy delimiters included.
    pub fn from_display(text: &str) -> Self {
        Self::from_wire(utf7::encode(text))
    }

    /// Returns the name that [`Self::as_wire`] gave, for example from a database.
    pub fn from_wire(wire: impl Into<String>) -> Self {
        let wire = wire.into();
        if wire.eq_ignore_ascii_case("INBOX") { Self::inbox() } else { Self(wire) }
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        let lift = |byte: u8| match byte {
            0x80.. => char::from_u32(BYTE_BASE + u32::from(byte)).unwrap_or('?'),
            _ => char::from(byte),
        };
        let text = String::from_utf8(bytes);
        Self::from_wire(
            text.unwrap_or_else(|error| error.into_bytes().into_iter().map(lift).collect()),
        )
    }

    /// Returns the octets that go over the wire.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len());
        for character in self.0.chars() {
            match u32::from(character).checked_sub(BYTE_BASE) {
                Some(byte @ 0x80..=0xFF) => bytes.push(byte as u8),
                _ => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        bytes
    }

    /// Returns the octets that go over the wire where names are UTF-8 (RFC 6855). A name that no UTF-8 can spell safely
    /// keeps its old spelling.
    pub(crate) fn to_utf8(&self) -> Vec<u8> {
        let text = self.display();
        if text.chars().any(char::is_control) || self.has_bytes() {
            return self.to_bytes();
        }
        text.into_bytes()
    }

    /// Takes a name that came as UTF-8 for what it is, so that it is spelt here as on any other connection.
    pub(crate) fn respelt(self) -> Self {
        if self.has_bytes() { self } else { Self::from_display(&self.0) }
    }

    /// Tells whether the name has octets that are no text.
    fn has_bytes(&self) -> bool {
        self.0.chars().any(|character| {
            u32::from(character)
                .checked_sub(BYTE_BASE)
                .is_some_and(|byte| (0x80..=0xFF).contains(&byte))
        })
    }

    /// Returns the server's spelling, to be stored and sent back.
    pub fn as_wire(&self) -> &str {
        &self.0
    }

    /// Returns the name for people.
    pub fn display(&self) -> String {
        utf7::decode(&self.0)
    }

    /// Tells whether this is the INBOX, which every server has.
    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.display())
    }
}

/// One line of a `LIST` answer (RFC 9051 section 7.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name.
    pub name: MailboxName,
    /// What separates levels of its name. Absent in a flat hierarchy.
    pub delimiter: Option<char>,
    /// Attributes in lower case: `\noselect`, `\hasnochildren`, `\sent`, …
    pub attributes: Vec<String>,
    /// Counts, where the server gave them with the list.
    pub status: Option<MailboxStatus>,
}

impl Mailbox {
    /// Tells whether the mailbox has an attribute, written in lower case with its backslash.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|own| own == attribute)
    }

    /// Tells whether it can be opened.
    pub fn is_selectable(&self) -> bool {
        !self.has("\\noselect") && !self.has("\\nonexistent")
    }

    /// Tells whether the user subscribed to it, as far as the list says so.
    pub fn is_subscribed(&self) -> bool {
        self.has("\\subscribed")
    }

    /// Returns what the server says that the mailbox is for (RFC 6154). Guessing by name is not done here.
    pub fn role(&self) -> MailboxRole {
        let roles = [
            ("\\drafts", MailboxRole::Drafts),
            ("\\sent", MailboxRole::Sent),
            ("\\archive", MailboxRole::Archive),
            ("\\junk", MailboxRole::Junk),
            ("\\spam", MailboxRole::Junk),
            ("\\trash", MailboxRole::Trash),
            ("\\all", MailboxRole::All),
            ("\\allmail", MailboxRole::All),
        ];
        if self.name.is_inbox() {
            return MailboxRole::Inbox;
        }
        roles
            .iter()
            .find(|(attribute, _)| self.has(attribute))
            .map_or(MailboxRole::Other, |(_, role)| *role)
    }

    /// Reads what follows `* LIST `.
    pub(crate) fn parse(cursor: &mut Cursor) -> Result<Self> {
        let attributes = cursor.words()?.iter().map(|word| word.to_ascii_lowercase()).collect();
        cursor.spaces();
        let delimiter = cursor.nword()?.and_then(|text| text.chars().next());
        cursor.spaces();
        let name = MailboxName::from_bytes(cursor.astring()?);
        Ok(Self { name, delimiter, attributes, status: None })
    }
}

/// Counts of a mailbox that need not be open (RFC 9051 section 7.3.5). Each is absent when the server left it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxStatus {
    /// `MESSAGES`.
    pub messages: Option<u32>,
    /// `UNSEEN`.
    pub unseen: Option<u32>,
    /// `UIDNEXT`.
    pub uid_next: Option<Uid>,
    /// `UIDVALIDITY`.
    pub uid_validity: Option<UidValidity>,
    /// `HIGHESTMODSEQ`; 0 means that the mailbox keeps none, and is absent here.
    pub highest_modseq: Option<ModSeq>,
    /// `SIZE` in octets (RFC 8438).
    pub size: Option<u64>,
    /// `MAILBOXID` (RFC 8474).
    pub mailbox_id: Option<String>,
    /// `APPENDLIMIT` in octets (RFC 7889).
    pub append_limit: Option<u64>,
}

impl MailboxStatus {
    /// Reads what follows `* STATUS `.
    pub(crate) fn parse(cursor: &mut Cursor) -> Result<(MailboxName, Self)> {
        let name = MailboxName::from_bytes(cursor.astring()?);
        let mut status = Self::default();
        cursor.spaces();
        cursor.expect(b'(')?;
        loop {
            cursor.spaces();
            if cursor.accept(b')') {
                return Ok((name, status));
            }
            let item = cursor.keyword();
            cursor.spaces();
            match item.as_str() {
                "MESSAGES" => status.messages = Some(cursor.number32()?),
                "UNSEEN" => status.unseen = Some(cursor.number32()?),
                "UIDNEXT" => {
                    status.uid_next = Some(Uid(cursor.number32()?)).filter(|uid| uid.0 > 0);
                }
                "UIDVALIDITY" => status.uid_validity = Some(UidValidity(cursor.number32()?)),
                "HIGHESTMODSEQ" => {
                    let is_one = |at: &u64| (1..=MAX_MODSEQ).contains(at);
                    status.highest_modseq = Some(cursor.number()?).filter(is_one).map(ModSeq);
                }
                "SIZE" => status.size = Some(cursor.number()?),
                "APPENDLIMIT" => {
                    status.append_limit = cursor.nword()?.and_then(|text| text.parse().ok());
                }
                "MAILBOXID" => status.mailbox_id = cursor.words()?.into_iter().next(),
                "" => return Err(cursor.error("a status item is missing")),
                _ => cursor.skip_value()?,
            }
        }
    }
}

/// One namespace: what its names begin with, and their delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Prefix of all its names, as sent; may be empty.
    pub prefix: String,
    /// What separates levels. Absent in a flat hierarchy.
    pub delimiter: Option<char>,
}

impl Namespace {
    /// Tells whether a name is of this namespace: below its prefix, or the prefix without its delimiter.
    fn holds(&self, name: &str) -> bool {
        let trimmed = match self.delimiter {
            Some(delimiter) => self.prefix.trim_end_matches(delimiter),
            None => &self.prefix,
        };
        name.starts_with(&self.prefix) || (!trimmed.is_empty() && name == trimmed)
    }
}

/// A `NAMESPACE` answer (RFC 2342).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// The user's own.
    pub personal: Vec<Namespace>,
    /// Those of other users.
    pub other_users: Vec<Namespace>,
    /// Shared ones.
    pub shared: Vec<Namespace>,
}

impl Namespaces {
    /// Returns all of them that are not the user's own: other users' and shared ones.
    pub fn foreign(&self) -> impl Iterator<Item = &Namespace> {
        self.other_users.iter().chain(&self.shared)
    }

    /// Tells whether a mailbox is another user's or shared, by its name.
    pub fn is_foreign(&self, name: &MailboxName) -> bool {
        let longest = |namespaces: &[Namespace]| {
            let fits = namespaces.iter().filter(|namespace| namespace.holds(name.as_wire()));
            fits.map(|namespace| namespace.prefix.len() + 1).max().unwrap_or(0)
        };
        // The empty prefix of the user's own names holds everything that no longer one does.
        let foreign = longest(&self.other_users).max(longest(&self.shared));
        !name.is_inbox() && foreign > longest(&self.personal)
    }

    /// Returns what names of new top-level mailboxes begin with: `INBOX.` on servers that keep everything below INBOX.
    pub fn personal_prefix(&self) -> &str {
        self.personal.first().map_or("", |namespace| &namespace.prefix)
    }

    /// Takes prefixes for UTF-8 (RFC 6855).
    pub(crate) fn respelt(mut self) -> Self {
        for namespace in
            self.personal.iter_mut().chain(&mut self.other_users).chain(&mut self.shared)
        {
            namespace.prefix = utf7::encode(&namespace.prefix);
        }
        self
    }

    /// Reads what follows `* NAMESPACE `.
    pub(crate) fn parse(cursor: &mut Cursor) -> Result<Self> {
        Ok(Self {
            personal: one_kind(cursor)?,
            other_users: one_kind(cursor)?,
            shared: one_kind(cursor)?,
        })
    }
}

fn one_kind(cursor: &mut Cursor) -> Result<Vec<Namespace>> {
    let mut found = Vec::new();
    cursor.spaces();
    if !cursor.accept(b'(') {
        cursor.skip_value()?;
        return Ok(found);
    }
    loop {
        cursor.spaces();
        if cursor.accept(b')') {
            return Ok(found);
        }
        if !cursor.accept(b'(') {
            cursor.skip_value()?;
            continue;
        }
        let prefix = text_of(cursor.astring()?);
        cursor.spaces();
        let delimiter = match cursor.peek() {
            Next::Byte(b')') => None,
            _ => cursor.nword()?.and_then(|text| text.chars().next()),
        };
        cursor.skip_rest_of_list()?;
        if found.len() < MAX_WORDS {
            found.push(Namespace { prefix, delimiter });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MailboxName, Namespace, Namespaces};

    #[test]
    fn foreign_names_are_told_from_own_ones() {
        let of = |prefix: &str| vec![Namespace { prefix: prefix.to_owned(), delimiter: Some('/') }];
        let namespaces = Namespaces {
            personal: of(""),
            other_users: of("Other Users/"),
            shared: of("#shared/"),
        };
        let table = [
            ("INBOX", false),
            ("Work", false),
            ("Other Users/bob/Work", true),
            ("Other Users", true),
            ("Other Usersx", false),
            ("#shared/team", true),
        ];
        for (name, is_foreign) in table {
            assert_eq!(namespaces.is_foreign(&MailboxName::from_wire(name)), is_foreign, "{name}");
        }
        assert!(!Namespaces::default().is_foreign(&MailboxName::from_wire("x")));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_back_as_they_came(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..30)) {
            let name = MailboxName::from_bytes(bytes.clone());
            if !bytes.eq_ignore_ascii_case(b"INBOX") {
                proptest::prop_assert_eq!(name.to_bytes(), bytes);
            }
            proptest::prop_assert_eq!(MailboxName::from_wire(name.as_wire()), name);
        }

        #[test]
        fn a_name_is_the_same_in_both_spellings(text in "[^\\pC]{0,20}") {
            let name = MailboxName::from_display(&text);
            proptest::prop_assert_eq!(MailboxName::from_bytes(name.to_utf8()).respelt(), name);
        }
    }
}
