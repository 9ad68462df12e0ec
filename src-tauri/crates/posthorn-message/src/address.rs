//! Address lists (RFC 5322 section 3.4): read from headers and from what people paste, checked, and written.
//!
//! Invariant: an address that passed [`check`] contains no control character, white space outside quotes, or
//! angle bracket, so it can stand in a header and in an SMTP command.

mod list;

use posthorn_model::Address;
use thiserror::Error;

pub(crate) use list::parse_header_list;
pub use list::{AddressList, MAX_ADDRESSES, parse_address_list};

/// Bytes of an address (RFC 5321 section 4.5.3.1.3, without the brackets).
pub const MAX_ADDRESS_BYTES: usize = 254;

/// Why an address cannot be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// There is no `@`, or nothing on one side of it.
    #[error("an address has the form name@domain")]
    Incomplete,
    /// Longer than [`MAX_ADDRESS_BYTES`].
    #[error("the address is too long")]
    TooLong,
    /// A character that no address has.
    #[error("the part before the @ contains a character that is not allowed")]
    BadLocalPart,
    /// Not a domain name.
    #[error("the part after the @ is not a domain name")]
    BadDomain,
}

/// Checks that mail can be sent to `email`. Lenient where providers are: `a..b@docomo.ne.jp` exists.
pub fn check(email: &str) -> Result<(), AddressError> {
    to_ascii(email).map(|_| ())
}

/// Returns the address with its domain in the form that goes on the wire (`müller@bücher.example` keeps its local part,
/// the domain becomes `xn--…`).
pub fn to_ascii(email: &str) -> Result<String, AddressError> {
    let (local, domain) = email.rsplit_once('@').ok_or(AddressError::Incomplete)?;
    if local.is_empty() || domain.is_empty() {
        return Err(AddressError::Incomplete);
    }
    if !is_local_part(local) {
        return Err(AddressError::BadLocalPart);
    }
    let domain = ascii_domain(domain).ok_or(AddressError::BadDomain)?;
    let ascii = format!("{local}@{domain}");
    if ascii.len() > MAX_ADDRESS_BYTES { Err(AddressError::TooLong) } else { Ok(ascii) }
}

fn is_local_part(local: &str) -> bool {
    if let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut is_escaped = false;
        let is_clean = inner.chars().all(|c| {
            let fits = !c.is_control() && (is_escaped || c != '"');
            is_escaped = c == '\\' && !is_escaped;
            fits
        });
        return is_clean && !is_escaped;
    }
    local.chars().all(|c| {
        !c.is_control()
            && !c.is_whitespace()
            && !crate::encoded_word::is_bidi_control(c)
            && !matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ':' | ';' | '@' | '\\' | ',' | '"')
    })
}

fn ascii_domain(domain: &str) -> Option<String> {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let fits = !literal.is_empty()
            && literal.bytes().all(|byte| {
                byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'I' | b'P' | b'v')
            });
        return fits.then(|| domain.to_owned());
    }
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let is_host = !ascii.is_empty()
        && ascii.len() <= 253
        && ascii.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        });
    is_host.then_some(ascii)
}

/// Returns whether two addresses are the same mailbox as far as anybody can tell: compared without case, domains in
/// their ASCII form.
pub fn is_same(left: &str, right: &str) -> bool {
    let key = |email: &str| to_ascii(email).unwrap_or_else(|_| email.to_owned()).to_lowercase();
    left.eq_ignore_ascii_case(right) || key(left) == key(right)
}

/// Returns whether an address is `plain` with something behind a plus (`anna+shop@` for `anna@`, RFC 5233), which most
/// servers deliver to the same mailbox.
pub fn is_plus_of(email: &str, plain: &str) -> bool {
    let stripped = email.rsplit_once('@').and_then(|(local, domain)| {
        let (name, _) = local.split_once('+').filter(|(name, _)| !name.is_empty())?;
        Some(format!("{name}@{domain}"))
    });
    stripped.is_some_and(|stripped| is_same(&stripped, plain))
}

/// Writes addresses as a person reads them and [`parse_address_list`] reads them back: `Anna <anna@example.org>, …`.
pub fn print_address_list(addresses: &[Address]) -> String {
    addresses.iter().map(print_address).collect::<Vec<_>>().join(", ")
}

/// Writes one address, the name in quotes where it needs them.
pub fn print_address(address: &Address) -> String {
    if address.name.is_empty() {
        return address.email.clone();
    }
    let name = crate::encoded_word::printable(&address.name);
    let is_plain = name.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '-' | '\'' | '_' | '!' | '+' | '&')
            || !c.is_ascii()
    });
    let name = if is_plain && !name.contains("=?") {
        name
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    };
    format!("{name} <{}>", address.email)
}
