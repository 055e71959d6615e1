//! Statements over many rows or ids, in pieces: a database takes a limited number of values in one statement, 32,766
//! (SQLite) or 65,535 (PostgreSQL).
//!
//! Responsible for inserts of any length, and for statements with a constant text. Refuses a limit among the values of
//! a statement that requests send often, as `one` of SeaORM has: SQLite would prepare it again at every run.

use std::fmt::Write as _;

use std::sync::Arc;

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, DbErr, EntityTrait, QueryResult, QueryTrait, RuntimeErr,
    Statement, Value,
};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::Connection;

/// Most rows or ids in one statement.
pub(super) const MOST_ROWS: usize = 1000;

/// The row of a lookup by a unique key.
pub(super) fn only<T>(rows: Vec<T>) -> Option<T> {
    rows.into_iter().next()
}

/// The first `limit` rows of a select, each as `T`. The limit is part of the statement text.
pub(super) async fn first<T: Readable>(
    db: &impl Connection,
    select: impl QueryTrait,
    limit: u64,
) -> Result<Vec<T>, DbErr> {
    let mut statement = select.build(db.get_database_backend());
    let _ = write!(statement.sql, " LIMIT {limit}");
    all(db, statement).await
}

/// What can be read from a row of either database.
pub(super) trait Readable: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Readable for T {}

/// Every row of a statement as `T`.
pub(super) async fn all<T: Readable>(db: &impl Connection, statement: Statement) -> Result<Vec<T>, DbErr> {
    db.query_all_raw(statement).await?.iter().map(read).collect()
}

/// A row as `T`. Reading by SeaORM is slower: it makes a text for each value that is missing.
pub(super) fn read<T: Readable>(row: &QueryResult) -> Result<T, DbErr> {
    let read = match (row.try_as_sqlite_row(), row.try_as_pg_row()) {
        (Some(row), _) => T::from_row(row),
        (None, Some(row)) => T::from_row(row),
        (None, None) => return Err(DbErr::Custom("a row of an unknown kind of database".to_owned())),
    };
    read.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
}

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
