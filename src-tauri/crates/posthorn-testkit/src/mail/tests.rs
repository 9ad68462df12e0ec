//! The builder's text, as it is.

use super::Mail;

#[test]
fn a_plain_message_is_written_as_it_is_read() {
    let text = String::from_utf8(
        Mail::new().subject("Lunch?").message_id("a@x").text("At one.\nAnn").build(),
    )
    .unwrap();
    assert_eq!(
        text,
        "From: Ann Sender <ann@posthorn.test>\r\nTo: Anna Reader <anna@posthorn.test>\r\n\
         Date: Mon, 05 Jan 2026 09:00:00 +0000\r\nSubject: Lunch?\r\nMessage-ID: <a@x>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nAt one.\r\nAnn\r\n"
    );
}

#[test]
fn parts_nest_in_the_usual_order() {
    let mail = Mail::new()
        .from("李雷 <lilei@posthorn.test>")
        .replying_to(&["a@x", "b@x"])
        .text("你好")
        .html("<img src=cid:p>")
        .inline("p", "image/png", b"png")
        .attach("报告.pdf", "application/pdf", b"pdf");
    let text = String::from_utf8(mail.build()).unwrap();
    let at =
        |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} is missing:\n{text}"));
    let order = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{text}");
    at("From: =?utf-8?B?5p2O6Zu3?= <lilei@posthorn.test>\r\n");
    at("In-Reply-To: <b@x>\r\nReferences: <a@x> <b@x>\r\n");
    at("filename*=utf-8''%E6%8A%A5%E5%91%8A.pdf");
}
