//! Bytes as hexadecimal text.
//!
//! Responsible for writing them. Refuses to read them: tokens are compared as text.

use std::fmt::Write as _;

/// Two lower-case digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
