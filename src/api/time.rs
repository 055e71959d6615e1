//! Times on the wire.
//!
//! Responsible for RFC 3339 in UTC, in whole seconds; other gateways omit the zone. Refuses a text that is not a time.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time that may be absent, for `#[serde(with)]`.
pub(super) mod optional_second {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Timestamp, read, whole_second};

    #[expect(clippy::ref_option, reason = "the form that serde calls")]
    pub(in crate::api) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(whole_second).serialize(serializer)
    }

    pub(in crate::api) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.map(|text| read(&text).map(whole_second).map_err(serde::de::Error::custom)).transpose()
    }
}

/// A time, for `#[serde(with)]`.
pub(super) mod second {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Timestamp, read, whole_second};

    pub(in crate::api) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        whole_second(*time).serialize(serializer)
    }

    pub(in crate::api) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        read(&text).map(whole_second).map_err(serde::de::Error::custom)
    }
}

/// A time with its zone, or in UTC without one.
fn read(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse::<Timestamp>().or_else(|error| {
        let Ok(time) = text.parse::<DateTime>() else { return Err(error) };
        time.to_zoned(TimeZone::UTC).map(|time| time.timestamp())
    })
}

/// The time in whole seconds: every time that is sent or shown has the same length.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_time_without_a_zone_is_in_utc() {
        let time = "2026-11-22T11:59:59Z".parse().unwrap();
        for text in [
            "2026-11-22T11:59:59Z",
            "2026-11-22T12:59:59+01:00",
            "2026-11-22T11:59:59",
            "2026-11-22 11:59:59",
        ] {
            assert_eq!(read(text).unwrap(), time, "{text}");
        }
        assert_eq!(read("2026-11-22").unwrap(), "2026-11-22T00:00:00Z".parse().unwrap());
        for text in ["", "yesterday"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
