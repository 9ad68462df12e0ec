//! How something repeats (RFC 5545 section 3.3.10), for saying it in words. No dates are computed.

use super::time::{self, EventTime};

/// Entries of one list that are kept: all days of a month.
const MAX_LIST: usize = 31;

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frequency {
    /// By days.
    Daily,
    /// By weeks.
    Weekly,
    /// By months.
    Monthly,
    /// By years.
    Yearly,
    /// Otherwise: by hours, or not understood.
    #[default]
    Other,
}

/// A day of the week in a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleDay {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// Which one of the month or year, counted from its end when negative; 0 for each.
    pub nth: i8,
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recurrence {
    /// How often.
    pub frequency: Frequency,
    /// Each so many days, weeks, …; at least 1.
    pub interval: u32,
    /// Days of the week. Empty when not said.
    pub days: Vec<RuleDay>,
    /// Days of the month, counted from its end when negative. Empty when not said.
    pub month_days: Vec<i8>,
    /// Months, 1 to 12. Empty when not said.
    pub months: Vec<u8>,
    /// How many times in all. `None` when not said.
    pub count: Option<u32>,
    /// Last time. `None` when not said.
    pub until: Option<EventTime>,
    /// There is more to it than these fields say: other parts, single dates that are added or left out.
    pub has_more: bool,
}

/// Reads a rule.
pub(super) fn read(value: &str) -> Recurrence {
    let mut rule = Recurrence { interval: 1, ..Recurrence::default() };
    let mut position = None;
    for part in value.split(';') {
        let Some((name, value)) = part.split_once('=') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_uppercase().as_str() {
            "FREQ" => rule.frequency = frequency(value),
            "INTERVAL" => rule.interval = value.parse().unwrap_or(1).max(1),
            "COUNT" => rule.count = value.parse().ok(),
            "UNTIL" => rule.until = time::read(value, ""),
            "BYDAY" => rule.days = list(value, day),
            "BYMONTHDAY" => {
                rule.month_days = list(value, |one| {
                    one.parse().ok().filter(|day: &i8| *day != 0 && day.unsigned_abs() <= 31)
                });
            }
            "BYMONTH" => {
                rule.months =
                    list(value, |one| one.parse().ok().filter(|month| (1..=12).contains(month)));
            }
            "BYSETPOS" => {
                position = value.parse().ok().filter(|nth: &i8| *nth != 0);
                rule.has_more |= position.is_none();
            }
            "WKST" => {}
            _ => rule.has_more = true,
        }
    }
    if let Some(nth) = position {
        // The second of all Tuesdays is the second Tuesday.
        match rule.days.as_mut_slice() {
            [only] if only.nth == 0 => only.nth = nth,
            _ => rule.has_more = true,
        }
    }
    rule
}

fn frequency(value: &str) -> Frequency {
    match value.to_ascii_uppercase().as_str() {
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => Frequency::Other,
    }
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    value.split(',').filter_map(|one| read(one.trim())).take(MAX_LIST).collect()
}

fn day(word: &str) -> Option<RuleDay> {
    let (nth, name) = word.split_at_checked(word.len().checked_sub(2)?)?;
    let weekday = match name.to_ascii_uppercase().as_str() {
        "MO" => 1,
        "TU" => 2,
        "WE" => 3,
        "TH" => 4,
        "FR" => 5,
        "SA" => 6,
        "SU" => 7,
        _ => return None,
    };
    let nth =
        if nth.is_empty() { 0 } else { nth.parse().ok().filter(|nth: &i8| nth.abs() <= 53)? };
    Some(RuleDay { weekday, nth })
}

#[cfg(test)]
mod tests {
    use super::{Frequency, Recurrence, RuleDay, read};
    use crate::EventTime;

    #[test]
    fn rules_are_read_as_programs_write_them() {
        let base = |frequency| Recurrence { frequency, interval: 1, ..Recurrence::default() };
        let day = |weekday, nth| RuleDay { weekday, nth };
        let table = [
            ("FREQ=DAILY;COUNT=3", Recurrence { count: Some(3), ..base(Frequency::Daily) }),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU",
                Recurrence {
                    interval: 2,
                    days: vec![day(1, 0), day(4, 0)],
                    ..base(Frequency::Weekly)
                },
            ),
            (
                "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
                Recurrence { days: vec![day(2, 2)], ..base(Frequency::Monthly) },
            ),
            (
                "freq=monthly;byday=-1FR;until=20261231",
                Recurrence {
                    days: vec![day(5, -1)],
                    until: Some(EventTime::Day(2026, 12, 31)),
                    ..base(Frequency::Monthly)
                },
            ),
            (
                "FREQ=YEARLY;BYMONTH=4,13;BYMONTHDAY=24,0",
                Recurrence { months: vec![4], month_days: vec![24], ..base(Frequency::Yearly) },
            ),
            ("FREQ=DAILY;BYHOUR=9", Recurrence { has_more: true, ..base(Frequency::Daily) }),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
                Recurrence {
                    days: vec![day(1, 0), day(2, 0)],
                    has_more: true,
                    ..base(Frequency::Monthly)
                },
            ),
            ("FREQ=SECONDLY;INTERVAL=0;BYDAY=XX,é", base(Frequency::Other)),
        ];
        for (written, expected) in table {
            assert_eq!(read(written), expected, "{written}");
        }
    }
}
