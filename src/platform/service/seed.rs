//! What a database starts with: companies, users, roles and service accounts from a seed file.
//!
//! Companies, users and roles that never existed are added, service accounts only to an empty database.
//! Nothing that exists is changed, nothing that was removed comes back.

use std::path::PathBuf;

use serde::Deserialize;

use crate::domain::{CompanyId, Password};
use crate::platform::Platform;

/// A seed file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    /// The companies. Their ids are given in this order on an empty database.
    #[serde(rename = "company")]
    pub companies: Vec<SeedCompany>,
    /// The humans.
    #[serde(rename = "user")]
    pub users: Vec<SeedUser>,
    /// The custom roles.
    #[serde(rename = "role")]
    pub roles: Vec<SeedRole>,
    /// The service accounts.
    #[serde(rename = "service_account")]
    pub accounts: Vec<SeedAccount>,
    /// Who signs in where in a sandbox.
    pub sandbox: Option<SeedSandbox>,
}

/// `[[company]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCompany {
    /// The name, which may repeat.
    pub name: String,
    /// Whether every human of the company needs a second factor.
    #[serde(default)]
    pub two_factor: bool,
}

/// How a seed file names one of its companies.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum CompanyPlace {
    /// The n-th `[[company]]` of the file, from 1; on an empty database that is its id.
    Position(usize),
    /// A name that only one company of the file has.
    Name(String),
}

/// A password in one of three forms, exactly one of them.
#[derive(Debug, Deserialize)]
pub struct SeedPassword {
    /// An Argon2id hash in PHC form.
    pub password_hash: Option<String>,
    /// The environment variable that has the password.
    pub password_env: Option<String>,
    /// The file that has the password; one final line end is not part of it.
    pub password_file: Option<PathBuf>,
}

/// `[[user]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedUser {
    /// The e-mail address, which is the name to sign in with.
    pub email: String,
    /// The name in words.
    pub name: Option<String>,
    /// An Argon2id hash in PHC form.
    pub password_hash: Option<String>,
    /// The environment variable that has the password.
    pub password_env: Option<String>,
    /// The file that has the password.
    pub password_file: Option<PathBuf>,
    /// The secret of the authenticator app, in base 32.
    pub totp_secret: Option<String>,
    /// Access in companies.
    #[serde(default)]
    pub access: Vec<SeedAccess>,
}

/// Access in one company: a role or individual permissions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAccess {
    /// Where.
    pub company: CompanyPlace,
    /// A role of that company.
    pub role: Option<String>,
    /// Individual permissions.
    pub permissions: Option<Vec<String>>,
}

/// `[[role]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedRole {
    /// The company that has it.
    pub company: CompanyPlace,
    /// Its name.
    pub name: String,
    /// What its holders may do.
    pub permissions: Vec<String>,
}

/// `[[service_account]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAccount {
    /// Its name.
    pub name: String,
    /// The company that owns it.
    pub owner: CompanyPlace,
    /// Free text.
    pub description: Option<String>,
    /// An Argon2id hash in PHC form.
    pub password_hash: Option<String>,
    /// The environment variable that has the password.
    pub password_env: Option<String>,
    /// The file that has the password.
    pub password_file: Option<PathBuf>,
    /// Access in companies.
    #[serde(default)]
    pub access: Vec<SeedAccess>,
}

/// `[sandbox]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedSandbox {
    /// The e-mail address of the user who is signed in.
    pub user: String,
    /// The active company.
    pub company: CompanyPlace,
    /// The user's password, where the seed has only its hash.
    pub password: Option<Password>,
}

/// What a seed file came to.
#[derive(Debug)]
pub struct Applied {
    /// The id of each company of the file, in the order of the file.
    pub companies: Vec<CompanyId>,
    /// How many rows of all kinds were added.
    pub added: usize,
}

impl Seed {
    /// Where in `companies` the named company stands, from 0.
    ///
    /// # Errors
    /// The file has no such company, or several of that name.
    pub fn place(&self, _company: &CompanyPlace) -> anyhow::Result<usize> {
        todo!()
    }

    /// The password of a user of this file in plain text, where the file, its environment or `[sandbox]` has it.
    ///
    /// # Errors
    /// The variable or the file cannot be read.
    pub fn plain_password_of(&self, _email: &str) -> anyhow::Result<Option<Password>> {
        todo!()
    }
}

/// Adds what never existed.
///
/// # Errors
/// The seed names what does not exist or breaks a rule, or the database failed; nothing was added then.
pub async fn apply(_platform: &Platform, _seed: &Seed) -> anyhow::Result<Applied> {
    todo!()
}
