//! What the two published descriptions of service accounts promise, sentence by sentence. *Current* and
//! *earlier* name the description of a sentence.

use serde_json::{Value, json};

use crate::common::platform::{PASSWORD, Server};

const ACME: &str = "/api/companies/1/service-accounts";
const NORTHWIND: &str = "/api/companies/2/service-accounts";
const ADMIN: &str = "admin@acme.example";

fn effective(server: &Server, name: &str, company: i64) -> Value {
    let me = server.sign_in(name).get("/api/users/me").data(200);
    let mut companies = me["companies"].as_array().unwrap().clone().into_iter();
    companies
        .find(|access| access["company"]["id"] == company)
        .map_or(Value::Null, |access| access["permissions"].clone())
}

/// Current: "Service accounts cannot sign in to the web user interface." Earlier: "Service accounts cannot log
/// in to the application's user interface."
#[test]
fn no_user_interface() {
    let server = Server::sandbox();
    for (name, admitted) in [("fleet-automation", false), (ADMIN, true)] {
        for client in ["SWHWebApp", "swagger_ui"] {
            let form = [
                ("grant_type", "password"),
                ("username", name),
                ("password", PASSWORD),
                ("client_id", client),
            ];
            let reply = server.form(sactl::api::path::TOKEN, &form);
            assert_eq!(reply.status == 200, admitted, "{name} through {client}");
            assert_eq!(reply.code(), if admitted { "" } else { "unauthorized_client" });
        }
    }
}

/// Both: "They are used exclusively for authenticated API calls" and "automated scripts".
#[test]
fn authenticated_api_calls() {
    let server = Server::sandbox();
    server.anonymous().get(ACME).refused(401, "unauthenticated");
    let grant = server.token_form("fleet-automation", PASSWORD).json();
    server.bearer(grant["access_token"].as_str().unwrap()).get(&format!("{ACME}/backup-runner")).data(200);
}

/// Current: "they bypass two-factor authentication (2FA)", "without requiring a human to provide a secondary
/// authentication code". Earlier: "they bypass two-factor authentication (2-FA)".
#[test]
fn no_second_factor() {
    let server = Server::sandbox();
    let human = server.token_form("admin@contoso.example", PASSWORD);
    assert_eq!((human.status, human.code().as_str()), (400, "mfa_required"));
    assert_eq!(server.token_form("contoso-sync", PASSWORD).status, 200);
}

/// Current: "Service accounts support the same permission model as regular users." Earlier: "Service accounts
/// are as flexible as human users."
#[test]
fn the_same_permissions_as_users() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    for (role, user) in
        [("viewer", "viewer@acme.example"), ("operator", "operator@acme.example"), ("company-admin", ADMIN)]
    {
        admin.put(&format!("{ACME}/backup-runner/access"), &json!({"role": role})).data(200);
        assert_eq!(effective(&server, "backup-runner", 1), effective(&server, user, 1));
        let (account, human) = (server.sign_in("backup-runner"), server.sign_in(user));
        for (method, path, body) in [
            ("GET", ACME.to_owned(), Value::Null),
            ("PATCH", format!("{ACME}/dormant-bot"), json!({"description": role})),
            (
                "POST",
                "/api/companies/1/roles".to_owned(),
                json!({"name": "x y", "permissions": ["devices:view"]}),
            ),
            ("GET", "/api/companies/3".to_owned(), Value::Null),
        ] {
            let (one, other) = (account.call(method, &path, &body), human.call(method, &path, &body));
            assert_eq!((one.status, one.code()), (other.status, other.code()), "{role}: {method} {path}");
        }
    }
}

/// Current: "You can assign permissions to them individually or assign them to a Role to inherit a predefined
/// set of permissions." Earlier: the same with "a predefined set of capabilities".
#[test]
fn individual_permissions_or_a_role() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    let access = format!("{ACME}/dormant-bot/access");
    let given = admin.put(&access, &json!({"permissions": ["devices:view", "alerts:edit"]})).data(201);
    assert_eq!(given["access"]["role"], Value::Null);
    assert_eq!(given["access"]["permissions"], json!(["alerts:edit", "devices:view"]));
    let role = json!({"name": "night-shift", "permissions": ["devices:edit", "devices:view"]});
    admin.post("/api/companies/1/roles", &role).data(201);
    let given = admin.put(&access, &json!({"role": "night-shift"})).data(200);
    assert_eq!(given["access"]["role"], "night-shift");
    assert_eq!(given["access"]["permissions"], json!(["devices:edit", "devices:view"]));
    admin.patch("/api/companies/1/roles/night-shift", &json!({"add": ["alerts:view"]})).data(200);
    assert_eq!(effective(&server, "dormant-bot", 1), json!(["alerts:view", "devices:edit", "devices:view"]));
    let both = admin.put(&access, &json!({"role": "viewer", "permissions": ["devices:view"]}));
    both.refused(422, "invalid_input");
}

