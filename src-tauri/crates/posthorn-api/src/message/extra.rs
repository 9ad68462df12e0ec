//! What a message brings beside its text: an event, a report. In words alone: nothing here changes anything.

use posthorn_message as read;
use posthorn_message::Parsed;

use crate::contract::{
    Address, Attendee, DeliveryReport, EventTime, Invitation, ReportFate, ReportReason,
    ReportedRecipient,
};

/// Returns the first event of a message whose bytes are here.
pub(super) fn invitation(raw: &[u8], parsed: &Parsed) -> Option<Invitation> {
    let is_calendar = |found: &&posthorn_message::Attachment| {
        matches!(found.content_type.as_str(), "text/calendar" | "application/ics")
            || found.name.to_ascii_lowercase().ends_with(".ics")
    };
    let found = parsed.attachments.iter().find(is_calendar)?;
    let part = read::part(raw, &found.section)?;
    let found = read::invitation(&read::charset::decode(&part.bytes, None, None).text)?;
    let method = match found.method {
        _ if found.is_cancelled => "cancel",
        read::CalendarMethod::Request => "request",
        read::CalendarMethod::Reply => "reply",
        read::CalendarMethod::Cancel => "cancel",
        read::CalendarMethod::Publish => "publish",
    };
    Some(Invitation {
        method: method.to_owned(),
        summary: found.summary,
        location: found.location,
        description: found.description,
        start: found.start.map(time),
        end: found.end.map(time),
        repeats: found.repeats,
        organizer: found.organizer.map(person),
        attendees: found
            .attendees
            .into_iter()
            .map(|one| Attendee { answer: one.answer.clone(), person: person(one) })
            .collect(),
    })
}

fn person(one: read::Attendee) -> Address {
    Address { name: one.name, email: one.email }
}

fn time(time: read::EventTime) -> EventTime {
    match time {
        read::EventTime::At(at) => EventTime::At { at: at.0 },
        read::EventTime::Day(year, month, day) => {
            EventTime::Day { day: format!("{year:04}-{month:02}-{day:02}") }
        }
        read::EventTime::Local(time, zone) => EventTime::Local { time, zone },
    }
}

/// Returns what a message reports of another one.
pub(super) fn report(raw: &[u8], parsed: &Parsed) -> Option<DeliveryReport> {
    let found = read::report(raw, parsed)?;
    let recipient = |one: read::ReportedRecipient| ReportedRecipient {
        address: one.address,
        fate: match one.fate {
            read::Fate::Failed => ReportFate::Failed,
            read::Fate::Delayed => ReportFate::Delayed,
            read::Fate::Delivered => ReportFate::Delivered,
            read::Fate::Relayed => ReportFate::Relayed,
            read::Fate::Read => ReportFate::Read,
            read::Fate::Unread => ReportFate::Unread,
        },
        reason: match one.reason {
            read::Reason::NoSuchAddress => ReportReason::NoSuchAddress,
            read::Reason::Full => ReportReason::Full,
            read::Reason::TooLarge => ReportReason::TooLarge,
            read::Reason::Refused => ReportReason::Refused,
            read::Reason::Unreachable => ReportReason::Unreachable,
            read::Reason::Unknown => ReportReason::Unknown,
        },
        said: if one.said.is_empty() { one.status } else { one.said },
    };
    let recipients = found.recipients.into_iter().map(recipient).collect();
    Some(DeliveryReport { recipients, subject: found.subject })
}

#[cfg(test)]
mod tests {
    use posthorn_testkit::corpus;

    use super::{invitation, report};
    use crate::contract::{EventTime, ReportFate, ReportReason};

    fn sample(name: &str) -> Vec<u8> {
        let all = corpus::own().unwrap();
        all.into_iter().find(|sample| sample.name == format!("messages/{name}.eml")).unwrap().bytes
    }

    #[test]
    fn events_and_reports_of_the_corpus_are_told() {
        let raw = sample("calendar-invitation");
        let event = invitation(&raw, &posthorn_message::parse(&raw)).unwrap();
        assert_eq!((event.method.as_str(), event.summary.as_str()), ("request", "Planning"));
        assert_eq!(event.start, Some(EventTime::At { at: 1_775_826_000_000 }));
        let raw = sample("delivery-report");
        let told = report(&raw, &posthorn_message::parse(&raw)).unwrap();
        assert_eq!(
            (told.recipients[0].fate, told.recipients[0].reason),
            (ReportFate::Failed, ReportReason::NoSuchAddress)
        );
        assert_eq!((told.recipients[0].said.as_str(), told.subject.as_str()), ("5.1.1", "Hello"));
        let raw = sample("attachment-pdf-png");
        let parsed = posthorn_message::parse(&raw);
        assert!(invitation(&raw, &parsed).is_none() && report(&raw, &parsed).is_none());
    }
}
