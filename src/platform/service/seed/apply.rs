//! Adds the entries of a seed file that never existed.
//!
//! Responsible for adding all of them in one transaction. Refuses the whole file if one entry breaks a rule.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};

use super::{Applied, CompanyPlace, Secret, Seed, SeedAccess, SeedAccount, SeedRole, SeedUser, once};
use crate::domain::{AccountName, Company, CompanyId, DefaultRole, Description, RoleName, Violation};
use crate::platform::hash;
use crate::platform::ids::PrincipalId;
use crate::platform::service::operator::{self, check_email, check_text};
use crate::platform::service::second_factor::check_secret;
use crate::platform::service::{assignment, role};
use crate::platform::store::account::NewAccount;
use crate::platform::store::principal::NewUser;
use crate::platform::store::{self, Tx};
use crate::platform::{CURSOR_KEY, Platform};

/// Adds the entries that never existed.
///
/// # Errors
/// The seed names what does not exist or breaks a rule, or the database failed; nothing was added then.
pub async fn apply(platform: &Platform, seed: &Seed) -> anyhow::Result<Applied> {
    once::check(seed)?;
    let tx = platform.store().begin().await?;
    // Two processes with the same seed file take turns.
    let waiting = || tracing::info!("waiting for another node, which adds its seed");
    store::setting::lock(&*tx, CURSOR_KEY, waiting).await?;
    let is_empty = is_empty_in(&tx).await?;
    let mut seeding = Seeding { platform, seed, tx, companies: Vec::new(), added: 0 };
    seeding.companies().await?;
    for role in &seed.roles {
        seeding.role(role).await.with_context(|| format!("[[role]] {}", role.name))?;
    }
    for user in &seed.users {
        seeding.user(user).await.with_context(|| format!("[[user]] {}", user.email))?;
    }
    for account in seed.accounts.iter().filter(|_| is_empty) {
        seeding.account(account).await.with_context(|| format!("[[service_account]] {}", account.name))?;
    }
    let Seeding { tx, companies, added, .. } = seeding;
    tx.commit().await?;
    Ok(Applied { companies, added })
}

/// Whether the database has neither a company nor an account.
///
/// # Errors
/// The database failed.
pub async fn is_empty(platform: &Platform) -> anyhow::Result<bool> {
    let tx = platform.store().begin().await?;
    let is_empty = is_empty_in(&tx).await?;
    tx.commit().await?;
    Ok(is_empty)
}

async fn is_empty_in(tx: &Tx) -> anyhow::Result<bool> {
    Ok(store::company::count(&**tx).await? == 0 && store::principal::count(&**tx).await? == 0)
}

struct Seeding<'a> {
    platform: &'a Platform,
    seed: &'a Seed,
    tx: Tx,
    /// The id of each company of the file.
    companies: Vec<CompanyId>,
    added: usize,
}

