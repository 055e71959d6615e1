//! The company in which a command acts.
//!
//! Responsible for finding it by id or name, and for asking if several are possible. Refuses an ambiguous name.

use crate::api::{Access, Code};
use crate::client::Session;
use crate::config::settings::ChosenCompany;
use crate::domain::company::CompanyRef;
use crate::domain::{Company, CompanyId};
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::text::suggest::all_near;
use crate::ui::{Choice, LIST, MOST_LINES, Ui};

/// The company that a command acts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveCompany {
    /// Its number.
    pub id: CompanyId,
    /// Its name, where it is known without asking the server.
    pub name: Option<String>,
}

impl From<Company> for ActiveCompany {
    fn from(company: Company) -> Self {
        Self { id: company.id, name: Some(company.name) }
    }
}

/// The company that the settings mean, before anything is asked of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant<'a> {
    /// This one.
    Known(ActiveCompany),
    /// The one of this name.
    Named(&'a CompanyRef),
    /// The only one; with several, a person chooses.
    Only,
}

impl<'a> Meant<'a> {
    /// What was chosen by a flag, the environment or the profile.
    pub fn by(chosen: Option<&'a ChosenCompany>) -> Self {
        match chosen {
            Some(ChosenCompany::Stored(company)) => Self::Known(company.clone().into()),
            Some(ChosenCompany::Named(CompanyRef::Id(id))) => Self::Known(ActiveCompany::of_id(*id)),
            Some(ChosenCompany::Named(name)) => Self::Named(name),
            None => Self::Only,
        }
    }
}

impl ActiveCompany {
    /// A company by its id alone.
    pub const fn of_id(id: CompanyId) -> Self {
        Self { id, name: None }
    }
}

/// The error of a company that is not there for this caller.
fn no_such_company(reference: &str) -> CliError {
    CliError::not_found(format!("you do not belong to a company {reference}"))
        .hint(CommandLine::new("company list").after("list your companies with: "))
}

/// The company that `reference` names.
pub(super) async fn resolve(session: &Session, reference: &CompanyRef) -> Result<Company> {
    match reference {
        CompanyRef::Id(id) => session.show_company(*id).await.map_err(|error| {
            let error = CliError::from(error);
            match error.code() {
                Code::NotFound => error
                    .worded(format!("you do not belong to company {id} at {}", session.origin()))
                    .hint(CommandLine::new("company list").after("list your companies with: ")),
                _ => error,
            }
        }),
        CompanyRef::Name(name) => {
            let found = session.list_companies(Some(name))?.all().await?;
            match pick(name, found) {
                Err(error) if error.code() == Code::NotFound => {
                    let known = session.list_companies(None)?.all().await.unwrap_or_default();
                    let alike = alike(name, known.iter());
                    if !alike.is_empty() {
                        return pick(name, alike);
                    }
                    let error = error
                        .worded(format!("you do not belong to a company {name} at {}", session.origin()));
                    Err(rather_meant(error, name, &known))
                }
                picked => picked,
            }
        }
    }
}

/// The companies that are called `name` without regard to case.
fn alike<'a>(name: &str, known: impl Iterator<Item = &'a Company>) -> Vec<Company> {
    let name = name.to_lowercase();
    known.filter(|company| company.name.to_lowercase() == name).cloned().collect()
}

/// The refusal of a company that is not there, with the one that was probably meant, or those that may have been
/// meant, before its other hints.
fn rather_meant(error: CliError, name: &str, known: &[Company]) -> CliError {
    let near = all_near(name, known.iter().map(Called));
    let shown: Vec<String> = near.iter().take(MOST_NEAR).map(|Called(company)| company.to_string()).collect();
    let more = match near.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match near.as_slice() {
        [] => error,
        [Called(only)] => error.hint_before(format!("did you mean {only}?")),
        _ => error.hint_before(format!(
            "{} companies have a name like {name}: {}{more}; pass the id instead",
            near.len(),
            shown.join(", ")
        )),
    }
}

/// Most companies that are listed in place of a suggestion.
const MOST_NEAR: usize = 8;

/// A company by its name.
struct Called<'a>(&'a Company);

impl AsRef<str> for Called<'_> {
    fn as_ref(&self) -> &str {
        &self.0.name
    }
}

fn pick(name: &str, mut found: Vec<Company>) -> Result<Company> {
    match found.len() {
        0 => Err(no_such_company(name)),
        1 => Ok(found.remove(0)),
        _ => Err(CliError::ambiguous_company(name, &found)),
    }
}

/// How often a person is asked for a company: a slip must not cost the sign-in before it.
const QUESTIONS: usize = 3;

/// The only company, or the one that a person chooses.
///
/// # Errors
/// `no_company` with the ids without a terminal to ask on.
pub async fn choose(ui: &Ui, companies: &[Company]) -> Result<Company> {
    match companies {
        [only] => return Ok(only.clone()),
        [] => return Err(CliError::no_company(companies)),
        _ if !ui.is_interactive() => return Err(CliError::no_company(companies)),
        _ => {}
    }
    if !ui.has_plain_questions() {
        let choices = companies.iter().map(|one| Choice::new(one.id.to_string(), &one.name)).collect();
        let company = &companies[ui.choose("Which company", choices, None).await?];
        ui.act_in(company.id);
        return Ok(company.clone());
    }
    let company = typed(ui, companies).await?;
    ui.act_in(company.id);
    Ok(company)
}

