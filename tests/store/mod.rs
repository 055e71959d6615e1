//! The store and the use cases on it, on SQLite and on PostgreSQL.

mod dry_run;
mod export;
mod files;
mod guesses;
mod housekeeping;
mod idempotency;
mod loss;
mod model;
mod prompt;
mod races;
mod reads;
mod seeding;
mod story;
mod tls;
mod tokens;
mod upgrade;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use sactl::api::Code;
use sactl::api::session::TokenGrant;
use sactl::domain::secret::OneTimeCode;
use sactl::domain::{CompanyId, Password};
use sactl::platform::authn::{Caller, authenticate};
use sactl::platform::context::RequestContext;
use sactl::platform::service::session::{SignIn, issue, sign_in};
use sactl::platform::{Error, Platform};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use crate::common::context::acting;
use crate::common::database::Database;
use crate::common::seed::{PASSWORD, SANDBOX, plant};

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::common::database::Database::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(database) = crate::common::database::Database::postgres().await {
                    super::$name(database).await;
                }
            })+
        }
    };
}
use on_both;

const ACME: CompanyId = CompanyId(1);
const NORTHWIND: CompanyId = CompanyId(2);

/// A platform on a database of its own, with a clock that stands still until it is set forward.
struct World {
    database: Database,
    platform: Platform,
    clock: Arc<AtomicI64>,
}

impl World {
    /// With the sample data of the sandbox.
    async fn sandbox(database: Database) -> Self {
        Self::seeded(database, SANDBOX).await
    }

    async fn seeded(database: Database, text: &str) -> Self {
        let clock = Arc::new(AtomicI64::new(Timestamp::now().as_millisecond()));
        let platform = node(&database, &clock).await;
        plant(&platform, text).await;
        Self { database, platform, clock }
    }

    /// Another node on the same database.
    async fn other_node(&self) -> Platform {
        node(&self.database, &self.clock).await
    }

    fn advance(&self, seconds: i64) {
        self.clock.fetch_add(1000 * seconds, Ordering::Relaxed);
    }

    /// A signed-in user.
    async fn caller(&self, name: &str) -> Caller {
        let grant = issue(&self.platform, name).await.unwrap();
        authenticate(&self.platform, &grant.access_token).await.unwrap()
    }

    /// A request of a signed-in user in the name of a company.
    async fn acting(&self, name: &str, company: CompanyId) -> RequestContext {
        acting(&self.platform, &self.caller(name).await, company)
    }

    /// The audit records of changes in a company, oldest first: action, actor, account.
    async fn records(&self, company: CompanyId) -> Vec<(String, String, Option<String>)> {
        let db = self.database.connect().await;
        let query = format!(
            "SELECT action, actor_name, account_name FROM audit
             WHERE company_id = {company} AND action NOT LIKE 'sign_in.%' ORDER BY id"
        );
        let rows = db.query_all_raw(statement(&db, &query)).await.unwrap();
        let row = |row: sea_orm::QueryResult| {
            let get = |column| row.try_get::<String>("", column).unwrap();
            (get("action"), get("actor_name"), row.try_get("", "account_name").unwrap())
        };
        rows.into_iter().map(row).collect()
    }

    /// One number that a query says.
    async fn number(&self, query: &str) -> i64 {
        let db = self.database.connect().await;
        let row = db.query_one_raw(statement(&db, query)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

async fn node(database: &Database, clock: &Arc<AtomicI64>) -> Platform {
    let clock = Arc::clone(clock);
    let clock = move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap();
    Platform::open_with_clock(&database.url, Arc::new(clock)).await.unwrap()
}

fn statement(db: &DatabaseConnection, query: &str) -> Statement {
    let backend: DbBackend = db.get_database_backend();
    Statement::from_string(backend, query)
}

/// The same request to another node.
fn on(node: &Platform, request: &RequestContext) -> RequestContext {
    RequestContext { platform: node.clone(), ..request.clone() }
}

/// A sign-in from a script.
fn attempt(username: &str, password: &str) -> SignIn {
    SignIn {
        username: username.to_owned(),
        password: Password::new(password),
        client_id: "python".to_owned(),
        otp: None,
        address: Some([192, 0, 2, 1].into()),
        request_id: "request".to_owned(),
    }
}

async fn sign(platform: &Platform, username: &str, password: &str) -> Result<TokenGrant, Error> {
    sign_in(platform, attempt(username, password)).await
}

async fn sign_with_code(platform: &Platform, username: &str, code: &str) -> Result<TokenGrant, Error> {
    let request = SignIn { otp: Some(OneTimeCode::new(code)), ..attempt(username, PASSWORD) };
    sign_in(platform, request).await
}

/// The code of a refusal.
fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.unwrap_err().code
}

/// The codes of the broken rules of a refusal.
fn rules<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    let refusal = result.unwrap_err();
    assert_eq!(refusal.code, Code::InvalidInput, "{refusal}");
    refusal.errors.into_iter().map(|broken| broken.code.into_owned()).collect()
}