impl Seeding<'_> {
    /// Companies of the same name are distinguished by their order in the file.
    async fn companies(&mut self) -> anyhow::Result<()> {
        let mut namesakes: HashMap<&str, usize> = HashMap::new();
        for company in &self.seed.companies {
            check_text("the name of a [[company]]", &company.name)?;
            let count = namesakes.entry(&company.name).or_default();
            *count += 1;
            let key = format!("{count} {}", company.name);
            let id = if let Some(id) = self.earlier("company", &key).await? {
                CompanyId(id)
            } else {
                let id = store::company::insert(&*self.tx, &company.name, company.two_factor).await?;
                self.remember("company", &key, id.0).await?;
                id
            };
            self.companies.push(id);
        }
        Ok(())
    }

    async fn role(&mut self, new: &SeedRole) -> anyhow::Result<()> {
        let company = self.company(&new.company)?;
        let name = RoleName::new(new.name.as_str()).map_err(|broken| told(&broken))?;
        ensure!(name.as_str().parse::<DefaultRole>().is_err(), "a default role cannot be defined");
        let permissions = role::parse(&new.permissions).map_err(|broken| all_told(&broken))?;
        let key = format!("{company} {name}");
        if self.earlier("role", &key).await?.is_some() {
            return Ok(());
        }
        if store::role::find(&*self.tx, company, name.as_str()).await?.is_none() {
            store::role::insert(&*self.tx, company, name.as_str(), permissions).await?;
        }
        self.remember("role", &key, company.0).await
    }

    async fn user(&mut self, user: &SeedUser) -> anyhow::Result<()> {
        check_email(&user.email)?;
        if let Some(name) = &user.name {
            check_text("name", name)?;
        }
        user.totp_secret.as_deref().map(check_secret).transpose().context("totp_secret")?;
        let secret = user.secret()?;
        let key = AccountName::key_of(&user.email);
        let is_known =
            self.earlier("user", &key).await?.is_some() || store::principal::exists(&*self.tx, &key).await?;
        if is_known {
            return Ok(());
        }
        let new = NewUser {
            email: &user.email,
            display_name: user.name.as_deref(),
            password_hash: self.hash(&secret).await?,
            totp_secret: user.totp_secret.as_deref(),
            now: self.platform.now(),
        };
        let id = store::principal::insert_user(&*self.tx, new).await?;
        self.access(id, &user.access).await?;
        self.remember("user", &key, id.0).await
    }

    async fn account(&mut self, account: &SeedAccount) -> anyhow::Result<()> {
        let name = AccountName::new(account.name.as_str()).map_err(|broken| told(&broken))?;
        let description = Description::new(account.description.clone().unwrap_or_default())
            .map_err(|broken| told(&broken))?;
        let new = NewAccount {
            name: &name,
            description: description.as_ref(),
            owner: self.company(&account.owner)?,
            password_hash: self.hash(&account.secret()?).await?,
            now: self.platform.now(),
            created_by: None,
            request: None,
        };
        let id = store::account::insert(&*self.tx, new).await?.context("the name is used twice")?;
        self.added += 1;
        self.access(id, &account.access).await
    }

    async fn access(&mut self, id: PrincipalId, access: &[SeedAccess]) -> anyhow::Result<()> {
        for access in access {
            let name = self.seed.companies[self.seed.place(&access.company)?].name.clone();
            let company = Company { id: self.company(&access.company)?, name };
            let asked = assignment::parse(access.role.clone(), access.permissions.as_deref(), "access.");
            let asked = asked.map_err(|broken| all_told(&broken))?;
            let wanted = assignment::resolve(&*self.tx, &company, asked, "access.")
                .await?
                .map_err(|broken| told(&broken))?;
            store::access::put(&*self.tx, id, company.id, &wanted.assignment).await?;
        }
        Ok(())
    }

    fn company(&self, company: &CompanyPlace) -> anyhow::Result<CompanyId> {
        Ok(self.companies[self.seed.place(company)?])
    }

    /// The hash of a password of the file. Only what is added is read and hashed.
    async fn hash(&self, secret: &Secret<'_>) -> anyhow::Result<String> {
        let plain = match secret {
            Secret::Hash(hash) => {
                hash::check(hash).context("password_hash")?;
                return Ok((*hash).to_owned());
            }
            Secret::Variable(_) | Secret::File(_) => {
                secret.plain(self.seed)?.context("the password is missing")?
            }
        };
        operator::hash(self.platform, "seed", plain).await
    }

    async fn earlier(&self, kind: &str, key: &str) -> anyhow::Result<Option<i64>> {
        Ok(store::seeded::find(&*self.tx, kind, key).await?)
    }

    async fn remember(&mut self, kind: &str, key: &str, id: i64) -> anyhow::Result<()> {
        self.added += 1;
        Ok(store::seeded::insert(&*self.tx, kind, key, id).await?)
    }
}

fn told(violation: &Violation) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", violation.field, violation.message)
}

fn all_told(violations: &[Violation]) -> anyhow::Error {
    let told: Vec<_> = violations.iter().map(|violation| told(violation).to_string()).collect();
    anyhow::anyhow!("{}", told.join("; "))
}
