//! The audit log of a company: what it tells, to whom, and how it is read.

use serde_json::{Value, json};

use crate::common::platform::{Caller, PASSWORD, Server};
use crate::common::process::until;

const LOG: &str = "/api/companies/1/audit-logs";
const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const DAY: i64 = 24 * 60 * 60;

/// The records of a page: action, account or role, actor.
fn told(page: &Value) -> Vec<String> {
    let told = |record: &Value| {
        let object = record["account"]["name"].as_str().or(record["role"].as_str()).unwrap_or_default();
        format!(
            "{} {object} {}",
            record["action"].as_str().unwrap(),
            record["actor"]["name"].as_str().unwrap()
        )
    };
    page["data"].as_array().unwrap().iter().map(told).collect()
}

fn log(caller: &Caller<'_>, query: &str) -> Vec<String> {
    told(&caller.get(&format!("{LOG}?{query}")).json())
}

/// One change of each kind.
fn change(admin: &Caller<'_>) {
    admin.post(ACCOUNTS, &json!({"name": "Courier", "password": "Courier-Pass-1"})).data(201);
    admin.put(&format!("{ACCOUNTS}/courier/access"), &json!({"role": "viewer"})).data(201);
    admin.put(&format!("{ACCOUNTS}/courier/password"), &json!({"password": "Courier-Pass-2"})).data(200);
    admin
        .post("/api/companies/1/roles", &json!({"name": "night", "permissions": ["devices:view"]}))
        .data(201);
    admin.delete(&format!("{ACCOUNTS}/courier")).data(200);
}

const TOLD: [&str; 5] = [
    "account.deleted Courier admin@acme.example",
    "role.created night admin@acme.example",
    "account.password_reset Courier admin@acme.example",
    "access.set Courier admin@acme.example",
    "account.created Courier admin@acme.example",
];

#[test]
fn log_tells_every_change_newest_first() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    change(&admin);
    let page = admin.get(LOG).json();
    assert_eq!(told(&page), TOLD);
    assert_eq!(
        (&page["total"], &page["next"], &page["company"]["id"]),
        (&Value::Null, &Value::Null, &json!(1))
    );
    let set = &page["data"][3];
    assert_eq!(set["detail"], json!({"old": null, "new": {"role": "viewer"}}));
    assert_eq!(set["actor"]["kind"], "user");
    assert!(set["request_id"].as_str().is_some_and(|id| id.len() == 36), "{set}");
    assert!(set["at"].as_str().is_some_and(|at| at.len() == 20 && at.ends_with('Z')), "{set}");
    assert!(!page.to_string().contains("Pass-"), "{page}");
    let mut oldest_first = log(&admin, "order=asc");
    oldest_first.reverse();
    assert_eq!(oldest_first, TOLD);
}

#[test]
fn log_is_narrowed_by_action_account_actor_and_time() {
    let server = Server::sandbox();
    server.stop_clock();
    let admin = server.sign_in("admin@acme.example");
    change(&admin);
    server.advance(600);
    let noon = server.platform().now();
    let operator = server.sign_in("operator@acme.example");
    operator.put(&format!("{ACCOUNTS}/dormant-bot/access"), &json!({"role": "viewer"})).data(201);
    let late = ["access.set dormant-bot operator@acme.example"];
    assert_eq!(log(&admin, "action=account.deleted,role.created"), TOLD[..2]);
    assert_eq!(log(&admin, "account=COURIER&action=access.set"), TOLD[3..4]);
    assert_eq!(log(&admin, "action=access.set,access.set"), log(&admin, "action=access.set"));
    assert_eq!(log(&admin, "account=dormant-bot,courier").len(), 5);
    assert_eq!(log(&admin, "actor=Operator@acme.example"), late);
    assert_eq!(log(&admin, "actor=operator@acme.example,admin@acme.example").len(), 6);
    assert_eq!(log(&admin, "account=dormant-bot,courier&actor=OPERATOR@acme.example,none"), late);
    assert_eq!(log(&admin, "account=courier,Courier"), log(&admin, "account=courier"));
    assert_eq!(log(&admin, &format!("since={noon}")), late);
    assert_eq!(log(&admin, &format!("until={noon}")), TOLD);
    assert_eq!(log(&admin, &format!("since={noon}&account=courier")), Vec::<String>::new());
}

