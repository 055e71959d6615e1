//! From manifests to what is wanted.
//!
//! Responsible for the companies and permissions that the entries of manifests mean, and for entries that contradict
//! each other. Refuses a manifest with any fault, and names all of them.

use std::collections::{BTreeMap, HashMap};

use crate::api::access::AccessSpec;
use crate::domain::company_set::{self, CompanyIndex, CompanyItem, UnresolvedCompany};
use crate::domain::pattern::{is_pattern, written_out};
use crate::domain::{AccountName, Company, CompanyId, Violation};

use super::desired::{Desired, DesiredAccess, DesiredAccount, DesiredRole};
use super::lines::Position;
use super::manifest::Source;
use super::selectors::Sets;
use crate::output::{AccessEntry, AccountEntry, Companies};

/// The word for every company of the caller.
const ALL: &str = "all";

/// What the entries of manifests are resolved with.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The companies of the caller.
    pub companies: &'a CompanyIndex<'a>,
    /// The sets of the configuration file.
    pub sets: &'a Sets,
    /// The catalogue of permissions; empty where no manifest has a pattern.
    pub permissions: &'a [String],
}

/// Whether a manifest has a pattern of permissions.
pub fn has_patterns(sources: &[Source]) -> bool {
    let entries = sources.iter().flat_map(|source| {
        let accounts = source.manifest.accounts.values().filter_map(|account| account.access.as_ref());
        let externals = source.manifest.external.values().map(|account| &account.access);
        let accesses = accounts.chain(externals).flatten().filter_map(|entry| entry.permissions.as_ref());
        accesses.chain(source.manifest.roles.iter().map(|role| &role.permissions))
    });
    entries.flatten().any(|name| is_pattern(name))
}

/// What the manifests want together.
///
/// # Errors
/// Every fault, with the file and the place in it.
pub fn desired(sources: &[Source], known: Known<'_>) -> Result<Desired, Vec<Violation>> {
    let mut resolver = Resolver { known, desired: Desired::default(), faults: Vec::new() };
    for source in sources {
        resolver.source(source);
    }
    if resolver.faults.is_empty() { Ok(resolver.desired) } else { Err(located(&resolver.faults, sources)) }
}

/// The faults with the lines where they are.
fn located(faults: &[Fault], sources: &[Source]) -> Vec<Violation> {
    let files: HashMap<&str, _> =
        sources.iter().map(|source| (source.name.as_str(), source.lines())).collect();
    let violation = |Fault { file, path, code, message }: &Fault| {
        let position = files.get(file.as_str()).and_then(|lines| lines.of(path));
        let at = match position {
            Some(Position { line, column }) => format!("{file}: line {line}, column {column}: {path}"),
            None => format!("{file}: {path}"),
        };
        Violation::new(at, code, message.clone())
    };
    faults.iter().map(violation).collect()
}

struct Resolver<'a> {
    known: Known<'a>,
    desired: Desired,
    faults: Vec<Fault>,
}

/// A place in a file, for messages.
struct Place<'a> {
    file: &'a str,
    path: String,
}

/// What is wrong at a place.
struct Fault {
    file: String,
    path: String,
    code: &'static str,
    message: String,
}

