//! Companies as they are typed: by id or by name, alone or with access after them.
//!
//! Responsible for the candidates. Refuses a name that several companies share.

use super::names::{Kind, Names, begins, is_name};
use super::question::Candidate;
use crate::manual::cache::Name;

/// Companies: ids with their names until letters are typed, then names. A name that several companies share is
/// refused wherever it is used, so it is not offered.
pub(super) fn named(names: &Names, current: &str) -> Vec<Candidate> {
    let companies = names.of_server(Kind::Companies);
    if current.bytes().all(|byte| byte.is_ascii_digit()) {
        let ids = companies.into_iter().filter(|company| company.value.starts_with(current));
        return ids.map(|company| Candidate { value: company.value, about: company.about }).collect();
    }
    let is_shared = |name: &str| companies.iter().filter(|company| company.about == name).count() > 1;
    let is_meant = |name: &str| begins(name, current) && is_name(name) && !is_shared(name);
    let meant = companies.iter().filter(|company| is_meant(&company.about));
    meant
        .map(|company| Candidate {
            value: company.about.clone(),
            about: format!("company {}", company.value),
        })
        .collect()
}

/// `COMPANY=`, and behind it a role of that company, or permissions with commas between them.
pub(super) fn granted(names: &Names, current: &str) -> Vec<Candidate> {
    let Some((company, rights)) = current.rsplit_once('=') else {
        let companies = named(names, current).into_iter();
        return companies.map(|one| Candidate { value: format!("{}=", one.value), ..one }).collect();
    };
    let begun = rights.rfind(',').map_or(0, |at| at + 1);
    let (given, last) = rights.split_at(begun);
    let mut found: Vec<Name> = names.of_server(Kind::Permissions);
    if given.is_empty() {
        let id = company.parse().ok().and_then(|reference| names.company_of(&reference));
        let roles = id.map(|id| names.of_company(Kind::Roles, id, "")).unwrap_or_default();
        found.splice(0..0, roles);
    }
    found
        .into_iter()
        .filter(|name| begins(&name.value, last) && !given.split(',').any(|one| one == name.value))
        .map(|name| Candidate { value: format!("{company}={given}{}", name.value), about: name.about })
        .collect()
}
