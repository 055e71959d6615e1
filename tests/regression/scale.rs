//! One company's answers got slower with another company's data, and what was found beside that.

pub(crate) mod plans;
mod sets;

use sactl::api::account::AccountQuery;
use sactl::domain::CompanyId;
use sactl::platform::Platform;
use sactl::platform::authn::{Caller, authenticate};
use sactl::platform::service::{account, session};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};
use serde_json::{Value, json};

use crate::common::context::acting;
use crate::common::database::Database;
use crate::common::lane::lane;
use crate::common::platform::{PASSWORD_HASH, SANDBOX, Server};
use plans::Observed;

/// The company that looks, with four accounts.
const ACME: CompanyId = CompanyId(1);
/// The company that has many.
const NORTHWIND: CompanyId = CompanyId(2);

/// How many accounts Northwind is given.
fn many(backend: DbBackend) -> usize {
    let fast = if backend == DbBackend::Postgres { 50_000 } else { 30_000 };
    lane(fast, 100_000)
}

/// Gives Northwind many accounts, each with a record and access there, access in Contoso, a token, a known address, a
/// spent budget and a refused sign-in. Their names stand
/// before, between and behind the names that Acme sees.
const FOREIGN: [&str; 8] = [
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < MANY)
     INSERT INTO principal
        (kind, name, name_key, password_hash, created_at, password_changed_at, search_key, owner_company_id)
     SELECT 'service_account', name, name, 'none', 0, 0, name, 2
     FROM (SELECT substr('abcdefghijklmnopqrstuvwxyz', 1 + n % 26, 1) || '-foreign-' || n AS name FROM number)
        AS named",
    "INSERT INTO audit
        (at, company_id, action, actor_kind, actor_id, actor_name, account_id, account_name, detail, request_id)
     SELECT id, 2, 'access.set', 'user', id, 'actor-' || id, id, name, '{}', ''
     FROM principal WHERE password_hash = 'none'",
    "INSERT INTO access (principal_id, company_id, role)
     SELECT id, 2, 'viewer' FROM principal WHERE password_hash = 'none'",
    "INSERT INTO access (principal_id, company_id, role, external_key)
     SELECT id, 3, 'viewer', name_key FROM principal WHERE password_hash = 'none'",
    "INSERT INTO token (hash, principal_id, client_id, created_at, expires_at)
     SELECT name, id, 'python', 0, 9000000000000 + id FROM principal WHERE password_hash = 'none'",
    "INSERT INTO familiar (principal_id, address, seen_at)
     SELECT id, '192.0.2.1', 9000000000000 + id FROM principal WHERE password_hash = 'none'",
    "INSERT INTO guess_budget (bucket, full_at)
     SELECT name, 9000000000000 + id FROM principal WHERE password_hash = 'none'",
    "INSERT INTO refused_sign_in
        (principal_id, hour, reason, kind, name, times, first_at, last_at, request_id)
     SELECT id, 9000000000000 + id, 'invalid_grant', '', name, 1, 0, 0, ''
     FROM principal WHERE password_hash = 'none'",
];

async fn fill(db: &DatabaseConnection) {
    let many = many(db.get_database_backend()).to_string();
    for statement in FOREIGN {
        db.execute_unprepared(&statement.replace("MANY", &many)).await.unwrap();
    }
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("ANALYZE").await.unwrap();
    }
}

async fn sign_in(platform: &Platform, name: &str) -> Caller {
    let grant = session::issue(platform, name).await.unwrap();
    authenticate(platform, &grant.access_token).await.unwrap()
}

/// What a page costs is in the plans of its statements: none walks what belongs to another company.
async fn a_page_costs_what_it_shows(database: Database) {
    let observed = Observed::open(&database.url).await;
    let platform = observed.platform.clone();
    let admin = acting(&platform, &sign_in(&platform, "admin@acme.example").await, ACME);
    let db = database.connect().await;
    fill(&db).await;
    let page = account::list(&admin, &AccountQuery::default()).await.unwrap();
    assert_eq!((page.data.len(), page.total), (4, Some(4)));
    plans::check(&observed, &db).await;
}

/// S13, P38: a page of four accounts took 111 ms instead of 4 when another company had 100,000.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_beside_foreign_accounts_on_sqlite_costs_what_it_shows() {
    a_page_costs_what_it_shows(Database::sqlite()).await;
}

/// S13, P38: the same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_beside_foreign_accounts_on_postgres_costs_what_it_shows() {
    if let Some(database) = Database::postgres().await {
        a_page_costs_what_it_shows(database).await;
    }
}

