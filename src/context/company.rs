//! Which company a command acts in.

use super::{Context, no_such_company};
use crate::api::Code;
use crate::client::Session;
use crate::config::settings::ChosenCompany;
use crate::domain::company::CompanyRef;
use crate::domain::near::all_near;
use crate::domain::{Company, CompanyId};
use crate::error::{CliError, Result};
use crate::ui::{Choice, Ui};

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

/// The active company of this call.
pub(super) async fn active(context: &Context) -> Result<ActiveCompany> {
    let Some(chosen) = &context.settings()?.company else {
        let companies = context.session().await?.list_companies(None)?.all().await?;
        return choose(context.ui(), &companies).await.map(ActiveCompany::from);
    };
    match &chosen.value {
        ChosenCompany::Stored(company) => Ok(company.clone().into()),
        ChosenCompany::Named(CompanyRef::Id(id)) => Ok(ActiveCompany::of_id(*id)),
        ChosenCompany::Named(name) => Ok(resolve(context.session().await?, name).await?.into()),
    }
}

/// The company that `reference` names.
pub(super) async fn resolve(session: &Session, reference: &CompanyRef) -> Result<Company> {
    match reference {
        CompanyRef::Id(id) => session.show_company(*id).await.map_err(|error| {
            let error = CliError::from(error);
            match error.code() {
                Code::NotFound => error
                    .hint(format!("you do not belong to company {id}; see yours with: sactl company list")),
                _ => error,
            }
        }),
        CompanyRef::Name(name) => {
            let mut found = session.list_companies(Some(name))?.all().await?;
            // A server that does not know the filter gives them all.
            found.retain(|company| company.name == *name);
            match pick(reference, name, found) {
                Err(error) if error.code() == Code::NotFound => {
                    let known = session.list_companies(None)?.all().await.unwrap_or_default();
                    Err(rather_meant(error, name, &known))
                }
                picked => picked,
            }
        }
    }
}

/// The refusal of a company that is not there, with the one that was probably meant, or those that may have been
/// meant, before its other hints.
pub fn rather_meant(error: CliError, name: &str, known: &[Company]) -> CliError {
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
            "{} companies have a name like {name}: {}{more}; name one by its id",
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

fn pick(reference: &CompanyRef, name: &str, mut found: Vec<Company>) -> Result<Company> {
    match found.len() {
        0 => Err(no_such_company(reference)),
        1 => Ok(found.remove(0)),
        _ => Err(CliError::ambiguous_company(name, &found)),
    }
}

/// How often a person is asked for a company: a slip must not cost the sign-in before it.
const QUESTIONS: usize = 3;

/// The only company, or the one that a person chooses.
///
/// # Errors
/// `no_company` with the ids when nobody can be asked.
pub async fn choose(ui: &Ui, companies: &[Company]) -> Result<Company> {
    match companies {
        [only] => return Ok(only.clone()),
        [] => return Err(CliError::no_company(companies)),
        _ if !ui.is_interactive() => return Err(CliError::no_company(companies)),
        _ => {}
    }
    if !ui.has_plain_questions() {
        let choices = companies.iter().map(|one| Choice::new(one.id.to_string(), &one.name)).collect();
        return Ok(companies[ui.choose("Which company", choices, 0).await?].clone());
    }
    for company in companies {
        ui.ask_about(format!("{:>6}  {}", company.id.0, company.name));
    }
    for _ in 0..QUESTIONS {
        let answer = ui.prompt("Which company (id)").await?;
        if let Some(chosen) = companies.iter().find(|company| company.id.to_string() == answer.trim()) {
            return Ok(chosen.clone());
        }
    }
    Err(CliError::no_company(companies))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(id: i64, name: &str) -> Company {
        Company { id: CompanyId(id), name: name.into() }
    }

    #[test]
    fn a_name_of_several_is_refused_with_the_ids() {
        let reference: CompanyRef = "Contoso Retail".parse().unwrap();
        let pick = |found| pick(&reference, "Contoso Retail", found);
        let both = vec![company(3, "Contoso Retail"), company(4, "Contoso Retail")];
        let error = pick(both).unwrap_err();
        assert_eq!(error.code(), Code::AmbiguousCompany);
        assert!(error.message().contains("3, 4"), "{}", error.message());
        assert_eq!(pick(vec![]).unwrap_err().code(), Code::NotFound);
        assert_eq!(pick(vec![company(3, "Contoso Retail")]).unwrap().id, CompanyId(3));
    }
}
