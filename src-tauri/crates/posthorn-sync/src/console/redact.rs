//! Hides addresses: of `anna@posthorn.test` the domain stays, which is what a fault is found by.

/// Letters that the part before the `@` may have (RFC 5321 section 4.1.2), without quotes; what is not ASCII may too.
fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(letter)
}

/// Replaces the part before each `@` that stands in an address.
pub(super) fn addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        let is_address =
            after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '[');
        let kept = before.trim_end_matches(is_local);
        if is_address && kept.ends_with('"') && before.len() == kept.len() {
            // "John Doe"@x: the quoted form goes as a whole.
            let inside = kept.strip_suffix('"').and_then(|text| text.rsplit_once('"'));
            out.push_str(inside.map_or("", |(start, _)| start));
            out.push('…');
        } else if is_address && kept.len() < before.len() {
            out.push_str(kept);
            out.push('…');
        } else {
            out.push_str(before);
        }
        out.push('@');
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn names_go_and_domains_stay() {
        let table = [
            (
                "RCPT TO:<bob.b+x@posthorn.test> NOTIFY=NEVER",
                "RCPT TO:<…@posthorn.test> NOTIFY=NEVER",
            ),
            (
                "550 5.1.1 <bob@a.test>: unknown; ask eve@b.test",
                "550 5.1.1 <…@a.test>: unknown; ask …@b.test",
            ),
            ("MAIL FROM:<张伟@x.test>", "MAIL FROM:<…@x.test>"),
            ("RCPT TO:<\"a b\"@x.test>", "RCPT TO:<…@x.test>"),
            ("+OK <1896.697170952@dbc.mtview.ca.us>", "+OK <…@dbc.mtview.ca.us>"),
            ("* LIST () \"/\" \"a @ b\"", "* LIST () \"/\" \"a @ b\""),
            ("@", "@"),
            ("", ""),
        ];
        for (text, shown) in table {
            assert_eq!(addresses(text), shown);
        }
    }
}
