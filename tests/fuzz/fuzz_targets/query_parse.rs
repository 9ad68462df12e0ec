//! Any text is a search, and what a person types reaches MATCH only inside quotes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_model::Timestamp;
use posthorn_query::{Now, parse, print};

fuzz_target!(|text: &str| {
    let now = Now { at: Timestamp(1_782_000_000_000), utc_offset_seconds: 28_800 };
    let parsed = parse(text, now);
    for token in &parsed.tokens {
        assert!(text.get(token.range.clone()).is_some());
    }
    for question in parsed.query.terms().into_iter().filter_map(posthorn_query::Term::text_match) {
        let expression = question.expression(&[]);
        assert_eq!(expression.matches('"').count(), 2);
    }
    let _ = parse(&print(&parsed.query), now);
    let _ = posthorn_query::words::index_text(text);
});
