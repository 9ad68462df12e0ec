//! What is written is read back the same, and nothing of a draft becomes a header of its own.

use posthorn_model::{Address, MessageIdHeader, Timestamp};
use proptest::prelude::*;

use super::{ComposeError, Draft, DraftFile, InlinePicture, compose, message_id};
use crate::{Disposition, parse, part};

fn person(name: &str, email: &str) -> Address {
    Address { name: name.to_owned(), email: email.to_owned() }
}

fn draft() -> Draft {
    let mut draft = Draft::new(
        person("林浩", "me@example.org"),
        MessageIdHeader("abc123@example.org".to_owned()),
        Timestamp::from_seconds(1_767_319_200),
    );
    draft.utc_offset_minutes = 480;
    draft.to = vec![person("Anna Berg", "anna@example.com")];
    draft.subject = "季度报告 and more".to_owned();
    draft.text = "Hello Anna,\n\n你好。\n".to_owned();
    draft
}

fn wire(draft: &Draft) -> Vec<u8> {
    compose(draft).unwrap().wire
}

#[test]
fn a_plain_message_has_the_form_that_servers_expect() {
    let mut plain = draft();
    plain.from.name = "Lin Hao".to_owned();
    plain.subject = "Hello".to_owned();
    plain.text = "Hi\n-- \nLin".to_owned();
    let text = String::from_utf8(wire(&plain)).unwrap();
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
    assert!(!text.contains("User-Agent") && !text.contains("X-Mailer"));
}

#[test]
fn everything_of_a_draft_is_read_back() {
    let mut full = draft();
    full.cc = vec![person("", "c@例子.example")];
    full.bcc = vec![person("Secret", "secret@example.net")];
    full.reply_to = vec![person("", "answers@example.org")];
    full.in_reply_to = Some(MessageIdHeader("parent@x".to_owned()));
    full.references =
        vec![MessageIdHeader("root@x".to_owned()), MessageIdHeader("parent@x".to_owned())];
    full.html = Some("<p>你好 <img src=\"cid:pic@1\"></p>".to_owned());
    full.pictures = vec![InlinePicture {
        content_id: "pic@1".to_owned(),
        file: DraftFile {
            name: "a.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: vec![1, 2, 3],
        },
    }];
    full.files = vec![
        DraftFile {
            name: "合同 最终版 (2026) 很长的名字需要分成几段才能放进一行里面.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: b"%PDF".to_vec(),
        },
        DraftFile {
            name: "plain.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: b"a\nb\r\nc".to_vec(),
        },
    ];
    let composed = compose(&full).unwrap();
    let parsed = parse(&composed.wire);
    assert_eq!(parsed.defects, []);
    assert_eq!(parsed.head.from, [full.from.clone()]);
    assert_eq!(parsed.head.to, full.to);
    assert_eq!(parsed.head.cc, [person("", "c@xn--fsqu00a.example")]);
    assert_eq!(parsed.head.reply_to, full.reply_to);
    assert_eq!(parsed.head.subject, full.subject);
    assert_eq!(parsed.head.message_id.as_ref(), Some(&full.message_id));
    assert_eq!(parsed.head.in_reply_to, full.in_reply_to.clone().into_iter().collect::<Vec<_>>());
    assert_eq!(parsed.head.references, full.references);
    let date = parsed.head.date.unwrap();
    assert_eq!((date.at, date.utc_offset_minutes), (full.date, 480));
    assert_eq!(parsed.text.trim_end(), full.text.trim_end());
    assert_eq!(parsed.html.as_deref().map(str::trim_end), full.html.as_deref());
    let inline: Vec<_> = parsed
        .attachments
        .iter()
        .filter(|attachment| attachment.disposition == Disposition::Inline)
        .collect();
    assert_eq!(inline[0].content_id.as_deref(), Some("pic@1"));
    for (file, attachment) in full.files.iter().zip(
        parsed
            .attachments
            .iter()
            .filter(|attachment| attachment.disposition == Disposition::Attachment),
    ) {
        assert_eq!(attachment.name, file.name);
        assert_eq!(part(&composed.wire, &attachment.section).unwrap().bytes.as_ref(), file.bytes);
    }
    assert!(!String::from_utf8_lossy(&composed.wire).contains("secret@"));
    assert_eq!(parse(&composed.sent_copy()).head.bcc, full.bcc);
    assert_eq!(compose(&full), Ok(composed));
}

#[test]
fn bad_drafts_are_refused_with_the_reason() {
    let mut bad = draft();
    bad.to = vec![person("", "anna@example.com\r\nRCPT TO:<x@y>")];
    assert!(matches!(compose(&bad), Err(ComposeError::Address { .. })));
    let mut bad = draft();
    bad.message_id = MessageIdHeader("a@b>\r\nX: y".to_owned());
    assert_eq!(compose(&bad), Err(ComposeError::MessageId));
    let mut bad = draft();
    bad.date = Timestamp(i64::MAX);
    assert_eq!(compose(&bad), Err(ComposeError::Date));
}

#[test]
fn message_ids_tell_no_host_name() {
    assert_eq!(
        message_id([0xAB; 16], &person("", "me@例子.example")).0,
        format!("{}@xn--fsqu00a.example", "ab".repeat(16))
    );
    assert!(message_id([0; 16], &person("", "nonsense")).0.ends_with("@posthorn.invalid"));
}

/// Checks what must hold of everything that is sent.
fn assert_fit_for_the_wire(wire: &[u8]) {
    assert!(wire.is_ascii() && !wire.contains(&0));
    assert!(wire.ends_with(b"\r\n"));
    let text = String::from_utf8_lossy(wire);
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare line end");
    assert!(text.split("\r\n").all(|line| line.len() <= 998), "a line too long");
}

