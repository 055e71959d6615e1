//! What is recorded of every decided change: once in each company that it concerns, holding only that
//! company's part, in the transaction of the change. Refused sign-ins are counted apart, by principal and hour.
//!
//! A record names accounts, roles and permissions, never a password, a hash, a token or a code. A caller who acts
//! from another company appears there as that company.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Platform;
use super::authn::Caller;
use super::error::Error;
use super::ids::PrincipalId;
use super::store::Connection;
use super::store::access::{self, Assignment, Grant};
use super::store::account::AccountRow;
use super::store::audit::{NewRecord, insert};
use super::store::principal::Principal;
use super::store::refused::{self, RefusedSignIn};
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

impl<'a> From<&'a AccountRow> for Object<'a> {
    fn from(account: &'a AccountRow) -> Self {
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

/// How many groups there are of names that do not exist.
const GROUPS: i64 = 256;

/// Counts a refused sign-in in the record of its principal; `reason` is the error code.
///
/// Companies find it through the access of the principal, so that one row is enough however many they are. A name that
/// does not exist is counted in a group of such names: it costs the same, and what was typed is not kept. A failure is
/// for the log only. What counts guesses does not depend on it.
pub(super) async fn record_refused_sign_in(
    platform: &Platform,
    principal: Option<&Principal>,
    username: &str,
    reason: &'static str,
    request_id: &str,
) {
    let group = Sha256::digest(username).first().copied().map_or(0, i64::from) % GROUPS;
    let refused = RefusedSignIn {
        at: platform.now(),
        principal: principal.map_or(-1 - group, |principal| principal.id.0),
        kind: principal.map_or("", |principal| kind(principal.kind)),
        name: principal.map_or_else(String::new, |principal| principal.name.clone()),
        owner: principal.and_then(|principal| principal.owner),
        reason,
        request_id: request_id.to_owned(),
    };
    let recorded = async {
        let tx = platform.store().begin().await?;
        refused::add(&*tx, refused).await?;
        tx.commit().await
    };
    if let Err(error) = recorded.await {
        tracing::error!(%error, "a refused sign-in was not recorded");
    }
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
