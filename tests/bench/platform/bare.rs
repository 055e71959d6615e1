//! Bare transactions of the rows that a grant writes: access, and the record of it.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use tokio::task::JoinSet;

use crate::database::Database;

const ACCESS: &str = "INSERT INTO access (principal_id, company_id, role) VALUES ($1, $2, $3) \
    ON CONFLICT (principal_id, company_id) DO UPDATE SET role = excluded.role";
const RECORD: &str = "INSERT INTO audit (at, company_id, action, actor_kind, actor_id, actor_name, account_id, \
    account_name, detail, request_id) VALUES ($1, $2, 'access_set', 'user', 1, 'admin@acme.example', $3, 'bot', $4, $5)";
const DETAIL: &str = r#"{"old":{"role":"viewer"},"new":{"role":"operator"}}"#;
const REQUEST: &str = "01938a4e-7c1f-7e55-9b1f-0123456789ab";

/// Roles that follow each other.
pub(crate) fn role(count: usize) -> &'static str {
    if count.is_multiple_of(2) { "operator" } else { "viewer" }
}

macro_rules! write {
    ($transaction:expr, $number:expr, $company:expr, $count:expr) => {{
        let mut transaction = $transaction;
        let query = sqlx::query(ACCESS).bind($number).bind($company).bind(role($count));
        query.execute(&mut *transaction).await.unwrap();
        let query = sqlx::query(RECORD).bind(0_i64).bind($company).bind($number).bind(DETAIL).bind(REQUEST);
        query.execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }};
}

/// How many transactions of `writers` were kept in `time`. The writers of SQLite take turns anyway: there it is one.
pub(crate) async fn kept(database: &Database, writers: i64, time: Duration) -> usize {
    let until = Instant::now() + time;
    if let Some(file) = database.file() {
        let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
        let options = options.synchronous(SqliteSynchronous::Full).disable_statement_logging();
        return sqlite(options.connect().await.unwrap(), until).await;
    }
    let options = database.url.parse::<PgConnectOptions>().unwrap().disable_statement_logging();
    let mut tasks = JoinSet::new();
    for number in 1..=writers {
        let connection = options.connect().await.unwrap();
        tasks.spawn(postgres(connection, number, until));
    }
    tasks.join_all().await.into_iter().sum()
}

async fn sqlite(mut connection: SqliteConnection, until: Instant) -> usize {
    let mut count = 0;
    while Instant::now() < until {
        write!(connection.begin_with("BEGIN IMMEDIATE").await.unwrap(), 1_i64, 1_i64, count);
        count += 1;
    }
    count
}

async fn postgres(mut connection: PgConnection, number: i64, until: Instant) -> usize {
    let mut count = 0;
    while Instant::now() < until {
        write!(connection.begin().await.unwrap(), number, 1_i64, count);
        count += 1;
    }
    count
}
