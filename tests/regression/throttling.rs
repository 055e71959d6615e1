//! Guesses that were not counted, and a brake that stopped the wrong one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use sactl::api::Code;
use sactl::api::account::ResetPassword;
use sactl::domain::{CompanyId, Password};
use sactl::platform::Platform;
use sactl::platform::authn::authenticate;
use sactl::platform::service::session::{SignIn, issue, sign_in};
use sactl::platform::service::{account, seed};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use crate::common::database::Database;
use crate::common::platform::{PASSWORD, SANDBOX};

/// A platform on a database of its own, with a clock that stands still until it is set forward.
struct World {
    platform: Platform,
    db: DatabaseConnection,
    clock: Arc<AtomicI64>,
    _database: Database,
}

impl World {
    async fn on(database: Database) -> Self {
        let clock = Arc::new(AtomicI64::new(Timestamp::now().as_millisecond()));
        let read = Arc::clone(&clock);
        let now = move || Timestamp::from_millisecond(read.load(Ordering::Relaxed)).unwrap();
        let platform = Platform::open_with_clock(&database.url, Arc::new(now)).await.unwrap();
        seed::apply(&platform, &toml::from_str(SANDBOX).unwrap()).await.unwrap();
        Self { platform, db: database.connect().await, clock, _database: database }
    }

    async fn number(&self, query: &str) -> i64 {
        let query = Statement::from_string(self.db.get_database_backend(), query);
        self.db.query_one_raw(query).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// The code of the refusal, or `None` for a token.
    async fn guess(&self, username: &str, password: &str, address: [u8; 4]) -> Option<Code> {
        let request = SignIn {
            username: username.to_owned(),
            password: Password::new(password),
            client_id: "python".to_owned(),
            otp: None,
            address: Some(address.into()),
            request_id: "request".to_owned(),
        };
        sign_in(&self.platform, request).await.err().map(|refusal| refusal.code)
    }
}

const HOME: [u8; 4] = [192, 0, 2, 1];

/// Gives the account `fleet-automation` access in 3,200 more companies.
const COMPANIES: [&str; 2] = [
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3200)
     INSERT INTO company (id, name, name_key, two_factor)
     SELECT 1000 + n, 'Company ' || n, 'company ' || n, FALSE FROM number",
    "INSERT INTO access (principal_id, company_id, role, external_key)
     SELECT principal.id, company.id, 'viewer', principal.name_key FROM principal, company
     WHERE principal.name_key = 'fleet-automation' AND company.id > 1000",
];

async fn an_account_of_many_companies(database: Database) {
    let world = World::on(database).await;
    for statement in COMPANIES {
        world.db.execute_unprepared(statement).await.unwrap();
    }
    for _ in 0..3 {
        assert_eq!(world.guess("fleet-automation", "Wrong-1!", HOME).await, Some(Code::InvalidGrant));
    }
    let refused = "SELECT times FROM refused_sign_in WHERE name = 'fleet-automation'";
    assert_eq!(world.number(refused).await, 3, "one row of the hour");
    world.clock.fetch_add(60 * 60 * 1000, Ordering::Relaxed);
    assert_eq!(world.guess("fleet-automation", "Wrong-1!", HOME).await, Some(Code::InvalidGrant));
    assert_eq!(world.number("SELECT COUNT(*) FROM refused_sign_in").await, 2, "a row of the next hour");

    let p = &world.platform;
    let admin = issue(p, "admin@acme.example").await.unwrap();
    let admin = authenticate(p, &admin.access_token).await.unwrap();
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    account::reset_password(p, &admin, CompanyId(1), "fleet-automation", reset, "r1").await.unwrap();
    account::delete(p, &admin, CompanyId(1), "fleet-automation", "r2").await.unwrap();
    for request in ["r1", "r2"] {
        let records = format!("SELECT COUNT(*) FROM audit WHERE request_id = '{request}'");
        assert_eq!(world.number(&records).await, 3202, "a record in every company");
    }
}

/// S12: a wrong password of an account in 2,979 companies or more was answered 500 and not counted, and the account
/// could be neither reset nor deleted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_in_3200_companies_on_sqlite_is_counted_reset_and_deleted() {
    an_account_of_many_companies(Database::sqlite()).await;
}

/// S12: the same on PostgreSQL, from 5,957 companies on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_in_3200_companies_on_postgres_is_counted_reset_and_deleted() {
    if let Some(database) = Database::postgres().await {
        an_account_of_many_companies(database).await;
    }
}

/// S12: a failing record of a refusal undid the count of the guess.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guess_whose_record_fails_is_counted() {
    let world = World::on(Database::sqlite()).await;
    world.db.execute_unprepared("DROP TABLE refused_sign_in").await.unwrap();
    for _ in 0..10 {
        assert_eq!(world.guess("backup-runner", "Wrong-1!", HOME).await, Some(Code::InvalidGrant));
    }
    assert_eq!(world.guess("backup-runner", PASSWORD, HOME).await, Some(Code::RateLimited));
}
