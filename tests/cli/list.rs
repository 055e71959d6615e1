//! `sactl list`: owned and external accounts apart, filters, order, and how a terminal shows them.

use serde_json::{Value, json};

use super::acting::{World, names};
use crate::common::env::Env;
use crate::common::output::assert_snapshot;
use crate::common::terminal::Terminal;

#[test]
fn the_list_shows_owned_and_external_accounts_apart() {
    let world = World::start();
    let list = world.admin().sactl("list -o json").ok().json();
    assert_eq!(list["company"], json!({"id": 1, "name": "Acme MSP"}));
    assert_eq!(names(&list["owned"]), ["backup-runner", "dormant-bot", "fleet-automation"]);
    assert_eq!(names(&list["external"]), ["northwind-telemetry"]);
    let external = &list["external"][0];
    assert_eq!(external["owner"], json!({"id": 2, "name": "Northwind Logistics"}));
    assert_eq!((&external["company_count"], &external["last_used_at"]), (&json!(null), &json!(null)));
}

#[test]
fn owned_and_external_are_two_tables() {
    let world = World::start();
    let (text, code) = Terminal::start(&world.admin(), "list").finish();
    assert_eq!(code, 0, "{text}");
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word} is not shown:\n{text}"));
    let external = text.to_lowercase().find("external").unwrap_or_else(|| panic!("no title:\n{text}"));
    let owned = text.to_lowercase().find("owned").unwrap_or_else(|| panic!("no title:\n{text}"));
    assert!(owned < at("fleet-automation") && at("fleet-automation") < external, "{text}");
    assert!(external < at("northwind-telemetry"), "{text}");
    assert_snapshot("list_terminal", &text);
}

#[test]
fn filters_choose_rows_and_a_limit_says_so() {
    let world = World::start();
    let admin = world.admin();
    let list = |line: &str| admin.sactl(line).ok().json();
    assert_eq!(list("list --owned -o json")["external"], json!([]));
    assert_eq!(list("list --external -o json")["owned"], json!([]));
    assert_eq!(names(&list("list --search FLEET -o json")["owned"]), ["fleet-automation"]);
    let operators = list("list --role operator -o json");
    assert_eq!(names(&operators["owned"]), ["fleet-automation"]);
    assert_eq!(operators["external"], json!([]));
    let limited = admin.sactl("list --limit 2");
    assert_eq!(limited.ok().stdout.lines().count(), 3, "two of one table, and all of the other");
    assert!(limited.stderr.contains("--limit"), "a cut list says that it is cut: {limited}");
}

/// The names of both tables, owned ones first.
fn listed(env: &Env, flags: &str) -> Vec<String> {
    let list: Value = env.sactl(&format!("list {flags} -o json")).ok().json();
    [names(&list["owned"]), names(&list["external"])].concat().into_iter().map(str::to_owned).collect()
}

#[test]
fn filters_narrow_the_list_one_by_one_and_together() {
    let world = World::start();
    world.acting("fleet-automation", 1);
    let admin = world.admin();
    for (flags, expected) in [
        ("--never-used", &["backup-runner", "dormant-bot"][..]),
        ("--no-access", &["dormant-bot"]),
        ("--never-used --no-access --search bot", &["dormant-bot"]),
        ("--unused-for 90d", &[]),
        ("--unused-for 0m", &["backup-runner", "dormant-bot", "fleet-automation"]),
        ("--password-older-than 1d", &[]),
        ("--password-older-than 0m --external", &["northwind-telemetry"]),
        ("--permission devices:view", &["backup-runner", "fleet-automation", "northwind-telemetry"]),
        ("--permission devices:view,devices:edit", &["fleet-automation"]),
        ("--owner 2", &["northwind-telemetry"]),
        ("--owner 1 --owner 2 --role viewer", &["northwind-telemetry"]),
    ] {
        assert_eq!(listed(&admin, flags), expected, "{flags}");
    }
    let named = admin.run(["list", "--owner", "Northwind Logistics", "-o", "name"]);
    assert_eq!(named.ok().stdout, "northwind-telemetry\n");
    let none = admin.sactl("list --never-used --owner 2 -o table");
    assert!(none.ok().stdout.contains("None is owned by company 2 and was never used."), "{none}");
}

