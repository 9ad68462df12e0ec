//! No HTML gets an element through that runs, sends or loads something; styles cannot leave their element.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_message::html::{CleanOptions, clean};

fuzz_target!(|html: &str| {
    let once = clean(html, CleanOptions::default());
    for bad in ["<script", "<iframe", "<object", "<embed", "<form", "<meta", "<base", "<link", "<svg", "<math"] {
        assert!(!once.body.contains(bad), "{bad} in {}", once.body);
    }
    assert!(!once.css.contains('<'));
    let _ = posthorn_message::text::from_html(html);
    let _ = posthorn_message::text::to_plain(html);
});
