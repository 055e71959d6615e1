//! Roles and the permission catalogue on the wire.

use serde::{Deserialize, Serialize};

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
    /// What its holders may do, sorted.
    #[serde(default)]
    #[cfg_attr(feature = "platform", schema(value_type = Vec<String>))]
    pub permissions: Permissions,
    /// How many humans and service accounts hold it in the company.
    pub holders: Option<u64>,
}

/// `POST …/roles`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct CreateRole {
    /// The name; it cannot be changed later.
    pub name: String,
    /// What its holders may do; not empty.
    pub permissions: Vec<String>,
}

/// `PUT …/roles/{role}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct SetRole {
    /// What its holders may do from now on; not empty.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ReadEntry")]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct CatalogueEntry {
    /// `category:action`, as it is assigned.
    pub name: String,
    /// The part before the colon.
    pub category: String,
    /// The part behind the colon.
    pub action: String,
}

/// A permission as servers write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum ReadEntry {
    Whole { name: String, category: String, action: String },
    Named { name: String },
    Name(String),
}

impl From<ReadEntry> for CatalogueEntry {
    fn from(entry: ReadEntry) -> Self {
        match entry {
            ReadEntry::Whole { name, category, action } => Self { name, category, action },
            ReadEntry::Named { name } | ReadEntry::Name(name) => {
                let (category, action) = name.split_once(':').unwrap_or((&name, ""));
                Self { category: category.to_owned(), action: action.to_owned(), name }
            }
        }
    }
}
