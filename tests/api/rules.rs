//! The numbered rules of the interface that no table shows, one test each or more.

use serde_json::{Value, json};

use crate::common::platform::{PASSWORD, PASSWORD_HASH, Server};
use crate::common::reply::Reply;

const ACME: &str = "/api/companies/1/service-accounts";
const ROLES: &str = "/api/companies/1/roles";

/// A company whose role keeper may manage roles and little else, and what the rules on roles need.
fn with_role_keeper() -> Server {
    Server::seeded(&format!(
        "[[company]]\nname = 'Home'\n[[company]]\nname = 'Away'\n
         [[role]]\ncompany = 1\nname = 'keeper'\npermissions = ['roles:manage', 'roles:view', 'service-accounts:view', 'service-accounts:edit', 'devices:view']\n
         [[role]]\ncompany = 1\nname = 'unheld'\npermissions = ['billing:manage', 'devices:view']\n
         [[user]]\nemail = 'keeper@x.example'\npassword_hash = '{PASSWORD_HASH}'\naccess = [{{ company = 1, role = 'keeper' }}]\n
         [[user]]\nemail = 'admin@x.example'\npassword_hash = '{PASSWORD_HASH}'\naccess = [{{ company = 1, role = 'company-admin' }}]\n
         [[service_account]]\nname = 'robot'\nowner = 1\npassword_hash = '{PASSWORD_HASH}'\naccess = [{{ company = 1, role = 'operator' }}]\n
         [[service_account]]\nname = 'target'\nowner = 1\npassword_hash = '{PASSWORD_HASH}'\naccess = [{{ company = 1, permissions = ['devices:view', 'billing:manage'] }}]\n"
    ))
}

/// Rule 1: names are checked, unique over the platform in any case, and a conflict says nothing else.
#[test]
fn names_are_unique_over_the_platform() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let create = |name: &str| admin.post(ACME, &json!({"name": name, "password": "Some-Pass-1"}));
    let taken = create("fleet-automation");
    taken.refused(409, "name_taken");
    for name in ["Fleet-AUTOMATION", "contoso-sync", "CONTOSO-SYNC", "northwind-telemetry"] {
        let reply = create(name);
        reply.refused(409, "name_taken");
        // The message repeats the name that was asked for, and does not say which company has it.
        let expected = taken.json()["message"].as_str().unwrap().replace("fleet-automation", name);
        assert_eq!(reply.json()["message"], expected, "{name}");
    }
    for name in ["", "a", "-a", "a b", "admin@acme.example", "é1", "a/b", &"x".repeat(65)] {
        let reply = create(name);
        reply.refused(422, "invalid_input");
        assert_eq!(reply.rules(), ["invalid_name"], "{name}");
    }
    let long = json!({"name": "talkative", "password": "Some-Pass-1", "description": "x".repeat(501)});
    assert_eq!(admin.post(ACME, &long).rules(), ["invalid_description"]);
    let all = json!({"name": "?", "password": "weak", "description": "\u{1b}[2J"});
    let reply = admin.post(ACME, &all);
    for rule in ["invalid_name", "invalid_description", "password_policy"] {
        assert!(reply.rules().iter().any(|broken| broken == rule), "{rule}: all at once: {reply:?}");
    }
}

/// Rule 1: role names are checked and unique in the company; default roles cannot be changed.
#[test]
fn roles_have_names_of_their_own() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let create = |name: &str| admin.post(ROLES, &json!({"name": name, "permissions": ["devices:view"]}));
    create("night-shift").data(201);
    for name in ["night-shift", "viewer", "operator", "company-admin"] {
        create(name).refused(409, "name_taken");
    }
    for name in ["Night", "a", "", "a_b", &"x".repeat(65)] {
        assert_eq!(create(name).rules(), ["invalid_name"], "{name}");
    }
    for name in ["viewer", "operator", "company-admin"] {
        let role = format!("{ROLES}/{name}");
        admin.put(&role, &json!({"permissions": ["devices:view"]})).refused(422, "invalid_input");
        admin.patch(&role, &json!({"add": ["devices:edit"]})).refused(422, "invalid_input");
        admin.delete(&role).refused(422, "invalid_input");
    }
    admin.put(&format!("{ROLES}/night-shift"), &json!({"permissions": []})).refused(422, "invalid_input");
    let unknown = admin.put(&format!("{ROLES}/night-shift"), &json!({"permissions": ["devices:fly"]}));
    assert_eq!(unknown.rules(), ["unknown_permission"]);
    admin.get(&format!("{ROLES}/no-such-role")).refused(404, "not_found");
    let other = server.sign_in("admin@northwind.example");
    other.get("/api/companies/2/roles/night-shift").refused(404, "not_found");
}

