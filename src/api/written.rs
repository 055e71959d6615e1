//! A JSON document as it was written, with duplicate fields and numbers of any length.
//!
//! Responsible for showing a request, and for finding secrets in it. Refuses documents that are nested too deeply, and
//! calculations: other types are for those.

use std::fmt;
use std::iter;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// How deeply documents are nested at most.
const DEEPEST: usize = 100;

/// Digits of a number that every parser keeps exactly.
const DIGITS: usize = 15;

/// A document, or a part of one.
#[derive(Clone, Debug)]
pub enum Written {
    /// A number, null, true or false, as it was written.
    Plain(Box<RawValue>),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object: its fields in their order.
    Object(Vec<(String, Self)>),
}

impl Written {
    /// Reads a document.
    ///
    /// # Errors
    /// A text that is not JSON, or is nested too deeply.
    pub fn parse(json: &[u8]) -> serde_json::Result<Self> {
        Self::read(serde_json::from_slice(json)?, DEEPEST)
    }

    fn read(raw: &RawValue, depth: usize) -> serde_json::Result<Self> {
        let below =
            || depth.checked_sub(1).ok_or_else(|| serde_json::Error::custom("it is nested too deeply"));
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'[') => {
                let depth = below()?;
                let parts: Vec<&RawValue> = serde_json::from_str(text)?;
                Self::List(parts.into_iter().map(|part| Self::read(part, depth)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let depth = below()?;
                let Fields(fields) = serde_json::from_str(text)?;
                let read = |(name, value)| Ok((name, Self::read(value, depth)?));
                Self::Object(fields.into_iter().map(read).collect::<serde_json::Result<_>>()?)
            }
            _ => Self::Plain(raw.to_owned()),
        })
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Plain(raw) if raw.get() == "null")
    }

    /// Whether every parser reads it the same way: no field is duplicate, and no number is longer than parsers keep.
    pub fn is_unmistakable(&self) -> bool {
        match self {
            Self::Plain(raw) => {
                let digits = raw.get().bytes().filter(u8::is_ascii_digit).count();
                digits <= DIGITS && serde_json::from_str::<serde_json::Value>(raw.get()).is_ok()
            }
            Self::Text(_) => true,
            Self::List(parts) => parts.iter().all(Self::is_unmistakable),
            Self::Object(fields) => {
                let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                names.windows(2).all(|pair| pair[0] != pair[1])
                    && fields.iter().all(|(_, value)| value.is_unmistakable())
            }
        }
    }
}

/// Without line ends; over several lines with `{:#}`.
impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json =
            if f.alternate() { serde_json::to_string_pretty(self) } else { serde_json::to_string(self) };
        f.write_str(&json.map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(raw) => raw.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::List(parts) => parts.serialize(serializer),
            Self::Object(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

/// The fields of an object, all of them.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Listed;
        impl<'de> Visitor<'de> for Listed {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                iter::from_fn(|| map.next_entry().transpose()).collect::<Result<_, _>>().map(Fields)
            }
        }
        deserializer.deserialize_map(Listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_shown_as_it_was_written() {
        for text in [
            r#"{"a":1,"a":2,"b":{"c":[],"c":null}}"#,
            "18446744073709551616",
            "[-0.10,1e400,123456789012345678901234567890.5,true]",
            r#"{"z":"é\n","a":[[{}]]}"#,
        ] {
            let written = Written::parse(text.as_bytes()).unwrap();
            assert_eq!(written.to_string(), text);
            assert_eq!(format!("{written:#}").split_whitespace().collect::<String>(), text);
        }
        assert_eq!(Written::parse(br#" { "a" : "\u0041" } "#).unwrap().to_string(), r#"{"a":"A"}"#);
    }

    #[test]
    fn what_readers_differ_about_is_known() {
        for (text, expected) in [
            (r#"{"a":1,"b":[{"a":0.5}]}"#, true),
            (r#"[{"a":1,"a":1}]"#, false),
            ("9007199254740993", false),
            ("1e400", false),
            (r#""9007199254740993""#, true),
        ] {
            assert_eq!(Written::parse(text.as_bytes()).unwrap().is_unmistakable(), expected, "{text}");
        }
    }

    #[test]
    fn a_bottomless_document_is_refused() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Written::parse(nested(DEEPEST).as_bytes()).is_ok());
        for depth in [DEEPEST + 1, 100_000] {
            assert!(Written::parse(nested(depth).as_bytes()).is_err());
        }
    }
}
