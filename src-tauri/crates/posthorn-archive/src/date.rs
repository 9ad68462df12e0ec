//! The date of a "From " line (RFC 4155: asctime, in UTC) and back. Some programs add a zone.

use posthorn_model::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
/// Words of a line that are looked at: a sender may have spaces, but not a book.
const MAX_WORDS: usize = 40;

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March, so that a leap day is the last one (Howard Hinnant, "chrono-compatible algorithms").
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Returns year, month (from 1) and day of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Reads `hh:mm` or `hh:mm:ss` as seconds of the day.
fn clock(word: &str) -> Option<i64> {
    let mut parts = word.split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let second: i64 = parts.next().map_or(Ok(0), str::parse).ok()?;
    let is_time =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    (is_time && parts.next().is_none()).then_some(hour * 3600 + minute * 60 + second)
}

/// Reads `+hhmm` as seconds east of Greenwich.
fn zone(word: &str) -> Option<i64> {
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: i64 = word.get(1..).filter(|rest| rest.len() == 4)?.parse().ok()?;
    Some(sign * (digits / 100 * 3600 + digits % 100 * 60))
}

/// Reads the date of a "From " line; absent where it has none.
pub(crate) fn parse(line: &[u8]) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(line);
    let words: Vec<&str> = text.split_ascii_whitespace().take(MAX_WORDS).collect();
    for (index, month) in words.iter().enumerate().rev() {
        let Some(month) = MONTHS.iter().position(|name| name == month) else { continue };
        let Some(day) = words.get(index + 1).and_then(|word| word.parse::<i64>().ok()) else {
            continue;
        };
        let Some(seconds) = words.get(index + 2).copied().and_then(clock) else { continue };
        let rest = words.get(index + 3..).unwrap_or_default();
        let is_year =
            |word: &&&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
        let Some(year) = rest.iter().find(is_year).and_then(|word| word.parse::<i64>().ok()) else {
            continue;
        };
        if !(1..=31).contains(&day) {
            continue;
        }
        let east = rest.iter().find_map(|word| zone(word)).unwrap_or_default();
        let at = days(year, month as i64 + 1, day) * 86_400 + seconds - east;
        return Some(Timestamp::from_seconds(at));
    }
    None
}

/// Writes a time as asctime does, in UTC.
pub(crate) fn asctime(at: Timestamp) -> String {
    let seconds = at.seconds();
    let day_number = seconds.div_euclid(86_400);
    let of_day = seconds.rem_euclid(86_400);
    let (year, month, day) = civil(day_number);
    let index = |value: i64| usize::try_from(value).unwrap_or_default();
    let week = DAYS.get(index(day_number.rem_euclid(7))).copied().unwrap_or_default();
    let name = MONTHS.get(index(month - 1)).copied().unwrap_or_default();
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{week} {name} {day:2} {hour:02}:{minute:02}:{second:02} {year:04}")
}

#[cfg(test)]
mod tests {
    use posthorn_model::Timestamp;
    use proptest::prelude::*;

    use super::{asctime, parse};

    #[test]
    fn dates_of_many_programs_are_read() {
        let table: [(&str, Option<i64>); 9] = [
            ("From MAILER-DAEMON Fri Jul  8 12:08:34 2011", Some(1_310_126_914)),
            ("From - Tue Apr 27 19:42:16 1999", Some(925_242_136)),
            ("From anna@x.example Fri Jul  8 12:08 2011", Some(1_310_126_880)),
            ("From 1234@xxx Mon Jan 01 00:00:00 +0000 2020", Some(1_577_836_800)),
            ("From a@x Fri Jul  8 14:08:34 2011 +0200", Some(1_310_126_914)),
            ("From a@x Fri Jul  8 12:08:34 UTC 2011", Some(1_310_126_914)),
            ("From my point of view it is 12:30 in Jan", None),
            ("From me Jan 32 12:00:00 2011", None),
            ("From ", None),
        ];
        for (line, seconds) in table {
            assert_eq!(parse(line.as_bytes()).map(Timestamp::seconds), seconds, "{line}");
        }
    }

    proptest! {
        #[test]
        fn every_second_survives_the_way_there_and_back(seconds in -62_000_000_000_i64..250_000_000_000) {
            let line = format!("From a@x {}", asctime(Timestamp::from_seconds(seconds)));
            prop_assert_eq!(parse(line.as_bytes()).map(Timestamp::seconds), Some(seconds));
        }

        #[test]
        fn nothing_makes_it_stumble(line: Vec<u8>) {
            parse(&line);
        }
    }
}
