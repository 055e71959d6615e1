//! Removes old rows: each function removes some rows of one table and returns how many.
//!
//! Responsible for small transactions. Refuses to wait for another transaction: rows and principals that it has locked
//! are left for the next time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::entity::{audit, known_address, principal, refused, token};
use super::pieces::written;
use super::rows::{all, first};
use super::{Connection, to_millis};

/// How many rows are looked for at a time.
const SOME: u64 = 500;

/// Removes tokens that have expired.
pub(in crate::platform) async fn tokens(db: &impl Connection, now: Timestamp) -> Result<u64, DbErr> {
    let expired: Vec<String> = token::Entity::find()
        .select_only()
        .column(token::Column::Hash)
        .filter(token::Column::ExpiresAt.lte(to_millis(now)))
        .limit(SOME)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    if expired.is_empty() {
        return Ok(0);
    }
    let removed = token::Entity::delete_many().filter(token::Column::Hash.is_in(expired)).exec(db).await?;
    Ok(removed.rows_affected)
}

/// Removes known addresses without a sign-in since `before`.
pub(in crate::platform) async fn addresses(db: &impl Connection, before: Timestamp) -> Result<u64, DbErr> {
    let old = known_address::Column::SeenAt.lt(to_millis(before));
    let owners: Vec<i64> = known_address::Entity::find()
        .select_only()
        .column(known_address::Column::PrincipalId)
        .filter(old.clone())
        .limit(SOME)
        .into_tuple()
        .all(db)
        .await?;
    // A sign-in holds its principal while it writes addresses.
    let owners = lock(db, BTreeSet::from_iter(owners)).await?;
    if owners.is_empty() {
        return Ok(0);
    }
    let of_them = known_address::Column::PrincipalId.is_in(owners);
    let removed = known_address::Entity::delete_many().filter(of_them).filter(old).exec(db).await?;
    Ok(removed.rows_affected)
}

/// Removes the counts of sign-ins that were refused before this time.
pub(in crate::platform) async fn refusals(db: &impl Connection, before: Timestamp) -> Result<u64, DbErr> {
    let old = refused::Column::Hour.lt(to_millis(before));
    let of: Vec<i64> = refused::Entity::find()
        .select_only()
        .column(refused::Column::PrincipalId)
        .filter(old.clone())
        .limit(SOME)
        .into_tuple()
        .all(db)
        .await?;
    if of.is_empty() {
        return Ok(0);
    }
    let of_them = refused::Column::PrincipalId.is_in(BTreeSet::from_iter(of));
    let removed = refused::Entity::delete_many().filter(of_them).filter(old).exec(db).await?;
    Ok(removed.rows_affected)
}

/// Some companies whose log begins before the time `$1`: which have a log, and where it begins, are first entries of an
/// index each.
const WITH_OLD_RECORDS: &str = r#"WITH RECURSIVE "logged"("id") AS (
    SELECT MIN("company_id") FROM "audit" UNION ALL
    SELECT (SELECT MIN("company_id") FROM "audit" WHERE "company_id" > "logged"."id") FROM "logged"
    WHERE "logged"."id" IS NOT NULL
) SELECT "id" FROM "logged"
WHERE (SELECT MIN("at") FROM "audit" WHERE "audit"."company_id" = "logged"."id") < $1 LIMIT 50"#;

/// Removes audit records from before this time. The ids do not show the oldest ones: a clock that was wrong may have
/// dated some of them ahead.
pub(in crate::platform) async fn records(db: &impl Connection, before: Timestamp) -> Result<u64, DbErr> {
    let companies: Vec<(i64,)> = all(db, written(db, WITH_OLD_RECORDS, [to_millis(before).into()])).await?;
    let mut old = Vec::new();
    for (company,) in companies {
        let select = audit::Entity::find()
            .select_only()
            .column(audit::Column::Id)
            .filter(audit::Column::CompanyId.eq(company))
            .filter(audit::Column::At.lt(to_millis(before)))
            .order_by_asc(audit::Column::At)
            .order_by_asc(audit::Column::Id);
        old.extend(first::<(i64,)>(db, select, SOME - old.len() as u64).await?.into_iter().map(|(id,)| id));
    }
    if old.is_empty() {
        return Ok(0);
    }
    let removed = audit::Entity::delete_many().filter(audit::Column::Id.is_in(old)).exec(db).await?;
    Ok(removed.rows_affected)
}

/// Removes the idempotency keys of accounts that were created before this time.
pub(in crate::platform) async fn requests(db: &impl Connection, before: Timestamp) -> Result<u64, DbErr> {
    let done: Vec<i64> = principal::Entity::find()
        .select_only()
        .column(principal::Column::Id)
        .filter(principal::Column::IdempotencyKey.is_not_null())
        .filter(principal::Column::CreatedAt.lt(to_millis(before)))
        .limit(SOME)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    if done.is_empty() {
        return Ok(0);
    }
    let forgotten = principal::Entity::update_many()
        .col_expr(principal::Column::IdempotencyKey, Expr::value(None::<String>))
        .col_expr(principal::Column::RequestDigest, Expr::value(None::<String>))
        .filter(principal::Column::Id.is_in(done))
        .exec(db)
        .await?;
    Ok(forgotten.rows_affected)
}

/// Locks those of the principals that no other transaction holds.
async fn lock(db: &impl Connection, ids: BTreeSet<i64>) -> Result<Vec<i64>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    principal::Entity::find()
        .select_only()
        .column(principal::Column::Id)
        .filter(principal::Column::Id.is_in(ids))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await
}
