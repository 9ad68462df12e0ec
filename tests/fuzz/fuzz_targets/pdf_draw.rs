//! Any bytes are a PDF to somebody: what reads and draws one keeps to its limits and never panics.
//!
//! In the program it runs in a process that is shut in and may end in any way; here it may not, so that a crash is found, told
//! to those who write the renderer, and never the first thing that a user meets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_pdf::{PAGE_LIMIT, SystemFont, draw, sizes};

fuzz_target!(|input: &[u8]| {
    let Ok(listed) = sizes(input.to_vec()) else { return };
    assert!(!listed.is_empty() && listed.len() <= PAGE_LIMIT);
    assert!(listed.iter().all(|(width, height)| *width >= 1.0 && *height >= 1.0 && (width * height) > 0.0));
    // Small: what is looked for is in the reading, not in the painting.
    if let Ok(png) = draw(input.to_vec(), 1, 48, SystemFont::default()) {
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    }
});
