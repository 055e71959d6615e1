//! YAML: one document.
//!
//! Responsible for escaping characters that control a terminal. Refuses to know what a document is about.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_saphyr::{DoubleQuoted, SerializerOptions};

use crate::text::sanitize::is_hidden;

/// Writes one document.
pub(in crate::output) fn write<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    let value = serde_json::to_value(document)?;
    let mut options = SerializerOptions::default();
    options.prefer_block_scalars = false;
    let text = serde_saphyr::to_string_with_options(&Quoting(&value), options).map_err(io::Error::other)?;
    out.write_all(escape(&text).as_bytes())?;
    if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") }
}

/// The library escapes control characters; what else is hidden it leaves raw. Every string that holds such a
/// character was quoted by [`Quoting`], so that an escape is right wherever one stands.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        // Writing into a string cannot fail.
        let _ = match u32::from(character) {
            _ if character == '\n' || !is_hidden(character) => safe.write_char(character),
            code @ ..=0xffff => write!(safe, "\\u{code:04X}"),
            code => write!(safe, "\\U{code:08X}"),
        };
    }
    safe
}

/// A value whose strings are in double quotes if they need escapes.
struct Quoting<'a>(&'a Value);

impl Serialize for Quoting<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) if text.contains(is_hidden) => {
                DoubleQuoted(text.as_str()).serialize(serializer)
            }
            Value::Array(values) => serializer.collect_seq(values.iter().map(Quoting)),
            Value::Object(fields) => {
                serializer.collect_map(fields.iter().map(|(key, value)| (key, Quoting(value))))
            }
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(value: &Value) -> String {
        let mut out = Vec::new();
        write(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_document_as_it_is_written() {
        let value = serde_json::json!({"name": "a", "owner": {"id": 1, "name": "no"}, "access": null,
            "permissions": ["devices:view"], "bad": "x\u{202e}\u{1b}y"});
        insta::assert_snapshot!(text(&value), @r#"
        name: a
        owner:
          id: 1
          name: "no"
        access: null
        permissions:
        - devices:view
        bad: "x\u202E\ey"
        "#);
    }

    proptest! {
        /// P5, for the characters that the library knows and those that it does not.
        #[test]
        fn nothing_unsafe_is_left(texts in prop::collection::vec("[\\PC\u{1b}\u{9b}\u{202e}\u{e0041}\n\t: '\"-]{0,12}", 1..4)) {
            let document = text(&serde_json::json!({"texts": texts}));
            prop_assert!(!document.contains(|one| one != '\n' && is_hidden(one)), "{document:?}");
            prop_assert_eq!(document.lines().count(), texts.len() + 1, "{}", document);
        }
    }
}
