//! The layer between a draft and mail-builder: values that were checked, or an error.

use mail_builder::headers::address::{Address as BuilderAddress, EmailAddress};
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::{Header, raw::Raw};
use posthorn_model::{Address, MessageIdHeader, Timestamp};

use super::ComposeError;
use crate::address::to_ascii;
use crate::encoded_word::printable;

/// References that are written: the first and the newest; RFC 5322 sets no limit, but servers cut long headers.
const MAX_REFERENCES: usize = 30;
/// Bytes of an id, so that it fits a line (RFC 5322 section 2.1.1).
const MAX_ID_BYTES: usize = 250;

/// Makes a Message-ID from 128 random bits and the domain of the sender, so that no host name is told.
pub fn message_id(random: [u8; 16], from: &Address) -> MessageIdHeader {
    let ascii = to_ascii(&from.email).unwrap_or_default();
    let domain = ascii.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain =
        if domain.is_empty() || domain.starts_with('[') { "posthorn.invalid" } else { domain };
    let hex = format!("{:032x}", u128::from_be_bytes(random));
    MessageIdHeader(format!("{hex}@{domain}"))
}

/// Checks an id of our own.
pub(super) fn own_id(id: &MessageIdHeader) -> Result<&str, ComposeError> {
    if is_id(&id.0) { Ok(&id.0) } else { Err(ComposeError::MessageId) }
}

/// Tells whether an id can stand in a header between brackets.
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MAX_ID_BYTES
        && id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'))
}

/// Returns the ids that can be written; those of strangers that cannot are left out.
pub(super) fn ids<'a>(ids: impl Iterator<Item = &'a MessageIdHeader>) -> Vec<&'a str> {
    let mut kept: Vec<&str> = ids.map(|id| id.0.as_str()).filter(|id| is_id(id)).collect();
    while kept.len() > MAX_REFERENCES {
        kept.remove(1);
    }
    kept
}

pub(super) fn id_list(ids: Vec<&str>) -> MessageId<'_> {
    MessageId::new_list(ids.into_iter())
}

/// Checks addresses and gives them the form for the wire.
pub(super) fn addresses(list: &[Address]) -> Result<BuilderAddress<'static>, ComposeError> {
    let members = list.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    Ok(BuilderAddress::new_list(members))
}

pub(super) fn address(address: &Address) -> Result<BuilderAddress<'static>, ComposeError> {
    let email = to_ascii(&address.email)
        .map_err(|reason| ComposeError::Address { address: printable(&address.email), reason })?;
    let name = one_line(&address.name);
    let name = (!name.is_empty()).then(|| name.into());
    Ok(BuilderAddress::Address(EmailAddress { name, email: email.into() }))
}

/// Returns text that fits a header: one line, no control characters.
pub(super) fn one_line(text: &str) -> String {
    printable(text)
}

/// Writes `Fri, 02 Jan 2026 10:00:00 +0800`.
pub(super) fn date(at: Timestamp, utc_offset_minutes: i32) -> Result<Raw<'static>, ComposeError> {
    let offset = jiff::tz::Offset::from_seconds(utc_offset_minutes.saturating_mul(60))
        .map_err(|_| ComposeError::Date)?;
    let moment = jiff::Timestamp::from_second(at.seconds()).map_err(|_| ComposeError::Date)?;
    let zoned = moment.to_zoned(jiff::tz::TimeZone::fixed(offset));
    if !(1970..=2999).contains(&zoned.year()) {
        return Err(ComposeError::Date);
    }
    jiff::fmt::rfc2822::to_string(&zoned).map(Raw::new).map_err(|_| ComposeError::Date)
}

/// Returns a content type that is one; other text becomes opaque bytes.
pub(super) fn content_type(text: &str) -> String {
    let value = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |piece: &str| {
        !piece.is_empty()
            && piece
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let is_type =
        value.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
            && value.len() < 100;
    // A multipart or message written as a file would be read as structure.
    let is_structure = value.starts_with("multipart/") || value.starts_with("message/");
    if is_type && !is_structure { value } else { "application/octet-stream".to_owned() }
}

/// Writes one whole field.
pub(super) fn field(name: &str, value: &impl Header) -> Vec<u8> {
    let mut line = format!("{name}: ").into_bytes();
    value.write_header(&mut line, name.len() + 2);
    line
}
