//! The corpus: every message of `tests/corpus/messages` against its snapshot, and a second opinion by mail-parser.

use std::fmt::Write as _;
use std::path::PathBuf;

use posthorn_model::Address;
use proptest::prelude::*;

use super::{Defect, Disposition, Parsed, parse, parse_as, parse_contents, part};

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/corpus/messages");
    let mut messages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                std::fs::read(&path).unwrap(),
            )
        })
        .collect();
    messages.sort();
    messages
}

fn message(wanted: &str) -> Vec<u8> {
    corpus().into_iter().find(|(name, _)| name == wanted).unwrap().1
}

fn people(list: &[Address]) -> String {
    crate::print_address_list(list)
}

/// What a person would want to know about a message, one fact a line.
fn summary(parsed: &Parsed) -> String {
    let head = &parsed.head;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            writeln!(text, "{name}: {value}").unwrap();
        }
    };
    line("from", people(&head.from));
    line("to", people(&head.to));
    line("cc", people(&head.cc));
    line("reply-to", people(&head.reply_to));
    line("subject", head.subject.clone());
    line(
        "date",
        head.date
            .map(|date| format!("{} {:+}", date.at.seconds(), date.utc_offset_minutes))
            .unwrap_or_default(),
    );
    line("id", head.message_id.clone().map(|id| id.0).unwrap_or_default());
    let keys = head.thread_keys();
    line("ancestors", keys.ancestors.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" "));
    line("thread subject", keys.subject.key);
    line("list", head.list.id.clone());
    line("unsubscribe", head.list.unsubscribe.join(" "));
    line("charset", parsed.charset.clone());
    line(
        "defects",
        parsed.defects.iter().map(|defect| format!("{defect:?}")).collect::<Vec<_>>().join(" "),
    );
    line("html bytes", parsed.html.as_ref().map(|html| html.len().to_string()).unwrap_or_default());
    for attachment in parsed.attachments.iter().take(5) {
        let mark = if attachment.is_dangerous { " DANGEROUS" } else { "" };
        line(
            "attachment",
            format!(
                "{} {:?} {} {} bytes {:?}{mark}",
                attachment.section,
                attachment.name,
                attachment.content_type,
                attachment.size,
                attachment.disposition
            ),
        );
    }
    line("attachments", parsed.attachments.len().to_string());
    line("preview", parsed.preview.clone());
    let shown: String = parsed.text.chars().take(600).collect();
    write!(text, "---\n{shown}").unwrap();
    text
}

#[test]
fn every_message_of_the_corpus_says_what_it_should() {
    let corpus = corpus();
    assert!(corpus.len() >= 45);
    for (name, raw) in corpus {
        insta::assert_snapshot!(name, summary(&parse(&raw)));
    }
}

#[test]
fn contents_alone_are_those_of_the_whole() {
    for (name, raw) in corpus() {
        let (whole, contents) = (parse(&raw), parse_contents(&raw));
        assert_eq!(whole.text, contents.text, "{name}");
        assert_eq!(whole.attachments, contents.attachments, "{name}");
        assert_eq!((whole.preview, whole.charset), (contents.preview, contents.charset), "{name}");
    }
}

#[test]
fn no_beginning_of_a_message_breaks_the_parser() {
    for (name, raw) in corpus() {
        let step = (raw.len() / 60).max(1);
        for end in (0..raw.len()).step_by(step) {
            let parsed = parse(&raw[..end]);
            for attachment in parsed.attachments.iter().take(5) {
                assert!(
                    part(&raw[..end], &attachment.section).is_some(),
                    "{name} {end} {}",
                    attachment.section
                );
            }
        }
    }
}

/// mail-parser reads the same messages: where the structure is sound, both must see the same attachments and text.
#[test]
fn another_parser_sees_the_same() {
    let mut compared = 0;
    for (name, raw) in corpus() {
        let parsed = parse(&raw);
        let is_sound = !parsed.defects.iter().any(|defect| {
            matches!(
                defect,
                Defect::TooDeep
                    | Defect::TooManyParts
                    | Defect::NoBoundary
                    | Defect::BoundaryNotFound
                    | Defect::Truncated
                    | Defect::Empty
                    | Defect::NoHeader
            )
        });
        let is_nested = name == "nested-rfc822" || name == "text-attachment";
        let Some(other) =
            mail_parser::MessageParser::default().parse(&raw).filter(|_| is_sound && !is_nested)
        else {
            continue;
        };
        if name.starts_with("newsletter")
            || name.starts_with("attachment")
            || name.starts_with("thread")
        {
            assert_eq!(parsed.attachments.len(), other.attachment_count(), "{name}");
            assert_eq!(
                parsed.head.message_id.as_ref().map(|id| id.0.as_str()),
                other.message_id(),
                "{name}"
            );
            assert_eq!(
                parsed.head.date.map(|date| date.at.seconds()),
                other.date().map(mail_parser::DateTime::to_timestamp),
                "{name}"
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn parts_are_found_by_section_and_decoded() {
    let raw = message("attachment-pdf-png");
    let pdf = part(&raw, "2").unwrap();
    assert_eq!((pdf.name.as_str(), pdf.content_type.as_str()), ("offer.pdf", "application/pdf"));
    assert!(pdf.bytes.starts_with(b"%PDF"));
    assert_eq!(pdf.bytes.len() as u64, parse(&raw).attachments[0].size);
    assert!(part(&raw, "9").is_none() && part(&raw, "").is_none());
    assert_eq!(part(b"Subject: x\n\nbody", "1").unwrap().bytes.as_ref(), b"body");
}

#[test]
fn text_can_be_shown_in_another_charset() {
    let raw = b"Content-Type: text/plain; charset=iso-8859-1\n\n\xcf\xf0\xe8\xe2\xe5\xf2";
    assert_eq!(parse_as(raw, Some("windows-1251")).text, "Привет");
}

#[test]
fn pictures_in_the_text_are_no_attachments() {
    let raw = message("attachment-inline-cid");
    let parsed = parse(&raw);
    assert!(!parsed.has_attachments());
    assert_eq!(parsed.by_content_id("logo@example.com").unwrap().disposition, Disposition::Inline);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        let parsed = parse(&raw);
        prop_assert!(!parsed.head.subject.contains(['\r', '\n', '\0']));
        prop_assert!(parsed.preview.chars().count() <= crate::MAX_PREVIEW_CHARS);
    }

    #[test]
    fn any_structure_is_a_message(raw in "(From: a@b|Subject: x|Content-Type: multipart/mixed; boundary=b|Content-Type: message/rfc822|Content-Type: text/html|Content-Transfer-Encoding: base64|--b|--b--|\r\n|\n|text|<p>|=?gbk?B?xOM=?=){0,30}") {
        let parsed = parse(raw.as_bytes());
        for attachment in &parsed.attachments {
            prop_assert!(!attachment.name.is_empty());
            prop_assert!(part(raw.as_bytes(), &attachment.section).is_some());
        }
    }
}
