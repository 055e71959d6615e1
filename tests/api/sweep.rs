//! Every route with no, bad, ended, weak and foreign credentials. A route of the router without a row here
//! fails the build, as does a row without a route.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::common::platform::Server;
use crate::common::reply::Reply;

/// Who may call a route.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing.
    Nothing,
    /// A token.
    Token,
    /// Membership of the company.
    Membership,
    /// This permission in the company.
    Permission(&'static str),
}
use Needs::{Membership, Nothing, Permission, Token};

const VIEW: Needs = Permission("service-accounts:view");
const CREATE: Needs = Permission("service-accounts:create");
const EDIT: Needs = Permission("service-accounts:edit");
const DELETE: Needs = Permission("service-accounts:delete");
const ROLES_VIEW: Needs = Permission("roles:view");
const ROLES_MANAGE: Needs = Permission("roles:manage");

const ROLES: &str = "/api/companies/{company_id}/roles";
const ROLE: &str = "/api/companies/{company_id}/roles/{role}";
const ACCOUNTS: &str = "/api/companies/{company_id}/service-accounts";
const ACCOUNT: &str = "/api/companies/{company_id}/service-accounts/{name}";
const PASSWORD: &str = "/api/companies/{company_id}/service-accounts/{name}/password";
const ACCESS: &str = "/api/companies/{company_id}/service-accounts/{name}/access";

/// Every route but the dry runs.
const ROUTES: [(&str, &str, Needs); 27] = [
    ("POST", "/public/auth/connect/token", Nothing),
    ("POST", "/public/auth/connect/revocation", Nothing),
    ("GET", "/healthz", Nothing),
    ("GET", "/readyz", Nothing),
    ("GET", "/openapi.json", Nothing),
    ("GET", "/api/users/me", Token),
    ("GET", "/api/permissions", Token),
    ("GET", "/api/companies", Token),
    ("GET", "/api/companies/{company_id}", Membership),
    ("GET", "/api/companies/{company_id}/audit-logs", Permission("auditing:view")),
    ("GET", ROLES, ROLES_VIEW),
    ("POST", ROLES, ROLES_MANAGE),
    ("GET", ROLE, ROLES_VIEW),
    ("PUT", ROLE, ROLES_MANAGE),
    ("PATCH", ROLE, ROLES_MANAGE),
    ("DELETE", ROLE, ROLES_MANAGE),
    ("GET", ACCOUNTS, VIEW),
    ("POST", ACCOUNTS, CREATE),
    ("GET", ACCOUNT, VIEW),
    ("PATCH", ACCOUNT, EDIT),
    ("DELETE", ACCOUNT, DELETE),
    ("PUT", PASSWORD, EDIT),
    ("PUT", ACCESS, EDIT),
    ("PATCH", ACCESS, EDIT),
    ("DELETE", ACCESS, EDIT),
    ("HEAD", "/healthz", Nothing),
    ("HEAD", "/api/users/me", Token),
];

/// Every route: each write below a company has a dry run that needs the same.
fn sweep() -> Vec<(&'static str, String, Needs)> {
    let routes = ROUTES.map(|(method, path, needs)| (method, path.to_owned(), needs));
    let is_write = |(method, _, needs): &&(&str, &str, Needs)| {
        !["GET", "HEAD"].contains(method) && matches!(needs, Permission(_))
    };
    let dry_runs = ROUTES.iter().filter(is_write);
    let dry_runs = dry_runs.map(|(method, path, needs)| (*method, format!("/dry-run{path}"), *needs));
    routes.into_iter().chain(dry_runs).collect()
}

/// A body that is good enough to get past the checks of form.
fn body(method: &str, path: &str) -> Value {
    match (method, path.strip_prefix("/dry-run").unwrap_or(path)) {
        ("POST", ROLES) => json!({"name": "swept", "permissions": ["devices:view"]}),
        ("PUT", ROLE) => json!({"permissions": ["devices:view"]}),
        ("PATCH", ROLE | ACCESS) => json!({"add": ["devices:view"]}),
        ("POST", ACCOUNTS) => json!({"name": "swept", "password": "Swept-Pass-1"}),
        ("PATCH", ACCOUNT) => json!({"description": "swept"}),
        ("PUT", PASSWORD) => json!({"password": "Swept-Pass-1"}),
        ("PUT", ACCESS) => json!({"role": "viewer"}),
        _ => Value::Null,
    }
}

