//! Any draft becomes a message that is fit for the wire and is read back with the same text, or is refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_message::{Draft, DraftFile, compose, parse, part};
use posthorn_model::{Address, MessageIdHeader, Timestamp};

fuzz_target!(|input: (String, String, String, String, Vec<u8>)| {
    let (name, subject, text, file, bytes) = input;
    let from = Address { name: name.clone(), email: "me@example.org".to_owned() };
    let id = MessageIdHeader("abc@example.org".to_owned());
    let mut draft = Draft::new(from, id.clone(), Timestamp::from_seconds(1_767_319_200));
    draft.to = vec![Address { name, email: "anna@example.com".to_owned() }];
    draft.subject = subject;
    draft.text = text.clone();
    draft.html = text.starts_with('<').then_some(text);
    draft.files = vec![DraftFile { name: file, content_type: String::new(), bytes: bytes.clone() }];
    let Ok(composed) = compose(&draft) else { return };
    let wire = &composed.wire;
    assert!(wire.is_ascii() && !wire.contains(&0) && wire.ends_with(b"\r\n"));
    let printed = String::from_utf8_lossy(wire);
    assert!(!printed.replace("\r\n", "").contains(['\r', '\n']), "a bare line end");
    assert!(printed.split("\r\n").all(|line| line.len() <= 998), "a line too long");
    let parsed = parse(wire);
    assert_eq!(parsed.head.message_id, Some(id));
    assert_eq!(parsed.head.to.len(), 1);
    assert!(parsed.head.bcc.is_empty() && parsed.head.cc.is_empty());
    assert_eq!(parsed.attachments.len(), 1);
    let back = part(wire, &parsed.attachments[0].section).expect("the file that was attached");
    assert_eq!(back.bytes.as_ref(), bytes);
});
