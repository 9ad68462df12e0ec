//! What is dot-stuffed comes back unchanged, in one piece and in many; nothing behind the end is used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_pop3::Unstuffer;

/// Stuffs as RFC 1939 section 3 says: a dot before every line that begins with one.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    let mut line_start = true;
    for (index, byte) in message.iter().enumerate() {
        if line_start && *byte == b'.' {
            wire.push(b'.');
        }
        wire.push(*byte);
        line_start = index > 0 && message[index - 1] == b'\r' && *byte == b'\n';
    }
    wire
}

fuzz_target!(|input: &[u8]| {
    let mut message = input.to_vec();
    message.extend_from_slice(b"\r\n");
    let mut wire = stuffed(&message);
    wire.extend_from_slice(b".\r\n");
    let end = wire.len();
    wire.extend_from_slice(b"+OK next");

    let (mut whole, mut crumbs) = (Vec::new(), Vec::new());
    assert_eq!(Unstuffer::default().push(&wire, &mut whole), Some(end));
    assert_eq!(whole, message);
    let mut unstuffer = Unstuffer::default();
    let ended = wire.iter().position(|byte| unstuffer.push(&[*byte], &mut crumbs).is_some());
    assert_eq!(ended, Some(end - 1));
    assert_eq!(crumbs, message);
});
