//! `sactl list`: owned and external accounts apart, filters, and how a terminal shows them.

use serde_json::json;

use super::acting::{World, names};
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
