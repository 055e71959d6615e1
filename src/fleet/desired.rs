//! What is wanted and what was found, in the form in which a plan compares them.
//!
//! Responsible for the two sides of a comparison. Refuses I/O.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::api::access::AccessSpec;
use crate::api::{Access, Permissions};
use crate::domain::{Company, CompanyId, DefaultRole};

/// A role by its company and its name.
pub type RoleKey = (CompanyId, String);

/// What is wanted. What is not here is not managed. Accounts are found by the form in which names are compared.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// The accounts.
    pub accounts: BTreeMap<String, DesiredAccount>,
    /// The roles with their permissions.
    pub roles: BTreeMap<RoleKey, DesiredRole>,
    /// Accounts that no step may touch.
    pub protected: BTreeSet<String>,
}

/// A role that is wanted.
#[derive(Clone, Debug)]
pub struct DesiredRole {
    /// The company.
    pub company: Company,
    /// Its permissions.
    pub permissions: Permissions,
}

/// An account that is wanted.
#[derive(Clone, Debug)]
pub struct DesiredAccount {
    /// The name as it is written.
    pub name: String,
    /// The company that owns it; `None` for an account of others.
    pub owner: Option<Company>,
    /// The description; the outer `None` where it is not managed.
    pub description: Option<Option<String>>,
    /// The access by company; `None` where it is not managed.
    pub access: Option<BTreeMap<CompanyId, DesiredAccess>>,
}

/// Access that is wanted in one company.
#[derive(Clone, Debug)]
pub struct DesiredAccess {
    /// The company.
    pub company: Company,
    /// The access.
    pub access: AccessSpec,
}

/// What was found on the platform.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The accounts that were read, by the form in which names are compared.
    pub accounts: BTreeMap<String, FoundAccount>,
    /// The permissions of the roles that are known.
    pub roles: HashMap<RoleKey, Permissions>,
    /// The accounts that have the roles which a plan changes.
    pub holders: BTreeMap<RoleKey, Vec<String>>,
}

/// An account that was found.
#[derive(Clone, Debug)]
pub struct FoundAccount {
    /// Its name.
    pub name: String,
    /// The company that owns it.
    pub owner: Company,
    /// Its description.
    pub description: Option<String>,
    /// Its access in the companies that were read.
    pub access: BTreeMap<CompanyId, Access>,
    /// In how many companies more it has access, to which the caller does not belong.
    pub elsewhere: usize,
}

impl Found {
    /// The permissions of a role; those of a default role are known without asking.
    pub fn role(&self, company: CompanyId, name: &str) -> Option<Permissions> {
        let known = self.roles.get(&(company, name.to_owned())).cloned();
        known.or_else(|| {
            let default = DefaultRole::ALL.into_iter().find(|role| role.as_str() == name)?;
            Some(default.permissions().known_names().collect())
        })
    }
}

impl Desired {
    /// The roles that are given to accounts and whose permissions are not known yet.
    pub fn unknown_roles(&self, found: &Found) -> BTreeSet<RoleKey> {
        let accesses = self.accounts.values().filter_map(|account| account.access.as_ref());
        let roles = accesses.flat_map(BTreeMap::values).filter_map(|wanted| match &wanted.access {
            AccessSpec::Role(role) => Some((wanted.company.id, role.clone())),
            AccessSpec::Permissions(_) => None,
        });
        let is_unknown = |key: &RoleKey| !self.roles.contains_key(key) && found.role(key.0, &key.1).is_none();
        roles.filter(is_unknown).collect()
    }
}
