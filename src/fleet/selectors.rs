//! Which companies a command is about: `--companies SPEC` and `--except SPEC`.
//!
//! Responsible for reading a SPEC and for the companies of the caller that it means. Refuses an item that means none.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::str::FromStr;

use crate::api::Code;
use crate::client::Session;
use crate::config::secure_file;
use crate::context::Context;
use crate::domain::company_set::{self, CompanyIndex, CompanyItem, CompanySet, UnresolvedCompany};
use crate::domain::{Company, CompanyId, Violation};
use crate::error::{CliError, Result};
use crate::text::CommandLine;

/// Most bytes of a list of companies.
const LIST_LIMIT: usize = 1024 * 1024;

// Not a doc comment: it would become the help of the commands that take these.
// `--companies` and `--except`.
#[derive(Clone, Debug, Default, clap::Args)]
#[expect(missing_docs, reason = "it would become the help of the commands that take these")]
pub struct CompaniesArgs {
    /// Companies: ids, names, patterns such as 'acme-*', @SET, @./FILE, @- or all; comma-separated
    #[arg(long, value_name = "SPEC")]
    pub companies: Option<CompanySpec>,

    /// Companies to leave out, written as for --companies
    #[arg(long, value_name = "SPEC", requires = "companies")]
    pub except: Option<CompanySpec>,
}

/// A SPEC as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanySpec(Vec<Item>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    All,
    Set(String),
    File(String),
    Stdin,
    Company(CompanyItem),
}

impl FromStr for CompanySpec {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let items: Vec<Item> =
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(item).collect();
        if items.is_empty() { Err("it must name at least one company") } else { Ok(Self(items)) }
    }
}

fn item(text: &str) -> Item {
    match text.strip_prefix('@') {
        _ if text == "all" => Item::All,
        Some("-") => Item::Stdin,
        Some(path) if path.starts_with(['.', '/']) => Item::File(path.to_owned()),
        Some(name) => Item::Set(name.to_owned()),
        None => Item::Company(CompanyItem::Text(text.to_owned())),
    }
}

/// Sets of companies by name.
pub type Sets = BTreeMap<String, CompanySet>;

impl CompaniesArgs {
    /// The companies of the caller, `known`, that the call names, in their order; `None` without `--companies`.
    ///
    /// # Errors
    /// `not_found`, `ambiguous_company`, `usage`, and those of reading files.
    pub fn resolve(&self, context: &Context, known: &[Company]) -> Result<Option<Vec<Company>>> {
        let Some(spec) = &self.companies else { return Ok(None) };
        let known = CompanyIndex::new(known);
        let mut found = spec.resolve(context, &known)?;
        if found.is_empty() {
            return Err(spec.names_no_company());
        }
        if let Some(except) = &self.except {
            let without: HashSet<CompanyId> =
                except.resolve(context, &known)?.iter().map(|company| company.id).collect();
            found.retain(|company| !without.contains(&company.id));
        }
        if found.is_empty() {
            return Err(CliError::not_found("--except leaves no company"));
        }
        Ok(Some(found))
    }
}

/// Every company of the caller.
///
/// # Errors
/// Those of reading.
pub async fn my_companies(session: &Session) -> Result<Vec<Company>> {
    Ok(session.list_companies(None)?.all().await?)
}

impl CompanySpec {
    /// The companies among `known` that this means.
    ///
    /// # Errors
    /// As [`CompaniesArgs::resolve`].
    fn resolve(&self, context: &Context, known: &CompanyIndex<'_>) -> Result<Vec<Company>> {
        let (mut found, mut unresolved) = (Vec::new(), Vec::new());
        for item in &self.0 {
            let some = match item {
                Item::All => Ok(known.all().to_vec()),
                Item::Company(item) => item.resolve(known).map_err(|error| vec![error]),
                Item::Set(name) => set(context, name)?.resolve(known),
                Item::File(path) => company_set::all(&file(path)?, known),
                Item::Stdin => company_set::all(&lines(&standard_input()?), known),
            };
            match some {
                Ok(some) => company_set::add(&mut found, some),
                Err(errors) => unresolved.extend(errors),
            }
        }
        if unresolved.is_empty() { Ok(found) } else { Err(refused(&unresolved)) }
    }

