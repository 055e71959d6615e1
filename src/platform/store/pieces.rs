//! Statements over many rows or ids, in pieces: a database takes a limited number of values in one statement, 32,766
//! (SQLite) or 65,535 (PostgreSQL).
//!
//! Responsible for inserts of any length, and for statements with a constant text. Refuses to read what they answer:
//! [`super::rows`] does.

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, DbErr, EntityTrait, Statement, Value};

use super::Connection;

/// Most rows or ids in one statement.
pub(super) const MOST_ROWS: usize = 1000;

/// A statement whose text is written out in SQL of both databases. The most frequent statements of requests are not
/// built again each time.
pub(super) fn written(
    db: &impl Connection,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// Inserts any number of rows.
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
