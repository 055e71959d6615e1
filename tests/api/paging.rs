//! Lists: in the order of names, page by page by key, with cursors that belong to one list.

use sactl::api::{Account, Page};
use serde_json::{Value, json};

use crate::common::platform::{Caller, Server};

const ACCOUNTS: &str = "/api/companies/1/service-accounts";

fn create(caller: &Caller<'_>, name: &str) {
    caller.post(ACCOUNTS, &json!({"name": name, "password": "Paged-Pass-1"})).data(201);
}

fn names(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Every page of a list, one after the other; `between` runs before each further page.
fn all(caller: &Caller<'_>, path: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for page in 0.. {
        let reply = caller.get(&format!("{path}{cursor}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        let body = reply.json();
        seen.extend(names(&body));
        let Some(next) = body["next"].as_str() else { break };
        cursor =
            format!("&cursor={}", url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
        between(page);
    }
    seen
}

#[test]
fn a_page_says_what_it_is_of() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let page = admin.get(ACCOUNTS).json();
    assert_eq!(page["success"], true);
    assert_eq!(page["company"], json!({"id": 1, "name": "Acme MSP"}));
    assert_eq!((&page["total"], &page["next"]), (&json!(4), &Value::Null));
    assert_eq!(names(&page), ["backup-runner", "dormant-bot", "fleet-automation", "northwind-telemetry"]);
    let companies = admin.get("/api/companies").json();
    assert_eq!((&companies["total"], companies.get("company")), (&json!(2), None));
}

/// The client reads a page fastest in the form of its types.
#[test]
fn a_page_is_written_as_its_type_is() {
    let server = Server::sandbox();
    let body = server.sign_in("admin@acme.example").get(ACCOUNTS).text;
    let page: Page<Account> = serde_json::from_str(&body).unwrap();
    assert_eq!(body, serde_json::to_string(&page).unwrap());
}

/// Lists are ordered by lower-cased name, bytewise, whatever the size of a page.
#[test]
fn pages_of_any_size_give_the_same_list() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    for name in ["Zulu", "alpha", "Alpha.2", "a_b", "a-b", "a+b", "a0", "B1"] {
        create(&admin, name);
    }
    let whole = all(&admin, &format!("{ACCOUNTS}?page_size=1000"), |_| {});
    let mut sorted = whole.clone();
    sorted.sort_by_key(|name| name.to_ascii_lowercase());
    assert_eq!(whole, sorted);
    assert_eq!(whole.len(), 12);
    for size in [1, 2, 3, 5, 11, 12, 13] {
        assert_eq!(all(&admin, &format!("{ACCOUNTS}?page_size={size}"), |_| {}), whole, "{size}");
    }
    for path in
        ["/api/permissions?page_size=7", "/api/companies/1/roles?page_size=1", "/api/companies?page_size=1"]
    {
        let paged = all(&admin, path, |_| {});
        assert_eq!(paged, names(&admin.get(path.split('?').next().unwrap()).json()), "{path}");
    }
}

/// What is there throughout is not skipped and not repeated while rows come and go around it.
#[test]
fn nothing_is_skipped_while_rows_come_and_go() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let steady: Vec<_> = (0..12).map(|number| format!("m-{number:02}")).collect();
    for name in &steady {
        create(&admin, name);
    }
    for name in ["a-gone", "m-gone"] {
        create(&admin, name);
    }
    let seen = all(&admin, &format!("{ACCOUNTS}?page_size=3&search=-"), |page| {
        create(&admin, &format!("a-new-{page}"));
        create(&admin, &format!("m-0{page}-new"));
        create(&admin, &format!("z-new-{page}"));
        if page == 0 {
            admin.delete(&format!("{ACCOUNTS}/a-gone")).data(200);
            admin.delete(&format!("{ACCOUNTS}/m-gone")).data(200);
        }
        assert!(page < 20, "the list ends");
    });
    for name in &steady {
        assert_eq!(seen.iter().filter(|other| *other == name).count(), 1, "{name}: {seen:?}");
    }
    assert!(seen.is_sorted_by_key(|name| name.to_ascii_lowercase()), "{seen:?}");
}

#[test]
fn filters_choose_rows() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let listed = |query: &str| names(&admin.get(&format!("{ACCOUNTS}?{query}")).json());
    assert_eq!(listed("ownership=external"), ["northwind-telemetry"]);
    assert_eq!(listed("ownership=owned"), ["backup-runner", "dormant-bot", "fleet-automation"]);
    assert_eq!(listed("search=RUNNER"), ["backup-runner"]);
    assert_eq!(listed("search=firmware"), ["fleet-automation"], "descriptions are searched too");
    assert_eq!(listed("search=%25"), Vec::<String>::new(), "% is no wildcard");
    assert_eq!(listed("search=_"), Vec::<String>::new(), "_ is no wildcard");
    assert_eq!(listed("role=viewer"), ["northwind-telemetry"]);
    assert_eq!(listed("role=operator&ownership=owned&search=fleet"), ["fleet-automation"]);
    assert_eq!(listed("role=company-admin"), Vec::<String>::new());
    let contoso = server.sign_in("admin@contoso.example");
    let found = contoso.get("/api/companies?name=Contoso%20Retail").json();
    assert_eq!(found["total"], 2);
    assert_eq!(contoso.get("/api/companies?name=Contoso").json()["total"], 0, "names are matched exactly");
}

/// P13: a cursor is good for the list that gave it: forged, of another company or with other filters it is 400.
#[test]
fn p13_a_cursor_belongs_to_its_list() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let next = |path: &str| admin.get(path).json()["next"].as_str().unwrap().to_owned();
    let cursor = next(&format!("{ACCOUNTS}?page_size=1"));
    admin.get(&format!("{ACCOUNTS}?page_size=2&cursor={cursor}")).json()["data"].as_array().unwrap();
    for path in [
        format!("{ACCOUNTS}?ownership=owned&cursor={cursor}"),
        format!("{ACCOUNTS}?search=a&cursor={cursor}"),
        format!("{ACCOUNTS}?role=viewer&cursor={cursor}"),
        format!("/api/companies/2/service-accounts?cursor={cursor}"),
        format!("/api/companies/1/roles?cursor={cursor}"),
        format!("/api/companies?cursor={cursor}"),
        format!("/api/permissions?cursor={cursor}"),
        format!("{ACCOUNTS}?cursor=x"),
        format!("{ACCOUNTS}?cursor=%00"),
        format!("{ACCOUNTS}?cursor={}", "A".repeat(2000)),
    ] {
        admin.get(&path).refused(400, "malformed");
    }
    for place in 0..cursor.len() {
        let mut forged = cursor.clone().into_bytes();
        forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        let reply = admin.get(&format!("{ACCOUNTS}?page_size=1&cursor={forged}"));
        assert_eq!(reply.status, 400, "byte {place} of {cursor}");
    }
}
