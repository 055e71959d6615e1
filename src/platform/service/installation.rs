//! Companies and users for the operator of an installation: directly on the database, without a token.
//!
//! Responsible for what no route offers. Refuses what a seed file may not contain either. Each change is recorded in
//! every company that it concerns, as done by that company, because an operator is not a user.

use anyhow::ensure;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sea_orm::DbErr;
use serde_json::{Value, json};

use super::assignment;
use super::operator::{self, check_email, check_text};
use crate::api::Code;
use crate::api::audit::{Action, Actor, ActorKind};
use crate::domain::{Company, CompanyId, Password};
use crate::platform::ids::PrincipalId;
use crate::platform::service::second_factor;
use crate::platform::store::access::Assignment;
use crate::platform::store::audit::NewRecord;
use crate::platform::store::company::Hold;
use crate::platform::store::principal::NewUser;
use crate::platform::store::{self, CommitError, Tx};
use crate::platform::{Error, Platform};

/// A user to create.
#[derive(Debug)]
pub struct UserRequest {
    /// The name to sign in with.
    pub email: String,
    /// The full name.
    pub name: Option<String>,
    /// Where the user is a member.
    pub company: CompanyId,
    /// The role there.
    pub role: String,
    /// The password.
    pub password: Password,
}

/// A company with its demand for a second factor.
#[derive(Debug)]
pub struct CompanyEntry {
    /// The company.
    pub company: Company,
    /// Whether every user of the company needs one.
    pub two_factor: bool,
}

/// A user, as lists show them.
#[derive(Debug)]
pub struct UserEntry {
    /// The name to sign in with.
    pub email: String,
    /// Whether an authenticator app is enrolled.
    pub second_factor: bool,
}

/// Whether the error is a broken rule, and not a failure of the database.
pub fn is_refusal(error: &anyhow::Error) -> bool {
    !error.chain().any(|cause| cause.is::<DbErr>() || cause.is::<std::io::Error>())
}

/// Whether what failed may have been done all the same.
pub fn leaves_doubt(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(CommitError::Unknown(_))))
}

/// A new secret for an authenticator app, in base 32.
pub fn new_secret() -> String {
    second_factor::new_secret()
}

/// The `otpauth://` URL for authenticator apps.
pub fn enrolment_url(email: &str, secret: &str) -> String {
    let account = utf8_percent_encode(email, NON_ALPHANUMERIC);
    format!("otpauth://totp/sactl:{account}?secret={secret}&issuer=sactl")
}

/// Adds a company.
///
/// # Errors
/// A name that breaks a rule, or a failure of the database.
pub async fn create_company(platform: &Platform, name: &str, two_factor: bool) -> anyhow::Result<Company> {
    check_text("the name of a company", name)?;
    let tx = platform.store().begin().await?;
    let id = store::company::insert(&*tx, name, two_factor).await?;
    let company = Company { id, name: name.to_owned() };
    let detail = json!({ "name": name, "two_factor": two_factor });
    record(platform, &tx, Action::CompanyCreated, vec![(company.clone(), detail)]).await?;
    tx.commit().await?;
    Ok(company)
}

/// Renames a company; returns the old name.
///
/// # Errors
/// No such company, a name that breaks a rule, or a failure of the database.
pub async fn rename_company(platform: &Platform, id: CompanyId, name: &str) -> anyhow::Result<Company> {
    check_text("the name of a company", name)?;
    let tx = platform.store().begin().await?;
    let before = lock_company(&tx, id).await?;
    store::company::rename(&*tx, id, name).await?;
    let company = Company { id, name: name.to_owned() };
    let detail = json!({ "name": { "old": before.name, "new": name } });
    record(platform, &tx, Action::CompanyRenamed, vec![(company, detail)]).await?;
    tx.commit().await?;
    Ok(before)
}

/// All companies, by id.
///
/// # Errors
/// A failure of the database.
pub async fn companies(platform: &Platform) -> anyhow::Result<Vec<CompanyEntry>> {
    let all = store::company::all(platform.store().reader()).await?;
    Ok(all.into_iter().map(|(company, two_factor)| CompanyEntry { company, two_factor }).collect())
}

