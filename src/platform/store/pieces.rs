//! Statements over many rows or many ids, in pieces. A database takes a limited number of values in one statement:
//! 32,766 (SQLite) or 65,535 (PostgreSQL).

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, DbErr, EntityTrait};

use super::Connection;

/// Most rows or ids in one statement.
pub(super) const MOST_ROWS: usize = 1000;

/// Inserts any number of rows. Every insert of several rows goes through here.
pub(super) async fn insert_all<A>(db: &impl Connection, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let piece: Vec<A> = rows.by_ref().take(MOST_ROWS).collect();
        A::Entity::insert_many(piece).exec_without_returning(db).await?;
    }
    Ok(())
}
