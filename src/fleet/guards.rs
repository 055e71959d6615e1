//! Safety limits: what stops a run before its first request that changes anything.
//!
//! Responsible for finding every reason at once. Refuses I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::api::session::Kind;
use crate::context::KnownIdentity;
use crate::domain::{AccountName, Company, CompanyId, Violation};
use crate::output::{Op, Step};

use super::desired::Found;

/// The share that a company or an account may lose without `--max-changes`.
const MOST_PERCENT: u64 = 30;
/// The number of losses below which a share is always allowed.
const FEW: u64 = 10;

/// `--max-changes N|P%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxChanges {
    /// At most this many steps.
    Steps(u64),
    /// At most this share of what a company or an account has.
    Percent(u64),
}

impl FromStr for MaxChanges {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "it must be a number of steps, or a share such as 50%";
        match text.strip_suffix('%') {
            Some(percent) => {
                percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent).ok_or(WRONG)
            }
            None => text.parse().map(Self::Steps).map_err(|_| WRONG),
        }
    }
}

/// The limits of a run.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// `--max-changes`.
    pub max_changes: Option<MaxChanges>,
    /// Whether the purpose of the command is to empty companies.
    pub empties_companies: bool,
    /// The caller.
    pub me: &'a KnownIdentity,
}

/// Every limit that these steps break.
pub fn check(steps: &[Step], found: &Found, limits: Limits<'_>) -> Vec<Violation> {
    let mut reasons = Vec::new();
    if let Some(MaxChanges::Steps(most)) = limits.max_changes
        && steps.len() as u64 > most
    {
        let message = format!("the plan has {} steps, and --max-changes allows {most}", steps.len());
        reasons.push(Violation::new("max_changes", "max_changes", message));
    }
    match limits.max_changes {
        Some(MaxChanges::Steps(_)) => {}
        Some(MaxChanges::Percent(percent)) => losses(steps, found, percent, 0, limits, &mut reasons),
        None => losses(steps, found, MOST_PERCENT, FEW, limits, &mut reasons),
    }
    reasons.extend(lockout(steps, limits.me));
    reasons
}

/// The accounts that no step may touch, and that have a role which a step changes.
pub fn protected_holders(steps: &[Step], found: &Found, protected: &BTreeSet<String>) -> Vec<Violation> {
    let mut reasons = BTreeSet::new();
    for step in steps {
        let Some((id, role)) = step.role() else { continue };
        let holders = found.holders.get(&(id, role.to_owned())).into_iter().flatten();
        reasons.extend(holders.filter(|name| protected.contains(&AccountName::key_of(name))).map(|name| {
            format!("{name} is protected, and has the role {role} in {}: no step may change it", step.company)
        }));
    }
    reasons.into_iter().map(|why| Violation::new("protected", "protected", why)).collect()
}

/// Whether so many of these steps take away that a share may be too much. What there is in all is not known here.
pub fn may_be_too_much(steps: &[Step]) -> bool {
    steps.iter().filter(|step| step.takes_away()).count() as u64 >= FEW
}

/// Companies and accounts that would lose too much.
fn losses(
    steps: &[Step],
    found: &Found,
    percent: u64,
    few: u64,
    limits: Limits<'_>,
    reasons: &mut Vec<Violation>,
) {
    let mut of_accounts: BTreeMap<String, u64> = BTreeMap::new();
    let mut of_companies: BTreeMap<CompanyId, (String, u64)> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.takes_away()) {
        let Some((id, role)) = step.role() else { continue };
        // What a role loses, each account that has it loses.
        let holders = found.holders.get(&(id, role.to_owned())).map_or(&[][..], Vec::as_slice);
        for name in holders {
            *of_accounts.entry(AccountName::key_of(name)).or_default() += 1;
        }
        let company = of_companies.entry(id).or_insert_with(|| (step.company.to_string(), 0));
        company.1 += holders.len() as u64;
    }
    let mut loses = |company: &Company| {
        of_companies.entry(company.id).or_insert_with(|| (company.to_string(), 0)).1 += 1;
    };
    for step in steps.iter().filter(|step| step.takes_away() && !step.op.is_of_role()) {
        let key = step.account_key().unwrap_or_default();
        loses(&step.company);
        if step.op == Op::Delete {
            // It loses all that it has; so does each company where it has something.
            let everywhere = found.accounts.get(&key).into_iter().flat_map(|account| account.access.values());
            let elsewhere = everywhere.filter(|access| access.company.id != step.company.id);
            elsewhere.for_each(|access| loses(&access.company));
        } else {
            *of_accounts.entry(key).or_default() += 1;
        }
    }
    let is_too_much = |lost: u64, all: u64| lost >= few.max(1) && lost * 100 > all.max(lost) * percent;
    for (key, lost) in of_accounts {
        let Some(account) = found.accounts.get(&key) else { continue };
        let all = account.access.len() as u64;
        if is_too_much(lost, all) {
            let message =
                format!("{} would lose {lost} of its {all} accesses, more than {percent} %", account.name);
            reasons.push(Violation::new("account", "too_much", message));
        }
    }
    if limits.empties_companies {
        return;
    }
    let mut in_companies: BTreeMap<CompanyId, u64> = BTreeMap::new();
    for account in found.accounts.values() {
        for company in account.access.keys() {
            *in_companies.entry(*company).or_default() += 1;
        }
    }
    for (id, (company, lost)) in of_companies {
        let all = in_companies.get(&id).copied().unwrap_or_default();
        if is_too_much(lost, all) {
            let message = format!(
                "{company} would lose {lost} of the {} accesses there, more than {percent} %",
                all.max(lost)
            );
            reasons.push(Violation::new("company", "too_much", message));
        }
    }
}

