//! Asking for delivery reports (RFC 3461): parameters of MAIL and RCPT.
//!
//! What is asked for is always the same: headers alone, on success, delay and failure. A value that does not fit its limit
//! is left out: the report comes all the same.

use std::fmt::Write as _;

use crate::address::Path;

/// Longest ENVID (RFC 3461 section 4.4).
const MAX_ENVELOPE_ID: usize = 100;
/// Longest ORCPT (RFC 3461 section 4.2).
const MAX_ORIGINAL: usize = 500;

/// Returns what MAIL says after its address. `name` comes back in the report.
pub(crate) fn of_message(name: &str) -> String {
    let id = xtext(name);
    if id.is_empty() || id.len() > MAX_ENVELOPE_ID {
        return " RET=HDRS".to_owned();
    }
    format!(" RET=HDRS ENVID={id}")
}

/// Returns what RCPT says after its address.
pub(crate) fn of_recipient(path: &Path) -> String {
    let mut wish = " NOTIFY=SUCCESS,FAILURE,DELAY".to_owned();
    let original = format!(" ORCPT=rfc822;{}", xtext(&path.text));
    // An address that needs UTF-8 would need another type, which few servers know (RFC 6533 section 3).
    if !path.needs_utf8 && original.len() <= MAX_ORIGINAL {
        wish.push_str(&original);
    }
    wish
}

/// Encodes as `xtext` (RFC 3461 section 4): printable ASCII without `+` and `=`; everything else as `+` and two digits.
fn xtext(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'+' | b'=') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "+{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{of_message, of_recipient};
    use crate::address::Path;

    #[test]
    fn wishes_are_written_as_every_server_reads_them() {
        assert_eq!(of_message("ab.1@x.example"), " RET=HDRS ENVID=ab.1@x.example");
        assert_eq!(of_message("a b=c+d\r\né"), " RET=HDRS ENVID=a+20b+3Dc+2Bd+0D+0A+C3+A9");
        assert_eq!(of_message(""), " RET=HDRS");
        assert_eq!(of_message(&"x".repeat(101)), " RET=HDRS");
        let notify = " NOTIFY=SUCCESS,FAILURE,DELAY";
        for (address, original) in [
            ("ann@example.org", " ORCPT=rfc822;ann@example.org"),
            ("ann+shop=a@example.org", " ORCPT=rfc822;ann+2Bshop+3Da@example.org"),
            ("\"a b\"@x.y", " ORCPT=rfc822;\"a+20b\"@x.y"),
            ("用户@例子.example", ""),
        ] {
            let path = Path::recipient(address).unwrap();
            assert_eq!(of_recipient(&path), format!("{notify}{original}"), "{address}");
        }
    }
}
