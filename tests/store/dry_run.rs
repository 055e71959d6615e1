//! Dry runs: the answer of the real request, and a database that is as before.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use sactl::platform::router;
use sactl::platform::service::session::issue;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{PASSWORD, World, on_both, statement};
use crate::common::database::Database;

on_both!(a_dry_run_answers_as_the_request_and_changes_nothing, a_dry_run_is_no_free_guess);

const ADMIN: &str = "admin@acme.example";
const OPERATOR: &str = "operator@acme.example";
const VIEWER: &str = "viewer@acme.example";
/// A dry run leaves the key of a creation free.
const KEY: Option<&str> = Some("the-same");

const ROBOT: &str = "fleet-automation";

const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const ROLES: &str = "/api/companies/1/roles";

/// Who sends what, with which status it ends: every write, allowed and refused. Each works after those before it.
fn writes() -> Vec<(&'static str, &'static str, String, Value, u16)> {
    let account = |rest: &str| format!("{ACCOUNTS}/{rest}");
    let role = |name: &str| format!("{ROLES}/{name}");
    let new = |name: &str, role: &str| {
        let access =
            json!([{"company_id": 1, "role": role}, {"company_id": 2, "permissions": ["devices:view"]}]);
        json!({"name": name, "password": PASSWORD, "access": access})
    };
    let password = json!({"password": "Other-1234!"});
    let own = json!({"password": "Other-1234!", "current_password": PASSWORD});
    let set = json!({"permissions": ["devices:view", "alerts:view"]});
    vec![
        (VIEWER, "POST", ACCOUNTS.into(), new("tried", "viewer"), 403),
        (OPERATOR, "POST", ACCOUNTS.into(), new("tried", "company-admin"), 404),
        (ADMIN, "POST", ACCOUNTS.into(), new("dormant-bot", "viewer"), 409),
        (ADMIN, "POST", ACCOUNTS.into(), new("-", "ghost"), 422),
        (ADMIN, "POST", ACCOUNTS.into(), json!({"name": "tried", "pass": 1}), 400),
        (ADMIN, "POST", ACCOUNTS.into(), new("tried", "operator"), 201),
        (ADMIN, "PATCH", account("northwind-telemetry"), json!({"description": "x"}), 403),
        (ADMIN, "PATCH", account("tried"), json!({"description": "x"}), 200),
        (ADMIN, "PUT", account("nope/password"), password.clone(), 404),
        (ADMIN, "PUT", account("tried/password"), password, 200),
        (ROBOT, "PUT", account("fleet-automation/password"), own.clone(), 200),
        (ADMIN, "PUT", account("dormant-bot/access"), json!({"role": "viewer"}), 201),
        (OPERATOR, "PUT", account("dormant-bot/access"), json!({"permissions": ["users:edit"]}), 403),
        (ADMIN, "PUT", account("dormant-bot/access"), set.clone(), 200),
        (ADMIN, "PATCH", account("tried/access"), json!({"add": ["devices:view"]}), 422),
        (ADMIN, "PATCH", account("dormant-bot/access"), json!({"add": ["users:edit"]}), 200),
        (VIEWER, "DELETE", account("dormant-bot/access"), Value::Null, 403),
        (ADMIN, "DELETE", account("dormant-bot/access"), Value::Null, 200),
        (ADMIN, "DELETE", account("dormant-bot/access"), Value::Null, 200),
        (ADMIN, "DELETE", account("northwind-telemetry"), Value::Null, 403),
        (ADMIN, "DELETE", account("tried"), Value::Null, 200),
        (ADMIN, "POST", ROLES.into(), json!({"name": "viewer", "permissions": ["devices:view"]}), 409),
        (ADMIN, "POST", ROLES.into(), json!({"name": "tried", "permissions": ["devices:view"]}), 201),
        (VIEWER, "PUT", role("tried"), set.clone(), 403),
        (ADMIN, "PUT", role("tried"), set, 200),
        (ADMIN, "PATCH", role("viewer"), json!({"add": ["devices:edit"]}), 422),
        (ADMIN, "PATCH", role("tried"), json!({"add": ["devices:edit"]}), 200),
        (ADMIN, "DELETE", role("nope"), Value::Null, 404),
        (ADMIN, "DELETE", role("tried"), Value::Null, 200),
    ]
}

