//! What is recorded of every decided change: once in each company that it concerns, holding only that
//! company's part, in the transaction of the change.
//!
//! A record names accounts, roles and permissions, never a password, a hash, a token or a code. Somebody who
//! acts from another company appears there as that company.

use serde_json::{Value, json};

use super::Platform;
use super::authn::{Caller, PrincipalId};
use super::error::Error;
use super::store::access::{self, Assignment, Grant};
use super::store::account::Sighting;
use super::store::audit::{NewRecord, insert};
use super::store::{Connection, principal::Principal};
use crate::api::session::Kind;
use crate::domain::{Company, CompanyId, PermissionSet};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    AccountCreated,
    AccountEdited,
    PasswordReset,
    AccountDeleted,
    AccessSet,
    AccessAdjusted,
    AccessRemoved,
    RoleCreated,
    RoleEdited,
    RoleDeleted,
    SignInRefused,
}

impl Action {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account.created",
            Self::AccountEdited => "account.edited",
            Self::PasswordReset => "account.password_reset",
            Self::AccountDeleted => "account.deleted",
            Self::AccessSet => "access.set",
            Self::AccessAdjusted => "access.adjusted",
            Self::AccessRemoved => "access.removed",
            Self::RoleCreated => "role.created",
            Self::RoleEdited => "role.edited",
            Self::RoleDeleted => "role.deleted",
            Self::SignInRefused => "sign_in.refused",
        }
    }
}

/// Who did it, through which company, in which request.
pub(super) struct Author<'a> {
    pub(super) caller: &'a Caller,
    /// The company in whose name the caller acted.
    pub(super) company: &'a Company,
    pub(super) request_id: &'a str,
}

/// What it was done to.
#[derive(Clone, Copy)]
pub(super) enum Object<'a> {
    Account(PrincipalId, &'a str),
    Role(&'a str),
}

impl<'a> From<&'a Sighting> for Object<'a> {
    fn from(account: &'a Sighting) -> Self {
        Self::Account(account.id, &account.name)
    }
}

/// Records a change in each of `parts`: a company and what the change was there.
pub(super) async fn record(
    platform: &Platform,
    db: &impl Connection,
    author: &Author<'_>,
    action: Action,
    object: Object<'_>,
    parts: Vec<(CompanyId, Value)>,
) -> Result<(), Error> {
    let is_elsewhere = parts.iter().any(|(company, _)| *company != author.company.id);
    let memberships = if is_elsewhere { access::everywhere(db, author.caller.id).await? } else { Vec::new() };
    let is_known_in = |company: CompanyId| {
        company == author.company.id || memberships.iter().any(|grant| grant.company.id == company)
    };
    let (account, role_name) = match object {
        Object::Account(id, name) => (Some((id.0, name.to_owned())), None),
        Object::Role(name) => (None, Some(name.to_owned())),
    };
    let records = parts.into_iter().map(|(company, detail)| {
        let (actor_kind, actor_id, actor_name) = if is_known_in(company) {
            (kind(author.caller.kind), author.caller.id.0, author.caller.name.clone())
        } else {
            ("company", author.company.id.0, author.company.name.clone())
        };
        NewRecord {
            at: platform.now(),
            company,
            action: action.as_str(),
            actor_kind,
            actor_id,
            actor_name,
            account: account.clone(),
            role_name: role_name.clone(),
            detail,
            request_id: author.request_id.to_owned(),
        }
    });
    Ok(insert(db, records).await?)
}

/// Records in their companies that somebody's sign-in was refused; `reason` is the error code.
pub(super) async fn record_refused_sign_in(
    platform: &Platform,
    db: &impl Connection,
    principal: &Principal,
    reason: &str,
    request_id: &str,
) -> Result<(), Error> {
    let mut companies: Vec<_> =
        access::everywhere(db, principal.id).await?.into_iter().map(|grant| grant.company.id).collect();
    companies.extend(principal.owner.map(CompanyId));
    companies.sort_unstable();
    companies.dedup();
    let account = (principal.kind == Kind::ServiceAccount).then(|| (principal.id.0, principal.name.clone()));
    let records = companies.into_iter().map(|company| NewRecord {
        at: platform.now(),
        company,
        action: Action::SignInRefused.as_str(),
        actor_kind: kind(principal.kind),
        actor_id: principal.id.0,
        actor_name: principal.name.clone(),
        account: account.clone(),
        role_name: None,
        detail: json!({ "reason": reason }),
        request_id: request_id.to_owned(),
    });
    Ok(insert(db, records).await?)
}

/// Access as a record tells of it.
pub(super) fn access_detail(grant: Option<&Grant>) -> Value {
    match grant {
        Some(Grant { role: Some(role), .. }) => json!({ "role": role }),
        Some(grant) => json!({ "permissions": grant.permissions.names() }),
        None => Value::Null,
    }
}

/// The same of access that was just written.
pub(super) fn assignment_detail(assignment: &Assignment) -> Value {
    match assignment {
        Assignment::Role(role) => json!({ "role": role }),
        Assignment::Individual(permissions) => json!({ "permissions": permissions.names() }),
    }
}

/// A change of a set of permissions as a record tells of it.
pub(super) fn change_detail(old: PermissionSet, new: PermissionSet) -> Value {
    json!({ "added": (new - old).names(), "removed": (old - new).names() })
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::ServiceAccount => "service_account",
    }
}
