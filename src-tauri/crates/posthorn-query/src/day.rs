//! Days as people write them, in their own time zone.

use jiff::ToSpan;
use jiff::civil::Date;
use posthorn_model::Timestamp;

/// When and where a search is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Current time.
    pub at: Timestamp,
    /// What to add to UTC to get the user's clock, in seconds (+28,800 in Shanghai).
    pub utc_offset_seconds: i32,
}

impl Now {
    /// Returns today where the user is.
    pub fn today(self) -> Day {
        let seconds = self.at.seconds().saturating_add(i64::from(self.utc_offset_seconds));
        let date = jiff::Timestamp::from_second(seconds)
            .map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).date());
        Day(date.unwrap_or(Date::ZERO))
    }
}

/// A day of the user's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Returns the day that year, month (1 to 12) and day (1 to 31) name; `None` where no such day is.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1..=9_998).contains(&year) {
            return None;
        }
        Date::new(year, month, day).ok().map(Self)
    }

    /// Reads `yyyy-mm-dd`, `yyyy/mm/dd`, `yyyy.mm.dd`, `yyyy年m月d日`, `yyyy-mm`, `yyyy`, `today`, `yesterday`, `今天`, `昨天`.
    /// A month or a year alone means its first day.
    pub fn parse(text: &str, now: Now) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "today" | "今天" => return Some(now.today()),
            "yesterday" | "昨天" => return Some(now.today().previous()),
            _ => {}
        }
        let mut numbers = Vec::with_capacity(3);
        let separated = text.trim_end_matches(['日', '月', '年', '号']);
        for piece in separated.split(['-', '/', '.', '年', '月']) {
            if piece.is_empty()
                || piece.len() > 4
                || !piece.bytes().all(|byte| byte.is_ascii_digit())
            {
                return None;
            }
            numbers.push(piece.parse::<i16>().ok()?);
        }
        let year = *numbers.first()?;
        if year < 1000 || numbers.len() > 3 {
            return None;
        }
        let small =
            |index: usize| numbers.get(index).map_or(Some(1), |number| i8::try_from(*number).ok());
        Self::new(year, small(1)?, small(2)?)
    }

    /// Returns when the day begins on the user's clock.
    pub fn start(self, now: Now) -> Timestamp {
        let midnight = jiff::tz::TimeZone::UTC.to_timestamp(self.0.at(0, 0, 0, 0));
        let seconds = midnight.map_or(0, jiff::Timestamp::as_second);
        Timestamp::from_seconds(seconds.saturating_sub(i64::from(now.utc_offset_seconds)))
    }

    /// Returns the day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1.day()))
    }

    /// Returns the day before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1.day()))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Now = Now { at: Timestamp(1_782_000_000_000), utc_offset_seconds: 28_800 };

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2026-03-01", "2026-03-01"),
            ("2026/3/1", "2026-03-01"),
            ("2026.03.01", "2026-03-01"),
            ("2026年3月1日", "2026-03-01"),
            ("2026-03", "2026-03-01"),
            ("2026年3月", "2026-03-01"),
            ("2026", "2026-01-01"),
            ("today", "2026-06-21"),
            ("昨天", "2026-06-20"),
        ] {
            assert_eq!(
                Day::parse(text, NOW).map(|day| day.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-02-30",
            "2026-13-01",
            "26-01-01",
            "soon",
            "2026--1",
            "2026-1-1-1",
            "99999",
            "2026-1x",
        ] {
            assert_eq!(Day::parse(text, NOW), None, "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_the_users_midnight() {
        let day = Day::new(2026, 1, 2).unwrap();
        assert_eq!(day.start(NOW), Timestamp::from_seconds(1_767_283_200));
        assert_eq!(day.next().start(NOW).seconds() - day.start(NOW).seconds(), 86_400);
    }
}