/// S13: each page of a list of 100,000 counted all of them again, and the list took 46 s.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_list_counts_once_and_no_page_costs_more_than_the_first() {
    let database = Database::sqlite();
    let expected = many(DbBackend::Sqlite) + 2;
    let observed = Observed::open(&database.url).await;
    let platform = observed.platform.clone();
    let admin = acting(&platform, &sign_in(&platform, "admin@northwind.example").await, NORTHWIND);
    let db = database.connect().await;
    fill(&db).await;
    let mut query = AccountQuery { page_size: Some(1000), ..AccountQuery::default() };
    let (mut rows, mut totals, mut counts, mut statements) = (0, vec![], vec![], vec![]);
    loop {
        observed.forget();
        let page = account::list(&admin, &query).await.unwrap();
        let texts = observed.texts();
        assert!(texts.iter().all(|text| !text.to_uppercase().contains(" OFFSET ")), "{texts:?}");
        counts.push(texts.iter().filter(|text| text.to_uppercase().contains("COUNT(")).count());
        statements.push(observed.count());
        rows += page.data.len();
        totals.push(page.total);
        let Some(next) = page.next else { break };
        query.cursor = Some(next);
    }
    assert_eq!(rows, expected);
    let (first, later) = totals.split_first().unwrap();
    assert_eq!(*first, Some(expected as u64));
    assert!(later.iter().all(Option::is_none), "{later:?}");
    let (first, later) = counts.split_first().unwrap();
    assert!(later.iter().all(|count| count + 1 == *first), "{counts:?}");
    assert!(statements[1..].iter().all(|count| *count < statements[0]), "{statements:?}");
    // The last page began at its cursor, in both indexes, and passed over no row of the pages before.
    let pages: Vec<_> = observed.statements().into_iter().filter(|sent| sent.contains(" LIMIT ")).collect();
    assert_eq!(pages.len(), 2, "{pages:?}");
    for page in pages {
        plans::check_plan(&db, &page).await;
        let plan = plans::plan(&db, &page).await;
        assert!(
            ["(owner_company_id=? AND name_key>?)", "(company_id=? AND external_key>?)"]
                .iter()
                .any(|range| plan.contains(range)),
            "{page}\n{plan}"
        );
    }
}

/// S14: every row of a list carried the password hash of its account out of the database.
#[tokio::test]
async fn list_of_accounts_loads_no_password_hash() {
    let database = Database::sqlite();
    let observed = Observed::open(&database.url).await;
    let admin = sign_in(&observed.platform, "admin@acme.example").await;
    observed.forget();
    account::list(&acting(&observed.platform, &admin, ACME), &AccountQuery::default()).await.unwrap();
    let statements = observed.statements().join("\n");
    assert!(statements.contains("password_changed_at"), "{statements}");
    assert!(!statements.contains("password_hash"), "{statements}");
}

const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const KEY: [(&str, &str); 1] = [("idempotency-key", "7c1f5e")];

/// S11: a creation repeated under its key with another password was answered 201, and that password did not sign in.
#[test]
fn idempotency_key_with_another_request_is_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let request = json!({"name": "courier", "password": "Courier-Pass-1", "description": "Parcels",
        "access": [{"company_id": 1, "role": "viewer"}]});
    let made = admin.call_with("POST", ACCOUNTS, &request, &KEY).data(201);
    assert_eq!(admin.call_with("POST", ACCOUNTS, &request, &KEY).data(201), made);
    for (field, other) in [
        ("password", json!("Courier-Pass-2")),
        ("description", json!("Letters")),
        ("description", Value::Null),
        ("access", json!([])),
        ("access", json!([{"company_id": 1, "role": "operator"}])),
        ("name", json!("Courier")),
        ("name", json!("courier-2")),
    ] {
        let mut changed = request.clone();
        changed[field] = other;
        let reply = admin.call_with("POST", ACCOUNTS, &changed, &KEY);
        reply.refused(422, "invalid_input");
        assert_eq!(reply.rules(), ["idempotency_key"], "{changed}");
    }
    let elsewhere = admin.call_with("POST", "/api/companies/2/service-accounts", &request, &KEY);
    assert_ne!(elsewhere.status, 201, "the key belongs to a request in one company: {elsewhere:?}");
    assert_eq!(server.token_form("courier", "Courier-Pass-1").status, 200);
}

/// S11: a key that is used while the password of its account was reset promised a password that did not sign in.
#[test]
fn idempotency_key_after_a_reset_is_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let request = json!({"name": "courier", "password": "Courier-Pass-1"});
    admin.call_with("POST", ACCOUNTS, &request, &KEY).data(201);
    admin.put(&format!("{ACCOUNTS}/courier/password"), &json!({"password": "Courier-Pass-2"})).data(200);
    let reply = admin.call_with("POST", ACCOUNTS, &request, &KEY);
    assert_eq!((reply.status, reply.rules()), (422, vec!["idempotency_key".to_owned()]));
}

/// S11: who may create accounts and not view them read an account by repeating its creation.
#[test]
fn repetition_without_permission_to_view_is_refused() {
    let server = Server::seeded(&format!(
        "{SANDBOX}\n[[role]]\ncompany = 1\nname = 'maker'\npermissions = ['service-accounts:create']\n\
         [[user]]\nemail = 'maker@acme.example'\npassword_hash = '{PASSWORD_HASH}'\n\
         access = [{{ company = 1, role = 'maker' }}]\n"
    ));
    let maker = server.sign_in("maker@acme.example");
    let request = json!({"name": "courier", "password": "Courier-Pass-1"});
    maker.call_with("POST", ACCOUNTS, &request, &KEY).data(201);
    maker.call_with("POST", ACCOUNTS, &request, &KEY).refused(403, "missing_permission");
}
