//! Lists of permissions in documents.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bounds::{LONGEST_STRING, too_long};

/// Names of permissions, sorted, known or not. They lie one behind the other with commas between them, so that a list
/// that is not in the catalogue takes little more memory than its text; a clone costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    text: Arc<str>,
    /// Where each name ends.
    ends: Arc<[u32]>,
}

impl Permissions {
    /// The names, each as it came.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let end = *end as usize;
            &self.text[std::mem::replace(&mut begin, end + 1)..end]
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
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
        let mut list = List::default();
        names.into_iter().for_each(|name| list.push(name.as_ref()));
        list.sorted()
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A list that is not endless: a short text takes a multiple of its space when it is read.
impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Listed;
        impl<'de> Visitor<'de> for Listed {
            type Value = List;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST} permissions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List, A::Error> {
                let mut list = List::default();
                while items.next_element_seed(Name(&mut list))?.is_some() {
                    if list.ends.len() > MOST {
                        return Err(A::Error::invalid_length(MOST + 1, &self));
                    }
                    if list.text.len() > LONGEST_STRING {
                        return Err(too_long("a list of permissions"));
                    }
                }
                Ok(list)
            }
        }
        deserializer.deserialize_seq(Listed).map(List::sorted)
    }
}

/// Most permissions that one document is believed to list: far more than any catalogue has.
const MOST: usize = 1000;

/// A list as it grows, in any order.
#[derive(Default)]
struct List {
    text: String,
    ends: Vec<u32>,
}

impl List {
    /// Adds a name. What no list can hold, longer than any document, is left out.
    fn push(&mut self, name: &str) {
        let comma = usize::from(!self.ends.is_empty());
        if let Ok(end) = u32::try_from(self.text.len() + comma + name.len()) {
            self.text.push_str(&","[..comma]);
            self.text.push_str(name);
            self.ends.push(end);
        }
    }

    fn sorted(self) -> Permissions {
        let list = Permissions { text: self.text.into(), ends: self.ends.into() };
        if list.iter().is_sorted() {
            return list;
        }
        let mut names: Vec<_> = list.iter().collect();
        names.sort_unstable();
        names.into_iter().collect()
    }
}

/// Reads one permission into a list.
struct Name<'a>(&'a mut List);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a permission")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.push(text);
        Ok(())
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
