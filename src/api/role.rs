//! Roles and the permission catalogue on the wire.
//!
//! Responsible for their documents. Refuses unknown fields in requests; which permissions exist is not checked here.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Listed, Permissions};

impl Listed for Role {
    fn key(&self) -> Option<(String, i64)> {
        Some((self.name.to_lowercase(), 0))
    }
}

/// A role of a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Role {
    /// The name, unique in the company.
    pub name: String,
    /// Whether it is one of the fixed roles, which cannot be changed.
    #[serde(default)]
    pub default: bool,
    /// Its permissions, sorted.
    #[serde(default)]
    #[cfg_attr(feature = "platform", schema(value_type = Vec<String>))]
    pub permissions: Permissions,
    /// How many humans and service accounts have it in the company.
    pub holders: Option<u64>,
}

/// `POST …/roles`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct CreateRole {
    /// The name; it cannot be changed later.
    #[cfg_attr(feature = "platform", schema(pattern = "^[a-z0-9-]{2,64}$"))]
    pub name: String,
    /// Its permissions; not empty.
    #[cfg_attr(feature = "platform", schema(min_items = 1))]
    pub permissions: Vec<String>,
}

/// `PUT …/roles/{role}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct SetRole {
    /// Its new permissions; not empty.
    #[cfg_attr(feature = "platform", schema(min_items = 1))]
    pub permissions: Vec<String>,
}

/// The answer to the deletion of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct RoleDeletion {
    /// The deleted role.
    pub name: String,
    /// Always true.
    pub deleted: bool,
}

/// One permission of the catalogue. Other gateways may give its name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct CatalogueEntry {
    /// `category:action`, as it is assigned.
    pub name: String,
    /// The part before the colon.
    pub category: String,
    /// The part after the colon.
    pub action: String,
}

/// A permission as servers write it, with its parts or without them.
#[derive(Deserialize)]
struct ReadEntry {
    name: String,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    action: Option<String>,
}

impl From<ReadEntry> for CatalogueEntry {
    fn from(ReadEntry { name, category, action }: ReadEntry) -> Self {
        let (before, behind) = name.split_once(':').unwrap_or((&name, ""));
        let category = category.unwrap_or_else(|| before.to_owned());
        let action = action.unwrap_or_else(|| behind.to_owned());
        Self { name, category, action }
    }
}

impl<'de> Deserialize<'de> for CatalogueEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ReadEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a permission: an object with its name, or the name alone")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<ReadEntry, E> {
                Ok(ReadEntry { name: name.to_owned(), category: None, action: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<ReadEntry, A::Error> {
                ReadEntry::deserialize(MapAccessDeserializer::new(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<ReadEntry, A::Error> {
                ReadEntry::deserialize(SeqAccessDeserializer::new(values))
            }
        }
        deserializer.deserialize_any(Entry).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_read_with_its_parts_or_from_its_name() {
        let wanted =
            CatalogueEntry { name: "devices:view".into(), category: "devices".into(), action: "view".into() };
        for text in [
            r#"{"name": "devices:view", "category": "devices", "action": "view"}"#,
            r#"{"name": "devices:view"}"#,
            r#""devices:view""#,
            r#"["devices:view", "devices", "view"]"#,
        ] {
            assert_eq!(serde_json::from_str::<CatalogueEntry>(text).unwrap(), wanted, "{text}");
        }
        let error = serde_json::from_str::<CatalogueEntry>("7").unwrap_err().to_string();
        assert!(error.contains("the name alone"), "{error}");
    }
}
