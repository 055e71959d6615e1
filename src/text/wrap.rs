//! The width of text on a terminal: how it is measured, cut and wrapped.
//!
//! Responsible for wide characters, which count twice, and combining ones, which do not count. Refuses to split what
//! looks like one character.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The end of a text that was cut.
const CUT: &str = "…";

/// The columns that `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The beginning of `text` that fits into `room` columns, with an ellipsis if it was cut.
pub fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let (begin, _) = split(text, room.saturating_sub(width(CUT)));
    format!("{}{CUT}", begin.trim_end())
}

/// The lines of `text` in `room` columns: broken between words, and inside a word that is longer than a line.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    if width(text) <= room {
        return vec![text.to_owned()];
    }
    let room = room.max(2);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split(' ') {
        let mut word = word;
        let gap = usize::from(!line.is_empty());
        if used + gap + width(word) > room && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while width(word) > room {
            let (begin, rest) = split(word, room);
            let (begin, rest) = if begin.is_empty() { first(word) } else { (begin, rest) };
            lines.push(begin.to_owned());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += width(word);
    }
    lines.push(line);
    lines
}

/// The first character, as a reader sees it, and the rest.
fn first(text: &str) -> (&str, &str) {
    text.split_at(text.graphemes(true).next().map_or(0, str::len))
}

/// The longest beginning that fits into `room` columns, and the rest.
fn split(text: &str, room: usize) -> (&str, &str) {
    let (mut used, mut end) = (0, 0);
    for (at, character) in text.grapheme_indices(true) {
        used += width(character);
        if used > room {
            break;
        }
        end = at + character.len();
    }
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_take_what_a_terminal_gives_them() {
        for (text, columns) in [("abc", 3), ("日本", 4), ("👍", 2), ("e\u{301}", 1), ("👩‍🚀", 2), ("é", 1)]
        {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn a_cut_text_says_that_it_goes_on() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(cut("ab cdef", 4), "ab…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    #[test]
    fn text_is_broken_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one abcdefghij two", 4), ["one", "abcd", "efgh", "ij", "two"]);
        assert_eq!(wrap("日本語 日本", 4), ["日本", "語", "日本"]);
        assert_eq!(wrap("", 4), [""]);
    }

    /// A word of no width at the beginning of a line came behind the long word after it.
    #[test]
    fn a_word_of_no_width_keeps_its_place() {
        assert_eq!(wrap("\u{11370} abcdef", 4), ["\u{11370}", "abcd", "ef"]);
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in "\\PC{0,40}", room in 4..30usize) {
            prop_assert!(width(&cut(&text, room)) <= room);
        }

        #[test]
        fn what_is_wrapped_fits_and_is_all_there(text in "\\PC{0,80}", room in 4..30usize) {
            let lines = wrap(&text, room);
            prop_assert!(lines.iter().all(|line| width(line) <= room), "{lines:?}");
            let dense = |text: &str| text.replace(' ', "");
            prop_assert_eq!(dense(&lines.concat()), dense(&text));
        }
    }
}
