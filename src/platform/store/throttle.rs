//! The budgets of guesses in the database.
//!
//! Responsible for locking rows in the order of their keys, so that nodes never wait for each other in a circle.
//! Refuses to decide: [`crate::platform::throttle`] does.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::entity::guess_budget;
use super::pieces::written;
use super::rows::all;
use super::{Connection, to_millis};

/// How many budgets are removed at a time.
const SOME: u64 = 200;
/// A budget is removed when it has been full for so long: the clocks of nodes differ.
const FULL_FOR: SignedDuration = SignedDuration::from_mins(1);

/// When the budgets of these keys are full again. One that is missing is full.
pub(in crate::platform) async fn read(
    db: &impl Connection,
    keys: &[String],
) -> Result<HashMap<String, i64>, DbErr> {
    let rows = guess_budget::Entity::find().filter(guess_budget::Column::Bucket.is_in(keys)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.bucket, row.full_at)).collect())
}

/// As [`read`], and locks the budgets until the transaction ends. `keys` are in order.
pub(in crate::platform) async fn lock(
    db: &impl Connection,
    keys: &[String],
) -> Result<HashMap<String, i64>, DbErr> {
    upsert(db, keys.iter().map(|key| (key.clone(), 0)).collect(), "\"guess_budget\".\"full_at\"").await
}

/// Writes budgets that are locked, in the order of their keys.
pub(in crate::platform) async fn write(
    db: &impl Connection,
    budgets: Vec<(String, i64)>,
) -> Result<(), DbErr> {
    upsert(db, budgets, "excluded.\"full_at\"").await.map(drop)
}

/// Makes budgets full by so many milliseconds earlier, in the order of their keys. One that is missing is full already.
pub(in crate::platform) async fn give_back(
    db: &impl Connection,
    budgets: Vec<(String, i64)>,
) -> Result<(), DbErr> {
    upsert(db, budgets, "\"guess_budget\".\"full_at\" - excluded.\"full_at\"").await.map(drop)
}

/// Inserts the few budgets of one guess; one that exists gets `full_at`, which is SQL. Returns all of them as they are
/// then.
async fn upsert(
    db: &impl Connection,
    budgets: Vec<(String, i64)>,
    full_at: &str,
) -> Result<HashMap<String, i64>, DbErr> {
    if budgets.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<_> = (1..=budgets.len()).map(|row| format!("(${}, ${})", 2 * row - 1, 2 * row)).collect();
    let sql = format!(
        r#"INSERT INTO "guess_budget" ("bucket", "full_at") VALUES {}
ON CONFLICT ("bucket") DO UPDATE SET "full_at" = {full_at} RETURNING "bucket", "full_at""#,
        rows.join(", ")
    );
    let values = budgets.into_iter().flat_map(|(key, full_at)| [key.into(), full_at.into()]);
    let rows: Vec<guess_budget::Model> = all(db, written(db, sql, values)).await?;
    Ok(rows.into_iter().map(|row| (row.bucket, row.full_at)).collect())
}

/// Removes some budgets that are full again; returns how many. Budgets that another transaction has locked are left
/// alone.
pub(in crate::platform) async fn prune(db: &impl Connection, now: Timestamp) -> Result<u64, DbErr> {
    let full: Vec<String> = guess_budget::Entity::find()
        .select_only()
        .column(guess_budget::Column::Bucket)
        .filter(guess_budget::Column::FullAt.lt(to_millis(now - FULL_FOR)))
        .limit(SOME)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    if full.is_empty() {
        return Ok(0);
    }
    let full = guess_budget::Column::Bucket.is_in(full);
    guess_budget::Entity::delete_many().filter(full).exec(db).await.map(|removed| removed.rows_affected)
}
