//! What a line of a script may match, and what it remembers.

use std::collections::BTreeMap;

/// Compares a line; on success the `{name}`s of the pattern are remembered.
pub(super) fn matches(
    pattern: &str,
    line: &[u8],
    captures: &mut BTreeMap<String, Vec<u8>>,
) -> bool {
    let mut found = captures.clone();
    let fits = rest_matches(pattern.as_bytes(), line, &mut found);
    if fits {
        *captures = found;
    }
    fits
}

/// Returns a text with its `{name}`s replaced by what was remembered; unknown ones (`{12}` of a literal) stay.
pub(super) fn fill(text: &[u8], captures: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    if let (Some(after), Some(tag)) = (text.strip_prefix(b"$ "), captures.get("tag")) {
        filled.extend_from_slice(tag);
        filled.push(b' ');
        rest = after;
    }
    while let Some((first, after)) = rest.split_first() {
        if let Some((value, after)) =
            name(rest).and_then(|(name, after)| Some((captures.get(name)?, after)))
        {
            filled.extend_from_slice(value);
            rest = after;
        } else {
            filled.push(*first);
            rest = after;
        }
    }
    filled
}

/// Splits `{name}` off the front; a name begins with a letter, so that `{12}` is none.
fn name(text: &[u8]) -> Option<(&str, &[u8])> {
    let inside = text.strip_prefix(b"{")?;
    let end = inside.iter().position(|byte| *byte == b'}')?;
    let (name, after) = inside.split_at_checked(end)?;
    name.first()?.is_ascii_alphabetic().then_some(())?;
    Some((std::str::from_utf8(name).ok()?, after.strip_prefix(b"}")?))
}

fn rest_matches(pattern: &[u8], line: &[u8], captures: &mut BTreeMap<String, Vec<u8>>) -> bool {
    if let Some((name, after)) = name(pattern) {
        if let Some(known) = captures.get(name) {
            let known = known.clone();
            return line
                .strip_prefix(known.as_slice())
                .is_some_and(|rest| rest_matches(after, rest, captures));
        }
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        return (1..=end).rev().any(|length| {
            let Some((value, rest)) = line.split_at_checked(length) else { return false };
            let mut tried = captures.clone();
            tried.insert(name.to_owned(), value.to_vec());
            let fits = rest_matches(after, rest, &mut tried);
            if fits {
                *captures = tried;
            }
            fits
        });
    }
    match (pattern.split_first(), line.split_first()) {
        (None, None) => true,
        (Some((b'*', after)), _) => (0..=line.len())
            .any(|skip| line.get(skip..).is_some_and(|rest| rest_matches(after, rest, captures))),
        (Some((wanted, after)), Some((said, rest))) => {
            wanted.eq_ignore_ascii_case(said) && rest_matches(after, rest, captures)
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, matches};
    use std::collections::BTreeMap;

    #[test]
    fn patterns_match_as_their_page_says() {
        let table = [
            ("{tag} LOGIN * *", "a1 LOGIN anna test", true),
            ("{tag} login \"anna\" \"test\"", "a1 LOGIN \"anna\" \"test\"", true),
            ("{tag} UID FETCH 1:* (FLAGS)", "x UID FETCH 1:* (FLAGS)", true),
            ("{tag} UID FETCH 1:* (FLAGS)", "x UID FETCH 1:9 (FLAGS)", true),
            ("{tag} NOOP", "NOOP", false),
            ("EHLO *", "EHLO", false),
            ("DATA", "DATA ", false),
            ("", "", true),
            ("C {16}", "C {16}", true),
        ];
        for (pattern, line, fits) in table {
            assert_eq!(
                matches(pattern, line.as_bytes(), &mut BTreeMap::new()),
                fits,
                "{pattern} / {line}"
            );
        }
    }

    #[test]
    fn a_name_keeps_its_first_value() {
        let mut captures = BTreeMap::new();
        assert!(matches("{tag} NOOP", b"a7 NOOP", &mut captures));
        assert!(!matches("{tag} NOOP", b"a8 NOOP", &mut captures));
        assert_eq!(fill(b"{tag} OK {12}", &captures), b"a7 OK {12}");
    }
}
