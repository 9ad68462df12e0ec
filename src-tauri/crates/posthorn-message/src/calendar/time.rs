//! When something is: points in time, days, and clocks of places that are not known.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use posthorn_model::Timestamp;

use crate::content_line::{Line, text};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// Longest duration that is believed: a hundred years.
const MAX_DURATION_MS: i64 = 100 * 366 * DAY_MS;

/// When something begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// A point in time.
    At {
        /// Which one.
        at: Timestamp,
        /// The same by the clock of whoever wrote it (`2026-04-24T09:00`).
        clock: String,
        /// Where that clock is (`Europe/Berlin`); `UTC` for Greenwich.
        zone: String,
    },
    /// A day without a time: year, month, day.
    Day(i16, i8, i8),
    /// A time on the clock of a place that is not known by name (`2026-04-24T09:00`), and what the place is called;
    /// empty for wherever one is.
    Local(String, String),
}

fn written(local: DateTime) -> String {
    local.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads the time of a line (RFC 5545 sections 3.3.4, 3.3.5).
pub(super) fn time(line: &Line) -> Option<EventTime> {
    read(&line.value, line.parameter("TZID").unwrap_or_default())
}

/// Reads a value of `DATE` or `DATE-TIME` in a zone by name; an empty name is none.
pub(super) fn read(value: &str, zone: &str) -> Option<EventTime> {
    let digits: String = value.chars().filter(char::is_ascii_digit).take(14).collect();
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize| number(from, from + 2).and_then(|value| i8::try_from(value).ok());
    let day = Date::new(number(0, 4)?, small(4)?, small(6)?).ok()?;
    if digits.len() < 12 {
        return Some(EventTime::Day(day.year(), day.month(), day.day()));
    }
    let clock = Time::new(small(8)?, small(10)?, small(12).unwrap_or(0).min(59), 0).ok()?;
    let local = day.to_datetime(clock);
    let at = |found: TimeZone, name: &str| {
        let zoned = local.to_zoned(found).ok()?;
        Some(EventTime::At {
            at: Timestamp(zoned.timestamp().as_millisecond()),
            clock: written(local),
            zone: name.to_owned(),
        })
    };
    if value.ends_with(['Z', 'z']) {
        return at(TimeZone::UTC, "UTC");
    }
    match known_zone(zone) {
        Some((found, name)) => at(found, &name),
        None => Some(EventTime::Local(written(local), text(zone))),
    }
}

/// Finds a zone by the name that a program gave it.
fn known_zone(name: &str) -> Option<(TimeZone, String)> {
    let name = name.trim().trim_matches('"');
    if name.is_empty() {
        return None;
    }
    // `/mozilla.org/20050126_1/Europe/Berlin`: the name is the end of a path.
    let mut pieces = name.rsplitn(3, '/');
    let (last, before) = (pieces.next()?, pieces.next().unwrap_or_default());
    let end = format!("{before}/{last}");
    [windows_zone(name).unwrap_or(name), end.as_str()].into_iter().find_map(|name| {
        let zone = TimeZone::get(name).ok()?;
        Some((zone, name.to_owned()))
    })
}

/// Returns the end of something that begins at `start` and lasts so long.
pub(super) fn after(start: &EventTime, duration: &str) -> Option<EventTime> {
    let ms = duration_ms(duration)?;
    let later = |clock: &str| {
        let local: DateTime = clock.parse().ok()?;
        Some(written(local.checked_add(jiff::SignedDuration::from_millis(ms)).ok()?))
    };
    Some(match start {
        EventTime::At { at, clock, zone } => {
            EventTime::At { at: at.plus_ms(ms), clock: later(clock)?, zone: zone.clone() }
        }
        EventTime::Day(year, month, day) => {
            let days = jiff::Span::new().try_days(ms / DAY_MS).ok()?;
            let end = Date::new(*year, *month, *day).ok()?.checked_add(days).ok()?;
            EventTime::Day(end.year(), end.month(), end.day())
        }
        EventTime::Local(clock, zone) => EventTime::Local(later(clock)?, zone.clone()),
    })
}

/// Reads a duration (RFC 5545 section 3.3.6); `None` for one that is negative, empty or no duration.
fn duration_ms(value: &str) -> Option<i64> {
    let value = value.trim().to_ascii_uppercase();
    let rest = value.strip_prefix('+').unwrap_or(&value).strip_prefix('P')?;
    let (mut total, mut number, mut is_empty) = (0_i64, 0_i64, true);
    for c in rest.chars() {
        let unit = match c {
            'T' => continue,
            'W' => 7 * DAY_MS,
            'D' => DAY_MS,
            'H' => 3_600_000,
            'M' => 60_000,
            'S' => 1_000,
            _ => {
                number = number.checked_mul(10)?.checked_add(i64::from(c.to_digit(10)?))?;
                continue;
            }
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        (number, is_empty) = (0, false);
    }
    (!is_empty && total <= MAX_DURATION_MS).then_some(total)
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
        "Egypt Standard Time" => "Africa/Cairo",
        "Arab Standard Time" => "Asia/Riyadh",
        "Arabian Standard Time" => "Asia/Dubai",
        "Pakistan Standard Time" => "Asia/Karachi",
        "India Standard Time" => "Asia/Kolkata",
        "Bangladesh Standard Time" => "Asia/Dhaka",
        "SE Asia Standard Time" => "Asia/Bangkok",
        "China Standard Time" => "Asia/Shanghai",
        "Singapore Standard Time" => "Asia/Singapore",
        "Taipei Standard Time" => "Asia/Taipei",
        "Tokyo Standard Time" => "Asia/Tokyo",
        "Korea Standard Time" => "Asia/Seoul",
        "W. Australia Standard Time" => "Australia/Perth",
        "AUS Eastern Standard Time" => "Australia/Sydney",
        "New Zealand Standard Time" => "Pacific/Auckland",
        "Eastern Standard Time" => "America/New_York",
        "Central Standard Time" => "America/Chicago",
        "Mountain Standard Time" => "America/Denver",
        "US Mountain Standard Time" => "America/Phoenix",
        "Pacific Standard Time" => "America/Los_Angeles",
        "Hawaiian Standard Time" => "Pacific/Honolulu",
        "Atlantic Standard Time" => "America/Halifax",
        "SA Pacific Standard Time" => "America/Bogota",
        "Argentina Standard Time" => "America/Argentina/Buenos_Aires",
        "E. South America Standard Time" => "America/Sao_Paulo",
        "South Africa Standard Time" => "Africa/Johannesburg",
        "UTC" | "GMT" | "Etc/UTC" => "UTC",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use posthorn_model::Timestamp;

    use super::{EventTime, after, read};

    fn at(ms: i64, clock: &str, zone: &str) -> EventTime {
        EventTime::At { at: Timestamp(ms), clock: clock.to_owned(), zone: zone.to_owned() }
    }

    #[test]
    fn zones_are_known_by_many_names() {
        for zone in
            ["Europe/Berlin", "W. Europe Standard Time", "/mozilla.org/20050126_1/Europe/Berlin"]
        {
            let found = read("20260424T090000", zone);
            assert_eq!(
                found,
                Some(at(1_777_014_000_000, "2026-04-24T09:00", "Europe/Berlin")),
                "{zone}"
            );
        }
        assert_eq!(
            read("20260424T070000Z", "Atlantis"),
            Some(at(1_777_014_000_000, "2026-04-24T07:00", "UTC"))
        );
        for zone in ["Atlantis", "../../etc/passwd"] {
            let found = read("20260424T090000", zone);
            assert_eq!(
                found,
                Some(EventTime::Local("2026-04-24T09:00".to_owned(), zone.to_owned()))
            );
        }
    }

    #[test]
    fn durations_end_where_they_should() {
        let start = read("20260424T070000Z", "").unwrap();
        assert_eq!(after(&start, "PT1H30M"), read("20260424T083000Z", ""));
        assert_eq!(after(&start, "+P1W"), read("20260501T070000Z", ""));
        assert_eq!(after(&EventTime::Day(2026, 2, 28), "P2D"), Some(EventTime::Day(2026, 3, 2)));
        let local = EventTime::Local("2026-04-24T23:30".to_owned(), String::new());
        assert_eq!(
            after(&local, "PT45M"),
            Some(EventTime::Local("2026-04-25T00:15".to_owned(), String::new()))
        );
        for broken in ["", "P", "-PT1H", "PT99999999999999999999H", "P9999999W", "PTxH"] {
            assert_eq!(after(&start, broken), None, "{broken}");
        }
    }
}
