//! Humans and service accounts, as they sign in.
//!
//! Responsible for the rows and locks of principals: credentials, known addresses and last use. Refuses to decide
//! whether a sign-in succeeds.

use std::collections::BTreeSet;
use std::ops::Deref;

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
};

use super::entity::{known_address, principal};
use super::pieces::{MOST_ROWS, only};
use super::{Connection, from_millis, is_storable, to_millis};
use crate::api::audit::Actor;
use crate::api::session::Kind;
use crate::domain::AccountName;
use crate::platform::ids::PrincipalId;

/// How the kind of a service account is kept.
pub(super) const SERVICE_ACCOUNT: &str = "service_account";
const USER: &str = "user";

/// Most addresses that are known of one principal.
const MOST_ADDRESSES: u64 = 16;

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
}

/// A new human.
pub(in crate::platform) struct NewUser<'a> {
    pub(in crate::platform) email: &'a str,
    pub(in crate::platform) display_name: Option<&'a str>,
    pub(in crate::platform) password_hash: String,
    pub(in crate::platform) totp_secret: Option<&'a str>,
    pub(in crate::platform) now: Timestamp,
}

impl From<principal::Model> for Principal {
    fn from(row: principal::Model) -> Self {
        Self {
            id: PrincipalId(row.id),
            kind: kind_of(&row.kind),
            name: row.name,
            password_hash: StoredHash(row.password_hash),
            totp_secret: row.totp_secret,
            last_totp_step: row.last_totp_step.map(i64::unsigned_abs),
            owner: row.owner_company_id,
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
    let rows = principal::Entity::find().filter(principal::Column::NameKey.eq(key)).all(db).await?;
    Ok(only(rows).map(Principal::from))
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
    let rows = principal::Entity::find_by_id(id.0).lock_exclusive().all(db).await?;
    Ok(only(rows).map(Principal::from))
}

/// Locks the service account of this name until the transaction ends: its password, its existence and its
/// access everywhere. Says its number, if there was anything to lock.
pub(in crate::platform) async fn lock_account(
    db: &impl Connection,
    name: &str,
) -> Result<Option<PrincipalId>, DbErr> {
    // A write transaction has the whole database of SQLite to itself.
    if !is_storable(name) || db.get_database_backend() == DbBackend::Sqlite {
        return Ok(None);
    }
    let id = principal::Entity::find()
        .select_only()
        .column(principal::Column::Id)
        .filter(principal::Column::NameKey.eq(AccountName::key_of(name)))
        .filter(principal::Column::Kind.eq(SERVICE_ACCOUNT))
        .lock_exclusive()
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.map(PrincipalId))
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

/// Records that a principal was active, unless that was recorded since `unless_since`.
pub(in crate::platform) async fn touch(
    db: &impl Connection,
    id: PrincipalId,
    now: Timestamp,
    unless_since: Timestamp,
) -> Result<(), DbErr> {
    principal::Entity::update_many()
        .col_expr(principal::Column::LastUsedAt, Expr::value(to_millis(now)))
        .filter(principal::Column::Id.eq(id.0))
        .filter(is_older_than(unless_since))
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

/// When a principal last signed in from this address, if that is remembered.
pub(in crate::platform) async fn address_seen_at(
    db: &impl Connection,
    id: PrincipalId,
    address: &str,
) -> Result<Option<Timestamp>, DbErr> {
    let found = known_address::Entity::find_by_id((id.0, address.to_owned())).all(db).await?;
    Ok(only(found).map(|row| from_millis(row.seen_at)))
}

/// Remembers that a principal has signed in from this address, and forgets those not seen since `forget` and all but
/// the last [`MOST_ADDRESSES`].
pub(in crate::platform) async fn remember_address(
    db: &impl Connection,
    id: PrincipalId,
    address: &str,
    now: Timestamp,
    forget: Timestamp,
) -> Result<(), DbErr> {
    known_address::Entity::delete_many()
        .filter(known_address::Column::PrincipalId.eq(id.0))
        .filter(known_address::Column::SeenAt.lt(to_millis(forget)))
        .exec(db)
        .await?;
    let row = known_address::ActiveModel {
        principal_id: Set(id.0),
        address: Set(address.to_owned()),
        seen_at: Set(to_millis(now)),
    };
    let again = OnConflict::columns([known_address::Column::PrincipalId, known_address::Column::Address])
        .update_column(known_address::Column::SeenAt)
        .to_owned();
    known_address::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    let oldest: Vec<String> = known_address::Entity::find()
        .select_only()
        .column(known_address::Column::Address)
        .filter(known_address::Column::PrincipalId.eq(id.0))
        .order_by_desc(known_address::Column::SeenAt)
        .order_by_asc(known_address::Column::Address)
        .offset(MOST_ADDRESSES)
        .limit(MOST_ADDRESSES)
        .into_tuple()
        .all(db)
        .await?;
    if oldest.is_empty() {
        return Ok(());
    }
    known_address::Entity::delete_many()
        .filter(known_address::Column::PrincipalId.eq(id.0))
        .filter(known_address::Column::Address.is_in(oldest))
        .exec(db)
        .await
        .map(drop)
}

/// Forgets every address from which a principal has signed in.
pub(in crate::platform) async fn forget_addresses(
    db: &impl Connection,
    id: PrincipalId,
) -> Result<(), DbErr> {
    let all = known_address::Entity::delete_many().filter(known_address::Column::PrincipalId.eq(id.0));
    all.exec(db).await.map(drop)
}
