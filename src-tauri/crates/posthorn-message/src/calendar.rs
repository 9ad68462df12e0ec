//! Invitations (RFC 5545, RFC 5546): what, when, where and from whom, for showing in words. Nothing is scheduled here.
//!
//! Read leniently, the first event alone. A time zone is taken by its name; where that is unknown the time stays as it is
//! written and the name beside it.

use posthorn_model::Timestamp;

use crate::encoded_word::printable;

/// Bytes of one calendar that are read.
const MAX_BYTES: usize = 512 * 1024;
/// Lines of one calendar that are read.
const MAX_LINES: usize = 10_000;
/// Characters of a text that are kept.
const MAX_TEXT: usize = 2_000;
/// Participants that are listed.
const MAX_ATTENDEES: usize = 200;

/// What the calendar wants (RFC 5546 section 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Somebody invites, or changes an invitation.
    Request,
    /// Somebody answers an invitation.
    Reply,
    /// The event does not take place.
    Cancel,
    /// Something else, or nothing: an event to look at.
    #[default]
    Publish,
}

/// When something begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// A point in time.
    At(Timestamp),
    /// A day without a time: year, month, day.
    Day(i16, i8, i8),
    /// A time on the clock of a place that is not known by name (`2026-04-24T09:00`), and what the place is called;
    /// empty for wherever one is.
    Local(String, String),
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
}

/// An event as a calendar part describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitation {
    /// What is wanted.
    pub method: CalendarMethod,
    /// Title; empty when missing.
    pub summary: String,
    /// Where; empty when missing.
    pub location: String,
    /// Further words; empty when missing.
    pub description: String,
    /// When it begins. `None` when missing or unreadable.
    pub start: Option<EventTime>,
    /// When it ends. `None` when missing; the day after the last for whole days.
    pub end: Option<EventTime>,
    /// How it repeats (`FREQ`), in lower case: `daily`, `weekly`, `monthly`, `yearly`; empty when it does not.
    pub repeats: String,
    /// Who invites. `None` when missing.
    pub organizer: Option<Attendee>,
    /// Who is invited.
    pub attendees: Vec<Attendee>,
    /// It is cancelled, whatever the method says.
    pub is_cancelled: bool,
}

/// Reads the first event of a calendar; `None` when there is none.
pub fn invitation(calendar: &str) -> Option<Invitation> {
    let calendar = calendar.get(..MAX_BYTES).unwrap_or(calendar);
    let mut found = Invitation::default();
    let (mut depth, mut is_event) = (Vec::<String>::new(), false);
    for line in unfolded(calendar) {
        let Some(line) = Line::parse(&line) else { continue };
        match line.name.as_str() {
            "BEGIN" => {
                depth.push(line.value.to_ascii_uppercase());
                is_event |= line.value.eq_ignore_ascii_case("VEVENT");
            }
            "END" => {
                depth.pop();
                if line.value.eq_ignore_ascii_case("VEVENT") {
                    break;
                }
            }
            "METHOD" if depth.len() == 1 => {
                found.method = match line.value.to_ascii_uppercase().as_str() {
                    "REQUEST" | "ADD" => CalendarMethod::Request,
                    "REPLY" | "COUNTER" => CalendarMethod::Reply,
                    "CANCEL" => CalendarMethod::Cancel,
                    _ => CalendarMethod::Publish,
                }
            }
            // Alarms stand inside the event.
            _ if depth.last().is_some_and(|inner| inner == "VEVENT") => found.read(&line),
            _ => {}
        }
    }
    is_event.then_some(found)
}

impl Invitation {
    fn read(&mut self, line: &Line) {
        match line.name.as_str() {
            "SUMMARY" => self.summary = text(&line.value),
            "LOCATION" => self.location = text(&line.value),
            "DESCRIPTION" => self.description = text(&line.value),
            "DTSTART" => self.start = time(line),
            "DTEND" => self.end = time(line),
            "STATUS" => self.is_cancelled = line.value.eq_ignore_ascii_case("CANCELLED"),
            "RRULE" => {
                self.repeats = line
                    .value
                    .split(';')
                    .find_map(|part| part.strip_prefix("FREQ="))
                    .unwrap_or_default()
                    .to_ascii_lowercase();
            }
            "ORGANIZER" => self.organizer = Some(attendee(line)),
            "ATTENDEE" if self.attendees.len() < MAX_ATTENDEES => {
                self.attendees.push(attendee(line));
            }
            _ => {}
        }
    }
}

/// A content line.
struct Line {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let mut is_quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            is_quoted ^= *c == '"';
            *c == ':' && !is_quoted
        })?;
        let (head, value) = line.split_at_checked(colon.0)?;
        let mut pieces = Vec::new();
        let (mut piece, mut is_quoted) = (String::new(), false);
        for c in head.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ';' if !is_quoted => pieces.push(std::mem::take(&mut piece)),
                _ => piece.push(c),
            }
        }
        pieces.push(piece);
        let mut pieces = pieces.into_iter();
        let name = pieces.next()?.trim().to_ascii_uppercase();
        let parameters = pieces
            .filter_map(|piece| {
                let (name, value) = piece.split_once('=')?;
                Some((name.trim().to_ascii_uppercase(), value.to_owned()))
            })
            .collect();
        Some(Self { name, parameters, value: value.get(1..)?.trim_end().to_owned() })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Joins folded lines (RFC 5545 section 3.1).
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let is_full = lines.len() >= MAX_LINES;
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ if is_full => break,
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Reads a text value: its escapes, nothing that moves the cursor, so many characters.
fn text(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut is_escaped = false;
    for c in value.chars() {
        match c {
            '\\' if !is_escaped => {
                is_escaped = true;
                continue;
            }
            'n' | 'N' if is_escaped => plain.push('\n'),
            _ => plain.push(c),
        }
        is_escaped = false;
    }
    let lines: Vec<String> = plain.lines().map(printable).collect();
    lines.join("\n").trim().chars().take(MAX_TEXT).collect()
}

