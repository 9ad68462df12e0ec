//! Any text is a file of contact cards: reading never panics and keeps to its limits.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let cards = posthorn_message::cards(&text);
    assert!(cards.len() <= 200);
    for card in &cards {
        assert!(!card.name.contains(['\r', '\n', '\u{202e}']));
        assert!(card.emails.iter().all(|one| one.value.contains('@')));
        assert!(card.urls.iter().all(|one| one.value.starts_with("http")));
    }
    // What is written of an address book is read as as many people and groups.
    let book = posthorn_message::book(&text);
    assert!(book.cards.len() + book.groups.len() <= posthorn_message::MAX_BOOK_CARDS);
    let again = posthorn_message::book(&posthorn_message::write_book(&book.cards, &book.groups));
    assert_eq!(again.groups.len(), book.groups.len());
    assert!(again.cards.len() <= book.cards.len());
});
