//! How the database carries out what every route and housekeeping send to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};
use sactl::platform::service::session;
use sactl::platform::{DatabaseUrl, Platform, housekeeping, router};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::common::seed::{PASSWORD, SANDBOX, plant};

/// A platform with the sample data that tells which statements it sends.
pub(crate) struct Observed {
    pub(super) platform: Platform,
    /// One example of each text.
    seen: Arc<Mutex<BTreeMap<String, String>>>,
    /// How many there were.
    sent: Arc<Mutex<usize>>,
}

impl Observed {
    pub(crate) async fn open(url: &DatabaseUrl) -> Self {
        let (seen, sent) = (Arc::<Mutex<BTreeMap<_, _>>>::default(), Arc::<Mutex<usize>>::default());
        let (seeing, counting) = (Arc::clone(&seen), Arc::clone(&sent));
        let observer = move |statement: &Statement| {
            seeing.lock().unwrap().entry(statement.sql.clone()).or_insert_with(|| statement.to_string());
            *counting.lock().unwrap() += 1;
        };
        let platform = Platform::open_observed(url, Arc::new(Timestamp::now), Some(Arc::new(observer)));
        let platform = platform.await.unwrap();
        plant(&platform, SANDBOX).await;
        Self { platform, seen, sent }
    }

    pub(crate) fn forget(&self) {
        self.seen.lock().unwrap().clear();
        *self.sent.lock().unwrap() = 0;
    }

    /// What was sent since then, each text once, with values.
    pub(super) fn statements(&self) -> Vec<String> {
        self.seen.lock().unwrap().values().cloned().collect()
    }

