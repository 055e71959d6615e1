//! The same work written plainly: a handler that carries out one statement and writes the same document.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use sactl::api::{Access, Account, AccountDetail, Page, Success};
use sactl::domain::{AccountId, Company, CompanyId, DefaultRole, Ownership, Permission, PermissionSet};
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, FromRow, PgConnection, Row, SqliteConnection};
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

/// The caller's role in the company, and one account: a row for each company where the account has access. The columns
/// of its authors are read because the platform reads them.
const ONE: &str = "SELECT caller.role AS caller_role, account.id, account.name, account.description, \
    owner.id AS owner_id, owner.name AS owner_name, account.created_at, account.password_changed_at, \
    account.last_used_at, account.created_by, account.created_by_kind, account.created_by_name, \
    account.password_by_kind, account.password_by_id, account.password_by_name, account.password_by_at, \
    here.company_id, here.role, here.permissions, own.permissions AS role_permissions, \
    place.id AS place_id, place.name AS place_name, each.role AS each_role, \
    each.permissions AS each_permissions, held.permissions AS held_permissions \
    FROM token JOIN principal AS bearer ON bearer.id = token.principal_id \
    JOIN access AS caller ON caller.principal_id = bearer.id AND caller.company_id = $2 \
    JOIN principal AS account ON account.name_key = $3 JOIN company AS owner ON owner.id = account.owner_company_id \
    LEFT JOIN access AS here ON here.principal_id = account.id AND here.company_id = $2 \
    LEFT JOIN role AS own ON own.company_id = here.company_id AND own.name = here.role \
    JOIN access AS each ON each.principal_id = account.id JOIN company AS place ON place.id = each.company_id \
    LEFT JOIN role AS held ON held.company_id = each.company_id AND held.name = each.role \
    WHERE token.hash = $1 AND token.expires_at > $4 ORDER BY each.company_id";

/// The caller's role, and the first hundred accounts of the company: with the number of accounts, and for each account
/// the number of its companies.
const LIST: &str = "SELECT caller.role AS caller_role, account.id, account.name, account.description, \
    owner.id AS owner_id, owner.name AS owner_name, account.created_at, account.password_changed_at, \
    account.last_used_at, account.created_by, account.created_by_kind, account.created_by_name, \
    account.password_by_kind, account.password_by_id, account.password_by_name, account.password_by_at, \
    here.company_id, here.role, here.permissions, own.permissions AS role_permissions, \
    (SELECT COUNT(*) FROM access WHERE access.principal_id = account.id) AS company_count, \
    (SELECT COUNT(*) FROM principal WHERE owner_company_id = $2) AS total \
    FROM token JOIN principal AS bearer ON bearer.id = token.principal_id \
    JOIN access AS caller ON caller.principal_id = bearer.id AND caller.company_id = $2 \
    JOIN principal AS account ON account.owner_company_id = $2 JOIN company AS owner ON owner.id = $2 \
    LEFT JOIN access AS here ON here.principal_id = account.id AND here.company_id = $2 \
    LEFT JOIN role AS own ON own.company_id = here.company_id AND own.name = here.role \
    WHERE token.hash = $1 AND account.name_key > $3 AND token.expires_at > $4 ORDER BY account.name_key LIMIT 100";

#[derive(FromRow)]
struct AccountRow {
    caller_role: Option<String>,
    id: i64,
    name: String,
    description: Option<String>,
    owner_id: i64,
    owner_name: String,
    created_at: i64,
    password_changed_at: i64,
    last_used_at: Option<i64>,
    company_id: Option<i64>,
    role: Option<String>,
    permissions: Option<String>,
    role_permissions: Option<String>,
}

#[derive(FromRow)]
struct PlaceRow {
    place_id: i64,
    place_name: String,
    each_role: Option<String>,
    each_permissions: Option<String>,
    held_permissions: Option<String>,
}

#[derive(FromRow)]
struct ListRow {
    #[sqlx(flatten)]
    account: AccountRow,
    company_count: i64,
    total: i64,
}

fn permissions(role: Option<&str>, list: Option<&str>, of_role: Option<&str>) -> PermissionSet {
    let default = role.and_then(|role| role.parse::<DefaultRole>().ok());
    let listed = || PermissionSet::known(list.or(of_role).unwrap_or_default().split_whitespace());
    default.map_or_else(listed, DefaultRole::permissions)
}

