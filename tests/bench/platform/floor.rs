//! The same work written plainly: a handler that carries out one statement and writes what it found.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use sactl::domain::DefaultRole;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, FromRow, PgConnection, SqliteConnection};
use tokio::sync::Mutex;

/// The first argument of this program when it is the server.
pub(crate) const FLAG: &str = "--floor";

/// Connections to the database, as many as the platform has.
enum Connections {
    Sqlite(Vec<Mutex<SqliteConnection>>),
    Postgres(Vec<Mutex<PgConnection>>),
}

struct Floor {
    connections: Connections,
    next: AtomicUsize,
}

/// Whose token it is, what they may do in the company, and the account with its access there.
const ONE: &str = "SELECT account.name, account.description, owner.id AS owner_id, owner.name AS owner_name, \
    account.created_at, account.password_changed_at, account.last_used_at, here.role, \
    (SELECT COUNT(*) FROM access WHERE access.principal_id = account.id) AS company_count \
    FROM token JOIN access AS caller ON caller.principal_id = token.principal_id AND caller.company_id = $2 \
    JOIN principal AS account ON account.name_key = $3 JOIN company AS owner ON owner.id = account.owner_company_id \
    LEFT JOIN access AS here ON here.principal_id = account.id AND here.company_id = $2 \
    WHERE token.hash = $1 AND token.expires_at > $4";

/// The same with the first hundred accounts of the company.
const LIST: &str = "SELECT account.name, account.description, owner.id AS owner_id, owner.name AS owner_name, \
    account.created_at, account.password_changed_at, account.last_used_at, here.role, \
    (SELECT COUNT(*) FROM access WHERE access.principal_id = account.id) AS company_count \
    FROM token JOIN access AS caller ON caller.principal_id = token.principal_id AND caller.company_id = $2 \
    JOIN principal AS account ON account.owner_company_id = $2 JOIN company AS owner ON owner.id = $2 \
    LEFT JOIN access AS here ON here.principal_id = account.id AND here.company_id = $2 \
    WHERE token.hash = $1 AND account.name_key > $3 AND token.expires_at > $4 ORDER BY account.name_key LIMIT 100";

#[derive(FromRow)]
struct Row {
    name: String,
    description: Option<String>,
    owner_id: i64,
    owner_name: String,
    created_at: i64,
    password_changed_at: i64,
    last_used_at: Option<i64>,
    role: Option<String>,
    company_count: i64,
}

/// What the platform says of an account.
#[derive(Serialize)]
struct Document {
    name: String,
    description: Option<String>,
    owner: Company,
    created_at: Option<Timestamp>,
    password_changed_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    access: Access,
    company_count: i64,
}

#[derive(Serialize)]
struct Company {
    id: i64,
    name: String,
}

#[derive(Serialize)]
struct Access {
    role: Option<String>,
    permissions: Vec<String>,
}

impl From<Row> for Document {
    fn from(row: Row) -> Self {
        let role = row.role.as_deref().and_then(|role| role.parse::<DefaultRole>().ok());
        let permissions = role.map_or_else(Vec::new, |role| role.permissions().names());
        let moment = |millis: i64| Timestamp::from_millisecond(millis).ok();
        Self {
            name: row.name,
            description: row.description,
            owner: Company { id: row.owner_id, name: row.owner_name },
            created_at: moment(row.created_at),
            password_changed_at: moment(row.password_changed_at),
            last_used_at: row.last_used_at.and_then(moment),
            access: Access { role: row.role, permissions },
            company_count: row.company_count,
        }
    }
}

impl Floor {
    async fn rows(&self, sql: &'static str, headers: &HeaderMap, company: i64, name: &str) -> Vec<Row> {
        let bearer = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
        let hash =
            Sha256::digest(bearer).iter().fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
        let now = Timestamp::now().as_millisecond();
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        match &self.connections {
            Connections::Sqlite(all) => {
                let query = sqlx::query_as(sql).bind(hash).bind(company).bind(name).bind(now);
                query.fetch_all(&mut *all[turn % all.len()].lock().await).await.unwrap()
            }
            Connections::Postgres(all) => {
                let query = sqlx::query_as(sql).bind(hash).bind(company).bind(name).bind(now);
                query.fetch_all(&mut *all[turn % all.len()].lock().await).await.unwrap()
            }
        }
    }
}

async fn one(
    State(floor): State<Arc<Floor>>,
    Path((company, name)): Path<(i64, String)>,
    headers: HeaderMap,
) -> Json<Option<Document>> {
    Json(floor.rows(ONE, &headers, company, &name).await.pop().map(Document::from))
}

async fn list(
    State(floor): State<Arc<Floor>>,
    Path(company): Path<i64>,
    headers: HeaderMap,
) -> Json<Vec<Document>> {
    Json(floor.rows(LIST, &headers, company, "").await.into_iter().map(Document::from).collect())
}

async fn connections(url: &str) -> Connections {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
        let mut all = Vec::new();
        for _ in 0..8 {
            all.push(Mutex::new(options.connect().await.unwrap()));
        }
        return Connections::Sqlite(all);
    }
    let options = url.parse::<PgConnectOptions>().unwrap().disable_statement_logging();
    let mut all = Vec::new();
    for _ in 0..16 {
        all.push(Mutex::new(options.connect().await.unwrap()));
    }
    Connections::Postgres(all)
}

/// Serves until the process is ended.
pub(crate) fn serve(url: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let floor = Floor { connections: connections(url).await, next: AtomicUsize::new(0) };
        let router = Router::new()
            .route("/api/companies/{company}/service-accounts", get(list))
            .route("/api/companies/{company}/service-accounts/{name}", get(one))
            .with_state(Arc::new(floor));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("Listening on http://{}", listener.local_addr().unwrap());
        axum::serve(listener, router).await.unwrap();
    });
}
