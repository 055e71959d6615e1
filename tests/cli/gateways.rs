//! Gateways that are not the platform: the same commands work, and nothing that such a server does not say is claimed.

use serde_json::{Value, json};

use crate::common::answers::{self, with_token};
use crate::common::env::Env;
use crate::common::gateway::{OtherGateway, ROUTES};
use crate::common::stub::{Answer, Stub};

/// The five main commands, one after the other, for an account that does not exist yet. The permissions are those of
/// the server.
fn story(user: &Env, first: &str, second: &str) {
    let run = |line: &str| user.sactl(&format!("{line} -o json")).ok().json();
    let password = user.file("password", "Gateway-Test-Pass-7!");
    let created =
        run(&format!("create story-bot --password-file {password} --permission {first} --description hello"));
    assert_eq!(created["name"], "story-bot", "{created}");
    assert_eq!(created["description"], "hello", "{created}");
    assert_eq!(created["access"]["permissions"], json!([first]), "{created}");
    let granted = run(&format!("grant story-bot --permission {second}"));
    assert_eq!(granted["access"]["permissions"], json!([second]), "{granted}");
    let listed = run("list --search story");
    let names: Vec<&Value> = listed["owned"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["story-bot"], "{listed}");
    let reset = user.file("reset", "Another-Gateway-Pass-8!");
    assert_eq!(
        run(&format!("passwd story-bot --password-file {reset} --yes"))["account"]["name"],
        "story-bot"
    );
    let revoked = run("revoke story-bot --yes");
    assert_eq!((&revoked["changed"], &revoked["account"]["access"]), (&json!(true), &json!(null)));
    assert_eq!(run("edit story-bot --description bye")["description"], "bye");
    assert_eq!(run("delete story-bot --yes")["deleted"], true);
    user.sactl("show story-bot").expect(5);
}

#[test]
fn the_story_of_the_five_commands_is_true_at_another_gateway() {
    let gateway = OtherGateway::start(25);
    story(&gateway.user(), "ViewDevice", "EditDevice");
}

#[cfg(feature = "platform")]
#[test]
fn the_story_of_the_five_commands_is_true_at_the_platform() {
    let world = super::acting::World::start();
    story(&world.admin(), "devices:view", "devices:edit");
}

/// `list envelope {data, page, page_size, success, total_items}`: 250 rows are 250 rows, in the order of their names.
#[test]
fn a_list_with_numbered_pages_comes_whole() {
    let gateway = OtherGateway::start(250);
    let user = gateway.user();
    let listed = user.sactl("list -o json").ok().json();
    let names: Vec<&str> =
        listed["owned"].as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    let expected: Vec<String> = (0..250).map(|number| format!("bot-{number:03}")).collect();
    assert_eq!(names, expected);
    let raw = user.sactl("api GET /api/api-clients?companyId=1 --paginate -o jsonl");
    raw.ok();
    assert_eq!(raw.stdout.lines().count(), 250, "{raw}");
}

/// A list that ends before its total is an error, and one that changes meanwhile is read again.
#[test]
fn a_list_that_ends_short_is_refused() {
    let row = |id: i64| json!({"id": id, "name": format!("Company {id}")});
    let page = |rows: &Value, total: u64| {
        Answer::json(200, json!({"success": true, "data": rows, "page": 1, "total_items": total}).to_string())
    };
    let short = Stub::start(move |request| {
        let is_second = request.target.contains("page=2");
        if is_second { page(&json!([]), 3) } else { page(&json!([row(1), row(2)]), 3) }
    });
    let outcome = with_token(&short.url()).sactl("company list");
    assert!(outcome.expect(1).stderr.contains("2 of 3"), "{outcome}");
    assert_eq!(outcome.stdout, "");
    let twice = Stub::start(move |_| page(&json!([row(1), row(2)]), 4));
    with_token(&twice.url()).sactl("company list").expect(1);
    let restless = {
        let count = std::sync::atomic::AtomicU64::new(100);
        Stub::start(move |_| page(&json!([row(1)]), count.fetch_add(1, std::sync::atomic::Ordering::SeqCst)))
    };
    let outcome = with_token(&restless.url()).sactl("company list");
    assert!(outcome.expect(1).stderr.contains("changes while it is read"), "{outcome}");
}