    /// The refusal of a SPEC all of whose items are empty: a file, a set, or all of no company.
    fn names_no_company(&self) -> CliError {
        let list = CommandLine::new("company list");
        let in_file = list.clone().after("write one company a line; list them with: ");
        match self.0.as_slice() {
            [Item::Stdin] => CliError::not_found("standard input names no company").hint(in_file),
            [Item::File(path)] => CliError::not_found(format!("{path} names no company")).hint(in_file),
            [Item::Set(name)] => CliError::not_found(format!("the set {name} contains no company"))
                .hint(list.after("list the companies that it can contain with: ")),
            [Item::All] => CliError::not_found("you do not belong to any company")
                .hint(CommandLine::new("whoami").after("see who you are with: ")),
            _ => CliError::not_found("--companies names no company").hint(list.after("list them with: ")),
        }
    }
}

/// The whole text on standard input.
///
/// # Errors
/// `io`.
pub fn standard_input() -> Result<String> {
    std::io::read_to_string(std::io::stdin())
        .map_err(|error| CliError::io("cannot read standard input", error))
}

fn set(context: &Context, name: &str) -> Result<CompanySet> {
    if let Some(set) = context.settings()?.company_sets.get(name) {
        return Ok(set.clone());
    }
    let folder = &context.settings()?.folder;
    Err(CliError::not_found(format!("there is no set of companies {name}")).hint(format!(
        "define it in {} below [company_sets], or write @./{name} for a file",
        folder.join(crate::config::file::NAME).display()
    )))
}

fn file(path: &str) -> Result<Vec<CompanyItem>> {
    let bytes = secure_file::read_bounded(
        Path::new(path),
        LIST_LIMIT,
        CommandLine::new("company list").after("write one company a line; list them with: "),
    )?;
    let text =
        std::str::from_utf8(&bytes).map_err(|_| CliError::usage(format!("{path} is not UTF-8 text")))?;
    Ok(lines(text))
}

/// One item a line; an empty line and what follows `#` at its beginning do not count.
fn lines(text: &str) -> Vec<CompanyItem> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| CompanyItem::Text(line.to_owned())).collect()
}

/// The refusal of items that mean no company, all at once.
pub fn refused(unresolved: &[UnresolvedCompany]) -> CliError {
    let hint = CommandLine::new("company list").after("list your companies with: ");
    let is_ambiguous = unresolved.iter().any(|error| matches!(error, UnresolvedCompany::Ambiguous { .. }));
    let code = if is_ambiguous { Code::AmbiguousCompany } else { Code::NotFound };
    let error = match unresolved {
        [only] => CliError::new(code, only.to_string()),
        several => {
            let violation = |error: &UnresolvedCompany| {
                let code = match error {
                    UnresolvedCompany::NotFound(_) => Code::NotFound,
                    UnresolvedCompany::Ambiguous { .. } => Code::AmbiguousCompany,
                };
                Violation::new("companies", code.as_str(), error.to_string())
            };
            CliError::new(code, "some companies were not found")
                .violating(several.iter().map(violation).collect())
        }
    };
    let error = error.hint(hint);
    if is_ambiguous { error.hint("pass the id instead of the name") } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_a_list_of_items() {
        let text = |text: &str| Item::Company(CompanyItem::Text(text.to_owned()));
        let read = |spec: &str| spec.parse::<CompanySpec>().map(|spec| spec.0);
        assert_eq!(read("all"), Ok(vec![Item::All]));
        assert_eq!(read("1, Acme MSP,acme-*"), Ok(vec![text("1"), text("Acme MSP"), text("acme-*")]));
        assert_eq!(
            read("@stores,@./list,@/tmp/list,@-"),
            Ok(vec![
                Item::Set("stores".to_owned()),
                Item::File("./list".to_owned()),
                Item::File("/tmp/list".to_owned()),
                Item::Stdin
            ])
        );
        assert!(read(" , ").is_err());
    }

    #[test]
    fn a_list_is_one_item_a_line() {
        assert_eq!(lines("# ours\n\n 1 \nAcme, Inc\n").len(), 2);
    }
}