/// Current: "Service accounts can manage resources across company boundaries while maintaining a strict
/// ownership model." Earlier: "across different organizational boundaries while maintaining a strict \"Owner\"
/// hierarchy".
#[test]
fn across_company_boundaries() {
    let server = Server::sandbox();
    let fleet = server.sign_in("fleet-automation");
    fleet.patch(&format!("{ACME}/dormant-bot"), &json!({"description": "seen"})).data(200);
    let telemetry = format!("{NORTHWIND}/northwind-telemetry");
    fleet.patch(&telemetry, &json!({"description": "seen"})).data(200);
    fleet
        .patch(&format!("{ACME}/northwind-telemetry"), &json!({"description": "no"}))
        .refused(403, "not_owner");
    fleet.get("/api/companies/3/service-accounts").refused(404, "not_found");
}

/// Both: "Each service account is owned by exactly one company."
#[test]
fn exactly_one_owner() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    let here = admin.get(&format!("{ACME}/fleet-automation")).data(200);
    let there = admin.get(&format!("{NORTHWIND}/fleet-automation")).data(200);
    assert_eq!((&here["ownership"], &there["ownership"]), (&json!("owned"), &json!("external")));
    assert_eq!(here["owner"], json!({"id": 1, "name": "Acme MSP"}));
    assert_eq!(here["owner"], there["owner"]);
    assert_eq!(here["id"], there["id"]);
    admin
        .patch(&format!("{ACME}/fleet-automation"), &json!({"description": "x", "owner": 2}))
        .refused(400, "malformed");
}

/// Both: "Only the owner company can" (earlier: "has the authority to") modify the description, reset or change
/// the password, delete the account. Current: "You cannot delete the account or change its credentials unless
/// your company is the owner."
#[test]
fn p21_only_the_owner_edits_resets_and_deletes() {
    let server = Server::sandbox();
    for (caller, accounts, allowed) in [("admin@northwind.example", NORTHWIND, false), (ADMIN, ACME, true)] {
        let caller = server.sign_in(caller);
        let path = format!("{accounts}/fleet-automation");
        for reply in [
            caller.patch(&path, &json!({"description": "new"})),
            caller.put(&format!("{path}/password"), &json!({"password": "Changed-Pass-1"})),
            caller.delete(&path),
        ] {
            assert_eq!(reply.status == 200, allowed, "{reply:?}");
            assert_eq!(reply.code(), if allowed { "" } else { "not_owner" });
        }
        let status = server.token_form("fleet-automation", PASSWORD).status;
        assert_eq!(status == 200, !allowed, "refused means that nothing was done");
    }
}

/// Both: "A service account can be granted access" (earlier: "permissions") "to multiple companies", so that
/// providers "use a single" "script to manage routers across several" customers.
#[test]
fn access_to_several_companies() {
    let server = Server::sandbox();
    let fleet = server.sign_in("fleet-automation").get("/api/users/me").data(200);
    let ids: Vec<_> =
        fleet["companies"].as_array().unwrap().iter().map(|access| &access["company"]["id"]).collect();
    assert_eq!(ids, [1, 2]);
    let admin = server.sign_in(ADMIN);
    admin
        .put(&format!("{NORTHWIND}/fleet-automation/access"), &json!({"permissions": ["devices:view"]}))
        .data(200);
    assert_eq!(effective(&server, "fleet-automation", 2), json!(["devices:view"]));
    assert_ne!(
        effective(&server, "fleet-automation", 1),
        json!(["devices:view"]),
        "each company has its own part"
    );
}

/// Current: "a centralized table of all service accounts for the currently active company". Earlier: "of all
/// accounts relevant to your currently active company".
#[test]
fn one_list_for_each_company() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    for (accounts, expected) in [
        (ACME, &["backup-runner", "dormant-bot", "fleet-automation", "northwind-telemetry"][..]),
        (NORTHWIND, &["fleet-automation", "northwind-telemetry"]),
    ] {
        let list = admin.get(accounts).json();
        let names: Vec<_> =
            list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected);
    }
}

