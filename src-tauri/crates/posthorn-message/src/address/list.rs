//! Splitting and reading address lists, tolerant of what programs and people write.

use posthorn_model::Address;

use super::check;
use crate::encoded_word::{decode_header, printable};

/// Addresses of one list that are read; more recipients exist only in floods.
pub const MAX_ADDRESSES: usize = 2_000;

/// Addresses read from what a person typed or pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressList {
    /// Those that mail can be sent to, in order.
    pub valid: Vec<Address>,
    /// The pieces that are no addresses, as written, so that nothing typed is lost.
    pub invalid: Vec<String>,
}

/// Reads what a person typed or pasted: separated by commas, semicolons (also full-width) or lines.
pub fn parse_address_list(text: &str) -> AddressList {
    let text: String = text
        .chars()
        .map(|c| match c {
            '，' | '；' | '、' | '\n' | '\r' => ',',
            '＜' => '<',
            '＞' => '>',
            '\t' => ' ',
            other => other,
        })
        .collect();
    let mut list = AddressList::default();
    for item in items(&text).into_iter().take(MAX_ADDRESSES) {
        let words: Vec<&str> = item.split_whitespace().collect();
        let is_run = words.len() > 1
            && words.iter().all(|word| check(word.trim_start_matches("mailto:")).is_ok());
        let pieces = if is_run { words } else { vec![item] };
        for piece in pieces {
            let address = address(piece.trim().trim_start_matches("mailto:"), None);
            match address {
                Some(address) if check(&address.email).is_ok() => list.valid.push(address),
                _ if piece.trim().is_empty() => {}
                _ => list.invalid.push(printable(piece)),
            }
        }
    }
    list
}

/// Reads an address header that was decoded to text but whose encoded words still stand. Keeps what is no address, by name.
pub(crate) fn parse_header_list(text: &str, hint: Option<&str>) -> Vec<Address> {
    items(text).into_iter().take(MAX_ADDRESSES).filter_map(|item| address(item, hint)).collect()
}

/// Where a scan stands.
#[derive(Default)]
struct Scan {
    is_quoted: bool,
    is_escaped: bool,
    comment: u32,
    angle: bool,
}

impl Scan {
    /// Moves over one character and tells whether it stands outside quotes, comments and brackets.
    fn is_outside(&mut self, c: char) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
            return false;
        }
        match c {
            '\\' if self.is_quoted || self.comment > 0 => self.is_escaped = true,
            '"' if self.comment == 0 => self.is_quoted = !self.is_quoted,
            _ if self.is_quoted => {}
            '(' => self.comment += 1,
            ')' => self.comment = self.comment.saturating_sub(1),
            _ if self.comment > 0 => {}
            '<' => self.angle = true,
            '>' => self.angle = false,
            _ => return !self.angle,
        }
        false
    }
}

/// Splits at commas and semicolons; a group's name (`team: a@b, c@d;`) is dropped, an empty group keeps it.
fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut scan = Scan::default();
    let mut start = 0;
    let mut group: Option<&str> = None;
    let mut word_end = 0;
    for (at, c) in text.char_indices() {
        // An encoded word is one piece, whatever it contains: `=?utf-8?Q?Doe, Jane?=`.
        if at < word_end {
            continue;
        }
        if c == '='
            && !scan.is_quoted
            && let Some(length) = encoded_word_len(text.get(at..).unwrap_or_default())
        {
            word_end = at + length;
            continue;
        }
        if !scan.is_outside(c) {
            continue;
        }
        let piece = text.get(start..at).unwrap_or_default();
        match c {
            ',' | ';' => {
                if c == ';'
                    && piece.trim().is_empty()
                    && let Some(name) = group
                {
                    items.push(name);
                }
                group = None;
                push(&mut items, piece);
                start = at + 1;
            }
            ':' if !piece.contains('@') && !piece.trim().eq_ignore_ascii_case("mailto") => {
                group = Some(piece);
                start = at + 1;
            }
            _ => {}
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    if (scan.is_quoted || scan.angle || scan.comment > 0) && rest.contains([',', ';']) {
        // An unclosed quote must not swallow the rest of the list.
        rest.split([',', ';']).for_each(|piece| push(&mut items, piece));
    } else {
        push(&mut items, rest);
    }
    items
}

fn push<'a>(items: &mut Vec<&'a str>, piece: &'a str) {
    if !piece.trim().is_empty() {
        items.push(piece.trim());
    }
}

