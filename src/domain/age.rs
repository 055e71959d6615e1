//! Ages and times as people type them.
//!
//! Responsible for parsing them. Refuses a clock: the current time is an argument.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// How long ago something was, for example `30m`, `24h`, `7d` or `4w`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    duration: SignedDuration,
    text: String,
}

impl Age {
    /// How long it is.
    pub const fn duration(&self) -> SignedDuration {
        self.duration
    }

    /// The moment that was so long before `now`; the first of all times for an age that goes beyond it.
    pub fn before(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.duration).unwrap_or(Timestamp::MIN)
    }
}

/// The text is no age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAge;

impl fmt::Display for NoAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an age is a number with m, h, d or w, such as 30m, 24h, 90d or 4w")
    }
}

impl std::error::Error for NoAge {}

impl FromStr for Age {
    type Err = NoAge;

    fn from_str(text: &str) -> Result<Self, NoAge> {
        let span: Span = text.parse().map_err(|_| NoAge)?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| NoAge)?;
        if duration.is_negative() { Err(NoAge) } else { Ok(Self { duration, text: text.to_owned() }) }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A moment: a time, the beginning of a day in UTC, or so long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long ago.
    Ago(Age),
    /// This time.
    At(Timestamp),
}

impl Moment {
    /// The moment, seen from `now`.
    pub fn seen_from(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(age) => age.before(now),
            Self::At(time) => *time,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(age) => age.fmt(f),
            Self::At(time) => time.fmt(f),
        }
    }
}

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        if let Ok(time) = text.parse() {
            return Ok(Self::At(time));
        }
        // A time without its zone would be read as its day.
        if let (10, Ok(day)) = (text.len(), text.parse::<Date>()) {
            return Ok(Self::At(day.in_tz("UTC").map_err(|_| NoMoment)?.timestamp()));
        }
        text.parse().map(Self::Ago).map_err(|_| NoMoment)
    }
}

/// The text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMoment;

impl fmt::Display for NoMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "it must be an age such as 30m, 24h or 7d, a day such as 2026-11-01, or a time in RFC 3339",
        )
    }
}

impl std::error::Error for NoMoment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_numbers_with_units() {
        let hours = |text: &str| text.parse::<Age>().map(|age| age.duration.as_hours());
        for (text, expected) in [("24h", 24), ("120m", 2), ("7d", 168), ("4w", 672), ("1d12h", 36), ("0d", 0)]
        {
            assert_eq!(hours(text), Ok(expected), "{text}");
        }
        for text in ["", "7", "d", "-7d", "7 fortnights", "1mo", "1y", "yesterday", "99999999999999w"] {
            assert_eq!(hours(text), Err(NoAge), "{text}");
        }
    }

    #[test]
    fn moments_are_ages_days_and_times() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let seen = |text: &str| text.parse::<Moment>().map(|moment| moment.seen_from(now).to_string());
        for (text, expected) in [
            ("24h", "2026-11-21T12:00:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
            ("1000000w", "-009999-01-02T01:59:59Z"),
        ] {
            assert_eq!(seen(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "noon", "2026-13-01", "2026-11-01T10:00:00", "-1h"] {
            assert_eq!(seen(text), Err(NoMoment), "{text}");
        }
    }
}
