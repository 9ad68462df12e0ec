//! Any name goes to the wire and back unchanged; any wire form gives some name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_imap::utf7::{decode, encode};

fuzz_target!(|text: &str| {
    let wire = encode(text);
    assert!(wire.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{wire:?}");
    assert_eq!(decode(&wire), text);
    let _ = decode(text);
});
