//! What a list of accounts can be narrowed to and can carry, and the same of one's own identity.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::common::platform::{Caller, PASSWORD_HASH, SANDBOX, Server};

const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const DAY: i64 = 24 * 60 * 60;

fn names(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

/// Every page of a list, one after the other.
fn pages(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let mut pages = vec![caller.get(path).json()];
    while let Some(next) = pages.last().and_then(|page| page["next"].as_str()) {
        pages.push(caller.get(&format!("{path}&cursor={next}")).json());
        assert!(pages.len() < 100, "the list ends");
    }
    pages
}

fn ago(server: &Server, days: i64) -> Timestamp {
    server.platform().now() - SignedDuration::from_secs(days * DAY)
}

/// An account that was never used counts as used when it was created; external accounts are left out, because their
/// use is private.
#[test]
fn unused_since_lists_owned_accounts_without_later_use() {
    let server = Server::sandbox();
    server.stop_clock();
    server.advance(40 * DAY);
    server.sign_in("fleet-automation");
    let admin = server.sign_in("admin@acme.example");
    admin.post(ACCOUNTS, &json!({"name": "newcomer", "password": "Newcomer-1"})).data(201);
    server.advance(10 * DAY);
    let admin = server.sign_in("admin@acme.example");
    let listed = |query: &str| {
        let page = admin.get(&format!("{ACCOUNTS}?{query}")).json();
        assert_eq!(page["total"], page["data"].as_array().unwrap().len());
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let (long, short) = (ago(&server, 30), ago(&server, 5));
    assert_eq!(listed(&format!("unused_since={long}")), ["backup-runner", "dormant-bot"]);
    assert_eq!(
        listed(&format!("unused_since={short}&ownership=owned")),
        ["backup-runner", "dormant-bot", "fleet-automation", "newcomer"]
    );
    assert_eq!(listed(&format!("unused_since={short}&role=operator")), ["fleet-automation"]);
    assert_eq!(listed(&format!("unused_since={}", ago(&server, 51))), Vec::<String>::new());
    admin.get(&format!("{ACCOUNTS}?unused_since={short}&ownership=external")).refused(400, "malformed");
}

#[test]
fn password_changed_before_lists_accounts_with_older_passwords() {
    let server = Server::sandbox();
    server.stop_clock();
    server.advance(40 * DAY);
    let admin = server.sign_in("admin@acme.example");
    admin
        .put(&format!("{ACCOUNTS}/backup-runner/password"), &json!({"password": "Changed-Pass-1"}))
        .data(200);
    let listed = |query: String| names(&admin.get(&format!("{ACCOUNTS}?{query}")).json()).join(" ");
    let before = format!("password_changed_before={}", ago(&server, 30));
    assert_eq!(listed(before.clone()), "dormant-bot fleet-automation northwind-telemetry");
    assert_eq!(listed(format!("{before}&ownership=external")), "northwind-telemetry");
    assert_eq!(listed(format!("{before}&search=bot")), "dormant-bot");
    assert_eq!(listed(format!("password_changed_before={}", ago(&server, 41))), "");
}

/// A list that was asked to expand carries of each owned account what `show` tells its owner, and nothing of others.
#[test]
fn expanded_list_carries_the_companies_that_the_owner_sees() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let plain = admin.get(ACCOUNTS).json();
    let page = admin.get(&format!("{ACCOUNTS}?expand=companies")).json();
    assert_eq!((names(&page), &page["total"]), (names(&plain), &plain["total"]));
    for row in page["data"].as_array().unwrap() {
        let shown = admin.get(&format!("{ACCOUNTS}/{}", row["name"].as_str().unwrap())).data(200);
        assert_eq!(row["companies"], shown["companies"], "{row}");
        assert_eq!(row.get("companies").is_some(), row["ownership"] == "owned", "{row}");
    }
    assert!(plain["data"].as_array().unwrap().iter().all(|row| row.get("companies").is_none()), "{plain}");
}

/// A seed with `companies` companies, of which the administrator and `accounts` accounts of the first belong to all.
fn wide(companies: usize, accounts: usize) -> String {
    let access: Vec<_> =
        (1..=companies).map(|company| format!("{{ company = {company}, role = 'viewer' }}")).collect();
    let access = access.join(", ");
    let mut seed = format!(
        "[[user]]\nemail = 'admin@wide.example'\npassword_hash = '{PASSWORD_HASH}'\naccess = [{access}]\n"
    );
    for company in 1..=companies {
        let _ = writeln!(seed, "[[company]]\nname = 'Company {company}'");
    }
    for account in 0..accounts {
        let _ = writeln!(seed, "[[service_account]]\nname = 'wide-{account:03}'\nowner = 1");
        let _ = writeln!(seed, "password_hash = '{PASSWORD_HASH}'");
        if account < 7 {
            let _ = writeln!(seed, "access = [{access}]");
        }
    }
    seed
}

/// The access on one page is bounded, so that a page of accounts in very many companies does not fill memory; and the
/// pages together are still the whole list.
#[test]
fn expanded_pages_are_shorter_and_make_the_whole_list() {
    let server = Server::seeded(&wide(600, 120));
    let admin = server.sign_in("admin@wide.example");
    let pages = pages(&admin, &format!("{ACCOUNTS}?expand=companies&page_size=1000"));
    let rows: Vec<usize> = pages.iter().map(|page| names(page).len()).collect();
    assert_eq!(rows, [3, 3, 100, 14], "2,000 companies or 100 accounts a page");
    assert_eq!(
        pages.iter().map(|page| page["total"].as_u64()).collect::<Vec<_>>(),
        [Some(120), None, None, None]
    );
    let all: Vec<&str> = pages.iter().flat_map(names).collect();
    assert!(all.len() == 120 && all.is_sorted() && all.windows(2).all(|two| two[0] != two[1]), "{all:?}");
    let companies = |row: &Value| row["companies"].as_array().unwrap().len();
    for row in pages.iter().flat_map(|page| page["data"].as_array().unwrap()) {
        assert_eq!(row["company_count"], companies(row), "{row:.200}");
    }
}

#[test]
fn malformed_parameters_of_lists_are_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    for query in [
        "unused_since=yesterday",
        "unused_since=",
        "unused_since=2026-01-01",
        "password_changed_before=90d",
        "password_changed_before=1700000000",
        "expand=",
        "expand=everything",
        "expand=none",
    ] {
        admin.get(&format!("{ACCOUNTS}?{query}")).refused(400, "malformed");
    }
    for query in ["company=x", "company=", "expand=companies", "expand=", "cursor=x"] {
        admin.get(&format!("/api/users/me?{query}")).refused(400, "malformed");
    }
}

