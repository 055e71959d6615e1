//! Access of an account in one company: a role, or an individual list of permissions.
//!
//! Responsible for its documents in requests and answers. Refuses to decide whether it may be granted.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Permissions;
use crate::domain::{Company, CompanyId};

/// Access in one company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Access {
    /// The company.
    #[cfg_attr(feature = "platform", schema(value_type = super::company::CompanySchema))]
    pub company: Company,
    /// The role, or null where the permissions were given one by one.
    pub role: Option<String>,
    /// The permissions in effect, sorted.
    #[cfg_attr(feature = "platform", schema(value_type = Vec<String>))]
    pub permissions: Permissions,
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
    #[cfg_attr(feature = "platform", schema(min_items = 1))]
    pub permissions: Option<Vec<String>>,
}

/// `PATCH …/access` and `PATCH …/roles/{role}`: adjusts a list of permissions. A permission in both lists is
/// refused.
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
    /// The company.
    #[cfg_attr(feature = "platform", schema(value_type = i64))]
    pub company_id: CompanyId,
    /// The name of a role of that company; either this or `permissions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// A list of permissions, not empty; either this or `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", schema(min_items = 1))]
    pub permissions: Option<Vec<String>>,
}

/// Requested access. The server checks the names, because it may know more than the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessSpec {
    /// A role of the company.
    Role(String),
    /// An individual list of permissions.
    Permissions(Vec<String>),
}

impl AccessSpec {
    /// As it is written in `--grant COMPANY=…`.
    pub fn listed(&self) -> String {
        match self {
            Self::Role(role) => role.clone(),
            Self::Permissions(names) => names.join(","),
        }
    }

    /// The request that replaces the current access.
    pub fn to_set(&self) -> SetAccess {
        match self.clone() {
            Self::Role(role) => SetAccess { role: Some(role), permissions: None },
            Self::Permissions(list) => SetAccess { role: None, permissions: Some(list) },
        }
    }

    /// Access from the start, in one company.
    pub fn to_initial(&self, company_id: CompanyId) -> InitialAccess {
        let SetAccess { role, permissions } = self.to_set();
        InitialAccess { company_id, role, permissions }
    }
}

impl fmt::Display for AccessSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "the role {role}"),
            Self::Permissions(names) => f.write_str(&names.join(", ")),
        }
    }
}
