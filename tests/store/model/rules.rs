//! The rules of access over plain maps, written from the contract and from nothing of the platform.

use std::collections::{BTreeMap, BTreeSet};

use sactl::domain::PermissionSet as Set;

use super::operation::{Call, Company, Held, Operation};

/// Status and code; the code of a success is empty.
pub(super) type Answer = (u16, &'static str);
type Outcome = Result<Answer, Answer>;

pub(super) const DEFAULT_ROLES: [&str; 3] = ["company-admin", "operator", "viewer"];
const OPERATIONAL: &str =
    "devices alerts vpn-networks vpn-roadwarriors vpn-settings fields views proxy-links service-accounts";
const NOT_FOUND: Answer = (404, "not_found");
const INVALID: Answer = (422, "invalid_input");
const ESCALATION: Answer = (403, "escalation");
const ON_ONESELF: Answer = (403, "self_modification");

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Account {
    pub(super) owner: Company,
    pub(super) description: Option<String>,
    pub(super) access: BTreeMap<Company, Held>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// What humans hold: nothing here changes it, but what a role comes to.
    pub(super) people: BTreeMap<String, BTreeMap<Company, Held>>,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) roles: BTreeMap<(Company, String), Set>,
    /// The accounts whose tokens were ended.
    pub(super) ended: BTreeSet<String>,
    /// How many records the log of each company has.
    pub(super) records: BTreeMap<Company, i64>,
}

impl Model {
    /// What the holders of a role may do.
    pub(super) fn role(&self, company: Company, name: &str) -> Option<Set> {
        let those = |wanted: &dyn Fn(&str) -> bool| {
            Some(Set::known(Set::ALL.names().into_iter().filter(|name| wanted(name))))
        };
        let is_view = |name: &str| name.ends_with(":view");
        let is_operational =
            |name: &str| OPERATIONAL.split(' ').any(|one| name.split(':').next() == Some(one));
        match name {
            "company-admin" => Some(Set::ALL),
            "viewer" => those(&is_view),
            "operator" => those(&|name| is_view(name) || is_operational(name)),
            _ => self.roles.get(&(company, name.to_owned())).copied(),
        }
    }

    /// What access comes to; `None` where it cannot be given.
    pub(super) fn worth(&self, company: Company, held: &Held) -> Option<Set> {
        match held {
            Held::List(set) => Some(*set).filter(|set| !set.is_empty()),
            Held::Role(role) => self.role(company, role),
        }
    }

    pub(super) fn held(&self, who: &str, company: Company) -> Option<&Held> {
        let access = self.people.get(who).or_else(|| Some(&self.accounts.get(who)?.access))?;
        access.get(&company)
    }

    /// The same as permissions; not to be a member is to have none.
    fn permissions(&self, who: &str, company: Company) -> Set {
        self.held(who, company).and_then(|held| self.worth(company, held)).unwrap_or_default()
    }

    /// What the caller holds in the company, if this is in it.
    fn enter(&self, who: &str, company: Company, needed: &str) -> Result<Set, Answer> {
        let held = self.permissions(who, company);
        if held.contains(needed.parse().unwrap()) {
            return Ok(held);
        }
        Err(if held.is_empty() { NOT_FOUND } else { (403, "missing_permission") })
    }

    /// Carries out an operation of a caller and says how it is answered.
    pub(super) fn answer(&mut self, call: &Call<'_>) -> Answer {
        let outcome = match call.asked {
            _ if self.ended.contains(call.who) => return (401, "unauthenticated"),
            Operation::ShowRole => self.show_role(call),
            Operation::Create(access) => self.create(call, access),
            asked if asked.is_about_role() => self.on_role(call),
            _ => self.on_account(call),
        };
        outcome.unwrap_or_else(|refused| refused)
    }

    fn show_role(&self, Call { who, company, name, .. }: &Call<'_>) -> Outcome {
        self.enter(who, *company, "roles:view")?;
        self.role(*company, name).map(|_| (200, "")).ok_or(NOT_FOUND)
    }

    fn create(&mut self, call: &Call<'_>, given: &BTreeMap<Company, Held>) -> Outcome {
        let Call { who, company: owner, name, .. } = *call;
        let mut mine = BTreeMap::from([(owner, self.enter(who, owner, "service-accounts:create")?)]);
        for company in given.keys().filter(|company| **company != owner) {
            mine.insert(*company, self.enter(who, *company, "service-accounts:edit")?);
        }
        let worth = given.iter().map(|(company, held)| Some((company, self.worth(*company, held)?)));
        let worth: Vec<_> = worth.collect::<Option<_>>().ok_or(INVALID)?;
        if worth.iter().any(|(company, set)| !set.is_subset(mine[company])) {
            return Err(ESCALATION);
        }
        if self.accounts.contains_key(name) {
            return Err((409, "name_taken"));
        }
        self.record(mine.into_keys());
        self.accounts.insert(name.to_owned(), Account { owner, description: None, access: given.clone() });
        Ok((201, ""))
    }