/// Adds a user with a role in one company.
///
/// # Errors
/// No such company or role, a name that is taken, input that breaks a rule, or a failure of the database.
pub async fn create_user(platform: &Platform, request: UserRequest) -> anyhow::Result<Company> {
    check_email(&request.email)?;
    request.name.as_deref().map(|name| check_text("the name of a user", name)).transpose()?;
    let hash = operator::hash(platform, "operator", request.password).await?;
    let tx = platform.store().begin().await?;
    let (id, email) = (request.company, &request.email);
    let company = lock_company(&tx, id).await?;
    let role = assignment::role_permissions(&*tx, id, &request.role).await?;
    ensure!(role.is_some(), "{company} has no role {}", request.role);
    if store::principal::exists(&*tx, email).await? {
        return Err(Error::name_taken(email).into());
    }
    let user = NewUser {
        email,
        display_name: request.name.as_deref(),
        password_hash: hash,
        totp_secret: None,
        now: platform.now(),
    };
    let user = store::principal::insert_user(&*tx, user).await?;
    store::access::put(&*tx, user, id, &Assignment::Role(request.role.clone())).await?;
    let detail = json!({ "user": email, "role": request.role });
    record(platform, &tx, Action::UserCreated, vec![(company.clone(), detail)]).await?;
    tx.commit().await?;
    Ok(company)
}

/// Sets the password of a user, and ends every session of the user.
///
/// # Errors
/// No such user, a password that breaks a rule, or a failure of the database.
pub async fn set_password(platform: &Platform, email: &str, password: Password) -> anyhow::Result<()> {
    let hash = operator::hash(platform, "operator", password).await?;
    let (tx, user) = begin(platform, email).await?;
    let author = Actor { kind: ActorKind::User, id: user.0, name: email.to_owned() };
    store::principal::set_password(&*tx, user, hash, platform.now(), author).await?;
    store::known_address::forget_all(&*tx, user).await?;
    finish(platform, tx, user, Action::UserPasswordReset, json!({ "user": email })).await
}

/// Sets or removes the secret of a user's authenticator app, and ends every session of the user.
///
/// # Errors
/// No such user, a secret that cannot be used, or a failure of the database.
pub async fn set_second_factor(platform: &Platform, email: &str, secret: Option<&str>) -> anyhow::Result<()> {
    secret.map(second_factor::check_secret).transpose()?;
    let (tx, user) = begin(platform, email).await?;
    store::principal::set_totp_secret(&*tx, user, secret).await?;
    let detail = json!({ "user": email, "enrolled": secret.is_some() });
    finish(platform, tx, user, Action::UserSecondFactor, detail).await
}

/// All users, by e-mail address.
///
/// # Errors
/// A failure of the database.
pub async fn users(platform: &Platform) -> anyhow::Result<Vec<UserEntry>> {
    let all = store::principal::users(platform.store().reader()).await?;
    Ok(all.into_iter().map(|(email, second_factor)| UserEntry { email, second_factor }).collect())
}

async fn lock_company(tx: &Tx, id: CompanyId) -> anyhow::Result<Company> {
    store::company::lock(&**tx, [id], Hold::Alone).await?;
    let found = store::company::find(&**tx, id).await?;
    found.ok_or_else(|| Error::new(Code::NotFound, format!("there is no company {id}")).into())
}

async fn begin(platform: &Platform, email: &str) -> anyhow::Result<(Tx, PrincipalId)> {
    let tx = platform.store().begin().await?;
    let user = store::principal::lock_user(&*tx, email).await?;
    let user = user.ok_or_else(|| Error::new(Code::NotFound, format!("there is no user {email}")))?;
    Ok((tx, user))
}

async fn finish(
    platform: &Platform,
    tx: Tx,
    user: PrincipalId,
    action: Action,
    detail: Value,
) -> anyhow::Result<()> {
    store::token::end_all(&*tx, user).await?;
    let everywhere = store::access::everywhere(&*tx, user).await?;
    let parts = everywhere.into_iter().map(|grant| (grant.company, detail.clone())).collect();
    record(platform, &tx, action, parts).await?;
    Ok(tx.commit().await?)
}

async fn record(
    platform: &Platform,
    tx: &Tx,
    action: Action,
    parts: Vec<(Company, Value)>,
) -> anyhow::Result<()> {
    let records = parts.into_iter().map(|(company, detail)| NewRecord {
        at: platform.now(),
        company: company.id,
        action,
        actor: Actor { kind: ActorKind::Company, id: company.id.0, name: company.name },
        account: None,
        role_name: None,
        detail,
        request_id: String::new(),
    });
    Ok(store::audit::insert(&**tx, records).await?)
}
