//! Lists of permissions in documents.
//!
//! Responsible for lists of any names in little memory. Refuses a list that is too long; which permissions exist is not
//! known here.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bounds::{LONGEST_STRING, Rows, too_long};

/// Most permissions in one document: far more than any catalogue has.
const MOST: usize = 1000;

/// Names of permissions, sorted, known or not. They are stored as one text with commas, so that a list needs little
/// more memory than the document (P9: with one string for each, the short names of a hostile page need eight times its
/// size); a clone costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    text: Arc<str>,
    /// The end of each name.
    ends: Arc<[usize]>,
}

impl Permissions {
    /// The names as they were received.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let mut begin = 0;
        self.ends.iter().map(move |end| &self.text[std::mem::replace(&mut begin, end + 1)..*end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The names with commas between them.
    pub fn joined(&self) -> &str {
        &self.text
    }

    /// The names as a sentence lists them.
    pub fn listed(&self) -> String {
        self.iter().collect::<Vec<_>>().join(", ")
    }
}

impl<S: AsRef<str>> FromIterator<S> for Permissions {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut names: Vec<S> = names.into_iter().collect();
        names.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(names.len()));
        for name in &names {
            if !ends.is_empty() {
                text.push(',');
            }
            text.push_str(name.as_ref());
            ends.push(text.len());
        }
        Self { text: text.into(), ends: ends.into() }
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A name as it is read: without escapes, it is borrowed from the document.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a list of limited length: in memory, a short text needs a multiple of its size.
impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Rows(names) = Rows::<Name<'de>, MOST>::deserialize(deserializer)?;
        let with_commas: usize = names.iter().map(|Name(name)| name.len() + 1).sum();
        if with_commas > LONGEST_STRING {
            return Err(too_long("a list of permissions"));
        }
        Ok(names.iter().map(|Name(name)| name).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str]) -> serde_json::Result<Permissions> {
        serde_json::from_str(&serde_json::to_string(names).unwrap())
    }

    #[test]
    fn an_endless_list_is_refused() {
        assert_eq!(read(&[""; MOST]).unwrap().len(), MOST);
        assert!(read(&[""; MOST + 1]).unwrap_err().to_string().contains("at most 1000"));
        assert!(read(&["x".repeat(LONGEST_STRING).as_str(), ""]).unwrap_err().to_string().contains("64 KiB"));
    }

    #[test]
    fn names_are_sorted_known_or_not() {
        let list =
            read(&["users:view", "devices:fly", "alerts:edit", "a,b", "devices:view", "devices:view", ""])
                .unwrap();
        let sorted = ["", "a,b", "alerts:edit", "devices:fly", "devices:view", "devices:view", "users:view"];
        assert_eq!(list.iter().collect::<Vec<_>>(), sorted);
        assert_eq!((list.joined(), list.listed()), (&*sorted.join(","), sorted.join(", ")));
        assert_eq!(list, sorted.into_iter().rev().collect());
        assert_eq!(serde_json::to_string(&list).unwrap(), serde_json::to_string(&sorted).unwrap());
        assert!(read(&[]).unwrap().is_empty() && read(&[]).unwrap().joined().is_empty());
    }
}
