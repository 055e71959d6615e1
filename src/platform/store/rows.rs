//! Rows as structs.
//!
//! Responsible for reading rows of both databases. Refuses a limit among the values of a statement that requests send
//! often, as `one` of SeaORM has: SQLite would prepare it again at every run.

use std::fmt::Write as _;
use std::sync::Arc;

use sea_orm::{DbErr, QueryResult, QueryTrait, RuntimeErr, Statement};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::Connection;

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

/// A row as `T`. SeaORM's reader is slower: it builds an error text for each NULL.
pub(super) fn read<T: Readable>(row: &QueryResult) -> Result<T, DbErr> {
    let read = match (row.try_as_sqlite_row(), row.try_as_pg_row()) {
        (Some(row), _) => T::from_row(row),
        (None, Some(row)) => T::from_row(row),
        (None, None) => return Err(DbErr::Custom("a row of an unknown kind of database".to_owned())),
    };
    read.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
}