fn fill(path: &str, company: &str) -> String {
    path.replace("{company_id}", company).replace("{role}", "viewer").replace("{name}", "backup-runner")
}

fn call(server: &Server, token: Option<&str>, method: &str, template: &str) -> Reply {
    let caller = token.map_or_else(|| server.anonymous(), |token| server.bearer(token));
    caller.call(method, &fill(template, "1"), &body(method, template))
}

/// P20: an operation missing from the sweep fails.
#[test]
fn p20_every_route_is_swept() {
    let document = serde_json::to_value(sactl::platform::router::document()).unwrap();
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            routes.insert((method.to_uppercase(), path.clone()));
        }
    }
    let swept = sweep().into_iter().filter(|(method, _, _)| *method != "HEAD");
    let swept: BTreeSet<_> = swept.map(|(method, path, _)| (method.to_owned(), path)).collect();
    assert_eq!(routes, swept);
}

/// P12, P20: without good credentials nothing but the public routes answers.
#[test]
fn p12_no_bad_or_ended_credentials() {
    let server = Server::sandbox();
    let expired = server.sign_in("admin@acme.example");
    server.advance(7200);
    let ended = server.sign_in("admin@acme.example");
    server.form(sactl::api::path::REVOCATION, &[("token", ended.token())]);
    let deleted = server.sign_in("dormant-bot");
    server.sign_in("admin@acme.example").delete("/api/companies/1/service-accounts/dormant-bot").data(200);
    let forged = format!("sat_{}", "A".repeat(43));
    let tokens = [
        None,
        Some("x"),
        Some(forged.as_str()),
        Some(ended.token()),
        Some(expired.token()),
        Some(deleted.token()),
    ];
    for (method, path, needs) in sweep() {
        for token in tokens {
            let reply = call(&server, token, method, &path);
            if needs == Nothing {
                assert_ne!(reply.status, 401, "{method} {path}");
                continue;
            }
            assert_eq!(reply.status, 401, "{method} {path} with {token:?}: {reply:?}");
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{reply:?}");
            let invalid = reply.header("www-authenticate").contains("invalid_token");
            assert_eq!(invalid, token.is_some(), "{reply:?}");
            if method != "HEAD" {
                reply.refused(401, "unauthenticated");
            }
        }
    }
}

/// A caller who is not a member of the company gets 404 from every route below it, known account or not.
#[test]
fn foreign_credentials_find_nothing() {
    let server = Server::sandbox();
    let foreigner = server.sign_in("admin@contoso.example");
    for (method, path, needs) in sweep() {
        if matches!(needs, Membership | Permission(_)) {
            call(&server, Some(foreigner.token()), method, &path).refused(404, "not_found");
        }
    }
    let listed = foreigner.get("/api/companies").json();
    let ids: Vec<_> = listed["data"].as_array().unwrap().iter().map(|company| &company["id"]).collect();
    assert_eq!(ids, [3, 4]);
}

/// Lacking the permission of the route is 403 before anything is looked up.
#[test]
fn weak_credentials_are_refused_before_the_look_up() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let weak = server.sign_in("backup-runner");
    for (method, path, needs) in sweep() {
        let Permission(permission) = needs else { continue };
        let missing = path.replace("{name}", "no-such-account").replace("{role}", "no-such-role");
        for filled in [fill(&path, "1"), fill(&missing, "1")] {
            let refused = weak.call(method, &filled, &body(method, &path));
            refused.refused(403, "missing_permission");
            let message = refused.json()["message"].as_str().unwrap().to_owned();
            assert!(message.contains(permission), "{message} names {permission}");
        }
    }
    admin.get("/api/companies/1/service-accounts/backup-runner").data(200);
}
