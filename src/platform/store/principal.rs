//! Humans and service accounts, as they sign in.
//!
//! Responsible for the rows and locks of principals: credentials and last use. Refuses to decide
//! whether a sign-in succeeds.

use std::collections::BTreeSet;
use std::ops::Deref;

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait as _, DbErr, DerivePartialModel, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
};
use sqlx::FromRow;

use super::entity::principal;
use super::pieces::{MOST_ROWS, written};
use super::rows::{all, only};
use super::{Connection, from_millis, is_storable, to_millis};
use crate::api::audit::Actor;
use crate::api::session::Kind;
use crate::domain::AccountName;
use crate::platform::ids::PrincipalId;

/// How the kind of a service account is kept.
pub(super) const SERVICE_ACCOUNT: &str = "service_account";
const USER: &str = "user";

/// A password hash. It is read where a password is verified, and no format string shows it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::platform) struct StoredHash(String);

impl StoredHash {
    pub(super) fn new(hash: String) -> Self {
        Self(hash)
    }
}

impl Deref for StoredHash {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A user or service account that can sign in.
pub(in crate::platform) struct Principal {
    pub(in crate::platform) id: PrincipalId,
    pub(in crate::platform) kind: Kind,
    pub(in crate::platform) name: String,
    pub(in crate::platform) password_hash: StoredHash,
    pub(in crate::platform) totp_secret: Option<String>,
    /// The step of the last one-time code that opened a session.
    pub(in crate::platform) last_totp_step: Option<u64>,
    /// The owner company of a service account.
    pub(in crate::platform) owner: Option<i64>,
    pub(in crate::platform) last_used_at: Option<Timestamp>,
}

/// A new human.
pub(in crate::platform) struct NewUser<'a> {
    pub(in crate::platform) email: &'a str,
    pub(in crate::platform) display_name: Option<&'a str>,
    pub(in crate::platform) password_hash: String,
    pub(in crate::platform) totp_secret: Option<&'a str>,
    pub(in crate::platform) now: Timestamp,
}

impl From<Kept> for Principal {
    fn from(row: Kept) -> Self {
        Self {
            id: PrincipalId(row.id),
            kind: kind_of(&row.kind),
            name: row.name,
            password_hash: StoredHash(row.password_hash),
            totp_secret: row.totp_secret,
            last_totp_step: row.last_totp_step.map(i64::unsigned_abs),
            owner: row.owner_company_id,
            last_used_at: row.last_used_at.map(from_millis),
        }
    }
}

/// A kept kind; the table admits only the two.
pub(super) fn kind_of(kind: &str) -> Kind {
    if kind == SERVICE_ACCOUNT { Kind::ServiceAccount } else { Kind::User }
}

/// The principal with this name; the case of letters does not matter.
pub(in crate::platform) async fn by_name(
    db: &impl Connection,
    name: &str,
) -> Result<Option<Principal>, DbErr> {
    if !is_storable(name) {
        return Ok(None);
    }
    let key = AccountName::key_of(name);
    let found = principal::Entity::find().filter(principal::Column::NameKey.eq(key));
    let rows = found.into_partial_model::<Kept>().all(db).await?;
    Ok(only(rows).map(Principal::from))
}

/// The principal with the name key `$1`, and when it last signed in from the address `$2`.
///
/// Every column is named. A node of a newer release adds columns while this one runs, and PostgreSQL refuses a prepared
/// statement whose result has got one more.
const SIGNING_IN: &str = r#"SELECT "principal"."id", "principal"."kind", "principal"."name",
    "principal"."password_hash", "principal"."totp_secret", "principal"."last_totp_step",
    "principal"."owner_company_id", "principal"."last_used_at", "familiar"."seen_at"
FROM "principal"
LEFT JOIN "familiar" ON "familiar"."principal_id" = "principal"."id" AND "familiar"."address" = $2
WHERE "principal"."name_key" = $1"#;

