//! Times in documents.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time. Lists read most times only to write them again: one that came in the shape in which it is written
/// is kept as it came, and reckoned only where somebody asks.
#[derive(Clone, Copy)]
pub struct Time(Kept);

#[derive(Clone, Copy)]
enum Kept {
    Plain(Plain),
    Any(Timestamp),
}

/// Text such as `2026-11-22T12:00:00.5Z`. Aligned, for what makes text of it again then checks it by words; a [`Time`]
/// takes 32 bytes in any case.
#[derive(Clone, Copy)]
#[repr(align(4))]
struct Plain {
    text: [u8; LENGTH],
    length: u8,
}

/// Date and time of day, to the second.
const SHAPE: &[u8; SECONDS] = b"0000-00-00T00:00:00";
const SECONDS: usize = 19;

/// Bytes of a text to the millisecond.
const LENGTH: usize = SECONDS + ".000Z".len();

impl Plain {
    /// Text that is a time for certain, and is written like that: in UTC, to the millisecond at most. That needs no
    /// calendar, for every month has 28 days; later ones are left to whoever has one.
    fn of(text: &str) -> Option<Self> {
        let (second, rest) = text.as_bytes().split_first_chunk::<SECONDS>()?;
        if !(is_second(second) && is_fraction(rest.strip_suffix(b"Z")?)) {
            return None;
        }
        let mut kept = [0; LENGTH];
        kept.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { text: kept, length: u8::try_from(text.len()).ok()? })
    }

    fn text(&self) -> &str {
        // It is ASCII.
        str::from_utf8(&self.text[..self.length.into()]).unwrap_or_default()
    }
}

/// Whether text is a time of the shape, on one of the days that every month has.
fn is_second(text: &[u8; SECONDS]) -> bool {
    // Digits differ from zero in their last four bits. There is no way out before the end, so that many bytes are
    // taken at a time.
    let strange = |(byte, shape): (&u8, &u8)| u8::from(byte ^ shape > if *shape == b'0' { 9 } else { 0 });
    let is_shaped = text.iter().zip(SHAPE).map(strange).fold(0, |any, strange| any | strange) == 0;
    let part = |at: usize| (text[at] & 15) * 10 + (text[at + 1] & 15);
    is_shaped
        && (1..=12).contains(&part(5))
        && (1..=28).contains(&part(8))
        && part(11) < 24
        && part(14) < 60
        && part(17) < 60
}

/// Whether text is what stands behind the second: nothing, or a fraction without a zero at its end.
fn is_fraction(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b'.', digits @ ..] => {
            (1..=3).contains(&digits.len())
                && digits.iter().all(u8::is_ascii_digit)
                && !digits.ends_with(b"0")
        }
        _ => false,
    }
}

impl Time {
    /// The time in RFC 3339.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Kept::Plain(plain) => plain.text().into(),
            Kept::Any(time) => time.to_string().into(),
        }
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        match Plain::of(text) {
            Some(plain) => Ok(Self(Kept::Plain(plain))),
            None => text.parse().map(|time| Self(Kept::Any(time))),
        }
    }
}

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(Kept::Any(time))
    }
}

/// The time, to reckon with.
impl From<Time> for Timestamp {
    fn from(Time(kept): Time) -> Self {
        match kept {
            // Whatever is plain is a time.
            Kept::Plain(plain) => plain.text().parse().unwrap_or_default(),
            Kept::Any(time) => time,
        }
    }
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        Timestamp::from(*self) == Timestamp::from(*other)
    }
}

impl Eq for Time {}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// As any time is described.
impl JsonSchema for Time {
    fn inline_schema() -> bool {
        Timestamp::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Timestamp::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Timestamp::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in RFC 3339")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Time, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_kept(text: &str) -> bool {
        matches!(text.parse(), Ok(Time(Kept::Plain(_))))
    }

    /// The first second of the year 0, and the last of which there is a time.
    const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_207_200;

    proptest! {
        /// Kept as it came or not, a time is the same and looks the same as one that was reckoned.
        #[test]
        fn a_time_is_what_it_is(
            second in prop_oneof![4 => YEARS, 1 => Timestamp::MIN.as_second()..0],
            nanosecond in prop_oneof![Just(0), (0..1000).prop_map(|milli| milli * 1_000_000), 0..1_000_000_000],
        ) {
            let known = Timestamp::new(second, nanosecond).unwrap();
            let text = known.to_string();
            let read: Time = text.parse().unwrap();
            prop_assert_eq!(read, Time::from(known));
            prop_assert_eq!(Timestamp::from(read), known);
            prop_assert_eq!((&*read.text(), format!("{read:?}")), (&*text, text.clone()));
            let json = serde_json::to_string(&known).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), json.clone());
            prop_assert_eq!(serde_json::from_str::<Time>(&json).unwrap(), read);
        }

        /// What is near a time is one, or none, as the calendar says.
        #[test]
        fn what_is_no_time_is_refused(
            parts in (0..10_000_u16, 0..15_u8, 0..35_u8, 0..30_u8, 0..65_u8, 0..65_u8),
            fraction in "|\\.[0-9]{0,5}",
            (at, other) in (any::<prop::sample::Index>(), "[ -~]?"),
        ) {
            let (year, month, day, hour, minute, second) = parts;
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z");
            let mut spoiled = text.clone();
            let at = at.index(text.len());
            spoiled.replace_range(at..=at, &other);
            for text in [text, spoiled] {
                let told = |time: Timestamp| (time, time.to_string());
                let read = text.parse().ok().map(|read: Time| (Timestamp::from(read), read.text().into_owned()));
                prop_assert_eq!(read, text.parse().ok().map(told));
            }
        }
    }

    #[test]
    fn most_times_are_kept_as_they_came() {
        assert_eq!(size_of::<Option<Time>>(), 32);
        for text in [
            "2026-11-22T12:00:00Z",
            "2026-11-22T12:00:00.5Z",
            "2026-11-22T12:00:00.025Z",
            "0000-01-01T00:00:00Z",
            "9999-12-28T23:59:59.999Z",
            "2026-02-28T00:00:00Z",
        ] {
            assert!(is_kept(text), "{text}");
        }
        for text in [
            "2026-11-29T12:00:00Z",
            "2026-11-22T12:00:60Z",
            "2026-11-22T12:00:00.0Z",
            "2026-11-22T12:00:00.50Z",
            "2026-11-22T12:00:00.0005Z",
            "2026-11-22T12:00:00+00:00",
        ] {
            assert!(!is_kept(text) && text.parse::<Time>().is_ok(), "{text}");
        }
    }
}
