//! Values that belong to this database and are the same on every node.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as Connection, DbErr, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Set,
};

use super::entity::setting;

/// The value of a setting, which becomes `value` where there was none.
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

/// Sets a setting to `value`.
pub(super) async fn put(db: &impl Connection, name: &str, value: &str) -> Result<(), DbErr> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.map(drop)
}

/// Locks a setting until the transaction ends: another transaction that locks it waits.
pub(in crate::platform) async fn lock(db: &impl Connection, name: &str) -> Result<(), DbErr> {
    setting::Entity::find().filter(setting::Column::Name.eq(name)).lock_exclusive().one(db).await.map(drop)
}
