//! Modified UTF-7 (RFC 3501 section 5.1.3), total in both directions.
//!
//! Invariant: `decode(encode(text)) == text` for every text, and `decode` never fails: what is not modified UTF-7
//! stays as it is, because a mailbox with a strange name is still a mailbox.

use base64::{
    Engine,
    alphabet::Alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Returns the engine for base64 with `,` for `/` and without padding.
fn engine() -> Option<GeneralPurpose> {
    let alphabet =
        Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").ok()?;
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    Some(GeneralPurpose::new(&alphabet, config))
}

/// Returns the name as IMAP4rev1 sends it.
pub fn encode(text: &str) -> String {
    let mut out = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    for character in text.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut out, &mut shifted);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                shifted.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut out, &mut shifted);
    out
}

fn flush(out: &mut String, shifted: &mut Vec<u8>) {
    if shifted.is_empty() {
        return;
    }
    if let Some(engine) = engine() {
        out.push('&');
        out.push_str(&engine.encode(&*shifted));
        out.push('-');
    }
    shifted.clear();
}

/// Returns the name for people. A stretch that is not modified UTF-7 stays as it stands.
pub fn decode(wire: &str) -> String {
    let mut out = String::new();
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (decoded, left) = match after.split_once('-') {
            Some(("", left)) => (Some("&".to_owned()), left),
            Some((coded, left)) => (decode_stretch(coded), left),
            None => (None, after),
        };
        if let Some(text) = decoded {
            out.push_str(&text);
            rest = left;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn decode_stretch(coded: &str) -> Option<String> {
    let bytes = engine()?.decode(coded).ok()?;
    if bytes.len() % 2 != 0 || bytes.is_empty() {
        return None;
    }
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn names_are_coded_as_the_rfc_says() {
        let table = [
            ("INBOX", "INBOX"),
            ("Entw\u{fc}rfe", "Entw&APw-rfe"),
            ("\u{6536}\u{4ef6}\u{7bb1}", "&ZTZO9nux-"),
            ("A & B", "A &- B"),
            (
                "~peter/mail/\u{53f0}\u{5317}/\u{65e5}\u{672c}\u{8a9e}",
                "~peter/mail/&U,BTFw-/&ZeVnLIqe-",
            ),
            ("\u{1f4ee}", "&2D3c7g-"),
        ];
        for (text, wire) in table {
            assert_eq!(encode(text), wire);
            assert_eq!(decode(wire), text);
        }
    }

    #[test]
    fn what_is_not_modified_utf7_stays() {
        for odd in ["&", "&!!-", "a&b", "&AOk", "&A-", "R&D", "&&&-&", "&2D0-", "\u{6536}&-"] {
            let decoded = decode(odd);
            assert!(!decoded.is_empty(), "{odd}");
        }
        assert_eq!(decode("R&D"), "R&D");
        assert_eq!(decode("&!!-"), "&!!-");
    }

    proptest::proptest! {
        #[test]
        fn any_text_survives(text in "\\PC*|[\\x00-\\x{ffff}&-]*") {
            proptest::prop_assert_eq!(decode(&encode(&text)), text.clone());
            proptest::prop_assert!(encode(&text).bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        }

        #[test]
        fn any_wire_decodes(wire in "\\PC*|[&A-Za-z0-9+,-]*") {
            decode(&wire);
        }
    }
}
