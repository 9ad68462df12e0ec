//! Dates of headers (RFC 5322 section 3.3), with mail-parser's lenient reader.

use mail_parser::DateTime;
use posthorn_model::Timestamp;

/// When a message was written, by its sender's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentDate {
    /// The moment.
    pub at: Timestamp,
    /// What the sender's clock adds to UTC, in minutes.
    pub utc_offset_minutes: i32,
}

impl SentDate {
    /// Reads the value of a `Date` field; `None` when it is no date between 1900 and 3000.
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(raw.get(..200).unwrap_or(raw));
        let mut date =
            DateTime::parse_rfc822(text.trim()).or_else(|| DateTime::parse_rfc3339(text.trim()))?;
        // A leap second is a second.
        date.second = date.second.min(59);
        if !date.is_valid() {
            return None;
        }
        let minutes = i32::from(date.tz_hour) * 60 + i32::from(date.tz_minute);
        let utc_offset_minutes = if date.tz_before_gmt { -minutes } else { minutes };
        Some(Self { at: Timestamp::from_seconds(date.to_timestamp()), utc_offset_minutes })
    }
}

/// Reads the time of a `Received` field: what follows the last semicolon.
pub(super) fn received(raw: &[u8]) -> Option<Timestamp> {
    let start = memchr::memrchr(b';', raw)? + 1;
    SentDate::parse(raw.get(start..)?.trim_ascii()).map(|date| date.at)
}