/// Both: "The interface distinguishes between accounts" owned by the company and accounts that "only have access
/// to it" (earlier: "are simply \"visiting\""). "Owned Accounts: Full management capabilities are available."
/// "External Accounts: accounts owned by another company that have been granted access to your resources."
#[test]
fn owned_and_external_are_told_apart() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    let list = admin.get(ACME).json();
    for row in list["data"].as_array().unwrap() {
        let owned = row["owner"]["id"] == 1;
        assert_eq!(row["ownership"], if owned { "owned" } else { "external" });
        assert!(owned || !row["access"].is_null(), "an external account is there because it has access");
    }
    let owned = format!("{ACME}/backup-runner");
    admin.patch(&owned, &json!({"description": "all of it"})).data(200);
    admin.put(&format!("{owned}/access"), &json!({"role": "viewer"})).data(200);
    admin.delete(&format!("{owned}/access")).data(200);
    admin.put(&format!("{owned}/password"), &json!({"password": "Changed-Pass-1"})).data(200);
    admin.delete(&owned).data(200);
}

/// Both: "If your active company is not the owner of a service account", management "is limited to your own
/// scope": "Edit Permissions" "within your company" and "Remove Access: Revoke the account's permissions for your
/// company entirely."
#[test]
fn guests_are_managed_within_ones_own_scope() {
    let server = Server::sandbox();
    let northwind = server.sign_in("admin@northwind.example");
    let before = effective(&server, "fleet-automation", 1);
    let access = format!("{NORTHWIND}/fleet-automation/access");
    northwind.put(&access, &json!({"permissions": ["devices:view"]})).data(200);
    northwind.patch(&access, &json!({"add": ["alerts:view"]})).data(200);
    assert_eq!(effective(&server, "fleet-automation", 2), json!(["alerts:view", "devices:view"]));
    let removed = northwind.delete(&access).data(200);
    assert_eq!((&removed["account"], &removed["changed"]), (&Value::Null, &json!(true)));
    assert_eq!(effective(&server, "fleet-automation", 2), Value::Null);
    northwind.get(&format!("{NORTHWIND}/fleet-automation")).refused(404, "not_found");
    assert_eq!(effective(&server, "fleet-automation", 1), before, "the owner's part is untouched");
}

/// Current, on creating: "Enter a Service Account name", "Optionally provide a description", "Select the
/// companies the Service Account will belong to", "Assign the required permissions".
#[test]
fn creating_takes_name_description_companies_and_permissions() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    let operator = server.sign_in("operator@acme.example");
    let plain = operator.post(ACME, &json!({"name": "plain", "password": "Plain-Pass-1"})).data(201);
    assert_eq!(
        (&plain["description"], &plain["access"], &plain["companies"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    let request = json!({
        "name": "courier",
        "password": "Courier-Pass-1",
        "description": "Carries configuration",
        "access": [
            {"company_id": 1, "role": "viewer"},
            {"company_id": 2, "permissions": ["devices:view", "devices:edit"]},
        ],
    });
    let made = admin.post(ACME, &request).data(201);
    assert_eq!((&made["name"], &made["description"]), (&json!("courier"), &json!("Carries configuration")));
    assert_eq!(made["company_count"], 2);
    assert_eq!(made["companies"][0]["role"], "viewer");
    assert_eq!(made["companies"][1]["permissions"], json!(["devices:edit", "devices:view"]));
    assert_eq!(server.token_form("courier", "Courier-Pass-1").status, 200);
    admin.post(ACME, &json!({"password": "Nameless-1"})).refused(400, "malformed");
}

/// Current, on creating: "Set a password that meets the security requirements (at least 8 characters, including
/// one uppercase letter, one number, and one special character)."
#[test]
fn a_password_meets_the_requirements() {
    let server = Server::sandbox();
    let admin = server.sign_in(ADMIN);
    for (password, broken) in [
        ("Ab1-xyz", 1),
        ("lower-case-1", 1),
        ("No-Number", 1),
        ("NoSpecial1", 1),
        ("abc", 4),
        ("Spaces are no special characters 1", 1),
    ] {
        let reply = admin.post(ACME, &json!({"name": "careless", "password": password}));
        reply.refused(422, "invalid_input");
        assert_eq!(reply.rules(), vec!["password_policy"; broken], "{password}");
    }
    for (number, password) in ["Ab1-xyzw", "Ünïcode-Ä1", "Tab?  Space 1", PASSWORD].into_iter().enumerate()
    {
        let name = format!("careful-{number}");
        admin.post(ACME, &json!({"name": name, "password": password})).data(201);
        assert_eq!(server.token_form(&name, password).status, 200, "used exactly as given");
    }
}
