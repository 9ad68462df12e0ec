//! Dot-unstuffing, whatever the chunks.

use proptest::prelude::*;

use crate::Unstuffer;

/// What a server does to a message that consists of whole lines.
fn stuff(lines: &[Vec<u8>]) -> (Vec<u8>, Vec<u8>) {
    let (mut plain, mut stuffed) = (Vec::new(), Vec::new());
    for line in lines {
        if line.first() == Some(&b'.') {
            stuffed.push(b'.');
        }
        for target in [&mut plain, &mut stuffed] {
            target.extend_from_slice(line);
            target.extend_from_slice(b"\r\n");
        }
    }
    stuffed.extend_from_slice(b".\r\n");
    (plain, stuffed)
}

fn unstuff(input: &[u8], size: usize) -> (Vec<u8>, Option<usize>) {
    let (mut unstuffer, mut output, mut before) = (Unstuffer::default(), Vec::new(), 0);
    for chunk in input.chunks(size) {
        if let Some(used) = unstuffer.push(chunk, &mut output) {
            return (output, Some(before + used));
        }
        before += chunk.len();
    }
    (output, None)
}

#[test]
fn bare_line_feeds_end_nothing() {
    let cases: [(&[u8], &[u8], bool); 7] = [
        (b".\r\n", b"", true),
        (b"a\r\n.\r\n", b"a\r\n", true),
        (b"a\n.\nb\r\n.\r\n", b"a\n.\nb\r\n", true),
        (b"..\r\n.\r\n", b".\r\n", true),
        (b".\rx\r\n.\r\n", b"\rx\r\n", true),
        (b"a\r\r\n.\r\n", b"a\r\r\n", true),
        (b"a\r\n.\r", b"a\r\n", false),
    ];
    for (input, plain, ends) in cases {
        for size in [1, 2, 3, 100] {
            let (output, used) = unstuff(input, size);
            assert_eq!((output.as_slice(), used.is_some()), (plain, ends), "{input:?} in {size}");
        }
    }
}

proptest! {
    #[test]
    fn what_was_stuffed_comes_back(
        lines in prop::collection::vec(prop::collection::vec(prop::sample::select(b".\n\0a\xff".to_vec()), 0..5), 0..20),
        size in 1_usize..9,
    ) {
        let (plain, mut stuffed) = stuff(&lines);
        let end = stuffed.len();
        stuffed.extend_from_slice(b"+OK next");
        prop_assert_eq!(unstuff(&stuffed, size), (plain, Some(end)));
    }

    #[test]
    fn any_bytes_are_survived(input in prop::collection::vec(any::<u8>(), 0..300), size in 1_usize..40) {
        let (output, _) = unstuff(&input, size);
        prop_assert!(output.len() <= input.len() + 1);
    }
}
