//! Plans of commands that name accounts and companies: each of the accounts in each of the companies.
//!
//! Responsible for the steps of `grant`, `revoke`, `delete`, `onboard`, `offboard` and `rotate` over several accounts.
//! Refuses I/O.

use std::collections::BTreeSet;

use crate::api::access::{AccessSpec, AdjustPermissions};
use crate::api::{Access, Permissions};
use crate::domain::pattern::{is_pattern, matches};
use crate::domain::{AccountName, Company, CompanyId, Violation};
use crate::output::{Op, Step};

use crate::text::suggest::nearest;

use super::desired::{Found, FoundAccount};
use super::plan::Plan;

/// What accounts get.
#[derive(Clone, Debug)]
pub enum Give {
    /// This, in place of what is there.
    Set(AccessSpec),
    /// More or fewer permissions of an individual list.
    Adjust(AdjustPermissions),
    /// What each has in this company.
    Like(CompanyId),
}

/// The accounts among those found that the words mean, which are names or patterns. A name that was not found stays as
/// it is: the account may be one that the companies do not see yet.
///
/// # Errors
/// The patterns that match nothing.
pub fn named(words: &[String], found: &Found) -> Result<Vec<String>, Vec<String>> {
    let (mut names, mut missing) = (Vec::new(), Vec::new());
    let mut known = BTreeSet::new();
    for word in words {
        let before = names.len();
        let mut add = |name: &str| {
            if known.insert(AccountName::key_of(name)) {
                names.push(name.to_owned());
            }
        };
        if is_pattern(word) {
            let all: Vec<&FoundAccount> =
                found.accounts.values().filter(|account| matches(word, &account.name)).collect();
            for account in &all {
                add(&account.name);
            }
            if all.is_empty() && names.len() == before {
                missing.push(word.clone());
            }
        } else {
            add(found.accounts.get(&AccountName::key_of(word)).map_or(word, |account| &account.name));
        }
    }
    if missing.is_empty() { Ok(names) } else { Err(missing) }
}

/// Gives access to each of the accounts in each of the companies.
pub fn grants(found: &Found, names: &[String], companies: &[Company], give: &Give) -> Plan {
    let mut plan = Plan::default();
    for name in names {
        let account = found.accounts.get(&AccountName::key_of(name));
        if account.is_none() && !may_be_unseen(give) {
            plan.findings.push(unseen(name, found));
            continue;
        }
        for company in companies {
            let before = account.and_then(|account| account.access.get(&company.id));
            match after(found, account, company, before, give) {
                Ok(None) => plan.unchanged += 1,
                Ok(Some(after)) if before == Some(&after) => plan.unchanged += 1,
                Ok(Some(after)) => {
                    let step = Step::of_access(Op::Grant, Some(name), company, before.cloned(), Some(after));
                    plan.steps.push(step);
                }
                Err((code, why)) => {
                    plan.findings.push(Violation::new("access", code, format!("{name} in {company}: {why}")));
                }
            }
        }
    }
    plan.steps.sort_by_key(|step| !step.gained.is_empty());
    plan
}

/// The access after it; `None` where nothing is to be done.
fn after(
    found: &Found,
    account: Option<&FoundAccount>,
    company: &Company,
    before: Option<&Access>,
    give: &Give,
) -> Result<Option<Access>, (&'static str, String)> {
    let of = |spec: &AccessSpec| match spec {
        AccessSpec::Role(role) => {
            let permissions = found.role(company.id, role);
            let permissions =
                permissions.ok_or_else(|| ("unknown_role", format!("there is no role {role}")))?;
            Ok(Access { company: company.clone(), role: Some(role.clone()), permissions })
        }
        AccessSpec::Permissions(names) => {
            Ok(Access { company: company.clone(), role: None, permissions: names.iter().collect() })
        }
    };
    match give {
        Give::Set(spec) => {
            let same_role = before.is_some_and(|before| {
                before.role.is_some()
                    && matches!(spec, AccessSpec::Role(role) if before.role.as_ref() == Some(role))
            });
            if same_role { Ok(None) } else { of(spec).map(Some) }
        }
        Give::Like(other) => match account.and_then(|account| account.access.get(other)) {
            None => Ok(None),
            Some(access) => {
                let spec = match &access.role {
                    Some(role) => AccessSpec::Role(role.clone()),
                    None => AccessSpec::Permissions(access.permissions.iter().map(str::to_owned).collect()),
                };
                of(&spec).map(Some)
            }
        },
        Give::Adjust(adjust) => {
            if let Some(role) = before.and_then(|before| before.role.as_ref()) {
                let why =
                    format!("it has the role {role}; only a list of individual permissions can be adjusted");
                return Err(("not_individual", why));
            }
            let mut names: BTreeSet<String> =
                before.iter().flat_map(|before| before.permissions.iter().map(str::to_owned)).collect();
            names.extend(adjust.add.iter().cloned());
            names.retain(|name| !adjust.remove.contains(name));
            if names.is_empty() {
                return match before {
                    None => Ok(None),
                    Some(_) => Err((
                        "empty_access",
                        "no permission would be left: remove the access instead".to_owned(),
                    )),
                };
            }
            let permissions: Permissions = names.iter().collect();
            Ok(Some(Access { company: company.clone(), role: None, permissions }))
        }
    }
}

/// Whether an account that was not found may be meant: it may get its first access here.
fn may_be_unseen(give: &Give) -> bool {
    match give {
        Give::Set(_) => true,
        Give::Adjust(adjust) => !adjust.add.is_empty(),
        Give::Like(_) => false,
    }
}

/// The finding about a name that is not that of an account which the caller can see.
fn unseen(name: &str, found: &Found) -> Violation {
    let names = found.accounts.values().map(|account| account.name.as_str());
    let near = nearest(name, names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    let message =
        format!("no account {name} is owned by the active company or has access in these companies{near}");
    Violation::new("accounts", "not_found", message)
}

/// Removes the access of each of the accounts in each of the companies. A name that was not found is a finding: a
/// mistyped name must not look as if its access had been removed.
pub fn revokes(found: &Found, names: &[String], companies: &[Company]) -> Plan {
    let mut plan = Plan::default();
    for name in names {
        let account = found.accounts.get(&AccountName::key_of(name));
        if account.is_none() {
            plan.findings.push(unseen(name, found));
            continue;
        }
        for company in companies {
            match account.and_then(|account| account.access.get(&company.id)) {
                Some(before) => {
                    let step = Step::of_access(Op::Revoke, Some(name), company, Some(before.clone()), None);
                    plan.steps.push(step);
                }
                None => plan.unchanged += 1,
            }
        }
    }
    plan
}

/// Deletes each of the accounts, which `owner` owns.
pub fn deletions(names: &[String], owner: &Company) -> Plan {
    let steps = names.iter().map(|name| Step::of_account(Op::Delete, name, owner)).collect();
    Plan { steps, ..Plan::default() }
}

/// Sets a new password for each of the accounts, which `owner` owns.
pub fn rotations(names: &[String], owner: &Company) -> Plan {
    let steps = names.iter().map(|name| Step::of_account(Op::Rotate, name, owner)).collect();
    Plan { steps, ..Plan::default() }
}