/// P13: a cursor is bound to every filter and to what the rows carry.
#[test]
fn p13_cursor_of_another_narrowing_is_refused() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let now = server.platform().now();
    let earlier = now - SignedDuration::from_hours(1);
    let queries = [
        format!("ownership=owned&unused_since={now}"),
        format!("ownership=owned&unused_since={earlier}&role=viewer"),
        format!("ownership=owned&password_changed_before={now}"),
        "ownership=owned&expand=companies".to_owned(),
        "ownership=owned".to_owned(),
    ];
    server.advance(60);
    for query in &queries {
        let first = admin.get(&format!("{ACCOUNTS}?{query}&page_size=1")).json();
        let Some(cursor) = first["next"].as_str() else { continue };
        for other in &queries {
            let reply = admin.get(&format!("{ACCOUNTS}?{other}&page_size=1&cursor={cursor}"));
            assert_eq!(
                reply.status,
                if other == query { 200 } else { 400 },
                "{query} and {other}: {reply:?}"
            );
        }
    }
}

/// A caller in a thousand companies asks for what it needs: one of them, or all without the permissions.
#[test]
fn identity_is_narrowed_to_a_company_and_to_roles() {
    let server = Server::seeded(SANDBOX);
    let admin = server.sign_in("admin@acme.example");
    let whole = admin.get("/api/users/me").data(200);
    let one = admin.get("/api/users/me?company=2").data(200);
    assert_eq!(one["companies"], json!([whole["companies"][1]]));
    assert_eq!((&one["id"], &one["name"], &one["kind"]), (&whole["id"], &whole["name"], &whole["kind"]));
    assert_eq!(admin.get("/api/users/me?company=3").data(200)["companies"], json!([]));
    let bare = admin.get("/api/users/me?expand=none").data(200);
    let mut expected = whole;
    for company in expected["companies"].as_array_mut().unwrap() {
        company["permissions"] = json!([]);
    }
    assert_eq!(bare, expected);
    let both = admin.get("/api/users/me?company=1&expand=none").data(200);
    assert_eq!(both["companies"], json!([expected["companies"][0]]));
}
