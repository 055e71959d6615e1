//! Parts of documents that lists repeat without end: read once, and shared.
//!
//! A part is compared with the last few texts, which is several times faster than reading it again.

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::thread::LocalKey;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::bounds::LONGEST_STRING;

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
const LONGEST_PART: usize = 4096;

/// Texts that are remembered: about as many as roles are in use in a company.
const REMEMBERED: usize = 8;

/// What was read lately: most rows of a page repeat one of a few texts, which is found faster than read.
#[derive(Debug)]
pub struct Lately<T> {
    parts: Vec<(Box<str>, Shared<T>)>,
    next: usize,
}

impl<T: DeserializeOwned> Lately<T> {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self { parts: Vec::new(), next: 0 }
    }

    fn read(&mut self, text: &str) -> serde_json::Result<Shared<T>> {
        if let Some((_, part)) = self.parts.iter().find(|(known, _)| **known == *text) {
            return Ok(part.clone());
        }
        self.understand(text)
    }

    /// Reads what is not known, and remembers it.
    fn understand(&mut self, text: &str) -> serde_json::Result<Shared<T>> {
        let part = Shared::from(serde_json::from_str::<T>(text)?);
        // Such a text ends where its own bracket closes, so that what begins with it is this part and no other.
        if text.len() <= LONGEST_PART && text.starts_with(['{', '[']) {
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

    /// Takes the part that `text` begins with: what it is, and what stands behind it.
    pub(super) fn take<'a>(&mut self, text: &'a str) -> Option<(Shared<T>, &'a str)> {
        let known = self.parts.iter().find_map(|(known, part)| Some((part, text.strip_prefix(&**known)?)));
        known.map(|(part, rest)| (part.clone(), rest)).or_else(|| {
            let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
            let part = values.next()?.ok()?.get();
            // A string in a longer one may be too long to be called wrong.
            if part.len() > LONGEST_STRING {
                return None;
            }
            Some((self.understand(part).ok()?, &text[values.byte_offset()..]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Access;
    use crate::domain::Company;

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
    }

    #[test]
    fn a_part_is_taken_from_where_it_ends() {
        let take = |text: &str| {
            let taken = Company::lately().with_borrow_mut(|lately| {
                lately.take(text).map(|(part, rest)| (part.to_string(), rest.to_owned()))
            });
            taken.map(|(part, rest)| format!("{part}|{rest}"))
        };
        for id in (0..3 * REMEMBERED).chain(0..3) {
            let text = format!(r#"{{"id":{id},"name":"Acme {{}}"}}"#);
            for rest in ["", ",1", "}", " {"] {
                assert_eq!(take(&format!("{text}{rest}")), Some(format!("Acme {{}} ({id})|{rest}")));
            }
            for broken in ["", "null", "{}", &text[1..], &text[..text.len() - 1]] {
                assert_eq!(take(broken), None, "{broken}");
            }
        }
        Company::lately().with_borrow(|lately| assert_eq!(lately.parts.len(), REMEMBERED));
    }
}
