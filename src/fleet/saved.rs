//! A plan as it is shown and saved.
//!
//! Responsible for the fingerprint of what a plan was computed from. Refuses a saved plan when that has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::desired::{Found, RoleKey};
use super::plan::Plan;
use super::read::Scope;
use crate::api::Access;
use crate::domain::{AccountName, Company, CompanyId};
use crate::output::{Op, PlanView, Step, Summary};

/// The view of a plan.
pub fn view(plan: &Plan, found: &Found, server: String, company: Option<Company>) -> PlanView {
    let deleted = plan.steps.iter().filter(|step| step.op == Op::Delete).filter_map(|step| {
        let account = found.accounts.get(&step.account_key()?)?;
        Some((account.name.clone(), account.access.len() as u64))
    });
    let owners = plan.steps.iter().filter_map(|step| {
        let account = found.accounts.get(&step.account_key()?)?;
        Some((account.name.clone(), account.owner.clone()))
    });
    PlanView {
        fingerprint: fingerprint(&server, &plan.steps),
        company,
        created_at: super::journal::now(),
        summary: Summary::of(&plan.steps, plan.unchanged),
        owners: owners.collect(),
        deleted: deleted.collect(),
        steps: plan.steps.clone(),
        whole: false,
        server,
    }
}

/// A digest of the server and of what each step found and would do.
pub fn fingerprint(server: &str, steps: &[Step]) -> String {
    let mut digest = Sha256::new();
    digest.update(server.as_bytes());
    for step in steps {
        let text = serde_json::to_vec(step).unwrap_or_default();
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(&text);
    }
    hex(&digest.finalize())
}

/// The bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What has to be read to see whether a saved plan still holds; `companies` are those of the caller.
pub fn scope(plan: &PlanView, companies: &[Company]) -> Scope {
    let known: BTreeSet<CompanyId> = companies.iter().map(|company| company.id).collect();
    let created = plan.steps.iter().filter(|step| step.op == Op::Create);
    let created = created.filter_map(|step| Some((step.account_key()?, &step.company)));
    let owners = plan.owners.iter().map(|(name, owner)| (AccountName::key_of(name), owner)).chain(created);
    let owners: BTreeMap<String, &Company> = owners.filter(|(_, owner)| known.contains(&owner.id)).collect();
    let (mut owning, mut entered, mut roles) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for step in &plan.steps {
        let Some(key) = step.account_key() else {
            roles.insert(step.company.id);
            continue;
        };
        let is_of_access = matches!(step.op, Op::Grant | Op::Revoke);
        match owners.get(&key) {
            Some(owner) => owning.insert(owner.id),
            None if is_of_access => entered.insert(step.company.id),
            None => owning.insert(step.company.id),
        };
    }
    Scope { roles, ..Scope::entered(owning, entered) }
}

/// The roles that accounts leave or get, and that no step of the plan changes.
fn given_roles(plan: &PlanView) -> impl Iterator<Item = &Access> {
    let changed: BTreeSet<(CompanyId, &str)> = plan.steps.iter().filter_map(Step::role).collect();
    plan.steps
        .iter()
        .filter(|step| !step.op.is_of_role())
        .flat_map(|step| [&step.before, &step.after])
        .flatten()
        .filter(move |access| {
            access.role.as_deref().is_some_and(|role| !changed.contains(&(access.company.id, role)))
        })
}

/// The roles whose permissions have to be learned to see whether a saved plan still holds.
pub fn unknown_roles(plan: &PlanView, found: &Found) -> BTreeSet<RoleKey> {
    let keys = given_roles(plan).filter_map(|access| Some((access.company.id, access.role.clone()?)));
    keys.filter(|(company, role)| found.role(*company, role).is_none()).collect()
}

/// The roles that do not give what the plan says.
pub fn changed_roles(plan: &PlanView, found: &Found) -> BTreeSet<String> {
    let is_changed = |access: &&Access| {
        let role = access.role.as_deref().unwrap_or_default();
        found.role(access.company.id, role).as_ref() != Some(&access.permissions)
    };
    let name = |access: &Access| {
        format!("role {} in {}", access.role.as_deref().unwrap_or_default(), access.company)
    };
    given_roles(plan).filter(is_changed).map(name).collect()
}

/// The steps whose beginning is not what it was when the plan was computed.
pub fn stale(plan: &PlanView, found: &Found) -> Vec<String> {
    let mut reasons = Vec::new();
    // What an earlier step of the same plan changes is not stale.
    let mut roles: BTreeMap<(i64, String), Option<Access>> = BTreeMap::new();
    for step in &plan.steps {
        if let Some((company, role)) = step.role() {
            let key = (company.0, role.to_owned());
            let permissions = found.roles.get(&(company, role.to_owned()));
            let present = permissions.map(|permissions| Access {
                company: step.company.clone(),
                role: Some(role.to_owned()),
                permissions: permissions.clone(),
            });
            let present = roles.get(&key).cloned().unwrap_or(present);
            if present.as_ref().map(|access| &access.permissions)
                != step.before.as_ref().map(|access| &access.permissions)
            {
                reasons.push(step.subject());
            }
            roles.insert(key, step.after.clone());
            continue;
        }
        let account = step.account_key().and_then(|key| found.accounts.get(&key));
        let holds = match step.op {
            Op::Create => account.is_none(),
            Op::Delete => account.is_some_and(|account| {
                plan.deleted.get(&account.name).is_none_or(|count| *count == account.access.len() as u64)
            }),
            Op::Rotate => account.is_some(),
            Op::Edit => {
                let before = step.description.as_ref().and_then(|change| change.before.as_ref());
                account.is_some_and(|account| account.description.as_ref() == before)
            }
            _ => {
                let present = account.and_then(|account| account.access.get(&step.company.id));
                let same = |one: &Access, other: &Access| {
                    one.role == other.role && (one.role.is_some() || one.permissions == other.permissions)
                };
                match (present, &step.before) {
                    (None, None) => true,
                    (Some(present), Some(before)) => same(present, before),
                    _ => false,
                }
            }
        };
        if !holds {
            reasons.push(step.subject());
        }
    }
    reasons
}