/// A refusal says in data what it was about, so that a client need not find it out again.
#[test]
fn refusals_say_what_they_are_about() {
    let server = Server::sandbox();
    let [admin, operator, viewer] =
        ["admin", "operator", "viewer"].map(|name| server.sign_in(&format!("{name}@acme.example")));
    let acme = json!({"id": 1, "name": "Acme MSP"});
    let about = |reply: Reply| {
        let body = reply.json();
        ["code", "operation", "company", "owner", "missing"].map(|member| body[member].clone())
    };
    let at = |rest: &str| format!("{ACME}/{rest}");
    let role = json!({"role": "company-admin"});
    assert_eq!(
        about(viewer.put(&at("backup-runner/access"), &role)),
        [
            json!("missing_permission"),
            json!("set_access"),
            acme.clone(),
            Value::Null,
            json!(["service-accounts:edit"])
        ]
    );
    let refused = about(operator.patch(&at("backup-runner/access"), &json!({"add": ["users:edit"]})));
    let missing = json!(["users:edit"]);
    assert_eq!(refused, [json!("escalation"), json!("adjust_access"), acme.clone(), Value::Null, missing]);
    assert_eq!(
        about(admin.delete(&at("northwind-telemetry"))),
        [
            json!("not_owner"),
            json!("delete_service_account"),
            acme.clone(),
            json!({"id": 2, "name": "Northwind Logistics"}),
            Value::Null
        ]
    );
    let operation = json!("show_service_account");
    for unseen in ["nope", "contoso-sync"] {
        let refused = about(admin.get(&at(unseen)));
        assert_eq!(refused, [json!("not_found"), operation.clone(), acme.clone(), Value::Null, Value::Null]);
    }
    let foreign = about(admin.get("/api/companies/3/service-accounts/contoso-sync"));
    assert_eq!(foreign, [json!("not_found"), operation, Value::Null, Value::Null, Value::Null]);
    let roles = about(viewer.delete(&format!("{ROLES}/operator")));
    assert_eq!(roles[1..3], [json!("delete_role"), acme]);
}

/// Rule 2: the default roles are there in every company and hold what is published.
#[test]
fn default_roles_are_everywhere() {
    let server = Server::sandbox();
    let contoso = server.sign_in("admin@contoso.example");
    for company in [3, 4] {
        let roles = contoso.get(&format!("/api/companies/{company}/roles")).json();
        let sizes: Vec<_> = roles["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| {
                (
                    role["name"].as_str().unwrap(),
                    role["permissions"].as_array().unwrap().len(),
                    role["default"] == true,
                )
            })
            .collect();
        assert_eq!(sizes, [("company-admin", 37, true), ("operator", 29, true), ("viewer", 10, true)]);
    }
    let catalogue = contoso.get("/api/permissions").json();
    assert_eq!(catalogue["total"], 37);
}

/// Rule 3: permission before look-up, relation before ownership, oneself before input, input before escalation.
#[test]
fn refusals_come_in_their_order() {
    let server = Server::sandbox();
    let bad = json!({"role": "no-such-role"});
    let viewer = server.sign_in("viewer@acme.example");
    viewer.put(&format!("{ACME}/no-such-account/access"), &bad).refused(403, "missing_permission");
    let operator = server.sign_in("operator@acme.example");
    operator.put(&format!("{ACME}/no-such-account/access"), &bad).refused(404, "not_found");
    let weak = json!({"password": "weak"});
    operator.put(&format!("{ACME}/northwind-telemetry/password"), &weak).refused(403, "not_owner");
    let fleet = server.sign_in("fleet-automation");
    fleet.put(&format!("{ACME}/fleet-automation/access"), &bad).refused(403, "self_modification");
    let both = json!({"permissions": ["billing:manage", "devices:fly"]});
    operator.put(&format!("{ACME}/dormant-bot/access"), &both).refused(422, "invalid_input");
    let much = json!({"permissions": ["billing:manage"]});
    operator.put(&format!("{ACME}/dormant-bot/access"), &much).refused(403, "escalation");
    let known = operator.get(&format!("{ACME}/contoso-sync"));
    let unknown = operator.get(&format!("{ACME}/no-such-account"));
    known.refused(404, "not_found");
    let expected = unknown.json()["message"].as_str().unwrap().replace("no-such-account", "contoso-sync");
    assert_eq!(known.json()["message"], expected, "the same as one that does not exist");
}

