//! The budgets of guesses in the database.
//!
//! Responsible for locking rows in the order of their keys, so that nodes never wait for each other in a circle.
//! Refuses to decide: [`crate::platform::throttle`] does.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};

use super::entity::guess_budget;
use super::pieces::insert_all_on_conflict;
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

/// Locks the budgets of these keys until the transaction ends. `keys` are in order.
pub(in crate::platform) async fn lock(db: &impl Connection, keys: &[String]) -> Result<(), DbErr> {
    let as_it_is = Expr::col((guess_budget::Entity, guess_budget::Column::FullAt));
    let again = OnConflict::column(guess_budget::Column::Bucket)
        .value(guess_budget::Column::FullAt, as_it_is)
        .to_owned();
    insert_all_on_conflict(db, keys.iter().map(|key| row(key.clone(), 0)).collect(), again).await
}

/// Writes budgets that are locked, in the order of their keys.
pub(in crate::platform) async fn write(
    db: &impl Connection,
    budgets: Vec<(String, i64)>,
) -> Result<(), DbErr> {
    let again = OnConflict::column(guess_budget::Column::Bucket)
        .update_column(guess_budget::Column::FullAt)
        .to_owned();
    insert_all_on_conflict(db, budgets.into_iter().map(|(key, full_at)| row(key, full_at)).collect(), again)
        .await
}

fn row(bucket: String, full_at: i64) -> guess_budget::ActiveModel {
    guess_budget::ActiveModel { bucket: Set(bucket), full_at: Set(full_at) }
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
