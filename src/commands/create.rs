//! `sactl create`: a service account with its access, made in one request and at most once.

use super::acting::Acting;
use super::explain::Attempt;
use super::password_input::{NewPassword, PasswordArgs};
use super::rights::{Grant, Rights, RightsArgs};
use crate::api::AccountDetail;
use crate::api::Code;
use crate::api::account::CreateAccount;
use crate::context::Context;
use crate::domain::{AccountName, Company, CompanyId, Description, Operation, Violation};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::CreatedView;

/// Create a service account owned by the company
///
/// Without --role, --permission and --grant it has no access yet. The password is asked for twice unless a flag
/// says where it comes from. In a pipe, without a chosen format, --generate prints the password alone.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl create ci --role viewer --generate\n  \
    sactl create ci-2 --permission devices:view,alerts:view --grant 2=viewer --generate\n  \
    PASSWORD=$(sactl create ci-3 --generate)\n  \
    sactl create ci-4 --description \"Nightly builds\" --generate --password-out ci-4.password\n  \
    sactl create ci-5 --password-file new.password\n  \
    sactl create ci-6 --password-stdin < new.password")]
pub struct Args {
    /// Name: 2 to 64 letters, digits and . _ + -, unique over all companies; it never changes
    name: String,

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
}

/// Creates the account.
///
/// # Errors
/// `invalid_input` with every broken rule before anything is sent; `name_taken`, `escalation`, and those of
/// signing in and of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    args.password.refuse_to_lose(context)?;
    let (description, password) = checked(&args, context).await?;
    match create(&args, description, &password, context).await {
        Ok((acting, detail)) => {
            acting.ui.status(what_was_done(&detail));
            password.tell_where(acting.ui);
            let is_shown = password.show;
            let view = CreatedView::new(detail, is_shown.then_some(password.password));
            acting.show(&view).map_err(|error| NewPassword::unshown(is_shown, &args.name, error))
        }
        Err(error) => Err(password.settle(error)),
    }
}

/// The description and the password, once every rule that can be checked here is kept.
async fn checked(args: &Args, context: &Context) -> Result<(Option<Description>, NewPassword)> {
    let mut broken: Vec<Violation> = AccountName::new(args.name.as_str()).err().into_iter().collect();
    let description = match Description::new(args.description.clone().unwrap_or_default()) {
        Ok(description) => description,
        Err(violation) => {
            broken.push(violation);
            None
        }
    };
    if !broken.is_empty() && !args.password.is_given() {
        return Err(CliError::invalid_input(broken));
    }
    match args.password.read(context, &args.name).await {
        Ok(password) if broken.is_empty() => return Ok((description, password)),
        Ok(_) => {}
        Err(error) if error.code() == Code::InvalidInput => broken.extend_from_slice(error.violations()),
        Err(error) => return Err(error),
    }
    Err(CliError::invalid_input(broken))
}

async fn create<'a>(
    args: &Args,
    description: Option<Description>,
    password: &NewPassword,
    context: &'a Context,
) -> Result<(Acting<'a>, AccountDetail)> {
    let acting = Acting::open(context).await.state_shown_by(|| format!("sactl show {}", args.name))?;
    let asked = asked(args, &acting, context).await?;
    let new = CreateAccount {
        name: args.name.clone(),
        password: password.password.clone(),
        description: description.map(Description::into_string),
        access: asked.iter().map(|(company, rights)| rights.to_initial(*company)).collect(),
    };
    // One key for all attempts: a repetition after a lost answer gets the account that the first one made.
    let key = uuid::Uuid::now_v7().to_string();
    match acting.session.create_account(acting.company, &new, &key).await {
        Ok(detail) => Ok((acting, detail)),
        Err(error) => {
            let attempt = Attempt { asked, ..Attempt::new(Operation::Create, &args.name) };
            Err(acting.explain(error, &attempt).await)
        }
    }
}

/// Every company with the access asked for there, each at most once.
async fn asked(args: &Args, acting: &Acting<'_>, context: &Context) -> Result<Vec<(CompanyId, Rights)>> {
    let mut asked: Vec<_> = args.rights.rights().map(|rights| (acting.company, rights)).into_iter().collect();
    for grant in &args.grants {
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
            None => format!("{} in {}", access.permissions.join(", "), access.company),
        })
        .collect();
    let access =
        if access.is_empty() { "no access yet".to_owned() } else { format!("access: {}", access.join("; ")) };
    format!("Created {} (id {}), owned by {}; {access}", account.name, account.id, account.owner)
}
