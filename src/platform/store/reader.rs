//! Where requests read outside a transaction.
//!
//! Responsible for connections that stay out of the pool from one statement to the next: whatever comes back to the pool
//! is asked there whether it is alive, which costs as much as a statement. Refuses to keep a connection that failed or
//! that was not used for a moment: the pool gets it back and asks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::sea_query::Values;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
};
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Database, Executor, IntoArguments, Pool, Postgres, Sqlite};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::open::{FRESH, POSTGRES_PATIENCE, SQLITE_PATIENCE};
use crate::platform::Observer;

/// Readers at once. They leave some connections of the pool to transactions.
const SQLITE_READERS: usize = 6;
const POSTGRES_READERS: usize = 8;

/// Reads from the database.
pub(in crate::platform) struct Reader {
    connections: DatabaseConnection,
    kept: Either,
    observer: Option<Observer>,
}

enum Either {
    Sqlite(Kept<Sqlite>),
    Postgres(Kept<Postgres>),
}

impl Reader {
    pub(super) fn new(connections: &DatabaseConnection, observer: Option<Observer>) -> Self {
        let kept = if connections.get_database_backend() == DbBackend::Sqlite {
            let pool = connections.get_sqlite_connection_pool().clone();
            Either::Sqlite(Kept::new(pool, SQLITE_READERS, SQLITE_PATIENCE))
        } else {
            let pool = connections.get_postgres_connection_pool().clone();
            Either::Postgres(Kept::new(pool, POSTGRES_READERS, POSTGRES_PATIENCE))
        };
        Self { connections: connections.clone(), kept, observer }
    }

    /// How many connections are kept and not in use.
    pub(super) fn idle(&self) -> usize {
        match &self.kept {
            Either::Sqlite(kept) => kept.lock().len(),
            Either::Postgres(kept) => kept.lock().len(),
        }
    }

    /// Gives every connection back to the pool, and keeps none from now on.
    pub(super) fn close(&self) {
        match &self.kept {
            Either::Sqlite(kept) => kept.close(),
            Either::Postgres(kept) => kept.close(),
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.connections.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connections.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(observer) = &self.observer {
            observer(&statement);
        }
        match &self.kept {
            Either::Sqlite(kept) => kept.rows(statement).await,
            Either::Postgres(kept) => kept.rows(statement).await,
        }
    }
}

/// The connections of one kind of database.
struct Kept<DB: Database> {
    pool: Pool<DB>,
    idle: Mutex<Vec<(PoolConnection<DB>, Instant)>>,
    /// Readers wait here in order, and as long as they would wait for the pool.
    places: Semaphore,
    patience: Duration,
}

impl<DB: Database> Kept<DB> {
    fn new(pool: Pool<DB>, readers: usize, patience: Duration) -> Self {
        Self { pool, idle: Mutex::default(), places: Semaphore::new(readers), patience }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(PoolConnection<DB>, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.places.close();
        self.lock().clear();
    }

    async fn take(&self) -> Result<(PoolConnection<DB>, SemaphorePermit<'_>), DbErr> {
        let failed = DbErr::ConnectionAcquire;
        let place = tokio::time::timeout(self.patience, self.places.acquire()).await;
        let place = place.map_err(|_| failed(ConnAcquireErr::Timeout))?;
        let place = place.map_err(|_| failed(ConnAcquireErr::ConnectionClosed))?;
        let kept = self.lock().pop();
        if let Some((connection, used)) = kept
            && used.elapsed() < FRESH
        {
            return Ok((connection, place));
        }
        let connection = self.pool.acquire().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => failed(ConnAcquireErr::Timeout),
            sqlx::Error::PoolClosed => failed(ConnAcquireErr::ConnectionClosed),
            error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
        })?;
        Ok((connection, place))
    }

    /// Keeps a connection that did what was asked of it.
    fn keep(&self, connection: PoolConnection<DB>) {
        let mut idle = self.lock();
        if !self.places.is_closed() {
            idle.push((connection, Instant::now()));
        }
    }
}

impl<DB: Database> Kept<DB>
where
    SqlxValues: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    QueryResult: From<DB::Row>,
{
    async fn rows(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (mut connection, _place) = self.take().await?;
        let values = statement.values.unwrap_or_else(|| Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values));
        let rows = query.fetch_all(&mut *connection).await;
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        self.keep(connection);
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }
}
