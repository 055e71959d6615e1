//! `sactl serve admin user`: creates and lists users, sets their password, enrols their second factor.
//!
//! Responsible for arguments and output. Refuses to decide: the service layer does.

use std::path::PathBuf;

use serde_json::json;

use super::super::database::Need;
use super::super::init_admin::InitAdminArgs;
use super::target::DatabaseArgs;
use crate::commands::shared::values::company_id;
use crate::domain::{CompanyId, Password};
use crate::error::{CliError, Result};
use crate::platform::DatabaseUrl;
use crate::platform::service::installation::{self, UserEntry, UserRequest};
use crate::text::sanitize::sanitise;
use crate::ui::Ui;

/// Create and list users, set their password, enrol their second factor
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl serve admin user list --database sqlite:platform.db")]
pub(super) struct Args {
    /// What to do
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create a user with a role in one company
    ///
    /// The user signs in with the e-mail address. A terminal asks for the password.
    #[command(after_help = "Examples:\n  \
        sactl serve admin user create bob@acme.example --in-company 1 --role viewer --full-name Bob \
        --password-file new.password --database sqlite:platform.db\n  \
        sactl serve admin user create eve@acme.example --in-company 1 --password-out eve.password --database sqlite:platform.db")]
    Create {
        /// E-mail address of the user
        email: String,
        /// Id of the company
        #[arg(long, value_name = "ID", value_parser = company_id)]
        in_company: CompanyId,
        /// Role in the company
        #[arg(long, value_name = "NAME", default_value = "company-admin")]
        role: String,
        /// Full name of the user
        #[arg(long, value_name = "TEXT")]
        full_name: Option<String>,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Set the password of a user
    ///
    /// Ends every session of the user. A terminal asks for the password.
    #[command(after_help = "Examples:\n  \
        sactl serve admin user password ada@acme.example --password-file new.password --database sqlite:platform.db\n  \
        sactl serve admin user password ada@acme.example --password-out ada.password --database sqlite:platform.db")]
    Password {
        /// E-mail address of the user
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Enrol the second factor of a user, or remove it
    ///
    /// Prints the URL for the authenticator app, which contains the secret. Ends every session of the user.
    #[command(after_help = "Examples:\n  \
        sactl serve admin user second-factor ada@acme.example --database sqlite:platform.db\n  \
        sactl serve admin user second-factor ada@acme.example --off --database sqlite:platform.db")]
    SecondFactor {
        /// E-mail address of the user
        email: String,
        /// Remove the second factor
        #[arg(long)]
        off: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List all users of the installation
    #[command(after_help = "Example:\n  sactl serve admin user list --database sqlite:platform.db")]
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

// Not a doc comment: it would become the help of the commands that take these.
// Where the password of a user comes from or goes to.
#[derive(Debug, clap::Args)]
struct PasswordArgs {
    /// Read the password from this file
    #[arg(long, value_name = "FILE", conflicts_with = "password_out")]
    password_file: Option<PathBuf>,
    /// Generate the password, and write it to a new file that only you can read
    #[arg(long, value_name = "FILE")]
    password_out: Option<PathBuf>,
}

impl PasswordArgs {
    /// The password, and how to tell it once it is set.
    async fn read(self, email: &str, ui: &Ui) -> Result<(Password, InitAdminArgs)> {
        if self.password_file.is_none() && self.password_out.is_none() && !ui.is_interactive() {
            return Err(CliError::usage("no password given, and no terminal to ask on")
                .hint("use --password-file FILE or --password-out FILE"));
        }
        let source = InitAdminArgs::of_user(email, self.password_file, self.password_out);
        let password = source.password(email, ui).await?;
        Ok((password, source))
    }
}

pub(super) async fn run(args: Args, otherwise: Option<DatabaseUrl>, ui: &Ui) -> Result<()> {
    match args.verb {
        Verb::Create { email, in_company, role, full_name, password, database } => {
            let (password, source) = password.read(&email, ui).await?;
            let company = in_company;
            let request = UserRequest {
                email: email.clone(),
                name: full_name,
                company,
                role,
                password: password.clone(),
            };
            let create = async |platform: &_| installation::create_user(platform, request).await;
            let company = source.keep_if_done(database.with(otherwise, Need::Existing, create).await)?;
            ui.status(format!("Created the user {email} in {company}"));
            source.tell(&email, &password, ui);
            Ok(())
        }
        Verb::Password { email, password, database } => {
            let (password, source) = password.read(&email, ui).await?;
            let new = password.clone();
            let set = async |platform: &_| installation::set_password(platform, &email, new).await;
            source.keep_if_done(database.with(otherwise, Need::Existing, set).await)?;
            ui.status(format!("Set the password of {email}; every session of the user has ended"));
            source.tell(&email, &password, ui);
            Ok(())
        }
        Verb::SecondFactor { email, off, database } => {
            second_factor(&email, off, database, otherwise, ui).await
        }
        Verb::List { database } => {
            let users = database
                .with(otherwise, Need::UpToDate, async |platform: &_| installation::users(platform).await)
                .await?;
            ui.answer(|out| {
                if ui.format().is_document() {
                    let row = |user: &UserEntry| json!({ "email": user.email, "second_factor": user.second_factor });
                    return writeln!(out, "{}", json!(users.iter().map(row).collect::<Vec<_>>()));
                }
                users.iter().try_for_each(|user| {
                    let factor = if user.second_factor { "second-factor" } else { "" };
                    writeln!(out, "{}\t{factor}", sanitise(&user.email))
                })
            })
        }
    }
}

async fn second_factor(
    email: &str,
    off: bool,
    database: DatabaseArgs,
    otherwise: Option<DatabaseUrl>,
    ui: &Ui,
) -> Result<()> {
    let secret = (!off).then(installation::new_secret);
    let set = async |platform: &_| installation::set_second_factor(platform, email, secret.as_deref()).await;
    database.with(otherwise, Need::Existing, set).await?;
    let Some(secret) = &secret else {
        ui.status(format!("Removed the second factor of {email}"));
        return Ok(());
    };
    ui.status(format!("Enrolled the second factor of {email}; every session of the user has ended"));
    let url = installation::enrolment_url(email, secret);
    ui.answer(|out| {
        if ui.format().is_document() {
            return writeln!(out, "{}", json!({ "email": email, "secret": secret, "url": url }));
        }
        writeln!(out, "{url}")
    })
}
