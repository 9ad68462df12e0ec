//! Two hundred composed messages, read back by mail-parser and by Python's `email` package: both find the same, and it is
//! what was written.
//!
//! The messages are made from tables, so that every kind of name, subject, text and file meets every other.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::format_collect,
    reason = "tables of this file, indexed within their lengths; a surprise stops the test"
)]

use std::process::Command;

use mail_parser::{
    Address as ParsedAddress, HeaderValue, MessageParser, MimeHeaders as _, PartType,
};
use posthorn_message::{Draft, DraftFile, InlinePicture, compose};
use posthorn_model::{Address, MessageIdHeader, Timestamp};
use serde_json::{Value, json};

/// How many messages there are.
const COUNT: usize = 200;

const SUBJECTS: [&str; 11] = [
    "Lunch",
    "",
    "季度报告：第三季度的销售数据与下一步计划（请在周五之前确认）",
    "Re: Ré: AW: 答复: Grüße aus Köln",
    "A subject that is so long that it has to be folded more than once, since no line of a header may be longer than it is allowed to be by the rules that everybody follows",
    "=?utf-8?q?not_an_encoded_word?=",
    "emoji 🎉🎊 and a zero\u{200d}width joiner 👩‍👩‍👧",
    "שלום עולם",
    "quotes \"inside\" and <angles> and, commas; too",
    "  spaces   inside    ",
    "нормальная тема письма, которая длиннее одной строки и содержит только кириллицу",
];

const PEOPLE: [(&str, &str); 9] = [
    ("Anna Berg", "anna@example.com"),
    ("", "bare@example.net"),
    ("林浩", "lin.hao@example.org"),
    ("Berg, Anna (Sales)", "sales+north@example.com"),
    ("O'Brien \"Bob\" \\ Smith", "bob@example.org"),
    ("Zoë Müller-Lüdenscheidt von und zu Hohenlohe-Langenburg der Ältere", "zoe@example.de"),
    ("a@b.example", "c@d.example"),
    ("株式会社ポストホルン 営業部 国際課 担当者一同", "info@例え.example"),
    ("🎺 Horn", "horn@example.org"),
];

const FILES: [(&str, &str); 9] = [
    ("plain.txt", "text/plain"),
    (
        "合同 最终版 (2026) 很长的名字需要分成几段才能放进一行里面，而且还要更长一些.pdf",
        "application/pdf",
    ),
    ("Ärger & Öl.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("quote\"d; name=x.csv", "text/csv"),
    ("no ending", "application/octet-stream"),
    ("фото с отпуска.jpeg", "image/jpeg"),
    ("emoji 🎉.png", "image/png"),
    (
        "a very long name in plain letters that does not fit into one line of a header at all, whatever one does.tar.gz",
        "application/gzip",
    ),
    ("page.html", "text/html"),
];

fn texts() -> [String; 9] {
    [
        "Hello,\n\nshort and plain.\n".to_owned(),
        String::new(),
        "From the beginning\n.\n..dots\n>From quoted\n--=_boundary?\n-- \nsignature\n".to_owned(),
        format!("{}\nend\n", "one line without any end ".repeat(120)),
        "你好，\n\n请见附件。谢谢！\n".to_owned(),
        "trailing spaces   \nand tabs\t\n\n\n\nmany empty lines\n".to_owned(),
        format!("{}\n", "长".repeat(2_000)),
        "mixed: café, naïve, 東京, emoji 🎉, and = signs =3D =\n".to_owned(),
        " leading space\n> quoted\n>> twice\n".to_owned(),
    ]
}

fn person(at: usize) -> Address {
    let (name, email) = PEOPLE[at % PEOPLE.len()];
    Address { name: name.to_owned(), email: email.to_owned() }
}

fn bytes(seed: usize) -> Vec<u8> {
    (0..seed * 37 % 4_000).map(|at| ((at * 31 + seed * 17) % 256) as u8).collect()
}

