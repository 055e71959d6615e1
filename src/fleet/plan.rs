//! From what is wanted and what was found to steps.
//!
//! Responsible for which steps there are and in which order they may run, so that no account ever has more than before
//! or after. Refuses I/O: a plan is a pure function.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::api::access::AccessSpec;
use crate::api::{Access, Permissions};
use crate::domain::{Company, CompanyId, Violation};
use crate::output::{Descriptions, Op, Step};

use super::desired::{Desired, DesiredAccess, DesiredAccount, Found, FoundAccount, RoleKey};

/// What may be taken away because the manifest does not name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prune {
    /// Access of the accounts that it names.
    pub access: bool,
    /// Accounts of the companies that it names as owners.
    pub accounts: bool,
}

/// The steps, and the reasons against them.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is to be done, in an order that can be run.
    pub steps: Vec<Step>,
    /// How much is as it should be.
    pub unchanged: u64,
    /// Why it cannot be run.
    pub findings: Vec<Violation>,
}

/// The plan from what was found to what is wanted.
pub fn plan(desired: &Desired, found: &Found, prune: Prune) -> Plan {
    let mut plan = Plan::default();
    let changed = plan.roles(desired, found);
    for (key, account) in &desired.accounts {
        plan.account(account, found.accounts.get(key), prune, &|company, role| {
            let wanted = desired.roles.get(&(company, role.to_owned())).map(|role| role.permissions.clone());
            wanted.or_else(|| found.role(company, role))
        });
    }
    if prune.accounts {
        plan.prune_accounts(desired, found);
    }
    let protected = plan.steps.iter().filter_map(|step| {
        let key = step.account_key()?;
        desired.protected.contains(&key).then(|| step.account.clone().unwrap_or_default())
    });
    let protected: BTreeSet<String> = protected.collect();
    plan.findings.extend(protected.into_iter().map(|name| {
        Violation::new("protected", "protected", format!("{name} is protected: no step may change it"))
    }));
    plan.refuse_circles(&changed);
    plan.steps = ordered(std::mem::take(&mut plan.steps));
    plan
}

/// The accounts that are to lose all access which the manifest does not name, and that have some where the caller does
/// not belong; with the number of these companies.
pub fn unreachable<'a>(
    desired: &'a Desired,
    found: &'a Found,
    prune: Prune,
) -> impl Iterator<Item = (&'a str, usize)> {
    desired.accounts.iter().filter_map(move |(key, wanted)| {
        let account = found.accounts.get(key).filter(|account| account.elsewhere > 0)?;
        let access = wanted.access.as_ref()?;
        (prune.access || access.is_empty()).then_some((account.name.as_str(), account.elsewhere))
    })
}

/// The steps in an order that can be run: phase after phase.
pub fn ordered(steps: Vec<Step>) -> Vec<Step> {
    let phases = phases(&steps);
    let mut ordered: Vec<(usize, Step)> = phases.into_iter().zip(steps).collect();
    ordered.sort_by_key(|(phase, _)| *phase);
    ordered.into_iter().map(|(_, step)| step).collect()
}

impl Plan {
    /// The steps of the roles; gives back those that are replaced by a list that has nothing of the old one.
    fn roles(&mut self, desired: &Desired, found: &Found) -> HashSet<RoleKey> {
        let mut replaced = HashSet::new();
        for (key, role) in &desired.roles {
            let of = |permissions: &Permissions| Access {
                company: role.company.clone(),
                role: Some(key.1.clone()),
                permissions: permissions.clone(),
            };
            let step = |op, before: Option<&Permissions>, after: &Permissions| {
                Step::of_access(op, None, &role.company, before.map(of), Some(of(after)))
            };
            let Some(before) = found.roles.get(key) else {
                self.steps.push(step(Op::RoleCreate, None, &role.permissions));
                continue;
            };
            let kept: Permissions =
                before.iter().filter(|name| role.permissions.iter().any(|other| other == *name)).collect();
            if *before == role.permissions {
                self.unchanged += 1;
            } else if kept == *before || kept == role.permissions {
                self.steps.push(step(Op::RoleEdit, Some(before), &role.permissions));
            } else if kept.is_empty() {
                replaced.insert(key.clone());
                self.steps.push(step(Op::RoleEdit, Some(before), &role.permissions));
            } else {
                self.steps.push(step(Op::RoleEdit, Some(before), &kept));
                self.steps.push(step(Op::RoleEdit, Some(&kept), &role.permissions));
            }
        }
        replaced
    }

