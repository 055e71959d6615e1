//! What concerns many companies is done with a few statements, not with one for each company.

use sactl::api::access::InitialAccess;
use sactl::api::account::{CreateAccount, ResetPassword};
use sactl::domain::{CompanyId, Password};
use sactl::platform::authn::authenticate;
use sactl::platform::service::account;
use sactl::platform::service::session;
use sea_orm::ConnectionTrait as _;

use super::plans::Observed;
use super::{ACME, sign_in};
use crate::common::context::acting;
use crate::common::database::Database;

/// Adds companies of the administrator of Acme.
const COMPANIES: [&str; 2] = [
    "WITH RECURSIVE number(n) AS (SELECT 101 UNION ALL SELECT n + 1 FROM number WHERE n < 900)
     INSERT INTO company (id, name, name_key, two_factor) SELECT n, 'Many ' || n, 'many ' || n, FALSE FROM number",
    "INSERT INTO access (principal_id, company_id, role)
     SELECT principal.id, company.id, 'company-admin' FROM principal, company
     WHERE principal.name = 'admin@acme.example' AND company.id > 100",
];

fn wide(name: &str, companies: i64) -> CreateAccount {
    let viewer =
        |id| InitialAccess { company_id: CompanyId(id), role: Some("viewer".into()), permissions: None };
    CreateAccount {
        name: name.into(),
        password: Password::new("Courier-Pass-1"),
        description: None,
        access: (101..101 + companies).map(viewer).collect(),
    }
}

/// How many statements creation, first use, reset and deletion of an account in so many companies send.
async fn statements(observed: &Observed, companies: i64) -> [usize; 3] {
    let platform = &observed.platform;
    let admin = acting(platform, &sign_in(platform, "admin@acme.example").await, ACME);
    let name = format!("wide-{companies}");
    let mut counts = Vec::new();
    observed.forget();
    let made = account::create(&admin, wide(&name, companies), None).await.unwrap();
    assert_eq!(made.companies.map(|there| i64::try_from(there.len()).unwrap()), Some(companies));
    counts.push(observed.count());
    let grant = session::issue(platform, &name).await.unwrap();
    observed.forget();
    let request = ResetPassword { password: Password::new("Courier-Pass-2"), current_password: None };
    account::reset_password(&admin, &name, request).await.unwrap();
    counts.push(observed.count());
    assert!(authenticate(platform, &grant.access_token).await.is_err());
    observed.forget();
    account::delete(&admin, &name).await.unwrap();
    counts.push(observed.count());
    counts.try_into().unwrap()
}

async fn as_many_statements_as_in_two(database: Database) {
    let observed = Observed::open(&database.url).await;
    let db = database.connect().await;
    for statement in COMPANIES {
        db.execute_unprepared(statement).await.unwrap();
    }
    let few = statements(&observed, 2).await;
    assert_eq!(statements(&observed, 800).await, few);
}

/// S15, S17: a creation with access in 1,000 companies sent three statements for each of them and took 500 ms.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_in_many_companies_costs_as_many_statements_as_one_in_two_on_sqlite() {
    as_many_statements_as_in_two(Database::sqlite()).await;
}

/// S15, S17: the same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_in_many_companies_costs_as_many_statements_as_one_in_two_on_postgres() {
    if let Some(database) = Database::postgres().await {
        as_many_statements_as_in_two(database).await;
    }
}

/// S15: every active account cost a write transaction of its own a minute.
#[tokio::test]
async fn uses_of_many_accounts_are_written_together() {
    let database = Database::sqlite();
    let observed = Observed::open(&database.url).await;
    let platform = &observed.platform;
    let db = database.connect().await;
    let names = ["backup-runner", "dormant-bot", "fleet-automation", "northwind-telemetry"];
    let mut tokens = Vec::new();
    for name in names {
        tokens.push(session::issue(platform, name).await.unwrap().access_token);
    }
    db.execute_unprepared("UPDATE principal SET last_used_at = 0").await.unwrap();
    observed.forget();
    for token in &tokens {
        authenticate(platform, token).await.unwrap();
    }
    platform.clone().close().await;
    let updates =
        observed.statements().into_iter().filter(|sent| sent.starts_with("UPDATE")).collect::<Vec<_>>();
    assert_eq!(updates.len(), 1, "{updates:?}");
    let sent_to_all = observed.count() - tokens.len();
    assert!(sent_to_all <= 3, "{sent_to_all} statements");
    let used = "SELECT COUNT(*) FROM principal WHERE last_used_at > 0";
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), used);
    let count: i64 = db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(count, 4);
}
