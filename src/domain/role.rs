//! Roles: a named set of permissions in one company. Three are fixed, the others are custom roles.
//!
//! Responsible for names and default roles. Refuses a name that breaks the rules.

use std::fmt;
use std::str::FromStr;

use super::{PermissionSet, Violation};

/// The name of a role: 2–64 characters of `a`–`z`, `0`–`9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(String);

impl RoleName {
    /// Accepts a name that keeps the rule.
    ///
    /// # Errors
    /// A violation `invalid_name` of the field `name`.
    pub fn new(name: impl Into<String>) -> Result<Self, Violation> {
        let name = name.into();
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (2..=64).contains(&name.len()) && name.bytes().all(known) {
            Ok(Self(name))
        } else {
            Err(Violation::new(
                "name",
                "invalid_name",
                "a role name must have 2 to 64 characters: lowercase letters a to z, digits and -",
            ))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The roles that every company has and that cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultRole {
    /// Everything.
    CompanyAdmin,
    /// Everything operational: no company management, no users, no billing.
    Operator,
    /// Every `view` permission and nothing else.
    Viewer,
}

/// Categories in which an operator may do everything.
const OPERATIONAL: &[&str] = &[
    "devices",
    "alerts",
    "vpn-networks",
    "vpn-roadwarriors",
    "vpn-settings",
    "fields",
    "views",
    "proxy-links",
    "service-accounts",
];

impl DefaultRole {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 3] = [Self::CompanyAdmin, Self::Operator, Self::Viewer];

    /// The name under which it is assigned.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CompanyAdmin => "company-admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    /// Its permissions.
    pub fn permissions(self) -> PermissionSet {
        let view = || PermissionSet::ALL.iter().filter(|permission| permission.action() == "view");
        match self {
            Self::CompanyAdmin => PermissionSet::ALL,
            Self::Viewer => view().collect(),
            Self::Operator => view()
                .chain(PermissionSet::ALL.iter().filter(|one| OPERATIONAL.contains(&one.category())))
                .collect(),
        }
    }
}

impl FromStr for DefaultRole {
    type Err = NotADefaultRole;

    fn from_str(name: &str) -> Result<Self, NotADefaultRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == name).ok_or(NotADefaultRole)
    }
}

/// The name is not one of a default role; a company may still have a role of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a default role")]
pub struct NotADefaultRole;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_roles_hold_what_is_published() {
        assert_eq!(DefaultRole::CompanyAdmin.permissions(), PermissionSet::ALL);
        let viewer = DefaultRole::Viewer.permissions();
        assert!(viewer.iter().all(|permission| permission.action() == "view"));
        assert_eq!(viewer.len(), 10);
        let operator = DefaultRole::Operator.permissions();
        assert!(viewer.is_subset(operator));
        for (name, held) in [
            ("devices:delete", true),
            ("service-accounts:delete", true),
            ("proxy-links:manage", true),
            ("fields:manage", true),
            ("roles:view", true),
            ("roles:manage", false),
            ("users:create", false),
            ("companies:edit", false),
            ("billing:manage", false),
            ("app-store:manage", false),
        ] {
            assert_eq!(operator.contains(name.parse().unwrap()), held, "{name}");
        }
    }

    #[test]
    fn role_names_at_the_edges() {
        for good in ["ab", "viewer", "9-to-5", "--", &"r".repeat(64)] {
            assert!(RoleName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "Ab", "a b", "é-", "a_b", &"r".repeat(65)] {
            assert!(RoleName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn default_names_are_found_exactly() {
        for role in DefaultRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert!(RoleName::new(role.as_str()).is_ok());
        }
        assert_eq!("Viewer".parse::<DefaultRole>(), Err(NotADefaultRole));
    }
}
