//! Any bytes are a header: decoded text has no control characters, printed address lists are read back.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let text = posthorn_message::decode_header(raw, None);
    assert!(!text.chars().any(char::is_control));
    let _ = posthorn_message::parse_head(raw);
    let field = posthorn_message::Parameterized::parse(raw);
    let _ = field.parameter("filename", Some("gbk"));
    let list = posthorn_message::parse_address_list(&text);
    for address in &list.valid {
        assert!(posthorn_message::check_address(&address.email).is_ok());
    }
});
