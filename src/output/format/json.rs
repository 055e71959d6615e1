//! JSON: one document, or one document per line.
//!
//! Responsible for escaping characters that control a terminal. Refuses to know what a document is about.

use std::io::{self, Write};

use serde::Serialize;

use crate::text::sanitize::{count_strange, json_visible};

/// Room for a row of ordinary length.
pub(in crate::output) const LINE: usize = 1024;

/// Writes one document over several lines.
pub(in crate::output) fn pretty<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    finish(&serde_json::to_string_pretty(document)?, out)
}

/// Writes one document on one line.
pub(in crate::output) fn line<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::with_capacity(LINE);
    serde_json::to_writer(&mut text, document)?;
    if count_strange(&text) == 0 {
        text.push(b'\n');
        return out.write_all(&text);
    }
    // What is written as JSON is text.
    finish(str::from_utf8(&text).map_err(io::Error::other)?, out)
}

/// The document is whole in memory before its first byte is written: half of one would be worse than none.
fn finish(document: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(json_visible(document).as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::sanitize::is_hidden;
    use crate::text::sanitize::tests::any_text;

    proptest! {
        /// P5: what is read back is what was said, and nothing in between was an order.
        #[test]
        fn documents_are_safe_and_true(texts in prop::collection::vec(any_text(), 0..4)) {
            for write in [pretty, line] {
                let mut out = Vec::new();
                write(&texts, &mut out).unwrap();
                let text = String::from_utf8(out).unwrap();
                prop_assert!(!text.contains(|one: char| one != '\n' && is_hidden(one)), "{text:?}");
                prop_assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), texts.clone());
            }
        }
    }

    #[test]
    fn every_unsafe_character_is_escaped() {
        let mut out = Vec::new();
        line(&"a\u{7f}\u{9b}\u{202e}b", &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\"a\\u007f\\u009b\\u202eb\"\n");
    }
}
