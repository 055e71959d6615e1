//! Times as people say them. Documents and rows carry RFC 3339 instead.

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
        86400..1_051_200 => (minutes / 43200, "month"),
        _ => (minutes / 525_600, "year"),
    };
    format!("{} ago", counted(count.unsigned_abs(), unit))
}

/// A time to the second, with how long ago that was.
pub(super) fn moment(then: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", then.strftime("%Y-%m-%d %H:%M:%S UTC"), ago(then, now))
}

/// `1 account`, `2 accounts`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
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
            ("2026-05-22T12:00:00Z", "6 months ago"),
            ("2023-05-22T12:00:00Z", "3 years ago"),
        ] {
            assert_eq!(ago(then.parse().unwrap(), now), expected, "{then}");
        }
    }
}
