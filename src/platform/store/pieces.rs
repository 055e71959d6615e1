//! Statements over many rows or many ids, in pieces. A database takes a limited number of values in one statement:
//! 32,766 (SQLite) or 65,535 (PostgreSQL).

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, DbErr, EntityTrait};

use super::Connection;

/// Most rows or ids in one statement.
pub(super) const MOST_ROWS: usize = 1000;

/// Inserts any number of rows.
pub(super) async fn insert_all<A>(db: &impl Connection, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    insert(db, rows, None).await
}

/// The same where a row with that key may be there already.
pub(super) async fn insert_all_on_conflict<A>(
    db: &impl Connection,
    rows: Vec<A>,
    conflict: OnConflict,
) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    insert(db, rows, Some(conflict)).await
}

/// Every insert of several rows goes through here.
async fn insert<A>(db: &impl Connection, rows: Vec<A>, conflict: Option<OnConflict>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let piece: Vec<A> = rows.by_ref().take(MOST_ROWS).collect();
        let insert = A::Entity::insert_many(piece);
        match &conflict {
            Some(conflict) => insert.on_conflict(conflict.clone()).exec_without_returning(db).await?,
            None => insert.exec_without_returning(db).await?,
        };
    }
    Ok(())
}