/// Pages of any size make the same log in either order, also where many records have the same time, and where only some
/// actions or accounts are asked for.
#[test]
fn pages_of_the_log_make_the_whole_log() {
    let server = Server::sandbox();
    server.stop_clock();
    let admin = server.sign_in("admin@acme.example");
    for _ in 0..2 {
        change(&admin);
        admin.delete("/api/companies/1/roles/night").data(200);
        server.advance(1);
    }
    let some = "&action=access.set,role.created,account.created,access.set";
    let accounts = "&account=dormant-bot,courier,Courier";
    let filters = ["", some, accounts].into_iter().flat_map(|filter| [("asc", filter), ("desc", filter)]);
    for (order, filter) in filters {
        let mut whole = log(&admin, &format!("order={order}"));
        assert_eq!(whole.len(), 12);
        if !filter.is_empty() {
            whole.retain(|told| told.split(' ').take(2).any(|word| filter.contains(word)));
            assert!((1..12).contains(&whole.len()), "{whole:?}");
        }
        for size in [1, 2, 5, 11, 12, 13] {
            let (mut rows, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = admin.get(&format!("{LOG}?order={order}&page_size={size}{filter}{cursor}")).json();
                rows.extend(told(&page));
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(rows, whole, "{order} {size} {filter}");
        }
    }
}

/// P13: a cursor is bound to its log, its order and its filters.
#[test]
fn p13_cursor_of_another_log_is_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    change(&admin);
    let cursor = admin.get(&format!("{LOG}?page_size=1")).json()["next"].as_str().unwrap().to_owned();
    assert_eq!(admin.get(&format!("{LOG}?page_size=1&cursor={cursor}")).status, 200);
    for other in
        ["order=asc", "account=courier", "actor=x", "action=access.set", "since=2026-01-01T00:00:00Z"]
    {
        admin.get(&format!("{LOG}?{other}&cursor={cursor}")).refused(400, "malformed");
    }
    for path in ["/api/companies/2/audit-logs", ACCOUNTS] {
        assert_ne!(admin.get(&format!("{path}?cursor={cursor}")).status, 200, "{path}");
    }
    for malformed in [
        "order=up",
        "since=1h",
        "action=",
        "action=account.flown",
        "account=a,,b",
        "actor=%00",
        "page_size=0",
    ] {
        admin.get(&format!("{LOG}?{malformed}")).refused(400, "malformed");
    }
}

/// P27: each company reads its own part: its own access, and an actor whom it does not know as their company.
#[test]
fn p27_company_reads_its_own_part_only() {
    let server = Server::sandbox();
    let northwind = server.sign_in("admin@northwind.example");
    let path = "/api/companies/2/service-accounts/northwind-telemetry";
    northwind.put(&format!("{path}/password"), &json!({"password": "Changed-Pass-1"})).data(200);
    northwind.put(&format!("{path}/access"), &json!({"role": "operator"})).data(200);
    let here = server.sign_in("admin@acme.example").get(LOG).json();
    assert_eq!(told(&here), ["account.password_reset northwind-telemetry Northwind Logistics"]);
    assert_eq!(here["data"][0]["actor"], json!({"kind": "company", "id": 2, "name": "Northwind Logistics"}));
    assert_eq!(here["data"][0]["detail"], json!({"access": {"role": "viewer"}}));
    let there = northwind.get("/api/companies/2/audit-logs").json();
    assert_eq!(
        told(&there),
        [
            "access.set northwind-telemetry admin@northwind.example",
            "account.password_reset northwind-telemetry admin@northwind.example",
        ]
    );
}