impl Resolver<'_> {
    /// Notes what is wrong at `more` below the place.
    fn fault(&mut self, place: &Place<'_>, more: &str, code: &'static str, message: impl Into<String>) {
        let path = format!("{}{more}", place.path);
        self.faults.push(Fault { file: place.file.to_owned(), path, code, message: message.into() });
    }

    fn source(&mut self, source: &Source) {
        let file = source.name.as_str();
        if source.manifest.company_sets.contains_key(ALL) {
            let place = Place { file, path: format!("company_sets.{ALL}") };
            let message = format!("{ALL} means every company; give the set another name");
            self.fault(&place, "", "usage", message);
        }
        for (name, entry) in &source.manifest.accounts {
            let place = Place { file, path: format!("accounts.{name}") };
            self.account(name, entry, source, &place);
        }
        for (name, entry) in &source.manifest.external {
            let place = Place { file, path: format!("external.{name}") };
            let access = self.accesses(&entry.access, source, &place);
            let wanted =
                DesiredAccount { name: name.clone(), owner: None, description: None, access: Some(access) };
            self.merge(wanted, &place);
        }
        for (index, role) in source.manifest.roles.iter().enumerate() {
            let place = Place { file, path: format!("roles[{index}]") };
            let Some(company) = self.company(&role.company, &place) else { continue };
            let permissions = self.permissions(&role.permissions, &place);
            if permissions.is_empty() {
                self.fault(&place, ".permissions", "empty_access", "a role needs at least one permission");
            }
            let key = (company.id, role.name.clone());
            let wanted = DesiredRole { company, permissions: permissions.iter().collect() };
            match self.desired.roles.get(&key) {
                Some(other) if other.permissions != wanted.permissions => {
                    let message = format!(
                        "two entries want different permissions for role {} of {}",
                        role.name, wanted.company
                    );
                    self.fault(&place, "", "contradiction", message);
                }
                _ => {
                    self.desired.roles.insert(key, wanted);
                }
            }
        }
        for (index, name) in source.manifest.protected.iter().enumerate() {
            let place = Place { file, path: format!("protected[{index}]") };
            if AccountName::new(name.as_str()).is_err() {
                let message = format!("{name} is not the name of an account, and protects none");
                self.fault(&place, "", "invalid_name", message);
            }
            self.desired.protected.insert(AccountName::key_of(name));
        }
    }

    fn account(&mut self, name: &str, entry: &AccountEntry, source: &Source, place: &Place<'_>) {
        if let Err(violation) = AccountName::new(name) {
            self.fault(place, "", "invalid_name", violation.message.into_owned());
        }
        let owner =
            self.company(&entry.owner, &Place { file: place.file, path: format!("{}.owner", place.path) });
        let access = entry.access.as_ref().map(|entries| self.accesses(entries, source, place));
        let empty_is_none = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let description = entry.description.as_ref().map(empty_is_none);
        let Some(owner) = owner else { return };
        let wanted = DesiredAccount { name: name.to_owned(), owner: Some(owner), description, access };
        self.merge(wanted, place);
    }

    /// Adds an account; entries of several files about one account count together.
    fn merge(&mut self, wanted: DesiredAccount, place: &Place<'_>) {
        let key = AccountName::key_of(&wanted.name);
        let Some(present) = self.desired.accounts.get_mut(&key) else {
            self.desired.accounts.insert(key, wanted);
            return;
        };
        let mut contradictions = Vec::new();
        if present.owner.as_ref().map(|owner| owner.id) != wanted.owner.map(|owner| owner.id) {
            contradictions.push("its owner".to_owned());
        }
        match (&present.description, wanted.description) {
            (Some(one), Some(other)) if *one != other => contradictions.push("its description".to_owned()),
            (None, other) => present.description = other,
            _ => {}
        }
        if let Some(access) = wanted.access {
            if present.access.as_ref().is_some_and(|other| other.is_empty() != access.is_empty()) {
                contradictions.push("its access: one of them is an empty list, which means none".to_owned());
            }
            let all = present.access.get_or_insert_default();
            for (id, access) in access {
                let company = access.company.clone();
                let other = all.insert(id, access);
                if other.is_some_and(|other| all.get(&id).is_some_and(|access| access.access != other.access))
                {
                    contradictions.push(format!("its access in {company}"));
                }
            }
        }
        let name = wanted.name;
        for what in contradictions {
            self.fault(
                place,
                "",
                "contradiction",
                format!("two entries of {name} say different things about {what}"),
            );
        }
    }

    fn accesses(
        &mut self,
        entries: &[AccessEntry],
        source: &Source,
        place: &Place<'_>,
    ) -> BTreeMap<CompanyId, DesiredAccess> {
        let mut all: BTreeMap<CompanyId, DesiredAccess> = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let place = Place { file: place.file, path: format!("{}.access[{index}]", place.path) };
            let access = match (&entry.role, &entry.permissions) {
                (Some(role), None) => AccessSpec::Role(role.clone()),
                (None, Some(names)) => {
                    let names = self.permissions(names, &place);
                    if names.is_empty() {
                        let message =
                            "access needs at least one permission; leave the entry out for no access";
                        self.fault(&place, ".permissions", "empty_access", message);
                    }
                    AccessSpec::Permissions(names)
                }
                _ => {
                    self.fault(&place, "", "usage", "an entry has either role or permissions");
                    continue;
                }
            };
            for company in self.companies(entry, source, &place) {
                let id = company.id;
                let wanted = DesiredAccess { company, access: access.clone() };
                match all.get(&id) {
                    Some(other) if other.access != wanted.access => {
                        let message = format!(
                            "two entries say different things about its access in {}",
                            wanted.company
                        );
                        self.fault(&place, "", "contradiction", message);
                    }
                    _ => {
                        all.insert(id, wanted);
                    }
                }
            }
        }
        all
    }

    fn companies(&mut self, entry: &AccessEntry, source: &Source, place: &Place<'_>) -> Vec<Company> {
        let known = self.known.companies;
        let found = match (&entry.company, &entry.companies) {
            (Some(item), None) => return self.company(item, place).into_iter().collect(),
            (None, Some(Companies::Set(name))) if name == ALL => return known.all().to_vec(),
            (None, Some(Companies::Set(name))) => {
                let name = name.strip_prefix('@').unwrap_or(name);
                let set = source.manifest.company_sets.get(name).or_else(|| self.known.sets.get(name));
                match set {
                    Some(set) => set.resolve(known),
                    // Not a set: one company or a pattern.
                    None => CompanyItem::Text(name.to_owned()).resolve(known).map_err(|error| vec![error]),
                }
            }
            (None, Some(Companies::List(items))) => company_set::all(items, known),
            _ => {
                self.fault(place, "", "usage", "an entry has either company or companies");
                return Vec::new();
            }
        };
        match found {
            Ok(found) => found,
            Err(errors) => {
                for error in errors {
                    self.unresolved(&error, place);
                }
                Vec::new()
            }
        }
    }

    fn company(&mut self, item: &CompanyItem, place: &Place<'_>) -> Option<Company> {
        match item.resolve(self.known.companies) {
            Ok(mut found) if found.len() == 1 => found.pop(),
            Ok(found) => {
                let message = format!("one company is needed here, and {} match", found.len());
                self.fault(place, "", "ambiguous_company", message);
                None
            }
            Err(error) => {
                self.unresolved(&error, place);
                None
            }
        }
    }

    fn unresolved(&mut self, error: &UnresolvedCompany, place: &Place<'_>) {
        let code = match error {
            UnresolvedCompany::NotFound(_) => "not_found",
            UnresolvedCompany::Ambiguous { .. } => "ambiguous_company",
        };
        self.fault(place, "", code, error.to_string());
    }

    /// The names, sorted, with patterns written out.
    fn permissions(&mut self, names: &[String], place: &Place<'_>) -> Vec<String> {
        written_out(names, self.known.permissions).unwrap_or_else(|unmatched| {
            for pattern in unmatched {
                let message = format!("no permission matches {pattern}");
                self.fault(place, ".permissions", "unknown_permission", message);
            }
            Vec::new()
        })
    }
}
