//! Whether the server of PostgreSQL still answers.
//!
//! Responsible for ending the wait for a statement when the server is silent: it has stopped, or the network swallows
//! what is sent. Refuses to end a statement that only takes long on a server that answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult};
use sea_orm::{RuntimeErr, Statement};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Mutex;

/// How long a statement may take before the server is asked whether it still answers, and how long its answer counts.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long the server may take to accept a connection: one that is only busy needs more time than one that is idle.
const PROBE: Duration = Duration::from_secs(1);
/// No statement of the platform takes so long: its connection is dead, whatever the server says on another one.
const LONGEST: Duration = Duration::from_secs(20);

/// The pulse of one server. SQLite is in this process and needs none.
#[derive(Clone)]
pub(super) struct Pulse(Option<Arc<Server>>);

struct Server {
    options: PgConnectOptions,
    /// When the server was asked, and whether it answered.
    last: Mutex<Option<(Instant, bool)>>,
    /// Whether connections of the pool may be dead.
    is_suspect: AtomicBool,
}

impl Pulse {
    pub(super) const fn of_sqlite() -> Self {
        Self(None)
    }

    pub(super) fn of(options: PgConnectOptions) -> Self {
        let server = Server { options, last: Mutex::new(None), is_suspect: AtomicBool::new(false) };
        Self(Some(Arc::new(server)))
    }

    /// Waits for a statement while the server answers.
    pub(super) async fn during<T>(
        &self,
        statement: impl Future<Output = Result<T, DbErr>> + Send,
    ) -> Result<T, DbErr> {
        let Some(server) = &self.0 else { return statement.await };
        let mut statement = Box::pin(statement);
        let begun = Instant::now();
        loop {
            if let Ok(outcome) = tokio::time::timeout(PATIENCE, &mut statement).await {
                return outcome;
            }
            if begun.elapsed() > LONGEST || !server.answers().await {
                server.is_suspect.store(true, Ordering::Relaxed);
                let silent = "the database server does not answer".to_owned();
                return Err(DbErr::Conn(RuntimeErr::Internal(silent)));
            }
        }
    }

    /// Whether a connection of the pool can be used. One that was used a moment ago is asked only while connections may
    /// be dead.
    pub(super) async fn test<C: sqlx::Connection>(
        &self,
        connection: &mut C,
        is_fresh: bool,
    ) -> Result<bool, sqlx::Error> {
        let is_suspect = self.0.as_ref().is_some_and(|server| server.is_suspect.load(Ordering::Relaxed));
        if is_fresh && !is_suspect {
            return Ok(true);
        }
        let answer = tokio::time::timeout(PATIENCE, connection.ping()).await;
        answer.map_err(|_| sqlx::Error::PoolTimedOut)??;
        if let Some(server) = &self.0 {
            server.is_suspect.store(false, Ordering::Relaxed);
        }
        Ok(true)
    }
}

impl Server {
    /// Asks over a new connection; those who ask at the same time share the answer. Even a refusal is one.
    async fn answers(&self) -> bool {
        let mut last = self.last.lock().await;
        if let Some((at, answered)) = *last
            && at.elapsed() < PATIENCE
        {
            return answered;
        }
        let asked = tokio::time::timeout(PROBE, self.options.connect()).await;
        let answered = match asked {
            Ok(Ok(connection)) => {
                drop(connection.close_hard().await);
                true
            }
            Ok(Err(error)) => matches!(error, sqlx::Error::Database(_)),
            Err(_) => false,
        };
        *last = Some((Instant::now(), answered));
        answered
    }
}

/// Where to read outside a transaction.
pub(in crate::platform) struct Reader {
    connections: DatabaseConnection,
    pulse: Pulse,
}

impl Reader {
    pub(super) const fn new(connections: DatabaseConnection, pulse: Pulse) -> Self {
        Self { connections, pulse }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pulse.during(self.connections.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pulse.during(self.connections.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.pulse.during(self.connections.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.pulse.during(self.connections.query_all_raw(statement)).await
    }
}
