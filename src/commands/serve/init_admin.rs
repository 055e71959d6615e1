//! `serve --init-admin`: the first company and its administrator.
//!
//! Responsible for a database in which no account can sign in yet. Refuses to change any other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::database::failed;
use super::variables::or_variable;
use crate::api::Code;
use crate::commands::shared::password_args::{checked, typed};
use crate::config::identity::read_password_file;
use crate::config::secure_file::create_private;
use crate::config::{Environment, env};
use crate::domain::{Password, password};
use crate::error::{CliError, Result};
use crate::platform::Platform;
use crate::platform::service::seed::{self, CompanyPlace, Seed, SeedAccess, SeedCompany, SeedUser};
use crate::ui::Ui;

/// The name under which the seed finds the password.
const PASSWORD: &str = "password of --init-admin";

// Not a doc comment: it would become the help of the command that takes these.
// Who the first administrator is, and where the password comes from or goes to.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct InitAdminArgs {
    /// Create the first company and its administrator in an empty database
    ///
    /// The company is named after the domain of the address. A terminal asks for the password; elsewhere, for example
    /// in a service whose output goes to a journal, one of the two options below is needed.
    #[arg(id = "init_admin", long = "init-admin", value_name = "EMAIL")]
    email: Option<String>,

    /// Read the password of the first administrator from this file
    #[arg(
        id = "init_admin_password_file",
        long = "init-admin-password-file",
        value_name = "FILE",
        hide_short_help = true,
        conflicts_with = "init_admin_password_out"
    )]
    password_file: Option<PathBuf>,

    /// Generate the password of the first administrator into a new file that only you can read
    #[arg(
        id = "init_admin_password_out",
        long = "init-admin-password-out",
        value_name = "FILE",
        hide_short_help = true
    )]
    password_out: Option<PathBuf>,
}

impl InitAdminArgs {
    /// The same, with variables for what was not typed.
    ///
    /// # Errors
    /// `config` for a variable that cannot be read.
    pub(super) fn or_variables(self, environment: &Environment) -> Result<Self> {
        let is_typed = self.password_file.is_some() || self.password_out.is_some();
        let path = |typed: Option<PathBuf>, variable| {
            typed.or_else(|| environment.raw(variable).filter(|_| !is_typed).map(PathBuf::from))
        };
        Ok(Self {
            email: or_variable(self.email, env::SERVE_INIT_ADMIN, environment, |text| {
                Ok::<_, String>(text.to_owned())
            })?,
            password_file: path(self.password_file, env::SERVE_INIT_ADMIN_PASSWORD_FILE),
            password_out: path(self.password_out, env::SERVE_INIT_ADMIN_PASSWORD_OUT),
        })
    }

    /// The same for another user.
    pub(super) fn of_user(
        email: &str,
        password_file: Option<PathBuf>,
        password_out: Option<PathBuf>,
    ) -> Self {
        Self { email: Some(email.to_owned()), password_file, password_out }
    }

    /// Removes the file of a generated password where what it was for has certainly failed: it is the password of no
    /// account.
    pub(super) fn keep_if_done<T>(&self, outcome: Result<T>) -> Result<T> {
        let Some(out) = &self.password_out else { return outcome };
        outcome.map_err(|error| {
            if error.code() == Code::OutcomeUnknown {
                return error.hint(format!("if the change was made, the password is in {}", out.display()));
            }
            let _ = std::fs::remove_file(out);
            error
        })
    }

    /// The address of the first administrator, where there shall be one.
    ///
    /// # Errors
    /// `usage` for options that make no sense together, and for what is no e-mail address.
    pub(super) fn email(&self) -> Result<Option<&str>> {
        let Self { email, password_file: file, password_out: out } = self;
        if file.is_some() && out.is_some() {
            return Err(CliError::usage(
                "the password of the first administrator is read from a file or written to one, not both",
            ));
        }
        let Some(email) = email else {
            return match (file, out) {
                (None, None) => Ok(None),
                _ => Err(CliError::usage("a password of the first administrator needs --init-admin EMAIL")),
            };
        };
        company_of(email)?;
        Ok(Some(email))
    }

    /// Creates the company and the administrator in an empty database, and says what was done.
    ///
    /// # Errors
    /// `usage` where the password would go to no terminal, `config` where the database refuses it, `invalid_input` for
    /// a password that breaks the rules, `io`, and those of asking.
    pub(super) async fn create(&self, email: &str, platform: &Platform, ui: &Ui) -> Result<()> {
        let refused = |error| failed(Code::Config, "cannot use --init-admin", error);
        let company = company_of(email)?;
        if !seed::is_empty(platform).await.map_err(refused)? {
            ui.note("the database has companies already: --init-admin has changed nothing");
            return Ok(());
        }
        let password = self.password(email, ui).await?;
        let applied = seed::apply(platform, &seed_of(email, company, &password)).await;
        self.keep_if_done(applied.map_err(refused))?;
        ui.status(format!("Created the company {company} and its administrator {email}"));
        self.tell(email, &password, ui);
        Ok(())
    }

    pub(super) async fn password(&self, email: &str, ui: &Ui) -> Result<Password> {
        if let Some(file) = &self.password_file {
            return checked(read_password_file(file)?);
        }
        let generated = || password::generate(&mut rand::rng());
        if let Some(out) = &self.password_out {
            let password = generated();
            return written(out, &password).map(|()| password);
        }
        if ui.is_interactive() {
            return typed(ui, email, checked).await;
        }
        if ui.stderr_is_terminal() {
            return Ok(generated());
        }
        Err(CliError::usage(format!(
            "the password of {email} cannot be shown: standard error is not a terminal, and may go to a journal"
        ))
        .hint(
            "read it from a file with --init-admin-password-file FILE, or let it be generated into a new file with \
             --init-admin-password-out FILE",
        ))
    }

    /// Says where the password is, or shows it if it was not written to a file.
    pub(super) fn tell(&self, email: &str, password: &Password, ui: &Ui) {
        match (&self.password_file, &self.password_out) {
            (Some(_), _) => {}
            (None, Some(out)) => ui.status(format!("The password of {email} is in {}", out.display())),
            (None, None) if ui.is_interactive() => {}
            // Quiet and documents silence a status.
            (None, None) => {
                ui.ask_about(format!("The password of {email}, shown once: {}", password.expose()));
            }
        }
    }
}

fn written(out: &Path, password: &Password) -> Result<()> {
    let line = zeroize::Zeroizing::new(format!("{}\n", password.expose()));
    Ok(create_private(out, line.as_bytes())?)
}

/// The company is called like the domain of its administrator.
fn company_of(email: &str) -> Result<&str> {
    let domain = email.split_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty());
    domain.ok_or_else(|| CliError::usage(format!("--init-admin: {email} is not an e-mail address")))
}

fn seed_of(email: &str, company: &str, password: &Password) -> Seed {
    let access = SeedAccess {
        company: CompanyPlace::Position(1),
        role: Some("company-admin".to_owned()),
        permissions: None,
    };
    let user = SeedUser {
        email: email.to_owned(),
        name: None,
        password_hash: None,
        password_env: Some(PASSWORD.to_owned()),
        password_file: None,
        totp_secret: None,
        access: vec![access],
    };
    Seed {
        companies: vec![SeedCompany { name: company.to_owned(), two_factor: false }],
        users: vec![user],
        environment: HashMap::from([(PASSWORD.to_owned(), password.clone())]),
        ..Seed::default()
    }
}
