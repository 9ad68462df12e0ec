//! `INTERNALDATE`, there and back (RFC 9051 `date-time`): `17-Jul-1996 02:44:25 -0700`.

use posthorn_model::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: i64 = 86_400;

/// Reads a date; nothing when it is not one. A leading space and any case of the month are accepted.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let mut date = words.next()?.split('-');
    let day: i64 = date.next()?.parse().ok()?;
    let name = date.next()?;
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))? as i64 + 1;
    let year: i64 = date.next()?.parse().ok()?;
    let mut time = words.next()?.split(':');
    let (hour, minute) = (time.next()?.parse::<i64>().ok()?, time.next()?.parse::<i64>().ok()?);
    let second: i64 = time.next()?.parse().ok()?;
    let zone: i64 = words.next().unwrap_or("+0000").parse().ok()?;
    let in_range = (1..=31).contains(&day)
        && (1..=9999).contains(&year)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && zone.abs() < 2400;
    if !in_range || date.next().is_some() {
        return None;
    }
    let offset = (zone / 100 * 60 + zone % 100) * 60;
    Some(Timestamp::from_seconds(
        days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset,
    ))
}

/// Writes a date in UTC, as `APPEND` takes it.
pub(crate) fn format(time: Timestamp) -> String {
    // Four digits of a year are all that the grammar has.
    let seconds = time.seconds().clamp(-62_135_596_800, 253_402_300_799);
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let clock = seconds.rem_euclid(DAY);
    let name =
        usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("Jan");
    format!(
        "{day:02}-{name}-{year:04} {:02}:{:02}:{:02} +0000",
        clock / 3600,
        clock / 60 % 60,
        clock % 60
    )
}

/// Writes the UTC day of a moment, as `SEARCH` takes it: `5-Jan-2026`.
pub(crate) fn day(time: Timestamp) -> String {
    let seconds = time.seconds().clamp(-62_135_596_800, 253_402_300_799);
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let name =
        usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("Jan");
    format!("{day}-{name}-{year:04}")
}

/// Returns days since 1970-01-01 of a date in the Gregorian calendar (Hinnant's algorithm).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Returns the date that lies so many days after 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use posthorn_model::Timestamp;

    use super::{format, parse};

    #[test]
    fn dates_are_read_with_their_zone() {
        let table = [
            ("17-Jul-1996 02:44:25 -0700", Some(837_596_665)),
            (" 1-jan-1970 00:00:00 +0000", Some(0)),
            ("29-Feb-2000 23:59:59 +0530", Some(951_848_999)),
            ("NIL", None),
            ("", None),
            ("99-Jul-1996 02:44:25 -0700", None),
            ("17-Jul-99999999999999999999 02:44:25 -0700", None),
        ];
        for (text, seconds) in table {
            assert_eq!(parse(text).map(Timestamp::seconds), seconds, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(seconds in -62_135_596_800i64..=253_402_300_799) {
            let time = Timestamp::from_seconds(seconds);
            proptest::prop_assert_eq!(parse(&format(time)), Some(time));
        }

        #[test]
        fn anything_can_be_read(text in "\\PC*|[0-9A-Za-z: +-]*") {
            parse(&text);
        }
    }
}
