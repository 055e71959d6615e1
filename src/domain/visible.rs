//! Text from outside, made safe to show: no control character and no bidirectional override survives, so
//! that no server and no file can command a terminal or reorder what a person reads.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether `character` could command a terminal or hide what stands there: C0, DEL, C1, line and
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

/// Whether every byte is a printable one of ASCII, or `also`: most text is, and then nothing of it has to be looked
/// at character by character. There is no way out of the inner loop, so that it takes many bytes at a time.
fn is_plain(text: &str, also: u8) -> bool {
    let strange = |byte: &u8| u8::from(!matches!(*byte, b' '..=b'~')) & u8::from(*byte != also);
    text.as_bytes().chunks(256).all(|some| some.iter().fold(0, |any, byte| any | strange(byte)) == 0)
}

/// The text with every such character made visible as an escape, for example `\u{1b}` or `\n`. Text without
/// any comes back as it is. The result is always one line.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    if is_plain(text, b' ') || !text.contains(is_hidden) {
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
/// to whoever parses it. Line ends and tabs between the values stay.
pub fn json_visible(json: &str) -> Cow<'_, str> {
    let hidden = |character: char| is_hidden(character) && !matches!(character, '\n' | '\r' | '\t');
    if is_plain(json, b'\n') || !json.contains(hidden) {
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
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        fn nothing_hidden_survives(text in any::<String>()) {
            let shown = sanitise(&text);
            prop_assert!(!shown.contains(is_hidden));
            prop_assert!(!shown.chars().any(char::is_control));
        }

        #[test]
        fn harmless_text_is_left_alone(text in "[ -~]{0,40}") {
            prop_assert_eq!(sanitise(&text), text.as_str());
        }

        #[test]
        fn json_means_the_same_and_hides_nothing(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let shown = json_visible(&json);
            prop_assert!(!shown.contains(is_hidden));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
