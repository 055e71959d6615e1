//! Parts of documents that lists repeat without end: read once, and shared.
//!
//! Reading a part again takes its text in two ways. A part that [`Shared`] meets is compared with the last few texts.
//! And a whole page can be shortened before it is read, so that what it repeats is not even looked at.

use std::cell::RefCell;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::ops::Deref;
use std::sync::Arc;
use std::thread::LocalKey;

use memchr::memmem::Finder;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// A part of a document that others of its kind may be the same as. A clone costs nothing; it is read from JSON
/// text only.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Shared<T>(Arc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Display> fmt::Display for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// Derived, it would ask for a part that can be cloned itself.
impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Shared<T> {
    fn from(part: T) -> Self {
        Self(Arc::new(part))
    }
}

impl<'de, T: Repeated> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get();
        T::lately().with_borrow_mut(|lately| lately.read(text)).map_err(D::Error::custom)
    }
}

/// What is remembered for the lists that repeat it.
pub trait Repeated: DeserializeOwned + 'static {
    /// What this thread has read lately.
    fn lately() -> &'static LocalKey<RefCell<Lately<Self>>>;
}

/// Longest text that is remembered: access with the whole catalogue is shorter.
const LONGEST: usize = 4096;

/// Texts that are remembered: about as many as roles are in use in a company.
const REMEMBERED: usize = 8;

/// Parts of a text that are looked at in order to remember them: whatever a server writes, that is soon done.
const TRIED: usize = 4 * REMEMBERED;

/// What was read lately: most rows of a page repeat one of a few texts, which is found faster than read.
#[derive(Debug)]
pub struct Lately<T> {
    parts: Vec<(Box<str>, Shared<T>)>,
    next: usize,
    /// What the words of the last text that was shortened stand for, by their places.
    words: Vec<(String, Shared<T>)>,
}