fn attendee(line: &Line) -> Attendee {
    let email = line.value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let email = email.and_then(|_| line.value.get(7..)).unwrap_or_default().trim();
    Attendee {
        name: text(line.parameter("CN").unwrap_or_default()),
        email: if email.contains('@') { printable(email) } else { String::new() },
        answer: line.parameter("PARTSTAT").unwrap_or_default().to_ascii_lowercase(),
    }
}

fn time(line: &Line) -> Option<EventTime> {
    let digits: String = line.value.chars().filter(char::is_ascii_digit).collect();
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize| number(from, from + 2).and_then(|value| i8::try_from(value).ok());
    let day = jiff::civil::Date::new(number(0, 4)?, small(4)?, small(6)?).ok()?;
    if digits.len() < 12 {
        return Some(EventTime::Day(day.year(), day.month(), day.day()));
    }
    let clock =
        jiff::civil::Time::new(small(8)?, small(10)?, small(12).unwrap_or(0).min(59), 0).ok()?;
    let local = day.to_datetime(clock);
    let at = |zone: jiff::tz::TimeZone| {
        local
            .to_zoned(zone)
            .ok()
            .map(|zoned| EventTime::At(Timestamp(zoned.timestamp().as_millisecond())))
    };
    if line.value.ends_with(['Z', 'z']) {
        return at(jiff::tz::TimeZone::UTC);
    }
    let name = line.parameter("TZID").unwrap_or_default();
    let zone = jiff::tz::TimeZone::get(windows_zone(name).unwrap_or(name))
        .ok()
        .filter(|_| !name.is_empty());
    match zone {
        Some(zone) => at(zone),
        None => Some(EventTime::Local(local.strftime("%Y-%m-%dT%H:%M").to_string(), text(name))),
    }
}

/// Names that Exchange and Outlook give to time zones (CLDR `windowsZones`), those of most people.
fn windows_zone(name: &str) -> Option<&'static str> {
    Some(match name {
        "W. Europe Standard Time" => "Europe/Berlin",
        "Romance Standard Time" => "Europe/Paris",
        "Central Europe Standard Time" => "Europe/Budapest",
        "Central European Standard Time" => "Europe/Warsaw",
        "GMT Standard Time" => "Europe/London",
        "Greenwich Standard Time" => "Atlantic/Reykjavik",
        "FLE Standard Time" => "Europe/Kyiv",
        "GTB Standard Time" => "Europe/Bucharest",
        "Russian Standard Time" => "Europe/Moscow",
        "Turkey Standard Time" => "Europe/Istanbul",
        "Israel Standard Time" => "Asia/Jerusalem",
        "Arabian Standard Time" => "Asia/Dubai",
        "India Standard Time" => "Asia/Kolkata",
        "SE Asia Standard Time" => "Asia/Bangkok",
        "China Standard Time" => "Asia/Shanghai",
        "Singapore Standard Time" => "Asia/Singapore",
        "Taipei Standard Time" => "Asia/Taipei",
        "Tokyo Standard Time" => "Asia/Tokyo",
        "Korea Standard Time" => "Asia/Seoul",
        "AUS Eastern Standard Time" => "Australia/Sydney",
        "New Zealand Standard Time" => "Pacific/Auckland",
        "Eastern Standard Time" => "America/New_York",
        "Central Standard Time" => "America/Chicago",
        "Mountain Standard Time" => "America/Denver",
        "Pacific Standard Time" => "America/Los_Angeles",
        "E. South America Standard Time" => "America/Sao_Paulo",
        "South Africa Standard Time" => "Africa/Johannesburg",
        "UTC" => "UTC",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use posthorn_model::Timestamp;

    use super::{CalendarMethod, EventTime, invitation};

    #[test]
    fn invitations_are_read_as_programs_write_them() {
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
            SUMMARY;LANGUAGE=de:Planung\\, Teil 2\r\nDTSTART;TZID=W. Europe Standard Time:20260424T090000\r\nDTEND:20260424T083000Z\r\nLOCATION:Raum \\\"A\\\"\r\nDESCRIPTION:Eins\\nZw\r\n ei\r\n\
            ORGANIZER;CN=\"Lang, Mia\":MAILTO:mia@example.com\r\nATTENDEE;CN=Lin;PARTSTAT=ACCEPTED:mailto:lin@example.org\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nBEGIN:VALARM\r\nDESCRIPTION:Ring\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let read = invitation(calendar).unwrap();
        assert_eq!(
            (read.method, read.summary.as_str(), read.repeats.as_str()),
            (CalendarMethod::Request, "Planung, Teil 2", "weekly")
        );
        assert_eq!(read.description, "Eins\nZwei");
        assert_eq!(read.start, Some(EventTime::At(Timestamp(1_777_014_000_000))));
        assert_eq!(read.end, Some(EventTime::At(Timestamp(1_777_019_400_000))));
        let organizer = read.organizer.unwrap();
        assert_eq!(
            (organizer.name.as_str(), organizer.email.as_str()),
            ("Lang, Mia", "mia@example.com")
        );
        assert_eq!(read.attendees[0].answer, "accepted");
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
}