#[derive(FromRow)]
struct SigningIn {
    #[sqlx(flatten)]
    principal: Kept,
    seen_at: Option<i64>,
}

/// What is read of a row.
#[derive(DerivePartialModel, FromRow)]
#[sea_orm(entity = "principal::Entity")]
struct Kept {
    id: i64,
    kind: String,
    name: String,
    password_hash: String,
    totp_secret: Option<String>,
    last_totp_step: Option<i64>,
    owner_company_id: Option<i64>,
    last_used_at: Option<i64>,
}

/// As [`by_name`], and when the principal last signed in from this address, if that is remembered.
pub(in crate::platform) async fn signing_in(
    db: &impl Connection,
    name: &str,
    address: &str,
) -> Result<Option<(Principal, Option<Timestamp>)>, DbErr> {
    if !is_storable(name) {
        return Ok(None);
    }
    let values = [AccountName::key_of(name).into(), address.into()];
    let rows: Vec<SigningIn> = all(db, written(db, SIGNING_IN, values)).await?;
    Ok(only(rows).map(|row| (Principal::from(row.principal), row.seen_at.map(from_millis))))
}

/// Whether a human or a service account has this name, in any case.
pub(in crate::platform) async fn exists(db: &impl Connection, name: &str) -> Result<bool, DbErr> {
    let named = principal::Entity::find().filter(principal::Column::NameKey.eq(AccountName::key_of(name)));
    Ok(named.count(db).await? > 0)
}

/// The present password of the one with this number.
pub(in crate::platform) async fn password_of(
    db: &impl Connection,
    id: PrincipalId,
) -> Result<Option<StoredHash>, DbErr> {
    let select = principal::Entity::find_by_id(id.0).select_only().column(principal::Column::PasswordHash);
    Ok(only(select.into_tuple().all(db).await?).map(StoredHash))
}

/// The same by number, locked until the transaction ends.
pub(in crate::platform) async fn lock(
    db: &impl Connection,
    id: PrincipalId,
) -> Result<Option<Principal>, DbErr> {
    let locked = principal::Entity::find_by_id(id.0).lock_exclusive();
    let rows = locked.into_partial_model::<Kept>().all(db).await?;
    Ok(only(rows).map(Principal::from))
}

/// Locks the human with this e-mail address until the transaction ends. Says their number.
pub(in crate::platform) async fn lock_user(
    db: &impl Connection,
    email: &str,
) -> Result<Option<PrincipalId>, DbErr> {
    if !is_storable(email) {
        return Ok(None);
    }
    let id = principal::Entity::find()
        .select_only()
        .column(principal::Column::Id)
        .filter(principal::Column::NameKey.eq(AccountName::key_of(email)))
        .filter(principal::Column::Kind.eq(USER))
        .lock_exclusive()
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.map(PrincipalId))
}

/// Replaces or removes the secret of the authenticator app.
pub(in crate::platform) async fn set_totp_secret(
    db: &impl Connection,
    id: PrincipalId,
    secret: Option<&str>,
) -> Result<(), DbErr> {
    principal::Entity::update_many()
        .col_expr(principal::Column::TotpSecret, Expr::value(secret))
        .col_expr(principal::Column::LastTotpStep, Expr::value(None::<i64>))
        .filter(principal::Column::Id.eq(id.0))
        .exec(db)
        .await
        .map(drop)
}

/// All humans by e-mail address, each with whether an authenticator app is enrolled.
pub(in crate::platform) async fn users(db: &impl Connection) -> Result<Vec<(String, bool)>, DbErr> {
    let rows: Vec<(String, Option<String>)> = principal::Entity::find()
        .select_only()
        .columns([principal::Column::Name, principal::Column::TotpSecret])
        .filter(principal::Column::Kind.eq(USER))
        .order_by_asc(principal::Column::NameKey)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(email, secret)| (email, secret.is_some())).collect())
}

