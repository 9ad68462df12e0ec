//! `mailto:` links (RFC 6068). A link is written by a stranger: it fills fields, attaches nothing and sends nothing.

use posthorn_message::parse_address_list;
use posthorn_model::Address;

use crate::contract::Error;
use crate::error::Result;

/// Longest link.
const LIMIT: usize = 64 << 10;

/// What a link asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mailto {
    pub(super) to: Vec<Address>,
    pub(super) cc: Vec<Address>,
    pub(super) bcc: Vec<Address>,
    pub(super) subject: String,
    pub(super) body: String,
}

/// Decodes `%XX`; what is no such thing stays. A plus is a plus (RFC 6068 section 5).
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads a link.
pub(super) fn parse(url: &str) -> Result<Mailto> {
    let scheme = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let (Some(_), true) = (scheme, url.len() <= LIMIT) else {
        return Err(Error::invalid("This is not a mailto: link"));
    };
    let rest = url.get(7..).unwrap_or_default();
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut found = Mailto { to: addresses(&decode(path)), ..Mailto::default() };
    for field in query.split('&') {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let value = decode(value);
        match decode(name).to_ascii_lowercase().as_str() {
            "to" => found.to.extend(addresses(&value)),
            "cc" => found.cc.extend(addresses(&value)),
            "bcc" => found.bcc.extend(addresses(&value)),
            "subject" => found.subject = value.replace(['\r', '\n'], " "),
            "body" => found.body = value.replace("\r\n", "\n"),
            // Everything else (attach, from, headers) is not for a link to say.
            _ => {}
        }
    }
    Ok(found)
}

/// What is no address is kept as typed, so that the user sees it.
fn addresses(text: &str) -> Vec<Address> {
    let list = parse_address_list(text);
    let invalid = list.invalid.into_iter().map(Address::bare);
    list.valid.into_iter().chain(invalid).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn fields_are_filled_and_nothing_else() {
        let link = "MAILTO:a%40b.example,c@d.example?subject=Hi%20there&cc=e@f.example&body=one%0D%0Atwo+3&attach=/etc/passwd&x";
        let found = parse(link).unwrap();
        let emails: Vec<_> = found.to.iter().map(|to| to.email.as_str()).collect();
        assert_eq!(emails, ["a@b.example", "c@d.example"]);
        assert_eq!((found.subject.as_str(), found.body.as_str()), ("Hi there", "one\ntwo+3"));
        assert_eq!(found.cc.len(), 1);
        assert!(parse("https://e.example").is_err());
        assert!(
            parse("mailto:%E4%B8%AD%zz?subject=%0aBcc:%20x").unwrap().subject.starts_with(" Bcc")
        );
    }
}