    /// Their texts, with placeholders for values.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.seen.lock().unwrap().keys().cloned().collect()
    }

    /// How many statements were sent since then.
    pub(super) fn count(&self) -> usize {
        *self.sent.lock().unwrap()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What an administrator asks: every operation, and every way to narrow a list. `KEY` stands for an idempotency key.
const ASKED: [(&str, &str, &str); 47] = [
    ("GET", "/healthz", ""),
    ("GET", "/readyz", ""),
    ("GET", "/openapi.json", ""),
    ("GET", "/api/users/me", ""),
    ("GET", "/api/users/me?company=1&expand=none", ""),
    ("GET", "/api/permissions", ""),
    ("GET", "/api/companies", ""),
    ("GET", "/api/companies?name=Acme&page_size=1", ""),
    ("GET", "/api/companies/1", ""),
    ("GET", "/api/companies/1/service-accounts", ""),
    ("GET", "/api/companies/1/service-accounts?ownership=owned&page_size=1", ""),
    ("GET", "/api/companies/1/service-accounts?ownership=external", ""),
    ("GET", "/api/companies/1/service-accounts?search=bot", ""),
    ("GET", "/api/companies/1/service-accounts?role=viewer", ""),
    ("GET", "/api/companies/1/service-accounts?unused_since=2020-01-01T00:00:00Z", ""),
    ("GET", "/api/companies/1/service-accounts?password_changed_before=2020-01-01T00:00:00Z", ""),
    ("GET", "/api/companies/1/service-accounts?expand=companies", ""),
    ("GET", "/api/companies/1/service-accounts/backup-runner", ""),
    ("POST", "/api/companies/1/roles", r#"{"name": "plan", "permissions": ["devices:view"]}"#),
    ("GET", "/api/companies/1/roles", ""),
    ("GET", "/api/companies/1/roles/plan", ""),
    ("PUT", "/api/companies/1/roles/plan", r#"{"permissions": ["devices:view", "alerts:view"]}"#),
    ("PATCH", "/api/companies/1/roles/plan", r#"{"add": ["users:view"], "remove": []}"#),
    ("POST", "/api/companies/1/service-accounts", r#"{"name": "plain", "password": "Courier-Pass-1"}"#),
    ("KEY", "/api/companies/1/service-accounts", KEYED),
    ("KEY", "/api/companies/1/service-accounts", KEYED),
    ("PATCH", "/api/companies/1/service-accounts/courier", r#"{"description": "Parcels"}"#),
    ("PUT", "/api/companies/1/service-accounts/courier/password", r#"{"password": "Courier-Pass-2"}"#),
    ("PUT", "/api/companies/1/service-accounts/plain/access", r#"{"role": "viewer"}"#),
    ("PUT", "/api/companies/1/service-accounts/courier/access", r#"{"permissions": ["devices:view"]}"#),
    ("PATCH", "/api/companies/1/service-accounts/courier/access", r#"{"add": ["users:view"], "remove": []}"#),
    ("DELETE", "/api/companies/1/service-accounts/courier/access", ""),
    ("DELETE", "/api/companies/1/service-accounts/courier", ""),
    ("DELETE", "/api/companies/1/roles/plan", ""),
    ("GET", "/api/companies/1/audit-logs", ""),
    ("GET", "/api/companies/1/audit-logs?account=courier", ""),
    ("GET", "/api/companies/1/audit-logs?account=courier,plain", ""),
    ("GET", "/api/companies/1/audit-logs?actor=admin@acme.example", ""),
    ("GET", "/api/companies/1/audit-logs?actor=admin@acme.example,operator@acme.example&order=asc", ""),
    ("GET", "/api/companies/1/audit-logs?account=courier,plain&actor=a,b&action=access.set,role.created", ""),
    ("GET", "/api/companies/1/audit-logs?action=role.created&order=asc", ""),
    ("GET", "/api/companies/1/audit-logs?action=account.deleted,access.set", ""),
    ("GET", "/api/companies/1/audit-logs?action=access.set&account=courier", ""),
    ("GET", "/api/companies/1/audit-logs?since=2020-01-01T00:00:00Z&until=2120-01-01T00:00:00Z", ""),
    ("POST", "/public/auth/connect/token", "fleet-automation"),
    ("POST", "/public/auth/connect/token", "operator@acme.example"),
    ("POST", "/public/auth/connect/revocation", ""),
];

const KEYED: &str =
    r#"{"name": "courier", "password": "Courier-Pass-1", "access": [{"company_id": 1, "role": "plan"}]}"#;

/// Sends one of the requests.
async fn ask(router: &Router, token: &str, method: &str, target: &str, body: &str) -> Value {
    let is_form = target.starts_with("/public");
    let form = match target {
        "/public/auth/connect/revocation" => format!("token={token}"),
        _ => format!("grant_type=password&client_id=python&username={body}&password={PASSWORD}"),
    };
    let mut request = Request::builder().uri(target).method(if method == "KEY" { "POST" } else { method });
    if method == "KEY" {
        request = request.header("idempotency-key", "7c1f5e");
    }
    let request = if is_form {
        request.header("content-type", FORM).body(Body::from(form))
    } else {
        let request = request.header("authorization", format!("Bearer {token}"));
        request.header("content-type", "application/json").body(Body::from(body.to_owned()))
    };
    let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
    let status = answer.status();
    let text = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    assert!(status.is_success(), "{method} {target}: {status} {}", String::from_utf8_lossy(&text));
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Whether the target is of this path of the OpenAPI document.
fn is_of(target: &str, template: &str) -> bool {
    let (path, _) = target.split_once('?').unwrap_or((target, ""));
    let (path, template): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
    let is_same = |(own, said): (&&str, &&str)| own == said || said.starts_with('{');
    path.len() == template.len() && path.iter().zip(&template).all(is_same)
}

/// An operation that is not asked for would go unseen.
fn check_completeness() {
    let document = serde_json::to_value(router::document()).unwrap();
    for (template, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let is_asked = ASKED.iter().any(|(asked, target, _)| {
                let asked = if *asked == "KEY" { "POST" } else { asked };
                asked.eq_ignore_ascii_case(method) && is_of(target, template)
            });
            let is_other = item.get(method).is_none() || template.starts_with("/dry-run");
            assert!(is_other || is_asked, "{method} {template} is not asked for");
        }
    }
}

/// The tables that grow with the number of tenants and of what they do.
const LARGE: [&str; 7] =
    ["principal", "access", "audit", "token", "familiar", "guess_budget", "refused_sign_in"];

/// A token of a user.
async fn token(platform: &Platform, user: &str) -> String {
    session::issue(platform, user).await.unwrap().access_token.expose().to_owned()
}

/// Does everything that an administrator of Acme, a sign-in and housekeeping do.
pub(crate) async fn ask_everything(Observed { platform, .. }: &Observed) {
    let admin = token(platform, "admin@acme.example").await;
    let router = router::router(platform.clone());
    for (method, target, body) in ASKED {
        ask(&router, &admin, method, target, body).await;
    }
    let for_ever = SignedDuration::from_hours(24 * 365 * 200);
    housekeeping::tidy(platform, for_ever).await.unwrap();
}

/// Insists that no statement of an administrator of Acme, of a sign-in or of housekeeping walks a table, and that pages
/// are ranges of an index in their order, also in a company that has nearly everything.
pub(super) async fn check(observed: &Observed, db: &DatabaseConnection) {
    check_completeness();
    let router = router::router(observed.platform.clone());
    observed.forget();
    ask_everything(observed).await;
    let sent = observed.statements();
    assert!(sent.len() > 60, "{} texts", sent.len());
    for statement in sent {
        check_plan(db, &statement).await;
    }

    let admin = token(&observed.platform, "admin@northwind.example").await;
    for list in
        ["service-accounts?ownership=owned", "service-accounts?ownership=external", "audit-logs?order=desc"]
    {
        let target = format!("/api/companies/2/{list}&page_size=1");
        let page = ask(&router, &admin, "GET", &target, "").await;
        let Some(next) = page["next"].as_str() else { continue };
        observed.forget();
        ask(&router, &admin, "GET", &format!("{target}&cursor={next}"), "").await;
        for statement in observed.statements() {
            check_plan(db, &statement).await;
        }
    }
    for (filter, index) in [
        ("account=a-foreign-1,b-foreign-2", "audit_by_account"),
        ("actor=actor-1,actor-2,actor-3", "audit_by_actor"),
        (
            "account=a-foreign-1,b-foreign-2&actor=actor-1,actor-2&action=access.set,role.created",
            "audit_by_account",
        ),
    ] {
        observed.forget();
        ask(&router, &admin, "GET", &format!("/api/companies/2/audit-logs?{filter}"), "").await;
        let of_log = observed.statements().into_iter().filter(|sent| sent.contains(r#"FROM "audit""#));
        for statement in of_log.collect::<Vec<_>>() {
            let plan = plan(db, &statement).await;
            assert!(plan.contains(index), "{statement}\n{plan}");
        }
    }
}

pub(super) async fn check_plan(db: &DatabaseConnection, statement: &str) {
    let is_sql = ["SELECT", "WITH RECURSIVE", "INSERT", "UPDATE", "DELETE"]
        .iter()
        .any(|verb| statement.starts_with(verb));
    assert!(is_sql, "{statement}");
    let plan = plan(db, statement).await;
    let scan = if db.get_database_backend() == DbBackend::Sqlite { "SCAN " } else { "Seq Scan on " };
    let walked = LARGE.iter().find(|table| plan.contains(&format!("{scan}{table}")));
    assert_eq!(walked, None, "{statement}\n{plan}");
    let is_page = statement.contains("LIMIT") && statement.contains("ORDER BY");
    let is_list =
        ["\"name_key\"", "\"external_key\"", "\"audit\".\"at\""].iter().any(|key| statement.contains(key));
    if is_page && is_list && !statement.contains("FROM \"access\"") {
        // PostgreSQL may sort a handful of rows.
        let sorts = db.get_database_backend() == DbBackend::Sqlite && plan.contains("TEMP B-TREE");
        assert!(!sorts, "{statement}\n{plan}");
    }
}

/// The plan of a statement, one step a line.
pub(super) async fn plan(db: &DatabaseConnection, statement: &str) -> String {
    let backend = db.get_database_backend();
    let (explain, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        _ => ("EXPLAIN", 0),
    };
    let asked = Statement::from_string(backend, format!("{explain} {statement}"));
    let rows = db.query_all_raw(asked).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    let lines = rows.iter().map(|row| row.try_get_by_index::<String>(column).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}
