//! Calendars as programs write them, and as nobody should.

use posthorn_model::Timestamp;

use super::{CalendarMethod, EventTime, Frequency, MAX_ATTENDEES, MAX_EVENTS, events, invitation};

fn at(ms: i64) -> impl Fn(&Option<EventTime>) -> bool {
    move |time| matches!(time, Some(EventTime::At { at, .. }) if *at == Timestamp(ms))
}

#[test]
fn invitations_are_read_as_programs_write_them() {
    let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
        UID:4\r\nSEQUENCE:1\r\nSUMMARY;LANGUAGE=de:Planung\\, Teil 2\r\nDTSTART;TZID=W. Europe Standard Time:20260424T090000\r\nDTEND:20260424T083000Z\r\nLOCATION:Raum \\\"A\\\"\r\nDESCRIPTION:Eins\\nZw\r\n ei\r\n\
        ORGANIZER;CN=\"Lang, Mia\":MAILTO:mia@example.com\r\nATTENDEE;CN=Lin;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:lin@example.org\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE:20260501T070000Z\r\n\
        URL:https://cal.test/4\r\nBEGIN:VALARM\r\nDESCRIPTION:Ring\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let read = invitation(calendar).unwrap();
    assert_eq!((read.method, read.summary.as_str()), (CalendarMethod::Request, "Planung, Teil 2"));
    assert_eq!(
        (read.uid.as_str(), read.sequence, read.url.as_str()),
        ("4", 1, "https://cal.test/4")
    );
    assert_eq!(read.description, "Eins\nZwei");
    assert!(at(1_777_014_000_000)(&read.start) && at(1_777_019_400_000)(&read.end));
    let rule = read.recurrence.unwrap();
    assert_eq!((rule.frequency, rule.count, rule.has_more), (Frequency::Weekly, Some(4), true));
    let organizer = read.organizer.unwrap();
    assert_eq!(
        (organizer.name.as_str(), organizer.email.as_str()),
        ("Lang, Mia", "mia@example.com")
    );
    assert_eq!(
        (read.attendees[0].answer.as_str(), read.attendees[0].is_optional),
        ("accepted", true)
    );
    assert!(read.source.zones.first().is_some_and(|line| line == "BEGIN:VTIMEZONE"));
}

#[test]
fn days_and_unknown_places_keep_their_own_time() {
    let event =
        |start: &str| invitation(&format!("BEGIN:VEVENT\n{start}\nEND:VEVENT")).unwrap().start;
    assert_eq!(event("DTSTART;VALUE=DATE:20260424"), Some(EventTime::Day(2026, 4, 24)));
    assert_eq!(
        event("DTSTART;TZID=Atlantis:20260424T090000"),
        Some(EventTime::Local("2026-04-24T09:00".to_owned(), "Atlantis".to_owned()))
    );
    assert_eq!(
        event("DTSTART:20260424T090000"),
        Some(EventTime::Local("2026-04-24T09:00".to_owned(), String::new()))
    );
    for broken in ["DTSTART:", "DTSTART:20261324", "DTSTART:2026042", "DTSTART;X"] {
        assert_eq!(event(broken), None, "{broken}");
    }
    assert_eq!(invitation("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR"), None);
}

#[test]
fn methods_events_and_lengths_are_told() {
    let of = |method: &str| {
        invitation(&format!(
            "METHOD:{method}\nBEGIN:VEVENT\nDTSTART:20260424T090000Z\nDURATION:PT1H\nEND:VEVENT"
        ))
        .unwrap()
    };
    for (method, expected) in [
        ("COUNTER", CalendarMethod::Counter),
        ("declinecounter", CalendarMethod::DeclineCounter),
        ("CANCEL", CalendarMethod::Cancel),
        ("X", CalendarMethod::Publish),
    ] {
        let read = of(method);
        assert_eq!(read.method, expected);
        assert!(at(1_777_024_800_000)(&read.end), "{:?}", read.end);
    }
    let two = "BEGIN:VEVENT\nSUMMARY:a\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:b\n";
    let titles: Vec<String> = events(two).into_iter().map(|event| event.summary).collect();
    assert_eq!(titles, ["a", "b"], "the second was cut");
}

#[test]
fn hostile_calendars_stay_small() {
    let many = "BEGIN:VEVENT\nEND:VEVENT\n".repeat(MAX_EVENTS * 2);
    assert_eq!(events(&many).len(), MAX_EVENTS);
    let people =
        format!("BEGIN:VEVENT\n{}END:VEVENT", "ATTENDEE:mailto:a@b.c\n".repeat(MAX_ATTENDEES + 9));
    assert_eq!(invitation(&people).unwrap().attendees.len(), MAX_ATTENDEES);
    let zones = format!(
        "BEGIN:VTIMEZONE\n{}END:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=A:20260101T000000\nEND:VEVENT",
        "X:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n".repeat(900)
    );
    assert!(invitation(&zones).unwrap().source.zones.is_empty(), "none, rather than half of one");
    let unbalanced =
        "BEGIN:VTIMEZONE\nTZID:A\nBEGIN:VEVENT\nDTSTART;TZID=A:20260101T000000\nEND:VEVENT";
    assert!(invitation(unbalanced).unwrap().source.zones.is_empty());
}
