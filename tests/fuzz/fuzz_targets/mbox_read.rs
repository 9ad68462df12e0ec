//! Any file is read to its end or refused; any messages that were written come back byte by byte.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use posthorn_archive::mbox::{Reader, Shape, Writer};
use posthorn_model::{Flags, Timestamp};

/// Messages of one input: what a crash shows must fit a screen.
const MESSAGES: usize = 16;

fn read(file: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = Reader::new(Cursor::new(file), 0).expect("a cursor can be placed");
    let mut all = Vec::new();
    let mut last = 0;
    loop {
        let mut bytes = Vec::new();
        match reader.next(&mut bytes) {
            Ok(Some(mail)) => {
                assert!(reader.offset() > last && mail.offset >= last, "it goes on");
                // One CR for each LF at most.
                assert!(bytes.len() <= 2 * file.len());
                last = reader.offset();
                all.push(bytes);
            }
            Ok(None) | Err(_) => return all,
        }
    }
}

fuzz_target!(|input: &[u8]| {
    read(input);
    let mut file = b"From a@x Fri Jul  8 12:08:34 2011\n".to_vec();
    file.extend_from_slice(input);
    read(&file);

    let messages: Vec<&[u8]> = input.splitn(MESSAGES, |byte| *byte == 0xff).collect();
    let mut writer = Writer::new(Vec::new());
    for message in &messages {
        let shape = Shape::of(*message).expect("memory can be read");
        let at = Timestamp::from_seconds(message.len() as i64);
        writer.message("a@x", at, &Flags::default(), shape, *message).expect("memory can be written");
    }
    assert_eq!(read(&writer.into_inner()), messages);
});