pub(super) async fn token(world: &World, name: &str) -> String {
    issue(&world.platform, name).await.unwrap().access_token.expose().to_owned()
}

pub(super) async fn call(
    router: &Router,
    token: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    call_with(router, token, method, path, body, None).await
}

/// The same with an idempotency key.
async fn call_with(
    router: &Router,
    token: &str,
    method: &str,
    path: &str,
    body: &Value,
    key: Option<&str>,
) -> (u16, Value) {
    let request =
        Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = if body.is_null() {
        request.body(Body::empty())
    } else {
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        request.header("content-type", "application/json").body(body.to_string().into())
    };
    let response = router.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let text = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&text).unwrap())
}

/// The table of the guesses, which are counted beside a request.
const GUESSES: &str = "guess_budget";

/// Every value of every table, without what is noted beside a request.
async fn everything(db: &DatabaseConnection) -> Vec<String> {
    let columns = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' ORDER BY 1, c.cid"
        }
        _ => {
            "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        }
    };
    let mut all = Vec::new();
    for row in db.query_all_raw(statement(db, columns)).await.unwrap() {
        let (table, column): (String, String) =
            (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        if column == "last_used_at" || table == GUESSES {
            continue;
        }
        let text = match db.get_database_backend() {
            DbBackend::Sqlite => format!("quote(\"{column}\")"),
            _ => format!("CAST(\"{column}\" AS TEXT)"),
        };
        let query = format!("SELECT {text} AS v FROM \"{table}\" ORDER BY 1");
        for row in db.query_all_raw(statement(db, &query)).await.unwrap() {
            let value: Option<String> = row.try_get("", "v").unwrap();
            all.push(format!("{table}.{column} {value:?}"));
        }
    }
    all
}

/// The answer without what is its own: a real request after a dry run may give another id to a new account.
fn told(mut body: Value, is_new: bool) -> Value {
    for member in ["dry_run", "request_id"] {
        body.as_object_mut().unwrap().remove(member);
    }
    if let Some(id) = body.pointer_mut("/data/id").filter(|_| is_new) {
        id.take();
    }
    body
}

async fn a_dry_run_answers_as_the_request_and_changes_nothing(database: Database) {
    let world = World::sandbox(database).await;
    let (router, db) = (router::router(world.platform.clone()), world.database.connect().await);
    for (who, method, path, body, status) in writes() {
        let token = token(&world, who).await;
        let before = everything(&db).await;
        let dry_path = format!("/dry-run{path}");
        let tried = call_with(&router, &token, method, &dry_path, &body, KEY).await;
        let what = format!("{who} {method} {path} {body}");
        assert!(everything(&db).await == before, "{what} changed the database");
        assert_eq!(tried.1["dry_run"], true, "{what}: {}", tried.1);
        let done = call_with(&router, &token, method, &path, &body, KEY).await;
        assert_eq!((tried.0, done.0), (status, status), "{what}: {} {}", tried.1, done.1);
        let is_new = method == "POST";
        assert_eq!(told(tried.1, is_new), told(done.1, is_new), "{what}");
        let is_changed = everything(&db).await != before;
        assert!(is_changed || status > 201 || method == "DELETE", "{what} changed nothing");
    }
}

/// A wrong present password is counted: a dry run is no way to guess it.
async fn a_dry_run_is_no_free_guess(database: Database) {
    let world = World::sandbox(database).await;
    let router = router::router(world.platform.clone());
    let token = token(&world, ROBOT).await;
    let path = format!("/dry-run{ACCOUNTS}/{ROBOT}/password");
    let wrong = json!({"password": "Other-1234!", "current_password": "Wrong-1234!"});
    let counted = format!("SELECT COUNT(*) FROM {GUESSES}");
    assert_eq!(world.number(&counted).await, 0);
    assert_eq!(call(&router, &token, "PUT", &path, &wrong).await.0, 422);
    assert!(world.number(&counted).await > 0);
}
