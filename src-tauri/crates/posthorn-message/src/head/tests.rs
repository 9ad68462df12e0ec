//! Headers as they come.

use posthorn_model::Timestamp;

use super::{ids, parse_head};

#[test]
fn a_head_is_read() {
    let raw = b"Received: from a by b; Fri, 2 Jan 2026 10:00:05 +0800\r\n\
        Received: from c by a; Fri, 2 Jan 2026 09:00:00 +0800\r\n\
        From: =?utf-8?B?5byg5Lyf?= <zhang@example.cn>\r\n\
        Sender: robot@example.cn\r\nTo: a@example.org,\r\n b@example.org\r\n\
        Subject: =?gb2312?B?xOO6ww==?=\r\nDate: Fri, 02 Jan 2026 10:00:00 +0800 (CST)\r\n\
        Message-ID: <1@example.cn>\r\nIn-Reply-To: <0@example.org> (note)\r\n\
        References: <r@example.org> <0@example.org>\r\n <0@example.org>\r\n\
        List-Id: \"Weekly news\" <News.example.org>\r\n\
        List-Unsubscribe: <mailto:out@example.org>, <https://example.org/out?\r\n x=1>, <http://example.org/>\r\n\
        List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk\r\n\r\nbody: no field";
    let head = parse_head(raw);
    assert_eq!(head.subject, "你好");
    assert_eq!(head.from[0].name, "张伟");
    assert_eq!(head.sender.unwrap().email, "robot@example.cn");
    assert_eq!(head.to.len(), 2);
    let date = head.date.unwrap();
    assert_eq!((date.at, date.utc_offset_minutes), (Timestamp::from_seconds(1_767_319_200), 480));
    assert_eq!(head.received, Some(Timestamp::from_seconds(1_767_319_205)));
    assert_eq!(head.message_id.unwrap().0, "1@example.cn");
    assert_eq!(head.in_reply_to.len(), 1);
    assert_eq!(head.references.len(), 2);
    assert_eq!(
        (head.list.id.as_str(), head.list.name.as_str()),
        ("news.example.org", "Weekly news")
    );
    assert_eq!(head.list.unsubscribe, ["mailto:out@example.org", "https://example.org/out?x=1"]);
    assert!(head.list.is_one_click && head.is_automatic);
}

#[test]
fn nothing_gives_an_empty_head() {
    for raw in [
        b"" as &[u8],
        b"\r\n",
        b"no header here",
        b"\xFF\xFE\x00",
        b":\n:\n",
        b"Date: never\nMessage-ID: <>\n",
    ] {
        let head = parse_head(raw);
        assert_eq!(head.subject, "");
        assert!(head.date.is_none() && head.message_id.is_none(), "{raw:?}");
    }
}

#[test]
fn raw_chinese_headers_are_read_with_the_charset_of_the_text() {
    let mut raw = b"Content-Type: text/plain; charset=gbk\nSubject: ".to_vec();
    raw.extend_from_slice(&encoding_rs::GBK.encode("下周会议").0);
    raw.extend_from_slice(b"\nFrom: ");
    raw.extend_from_slice(&encoding_rs::GBK.encode("李娜 <li@example.cn>").0);
    raw.push(b'\n');
    let head = parse_head(&raw);
    assert_eq!(head.subject, "下周会议");
    assert_eq!(head.from[0].name, "李娜");
}

#[test]
fn ids_are_found_in_any_writing() {
    let found = |raw: &str| ids(raw.as_bytes()).into_iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(found("<a@b> <c@\r\n d>"), ["a@b", "c@d"]);
    assert_eq!(found("a@b c@d"), ["a@b", "c@d"]);
    assert_eq!(found("Your message of Monday <x@y>"), ["x@y"]);
    assert_eq!(found("<>"), [] as [&str; 0]);
}

#[test]
fn what_answers_by_itself_is_nobodys_answer() {
    let table = [
        ("", false),
        ("Auto-Submitted: no\r\n", false),
        ("Auto-Submitted: auto-replied (vacation)\r\n", true),
        ("auto-submitted: auto-generated; owner-email=\"a@b\"\r\n", true),
        ("Precedence: bulk\r\n", true),
        ("Precedence: junk\r\n", true),
        ("Precedence: auto_reply\r\n", true),
        ("Precedence: list\r\n", false),
        // Somebody answers through a list.
        ("Precedence: bulk\r\nList-Id: <l.example.org>\r\n", false),
        ("X-Autoreply: yes\r\n", true),
        ("X-Autoreply: no\r\n", false),
        ("X-Autorespond: Re: Lunch\r\n", true),
        ("Return-Path: <>\r\n", true),
        ("Return-Path: <ann@x>\r\n", false),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n", true),
        ("Content-Type: multipart/report; report-type=disposition-notification\r\n", true),
        ("X-Failed-Recipients: bert@x\r\n", true),
    ];
    for (field, wanted) in table {
        let raw =
            format!("From: Ann <ann@x>\r\nSubject: Re: Lunch\r\nIn-Reply-To: <a@x>\r\n{field}\r\n");
        assert_eq!(parse_head(raw.as_bytes()).is_automatic_answer, wanted, "{field}");
        assert_eq!(super::parse_listed_head(raw.as_bytes()).is_automatic_answer, wanted, "{field}");
    }
    let bounce = b"From: Mail Delivery System <Mailer-Daemon@mx.example>\r\n\r\n";
    assert!(parse_head(bounce).is_automatic_answer);
}