    fn on_account(&mut self, call: &Call<'_>) -> Outcome {
        use Operation::{Adjust, Delete, Edit, Remove, Reset, Set as Give, Show};
        let Call { who, company, name, asked } = *call;
        let verb = match asked {
            Show => "view",
            Delete => "delete",
            _ => "edit",
        };
        let mine = self.enter(who, company, &format!("service-accounts:{verb}"))?;
        let account = self.accounts.get(name).ok_or(NOT_FOUND)?;
        let (before, mut after) = (account.access.get(&company), account.clone());
        let about_access = matches!(asked, Give(_) | Adjust(..) | Remove);
        let sees = || about_access && self.enter(who, account.owner, "service-accounts:view").is_ok();
        if account.owner != company && before.is_none() && !sees() {
            return Err(NOT_FOUND);
        }
        if matches!(asked, Edit(_) | Reset(_) | Delete) && account.owner != company {
            return Err((403, "not_owner"));
        }
        if who == name && (about_access || matches!(asked, Delete)) {
            return Err(ON_ONESELF);
        }
        let old = self.permissions(name, company);
        let wanted = match asked {
            Give(wanted) => Some(wanted.clone()),
            Adjust(..) if matches!(before, Some(Held::Role(_))) => return Err(INVALID),
            Adjust(add, remove) => Some(Held::List(adjusted(old, *add, *remove))),
            _ => None,
        };
        let status = if wanted.is_some() && before.is_none() { 201 } else { 200 };
        if let Some(wanted) = wanted {
            let new = self.worth(company, &wanted).ok_or(INVALID)?;
            (new - old).is_subset(mine).then_some(()).ok_or(ESCALATION)?;
            after.access.insert(company, wanted);
        }
        match asked {
            Edit(text) => after.description.clone_from(text),
            Remove => drop(after.access.remove(&company)),
            Reset(with_present) => self.may_reset(call, *with_present)?,
            _ => {}
        }
        if matches!(asked, Reset(_) | Delete) {
            self.ended.insert(name.to_owned());
            self.record(after.access.keys().copied().chain([company]));
        } else if self.accounts[name] != after {
            self.record([company]);
        }
        self.accounts.insert(name.to_owned(), after);
        self.accounts.retain(|one, _| one != name || !matches!(asked, Delete));
        Ok((status, ""))
    }

    /// A password is reset by an admin of the owner, or by who holds everything that the account holds, everywhere.
    fn may_reset(&self, call: &Call<'_>, with_present: bool) -> Result<(), Answer> {
        let Call { who, company, name, .. } = *call;
        let covered =
            |company: &Company| self.permissions(name, *company).is_subset(self.permissions(who, *company));
        let is_admin = self.held(who, company) == Some(&Held::role(DEFAULT_ROLES[0]));
        if who == name && !with_present {
            return Err(INVALID);
        }
        let is_allowed = is_admin || self.accounts[name].access.keys().all(covered);
        if is_allowed { Ok(()) } else { Err(ESCALATION) }
    }

    fn record(&mut self, companies: impl IntoIterator<Item = Company>) {
        let companies: BTreeSet<_> = companies.into_iter().collect();
        for company in companies {
            *self.records.entry(company).or_default() += 1;
        }
    }

    /// How many in the company hold the role.
    pub(super) fn holders(&self, company: Company, role: &str) -> usize {
        let people = self.people.values().chain(self.accounts.values().map(|account| &account.access));
        people.filter(|access| access.get(&company) == Some(&Held::role(role))).count()
    }

    fn on_role(&mut self, call: &Call<'_>) -> Outcome {
        use Operation::{AdjustRole, CreateRole, DeleteRole, SetRole};
        let Call { who, company, name, asked } = *call;
        let mine = self.enter(who, company, "roles:manage")?;
        let key = (company, name.to_owned());
        let known = self.roles.get(&key).copied();
        let old = match (asked, known) {
            (CreateRole(_), _) if name.len() < 2 => return Err(INVALID),
            (CreateRole(_), _) => Set::EMPTY,
            _ if DEFAULT_ROLES.contains(&name) => return Err(INVALID),
            (_, None) => return Err(NOT_FOUND),
            _ if self.held(who, company) == Some(&Held::role(name)) => return Err(ON_ONESELF),
            (_, Some(old)) => old,
        };
        let new = match asked {
            CreateRole(set) | SetRole(set) => *set,
            AdjustRole(add, remove) => adjusted(old, *add, *remove),
            _ => Set::EMPTY,
        };
        let is_new = matches!(asked, CreateRole(_));
        match asked {
            DeleteRole if self.holders(company, name) > 0 => return Err((409, "role_in_use")),
            DeleteRole => drop(self.roles.remove(&key)),
            _ if new.is_empty() => return Err(INVALID),
            _ if !(new - old).is_subset(mine) => return Err(ESCALATION),
            _ if is_new && self.role(company, name).is_some() => return Err((409, "name_taken")),
            _ => drop(self.roles.insert(key, new)),
        }
        self.record((new != old).then_some(company));
        Ok((if is_new { 201 } else { 200 }, ""))
    }
}

/// Empty, and so refused, where a permission is both added and removed.
fn adjusted(old: Set, add: Set, remove: Set) -> Set {
    if (add & remove).is_empty() { (old | add) - remove } else { Set::EMPTY }
}