/// Adds a human.
pub(in crate::platform) async fn insert_user(
    db: &impl Connection,
    user: NewUser<'_>,
) -> Result<PrincipalId, DbErr> {
    let row = principal::ActiveModel {
        kind: Set(USER.to_owned()),
        name: Set(user.email.to_owned()),
        name_key: Set(AccountName::key_of(user.email)),
        password_hash: Set(user.password_hash),
        created_at: Set(to_millis(user.now)),
        password_changed_at: Set(to_millis(user.now)),
        display_name: Set(user.display_name.map(str::to_owned)),
        totp_secret: Set(user.totp_secret.map(str::to_owned)),
        ..Default::default()
    };
    Ok(PrincipalId(principal::Entity::insert(row).exec(db).await?.last_insert_id))
}

/// How many humans and service accounts there are.
pub(in crate::platform) async fn count(db: &impl Connection) -> Result<u64, DbErr> {
    principal::Entity::find().count(db).await
}

/// Replaces the password; `author` is who does it.
pub(in crate::platform) async fn set_password(
    db: &impl Connection,
    id: PrincipalId,
    password_hash: String,
    now: Timestamp,
    author: Actor,
) -> Result<(), DbErr> {
    principal::Entity::update_many()
        .col_expr(principal::Column::PasswordHash, Expr::value(password_hash))
        .col_expr(principal::Column::PasswordChangedAt, Expr::value(to_millis(now)))
        .col_expr(principal::Column::PasswordByKind, Expr::value(author.kind.as_str()))
        .col_expr(principal::Column::PasswordById, Expr::value(author.id))
        .col_expr(principal::Column::PasswordByName, Expr::value(author.name))
        .col_expr(principal::Column::PasswordByAt, Expr::value(to_millis(now)))
        .filter(principal::Column::Id.eq(id.0))
        .exec(db)
        .await
        .map(drop)
}

/// Remembers the step of a one-time code that opened a session.
pub(in crate::platform) async fn spend_code(
    db: &impl Connection,
    id: PrincipalId,
    step: u64,
) -> Result<(), DbErr> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    principal::Entity::update_many()
        .col_expr(principal::Column::LastTotpStep, Expr::value(step))
        .filter(principal::Column::Id.eq(id.0))
        .exec(db)
        .await
        .map(drop)
}

/// Records that a principal was active, unless a later use is recorded.
pub(in crate::platform) async fn touch(
    db: &impl Connection,
    id: PrincipalId,
    now: Timestamp,
) -> Result<(), DbErr> {
    principal::Entity::update_many()
        .col_expr(principal::Column::LastUsedAt, Expr::value(to_millis(now)))
        .filter(principal::Column::Id.eq(id.0))
        .filter(is_older_than(now))
        .exec(db)
        .await
        .map(drop)
}

/// The same for many principals, all at the time `now`. Those that another transaction has locked are left out: the
/// next request of each notes it again.
pub(in crate::platform) async fn touch_all(
    db: &impl Connection,
    ids: &BTreeSet<PrincipalId>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    for piece in ids.chunks(MOST_ROWS) {
        let free: Vec<i64> = principal::Entity::find()
            .select_only()
            .column(principal::Column::Id)
            .filter(principal::Column::Id.is_in(piece.iter().copied()))
            .filter(is_older_than(now))
            .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
            .into_tuple()
            .all(db)
            .await?;
        if free.is_empty() {
            continue;
        }
        principal::Entity::update_many()
            .col_expr(principal::Column::LastUsedAt, Expr::value(to_millis(now)))
            .filter(principal::Column::Id.is_in(free))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Whether the last use that is recorded was before this moment.
fn is_older_than(moment: Timestamp) -> Condition {
    Condition::any()
        .add(principal::Column::LastUsedAt.is_null())
        .add(principal::Column::LastUsedAt.lt(to_millis(moment)))
}

/// Deletes a principal with its tokens and its access.
pub(in crate::platform) async fn delete(db: &impl Connection, id: PrincipalId) -> Result<(), DbErr> {
    principal::Entity::delete_by_id(id.0).exec(db).await.map(drop)
}
