//! Writes audit records: one for every change in each company that it concerns, with that company's part only, in the
//! transaction of the change. Of sign-ins, the first of a day is recorded; refused ones are also counted by principal
//! and hour.
//!
//! Responsible for the contents of a record: accounts, roles and permissions. Refuses to record a password, a hash, a
//! token or a code, and to tell a company the name of a caller from another one: such a caller appears as their
//! company.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Platform;
use super::context::RequestContext;
use super::error::Error;
use super::ids::PrincipalId;
use super::store::Connection;
use super::store::access::{self, Assignment, Grant};
use super::store::account::AccountRow;
use super::store::audit::{NewRecord, insert};
use super::store::principal::Principal;
use super::store::refused::{self, RefusedSignIn};
pub(super) use crate::api::audit::Action;
use crate::api::audit::{Actor, ActorKind};
use crate::domain::{Company, CompanyId, PermissionSet};

/// The author of a change: the actor, the company, and the request.
pub(super) struct Author<'a> {
    pub(super) context: &'a RequestContext,
    /// The company in whose name the caller acted.
    pub(super) company: &'a Company,
}

/// The object of a change.
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
    db: &impl Connection,
    author: &Author<'_>,
    action: Action,
    object: Object<'_>,
    parts: Vec<(CompanyId, Value)>,
) -> Result<(), Error> {
    let RequestContext { platform, caller, request_id, .. } = author.context;
    let is_elsewhere = parts.iter().any(|(company, _)| *company != author.company.id);
    let memberships = if is_elsewhere { access::companies_of(db, caller.id).await? } else { Vec::new() };
    // The companies are in the order of their ids.
    let is_known_in =
        |company: CompanyId| company == author.company.id || memberships.binary_search(&company).is_ok();
    let (account, role_name) = match object {
        Object::Account(id, name) => (Some((id.0, name.to_owned())), None),
        Object::Role(name) => (None, Some(name.to_owned())),
    };
    let records = parts.into_iter().map(|(company, detail)| {
        let actor = if is_known_in(company) {
            caller.actor()
        } else {
            let Company { id, name } = author.company.clone();
            Actor { kind: ActorKind::Company, id: id.0, name }
        };
        NewRecord {
            at: platform.now(),
            company,
            action,
            actor,
            account: account.clone(),
            role_name: role_name.clone(),
            detail,
            request_id: request_id.clone(),
        }
    });
    Ok(insert(db, records).await?)
}

/// The number of groups for names that do not exist.
const GROUPS: i64 = 256;

/// Counts a refused sign-in of a principal; `reason` is the error code. The first one of a day is also an audit record.
/// A name that does not exist is counted in a group of such names: it costs the same, and the name is not kept. A
/// failure is only logged: the count of guesses does not depend on it.
pub(super) async fn record_refused_sign_in(
    platform: &Platform,
    principal: Option<&Principal>,
    username: &str,
    address: Option<&str>,
    reason: &'static str,
    request_id: &str,
) {
    let group = Sha256::digest(username).first().copied().map_or(0, i64::from) % GROUPS;
    let refused = RefusedSignIn {
        at: platform.now(),
        principal: principal.map_or(-1 - group, |principal| principal.id.0),
        kind: principal.map_or("", |principal| ActorKind::from(principal.kind).as_str()),
        name: principal.map_or_else(String::new, |principal| principal.name.clone()),
        owner: principal.and_then(|principal| principal.owner),
        reason,
        request_id: request_id.to_owned(),
    };
    let counted = async {
        let tx = platform.store().begin().await?;
        let is_first = !refused::is_counted_today(&*tx, &refused).await?;
        refused::add(&*tx, refused).await?;
        tx.commit().await.map(|()| is_first)
    };
    match counted.await {
        Ok(is_first) => {
            let detail = json!({ "reason": reason, "address": address });
            let record = |principal| SignInRecord::new(principal, Action::SignInRefused, detail, request_id);
            if let Some(record) = principal.filter(|_| is_first).map(record) {
                // In its own task, so that the answer takes as long for an unknown name.
                tokio::spawn(record.keep(platform.clone()));
            }
        }
        Err(error) => tracing::error!(%error, "a refused sign-in was not recorded"),
    }
}

/// A record of a sign-in: of an account for its owner only, of a human for all of their companies.
pub(super) struct SignInRecord {
    principal: PrincipalId,
    actor: Actor,
    owner: Option<i64>,
    action: Action,
    detail: Value,
    request_id: String,
}

impl SignInRecord {
    pub(super) fn new(principal: &Principal, action: Action, detail: Value, request_id: &str) -> Self {
        let (id, name) = (principal.id, principal.name.clone());
        Self {
            principal: id,
            actor: Actor { kind: principal.kind.into(), id: id.0, name },
            owner: principal.owner,
            action,
            detail,
            request_id: request_id.to_owned(),
        }
    }

    /// Adds the record, in a transaction of the caller.
    pub(super) async fn add(self, platform: &Platform, db: &impl Connection) -> Result<(), sea_orm::DbErr> {
        let companies = if let Some(owner) = self.owner {
            vec![CompanyId(owner)]
        } else {
            access::companies_of(db, self.principal).await?
        };
        let account = self.owner.map(|_| (self.actor.id, self.actor.name.clone()));
        let records = companies.into_iter().map(|company| NewRecord {
            at: platform.now(),
            company,
            action: self.action,
            actor: self.actor.clone(),
            account: account.clone(),
            role_name: None,
            detail: self.detail.clone(),
            request_id: self.request_id.clone(),
        });
        insert(db, records).await
    }

    async fn keep(self, platform: Platform) {
        let kept = async {
            let tx = platform.store().begin().await?;
            self.add(&platform, &*tx).await?;
            tx.commit().await
        };
        if let Err(error) = kept.await {
            tracing::error!(%error, "a refused sign-in was not recorded");
        }
    }
}

/// Access in the detail of a record.
pub(super) fn access_detail(grant: Option<&Grant>) -> Value {
    match grant {
        Some(Grant { role: Some(role), .. }) => json!({ "role": role }),
        Some(grant) => json!({ "permissions": grant.permissions.names() }),
        None => Value::Null,
    }
}

/// As [`access_detail`], for access that was just written.
pub(super) fn assignment_detail(assignment: &Assignment) -> Value {
    match assignment {
        Assignment::Role(role) => json!({ "role": role }),
        Assignment::Individual(permissions) => json!({ "permissions": permissions.names() }),
    }
}

/// A change of permissions in the detail of a record.
pub(super) fn change_detail(old: PermissionSet, new: PermissionSet) -> Value {
    json!({ "added": (new - old).names(), "removed": (old - new).names() })
}