impl AccountRow {
    fn document(self, company_count: i64) -> Account {
        let may = permissions(self.caller_role.as_deref(), None, None);
        assert!(may.contains(Permission::SERVICE_ACCOUNTS_VIEW));
        let moment = |millis: i64| Timestamp::from_millisecond(millis).ok();
        let owner = Company { id: CompanyId(self.owner_id), name: self.owner_name };
        let (role, list, of_role) =
            (self.role.as_deref(), self.permissions.as_deref(), self.role_permissions.as_deref());
        let effective = permissions(role, list, of_role).known_names().collect();
        let access = self.company_id.map(|_| Access {
            company: owner.clone(),
            role: self.role.clone(),
            permissions: effective,
        });
        Account {
            id: AccountId(self.id),
            name: self.name,
            description: self.description,
            ownership: Ownership::Owned,
            owner,
            access,
            company_count: u64::try_from(company_count).ok(),
            created_at: moment(self.created_at),
            password_changed_at: moment(self.password_changed_at),
            last_used_at: self.last_used_at.and_then(moment),
            use_known: true,
            companies: None,
        }
    }
}

impl PlaceRow {
    fn document(self) -> Access {
        let (role, list) = (self.each_role.as_deref(), self.each_permissions.as_deref());
        let effective = permissions(role, list, self.held_permissions.as_deref());
        Access {
            company: Company { id: CompanyId(self.place_id), name: self.place_name },
            role: self.each_role,
            permissions: effective.known_names().collect(),
        }
    }
}

/// One account. The accounts of the benchmark have no authors.
fn detail<R: Row>(rows: &[R]) -> AccountDetail
where
    for<'r> AccountRow: FromRow<'r, R>,
    for<'r> PlaceRow: FromRow<'r, R>,
{
    let places: Vec<_> = rows.iter().map(|row| PlaceRow::from_row(row).unwrap().document()).collect();
    let count = i64::try_from(places.len()).unwrap();
    AccountDetail {
        account: AccountRow::from_row(&rows[0]).unwrap().document(count),
        companies: Some(places),
        created_by: None,
        password_changed_by: None,
    }
}

/// A page without the cursor of the next page.
fn page<R: Row>(rows: &[R]) -> Page<Account>
where
    for<'r> ListRow: FromRow<'r, R>,
{
    let rows: Vec<_> = rows.iter().map(|row| ListRow::from_row(row).unwrap()).collect();
    let total = rows.first().and_then(|row| u64::try_from(row.total).ok());
    let data: Vec<_> = rows.into_iter().map(|row| row.account.document(row.company_count)).collect();
    Page { success: true, next: None, total, company: Some(data[0].owner.clone()), data }
}

/// What a statement asks for: the hash of the token, the company, the name, and the time.
struct Asked {
    hash: String,
    company: i64,
    name: String,
    now: i64,
}

impl Asked {
    fn new(headers: &HeaderMap, company: i64, name: String) -> Self {
        let bearer = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
        let hash =
            Sha256::digest(bearer).iter().fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
        Self { hash, company, name, now: Timestamp::now().as_millisecond() }
    }
}

/// The answer to a statement, made by `$document` from the rows of either database.
macro_rules! answer {
    ($floor:expr, $sql:expr, $asked:expr, $document:expr) => {{
        let (floor, Asked { hash, company, name, now }) = ($floor, $asked);
        let turn = floor.next.fetch_add(1, Ordering::Relaxed);
        match &floor.connections {
            Connections::Sqlite(all) => {
                let query = sqlx::query($sql).bind(hash).bind(company).bind(name).bind(now);
                $document(&query.fetch_all(&mut *all[turn % all.len()].lock().await).await.unwrap())
            }
            Connections::Postgres(all) => {
                let query = sqlx::query($sql).bind(hash).bind(company).bind(name).bind(now);
                $document(&query.fetch_all(&mut *all[turn % all.len()].lock().await).await.unwrap())
            }
        }
    }};
}

async fn one(
    State(floor): State<Arc<Floor>>,
    Path((company, name)): Path<(i64, String)>,
    headers: HeaderMap,
) -> Json<Success<AccountDetail>> {
    Json(Success::new(answer!(floor, ONE, Asked::new(&headers, company, name), detail)))
}

async fn list(
    State(floor): State<Arc<Floor>>,
    Path(company): Path<i64>,
    headers: HeaderMap,
) -> Json<Page<Account>> {
    Json(answer!(floor, LIST, Asked::new(&headers, company, String::new()), page))
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
