//! Counters of failed guesses. Every change is one statement, so that nodes count together without locks.

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};

use super::entity::throttle;
use super::{Connection, from_millis, to_millis};

/// How many stale counters are removed at a time.
const SOME: u64 = 200;

/// How many guesses failed, and when the last one did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct Count {
    pub(in crate::platform) bucket: String,
    pub(in crate::platform) failures: u32,
    pub(in crate::platform) updated_at: Timestamp,
}

/// The counters that there are among `buckets`.
pub(in crate::platform) async fn read(db: &impl Connection, buckets: &[String]) -> Result<Vec<Count>, DbErr> {
    let rows = throttle::Entity::find().filter(throttle::Column::Bucket.is_in(buckets)).all(db).await?;
    let count = |row: throttle::Model| Count {
        bucket: row.bucket,
        failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
        updated_at: from_millis(row.updated_at),
    };
    Ok(rows.into_iter().map(count).collect())
}

/// Counts one more failure, unless somebody else changed the counter since it was `seen`.
pub(in crate::platform) async fn claim(
    db: &impl Connection,
    seen: &Count,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let done = throttle::Entity::update_many()
        .col_expr(throttle::Column::Failures, Expr::value(i64::from(seen.failures) + 1))
        .col_expr(throttle::Column::UpdatedAt, Expr::value(to_millis(now)))
        .filter(throttle::Column::Bucket.eq(seen.bucket.as_str()))
        .filter(throttle::Column::Failures.eq(i64::from(seen.failures)))
        .filter(throttle::Column::UpdatedAt.eq(to_millis(seen.updated_at)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Counts one more failure; a counter that nobody touched since `stale` starts again.
pub(in crate::platform) async fn add(
    db: &impl Connection,
    bucket: &str,
    now: Timestamp,
    stale: Timestamp,
) -> Result<(), DbErr> {
    let column = |column: throttle::Column| Expr::col((throttle::Entity, column));
    let more = Expr::case(column(throttle::Column::UpdatedAt).lt(to_millis(stale)), 1_i64)
        .finally(column(throttle::Column::Failures).add(1_i64));
    let again = OnConflict::column(throttle::Column::Bucket)
        .value(throttle::Column::Failures, more)
        .update_column(throttle::Column::UpdatedAt)
        .to_owned();
    let row = throttle::ActiveModel {
        bucket: Set(bucket.to_owned()),
        failures: Set(1),
        updated_at: Set(to_millis(now)),
    };
    throttle::Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map(drop)
}

/// Starts a counter again after a success.
pub(in crate::platform) async fn clear(db: &impl Connection, bucket: &str) -> Result<(), DbErr> {
    throttle::Entity::delete_by_id(bucket.to_owned()).exec(db).await.map(drop)
}

/// Removes counters that nobody touched since `stale`, some of them at a time. Those that somebody touches
/// right now are left alone, so that nobody waits for anybody.
pub(in crate::platform) async fn prune(db: &impl Connection, stale: Timestamp) -> Result<(), DbErr> {
    let buckets: Vec<String> = throttle::Entity::find()
        .select_only()
        .column(throttle::Column::Bucket)
        .filter(throttle::Column::UpdatedAt.lt(to_millis(stale)))
        .limit(SOME)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    if buckets.is_empty() {
        return Ok(());
    }
    throttle::Entity::delete_many().filter(throttle::Column::Bucket.is_in(buckets)).exec(db).await.map(drop)
}