    fn account(
        &mut self,
        wanted: &DesiredAccount,
        found: Option<&FoundAccount>,
        prune: Prune,
        role: &dyn Fn(CompanyId, &str) -> Option<Permissions>,
    ) {
        let name = found.map_or(&wanted.name, |found| &found.name);
        match (&wanted.owner, found) {
            (Some(owner), Some(found)) if found.owner.id != owner.id => {
                self.findings.push(Violation::new(
                    format!("accounts.{}.owner", wanted.name),
                    "not_owner",
                    format!(
                        "{name} is owned by {}, and the manifest says {owner}; an owner never changes",
                        found.owner
                    ),
                ));
                return;
            }
            (Some(owner), None) => {
                let mut step = Step::of_account(Op::Create, name, owner);
                if let Some(Some(description)) = &wanted.description {
                    step.description = Some(Descriptions { before: None, after: Some(description.clone()) });
                }
                self.steps.push(step);
            }
            (Some(owner), Some(found)) => self.description(wanted, found, owner),
            (None, _) => {}
        }
        let Some(access) = &wanted.access else { return };
        let nothing = BTreeMap::new();
        let present = found.map_or(&nothing, |found| &found.access);
        if prune.access || access.is_empty() {
            // What an account has in its owner company is not external.
            let kept = found.filter(|_| wanted.owner.is_none()).map(|found| found.owner.id);
            let unnamed = |id: &CompanyId| !access.contains_key(id) && kept != Some(*id);
            for (id, before) in present.iter().filter(|(id, _)| unnamed(id)) {
                debug_assert_eq!(*id, before.company.id, "access is kept by its company");
                let step =
                    Step::of_access(Op::Revoke, Some(name), &before.company, Some(before.clone()), None);
                self.steps.push(step);
            }
        }
        for (id, wanted) in access {
            self.access(name, wanted, present.get(id), role);
        }
    }

    fn description(&mut self, wanted: &DesiredAccount, found: &FoundAccount, owner: &Company) {
        let Some(description) = &wanted.description else { return };
        if *description == found.description {
            self.unchanged += 1;
            return;
        }
        let mut step = Step::of_account(Op::Edit, &found.name, owner);
        step.description =
            Some(Descriptions { before: found.description.clone(), after: description.clone() });
        self.steps.push(step);
    }

    fn access(
        &mut self,
        name: &str,
        wanted: &DesiredAccess,
        present: Option<&Access>,
        role: &dyn Fn(CompanyId, &str) -> Option<Permissions>,
    ) {
        let company = &wanted.company;
        let after = match &wanted.access {
            AccessSpec::Role(name) => {
                if present.is_some_and(|access| access.role.as_ref() == Some(name)) {
                    self.unchanged += 1;
                    return;
                }
                let Some(permissions) = role(company.id, name) else {
                    self.findings.push(Violation::new(
                        "role",
                        "unknown_role",
                        format!("{company} has no role {name}"),
                    ));
                    return;
                };
                Access { company: company.clone(), role: Some(name.clone()), permissions }
            }
            AccessSpec::Permissions(names) => {
                let permissions: Permissions = names.iter().collect();
                if present.is_some_and(|access| access.role.is_none() && access.permissions == permissions) {
                    self.unchanged += 1;
                    return;
                }
                Access { company: company.clone(), role: None, permissions }
            }
        };
        self.steps.push(Step::of_access(Op::Grant, Some(name), company, present.cloned(), Some(after)));
    }

    fn prune_accounts(&mut self, desired: &Desired, found: &Found) {
        let owners: HashSet<CompanyId> =
            desired.accounts.values().filter_map(|account| Some(account.owner.as_ref()?.id)).collect();
        let unnamed = found.accounts.iter().filter(|(key, account)| {
            owners.contains(&account.owner.id) && !desired.accounts.contains_key(*key)
        });
        self.steps
            .extend(unnamed.map(|(_, account)| Step::of_account(Op::Delete, &account.name, &account.owner)));
    }