#[test]
fn rows_are_sorted_by_the_key_and_cut_after_that() {
    let world = World::start();
    world.acting("backup-runner", 1);
    let admin = world.admin();
    admin.sactl("create a-new --generate --password-out a-new").ok();
    for (flags, expected) in [
        ("--sort name", &["a-new", "backup-runner", "dormant-bot", "fleet-automation"][..]),
        ("--sort last-used", &["a-new", "dormant-bot", "fleet-automation", "backup-runner"]),
        ("--sort companies", &["fleet-automation", "backup-runner", "a-new", "dormant-bot"]),
        ("--sort companies --limit 2", &["fleet-automation", "backup-runner"]),
    ] {
        assert_eq!(listed(&admin, &format!("--owned {flags}")), expected, "{flags}");
    }
    let rows = admin.sactl("list --sort companies --limit 1 -o name");
    assert_eq!(rows.ok().stdout, "fleet-automation\nnorthwind-telemetry\n");
    assert!(rows.stderr.contains("there are 4 accounts in total"), "{rows}");
    let filtered = admin.sactl("list --never-used --limit 1");
    assert_eq!(filtered.ok().stdout.lines().count(), 1);
    assert!(filtered.stderr.contains("--limit"), "{filtered}");
}

#[test]
fn filters_that_cannot_match_are_refused() {
    let admin = World::start().admin();
    for flags in ["--external --never-used", "--external --no-access", "--external --unused-for 1d"] {
        admin.sactl(&format!("list {flags}")).refused(2, "--external");
    }
    admin.sactl("list --unused-for 90").refused(2, "90d");
    admin.sactl("list --sort size").refused(2, "last-used");
    let world = World::start();
    world.admin().sactl("list --permission devices:fly").refused(7, "devices:fly");
}

/// One company that refuses does not cost the rows of the others: it is named, and the exit code says that a part is
/// missing.
#[test]
fn list_of_companies_shows_those_that_answer_and_names_those_that_refuse() {
    let world = World::start();
    let admin = world.admin();
    let create = "create ci --role company-admin --grant 2=devices:view --generate -o json";
    let password = admin.sactl(create).ok().json()["password"].as_str().unwrap().to_owned();
    let user = world.at("ci", 1).with("SACTL_PASSWORD", password);
    let listed = user.sactl("list --companies all -o csv");
    listed.expect(9);
    assert!(listed.stdout.contains(",fleet-automation,"), "{listed}");
    assert!(listed.stderr.contains("Northwind Logistics (2)"), "{listed}");
    let listed = user.sactl("list --companies 1,2 -o json");
    assert!(listed.expect(9).json().to_string().contains("fleet-automation"), "{listed}");
    let error: serde_json::Value = serde_json::from_str(&listed.stderr).unwrap();
    assert_eq!(error["error"]["code"], "partial");
    assert_eq!(error["error"]["errors"][0]["code"], "missing_permission");
    user.sactl("list --companies 2 -o json").error(4, "missing_permission");
    let log = user.sactl("audit --companies 1,2 -o json");
    assert!(log.expect(9).stderr.contains("Northwind Logistics (2)"), "{log}");
}

/// The name of an owner is found without regard to case.
#[test]
fn owner_is_found_without_regard_to_case() {
    let world = World::start();
    let owned = |owner: &str| world.admin().run(["list", "--owner", owner, "-o", "name"]).ok().stdout.clone();
    assert_eq!(owned("northwind LOGISTICS"), "northwind-telemetry\n");
    assert_eq!(owned("northwind LOGISTICS"), owned("2"));
}