/// `name filters match parts`: the company of exactly this name is meant.
#[test]
fn a_company_is_found_by_its_whole_name() {
    let gateway = OtherGateway::start(3);
    let mut user = gateway.user();
    user.set("SACTL_COMPANY", "Acme MSP");
    assert_eq!(user.sactl("list -o json").ok().json()["company"]["id"], 1);
    user.set("SACTL_COMPANY", "Contoso");
    assert_eq!(user.sactl("list -o json").ok().json()["company"]["id"], 3);
}

/// `missing rights are 401`: the token is good, so that no new sign-in is advised.
#[test]
fn a_401_of_a_good_token_is_a_missing_right() {
    let gateway = OtherGateway::start(3);
    gateway.forbid_writes();
    let outcome = gateway.user().sactl("delete bot-001 --yes");
    outcome.expect(4);
    assert!(outcome.stderr.contains("not allowed to manage API clients"), "{outcome}");
    assert!(!outcome.stderr.contains("sactl login"), "{outcome}");
    let signed_in = gateway.requests().iter().filter(|request| request.target.contains("/token")).count();
    assert_eq!(signed_in, 1);
}

/// `conflicts and broken rules are 400 with success: false and message`, and errors may be an object.
#[test]
fn a_400_with_a_message_is_refused_input_in_the_words_of_the_server() {
    let gateway = OtherGateway::start(3);
    let user = gateway.user();
    let password = user.file("password", "Gateway-Test-Pass-7!");
    let taken = user.sactl(&format!("create bot-001 --password-file {password}"));
    assert!(taken.expect(7).stderr.contains("API client already exists"), "{taken}");
    let short = user.file("short", "Ab1!xyzw");
    let refused = user.sactl(&format!("create bot-new --password-file {short} -o json"));
    assert!(refused.expect(7).stderr.contains("must have at least 12 characters"), "{refused}");
}

/// `on-premises installations can set how strict passwords must be`: the server alone decides.
#[test]
fn the_policy_of_the_server_may_be_laxer() {
    let gateway = OtherGateway::start(1);
    let user = gateway.user();
    let lax = user.file("lax", "only small letters");
    let line = format!("passwd bot-000 --password-file {lax} --yes");
    let before = gateway.requests().len();
    user.sactl(&line).expect(7);
    assert_eq!(gateway.requests().len(), before, "nothing is sent that breaks our policy");
    let reset = user.sactl(&format!("{line} --policy server"));
    reset.ok();
    assert!(gateway.has_password("bot-000", "only small letters"));
    assert!(!reset.stderr.contains("revoked"), "no such promise was made: {reset}");
}

/// Zoneless times are UTC, missing ones are unknown, and unknown permissions are shown.
#[test]
fn times_and_permissions_of_another_kind_are_shown() {
    let gateway = OtherGateway::start(1);
    let shown = gateway.user().sactl("show bot-000 -o json").ok().json();
    assert_eq!(shown["created_at"], "2024-05-06T07:08:09Z");
    assert_eq!(shown["password_changed_at"], json!(null));
    assert_eq!(shown["access"]["permissions"], json!(["ViewDevice"]));
    assert_eq!(shown["ownership"], "owned");
    let roles = gateway.user().sactl("role list -o json").ok().json();
    assert_eq!(roles[0]["name"], "Company Admin", "{roles}");
}

/// Without `/api/users/me` and a catalogue, whoami says less, and nothing else suffers.
#[test]
fn absent_routes_cost_only_what_they_tell() {
    let gateway = OtherGateway::start(1);
    let user = gateway.user();
    let whoami = user.sactl("whoami -o json");
    whoami.ok();
    assert_eq!(whoami.json()["kind"], json!(null));
    assert_eq!(whoami.json()["username"], "admin@acme.example");
    assert_eq!(whoami.json()["companies"].as_array().unwrap().len(), 4);
    let catalogue = user.sactl("permission list");
    assert!(catalogue.expect(2).stderr.contains("list_permissions"), "{catalogue}");
    let doctor = user.sactl("doctor -o json");
    let checks = doctor.json();
    let operations =
        checks["checks"].as_array().unwrap().iter().find(|check| check["name"] == "operations").unwrap();
    assert_eq!(operations["status"], "warning", "{operations}");
    let message = operations["message"].as_str().unwrap();
    assert!(
        message.contains("show_me,") && message.contains("list_permissions (not in the routes)"),
        "{message}"
    );
}