/// Any text, with a leaning towards what breaks headers.
fn hostile() -> impl Strategy<Value = String> {
    "([a-z ,;:<>@\"=?()\\\\/._-]|\r|\n|\0|\t|é|中|文|\u{202E}|\r\nBcc: x@y\r\n){0,40}"
}

proptest! {
    #[test]
    fn nothing_of_a_draft_becomes_a_header(name in hostile(), subject in hostile(), file in hostile(), kind in hostile(), id in hostile(), cid in hostile(), text in hostile()) {
        let mut hostile = draft();
        hostile.to = vec![person(&name, "anna@example.com")];
        hostile.subject = subject.clone();
        hostile.text.clone_from(&text);
        hostile.html = Some(text);
        hostile.in_reply_to = Some(MessageIdHeader(id));
        hostile.files = vec![DraftFile { name: file, content_type: kind.clone(), bytes: vec![0, 10, 13] }];
        hostile.pictures = vec![InlinePicture { content_id: cid, file: DraftFile { name: kind, ..DraftFile::default() } }];
        let wire = wire(&hostile);
        assert_fit_for_the_wire(&wire);
        let parsed = parse(&wire);
        prop_assert_eq!(parsed.head.to.len(), 1);
        prop_assert_eq!(&parsed.head.to[0].email, "anna@example.com");
        prop_assert!(parsed.head.bcc.is_empty());
        prop_assert_eq!(parsed.head.subject, crate::printable(&subject));
        prop_assert_eq!(parsed.attachments.len(), 2);
    }

    #[test]
    fn what_is_written_is_read(
        name in "[a-zA-Zé中文 ,.'\"()]{0,30}",
        subject in "[a-zA-Zé中文🎉 :=?_-]{0,80}",
        text in "([a-zA-Zé中文 .>=-]{0,100}\n){0,8}",
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut written = draft();
        written.from.name = crate::printable(&name);
        written.subject = crate::printable(&subject);
        written.text = text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        written.html = Some(format!("<p>{}</p>", text.replace('\n', "<br>")));
        written.files = vec![DraftFile { name: "a.bin".to_owned(), content_type: String::new(), bytes: bytes.clone() }];
        let wire = wire(&written);
        assert_fit_for_the_wire(&wire);
        let parsed = parse(&wire);
        prop_assert_eq!(&parsed.head.from[0], &written.from);
        prop_assert_eq!(&parsed.head.subject, &written.subject);
        prop_assert_eq!(parsed.html.as_deref().map(str::trim_end), written.html.as_deref());
        let file = part(&wire, "2").unwrap();
        prop_assert_eq!(file.bytes.as_ref(), bytes.as_slice());
        let tidy = |text: &str| text.lines().map(|line| line.replace("> ", ">")).collect::<Vec<_>>().join("\n").trim_end().to_owned();
        prop_assert_eq!(tidy(&parsed.text), tidy(&written.text));
    }
}

#[test]
fn an_attached_message_goes_as_it_is_or_as_a_file() {
    let plain = b"From: a@x.example\r\nSubject: inner\r\n\r\nHello\r\n".as_slice();
    for (bytes, is_kept) in [
        (plain.to_vec(), true),
        // A file of this computer, with its line ends.
        (b"From: a@x.example\nSubject: inner\n\nHello\n".to_vec(), true),
        ("From: a@x.example\r\n\r\nGrüße\r\n".as_bytes().to_vec(), false),
        ([plain, b"bare\rreturn\r\n"].concat(), false),
        ([plain, b"\0\r\n"].concat(), false),
        ([plain, "x".repeat(999).as_bytes(), b"\r\n"].concat(), false),
        // Its lines could end ours.
        ([plain, b"--=_mabc123exampleorg\r\n"].concat(), false),
    ] {
        let mut full = draft();
        full.files = vec![DraftFile {
            name: "inner.eml".to_owned(),
            content_type: "message/rfc822".to_owned(),
            bytes: bytes.clone(),
        }];
        let wire = wire(&full);
        let text = String::from_utf8(wire.clone()).unwrap();
        assert!(text.lines().all(|line| line.len() <= 998) && text.is_ascii());
        let read = parse(&wire);
        let [found] = read.attachments.as_slice() else { panic!("{:?}", read.attachments) };
        let kind = if is_kept { "message/rfc822" } else { "application/octet-stream" };
        assert_eq!((found.content_type.as_str(), found.name.as_str()), (kind, "inner.eml"));
        assert_eq!(text.contains("\r\nSubject: inner\r\n"), is_kept);
        let inner = part(&wire, &found.section).unwrap().bytes.into_owned();
        if is_kept {
            let inner = String::from_utf8(inner).unwrap();
            assert_eq!(inner.trim_end(), String::from_utf8_lossy(plain).trim_end());
        } else {
            assert_eq!(inner, bytes);
        }
    }
}

#[test]
fn a_calendar_stands_beside_the_text_and_comes_back_as_it_is() {
    let mut answer = draft();
    let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:会议\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    answer.calendar = Some(super::CalendarText { method: "REPLY", text: calendar.to_owned() });
    let wire = wire(&answer);
    let text = String::from_utf8(wire.clone()).unwrap();
    assert!(text.contains("Content-Type: multipart/alternative"), "{text}");
    let head = text.split("text/calendar").nth(1).unwrap();
    assert!(head.contains("method=\"REPLY\"") && head.contains("component=\"VEVENT\""), "{text}");
    let parsed = crate::parse(&wire);
    assert!(parsed.text.contains("你好"));
    let part = crate::part(&wire, &parsed.attachments[0].section).unwrap();
    assert_eq!(String::from_utf8(part.bytes.into_owned()).unwrap().trim_end(), calendar.trim_end());
}