/// Rule 4: access of an account that has none here is given, adjusted and removed by those who see it in its owner
/// company; for all others it does not exist.
#[test]
fn strangers_are_let_in_by_who_knows_them() {
    let server = Server::sandbox();
    let (admin, operator) = (server.sign_in("admin@acme.example"), server.sign_in("operator@acme.example"));
    let access = format!("{ACME}/northwind-telemetry/access");
    operator.put(&access, &json!({"role": "operator"})).data(200);
    operator.delete(&access).data(200);
    let viewer = json!({"role": "viewer"});
    let add = json!({"add": ["devices:view"]});
    operator.put(&access, &viewer).refused(404, "not_found");
    operator.patch(&access, &add).refused(404, "not_found");
    operator.delete(&access).refused(404, "not_found");
    let unchanged = admin.delete(&access).data(200);
    assert_eq!((&unchanged["changed"], &unchanged["account"]), (&json!(false), &Value::Null));
    admin.patch(&access, &add).data(201);
    assert_eq!(admin.delete(&access).data(200)["changed"], true);
    admin.put(&access, &viewer).data(201);
    operator.put(&access, &json!({"role": "operator"})).data(200);
    admin.put(&format!("{ACME}/contoso-sync/access"), &viewer).refused(404, "not_found");
}

/// Rule 5, P22: a caller cannot grant what they lack: not by a list, a role, a new role, or a change of a
/// role.
#[test]
fn p22_nobody_gives_what_they_lack() {
    let server = with_role_keeper();
    let keeper = server.sign_in("keeper@x.example");
    let access = format!("{ACME}/target/access");
    keeper.put(&access, &json!({"permissions": ["devices:edit"]})).refused(403, "escalation");
    keeper.patch(&access, &json!({"add": ["devices:edit"]})).refused(403, "escalation");
    keeper.put(&access, &json!({"role": "operator"})).refused(403, "escalation");
    keeper.patch(&access, &json!({"remove": ["devices:view"]})).data(200);
    keeper.patch(&access, &json!({"add": ["devices:view"]})).data(200);
    let kept = keeper.put(&access, &json!({"permissions": ["billing:manage", "roles:view"]})).data(200);
    assert_eq!(
        kept["access"]["permissions"],
        json!(["billing:manage", "roles:view"]),
        "what was there may stay"
    );
    let wide = json!({"name": "wide", "permissions": ["devices:view", "devices:edit"]});
    keeper.post(ROLES, &wide).refused(403, "escalation");
    keeper.post(ROLES, &json!({"name": "narrow", "permissions": ["devices:view"]})).data(201);
    keeper.patch(&format!("{ROLES}/narrow"), &json!({"add": ["devices:edit"]})).refused(403, "escalation");
    keeper
        .put(&format!("{ROLES}/unheld"), &json!({"permissions": ["users:edit"]}))
        .refused(403, "escalation");
    keeper.patch(&format!("{ROLES}/unheld"), &json!({"add": ["roles:view"]})).data(200);
    keeper.put(&format!("{ACME}/robot/access"), &json!({"role": "unheld"})).refused(403, "escalation");
}

/// Rule 5: what counts is what the caller holds when it is decided, not when the token was given.
#[test]
fn rights_count_at_the_moment_of_the_decision() {
    let server = with_role_keeper();
    let (admin, robot) = (server.sign_in("admin@x.example"), server.sign_in("robot"));
    let access = format!("{ACME}/target/access");
    robot.patch(&access, &json!({"add": ["alerts:edit"]})).data(200);
    admin.put(&format!("{ACME}/robot/access"), &json!({"permissions": ["service-accounts:edit"]})).data(200);
    robot.patch(&access, &json!({"add": ["alerts:delete"]})).refused(403, "escalation");
    admin.delete(&format!("{ACME}/robot/access")).data(200);
    robot.patch(&access, &json!({"add": ["service-accounts:edit"]})).refused(404, "not_found");
}

