//! Frames do not depend on how the bytes arrive.

use proptest::prelude::*;

use super::{Framer, Piece};
use crate::{Error, Literal};

/// Cuts bytes into frames, pushing `size` octets at a time; each frame as text with literals in angle brackets.
fn frames(bytes: &[u8], size: usize) -> Result<Vec<String>, Error> {
    let mut framer = Framer::new(None);
    let mut found = Vec::new();
    for chunk in bytes.chunks(size.max(1)) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let (taken, frame) = framer.push(rest)?;
            rest = &rest[taken..];
            let Some(frame) = frame else { continue };
            let show = |piece: Piece| match piece {
                Piece::Text(text) => String::from_utf8_lossy(&text).into_owned(),
                Piece::Literal(literal) => {
                    let kept = if literal.is_spooled() { "file " } else { "" };
                    let bytes = literal.into_bytes(u64::MAX).unwrap();
                    format!(
                        "<{kept}{}:{}>",
                        bytes.len(),
                        String::from_utf8_lossy(&bytes[..bytes.len().min(5)])
                    )
                }
            };
            found.push(frame.pieces.into_iter().map(show).collect::<String>());
        }
    }
    Ok(found)
}

#[test]
fn lines_and_literals_become_frames() {
    let table: [(&[u8], &[&str]); 8] = [
        (b"* OK hi\r\n+ go\n", &["* OK hi", "+ go"]),
        (
            b"* 1 FETCH (A {3}\r\na\r\n B {0}\r\n C ~{2}\r\n\0x)\r\n",
            &["* 1 FETCH (A <3:a\r\n> B <0:> C <2:\0x>)"],
        ),
        (b"* LIST () \"/\" {2}\r\nab\r\n", &["* LIST () \"/\" <2:ab>"]),
        (b"* OK costs {5}\r\nA1 NO {7}\r\n+ {9}\r\n", &["* OK costs {5}", "A1 NO {7}", "+ {9}"]),
        (b"* SEARCH {x}\r\n* SEARCH }\r\n", &["* SEARCH {x}", "* SEARCH }"]),
        (b"\r\n\n* OK\r\n", &["* OK"]),
        (b"* X {3+}\r\nabc\r\n", &["* X <3:abc>"]),
        (b"unfinished", &[]),
    ];
    for (bytes, expected) in table {
        for size in 1..=bytes.len() {
            assert_eq!(frames(bytes, size).unwrap(), expected, "{size} at a time");
        }
    }
}

#[test]
fn large_literals_go_to_files() {
    let mut bytes = b"* 1 FETCH (BODY[] {300000}\r\n".to_vec();
    bytes.resize(bytes.len() + 300_000, b'm');
    bytes.extend_from_slice(b")\r\n");
    assert_eq!(frames(&bytes, 7777).unwrap(), ["* 1 FETCH (BODY[] <file 300000:mmmmm>)"]);
}

#[test]
fn promises_cost_nothing_and_giants_are_refused() {
    let (_, frame) = Framer::new(None).push(b"* X {262144}\r\n").unwrap();
    assert!(frame.is_none());
    for giant in ["{1073741825}", "{18446744073709551616}", "{99999999999999999999999+}"] {
        let bytes = format!("* X {giant}\r\n");
        assert!(matches!(frames(bytes.as_bytes(), 100), Err(Error::Limit { what: "literal", .. })));
    }
    let endless = vec![b'a'; crate::limit::MAX_LINE + 10];
    assert!(matches!(frames(&endless, 1 << 20), Err(Error::Limit { what: "line", .. })));
    let many = "{0}\r\n".repeat(crate::limit::MAX_FRAME_MEMORY / 64);
    assert!(matches!(frames(many.as_bytes(), 1 << 16), Err(Error::Limit { what: "response", .. })));
}

#[test]
fn a_literal_says_its_size_and_not_its_text() {
    assert_eq!(format!("{:?}", Literal::Memory(b"secret".to_vec())), "Literal(6 octets in memory)");
}

proptest! {
    #[test]
    fn any_split_gives_the_same_frames(
        words in prop::collection::vec(prop::sample::select(vec!["* ", "{2}\r\n", "~{1}\r\n", "ab", "\r\n", "\n", "OK", "\r", "{", "}"]), 0..40),
        size in 1usize..9,
    ) {
        let bytes = words.concat();
        prop_assert_eq!(frames(bytes.as_bytes(), 1000).ok(), frames(bytes.as_bytes(), size).ok());
    }
}