/// A file of text: mail-parser gives those as text, whatever bytes they have.
fn words(seed: usize) -> Vec<u8> {
    bytes(seed)
        .into_iter()
        .map(|byte| if byte % 41 == 0 { b'\n' } else { b' ' + byte % 94 })
        .collect()
}

/// Returns the message with this number.
fn draft(number: usize) -> Draft {
    let id = MessageIdHeader(format!("{number:032x}@example.org"));
    let date = Timestamp::from_seconds(1_767_319_200 + number as i64 * 86_413);
    let mut draft = Draft::new(person(number), id, date);
    draft.utc_offset_minutes = [0, 480, -210, 345, -720][number % 5];
    draft.to = (0..[1, 2, 60][number % 3]).map(|at| person(number + at)).collect();
    draft.cc = (0..number % 3).map(|at| person(number + 4 + at)).collect();
    draft.bcc = (0..number % 2).map(|_| Address::bare("secret@hidden.example")).collect();
    draft.reply_to =
        (0..usize::from(number.is_multiple_of(7))).map(|at| person(number + at + 2)).collect();
    SUBJECTS[number % SUBJECTS.len()].clone_into(&mut draft.subject);
    let texts = texts();
    draft.text.clone_from(&texts[number % texts.len()]);
    draft.references = (0..[0, 1, 50][number % 3])
        .map(|at| MessageIdHeader(format!("r{at}.{number}@example.net")))
        .collect();
    draft.in_reply_to = draft.references.last().cloned();
    if !number.is_multiple_of(4) {
        draft.html = Some(format!(
            "<div>{}</div><p>你好 & <b>bold</b></p>",
            texts[(number + 3) % texts.len()].replace('\n', "<br>")
        ));
    }
    if number % 8 == 5 {
        let file = DraftFile {
            name: "bild 图.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: bytes(number),
        };
        draft.pictures =
            vec![InlinePicture { content_id: format!("pic{number}@example.org"), file }];
    }
    draft.files = (0..number % 4)
        .map(|at| {
            let (name, kind) = FILES[(number + at) % FILES.len()];
            DraftFile {
                name: name.to_owned(),
                content_type: kind.to_owned(),
                bytes: if kind.starts_with("text/") {
                    words(number + at)
                } else {
                    bytes(number + at)
                },
            }
        })
        .collect();
    if number % 25 == 24 {
        draft.files.push(DraftFile {
            name: "forwarded.eml".to_owned(),
            content_type: "message/rfc822".to_owned(),
            bytes: b"Subject: inner\r\nFrom: x@example.org\r\n\r\nInner words.\r\n".to_vec(),
        });
    }
    draft
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn people(list: Option<&ParsedAddress<'_>>) -> Value {
    let all = list.into_iter().flat_map(ParsedAddress::iter);
    let one = |one: &mail_parser::Addr<'_>| {
        json!([one.name.as_deref().unwrap_or_default(), one.address.as_deref().unwrap_or_default()])
    };
    all.map(one).collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => vec![one.to_string()],
        HeaderValue::TextList(all) => all.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// Says what mail-parser finds, in the form of `composed.py`.
fn parsed(wire: &[u8]) -> Value {
    let message = MessageParser::default().parse(wire).expect("it is a message");
    let (mut files, mut text, mut html) = (Vec::new(), Value::Null, Value::Null);
    for part in &message.parts {
        let words = |text: &str| json!(text.replace("\r\n", "\n"));
        match (&part.body, part.attachment_name()) {
            (PartType::Multipart(_), _) => {}
            (PartType::Text(found), None) => text = words(found),
            (PartType::Html(found), None) => html = words(found),
            (body, name) => {
                let content = match body {
                    PartType::Message(inner) => hex(inner.subject().unwrap_or_default().as_bytes()),
                    _ => hex(part.contents()),
                };
                let kind = part
                    .content_type()
                    .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
                files.push(json!([name, kind, part.content_id(), content]));
            }
        }
    }
    json!({
        "subject": message.subject().unwrap_or_default(),
        "from": people(message.from()),
        "to": people(message.to()),
        "cc": people(message.cc()),
        "replyTo": people(message.reply_to()),
        "date": message.date().map(mail_parser::DateTime::to_timestamp),
        "messageId": message.message_id(),
        "references": ids(message.references()),
        "text": text,
        "html": html,
        "files": files,
        "defects": [],
    })
}

/// Checks what was found against the draft itself.
fn check(number: usize, draft: &Draft, found: &Value) {
    assert_eq!(found["subject"], json!(posthorn_message::printable(&draft.subject)), "{number}");
    assert_eq!(found["messageId"], json!(draft.message_id.0), "{number}");
    assert_eq!(found["date"], json!(draft.date.seconds()), "{number}");
    assert_eq!(found["to"].as_array().map(Vec::len), Some(draft.to.len()), "{number}");
    for (one, told) in draft.to.iter().zip(found["to"].as_array().into_iter().flatten()) {
        let email = posthorn_message::address_to_ascii(&one.email).expect("an address");
        assert_eq!(told, &json!([posthorn_message::printable(&one.name), email]), "{number}");
    }
    let pictures = draft.pictures.iter().map(|picture| &picture.file);
    let mut wanted: Vec<&DraftFile> = pictures.chain(&draft.files).collect();
    if draft.html.is_none() {
        wanted = draft.files.iter().chain(draft.pictures.iter().map(|one| &one.file)).collect();
    }
    let files = found["files"].as_array().cloned().unwrap_or_default();
    assert_eq!(files.len(), wanted.len(), "{number}: {files:?}");
    for (file, told) in wanted.iter().zip(&files) {
        assert_eq!(told[0], json!(posthorn_message::safe_name(&file.name)), "{number}");
        if file.content_type != "message/rfc822" {
            assert_eq!(told[3], json!(hex(&file.bytes)), "{number}: {}", file.name);
        }
    }
    assert_eq!(found["html"].is_null(), draft.html.is_none(), "{number}");
}

/// Returns what is compared of a value. In the names of people Python keeps the space between two encoded words, which
/// belongs to neither (RFC 2047 section 6.2): names are compared without spaces.
fn alike(key: &str, value: &Value) -> Value {
    if !["from", "to", "cc", "replyTo"].contains(&key) {
        return value.clone();
    }
    let people = value.as_array().into_iter().flatten();
    let name = |one: &Value| one[0].as_str().unwrap_or_default().replace(' ', "");
    people.map(|one| json!([name(one), one[1]])).collect()
}

/// Checks what every server may rely on.
fn check_lines(number: usize, wire: &[u8]) {
    let text = std::str::from_utf8(wire).expect("ASCII");
    assert!(text.is_ascii(), "{number}: seven bits");
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "{number}");
    assert!(text.split("\r\n").all(|line| line.len() <= 998), "{number}: lines");
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    assert!(header.split("\r\n").all(|line| line.len() <= 100), "{number}: {header}");
    assert!(!text.contains("secret@hidden.example"), "{number}: blind copies");
}

#[test]
fn two_hundred_messages_are_read_alike_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    let mut composed = Vec::new();
    for number in 0..COUNT {
        let draft = draft(number);
        let wire = compose(&draft).unwrap().wire;
        check_lines(number, &wire);
        let path = folder.path().join(format!("{number:03}.eml"));
        std::fs::write(&path, &wire).unwrap();
        paths.push(path);
        composed.push((draft, wire));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/composed.py");
    let output = Command::new("python3").arg(script).args(&paths).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines = String::from_utf8_lossy(&output.stdout);
    assert_eq!(lines.lines().count(), COUNT, "{errors}");
    for (number, (line, (draft, wire))) in lines.lines().zip(&composed).enumerate() {
        let python: Value = serde_json::from_str(line).unwrap();
        let ours = parsed(wire);
        for (key, value) in python.as_object().unwrap() {
            let (left, right) = (alike(key, &ours[key]), alike(key, value));
            assert_eq!(left, right, "{number}, {key}: mail-parser (left) and Python (right)");
        }
        check(number, draft, &ours);
    }
}
