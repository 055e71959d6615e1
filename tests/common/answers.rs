//! What a stub that plays the platform answers, and who talks to it: documents of the contract, made by hand,
//! so that a test can put anything into them.

use serde_json::{Value, json};

use super::env::Env;
use super::tls::Authority;

/// The token that the user of a stub holds. No answer and no other server may ever see it.
pub(crate) const TOKEN: &str = "sat_canaryTokenThatNobodyElseMaySee0123456789";
/// The password of the user of a stub; the same holds for it.
pub(crate) const PASSWORD: &str = "Canary-Password-73!";
/// The password that the user of a stub gives an account; the same holds for it.
pub(crate) const NEW_PASSWORD: &str = "New-Canary-Secret-91!";

/// A user of the server at `url` who holds a token and acts in company 1.
pub(crate) fn with_token(url: &str) -> Env {
    on_machine(url).with("SACTL_TOKEN", TOKEN)
}

/// A user of the server at `url` who signs in for each call and acts in company 1.
pub(crate) fn with_password(url: &str) -> Env {
    on_machine(url).with("SACTL_USERNAME", "canary").with("SACTL_PASSWORD", PASSWORD)
}

/// A machine that talks to the server at `url`. Whatever this one trusts, that one trusts a single authority,
/// which belongs to no account.
fn on_machine(url: &str) -> Env {
    let env = Env::new().with("SACTL_SERVER", url).with("SACTL_COMPANY", "1");
    if url.starts_with("http://") {
        return env;
    }
    let store = env.file("trusted.pem", Authority::new().pem());
    env.with("SSL_CERT_FILE", store).with("SSL_CERT_DIR", "/nowhere")
}

/// The company in which all this happens.
pub(crate) fn company() -> Value {
    json!({"id": 1, "name": "Acme MSP"})
}

/// What may be done in company 1.
pub(crate) fn access() -> Value {
    json!({"company": company(), "role": "company-admin", "permissions": ["service-accounts:view"]})
}

/// An account that company 1 owns.
pub(crate) fn account(name: &str) -> Value {
    json!({
        "id": 7, "name": name, "description": "sends telemetry", "ownership": "owned", "owner": company(),
        "access": access(), "company_count": 1, "created_at": "2026-01-02T03:04:05Z",
        "password_changed_at": "2026-01-02T03:04:05Z", "last_used_at": null
    })
}

/// An account with all its companies.
pub(crate) fn account_detail(name: &str) -> Value {
    let mut detail = account(name);
    detail["companies"] = json!([access()]);
    detail
}

/// The whole list, on one page.
pub(crate) fn page(rows: &[Value]) -> Value {
    page_before(rows, None)
}

/// One page of a list, with the cursor of the next.
pub(crate) fn page_before(rows: &[Value], next: Option<&str>) -> Value {
    json!({"success": true, "data": rows, "next": next, "total": rows.len(), "company": company()})
}

/// A document of success.
pub(crate) fn success(data: &Value) -> Value {
    json!({"success": true, "data": data})
}

/// The answer to a sign-in.
pub(crate) fn grant() -> Value {
    json!({"access_token": TOKEN, "expires_in": 7200, "token_type": "Bearer"})
}

/// A refusal as the platform writes it.
pub(crate) fn problem(status: u16, code: &str, message: &str) -> Value {
    json!({
        "type": "about:blank", "title": "Refused", "status": status, "detail": message, "code": code,
        "success": false, "message": message, "request_id": "00000000-0000-0000-0000-000000000000", "errors": []
    })
}

/// What the platform answers to `method path` in a world that holds the one account `robot`.
pub(crate) fn of_platform(method: &str, path: &str) -> Value {
    if let Some(path) = path.strip_prefix("/dry-run") {
        let mut answer = of_platform(method, path);
        answer["dry_run"] = true.into();
        return answer;
    }
    let name = "robot";
    match (method, path) {
        ("POST", "/public/auth/connect/token") => grant(),
        ("GET", "/api/users/me") => {
            success(&json!({"id": 3, "kind": "user", "name": "canary", "companies": [access()]}))
        }
        ("GET", "/api/companies") => page(&[company()]),
        ("GET", "/api/companies/1") => success(&company()),
        ("GET", "/api/permissions") => {
            success(&json!([{"name": "devices:view", "category": "devices", "action": "view"}]))
        }
        ("GET", "/api/companies/1/roles") => page(&[role()]),
        ("DELETE", path) if path.starts_with("/api/companies/1/roles") => {
            success(&json!({"name": "operators", "deleted": true}))
        }
        (_, path) if path.starts_with("/api/companies/1/roles") => success(&role()),
        ("GET", "/api/companies/1/service-accounts") => page(&[account(name)]),
        ("PUT", path) if path.ends_with("/password") => success(&json!({"account": account(name)})),
        ("DELETE", path) if path.ends_with("/access") => {
            success(&json!({"account": account(name), "company": company(), "changed": true}))
        }
        ("PUT", path) if path.ends_with("/access") => {
            let access =
                json!({"company": company(), "role": "viewer", "permissions": ["service-accounts:view"]});
            success(&json!({"account": account(name), "access": access, "changed": true}))
        }
        (_, path) if path.ends_with("/access") => {
            success(&json!({"account": account(name), "access": access(), "changed": true}))
        }
        ("DELETE", _) => success(&json!({"id": 7, "name": name, "deleted": true})),
        ("PATCH", _) => success(&account(name)),
        _ => success(&account_detail(name)),
    }
}

fn role() -> Value {
    json!({"name": "operators", "default": false, "permissions": ["devices:view"], "holders": 1})
}

/// One invocation of every command that sends something, for `robot` in company 1.
pub(crate) const COMMANDS: [&str; 18] = [
    "list",
    "show robot",
    "create robot --password-file password --role viewer",
    "edit robot --description new",
    "passwd robot --password-file password --yes",
    "delete robot --yes",
    "grant robot --role viewer",
    "grant robot --add-permission devices:view",
    "revoke robot --yes",
    "role list",
    "role show operators",
    "role create operators --permission devices:view",
    "role edit operators --permission devices:view",
    "role delete operators --yes",
    "permission list",
    "company list",
    "whoami",
    "api GET /api/users/me",
];