fn encoded_word_len(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("=?")?;
    let mut marks = rest.match_indices('?');
    let (_, second) = (marks.next()?, marks.next()?);
    let end = rest.get(second.0 + 1..)?.find("?=")?;
    (second.0 < 64).then_some(2 + second.0 + 1 + end + 2)
}

/// Reads one item. A quote that is never closed is no quote.
fn address(item: &str, hint: Option<&str>) -> Option<Address> {
    let mut scan = Scan::default();
    item.chars().for_each(|c| {
        scan.is_outside(c);
    });
    if scan.is_quoted {
        read_address(&item.replace('"', ""), hint)
    } else {
        read_address(item, hint)
    }
}

fn read_address(item: &str, hint: Option<&str>) -> Option<Address> {
    let mut outside = String::new();
    let mut angle: Option<String> = None;
    let mut comment = String::new();
    let mut name = String::new();
    let mut scan = Scan::default();
    for c in item.chars() {
        let was_angle = scan.angle;
        let was_comment = scan.comment;
        scan.is_outside(c);
        if scan.comment > 0 || was_comment > 0 {
            if was_comment > 0 && scan.comment > 0 {
                comment.push(c);
            }
        } else if scan.angle && !was_angle {
            // The last pair of brackets holds the address: `a@b <c@d> <e@f>`.
            if angle.is_none() {
                name = std::mem::take(&mut outside);
            }
            angle = Some(String::new());
        } else if was_angle {
            if scan.angle
                && let Some(inner) = angle.as_mut()
            {
                inner.push(c);
            }
        } else {
            outside.push(c);
        }
    }
    let decode = |text: &str| decode_header(unquote(text.trim()).as_bytes(), hint);
    if let Some(email) = angle {
        let email = route_free(&squeeze(&email));
        let name = decode(&name);
        let name = if name.is_empty() { decode(&comment) } else { name };
        let is_nothing = email.is_empty() && name.is_empty();
        return (!is_nothing).then_some(Address { name, email });
    }
    let bare = squeeze(&outside);
    if bare.contains('@') && !outside.trim().contains(' ')
        || bare.starts_with('"') && bare.contains("\"@")
    {
        return Some(Address { name: decode(&comment), email: bare });
    }
    // `Name address@domain` without brackets.
    if let Some((name, email)) = outside.trim().rsplit_once(char::is_whitespace)
        && email.contains('@')
    {
        return Some(Address { name: decode(name), email: email.to_owned() });
    }
    let name = decode(&outside);
    (!name.is_empty()).then_some(Address { name, email: String::new() })
}

/// Removes what an address cannot contain outside quotes.
fn squeeze(email: &str) -> String {
    let mut is_quoted = false;
    email
        .trim()
        .chars()
        .filter(|c| {
            if *c == '"' {
                is_quoted = !is_quoted;
            }
            is_quoted && !c.is_control()
                || !c.is_whitespace()
                    && !c.is_control()
                    && !crate::encoded_word::is_bidi_control(*c)
        })
        .collect()
}

/// Drops a source route (`@a,@b:c@d`, RFC 5322 section 4.4).
fn route_free(email: &str) -> String {
    match email.split_once(':') {
        Some((route, rest)) if route.starts_with('@') => rest.to_owned(),
        _ => email.strip_prefix("mailto:").unwrap_or(email).to_owned(),
    }
}

