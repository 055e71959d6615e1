//! The entries that seed files have added, each once.
//!
//! Responsible for remembering them after their deletion. Refuses to add anything else.

use sea_orm::{DbErr, EntityTrait as _, Set};

use super::Connection;
use super::entity::seeded;

/// The id of the entry that was added with this kind and key, even if it was deleted since.
pub(in crate::platform) async fn find(
    db: &impl Connection,
    kind: &str,
    key: &str,
) -> Result<Option<i64>, DbErr> {
    let row = seeded::Entity::find_by_id((kind.to_owned(), key.to_owned())).one(db).await?;
    Ok(row.map(|row| row.id))
}

/// Remembers that something was added.
pub(in crate::platform) async fn insert(
    db: &impl Connection,
    kind: &str,
    key: &str,
    id: i64,
) -> Result<(), DbErr> {
    let row = seeded::ActiveModel { kind: Set(kind.to_owned()), key: Set(key.to_owned()), id: Set(id) };
    seeded::Entity::insert(row).exec_without_returning(db).await.map(drop)
}
