//! A message that was looked through reads like the whole one.

use proptest::prelude::*;

use super::{MAX_KEPT, Skim, Skimmer};
use crate::parse;

fn skim(bytes: &[u8], piece: usize) -> Skim {
    let mut skimmer = Skimmer::default();
    for piece in bytes.chunks(piece) {
        skimmer.push(piece);
    }
    skimmer.finish()
}

/// A message with a text, a nested one, and large files in several encodings.
fn large() -> Vec<u8> {
    let line =
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let mut text = String::from(
        "Subject: files\r\nFrom: a@x.example\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\n\
         Content-Type: multipart/mixed; boundary=outer\r\n\r\npreamble\r\n--outer\r\n\
         Content-Type: multipart/alternative; boundary=\"in ner\"\r\n\r\n--in ner\r\n\r\nThe text.\r\n\
         --in ner\r\nContent-Type: text/html\r\n\r\n<p>The text.\r\n--in ner--\r\n--outer\r\n\
         Content-Type: application/zip; name=\"one.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    text.push_str(&line.repeat(40_000));
    text.push_str("QQ==\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\nSubject: inside\r\n");
    text.push_str("Content-Type: multipart/mixed; boundary=deep\r\n\r\n--deep\r\n\r\nInner text.\r\n--deep\r\n");
    text.push_str("Content-Disposition: attachment; filename=b.bin\r\n\r\n");
    text.push_str(&"--not a delimiter\r\n".repeat(100_000));
    text.push_str("--deep--\r\n--outer\r\nContent-Disposition: attachment; filename=c.txt\r\n\r\n");
    text.push_str(&"x".repeat(3_000_000));
    text.push_str("\r\n--outer--\r\nepilogue\r\n");
    text.into_bytes()
}

#[test]
fn a_large_message_reads_like_the_whole_and_stays_small() {
    let whole = large();
    for piece in [1_000_000_000, 32_768, 7] {
        let found = skim(&whole, piece);
        assert!(found.is_cut && found.bytes.len() < 10_000, "{}", found.bytes.len());
        assert_eq!(found.size, whole.len() as u64);
        assert_eq!(found.parse(None), parse(&whole));
    }
}

#[test]
fn a_long_text_is_kept_as_far_as_it_is_shown() {
    let whole =
        [b"Subject: a\r\n\r\n".as_slice(), &b"word word word\r\n".repeat(1_500_000)].concat();
    let found = skim(&whole, 32_768);
    assert!(found.is_cut && found.bytes.len() < MAX_KEPT);
    assert_eq!(found.parse(None), parse(&whole));
}

#[test]
fn hostile_shapes_stay_small() {
    let header_without_end = b"X: ".iter().chain(b"y".repeat(20_000_000).iter()).copied().collect();
    let mut boundaries = String::new();
    for number in 0..200_000 {
        let number = number.to_string();
        let head = "Content-Type: multipart/mixed; boundary=b";
        boundaries.extend([head, &number, "\r\n\r\n--b", &number, "\r\n"]);
    }
    let cases: [Vec<u8>; 3] =
        [header_without_end, boundaries.into_bytes(), b"\r\n\r\n--\r\n".repeat(2_000_000)];
    for case in cases {
        let found = skim(&case, 32_768);
        assert!(found.bytes.len() <= MAX_KEPT + (5 << 20), "{}", found.bytes.len());
        assert_eq!(found.size, case.len() as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_small_message_is_kept_as_it_is(lines in prop::collection::vec(prop_oneof![
        Just("--b".to_owned()), Just("--b--".to_owned()), Just(String::new()), Just("Content-Type: multipart/x; boundary=b".to_owned()),
        Just("Content-Transfer-Encoding: base64".to_owned()), Just("Content-Type: message/rfc822".to_owned()), "\\PC{0,20}",
    ], 0..12), piece in 1..50_usize) {
        let whole = lines.join("\n").into_bytes();
        let found = skim(&whole, piece);
        prop_assert_eq!(&found.bytes, &whole);
        prop_assert!(!found.is_cut);
    }
}
