//! Addresses as they go into MAIL and RCPT.
//!
//! Deliberately laxer than RFC 5321 (`a..b@docomo.ne.jp` exists) and strict where a command could be injected.

use crate::Error;

/// Longest path (RFC 5321 section 4.5.3.1.3 says 256), with room for what an encoded domain grows.
const MAX_PATH: usize = 512;

/// An address that may be put between angle brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// The address, its domain in ASCII.
    pub(crate) text: String,
    /// Whether SMTPUTF8 is needed for it.
    pub(crate) needs_utf8: bool,
}

impl Path {
    /// Checks an address. The empty one is the null path of bounces.
    pub(crate) fn sender(address: &str) -> Result<Self, Error> {
        if address.is_empty() {
            return Ok(Self { text: String::new(), needs_utf8: false });
        }
        Self::parse("sender", address)
    }

    /// Checks the address of somebody who receives.
    pub(crate) fn recipient(address: &str) -> Result<Self, Error> {
        Self::parse("recipient", address)
    }

    fn parse(what: &'static str, address: &str) -> Result<Self, Error> {
        let unsendable =
            || Error::Unsendable { what, value: address.escape_debug().take(MAX_PATH).collect() };
        let (local, domain) = address.rsplit_once('@').ok_or_else(unsendable)?;
        let domain = if domain.is_ascii() {
            domain.to_owned()
        } else {
            idna::domain_to_ascii(domain).map_err(|_| unsendable())?
        };
        let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
        let breaks_out = |character: char| character.is_control() || matches!(character, '<' | '>');
        let local_ok = !local.is_empty()
            && !local.contains(breaks_out)
            && (is_quoted || !local.contains(char::is_whitespace));
        let domain_ok = !domain.is_empty()
            && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte));
        let text = format!("{local}@{domain}");
        if !local_ok || !domain_ok || text.len() > MAX_PATH {
            return Err(unsendable());
        }
        Ok(Self { needs_utf8: !local.is_ascii(), text })
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn addresses_are_taken_as_people_have_them_and_never_break_out() {
        let cases = [
            ("ann@example.org", Some(("ann@example.org", false))),
            ("a..b@docomo.ne.jp", Some(("a..b@docomo.ne.jp", false))),
            ("a.@ezweb.ne.jp", Some(("a.@ezweb.ne.jp", false))),
            ("\"a b\"@x.y", Some(("\"a b\"@x.y", false))),
            ("a@[127.0.0.1]", Some(("a@[127.0.0.1]", false))),
            ("ann@bücher.example", Some(("ann@xn--bcher-kva.example", false))),
            ("用户@例子.example", Some(("用户@xn--fsqu00a.example", true))),
            ("a@b\r\nRCPT TO:<x@y>", None),
            ("a\r\n@b", None),
            ("a b@c", None),
            ("a@b> SIZE=1", None),
            ("a>b@c", None),
            ("\"a>b\"@c", None),
            ("a@", None),
            ("@b", None),
            ("ab", None),
            ("a\0@b", None),
        ];
        for (address, expected) in cases {
            let path = Path::recipient(address).ok();
            let seen = path.as_ref().map(|path| (path.text.as_str(), path.needs_utf8));
            assert_eq!(seen, expected, "{address:?}");
        }
        assert_eq!(Path::sender("").map(|path| path.text).ok().as_deref(), Some(""));
    }
}
