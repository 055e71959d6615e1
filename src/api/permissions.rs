//! Lists of permissions in documents.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::permission::NameFinder;

/// Names of permissions, sorted, known or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Permissions(Box<[Cow<'static, str>]>);

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
        listed(deserializer).map(|names: Vec<_>| names.into_iter().collect())
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
}