impl<T: DeserializeOwned> Lately<T> {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self { parts: Vec::new(), next: 0, words: Vec::new() }
    }

    fn read(&mut self, text: &str) -> serde_json::Result<Shared<T>> {
        let words = self.words.iter().map(|(word, part)| (word.as_str(), part));
        let parts = self.parts.iter().map(|(known, part)| (&**known, part));
        if let Some((_, part)) = words.chain(parts).find(|(known, _)| *known == text) {
            return Ok(part.clone());
        }
        let part = Shared::from(serde_json::from_str::<T>(text)?);
        if text.len() <= LONGEST {
            self.remember((text.into(), part.clone()));
        }
        Ok(part)
    }

    /// Remembers a part, in place of the oldest where there are enough.
    fn remember(&mut self, part: (Box<str>, Shared<T>)) {
        match self.parts.get_mut(self.next) {
            Some(oldest) => *oldest = part,
            None => self.parts.push(part),
        }
        self.next = (self.next + 1) % REMEMBERED;
    }

    /// The text with words in place of the parts behind `key` that it repeats: where they are most of it, it is not
    /// worth being read again. It means the same to this thread until the next text is shortened. `None` where there
    /// is nothing to gain.
    ///
    /// The key stands with its quotes, its colon and nothing between them, as in `"access":`. There is no such text
    /// inside a string, where quotes are written otherwise; and a part that is known closes its own brackets, so that
    /// what begins with its text is that part and nothing else.
    pub(super) fn shorten(&mut self, key: &str, text: &str) -> Option<String> {
        // Nobody who writes a document can know the words beforehand.
        let secret = RandomState::new().build_hasher().finish();
        let word = |place| format!("\"{secret:016x}{place}\"");
        self.words =
            self.parts.iter().enumerate().map(|(place, (_, part))| (word(place), part.clone())).collect();
        let finder = Finder::new(key);
        // Memory that is not written to costs nothing.
        let mut short = String::with_capacity(text.len());
        let (mut done, mut at, mut tried) = (0, 0, 0);
        while let Some(found) = finder.find(&text.as_bytes()[at..]) {
            let begin = at + found;
            at = begin + key.len();
            if !text[..begin].ends_with([',', '{']) {
                continue;
            }
            let rest = &text[at..];
            let place = match self.place_of(rest) {
                None if tried < TRIED && rest.starts_with('{') => {
                    tried += 1;
                    self.learn(rest, word)
                }
                known => known,
            };
            if let Some(place) = place {
                short.push_str(&text[done..at]);
                short.push_str(&self.words[place].0);
                at += self.parts[place].0.len();
                done = at;
            }
        }
        if done == 0 {
            return None;
        }
        short.push_str(&text[done..]);
        Some(short)
    }

    /// Where the part is remembered that `rest` begins with.
    fn place_of(&self, rest: &str) -> Option<usize> {
        self.parts.iter().position(|(known, _)| rest.starts_with(&**known))
    }

    /// Remembers the part that `rest` begins with, where there is room for one more; `word` names it by its place.
    fn learn(&mut self, rest: &str, word: impl Fn(usize) -> String) -> Option<usize> {
        let place = self.parts.len();
        if place == REMEMBERED {
            return None;
        }
        let mut reader = serde_json::Deserializer::from_str(&rest[..rest.floor_char_boundary(LONGEST)]);
        let text = <&RawValue>::deserialize(&mut reader).ok()?.get();
        let part = Shared::from(serde_json::from_str::<T>(text).ok()?);
        self.words.push((word(place), part.clone()));
        self.remember((text.into(), part));
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::Access;
    use crate::domain::Company;

    const KEY: &str = "\"access\":";

    #[derive(Debug, Deserialize)]
    struct Row {
        access: Shared<Access>,
        description: String,
    }

    fn shortened(text: &str) -> Option<String> {
        Access::lately().with_borrow_mut(|lately| lately.shorten(KEY, text))
    }

    fn read(id: usize) -> Shared<Company> {
        serde_json::from_str(&format!(r#"{{"id":{id},"name":"Acme {id}"}}"#)).unwrap()
    }

    /// Parts that are remembered and those that are forgotten again read alike.
    #[test]
    fn a_part_is_what_its_text_says_however_often_it_comes() {
        let ids = 0..3 * REMEMBERED;
        for id in ids.clone().chain(ids.clone()).chain(ids.rev()) {
            assert_eq!(read(id).name, format!("Acme {id}"));
        }
        for broken in ["[1]", "{}", "null", "\"Acme\"", "{\"id\":1"] {
            assert!(serde_json::from_str::<Shared<Company>>(broken).is_err(), "{broken}");
            assert!(serde_json::from_str::<Shared<Access>>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_same_part_is_there_once() {
        assert!(Arc::ptr_eq(&read(1).0, &read(1).0));
        Company::lately().with_borrow(|lately| assert!(lately.parts.len() <= REMEMBERED));
    }

    fn access(role: &str) -> String {
        format!(r#"{{"company":{{"id":1,"name":"Acme"}},"role":{role:?},"permissions":["devices:view"]}}"#)
    }

    fn rows(text: &str) -> serde_json::Result<Vec<(String, String)>> {
        let rows: Vec<Row> = serde_json::from_str(text)?;
        let pair = |row: Row| (row.access.role.clone().unwrap(), row.description);
        Ok(rows.into_iter().map(pair).collect())
    }

    proptest! {
        /// Whatever a server writes, also into strings, a shortened text says the same.
        #[test]
        fn a_shortened_text_means_the_same(
            known in 0..12usize,
            rows_of in prop::collection::vec((0..20usize, "[ -~]{0,20}", any::<bool>()), 0..20),
        ) {
            for role in 0..known {
                let _: Shared<Access> = serde_json::from_str(&access(&role.to_string())).unwrap();
            }
            let plain: Vec<(String, String)> = rows_of.into_iter().map(|(role, free, quotes)| {
                let quoted = if quotes { format!("{free},{KEY}{}", access(&role.to_string())) } else { free };
                (role.to_string(), quoted)
            }).collect();
            let text = plain.iter().map(|(role, description)| {
                let description = serde_json::to_string(description).unwrap();
                format!(r#"{{"access":{},"description":{description}}}"#, access(role))
            }).collect::<Vec<_>>().join(",");
            let text = format!("[{text}]");
            let short = shortened(&text);
            prop_assert!(short.as_ref().is_none_or(|short| short.len() < text.len()));
            prop_assert_eq!(rows(&short.unwrap_or(text)).unwrap(), plain);
        }
    }

    #[test]
    fn what_is_not_repeated_is_left_as_it_is() {
        let known = access("viewer");
        let _: Shared<Access> = serde_json::from_str(&known).unwrap();
        let quoted = format!(r#"{{"a\\"access":{known}}}"#);
        let unclosed = format!("{{{KEY}").repeat(100_000);
        for text in [
            "",
            "{}",
            r#"{"access":null}"#,
            r#"{"access": {}}"#,
            r#"{"access":{}}"#,
            &format!("{{{KEY} {known}}}"),
            &quoted,
            &unclosed,
        ] {
            assert_eq!(shortened(text), None, "{text:.100}");
        }
    }

    /// What a page repeats is found in the page itself, as much of it as is remembered.
    #[test]
    fn a_first_text_is_shortened_too() {
        let row = |role: usize| format!(r#"{{"access":{},"description":""}}"#, access(&role.to_string()));
        let text = format!("[{}]", (0..30).map(|at| row(at % 10)).collect::<Vec<_>>().join(","));
        let short = shortened(&text).unwrap();
        assert_eq!(short.matches("company").count(), 3 * (10 - REMEMBERED));
        let roles: Vec<String> = rows(&short).unwrap().into_iter().map(|(role, _)| role).collect();
        assert_eq!(roles, (0..30).map(|at| (at % 10).to_string()).collect::<Vec<_>>());
    }

    /// Rows without access, which come first in some lists, do not use up what is tried.
    #[test]
    fn what_is_absent_is_not_tried() {
        let absent = r#"{"access":null,"description":""},"#.repeat(2 * TRIED);
        let row = format!(r#"{{"access":{},"description":""}}"#, access("viewer"));
        assert!(shortened(&format!("[{absent}{row},{row}]")).is_some());
        let unreadable = r#"{"access":{},"description":""},"#.repeat(TRIED);
        assert_eq!(shortened(&format!("[{unreadable}{{{KEY}{}}}]", access("operator"))), None);
    }

    /// A word of the text before stands for nothing any more, and a made-up one never does.
    #[test]
    fn words_are_nobody_elses() {
        let row = |access: &str| format!(r#"[{{"access":{access},"description":""}}]"#);
        let text = row(&access("viewer"));
        let plain = rows(&text).unwrap();
        let short = shortened(&text).unwrap();
        assert_eq!(rows(&short).unwrap(), plain);
        shortened(&text).unwrap();
        for made_up in [short.as_str(), &row("\"0\""), &row("0")] {
            let error = rows(made_up).unwrap_err().to_string();
            assert!(error.contains("invalid type") && error.contains("struct Access"), "{made_up}: {error}");
        }
    }
}
