//! Invitations (RFC 5545, RFC 5546): what, when, where and from whom, for showing in words and for answering.
//!
//! Read leniently: an event that lacks half of its lines is still an event. A time zone is taken by its name; where that is
//! unknown the time stays as it is written and the name beside it. No calendar is kept here and no date is computed.

mod answer;
mod rule;
mod time;

use crate::content_line::{Line, text, unfolded};
use crate::encoded_word::printable;

pub use answer::{AnswerKind, calendar_answer};
pub use rule::{Frequency, Recurrence, RuleDay};
pub use time::EventTime;

/// Participants that are listed: a company is invited as a list.
const MAX_ATTENDEES: usize = 200;
/// Events of one calendar that are read; more are counted by nobody who looks at a mail.
const MAX_EVENTS: usize = 200;
/// Bytes of time zones that go back with an answer: several zones with all their changes.
const MAX_ZONE_BYTES: usize = 32 * 1024;
/// Characters of a line that goes back with an answer: an identifier may be long, a novel is none.
const MAX_NAMED: usize = 4_000;

/// What the calendar wants (RFC 5546 section 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Somebody invites, or changes an invitation.
    Request,
    /// Somebody answers an invitation.
    Reply,
    /// Somebody who is invited proposes something else.
    Counter,
    /// What somebody proposed is not accepted.
    DeclineCounter,
    /// The event does not take place.
    Cancel,
    /// Something else, or nothing: an event to look at.
    #[default]
    Publish,
}

/// A participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendee {
    /// Display name; empty when missing.
    pub name: String,
    /// Address; empty when it is none.
    pub email: String,
    /// What the participant answered (`PARTSTAT`), in lower case; empty when missing.
    pub answer: String,
    /// Need not come (`ROLE=OPT-PARTICIPANT` or `NON-PARTICIPANT`).
    pub is_optional: bool,
}

/// Lines that go back with an answer, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// Lines that name the event: identifiers and times.
    pub(crate) named: Vec<String>,
    /// Who invites; empty when missing.
    pub(crate) organizer: String,
    /// The zones that its times are written in.
    pub(crate) zones: Vec<String>,
}

/// An event as a calendar part describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitation {
    /// What is wanted.
    pub method: CalendarMethod,
    /// Names it for all times; empty when missing.
    pub uid: String,
    /// How often it was changed; 0 for a new one.
    pub sequence: u32,
    /// The one of a repeated event that is meant, by when it would have begun. `None` for all of them.
    pub instance: Option<EventTime>,
    /// The same as written; empty for all of them.
    pub instance_key: String,
    /// Title; empty when missing.
    pub summary: String,
    /// Where; empty when missing.
    pub location: String,
    /// Further words; empty when missing.
    pub description: String,
    /// What somebody says to it; empty when missing.
    pub comment: String,
    /// Page of the event or conference, `https:` alone; empty when missing.
    pub url: String,
    /// When it begins. `None` when missing or unreadable.
    pub start: Option<EventTime>,
    /// When it ends. `None` when missing; the day after the last for whole days.
    pub end: Option<EventTime>,
    /// How it repeats. `None` when it does not.
    pub recurrence: Option<Recurrence>,
    /// Who invites. `None` when missing.
    pub organizer: Option<Attendee>,
    /// Who is invited.
    pub attendees: Vec<Attendee>,
    /// It is cancelled, whatever the method says.
    pub is_cancelled: bool,
    /// What goes back with an answer.
    pub(crate) source: Source,
}

/// Reads the first event of a calendar; `None` when there is none.
pub fn invitation(calendar: &str) -> Option<Invitation> {
    read(calendar, 1).into_iter().next()
}

/// Reads the events of a calendar, in order, at most 200.
pub fn events(calendar: &str) -> Vec<Invitation> {
    read(calendar, MAX_EVENTS)
}

fn read(calendar: &str, limit: usize) -> Vec<Invitation> {
    let mut found: Vec<Invitation> = Vec::new();
    let mut open: Option<Event> = None;
    let (mut depth, mut zones) = (Vec::<String>::new(), Zones::default());
    let mut method = CalendarMethod::default();
    for written in unfolded(calendar) {
        let Some(line) = Line::parse(&written) else { continue };
        let is_zone = depth.iter().any(|name| name == "VTIMEZONE")
            || line.name == "BEGIN" && line.value.eq_ignore_ascii_case("VTIMEZONE");
        if is_zone {
            zones.add(&line, &written);
        }
        match line.name.as_str() {
            "BEGIN" => {
                depth.push(line.value.to_ascii_uppercase());
                if line.value.eq_ignore_ascii_case("VEVENT") && open.is_none() {
                    open = Some(Event::default());
                }
            }
            "END" => {
                depth.pop();
                if line.value.eq_ignore_ascii_case("VEVENT") {
                    found.extend(open.take().map(Event::done));
                    if found.len() >= limit {
                        break;
                    }
                }
            }
            "METHOD" if depth.len() <= 1 => method = method_of(&line.value),
            // Alarms stand inside the event.
            _ if depth.last().is_some_and(|inner| inner == "VEVENT") => {
                if let Some(event) = &mut open {
                    event.read(&line, &written);
                }
            }
            _ => {}
        }
    }
    // One that was cut is shown as far as it came.
    found.extend(open.take().map(Event::done));
    let zones = zones.whole();
    for event in &mut found {
        event.method = method;
        if event.source.named.iter().any(|line| line.contains("TZID=")) {
            event.source.zones.clone_from(&zones);
        }
    }
    found
}

