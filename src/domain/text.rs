//! Texts in documents. None is believed to go on for ever: made visible, a text takes up to six times its space.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Most bytes of one text: far more than any rule allows.
pub const LONGEST: usize = 64 * 1024;

/// Reads a text that is not endless.
///
/// # Errors
/// Where it is none, or longer than [`LONGEST`].
pub fn bounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).and_then(check)
}

/// Reads such a text, or null.
///
/// # Errors
/// As [`bounded`].
pub fn bounded_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(check).transpose()
}

fn check<E: Error>(text: String) -> Result<String, E> {
    if text.len() <= LONGEST { Ok(text) } else { Err(endless()) }
}

/// What is wrong with a longer one.
pub fn endless<E: Error>() -> E {
    E::custom(format_args!("a text is longer than {} KiB", LONGEST / 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Texts {
        #[serde(deserialize_with = "bounded")]
        text: String,
        #[serde(default, deserialize_with = "bounded_or_null")]
        other: Option<String>,
    }

    #[test]
    fn a_long_text_is_read_and_an_endless_one_is_not() {
        let read = |text: &str, other: &str| {
            let json = format!(r#"{{"text":"{text}"{other}}}"#);
            serde_json::from_str::<Texts>(&json).map_err(|error| error.to_string())
        };
        let texts = |text: &str, other: Option<&str>| {
            Ok(Texts { text: text.to_owned(), other: other.map(str::to_owned) })
        };
        let (long, endless) = ("x".repeat(LONGEST), "x".repeat(LONGEST + 1));
        assert_eq!(read(&long, ""), texts(&long, None));
        assert_eq!(read("", r#","other":null"#), texts("", None));
        assert_eq!(read("", &format!(r#","other":"{long}""#)), texts("", Some(&long)));
        for wrong in [read(&endless, ""), read("", &format!(r#","other":"{endless}""#))] {
            assert!(wrong.unwrap_err().starts_with("a text is longer than 64 KiB at line 1"));
        }
    }
}
