//! Limits for documents.
//!
//! Responsible for strings and lists that are short to send and need many times their size to be read or shown. Refuses
//! such documents of a hostile server; the limits of the contract are much lower.

use std::fmt;
use std::marker::PhantomData;

use memchr::{memchr, memchr2};
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Most bytes of a string in a document: escaped for a terminal, it can need six times as many.
pub const LONGEST_STRING: usize = 64 * 1024;

/// Most rows of a page: ten times the largest page size.
pub(super) const MOST_ROWS: usize = 10_000;

/// Most rows of a list without pages: as many as fit into an answer.
pub(super) const MOST_UNPAGED: usize = 100_000;

/// Reads a document.
///
/// # Errors
/// A text that is not such a document, or a string in it that is too long.
pub fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    read_borrowed(text)
}

/// Reads a document that borrows parts of the text.
///
/// # Errors
/// As [`read`].
pub fn read_borrowed<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    if has_long_string(text) { Err(too_long("a string")) } else { serde_json::from_str(text) }
}

/// The error for `what` that is longer than a string may be.
pub(super) fn too_long<E: Error>(what: &str) -> E {
    E::custom(format_args!("{what} is longer than {} KiB", LONGEST_STRING / 1024))
}

/// Whether a JSON text contains a string that is too long. The result is undefined if the text is not JSON.
pub(super) fn has_long_string(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(begin) = memchr(b'"', rest) {
        rest = &rest[begin + 1..];
        let length = string_length(rest);
        if length > LONGEST_STRING {
            return true;
        }
        rest = rest.get(length + 1..).unwrap_or_default();
    }
    false
}

/// The length of the string whose contents `text` begins with.
fn string_length(text: &[u8]) -> usize {
    let mut length = 0;
    while let Some(at) = text.get(length..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        length += at;
        if text[length] == b'"' {
            return length;
        }
        length += 2;
    }
    text.len()
}

/// The rows of a list, at most `MOST`.
pub struct Rows<T, const MOST: usize = MOST_ROWS>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Rows<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Listed<T, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Listed<T, MOST> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST} rows")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = items.next_element()? {
                    if rows.len() == MOST {
                        return Err(A::Error::invalid_length(MOST + 1, &self));
                    }
                    rows.push(row);
                }
                Ok(rows)
            }
        }
        deserializer.deserialize_seq(Listed::<T, MOST>(PhantomData)).map(Self)
    }
}

/// Reads [`Rows`] for a field that is a list.
pub(super) fn rows<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Rows::<T, MOST>::deserialize(deserializer).map(|Rows(rows)| rows)
}

/// The same for a list that may be absent.
pub(super) fn optional_rows<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let rows = Option::<Rows<T, MOST>>::deserialize(deserializer)?;
    Ok(rows.map(|Rows(rows)| rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::session::Identity;

    #[test]
    fn a_long_string_is_seen_wherever_it_stands() {
        let at = |length: usize| "x".repeat(length);
        for (string, is_long) in [
            (at(0), false),
            (at(LONGEST_STRING), false),
            (at(LONGEST_STRING + 1), true),
            (at(LONGEST_STRING - 1) + "\\\"", true),
            (at(LONGEST_STRING - 2) + "\\\"", false),
            ("\\\\".repeat(LONGEST_STRING / 2), false),
            ("\\\"".repeat(LONGEST_STRING / 2 + 1), true),
        ] {
            for text in [
                format!("\"{string}\""),
                format!(r#"[{{"":"\\","a\"":"{string}","b":""}},"c"]"#),
                format!(r#"{{"{string}":1}}"#),
            ] {
                assert_eq!(has_long_string(&text), is_long, "{} {text:.40}", string.len());
                assert_eq!(read::<serde_json::Value>(&text).is_err(), is_long, "{text:.40}");
            }
        }
        for broken in ["\"", "\"\\", "\"\\\"", "{\"a", "\\\""] {
            assert!(!has_long_string(broken) && read::<serde_json::Value>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_list_is_not_endless() {
        let rows = |count: usize| read::<Rows<u8>>(&format!("[{}0]", "0,".repeat(count - 1)));
        assert_eq!(rows(MOST_ROWS).unwrap().0.len(), MOST_ROWS);
        assert!(rows(MOST_ROWS + 1).is_err());
    }

    /// An account of an MSP may have access in very many companies.
    #[test]
    fn a_list_without_pages_may_be_longer() {
        let me = |count: usize| {
            let access = r#"{"company":{"id":1,"name":"A"},"role":null,"permissions":[]}"#;
            let companies = vec![access; count].join(",");
            read::<Identity>(&format!(r#"{{"id":1,"kind":"user","name":"a","companies":[{companies}]}}"#))
        };
        assert_eq!(me(MOST_UNPAGED).unwrap().companies.len(), MOST_UNPAGED);
        assert!(me(MOST_UNPAGED + 1).unwrap_err().to_string().contains("at most 100000 rows"));
    }
}