/// A table that could do something else is refused before anything is sent.
#[test]
fn a_table_with_a_fault_is_named_with_its_line() {
    let gateway = OtherGateway::start(1);
    let user = gateway.user();
    let text = ROUTES.replace(
        "method = \"DELETE\"\npath = \"/api/api-clients/{account_id}\"",
        "method = \"DELETE\"\npath = \"/api/api-clients\"",
    );
    let file = user.file("wrong.toml", text);
    let user = user.with("SACTL_ROUTES", file);
    let outcome = user.sactl("list");
    outcome.expect(2);
    assert!(outcome.stderr.contains("wrong.toml: line 49: delete_service_account"), "{outcome}");
    assert!(gateway.requests().is_empty());
}

/// The words of proxies and of servers that say nothing in JSON reach the reader.
#[test]
fn pages_and_plain_texts_are_told() {
    for (status, kind, body) in [
        (
            502,
            "text/html",
            "<html><title>Bad Gateway</title><body>the upstream is <b>closed</b></body></html>",
        ),
        (405, "text/plain", "the upstream is closed"),
        (400, "application/json", r#"["the upstream is closed"]"#),
    ] {
        let headers = vec![("content-type", kind.to_owned())];
        let server = Stub::always(Answer::Whole(status, headers, body.into()));
        let outcome = with_token(&server.url()).sactl("list --timeout 1");
        assert!(outcome.stderr.contains("the upstream is closed"), "{status}: {outcome}");
    }
}

/// A server that says only that it was done, and did not do it.
#[test]
fn a_change_that_did_not_happen_is_no_success() {
    let server = Stub::start(|request| {
        let document = match request.method.as_str() {
            "GET" | "POST" => answers::of_platform(&request.method, request.path()),
            _ => json!({"success": true}),
        };
        Answer::json(200, document.to_string())
    });
    let user = with_token(&server.url());
    for line in [
        "grant robot --permission devices:edit",
        "grant robot --add-permission devices:edit",
        "role edit operators --permission devices:edit",
        "role edit operators --add-permission devices:edit",
        "edit robot --description new",
    ] {
        user.sactl(line).refused(1, "the server answered with success, and shows ");
    }
}

/// A confirmed change whose result cannot be read is told as confirmed, and no password is lost.
#[test]
fn a_confirmed_change_that_is_not_shown_is_told_and_keeps_the_password() {
    for status in [403, 404, 500] {
        let gateway = OtherGateway::start(3);
        let user = gateway.user();
        for (name, line) in [
            ("bot-new", "create bot-new --permission ViewDevice --generate --password-out"),
            ("bot-001", "passwd bot-001 --yes --generate --password-out"),
        ] {
            gateway.hide_after_write(status);
            let outcome = user.sactl(&format!("{line} {name}.password"));
            outcome.refused(1, &format!("confirmed the change of {name} in company 1"));
            let text = std::fs::read_to_string(user.work().join(format!("{name}.password")));
            let password = text.unwrap_or_else(|error| panic!("{status}: {error}: {outcome}"));
            assert!(gateway.has_password(name, password.trim_end()), "{status}: {outcome}");
            assert!(!user.work().join(format!("{name}.password.attempt")).exists(), "{outcome}");
            gateway.show_again();
        }
        gateway.hide_after_write(status);
        let shown = user.sactl("passwd bot-002 --yes --generate -o json").error(1, "output");
        let hint = shown["hint"].as_str().unwrap();
        let file = hint.split_once("it is in ").unwrap().1.split_once(": ").unwrap().0;
        let password = std::fs::read_to_string(file).unwrap();
        assert!(gateway.has_password("bot-002", password.trim_end()), "{status}");
        gateway.show_again();
        for line in ["grant bot-000 --permission EditDevice", "edit bot-000 --description new"] {
            gateway.hide_after_write(status);
            let outcome = user.sactl(line);
            outcome.refused(1, "confirmed the change of bot-000 in company 1");
            assert!(outcome.stderr.contains("sactl show bot-000"), "{outcome}");
            gateway.show_again();
        }
    }
}

/// A server that does not say what was before: nothing is said about it, and no command is offered to undo the change.
#[test]
fn an_unknown_access_before_is_not_called_none() {
    let server = Stub::start(|request| {
        Answer::json(200, answers::of_platform(&request.method, request.path()).to_string())
    });
    let user = with_token(&server.url());
    for format in ["", " -o table"] {
        let outcome = user.sactl(&format!("grant robot --role viewer{format}"));
        assert!(outcome.ok().stderr.contains("robot now has viewer in Acme MSP (1)"), "{outcome}");
        let text = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
        assert!(!text.contains("before") && !text.contains("undo"), "{outcome}");
    }
}
