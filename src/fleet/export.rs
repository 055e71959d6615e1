//! The manifest of what is there.
//!
//! Responsible for a manifest that says exactly what was found, in an order that never changes. Refuses to name a
//! company by its name where an id is meant: ids never change.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::Access;
use crate::domain::company_set::CompanyItem;
use crate::domain::{CompanyId, DefaultRole};

use super::desired::Found;
use super::manifest::VERSION;
use crate::output::{AccessEntry, AccountEntry, ExternalEntry, Manifest, RoleEntry};

/// The manifest of what was found in the companies `scope`.
pub fn manifest(found: &Found, scope: &BTreeSet<CompanyId>) -> Manifest {
    let mut manifest = Manifest { version: VERSION, ..Manifest::default() };
    for account in found.accounts.values() {
        if scope.contains(&account.owner.id) {
            let entry = AccountEntry {
                owner: CompanyItem::Id(account.owner.id.0),
                description: Some(account.description.clone()),
                access: Some(entries(account.access.values())),
            };
            manifest.accounts.insert(account.name.clone(), entry);
        } else {
            let here = account.access.values().filter(|access| scope.contains(&access.company.id));
            manifest.external.insert(account.name.clone(), ExternalEntry { access: entries(here) });
        }
    }
    let is_default = |name: &str| DefaultRole::ALL.iter().any(|role| role.as_str() == name);
    let own = found.roles.iter().filter(|((company, name), _)| scope.contains(company) && !is_default(name));
    let sorted: BTreeMap<_, _> = own.collect();
    manifest.roles = sorted
        .into_iter()
        .map(|((company, name), permissions)| RoleEntry {
            company: CompanyItem::Id(company.0),
            name: name.clone(),
            permissions: permissions.iter().map(str::to_owned).collect(),
        })
        .collect();
    manifest
}

fn entries<'a>(accesses: impl Iterator<Item = &'a Access>) -> Vec<AccessEntry> {
    accesses
        .map(|access| AccessEntry {
            company: Some(CompanyItem::Id(access.company.id.0)),
            companies: None,
            role: access.role.clone(),
            permissions: match access.role {
                Some(_) => None,
                None => Some(access.permissions.iter().map(str::to_owned).collect()),
            },
        })
        .collect()
}
