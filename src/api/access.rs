//! Access of an account in one company: a role, or an individual list of permissions.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::Account;
use crate::domain::permission::NameFinder;
use crate::domain::{Company, CompanyId};

/// What somebody may do in one company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Access {
    /// Where.
    #[cfg_attr(feature = "platform", schema(value_type = super::company::CompanySchema))]
    pub company: Company,
    /// The role, or null where the permissions were given one by one.
    pub role: Option<String>,
    /// The permissions in effect, sorted.
    #[serde(deserialize_with = "listed")]
    #[cfg_attr(feature = "platform", schema(value_type = Vec<String>))]
    pub permissions: Vec<Cow<'static, str>>,
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

/// `PUT …/access`: replaces what was there. Exactly one of the two fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct SetAccess {
    /// The name of a role of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// A list of permissions, not empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
}

/// `PATCH …/access` and `PATCH …/roles/{role}`: adjusts a list of permissions. What stands in both is refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AdjustPermissions {
    /// Permissions to add; those already there stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Permissions to remove; those not there do not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// Access asked for together with a new account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct InitialAccess {
    /// Where.
    #[cfg_attr(feature = "platform", schema(value_type = i64))]
    pub company_id: CompanyId,
    /// The name of a role of that company; either this or `permissions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// A list of permissions, not empty; either this or `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
}

/// The answer to a change of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AccessChange {
    /// The account as the company sees it now.
    pub account: Account,
    /// Its access in the company now.
    pub access: Access,
    /// Whether anything is different from before.
    pub changed: bool,
}

/// The answer to the removal of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct AccessRemoval {
    /// The account as the company sees it now; null when it no longer sees it.
    pub account: Option<Account>,
    /// Where the access was removed.
    #[cfg_attr(feature = "platform", schema(value_type = super::company::CompanySchema))]
    pub company: Company,
    /// Whether there was any access to remove.
    pub changed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_list_of_permissions_is_refused() {
        let access = |count: usize| {
            let permissions = vec!["\"\""; count].join(",");
            let document = format!(
                r#"{{"company": {{"id": 1, "name": "a"}}, "role": null, "permissions": [{permissions}]}}"#
            );
            serde_json::from_str::<Access>(&document)
        };
        assert_eq!(access(MOST).unwrap().permissions.len(), MOST);
        assert!(access(MOST + 1).unwrap_err().to_string().contains("at most 1000"));
    }

    #[test]
    fn permissions_are_read_as_they_stand_known_or_not() {
        let names = ["users:view", "devices:fly", "alerts:edit", "devices:view", "devices:view", ""];
        let document =
            serde_json::json!({"company": {"id": 1, "name": "a"}, "role": null, "permissions": names});
        let access: Access = serde_json::from_str(&document.to_string()).unwrap();
        assert_eq!(access.permissions, names);
        let owned = |name: &Cow<'_, str>| matches!(name, Cow::Owned(_));
        assert_eq!(access.permissions.iter().filter(|name| owned(name)).count(), 2);
    }
}
