//! Write transactions, and when one counts as committed.
//!
//! Responsible for three rules: after the first statement that fails no other runs, a commit counts only when SQLite
//! itself has ended the transaction, and a connection whose transaction failed is closed. Refuses to report a commit
//! that the database has not made.
//!
//! SQLite ends a transaction by itself when the disk is full or fails, and the connection pool does not notice. The
//! rules keep such a transaction from counting as committed.

use std::ops::Deref;
use std::sync::OnceLock;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};
use tokio::sync::OwnedSemaphorePermit;

use super::pulse::Pulse;
use super::setting;

/// How long a failed commit may take to be covered.
const COVER: Duration = Duration::from_secs(2);

/// A write transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub(in crate::platform) struct Tx {
    statements: Statements,
    connections: DatabaseConnection,
    is_dry_run: bool,
    _turn: Option<OwnedSemaphorePermit>,
}

/// What runs the statements of a transaction, up to the first that fails.
pub(in crate::platform) struct Statements {
    transaction: DatabaseTransaction,
    pulse: Pulse,
    failure: OnceLock<DbErr>,
}

/// Why a transaction is not known to be kept.
#[derive(Debug, thiserror::Error)]
pub(in crate::platform) enum CommitError {
    /// Nothing of it is kept.
    #[error("nothing was changed")]
    NotKept(#[from] DbErr),
    /// PostgreSQL was asked to keep it, and did not say that it has: it may have.
    #[error("the change may or may not have been made")]
    Unknown(#[source] DbErr),
}

/// For a write that means nothing to anyone who waits: what failed is all that matters.
impl From<CommitError> for DbErr {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::NotKept(cause) | CommitError::Unknown(cause) => cause,
        }
    }
}

impl Tx {
    pub(super) async fn begin(
        connections: &DatabaseConnection,
        pulse: &Pulse,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Result<Self, DbErr> {
        let statements = Statements::begin(connections, pulse).await?;
        Ok(Self { statements, connections: connections.clone(), is_dry_run: false, _turn: turn })
    }

    /// The same transaction; for a dry run its end is a rollback.
    pub(in crate::platform) fn for_dry_run(self, is_dry_run: bool) -> Self {
        Self { is_dry_run, ..self }
    }

    /// Makes everything that was written permanent. After a dry run nothing is either way.
    pub(in crate::platform) async fn commit(self) -> Result<(), CommitError> {
        if self.is_dry_run {
            return Ok(self.statements.roll_back().await?);
        }
        let committed = self.statements.commit().await;
        if committed.is_err() && self.connections.get_database_backend() == DbBackend::Sqlite {
            cover(&self.connections).await;
        }
        committed
    }
}

impl Deref for Tx {
    type Target = Statements;

    fn deref(&self) -> &Statements {
        &self.statements
    }
}

impl Statements {
    async fn begin(connections: &DatabaseConnection, pulse: &Pulse) -> Result<Self, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = pulse.during(connections.begin_with_options(options)).await?;
        Ok(Self { transaction, pulse: pulse.clone(), failure: OnceLock::new() })
    }

    async fn commit(self) -> Result<(), CommitError> {
        if let Some(failure) = self.failure.get() {
            return Err(failure.clone().into());
        }
        if self.transaction.get_database_backend() != DbBackend::Sqlite {
            return self.pulse.during(self.transaction.commit()).await.map_err(CommitError::Unknown);
        }
        // The second BEGIN succeeds only where SQLite is in no transaction any more. It gives the pool the open
        // transaction that the pool counts, an empty one.
        self.execute_unprepared("COMMIT; BEGIN").await?;
        if let Err(error) = self.transaction.commit().await {
            tracing::warn!(%error, "a connection to the database failed after its transaction was kept");
        }
        Ok(())
    }

    async fn roll_back(self) -> Result<(), DbErr> {
        match self.failure.into_inner() {
            Some(failure) => Err(failure),
            None => self.pulse.during(self.transaction.rollback()).await,
        }
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>> + Send) -> Result<T, DbErr> {
        if let Some(failure) = self.failure.get() {
            return Err(failure.clone());
        }
        let outcome = self.pulse.during(statement).await;
        if let Err(failure) = &outcome {
            let _ = self.failure.set(failure.clone());
            if self.transaction.get_database_backend() == DbBackend::Sqlite {
                // The pool still counts a transaction here, and closes the connection for it (`open::is_clean`).
                let _ = self.transaction.execute_unprepared("ROLLBACK").await;
            }
        }
        outcome
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Statements {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.transaction.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.transaction.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.transaction.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.transaction.query_all_raw(statement)).await
    }
}

/// Writes something that means nothing.
pub(super) async fn try_write(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    setting::put(db, "last_probe", &jiff::Timestamp::now().to_string()).await
}

/// A commit that failed when the disk had to confirm it is in the log of SQLite in full, and would be
/// taken for a good one after a crash. The next write takes its place there: this one, which means nothing.
async fn cover(connections: &DatabaseConnection) {
    let write = async {
        let statements = Statements::begin(connections, &Pulse::of_sqlite()).await?;
        try_write(&statements).await?;
        statements.commit().await
    };
    match tokio::time::timeout(COVER, write).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the database does not take writes"),
        Err(_) => tracing::warn!("the database does not take writes in time"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::DatabaseUrl;
    use crate::platform::store::Store;

    async fn put(tx: &Tx, name: &str) -> Result<(), DbErr> {
        setting::put(&**tx, name, "x").await
    }

    /// Which settings of these are there.
    async fn kept(store: &Store, names: &[&str]) -> Vec<String> {
        let mut kept = Vec::new();
        for name in names {
            let sql = format!("SELECT value FROM setting WHERE name = '{name}'");
            let row = Statement::from_string(DbBackend::Sqlite, sql);
            if store.reader().query_one_raw(row).await.unwrap().is_some() {
                kept.push((*name).to_owned());
            }
        }
        kept
    }

    async fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&DatabaseUrl::Sqlite(folder.path().join("platform.db")), None).await.unwrap()
    }

    #[tokio::test]
    async fn after_a_statement_that_failed_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let tx = store.begin().await.unwrap();
        put(&tx, "before").await.unwrap();
        tx.execute_unprepared("INSERT INTO setting VALUES (NULL)").await.unwrap_err();
        put(&tx, "after").await.unwrap_err();
        tx.commit().await.unwrap_err();
        let tx = store.begin().await.unwrap();
        put(&tx, "later").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kept(&store, &["before", "after", "later"]).await, ["later"]);
    }

    /// SQLite ends a transaction by itself when the disk is full.
    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_is_not_committed_and_costs_no_later_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        for round in 0..3 {
            let tx = store.begin().await.unwrap();
            put(&tx, "lost").await.unwrap();
            tx.transaction.execute_unprepared("ROLLBACK").await.unwrap();
            if round > 0 {
                tx.commit().await.unwrap_err();
            } else {
                drop(tx);
            }
            let name = format!("kept-{round}");
            let tx = store.begin().await.unwrap();
            put(&tx, &name).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(kept(&store, &["lost", &name]).await, [name]);
        }
        store.close().await.unwrap();
        let store = self::store(&folder).await;
        assert_eq!(
            kept(&store, &["lost", "kept-0", "kept-1", "kept-2"]).await,
            ["kept-0", "kept-1", "kept-2"]
        );
    }
}