/// The zones of a calendar, line by line.
#[derive(Default)]
struct Zones {
    lines: Vec<String>,
    bytes: usize,
    /// Components that began and did not end.
    open: i64,
    /// Something stands in them that is no zone.
    is_odd: bool,
}

impl Zones {
    fn add(&mut self, line: &Line, written: &str) {
        let kinds = ["VTIMEZONE", "STANDARD", "DAYLIGHT"];
        let is_known = kinds.iter().any(|kind| line.value.eq_ignore_ascii_case(kind));
        match line.name.as_str() {
            "BEGIN" => (self.open, self.is_odd) = (self.open + 1, self.is_odd || !is_known),
            "END" => (self.open, self.is_odd) = (self.open - 1, self.is_odd || !is_known),
            _ => {}
        }
        self.bytes = self.bytes.saturating_add(written.len());
        if self.bytes <= MAX_ZONE_BYTES {
            self.lines.push(written.to_owned());
        }
    }

    /// Returns all of them, or none: half a zone would be worse, and then its name has to do.
    fn whole(self) -> Vec<String> {
        let is_whole = self.open == 0 && !self.is_odd && self.bytes <= MAX_ZONE_BYTES;
        if is_whole { self.lines } else { Vec::new() }
    }
}

fn method_of(value: &str) -> CalendarMethod {
    match value.to_ascii_uppercase().as_str() {
        "REQUEST" | "ADD" => CalendarMethod::Request,
        "REPLY" => CalendarMethod::Reply,
        "COUNTER" => CalendarMethod::Counter,
        "DECLINECOUNTER" => CalendarMethod::DeclineCounter,
        "CANCEL" => CalendarMethod::Cancel,
        _ => CalendarMethod::Publish,
    }
}

/// An event that is being read.
#[derive(Default)]
struct Event {
    found: Invitation,
    duration: String,
    has_more_dates: bool,
}

impl Event {
    fn read(&mut self, line: &Line, written: &str) {
        let found = &mut self.found;
        match line.name.as_str() {
            "UID" => found.uid = line.value.chars().take(MAX_NAMED).collect(),
            "SEQUENCE" => found.sequence = line.value.parse().unwrap_or_default(),
            "RECURRENCE-ID" => {
                found.instance = time::time(line);
                found.instance_key = line.value.chars().take(MAX_NAMED).collect();
            }
            "SUMMARY" => found.summary = text(&line.value),
            "LOCATION" => found.location = text(&line.value),
            "DESCRIPTION" => found.description = text(&line.value),
            "COMMENT" => found.comment = text(&line.value),
            "URL" | "X-GOOGLE-CONFERENCE" | "X-MICROSOFT-SKYPETEAMSMEETINGURL"
                if found.url.is_empty() && line.value.starts_with("https://") =>
            {
                found.url = text(&line.value);
            }
            "DTSTART" => found.start = time::time(line),
            "DTEND" => found.end = time::time(line),
            "DURATION" => self.duration.clone_from(&line.value),
            "STATUS" => found.is_cancelled = line.value.eq_ignore_ascii_case("CANCELLED"),
            "RRULE" => {
                self.has_more_dates |= found.recurrence.is_some();
                found.recurrence = Some(rule::read(&line.value));
            }
            "RDATE" | "EXDATE" | "EXRULE" => self.has_more_dates = true,
            "ORGANIZER" => {
                found.organizer = Some(attendee(line));
                found.source.organizer = written.chars().take(MAX_NAMED).collect();
            }
            "ATTENDEE" if found.attendees.len() < MAX_ATTENDEES => {
                found.attendees.push(attendee(line));
            }
            _ => {}
        }
        let names = ["UID", "SEQUENCE", "RECURRENCE-ID", "SUMMARY", "DTSTART", "DTEND", "DURATION"];
        if names.contains(&line.name.as_str()) && written.len() <= MAX_NAMED {
            found.source.named.push(written.to_owned());
        }
    }

    fn done(self) -> Invitation {
        let mut found = self.found;
        if let (None, Some(start)) = (&found.end, &found.start) {
            found.end = time::after(start, &self.duration);
        }
        if let Some(rule) = &mut found.recurrence {
            rule.has_more |= self.has_more_dates;
        }
        found
    }
}

fn attendee(line: &Line) -> Attendee {
    let email = line.value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let email = email.and_then(|_| line.value.get(7..)).unwrap_or_default().trim();
    let role = line.parameter("ROLE").unwrap_or_default().to_ascii_uppercase();
    Attendee {
        name: text(line.parameter("CN").unwrap_or_default()),
        email: if email.contains('@') { printable(email) } else { String::new() },
        answer: line.parameter("PARTSTAT").unwrap_or_default().to_ascii_lowercase(),
        is_optional: role == "OPT-PARTICIPANT" || role == "NON-PARTICIPANT",
    }
}

#[cfg(test)]
mod tests;
