//! The request of `sactl create`: as it is typed, and when it is complete.
//!
//! Responsible for its arguments. Refuses contradictory ones.

use crate::api::Code;
use crate::commands::shared::access_args::{AccessSpec, Grant, RightsArgs};
use crate::commands::shared::dry_run::DryRunArgs;
use crate::commands::shared::new_password::NewPassword;
use crate::commands::shared::password_args::PasswordArgs;
use crate::context::Context;
use crate::domain::{AccountName, Description, Violation};
use crate::error::{CliError, Result};
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl create ci --role viewer --generate\n  \
    sactl create ci-2 --permission devices:view,alerts:view --grant 2=viewer --generate\n  \
    PASSWORD=$(sactl create ci-3 --generate)\n  \
    sactl create ci-4 --description \"Nightly builds\" --generate --password-out ci-4.password\n  \
    sactl create ci-5 --password-file new.password\n  \
    sactl create ci-6 --password-stdin < new.password\n  \
    sactl create ci-8 --password-file new.password --policy server\n  \
    sactl create ci-7 --role operator --generate --dry-run")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name: 2 to 64 letters, digits and . _ + -, unique over all companies; it never changes
    pub(super) name: Option<String>,

    /// Description of the account, at most 500 characters
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) description: Option<String>,

    #[command(flatten)]
    pub(super) rights: RightsArgs,

    /// Also give access in another company: COMPANY=ROLE or COMPANY=PERMISSION,…; repeatable
    ///
    /// COMPANY is an id or a name. A value that contains a colon is a list of permissions.
    #[arg(long = "grant", value_name = "COMPANY=RIGHTS")]
    pub(super) grants: Vec<Grant>,

    #[command(flatten)]
    pub(super) password: PasswordArgs,

    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
}

/// A new account, complete: every rule that can be checked here is kept.
pub(super) struct CreateRequest {
    pub(super) name: String,
    pub(super) description: Option<Description>,
    /// The access in the company that owns it.
    pub(super) access: Option<AccessSpec>,
    pub(super) grants: Vec<Grant>,
    pub(super) password: NewPassword,
    pub(super) dry_run: DryRunArgs,
}

impl Args {
    /// Whether there is something to ask for.
    pub(super) fn is_incomplete(&self) -> bool {
        self.name.is_none() || (self.rights.rights().is_none() && self.grants.is_empty())
    }

    /// The request as it was typed. The password is read, which may ask for it.
    ///
    /// # Errors
    /// `usage` without a name; `invalid_input` with every broken rule; those of reading the password.
    pub(super) async fn request(self, context: &Context) -> Result<CreateRequest> {
        let Some(name) = self.name else {
            return Err(CliError::usage("the account name is missing, and there is no terminal to ask on")
                .hint(
                    CommandLine::new("create NAME --role ROLE --generate")
                        .after(
                            "give it in the command: \
                    ",
                        )
                        .then(
                            ", or --permission PERMISSION,… instead of --role, and --password-stdin or \
                     --password-file FILE instead of --generate",
                        ),
                ));
        };
        let Self { description, rights, grants, password, dry_run, .. } = self;
        let (description, password) = checked(&name, description, &password, context).await?;
        Ok(CreateRequest { name, description, access: rights.rights(), grants, password, dry_run })
    }
}

/// The description and the password, once every rule that can be checked here is kept.
///
/// # Errors
/// `invalid_input` with every broken rule; those of reading the password.
pub(super) async fn checked(
    name: &str,
    description: Option<String>,
    password: &PasswordArgs,
    context: &Context,
) -> Result<(Option<Description>, NewPassword)> {
    let named = |broken: Violation| Violation {
        message: format!("{name:?} is no account name: {}", broken.message).into(),
        ..broken
    };
    let mut broken: Vec<Violation> = AccountName::new(name).err().map(named).into_iter().collect();
    let description = match Description::new(description.unwrap_or_default()) {
        Ok(description) => description,
        Err(violation) => {
            broken.push(violation);
            None
        }
    };
    if !broken.is_empty() && !password.is_given() {
        return Err(CliError::invalid_input(broken));
    }
    match password.read(context, name).await {
        Ok(password) if broken.is_empty() => return Ok((description, password)),
        Ok(_) => {}
        Err(error) if error.code() == Code::InvalidInput => broken.extend_from_slice(error.violations()),
        Err(error) => return Err(error),
    }
    Err(CliError::invalid_input(broken))
}
