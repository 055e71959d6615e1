//! Settings that belong to this database and are the same on every node.
//!
//! Responsible for reading and writing them by name. Refuses to interpret them.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as Connection, DbErr, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Set,
};

use super::entity::setting;

/// How often a setting that another transaction has locked is asked for.
const PAUSE: Duration = Duration::from_millis(100);

/// The value of a setting, which is set to `value` if it had none.
pub(in crate::platform) async fn get_or_insert(
    db: &impl Connection,
    name: &str,
    value: &str,
) -> Result<String, DbErr> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let keep = OnConflict::column(setting::Column::Name).do_nothing().to_owned();
    setting::Entity::insert(row).on_conflict(keep).exec_without_returning(db).await?;
    let kept = setting::Entity::find_by_id(name.to_owned()).one(db).await?;
    kept.map(|row| row.value).ok_or_else(|| DbErr::RecordNotFound(format!("the setting {name}")))
}

/// The value of a setting, if it has one.
pub(in crate::platform) async fn get(db: &impl Connection, name: &str) -> Result<Option<String>, DbErr> {
    Ok(setting::Entity::find_by_id(name.to_owned()).one(db).await?.map(|row| row.value))
}

/// Sets a setting to `value`.
pub(in crate::platform) async fn put(db: &impl Connection, name: &str, value: &str) -> Result<(), DbErr> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.map(drop)
}

/// Takes a turn that lasts until `ends`, unless the one before has not ended yet. The setting holds its end. One that
/// is more than ten turns ahead was written by a clock that was wrong.
pub(in crate::platform) async fn take_turn(
    db: &impl Connection,
    name: &str,
    now: Timestamp,
    ends: Timestamp,
) -> Result<bool, DbErr> {
    // Of equal length, so that texts compare as their numbers do.
    let text = |moment: Timestamp| format!("{:020}", moment.as_millisecond());
    get_or_insert(db, name, &text(Timestamp::UNIX_EPOCH)).await?;
    let over = setting::Column::Value.lte(text(now));
    let wrong = setting::Column::Value.gt(text(now + ends.duration_since(now) * 10));
    let taken = setting::Entity::update_many()
        .col_expr(setting::Column::Value, Expr::value(text(ends)))
        .filter(setting::Column::Name.eq(name))
        .filter(Condition::any().add(over).add(wrong))
        .exec(db)
        .await?;
    Ok(taken.rows_affected > 0)
}

/// Locks a setting, which must exist, until the transaction ends. While another transaction has it, asks again and
/// again, however long that takes: one statement that waits would be given up as lost. `waiting` is called once.
pub(in crate::platform) async fn lock(
    db: &impl Connection,
    name: &str,
    waiting: impl FnOnce(),
) -> Result<(), DbErr> {
    let mut waiting = Some(waiting);
    loop {
        let free = setting::Entity::find()
            .filter(setting::Column::Name.eq(name))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        if free.one(db).await?.is_some() {
            return Ok(());
        }
        if let Some(waiting) = waiting.take() {
            waiting();
        }
        tokio::time::sleep(PAUSE).await;
    }
}
