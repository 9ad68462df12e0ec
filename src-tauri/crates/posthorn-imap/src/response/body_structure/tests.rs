//! Structures of real and of broken messages.

use proptest::prelude::*;

use super::BodyStructure;
use crate::frame::Framer;
use crate::token::Cursor;

fn structure(text: &str) -> Option<BodyStructure> {
    let (_, frame) = Framer::new(None).push(format!("{text}\r\n").as_bytes()).unwrap();
    BodyStructure::parse(&mut Cursor::new(frame.unwrap())).unwrap()
}

/// One line a part: section, type, size, and `@` with the name for an attachment.
fn outline(text: &str) -> String {
    let structure = structure(text).unwrap();
    let attachments = structure.attachments();
    let lines = structure.parts().into_iter().map(|part| {
        let mark = if attachments.contains(&part) { " @" } else { "" };
        format!(
            "{} {} {}{mark}{}",
            part.section,
            part.media_type,
            part.size,
            part.raw_name().unwrap_or_default()
        )
    });
    lines.collect::<Vec<_>>().join("; ")
}

#[test]
fn real_structures_are_read() {
    let table = [
        (r#"("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 3028 92)"#, "1 text/plain 3028"),
        (
            r#"(("text" "plain" NIL NIL NIL "7bit" 10 1 NIL NIL NIL NIL)("text" "html" NIL NIL NIL "7bit" 20 1 NIL ("inline" NIL) NIL NIL) "alternative" ("boundary" "x") NIL NIL NIL)"#,
            " multipart/alternative 0; 1 text/plain 10; 2 text/html 20",
        ),
        (
            r#"(("text" "plain" NIL NIL NIL "7bit" 10 1)("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 900 NIL ("attachment" ("filename" "b \"c\".pdf" "size" "7")) NIL) "mixed")"#,
            r#" multipart/mixed 0; 1 text/plain 10; 2 application/pdf 900 @b "c".pdf"#,
        ),
        (
            r#"((("text" "plain" NIL NIL NIL "7bit" 1 1)("image" "png" ("name" "i.png") "<c@d>" NIL "base64" 5 NIL ("inline" NIL)) "related")("image" "png" ("name" "j.png") NIL NIL "base64" 6) "mixed")"#,
            " multipart/mixed 0; 1 multipart/related 0; 1.1 text/plain 1; 1.2 image/png 5i.png; 2 image/png 6 @j.png",
        ),
        (
            r#"(("text" "plain" NIL NIL NIL "7bit" 1 1)("message" "rfc822" NIL NIL NIL "7bit" 400 ("d" "s" NIL NIL NIL NIL NIL NIL NIL "<i>") (("text" "plain" NIL NIL NIL "7bit" 2 1)("a" "b" NIL NIL NIL "7bit" 3) "mixed") 12) "mixed")"#,
            " multipart/mixed 0; 1 text/plain 1; 2 message/rfc822 400 @; 2 multipart/mixed 0; 2.1 text/plain 2; 2.2 a/b 3",
        ),
        (
            r#"("message" "rfc822" NIL NIL NIL "7bit" 400 NIL ("message" "rfc822" NIL NIL NIL "7bit" 9 NIL ("text" "plain" NIL NIL NIL "7bit" 2 1) 3) 12)"#,
            "1 message/rfc822 400 @; 1.1 message/rfc822 9; 1.1.1 text/plain 2",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(outline(text), expected, "{text}");
    }
}

#[test]
fn broken_structures_are_read_as_far_as_they_go() {
    let table = [
        ("NIL", None),
        ("()", None),
        (r#"("TEXT")"#, Some("text/octet-stream")),
        ("(NIL NIL () NIL NIL NIL NIL)", Some("application/octet-stream")),
        (r#"("text" "plain" ("charset") NIL NIL "7bit" "12" 1)"#, Some("text/plain")),
        (r#"("text" "plain" ("a" ("b" "c") "d" NIL) NIL NIL NIL -1 NIL)"#, Some("text/plain")),
        (r#"("message" "rfc822" NIL NIL NIL "7bit" 10 () () 3)"#, Some("message/rfc822")),
        (r#"("message" "rfc822" NIL NIL NIL "7bit" 10)"#, Some("message/rfc822")),
        (r#"((("a")) NIL)"#, Some("multipart/mixed")),
        (
            r#"(("a" "b" NIL NIL NIL "7bit" 1)"mixed" NIL "inline" ("en" "de") "loc" (1 (2)))"#,
            Some("multipart/mixed"),
        ),
    ];
    for (text, expected) in table {
        let read = structure(text).map(|structure| structure.root.media_type);
        assert_eq!(read.as_deref(), expected, "{text}");
    }
}

#[test]
fn depth_and_number_are_limited() {
    let deep = format!("{}{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(structure(&deep).is_none_or(|structure| structure.is_cut));
    let wide = format!("({} \"mixed\")", r#"("a" "b" NIL NIL NIL "7bit" 1)"#.repeat(20_000));
    let wide = structure(&wide).unwrap();
    assert!(wide.is_cut && wide.parts().len() <= crate::limit::MAX_PARTS);
}

proptest! {
    #[test]
    fn any_words_are_survived(words in prop::collection::vec(
        prop::sample::select(vec!["(", ")", "\"a\"", " ", "NIL", "1", "\"message\" \"rfc822\"", "\"", "\\"]), 0..60)) {
        let text = format!("({}\r\n", words.concat());
        let (_, frame) = Framer::new(None).push(text.as_bytes()).unwrap();
        let _ = BodyStructure::parse(&mut Cursor::new(frame.unwrap()));
    }
}