/// Rule 6: a caller who resets a password could act as the account, so they must have what it has,
/// everywhere.
#[test]
fn a_reset_needs_what_the_account_holds_everywhere() {
    let server = Server::sandbox();
    let reset = |who: &str, company: i64, name: &str| {
        let path = format!("/api/companies/{company}/service-accounts/{name}/password");
        server.sign_in(who).put(&path, &json!({"password": "Changed-Pass-1"}))
    };
    let refused = reset("operator@acme.example", 1, "fleet-automation");
    refused.refused(403, "escalation");
    let told = refused.json();
    assert_eq!(told["company"], json!({"id": 2, "name": "Northwind Logistics"}), "where they are missing");
    let words = told["message"].as_str().unwrap();
    assert!(words.contains(" in Northwind Logistics (2)") && !words.contains("Acme"), "{words}");
    assert!(told["missing"].as_array().unwrap().contains(&json!("alerts:create")), "{told}");
    assert_eq!(server.token_form("fleet-automation", PASSWORD).status, 200, "nothing was done");
    reset("operator@acme.example", 1, "backup-runner").data(200);
    reset("operator@acme.example", 1, "dormant-bot").data(200);
    reset("admin@acme.example", 1, "fleet-automation").data(200);
    reset("admin@northwind.example", 2, "northwind-telemetry").data(200);
}

/// Rule 7: a caller cannot change their own role, and a role that is in use cannot be deleted.
#[test]
fn nobody_changes_the_role_that_they_hold() {
    let server = with_role_keeper();
    let (admin, keeper) = (server.sign_in("admin@x.example"), server.sign_in("keeper@x.example"));
    let role = format!("{ROLES}/keeper");
    keeper.patch(&role, &json!({"remove": ["devices:view"]})).refused(403, "self_modification");
    keeper.put(&role, &json!({"permissions": ["devices:view"]})).refused(403, "self_modification");
    keeper.delete(&role).refused(403, "self_modification");
    admin.delete(&role).refused(409, "role_in_use");
    admin.delete(&format!("{ROLES}/unheld")).data(200);
    admin.get(&format!("{ROLES}/unheld")).refused(404, "not_found");
}

/// An account that resets its own password says the present one, and every token of it ends.
#[test]
fn an_account_resets_its_own_password_with_the_present_one() {
    let server = Server::sandbox();
    let fleet = server.sign_in("fleet-automation");
    let path = format!("{ACME}/fleet-automation/password");
    let new = |current: Value| json!({"password": "Changed-Pass-1", "current_password": current});
    fleet.put(&path, &new(Value::Null)).refused(422, "invalid_input");
    fleet.put(&path, &new(json!("Wrong-Pass-1"))).refused(422, "invalid_input");
    fleet.get("/api/users/me").data(200);
    fleet.put(&path, &new(json!(PASSWORD))).data(200);
    fleet.get("/api/users/me").refused(401, "unauthenticated");
    assert_eq!(server.token_form("fleet-automation", "Changed-Pass-1").status, 200);
}

/// Rule 8, P17: reset and deletion end every token, before they are answered.
#[test]
fn p17_reset_and_deletion_end_every_token() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let sessions = || [server.sign_in("backup-runner"), server.sign_in("BACKUP-RUNNER")];
    let before = sessions();
    let path = format!("{ACME}/backup-runner");
    admin.put(&format!("{path}/password"), &json!({"password": "Changed-Pass-1"})).data(200);
    for session in before {
        session.get("/api/users/me").refused(401, "unauthenticated");
    }
    let before = sessions();
    admin.delete(&path).data(200);
    for session in before {
        session.get("/api/users/me").refused(401, "unauthenticated");
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Rule 12: a token is kept only as a hash: neither it nor a password stands anywhere in the database.
#[test]
fn tokens_and_passwords_are_not_kept() {
    let server = Server::sandbox();
    let grant = server.token_form("fleet-automation", PASSWORD).json();
    let token = grant["access_token"].as_str().unwrap();
    let admin = server.sign_in("admin@acme.example");
    admin.post(ACME, &json!({"name": "canary", "password": "Canary-Pass-1"})).data(201);
    let kept = server.block_on(server.database().content());
    assert!(kept.iter().any(|bytes| holds(bytes, "canary")), "the database was read");
    for secret in [token, &token[4..], PASSWORD, "Canary-Pass-1"] {
        assert!(!kept.iter().any(|bytes| holds(bytes, secret)));
    }
}

/// Rule 13, P26: when the database is gone nothing is answered with success, least of all a revocation.
#[test]
fn p26_a_lost_database_is_never_success() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    server.lose_database();
    server.anonymous().get("/healthz").data(200);
    for reply in [
        server.anonymous().get("/readyz"),
        admin.get(ACME),
        admin.delete(&format!("{ACME}/backup-runner")),
        server.form(sactl::api::path::REVOCATION, &[("token", admin.token())]),
        server.token_form("fleet-automation", PASSWORD),
    ] {
        reply.refused(503, "unavailable");
        assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
    }
}
