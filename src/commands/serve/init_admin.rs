//! `serve --init-admin`: the first company and its administrator.
//!
//! Responsible for a database in which no account can sign in yet. Refuses to change any other.

use std::collections::HashMap;

use crate::commands::shared::password_args::typed;
use crate::domain::{Password, password};
use crate::error::{CliError, Result};
use crate::platform::Platform;
use crate::platform::service::seed::{self, CompanyPlace, Seed, SeedAccess, SeedCompany, SeedUser};
use crate::ui::Ui;

/// The name under which the seed finds the password.
const PASSWORD: &str = "password of --init-admin";

/// Creates the company and the administrator in an empty database, and says what was done.
///
/// # Errors
/// `usage` for what is no e-mail address, `config` where the database refuses it, and those of asking.
pub(super) async fn create(email: &str, platform: &Platform, ui: &Ui) -> Result<()> {
    let refused = |error: anyhow::Error| CliError::config("cannot use --init-admin").caused_by(error);
    let company = company_of(email)?;
    if !seed::is_empty(platform).await.map_err(refused)? {
        ui.note("the database has companies already: --init-admin has changed nothing");
        return Ok(());
    }
    let is_typed = ui.is_interactive();
    let password = if is_typed { typed(ui, email).await? } else { password::generate(&mut rand::rng()) };
    seed::apply(platform, &seed_of(email, company, &password)).await.map_err(refused)?;
    ui.status(format!("Created the company {company} and its administrator {email}"));
    if !is_typed {
        // Quiet and documents silence a status, but this is told nowhere else.
        ui.ask_about(format!("The password of {email}, shown once: {}", password.expose()));
    }
    Ok(())
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
