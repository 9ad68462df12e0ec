//! Any bytes are a message: parsing, its parts and its preview never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let parsed = posthorn_message::parse(raw);
    for attachment in parsed.attachments.iter().take(20) {
        assert!(posthorn_message::part(raw, &attachment.section).is_some());
        assert!(!attachment.name.contains(['/', '\\', '\0', '\n', '\r']));
    }
    assert!(!parsed.head.subject.contains(['\r', '\n', '\0']));
    let _ = parsed.head.thread_keys();
});
