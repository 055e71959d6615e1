//! Seed files: the companies, users, roles and service accounts that a database starts with.
//!
//! Responsible for adding companies, users and roles that never existed, and service accounts to an empty database.
//! Refuses to change what exists, and to bring back what was removed.

mod apply;
mod once;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

pub use apply::{apply, is_empty};

use crate::domain::{CompanyId, Password};

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
    /// The values of [`Seed::variables`], which the reader of the file fills in.
    #[serde(skip)]
    pub environment: HashMap<String, Password>,
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
#[serde(untagged, expecting = "a company is its place among those of the file, from 1, or its name")]
pub enum CompanyPlace {
    /// The n-th `[[company]]` of the file, from 1; on an empty database that is its id.
    Position(usize),
    /// A name that only one company of the file has.
    Name(String),
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
    /// The company.
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
    /// Its permissions.
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
    /// The names of the environment variables in which the file has passwords.
    pub fn variables(&self) -> Vec<String> {
        let users = self.users.iter().filter_map(|user| user.password_env.clone());
        let accounts = self.accounts.iter().filter_map(|account| account.password_env.clone());
        users.chain(accounts).collect()
    }

    /// Where in `companies` the named company stands, from 0.
    ///
    /// # Errors
    /// The file has no such company, or several of that name.
    pub fn place(&self, company: &CompanyPlace) -> anyhow::Result<usize> {
        let name = match company {
            CompanyPlace::Position(position) => {
                let is_there = (1..=self.companies.len()).contains(position);
                anyhow::ensure!(is_there, "the seed has no [[company]] number {position}");
                return Ok(position - 1);
            }
            CompanyPlace::Name(name) => name,
        };
        let mut found = self.companies.iter().enumerate().filter(|(_, company)| company.name == *name);
        let (place, _) = found.next().with_context(|| format!("the seed has no [[company]] {name:?}"))?;
        let is_only = found.next().is_none();
        anyhow::ensure!(is_only, "several [[company]] are named {name:?}: give the number, counted from 1");
        Ok(place)
    }

    /// The password of a user of this file in plain text, where `[sandbox]`, the file or its environment has it.
    ///
    /// # Errors
    /// The variable is missing or the file cannot be read.
    pub fn plain_password_of(&self, email: &str) -> anyhow::Result<Option<Password>> {
        let sandbox = self.sandbox.as_ref().filter(|sandbox| sandbox.user.eq_ignore_ascii_case(email));
        if let Some(password) = sandbox.and_then(|sandbox| sandbox.password.clone()) {
            return Ok(Some(password));
        }
        let user = self.users.iter().find(|user| user.email.eq_ignore_ascii_case(email));
        match user {
            Some(user) => user.secret()?.plain(self),
            None => Ok(None),
        }
    }
}

/// Where a seed file has a password.
enum Secret<'a> {
    Hash(&'a str),
    Variable(&'a str),
    File(&'a Path),
}

impl<'a> Secret<'a> {
    fn new(
        of: &str,
        hash: Option<&'a String>,
        variable: Option<&'a String>,
        file: Option<&'a PathBuf>,
    ) -> anyhow::Result<Self> {
        match (hash, variable, file) {
            (Some(hash), None, None) => Ok(Self::Hash(hash)),
            (None, Some(variable), None) => Ok(Self::Variable(variable)),
            (None, None, Some(file)) => Ok(Self::File(file)),
            _ => anyhow::bail!("{of} needs exactly one of password_hash, password_env and password_file"),
        }
    }

    /// The password in plain text; `None` for a hash.
    fn plain(&self, seed: &Seed) -> anyhow::Result<Option<Password>> {
        let path = match self {
            Self::Hash(_) => return Ok(None),
            Self::Variable(name) => {
                let password = seed.environment.get(*name).cloned();
                return password.map(Some).with_context(|| format!("password_env: {name} is not set"));
            }
            Self::File(path) => path,
        };
        let mut text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the password_file {}", path.display()))?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(Some(Password::new(text)))
    }
}

impl SeedUser {
    fn secret(&self) -> anyhow::Result<Secret<'_>> {
        let (hash, variable) = (self.password_hash.as_ref(), self.password_env.as_ref());
        Secret::new(&self.email, hash, variable, self.password_file.as_ref())
    }
}

impl SeedAccount {
    fn secret(&self) -> anyhow::Result<Secret<'_>> {
        let (hash, variable) = (self.password_hash.as_ref(), self.password_env.as_ref());
        Secret::new(&self.name, hash, variable, self.password_file.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(text: &str) -> Seed {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn companies_are_named_by_place_or_by_a_name_of_their_own() {
        let seed = seed("company = [{ name = 'A' }, { name = 'B' }, { name = 'B' }]");
        assert_eq!(seed.place(&CompanyPlace::Name("A".into())).unwrap(), 0);
        assert_eq!(seed.place(&CompanyPlace::Position(3)).unwrap(), 2);
        for wrong in
            [CompanyPlace::Name("B".into()), CompanyPlace::Name("C".into()), CompanyPlace::Position(0)]
        {
            assert!(seed.place(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_password_stands_in_one_place_and_loses_one_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "Sandbox-1234! \r\n").unwrap();
        let with_file = seed(&format!("[[user]]\nemail = 'a@b'\npassword_file = '{}'", file.display()));
        assert_eq!(with_file.plain_password_of("A@b").unwrap().unwrap().expose(), "Sandbox-1234! ");
        assert!(with_file.plain_password_of("c@d").unwrap().is_none());
        let twice = seed("[[user]]\nemail = 'a@b'\npassword_env = 'X'\npassword_hash = 'y'");
        assert!(twice.plain_password_of("a@b").is_err());
        let mut with_variable = seed("[[user]]\nemail = 'a@b'\npassword_env = 'X'");
        assert!(with_variable.plain_password_of("a@b").is_err());
        assert_eq!(with_variable.variables(), ["X"]);
        with_variable.environment.insert("X".into(), Password::new("Sandbox-1234!\n"));
        assert_eq!(with_variable.plain_password_of("a@b").unwrap().unwrap().expose(), "Sandbox-1234!\n");
        let hashed = seed("[[user]]\nemail = 'a@b'\npassword_hash = 'y'");
        assert!(hashed.plain_password_of("a@b").unwrap().is_none());
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<Seed>("[[company]]\nname = 'A'\ntwofactor = true").is_err());
        assert!(toml::from_str::<Seed>("[[companies]]\nname = 'A'").is_err());
    }
}
