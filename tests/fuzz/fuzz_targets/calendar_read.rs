//! Any text is a calendar: reading never panics, and an answer to whatever it invites to reads back as that answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_message::{AnswerKind, CalendarMethod, calendar_answer, events, invitation};
use posthorn_model::{Address, Timestamp};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let all = events(&text);
    assert!(all.len() <= 200);
    let Some(event) = invitation(&text) else { return assert!(all.is_empty()) };
    assert!(event.attendees.len() <= 200 && !event.summary.contains('\u{202e}'));
    let who = Address { name: "Lin".to_owned(), email: "lin@cal.test".to_owned() };
    let now = Timestamp(1_777_014_000_000);
    let Some(answer) = calendar_answer(&event, &who, AnswerKind::Accepted, "a;b", now) else { return };
    assert!(answer.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
    let back = events(&answer);
    assert_eq!(back.len(), 1);
    let back = &back[0];
    assert_eq!((back.method, back.comment.as_str()), (CalendarMethod::Reply, "a;b"));
    assert_eq!((back.attendees.len(), back.attendees[0].email.as_str()), (1, "lin@cal.test"));
});
