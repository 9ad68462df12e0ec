//! A message that is looked through piece by piece: the same however it is cut, within its limits, and where nothing was
//! left out the message itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_message::{MAX_KEPT, Skim, Skimmer};

fn skim(input: &[u8], size: usize) -> Skim {
    let mut skimmer = Skimmer::default();
    for piece in input.chunks(size) {
        skimmer.push(piece);
    }
    skimmer.finish()
}

fuzz_target!(|input: &[u8]| {
    let whole = skim(input, usize::MAX);
    assert_eq!(whole, skim(input, 1));
    assert_eq!(whole, skim(input, 7));
    assert_eq!(whole.size, input.len() as u64);
    assert!(whole.bytes.len() <= 2 * MAX_KEPT);
    if !whole.is_cut {
        assert_eq!(whole.bytes, input);
    }
    let _ = whole.parse(None);
});