    /// Refuses an account that would go from one replaced role to another: whichever step came first, it would have
    /// permissions that it has neither before nor after.
    fn refuse_circles(&mut self, replaced: &HashSet<RoleKey>) {
        let is_replaced = |access: Option<&Access>| {
            access.is_some_and(|access| {
                access.role.as_ref().is_some_and(|role| replaced.contains(&(access.company.id, role.clone())))
            })
        };
        let circles = self.steps.iter().filter(|step| {
            step.op == Op::Grant && is_replaced(step.before.as_ref()) && is_replaced(step.after.as_ref())
        });
        let refused = circles.map(|step| {
            Violation::new(
                "roles",
                "order",
                format!(
                    "{} goes from one role to another while both get wholly different permissions: change the roles \
                     in one run and the account in the next",
                    step.subject()
                ),
            )
        });
        let refused: Vec<Violation> = refused.collect();
        self.findings.extend(refused);
    }
}

/// The last phase.
pub const LAST: usize = 6;

/// The phase of each step: steps of one phase may run side by side, those of the next when it has ended.
///
/// What takes away comes first. A role that loses and gains is cut down first and extended last, so that an account
/// that goes to it or leaves it in between never has what it has neither before nor after. A role that keeps nothing is
/// replaced at once, after every account that leaves it and before every account that goes to it.
pub fn phases(steps: &[Step]) -> Vec<usize> {
    let replaced: HashSet<(CompanyId, &str)> = steps
        .iter()
        .filter(|step| step.op == Op::RoleEdit && !step.lost.is_empty() && !step.gained.is_empty())
        .filter_map(Step::role)
        .collect();
    let is_onto_replaced = |step: &Step| {
        step.after.as_ref().is_some_and(|after| {
            after.role.as_deref().is_some_and(|role| replaced.contains(&(after.company.id, role)))
        })
    };
    let phase = |step: &Step| match step.op {
        Op::RoleCreate => 0,
        Op::RoleEdit if step.gained.is_empty() => 0,
        Op::Revoke | Op::Delete => 1,
        Op::Grant if is_onto_replaced(step) => 5,
        Op::Grant if step.gained.is_empty() => 1,
        Op::Create | Op::Edit | Op::Rotate => 2,
        Op::Grant => 3,
        // Only now: an account that goes to a replaced role may leave a role that is extended.
        Op::RoleEdit if step.lost.is_empty() => LAST,
        Op::RoleEdit | Op::RoleDelete => 4,
    };
    steps.iter().map(phase).collect()
}

/// Which earlier failures make a step impossible, or would give an account more than before or after.
#[derive(Debug, Default)]
pub struct Failures {
    accounts: HashSet<String>,
    roles: HashSet<RoleKey>,
    /// Roles that an account could not leave.
    kept: HashMap<RoleKey, String>,
}

impl Failures {
    /// Remembers that `step` was not carried out.
    pub fn add(&mut self, step: &Step) {
        match step.op {
            Op::Create => self.accounts.extend(step.account_key()),
            Op::RoleCreate | Op::RoleEdit | Op::RoleDelete => {
                self.roles.extend(step.role().map(|(company, role)| (company, role.to_owned())));
            }
            Op::Grant | Op::Revoke => {
                let role = step.before.as_ref().and_then(|before| before.role.clone());
                if let Some(role) = role {
                    let account = step.account.clone().unwrap_or_default();
                    self.kept.insert((step.company.id, role), account);
                }
            }
            Op::Delete | Op::Edit | Op::Rotate => {}
        }
    }

    /// Why `step` must not be carried out any more.
    pub fn hinder(&self, step: &Step) -> Option<String> {
        if let Some((company, role)) = step.role() {
            let key = (company, role.to_owned());
            if self.roles.contains(&key) {
                return Some("an earlier step of this role failed".to_owned());
            }
            if let Some(account) = self.kept.get(&key).filter(|_| !step.gained.is_empty()) {
                return Some(format!("{account} could not leave the role, and would gain from it"));
            }
        }
        if step.account_key().is_some_and(|key| self.accounts.contains(&key)) {
            return Some("the account could not be created".to_owned());
        }
        let after = step.after.as_ref().filter(|_| !step.op.is_of_role())?;
        let key = (after.company.id, after.role.clone()?);
        self.roles.contains(&key).then(|| format!("a step of the role {} failed", key.1))
    }
}

#[cfg(test)]
mod tests;