/// A sign-in is recorded once for each address and day: of an account for its owner only, because its use elsewhere is
/// private, and of a user in their companies.
#[test]
fn sign_in_is_recorded_once_a_day() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let northwind = server.sign_in("admin@northwind.example");
    for name in
        ["northwind-telemetry", "northwind-telemetry", "operator@acme.example", "OPERATOR@acme.example"]
    {
        assert_eq!(server.token_form(name, PASSWORD).status, 200);
    }
    let operators = ["sign_in.accepted  operator@acme.example"];
    assert_eq!(log(&admin, "action=sign_in.accepted"), operators);
    let there = northwind.get("/api/companies/2/audit-logs").json();
    assert_eq!(told(&there), ["sign_in.accepted northwind-telemetry northwind-telemetry"]);
    assert_eq!(there["data"][0]["detail"], json!({"address": "127.0.0.1"}));
    server.advance(DAY);
    assert_eq!(server.token_form("operator@acme.example", PASSWORD).status, 200);
    let admin = server.sign_in("admin@acme.example");
    assert_eq!(log(&admin, "action=sign_in.accepted").len(), 2);
}

/// Refused sign-ins are recorded once a day for each reason, so that guessing cannot fill the disk; names that do not
/// exist are in no log.
#[test]
fn refused_sign_in_is_recorded_once_a_day() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    for name in ["fleet-automation", "fleet-automation", "no-such-bot", "northwind-telemetry"] {
        assert_ne!(server.token_form(name, "Wrong-Pass-1").status, 200);
    }
    let refused = || log(&admin, "action=sign_in.refused");
    until(|| !refused().is_empty());
    let northwind = server.sign_in("admin@northwind.example");
    until(|| !told(&northwind.get("/api/companies/2/audit-logs").json()).is_empty());
    assert_eq!(refused(), ["sign_in.refused fleet-automation fleet-automation"]);
    let record = &admin.get(&format!("{LOG}?action=sign_in.refused")).json()["data"][0];
    assert_eq!(record["detail"], json!({"reason": "invalid_grant", "address": "127.0.0.1"}));
}

/// The owner learns who created an account and who last set its password, under the name that they had then.
#[test]
fn owner_learns_who_created_an_account_and_set_its_password() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let actor =
        |name: &str| json!({"kind": "user", "id": admin.get("/api/users/me").data(200)["id"], "name": name});
    let access = json!([{"company_id": 1, "role": "operator"}, {"company_id": 2, "role": "viewer"}]);
    let request = json!({"name": "courier", "password": "Courier-Pass-1", "access": access});
    let made = admin.post(ACCOUNTS, &request).data(201);
    let admin_acts = actor("admin@acme.example");
    assert_eq!((&made["created_by"], &made["password_changed_by"]), (&admin_acts, &admin_acts));
    let fleet = server.sign_in("fleet-automation");
    let password = json!({"password": "Courier-Pass-2"});
    fleet.put(&format!("{ACCOUNTS}/courier/password"), &password).data(200);
    admin.delete(&format!("{ACCOUNTS}/fleet-automation")).data(200);
    let shown = admin.get(&format!("{ACCOUNTS}/courier")).data(200);
    assert_eq!(shown["created_by"], admin_acts);
    assert_eq!(
        (&shown["password_changed_by"]["kind"], &shown["password_changed_by"]["name"]),
        (&json!("service_account"), &json!("fleet-automation"))
    );
    let guest =
        server.sign_in("admin@northwind.example").get("/api/companies/2/service-accounts/courier").data(200);
    assert_eq!((&guest["created_by"], &guest["password_changed_by"]), (&Value::Null, &Value::Null));
    let seeded = admin.get(&format!("{ACCOUNTS}/dormant-bot")).data(200);
    assert_eq!((&seeded["created_by"], &seeded["password_changed_by"]), (&Value::Null, &Value::Null));
}
