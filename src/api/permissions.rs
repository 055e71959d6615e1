//! Lists of permissions in documents. Lists of accounts repeat them without end.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::domain::permission::NameFinder;

/// Names of permissions, sorted, known or not. A clone costs nothing; it is read from JSON text only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Permissions(Arc<[Cow<'static, str>]>);

impl Deref for Permissions {
    type Target = [Cow<'static, str>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromIterator<Cow<'static, str>> for Permissions {
    fn from_iter<I: IntoIterator<Item = Cow<'static, str>>>(names: I) -> Self {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable();
        Self(names.into())
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get();
        LATELY.with_borrow_mut(|lately| lately.read(text)).map_err(D::Error::custom)
    }
}

/// Longest text of a list that is remembered: the whole catalogue is shorter.
const LONGEST: usize = 4096;

/// Lists that are remembered: about as many as roles are in use in a company.
const REMEMBERED: usize = 8;

/// What was read lately: most rows of a page repeat one of a few lists, which is found faster than read.
#[derive(Default)]
struct Lately {
    lists: Vec<(Box<str>, Permissions)>,
    next: usize,
}

thread_local! {
    static LATELY: RefCell<Lately> = RefCell::default();
}

impl Lately {
    fn read(&mut self, text: &str) -> serde_json::Result<Permissions> {
        if let Some((_, list)) = self.lists.iter().find(|(known, _)| **known == *text) {
            return Ok(list.clone());
        }
        let names: Vec<Cow<'static, str>> = listed(&mut serde_json::Deserializer::from_str(text))?;
        let list: Permissions = names.into_iter().collect();
        if text.len() <= LONGEST {
            self.remember((text.into(), list.clone()));
        }
        Ok(list)
    }

    /// Remembers a list, in place of the oldest where there are enough.
    fn remember(&mut self, list: (Box<str>, Permissions)) {
        match self.lists.get_mut(self.next) {
            Some(oldest) => *oldest = list,
            None => self.lists.push(list),
        }
        self.next = (self.next + 1) % REMEMBERED;
    }
}

/// Most permissions that one document is believed to list: far more than any catalogue has.
const MOST: usize = 1000;

/// Reads a list of permissions that is not endless: a short text takes many times its space when it is read.
/// Names of the catalogue, which long lists of accounts repeat without end, take none of their own.
pub(super) fn listed<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: From<Cow<'static, str>>,
    D: Deserializer<'de>,
{
    struct Listed<T>(PhantomData<T>);
    impl<'de, T: From<Cow<'static, str>>> Visitor<'de> for Listed<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {MOST} permissions")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut permissions = Vec::new();
            let mut finder = NameFinder::default();
            while let Some(permission) = items.next_element_seed(Name(&mut finder))? {
                if permissions.len() == MOST {
                    return Err(A::Error::invalid_length(MOST + 1, &self));
                }
                permissions.push(permission.into());
            }
            Ok(permissions)
        }
    }
    deserializer.deserialize_seq(Listed(PhantomData))
}

/// Reads one permission.
struct Name<'a>(&'a mut NameFinder);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Cow<'static, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Cow<'static, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a permission")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(text).map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed))
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
    }

    #[test]
    fn names_are_sorted_known_or_not() {
        let list =
            read(&["users:view", "devices:fly", "alerts:edit", "devices:view", "devices:view", ""]).unwrap();
        assert_eq!(*list, ["", "alerts:edit", "devices:fly", "devices:view", "devices:view", "users:view"]);
        assert_eq!(list.iter().filter(|name| matches!(name, Cow::Owned(_))).count(), 2);
        assert!(read(&[]).unwrap().is_empty());
    }

    /// Lists that are remembered and those that are forgotten again read alike.
    #[test]
    fn a_list_is_what_its_text_says_however_often_it_comes() {
        let names: Vec<String> = (0..3 * REMEMBERED).map(|number| format!("devices:{number}")).collect();
        for name in names.iter().chain(&names).chain(names.iter().rev()) {
            assert_eq!(*read(&[name, name]).unwrap(), [name.as_str(), name]);
        }
        for broken in ["[1]", "{}", "null", "\"devices:view\"", "[\"a\""] {
            assert!(serde_json::from_str::<Permissions>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_same_list_is_there_once() {
        let [one, other] = [read(&["devices:view"]).unwrap(), read(&["devices:view"]).unwrap()];
        assert!(Arc::ptr_eq(&one.0, &other.0));
        LATELY.with_borrow(|lately| assert!(lately.lists.len() <= REMEMBERED));
    }
}
