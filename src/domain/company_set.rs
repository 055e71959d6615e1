//! Sets of companies.
//!
//! Responsible for which companies a name, an id or a pattern means. Refuses a name that several companies have, and an
//! item that matches nothing.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::company::{Company, CompanyId};
use super::pattern::{is_pattern, matches};

/// A named set of companies, as a manifest and the configuration file write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a set is a list of companies, or {match: PATTERN, except: [COMPANY]}")]
pub enum CompanySet {
    /// These companies.
    List(Vec<CompanyItem>),
    /// Every company whose name matches a pattern, without some.
    Matching(MatchingCompanies),
}

/// Every company whose name matches a pattern, without some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchingCompanies {
    /// A pattern of names, in which * stands for any text and ? for one character.
    #[serde(rename = "match")]
    pattern: String,
    /// Companies that do not belong to the set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    except: Vec<CompanyItem>,
}

/// One company by its id or its exact name, or all whose name matches a pattern with * or ?.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a company is an id, a name or a pattern of names")]
pub enum CompanyItem {
    /// The id.
    Id(i64),
    /// A name, a pattern, or digits, which are an id.
    Text(String),
}

/// Companies, found by their ids and names.
#[derive(Debug)]
pub struct CompanyIndex<'a> {
    all: &'a [Company],
    ids: HashMap<i64, usize>,
    names: HashMap<&'a str, Vec<usize>>,
    lower_case_names: HashMap<String, Vec<usize>>,
}

impl<'a> CompanyIndex<'a> {
    /// The index of these companies.
    pub fn new(all: &'a [Company]) -> Self {
        let mut index =
            Self { all, ids: HashMap::new(), names: HashMap::new(), lower_case_names: HashMap::new() };
        for (place, company) in all.iter().enumerate() {
            index.ids.insert(company.id.0, place);
            index.names.entry(&company.name).or_default().push(place);
            index.lower_case_names.entry(company.name.to_lowercase()).or_default().push(place);
        }
        index
    }

    /// Every company, in their order.
    pub const fn all(&self) -> &'a [Company] {
        self.all
    }

    fn by_id(&self, id: i64, text: &str) -> Result<Vec<Company>, UnresolvedCompany> {
        let found = self.ids.get(&id).map(|place| self.all[*place].clone());
        present(text, found.into_iter().collect())
    }

    /// The companies with exactly this name, else those whose name differs only in its case.
    fn by_name(&self, name: &str) -> Vec<Company> {
        let places = self.names.get(name).or_else(|| self.lower_case_names.get(&name.to_lowercase()));
        places.into_iter().flatten().map(|place| self.all[*place].clone()).collect()
    }
}

/// Why an item means no company.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnresolvedCompany {
    /// No company is called so.
    #[error("no company of yours matches {0}")]
    NotFound(String),
    /// Several companies are called so.
    #[error("{} companies have the name {name}: ids {}", ids.len(), joined(ids))]
    Ambiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<CompanyId>,
    },
}

fn joined(ids: &[CompanyId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl CompanyItem {
    /// The companies among `companies` that the item means.
    ///
    /// # Errors
    /// [`UnresolvedCompany`].
    pub fn resolve(&self, companies: &CompanyIndex<'_>) -> Result<Vec<Company>, UnresolvedCompany> {
        let text = match self {
            Self::Id(id) => return companies.by_id(*id, &id.to_string()),
            Self::Text(text) => text.trim(),
        };
        if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            return companies.by_id(text.parse().unwrap_or(-1), text);
        }
        if is_pattern(text) {
            let found = companies.all().iter().filter(|company| matches(text, &company.name));
            return present(text, found.cloned().collect());
        }
        let found = companies.by_name(text);
        if found.len() > 1 {
            let ids = found.iter().map(|company| company.id).collect();
            return Err(UnresolvedCompany::Ambiguous { name: text.to_owned(), ids });
        }
        present(text, found)
    }
}

impl CompanySet {
    /// The companies among `companies` that belong to the set.
    ///
    /// # Errors
    /// One [`UnresolvedCompany`] for each item that means none.
    pub fn resolve(&self, companies: &CompanyIndex<'_>) -> Result<Vec<Company>, Vec<UnresolvedCompany>> {
        match self {
            Self::List(items) => all(items, companies),
            Self::Matching(MatchingCompanies { pattern, except }) => {
                let without = all(except, companies)?;
                let mut found =
                    CompanyItem::Text(pattern.clone()).resolve(companies).map_err(|error| vec![error])?;
                found.retain(|company| !without.contains(company));
                Ok(found)
            }
        }
    }
}

/// The companies that `items` mean together, each once, in their order.
///
/// # Errors
/// One [`UnresolvedCompany`] for each item that means none.
pub fn all(
    items: &[CompanyItem],
    companies: &CompanyIndex<'_>,
) -> Result<Vec<Company>, Vec<UnresolvedCompany>> {
    let (mut found, mut unresolved) = (Vec::new(), Vec::new());
    for item in items {
        match item.resolve(companies) {
            Ok(some) => add(&mut found, some),
            Err(error) => unresolved.push(error),
        }
    }
    if unresolved.is_empty() { Ok(found) } else { Err(unresolved) }
}

/// Adds the companies that are not there yet.
pub fn add(found: &mut Vec<Company>, some: Vec<Company>) {
    let known: std::collections::HashSet<CompanyId> = found.iter().map(|company| company.id).collect();
    found.extend(some.into_iter().filter(|company| !known.contains(&company.id)));
}

fn present(text: &str, found: Vec<Company>) -> Result<Vec<Company>, UnresolvedCompany> {
    if found.is_empty() { Err(UnresolvedCompany::NotFound(text.to_owned())) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn companies() -> Vec<Company> {
        [(1, "Acme MSP"), (3, "contoso-a"), (4, "contoso-b"), (7, "Twin"), (8, "Twin")]
            .map(|(id, name)| Company { id: CompanyId(id), name: name.to_owned() })
            .into()
    }

    fn ids(set: &str) -> Result<Vec<i64>, Vec<String>> {
        let set: CompanySet = serde_json::from_str(set).unwrap();
        let told =
            |errors: Vec<UnresolvedCompany>| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        let companies = companies();
        let found = set.resolve(&CompanyIndex::new(&companies)).map_err(told)?;
        Ok(found.iter().map(|company| company.id.0).collect())
    }

    #[test]
    fn an_item_is_an_id_a_name_or_a_pattern() {
        assert_eq!(ids(r#"["acme msp", 4, "4", "contoso-*"]"#), Ok(vec![1, 4, 3]));
        assert_eq!(ids(r#"{"match": "contoso-?", "except": [4]}"#), Ok(vec![3]));
        assert_eq!(ids("[]"), Ok(vec![]));
    }

    #[test]
    fn every_item_that_means_no_company_is_named() {
        let errors = ids(r#"["Twin", "nope", 99, "x*"]"#).unwrap_err();
        assert_eq!(
            errors,
            [
                "2 companies have the name Twin: ids 7, 8",
                "no company of yours matches nope",
                "no company of yours matches 99",
                "no company of yours matches x*",
            ]
        );
        assert_eq!(ids(r#"{"match": "contoso-*", "except": ["nope"]}"#).unwrap_err().len(), 1);
    }
}
