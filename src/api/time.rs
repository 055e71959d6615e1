//! Times on the wire: RFC 3339 in UTC, in whole seconds.

use jiff::Timestamp;

/// The time without the part of a second: every time that is sent or shown has the same length.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A time, for `#[serde(with)]`.
pub(super) mod second {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::whole_second;

    pub(in crate::api) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        whole_second(*time).serialize(serializer)
    }

    pub(in crate::api) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer).map(whole_second)
    }
}

/// A time that may be absent, for `#[serde(with)]`.
pub(super) mod optional_second {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::whole_second;

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
        Ok(Option::<Timestamp>::deserialize(deserializer)?.map(whole_second))
    }
}
