//! `sactl create`: a service account with its access, made in one request and at most once.

use super::acting::Acting;
use super::explain::Attempt;
use super::password_input::{NewPassword, PasswordArgs};
use super::rehearsal::Rehearsal;
use super::rights::{Grant, Rights, RightsArgs};
use crate::api::AccountDetail;
use crate::api::Code;
use crate::api::account::CreateAccount;
use crate::context::Context;
use crate::domain::{AccountName, Company, CompanyId, Description, Operation, Violation};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::CreatedView;

mod questions;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl create ci --role viewer --generate\n  \
    sactl create ci-2 --permission devices:view,alerts:view --grant 2=viewer --generate\n  \
    PASSWORD=$(sactl create ci-3 --generate)\n  \
    sactl create ci-4 --description \"Nightly builds\" --generate --password-out ci-4.password\n  \
    sactl create ci-5 --password-file new.password\n  \
    sactl create ci-6 --password-stdin < new.password\n  \
    sactl create ci-7 --role operator --generate --dry-run")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name: 2 to 64 letters, digits and . _ + -, unique over all companies; it never changes
    name: Option<String>,

    /// Describe what the account is for, in at most 500 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    rights: RightsArgs,

    /// Give access in another company too: COMPANY=ROLE or COMPANY=PERMISSION,…; repeatable
    ///
    /// COMPANY is an id or a name. A value with a colon is a list of permissions.
    #[arg(long = "grant", value_name = "COMPANY=RIGHTS")]
    grants: Vec<Grant>,

    #[command(flatten)]
    password: PasswordArgs,

    #[command(flatten)]
    rehearsal: Rehearsal,
}

/// Everything that a new account needs but its password.
struct Wish {
    name: String,
    description: Option<String>,
    rights: Option<Rights>,
    grants: Vec<Grant>,
    password: PasswordArgs,
    rehearsal: Rehearsal,
}

impl Args {
    /// Whether there is something to ask for.
    fn is_incomplete(&self) -> bool {
        self.name.is_none() || (self.rights.rights().is_none() && self.grants.is_empty())
    }

    /// The wish as it was typed.
    fn wish(self) -> Result<Wish> {
        let Some(name) = self.name else {
            return Err(CliError::usage("the name of the account is missing, and nobody can be asked")
                .hint("write it out: sactl create NAME --role ROLE --generate, or --permission PERMISSION,… \
                       in place of --role, and --password-stdin or --password-file FILE in place of --generate"));
        };
        let Self { description, rights, grants, password, rehearsal, .. } = self;
        Ok(Wish { name, description, rights: rights.rights(), grants, password, rehearsal })
    }
}

/// Creates the account.
///
/// # Errors
/// `invalid_input` with every broken rule before anything is sent; `name_taken`, `escalation`, and those of
/// signing in and of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    args.password.refuse_to_lose(context)?;
    if args.is_incomplete() && context.ui().asks_for_what_is_missing() {
        return questions::run(args, context).await;
    }
    let wish = args.wish()?;
    let (description, password) = checked(&wish, context).await?;
    finish(&wish, description, password, context).await
}

/// Does what is wished for, or rehearses it.
async fn finish(
    wish: &Wish,
    description: Option<Description>,
    password: NewPassword,
    context: &Context,
) -> Result<()> {
    match create(wish, description, &password, context).await {
        Ok(None) => Ok(()),
        Ok(Some((acting, detail))) => {
            acting.ui.status(what_was_done(&detail));
            password.tell_where(acting.ui);
            password.show(&acting, &wish.name, |password| CreatedView::new(detail.clone(), password))
        }
        Err(error) => Err(password.settle(error)),
    }
}

/// The description and the password, once every rule that can be checked here is kept.
async fn checked(wish: &Wish, context: &Context) -> Result<(Option<Description>, NewPassword)> {
    let mut broken: Vec<Violation> = AccountName::new(wish.name.as_str()).err().into_iter().collect();
    let description = match Description::new(wish.description.clone().unwrap_or_default()) {
        Ok(description) => description,
        Err(violation) => {
            broken.push(violation);
            None
        }
    };
    if !broken.is_empty() && !wish.password.is_given() {
        return Err(CliError::invalid_input(broken));
    }
    let password = if wish.rehearsal.is_on {
        wish.password.rehearse(context, &wish.name).await
    } else {
        wish.password.read(context, &wish.name).await
    };
    match password {
        Ok(password) if broken.is_empty() => return Ok((description, password)),
        Ok(_) => {}
        Err(error) if error.code() == Code::InvalidInput => broken.extend_from_slice(error.violations()),
        Err(error) => return Err(error),
    }
    Err(CliError::invalid_input(broken))
}

/// The new account; `None` when that was only rehearsed.
async fn create<'a>(
    wish: &Wish,
    description: Option<Description>,
    password: &NewPassword,
    context: &'a Context,
) -> Result<Option<(Acting<'a>, AccountDetail)>> {
    let acting = wish.rehearsal.open(context).await.state_shown_by(|| format!("sactl show {}", wish.name))?;
    let asked = asked(wish, &acting, context).await?;
    let new = CreateAccount {
        name: wish.name.clone(),
        password: password.password.clone(),
        description: description.map(Description::into_string),
        access: asked.iter().map(|(company, rights)| rights.to_initial(*company)).collect(),
    };
    // One key for all attempts: a repetition after a lost answer gets the account that the first one made.
    let key = uuid::Uuid::now_v7().to_string();
    let change = acting.session.create_account(acting.company, &new, &key);
    let attempt = Attempt { asked, ..Attempt::new(Operation::Create, &wish.name) };
    if wish.rehearsal.is_on {
        let rules = "name, description and password keep their rules";
        return acting.rehearse(change, &attempt, Some(rules)).await.map(|()| None);
    }
    password.goes_out();
    match change.await {
        Ok(detail) => Ok(Some((acting, detail))),
        Err(error) => Err(acting.explain(error, &attempt).await),
    }
}

/// Every company with the access asked for there, each at most once.
async fn asked(wish: &Wish, acting: &Acting<'_>, context: &Context) -> Result<Vec<(CompanyId, Rights)>> {
    let mut asked: Vec<_> = wish.rights.clone().map(|rights| (acting.company, rights)).into_iter().collect();
    for grant in &wish.grants {
        let Company { id, name } = context.resolve_company(&grant.company).await?;
        if asked.iter().any(|(company, _)| *company == id) {
            return Err(CliError::usage(format!("access in {name} ({id}) is given twice"))
                .hint("name each company once; --role and --permission are for the active company"));
        }
        asked.push((id, grant.rights.clone()));
    }
    Ok(asked)
}

fn what_was_done(detail: &AccountDetail) -> String {
    let account = &detail.account;
    let access: Vec<String> = detail
        .companies
        .iter()
        .flatten()
        .map(|access| match &access.role {
            Some(role) => format!("{role} in {}", access.company),
            None => format!("{} in {}", access.permissions.listed(), access.company),
        })
        .collect();
    let access =
        if access.is_empty() { "no access yet".to_owned() } else { format!("access: {}", access.join("; ")) };
    format!("Created {} (id {}), owned by {}; {access}", account.name, account.id, account.owner)
}
