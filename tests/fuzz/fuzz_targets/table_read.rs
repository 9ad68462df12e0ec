//! Any text is a table: reading never panics and keeps to its limits.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let table = posthorn_message::table(&String::from_utf8_lossy(input));
    assert!(table.rows.len() <= posthorn_message::MAX_ROWS);
    assert!(table.rows.iter().all(|row| !row.is_empty() && row.len() <= posthorn_message::MAX_COLUMNS));
});