/// Removes quotes and their escapes; text outside quotes stays.
fn unquote(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut is_quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => plain.extend(chars.next()),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::address::{AddressError, is_same, print_address_list, to_ascii};

    fn header(text: &str) -> Vec<(String, String)> {
        parse_header_list(text, None)
            .into_iter()
            .map(|address| (address.name, address.email))
            .collect()
    }

    #[test]
    fn headers_are_read() {
        for (text, expected) in [
            ("anna@example.org", &[("", "anna@example.org")] as &[(&str, &str)]),
            ("Anna B <anna@example.org>", &[("Anna B", "anna@example.org")]),
            (
                "\"B, Anna\" <anna@example.org>, c@d.example",
                &[("B, Anna", "anna@example.org"), ("", "c@d.example")],
            ),
            (
                "anna@example.org (Anna (the first) B)",
                &[("Anna (the first) B", "anna@example.org")],
            ),
            ("Team: a@b.example, C <c@d.example>;", &[("", "a@b.example"), ("C", "c@d.example")]),
            ("undisclosed-recipients:;", &[("undisclosed-recipients", "")]),
            ("\"a b\"@c.example", &[("", "\"a b\"@c.example")]),
            ("x@b.example <c@d.example> <e@f.example>", &[("x@b.example", "e@f.example")]),
            ("=?utf-8?Q?Doe, Jane?= <j@d.example>", &[("Doe, Jane", "j@d.example")]),
            ("=?utf-8?B?5byg5Lyf?= <zw@example.org>", &[("张伟", "zw@example.org")]),
            ("\"=?utf-8?B?5byg5Lyf?=\" <zw@example.org>", &[("张伟", "zw@example.org")]),
            ("<@route.example,@b.example:c@d.example>", &[("", "c@d.example")]),
            ("Anna anna@example.org", &[("Anna", "anna@example.org")]),
            ("MAILER-DAEMON", &[("MAILER-DAEMON", "")]),
            (
                "\"unclosed <a@b.example>, c@d.example",
                &[("unclosed", "a@b.example"), ("", "c@d.example")],
            ),
            ("<>", &[]),
            (",,;", &[]),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, email)| ((*name).to_owned(), (*email).to_owned()))
                .collect();
            assert_eq!(header(text), expected, "{text}");
        }
    }

    #[test]
    fn pasted_lists_are_read_and_the_rest_is_reported() {
        let list = parse_address_list(
            "anna@example.org；李娜 <li@例子.example>\nbad, b@c.example d@e.example, mailto:f@g.example, a@b c@",
        );
        let emails: Vec<_> = list.valid.iter().map(|address| address.email.as_str()).collect();
        assert_eq!(
            emails,
            ["anna@example.org", "li@例子.example", "b@c.example", "d@e.example", "f@g.example"]
        );
        assert_eq!(list.invalid, ["bad", "a@b c@"]);
    }

    #[test]
    fn addresses_are_checked() {
        for email in [
            "a@b.example",
            "a..b@docomo.example",
            "a.@x.example",
            "用户@例子.example",
            "\"a b\"@c.example",
            "a@[127.0.0.1]",
            "a+b@localhost",
        ] {
            assert_eq!(check(email), Ok(()), "{email}");
        }
        for (email, error) in [
            ("a", AddressError::Incomplete),
            ("@b", AddressError::Incomplete),
            ("a@", AddressError::Incomplete),
            ("a b@c.example", AddressError::BadLocalPart),
            ("a\r\nRCPT TO:<x>@c.example", AddressError::BadLocalPart),
            ("a@b.example>\r\nDATA", AddressError::BadDomain),
            ("a@b..example", AddressError::BadDomain),
            ("a@-b.example", AddressError::BadDomain),
            ("a<b@c.example", AddressError::BadLocalPart),
        ] {
            assert_eq!(check(email), Err(error), "{email:?}");
        }
        assert_eq!(to_ascii("li@例子.example").as_deref(), Ok("li@xn--fsqu00a.example"));
        assert!(is_same("Anna@Example.ORG", "anna@example.org"));
        assert!(is_same("li@例子.example", "li@xn--fsqu00a.example"));
    }

    proptest! {
        #[test]
        fn printed_lists_are_read_back(list in proptest::collection::vec(("[a-zA-Z,;<>@\"张伟().:]{0,8}( [a-z]{1,4})?", "[a-z.+]{1,6}", "[a-z]{1,5}"), 1..4)) {
            let addresses: Vec<Address> = list.into_iter().map(|(name, local, domain)| Address {
                name: printable(&name),
                email: format!("{local}@{domain}.example"),
            }).collect();
            let parsed = parse_address_list(&print_address_list(&addresses));
            prop_assert_eq!(parsed.valid, addresses);
            prop_assert!(parsed.invalid.is_empty());
        }

        #[test]
        fn any_text_is_read(text in "[a-z@<>,;:()\"\\\\ =?\r\n]{0,60}") {
            for address in parse_header_list(&text, None) {
                prop_assert!(!address.name.contains(['\r', '\n']) && !address.email.contains(['\r', '\n']));
            }
            for address in parse_address_list(&text).valid {
                prop_assert!(check(&address.email).is_ok());
            }
        }
    }
}
