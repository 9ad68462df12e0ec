//! Mailbox names on disk: `Work/2026` is the folder `.Work.2026`, in modified UTF-7 (RFC 3501 section 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// Returns the name of a mailbox's folder.
pub(super) fn folder(name: &str) -> String {
    format!(".{}", utf7(name).replace('/', "."))
}

/// Returns a name in modified UTF-7.
fn utf7(name: &str) -> String {
    let engine = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
    let mut encoded = String::new();
    let mut units: Vec<u8> = Vec::new();
    let flush = |units: &mut Vec<u8>, encoded: &mut String| {
        if !units.is_empty() {
            encoded.push('&');
            encoded.push_str(&engine.encode(&*units));
            encoded.push('-');
            units.clear();
        }
    };
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut units, &mut encoded);
            encoded.push(character);
            if character == '&' {
                encoded.push('-');
            }
        } else {
            let mut buffer = [0; 2];
            units.extend(
                character.encode_utf16(&mut buffer).iter().flat_map(|unit| unit.to_be_bytes()),
            );
        }
    }
    flush(&mut units, &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_become_folders_as_rfc_3501_writes_them() {
        let table = [
            ("Archive", ".Archive"),
            ("Work/2026", ".Work.2026"),
            ("R&D", ".R&-D"),
            ("台北", ".&U,BTFw-"),
            ("Entwürfe", ".Entw&APw-rfe"),
            ("😀", ".&2D3eAA-"),
        ];
        for (name, folder) in table {
            assert_eq!(super::folder(name), folder, "{name}");
        }
    }
}
