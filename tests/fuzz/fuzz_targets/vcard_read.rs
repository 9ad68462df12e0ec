//! Any text is a file of contact cards: reading never panics and keeps to its limits.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let cards = posthorn_message::cards(&String::from_utf8_lossy(input));
    assert!(cards.len() <= 200);
    for card in &cards {
        assert!(!card.name.contains(['\r', '\n', '\u{202e}']));
        assert!(card.emails.iter().all(|one| one.value.contains('@')));
        assert!(card.urls.iter().all(|one| one.value.starts_with("http")));
    }
});