/// The company whose id or name a person types. They are listed where they are few, and where that is asked for.
async fn typed(ui: &Ui, companies: &[Company]) -> Result<Company> {
    let is_short = companies.len() <= MOST_LINES;
    let question =
        if is_short { "Which company (id or name)" } else { "Which company (id or name, or ? for the list)" };
    let (mut lists, mut asked) = (is_short, 1);
    loop {
        if lists {
            for company in companies {
                ui.ask_about(format!("{:>6}  {}", company.id.0, company.name));
            }
        }
        let answer = ui.prompt(question).await?;
        lists = answer.trim() == LIST;
        if lists {
            continue;
        }
        let reference =
            answer.trim().parse::<CompanyRef>().map_err(|error| CliError::usage(error.to_string()));
        match reference.and_then(|reference| among(&reference, companies.iter())) {
            Ok(company) => return Ok(company),
            Err(_) if asked == QUESTIONS => return Err(CliError::no_company(companies)),
            Err(error) => {
                ui.ask_about(error.message());
                error.hints().iter().take(1).for_each(|hint| ui.ask_about(hint.on(&ui.target())));
            }
        }
        asked += 1;
    }
}

/// The active company among one's own: the one chosen, else the only one; `None` with several and no choice.
///
/// # Errors
/// `not_found` and `ambiguous_company` for a company that was named for this call.
pub fn active_among(chosen: Option<&ChosenCompany>, own: &[Access]) -> Result<Option<Company>> {
    let mine = || own.iter().map(|access| &access.company);
    let reference = match chosen {
        None => return Ok(if own.len() == 1 { mine().next().cloned() } else { None }),
        Some(ChosenCompany::Stored(stored)) => return Ok(mine().find(|one| one.id == stored.id).cloned()),
        Some(ChosenCompany::Named(reference)) => reference,
    };
    among(reference, mine()).map(Some)
}

/// The one of `companies` that `reference` names.
fn among<'a>(
    reference: &CompanyRef,
    companies: impl Iterator<Item = &'a Company> + Clone,
) -> Result<Company> {
    let mut found: Vec<Company> =
        companies.clone().filter(|company| reference.names(company)).cloned().collect();
    if let (CompanyRef::Name(name), true) = (reference, found.is_empty()) {
        found = alike(name, companies.clone());
    }
    match found.as_slice() {
        [] => {
            let error = no_such_company(&reference.to_string());
            Err(rather_meant(error, &reference.to_string(), &companies.cloned().collect::<Vec<_>>()))
        }
        [one] => Ok(one.clone()),
        several => Err(CliError::ambiguous_company(&reference.to_string(), several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Permissions;

    fn company(id: i64, name: &str) -> Company {
        Company { id: CompanyId(id), name: name.into() }
    }

    #[test]
    fn a_name_of_several_is_refused_with_the_ids() {
        let pick = |found| pick("Contoso Retail", found);
        let both = vec![company(3, "Contoso Retail"), company(4, "Contoso Retail")];
        let error = pick(both).unwrap_err();
        assert_eq!(error.code(), Code::AmbiguousCompany);
        assert!(error.message().contains("3, 4"), "{}", error.message());
        assert_eq!(pick(vec![]).unwrap_err().code(), Code::NotFound);
        assert_eq!(pick(vec![company(3, "Contoso Retail")]).unwrap().id, CompanyId(3));
    }

    fn me(companies: &[(i64, &str)]) -> Vec<Access> {
        let access = |(id, name): &(i64, &str)| Access {
            company: Company { id: CompanyId(*id), name: (*name).to_owned() },
            role: None,
            permissions: Permissions::default(),
        };
        companies.iter().map(access).collect()
    }

    #[test]
    fn the_active_company_is_the_chosen_or_the_only_one() {
        let named = |text: &str| ChosenCompany::Named(text.parse().unwrap());
        let stored = |id| ChosenCompany::Stored(Company { id: CompanyId(id), name: "old name".into() });
        let several = me(&[(1, "A"), (3, "C"), (4, "C")]);
        let id = |chosen: Option<&ChosenCompany>, me: &[Access]| {
            active_among(chosen, me).map(|company| company.map(|company| company.id.0)).map_err(|e| e.code())
        };
        assert_eq!(id(None, &me(&[(7, "A")])), Ok(Some(7)));
        assert_eq!(id(None, &several), Ok(None));
        assert_eq!(id(Some(&named("3")), &several), Ok(Some(3)));
        assert_eq!(id(Some(&named("A")), &several), Ok(Some(1)));
        assert_eq!(id(Some(&named("a")), &several), Ok(Some(1)));
        assert_eq!(id(Some(&named("c")), &several), Err(Code::AmbiguousCompany));
        assert_eq!(id(Some(&named("c")), &me(&[(3, "c"), (4, "C")])), Ok(Some(3)));
        assert_eq!(id(Some(&named("C")), &several), Err(Code::AmbiguousCompany));
        assert_eq!(id(Some(&named("9")), &several), Err(Code::NotFound));
        assert_eq!(id(Some(&stored(4)), &several), Ok(Some(4)));
        assert_eq!(id(Some(&stored(9)), &several), Ok(None));
    }
}
