//! The questions of `sactl create` on a terminal: for everything that is missing, then for confirmation.
//!
//! Responsible for their order and words. Refuses to send anything.

use super::request::{Args, CreateRequest, checked};
use crate::api::Code;
use crate::client;
use crate::commands::shared::company_session::CompanySession;
use crate::commands::shared::hints::ActionDescription;
use crate::commands::shared::password_args::PasswordArgs;
use crate::commands::shared::prompts::{self, Chosen};
use crate::context::Context;
use crate::domain::{AccountName, Company, Description, Operation};
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui::{Choice, Ui};

/// A request that is complete and agreed to, and the command that says the same without questions.
pub(super) struct Asked<'a> {
    pub(super) session: CompanySession<'a>,
    pub(super) request: CreateRequest,
    pub(super) line: CommandLine,
}

/// Asks for what is missing, and shows a summary.
///
/// # Errors
/// Those of asking.
pub(super) async fn ask(args: Args, context: &Context) -> Result<Asked<'_>> {
    let ui = context.ui();
    refuse_at_once(&args)?;
    let session = CompanySession::open(context).await?;
    session.require_right_to_ask(Operation::Create, args.name.as_deref().unwrap_or_default()).await?;
    let company = session.named_company().await;
    let Args { name, mut description, rights, grants, mut password, dry_run } = args;
    let name = if let Some(name) = name {
        if !password.resumes("create", &name) && session.sees_account(&name).await {
            return Err(taken(&session, &name).await);
        }
        name
    } else {
        let name = ask_free_name(&session).await?;
        if description.is_none() {
            description = ask_description(ui).await?;
        }
        name
    };
    let mut summary = Vec::new();
    let access = match rights.rights() {
        None if grants.is_empty() => match session.ask_access(true, None).await? {
            Chosen::Nothing => None,
            Chosen::AccessSpec(rights, permissions) => {
                summary.push(prompts::in_words(&rights, permissions, &company));
                Some(rights)
            }
        },
        said => said,
    };
    if password.is_missing() {
        let generated = PasswordArgs { generate: true, ..password.clone() };
        // Chance is offered only where the answer would show what it made.
        if generated.refuse_to_lose(context).is_ok() && ask_whether_generated(ui).await? {
            password = generated;
        }
    }
    let (description, new_password) = checked(&name, description, &password, context).await?;
    let request = CreateRequest { name, description, access, grants, password: new_password, dry_run };
    if !dry_run.is_on {
        let summary = in_words(&request, &password, &company, summary);
        prompts::agreement(ui, &summary, "Create the account?").await?;
    }
    let line = line(&request, &password, &company);
    Ok(Asked { session, request, line })
}

/// What was said and cannot be is refused before anything is asked.
fn refuse_at_once(args: &Args) -> Result<()> {
    let name = args.name.as_deref().and_then(|name| AccountName::new(name).err());
    let description = args.description.as_deref().and_then(|text| Description::new(text).err());
    let broken: Vec<_> = name.into_iter().chain(description).collect();
    if broken.is_empty() { Ok(()) } else { Err(CliError::invalid_input(broken)) }
}

async fn ask_name(ui: &Ui) -> Result<String> {
    let check = |name: String| AccountName::new(name).map(|name| name.as_str().to_owned());
    prompts::line(ui, "Name of the new account", check).await
}

/// A name that no account in sight of the company has: a taken name is reported at once, and asked for again.
async fn ask_free_name(session: &CompanySession<'_>) -> Result<String> {
    let mut asked = 1;
    loop {
        let name = ask_name(session.ui).await?;
        if !session.sees_account(&name).await {
            return Ok(name);
        }
        if asked == prompts::QUESTIONS {
            return Err(taken(session, &name).await);
        }
        session.ui.ask_about(format!("{name} is taken"));
        asked += 1;
    }
}

/// The refusal that the server would give in the end.
async fn taken(session: &CompanySession<'_>, name: &str) -> CliError {
    let refusal = client::Error::new(Code::NameTaken, format!("the name {name} is taken"));
    session.explain(refusal, &ActionDescription::new(Operation::Create, name)).await
}

async fn ask_description(ui: &Ui) -> Result<Option<String>> {
    let check = |text: String| Description::new(text).map(|text| text.map(Description::into_string));
    prompts::line(ui, "Description (optional)", check).await
}

async fn ask_whether_generated(ui: &Ui) -> Result<bool> {
    let choices = vec![
        Choice::new("Generate a password", "24 random characters, shown once"),
        Choice::new("Type a password", "twice, not shown"),
    ];
    Ok(ui.choose("Which password", choices, Some(0)).await? == 0)
}

fn in_words(
    request: &CreateRequest,
    password: &PasswordArgs,
    company: &Company,
    mut access: Vec<String>,
) -> String {
    if let (Some(rights), true) = (&request.access, access.is_empty()) {
        access.push(format!("{rights} in {company}"));
    }
    access.extend(request.grants.iter().map(|grant| format!("{} in {}", grant.rights, grant.company)));
    let access = if access.is_empty() { "no access yet".to_owned() } else { access.join("; ") };
    let password = if password.generate { "a generated password" } else { "the given password" };
    format!("{} will be created, owned by {company}, with {password}; access: {access}", request.name)
}

/// The same without questions, and without the password.
fn line(request: &CreateRequest, password: &PasswordArgs, company: &Company) -> CommandLine {
    let mut line = CommandLine::new("create").operand(&request.name).flag("--company", company.id);
    if let Some(description) = &request.description {
        line = line.flag("--description", description.as_str());
    }
    if let Some(rights) = &request.access {
        line = prompts::flags(line, rights);
    }
    if request.access.is_none() && request.grants.is_empty() {
        line = line.switch("--no-input");
    }
    for grant in &request.grants {
        line = line.flag("--grant", format!("{}={}", grant.company, grant.rights.listed()));
    }
    line = match (&password.password_file, &password.password_out) {
        (Some(file), _) => line.flag("--password-file", file.display()),
        (None, Some(file)) => line.switch("--generate").flag("--password-out", file.display()),
        (None, None) if password.generate => line.switch("--generate"),
        (None, None) => line.switch("--password-stdin"),
    };
    if request.dry_run.is_on { line.switch("--dry-run") } else { line }
}