/// Steps with which the caller would change their own access.
fn lockout(steps: &[Step], me: &KnownIdentity) -> Vec<Violation> {
    // If the server does not tell the kind, the name alone decides: a needless refusal is better than a lockout.
    let own = me.name.as_deref().filter(|_| me.kind != Some(Kind::User));
    let key = own.map(AccountName::key_of);
    let mut reasons = Vec::new();
    if let Some(own) = own.filter(|_| steps.iter().any(|step| step.account_key() == key)) {
        let message = format!("you are signed in as {own}, and cannot change your own access");
        reasons.push(Violation::new("account", "lockout", message));
    }
    let has_role = |company: CompanyId, role: &str| {
        me.companies.iter().any(|access| access.company.id == company && access.role.as_deref() == Some(role))
    };
    for step in steps.iter().filter(|step| step.takes_away()) {
        if let Some((_, role)) = step.role().filter(|(company, role)| has_role(*company, role)) {
            let message = format!("you have the role {role} in {}, and cannot change it", step.company);
            reasons.push(Violation::new("roles", "lockout", message));
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::super::desired::FoundAccount;
    use super::*;
    use crate::api::Access;

    fn company(id: i64) -> Company {
        Company { id: CompanyId(id), name: format!("c{id}") }
    }

    fn access(id: i64) -> Access {
        Access { company: company(id), role: None, permissions: ["devices:view"].into_iter().collect() }
    }

    fn found(accesses: i64) -> Found {
        let access = (1..=accesses).map(|id| (CompanyId(id), access(id))).collect();
        let account =
            FoundAccount { name: "Bot".into(), owner: company(1), description: None, access, elsewhere: 0 };
        Found { accounts: [("bot".to_owned(), account)].into(), ..Found::default() }
    }

    fn revokes(count: i64) -> Vec<Step> {
        (1..=count)
            .map(|id| Step::of_access(Op::Revoke, Some("Bot"), &company(id), Some(access(id)), None))
            .collect()
    }

    fn me(name: &str) -> KnownIdentity {
        KnownIdentity {
            name: Some(name.into()),
            kind: Some(Kind::ServiceAccount),
            companies: vec![],
            has_rights: false,
        }
    }

    fn codes(
        steps: &[Step],
        found: &Found,
        max_changes: Option<MaxChanges>,
        me: &KnownIdentity,
    ) -> Vec<String> {
        let limits = Limits { max_changes, empties_companies: false, me };
        check(steps, found, limits).into_iter().map(|reason| reason.code.into_owned()).collect()
    }

    #[test]
    fn more_than_thirty_percent_and_ten_are_refused_unless_asked_for() {
        let me = me("other");
        assert_eq!(codes(&revokes(9), &found(9), None, &me), Vec::<String>::new());
        assert_eq!(codes(&revokes(10), &found(30), None, &me), ["too_much"]);
        assert_eq!(codes(&revokes(10), &found(40), None, &me), Vec::<String>::new());
        assert_eq!(codes(&revokes(10), &found(30), Some(MaxChanges::Steps(10)), &me), Vec::<String>::new());
        assert_eq!(codes(&revokes(10), &found(30), Some(MaxChanges::Steps(9)), &me), ["max_changes"]);
        assert_eq!(
            codes(&revokes(2), &found(30), Some(MaxChanges::Percent(5)), &me),
            ["too_much", "too_much", "too_much"]
        );
    }

    /// A company may lose what accounts of others have there by their deletion.
    #[test]
    fn a_deletion_takes_away_in_every_company() {
        let me = me("other");
        let account = |number: i64| FoundAccount {
            name: format!("bot-{number}"),
            owner: company(1),
            description: None,
            access: [(CompanyId(14), access(14))].into(),
            elsewhere: 0,
        };
        let accounts = (0..60).map(|number| (format!("bot-{number}"), account(number)));
        let found = Found { accounts: accounts.collect(), ..Found::default() };
        let deletions = |count: i64| -> Vec<Step> {
            (0..count)
                .map(|number| Step::of_account(Op::Delete, &format!("bot-{number}"), &company(1)))
                .collect()
        };
        let limits = Limits { max_changes: None, empties_companies: false, me: &me };
        assert!(check(&deletions(9), &found, limits).is_empty());
        let reasons = check(&deletions(20), &found, limits);
        assert!(
            reasons.iter().any(|why| why.message.starts_with("c14 (14) would lose 20 of")),
            "{reasons:?}"
        );
    }

    #[test]
    fn a_caller_cannot_change_itself() {
        assert_eq!(codes(&revokes(1), &found(9), None, &me("bot")), ["lockout"]);
    }

    #[test]
    fn a_limit_is_a_number_or_a_share() {
        assert_eq!("50%".parse(), Ok(MaxChanges::Percent(50)));
        assert_eq!("7".parse(), Ok(MaxChanges::Steps(7)));
        assert!("x".parse::<MaxChanges>().is_err() && "101%".parse::<MaxChanges>().is_err());
    }
}
