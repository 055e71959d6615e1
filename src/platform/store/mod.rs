//! The database: tables and queries named by intent, one code path for SQLite and PostgreSQL.
//!
//! Responsible for statements, locks and transactions. Refuses rules: it decides neither who may do something nor what
//! is valid.
//!
//! Queries take the connection or the transaction in which they run. Decisions run in a transaction that has locked the
//! rows they depend on, always in the same order: the service account first, then the companies by id. The lock of a
//! company covers everything in it: its roles and all access there. Changes of different accounts that change no role
//! share it ([`company::Hold`]). On SQLite a write transaction has the whole
//! database to itself from its start.

pub(super) mod access;
pub(super) mod account;
pub(super) mod audit;
pub(super) mod authors;
pub(super) mod company;
#[expect(unreachable_pub, reason = "the derive makes everything public")]
mod entity;
pub(super) mod expiry;
pub(super) mod export;
pub(super) mod known_address;
pub(super) mod lock;
pub(super) mod look;
pub(super) mod named;
mod open;
mod pieces;
pub(super) mod principal;
mod pulse;
pub(super) mod refused;
pub(super) mod role;
mod rows;
pub(super) mod seeded;
pub(super) mod setting;
pub(super) mod throttle;
pub(super) mod token;
mod transaction;

use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::{DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tokio::sync::{Mutex, Semaphore};

use super::{DatabaseUrl, Observer};
use crate::domain::PermissionSet;

use self::pulse::{Pulse, Reader};
pub(super) use self::transaction::{CommitError, Tx};
pub(super) use sea_orm::ConnectionTrait as Connection;

/// The database.
pub(super) struct Store {
    connections: DatabaseConnection,
    reader: Reader,
    pulse: Pulse,
    /// SQLite has one writer at a time: in this process they queue here, in order, instead of polling.
    writers: Option<Arc<Semaphore>>,
    /// One connection to SQLite that does nothing and stays. When the last one is closed and another opened,
    /// SQLite reads its log anew, and would find writes there that failed.
    keeper: Mutex<Option<SqliteConnection>>,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub(super) async fn open(database: &DatabaseUrl, observer: Option<Observer>) -> anyhow::Result<Self> {
        let (mut connections, pulse, keeper) = open::connect(database).await?;
        if let Some(observer) = observer {
            connections.set_metric_callback(move |sent| observer(sent.statement));
        }
        let is_sqlite = connections.get_database_backend() == DbBackend::Sqlite;
        let writers = is_sqlite.then(|| Arc::new(Semaphore::new(1)));
        let reader = Reader::new(connections.clone(), pulse.clone());
        Ok(Self { connections, reader, pulse, writers, keeper: Mutex::new(keeper) })
    }

    /// Where to read outside a transaction.
    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Begins a write transaction.
    pub(super) async fn begin(&self) -> Result<Tx, DbErr> {
        let turn = match &self.writers {
            Some(writers) => Some(
                Arc::clone(writers)
                    .acquire_owned()
                    .await
                    .map_err(|closed| DbErr::Custom(closed.to_string()))?,
            ),
            None => None,
        };
        Tx::begin(&self.connections, &self.pulse, turn).await
    }

    /// Tries whether a write is kept.
    pub(super) async fn try_write(&self) -> Result<(), DbErr> {
        let tx = self.begin().await?;
        transaction::try_write(&*tx).await?;
        Ok(tx.commit().await?)
    }

    /// How many connections are open, and how many of them are not in use.
    pub(super) fn connections(&self) -> (u32, usize) {
        if self.connections.get_database_backend() == DbBackend::Sqlite {
            let pool = self.connections.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        } else {
            let pool = self.connections.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        }
    }

    /// Gives free space back to the system.
    pub(super) async fn vacuum(&self) -> Result<(), DbErr> {
        if self.connections.get_database_backend() == DbBackend::Sqlite {
            self.connections.execute_unprepared("VACUUM").await?;
            return self.connections.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.map(drop);
        }
        let failed = |error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)));
        let mut connection =
            self.connections.get_postgres_connection_pool().acquire().await.map_err(failed)?;
        // The vacuum of the server itself goes on for a second before it makes room.
        for sql in ["SET lock_timeout = 0", "VACUUM"] {
            connection.execute(sql).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Ends all connections.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.connections.clone().close().await?;
        if let Some(keeper) = self.keeper.lock().await.take() {
            keeper.close().await.map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        Ok(())
    }
}

/// How a moment is kept.
fn to_millis(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// A kept moment; the store writes nothing that [`Timestamp`] cannot hold.
fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or_default()
}

/// How a set of permissions is kept.
fn to_list(permissions: PermissionSet) -> String {
    permissions.names().join(" ")
}

/// A kept set, without names that this version does not know.
fn from_list(permissions: &str) -> PermissionSet {
    PermissionSet::known(permissions.split_whitespace())
}

/// Whether a text can be in the database at all: PostgreSQL keeps no NUL, and no rule of ours admits one.
fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}
