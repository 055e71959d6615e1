//! Times as people say them, such as `3 hours ago`.
//!
//! Responsible for relative times and durations. Refuses to be used in documents and rows, which contain RFC 3339.

use jiff::Timestamp;

/// How long ago `then` was, for example `3 hours ago`. A time ahead of `now` comes from a clock that differs,
/// and counts as now.
pub(super) fn ago(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(then).as_secs() / 60;
    let (count, unit) = match minutes {
        ..1 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        1440..86400 => (minutes / 1440, "day"),
        // A month of the mean length, so that a year has twelve.
        86400..525_600 => ((minutes / 43_830).max(2), "month"),
        _ => (minutes / 525_600, "year"),
    };
    format!("{} ago", counted(count.unsigned_abs(), unit))
}

/// When something ends, seen from `now`, for example `in 59 minutes`.
pub(super) fn left(ends: Timestamp, now: Timestamp) -> String {
    let minutes = ends.duration_since(now).as_secs().div_euclid(60);
    match minutes {
        ..0 => "expired".to_owned(),
        0 => "in less than a minute".to_owned(),
        1..120 => format!("in {}", counted(minutes.unsigned_abs(), "minute")),
        120..2880 => format!("in {}", counted((minutes / 60).unsigned_abs(), "hour")),
        _ => format!("in {}", counted((minutes / 1440).unsigned_abs(), "day")),
    }
}

/// A time to the second, with how long ago that was or will be.
pub(super) fn moment(then: Timestamp, relative: &str) -> String {
    format!("{} ({relative})", then.strftime("%Y-%m-%d %H:%M:%S UTC"))
}

/// `no accounts`, `1 account`, `12,000 accounts`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(count)),
    }
}

/// A number with a comma before each three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_that_fits() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (then, expected) in [
            ("2026-11-22T12:03:00Z", "just now"),
            ("2026-11-22T11:59:30Z", "just now"),
            ("2026-11-22T11:59:00Z", "1 minute ago"),
            ("2026-11-22T11:00:01Z", "59 minutes ago"),
            ("2026-11-22T09:00:00Z", "3 hours ago"),
            ("2026-11-20T12:00:00Z", "2 days ago"),
            ("2026-09-23T12:00:00Z", "2 months ago"),
            ("2026-05-22T12:00:00Z", "6 months ago"),
            ("2025-11-23T12:00:00Z", "11 months ago"),
            // F36: this was 12 months.
            ("2025-11-05T12:00:00Z", "1 year ago"),
            ("2023-05-22T12:00:00Z", "3 years ago"),
        ] {
            assert_eq!(ago(then.parse().unwrap(), now), expected, "{then}");
        }
    }

    #[test]
    fn an_end_is_ahead_or_over() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (ends, expected) in [
            ("2026-11-22T11:59:59Z", "expired"),
            ("2026-11-22T12:00:10Z", "in less than a minute"),
            ("2026-11-22T13:59:59Z", "in 119 minutes"),
            ("2026-11-22T14:00:00Z", "in 2 hours"),
            ("2026-12-02T12:00:00Z", "in 10 days"),
        ] {
            assert_eq!(left(ends.parse().unwrap(), now), expected, "{ends}");
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!((counted(0, "role"), counted(1, "role")), ("no roles".to_owned(), "1 role".to_owned()));
        assert_eq!(counted(12_000, "account"), "12,000 accounts");
        assert_eq!((grouped(999), grouped(1_234_567)), ("999".to_owned(), "1,234,567".to_owned()));
    }
}
