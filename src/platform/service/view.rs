//! Makes the documents of the contract from database rows.
//!
//! Responsible for showing each company only what it may see. Refuses to tell any company but the owner where else an
//! account has access, and when it was used.

use crate::api::{Access, Account};
use crate::domain::{AccountId, Company, Ownership};
use crate::platform::store::access::Grant;
use crate::platform::store::account::AccountRow;

/// Access in one company.
pub(super) fn access(grant: Grant) -> Access {
    Access {
        company: grant.company,
        role: grant.role,
        permissions: grant.permissions.known_names().collect(),
    }
}

/// Access in `company`, if there is any.
pub(super) fn access_in(grant: Option<Grant>, company: &Company) -> Option<Access> {
    grant.map(|grant| access(Grant { company: company.clone(), ..grant }))
}

/// An account as `company` sees it. Only the owner sees where else it has access, and when it was used.
pub(super) fn account(seen: AccountRow, company: &Company) -> Account {
    let is_owned = seen.owner.id == company.id;
    let access = access_in(seen.access, company);
    Account {
        id: AccountId(seen.id.0),
        name: seen.name,
        description: seen.description,
        ownership: if is_owned { Ownership::Owned } else { Ownership::External },
        owner: seen.owner,
        access,
        company_count: is_owned.then_some(seen.company_count),
        created_at: Some(seen.created_at),
        password_changed_at: Some(seen.password_changed_at),
        last_used_at: seen.last_used_at.filter(|_| is_owned),
        use_known: is_owned,
        companies: None,
    }
}
