//! Text from outside, made safe to show.
//!
//! Responsible for replacing every control character and bidirectional override. Refuses to let a server or a file
//! control a terminal or reorder text.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether `character` could control a terminal or hide text: C0, DEL, C1, line and
/// paragraph separators, bidirectional controls, and other invisible formatting characters. Joiners stay:
/// scripts and emoji are written with them.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// How many bytes are no printable ones of ASCII. Most text has none, and then nothing of it has to be looked at
/// character by character.
pub fn count_strange(text: &[u8]) -> usize {
    // There is no way out of the inner loop and its sum is a byte, so that it takes many bytes at a time: as many as
    // such a sum can count, in whole steps of any machine.
    let within = |some: &[u8]| some.iter().map(|byte| u8::from(!matches!(byte, b' '..=b'~'))).sum::<u8>();
    text.chunks(192).map(|some| usize::from(within(some))).sum()
}

/// The text with every such character made visible as an escape, for example `\u{1b}` or `\n`. Text without
/// any comes back as it is. The result is always one line.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    if count_strange(text.as_bytes()) == 0 || !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The JSON document with every such character inside its strings written as `\uXXXX`, which means the same
/// to a parser. Line ends and tabs between the values stay.
pub fn json_visible(json: &str) -> Cow<'_, str> {
    let hidden = |character: char| is_hidden(character) && !matches!(character, '\n' | '\r' | '\t');
    let bytes = json.as_bytes();
    let line_ends = memchr::memchr_iter(b'\n', bytes).count();
    if count_strange(bytes) == line_ends || !json.contains(hidden) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts of any characters, with many of those that are hidden: `any::<String>()` has hardly one.
    pub(crate) fn any_text() -> impl Strategy<Value = String> {
        let hidden = prop::sample::select(
            "\t\n\r\u{1b}\u{7f}\u{9b}\u{200b}\u{2028}\u{202e}".chars().collect::<Vec<_>>(),
        );
        let character = prop_oneof![3 => any::<char>(), 5 => prop::char::range(' ', '~'), 1 => hidden];
        prop::collection::vec(character, 0..30).prop_map(String::from_iter)
    }

    #[test]
    fn what_is_strange_is_counted() {
        for length in [0, 1, 191, 192, 193, 255, 256, 257, 1000] {
            assert_eq!((count_strange(&vec![b'~'; length]), count_strange(&vec![0x7f; length])), (0, length));
        }
    }

    #[test]
    fn what_commands_a_terminal_is_shown_instead() {
        assert_eq!(sanitise("plain é 日本 👍"), "plain é 日本 👍");
        assert_eq!(sanitise("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(sanitise("a\r\nb\tc"), "a\\r\\nb\\tc");
        assert_eq!(sanitise("\u{9b}2J\u{7f}"), "\\u{9b}2J\\u{7f}");
        assert_eq!(sanitise("abc\u{202e}cba"), "abc\\u{202e}cba");
    }

    proptest! {
        #[test]
        fn strange_bytes_are_those_that_are_not_printable_ascii(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
            let strange = bytes.iter().filter(|byte| !(b' '..=b'~').contains(byte)).count();
            prop_assert_eq!(count_strange(&bytes), strange);
        }

        #[test]
        fn nothing_hidden_survives(text in any_text()) {
            let shown = sanitise(&text);
            prop_assert!(!shown.contains(is_hidden));
            prop_assert!(!shown.chars().any(char::is_control));
        }

        #[test]
        fn harmless_text_is_left_alone(text in "[ -~]{0,40}") {
            prop_assert_eq!(sanitise(&text), text.as_str());
        }

        #[test]
        fn json_means_the_same_and_hides_nothing(text in any_text()) {
            let json = serde_json::to_string(&text).unwrap();
            let shown = json_visible(&json);
            prop_assert!(!shown.contains(is_hidden));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
