//! Entries of accounts of other companies.

use serde_json::json;

use super::super::acting::{NORTHWIND_ADMIN, World};
use super::{exported, manifest, steps};

const TELEMETRY: &str = "northwind-telemetry";

/// What an account had in the company that owns it was not read: a plan said that it had nothing there, and `apply`
/// took access away without a question.
#[test]
fn external_entry_in_the_owner_company_is_compared_with_what_is_there() {
    let world = World::start();
    let admin = world.admin();
    let before = exported(&admin, "--companies 2");
    let entry = "{company: 2, permissions: [devices:view]}";
    let file = manifest(&admin, &format!("version: 1\nexternal:\n  {TELEMETRY}:\n    access: [{entry}]\n"));
    let plan = admin.sactl(&format!("diff -f {file} -o json")).expect(10).json();
    assert_eq!(plan["summary"]["change"], 1, "{plan}");
    assert!(!plan["steps"][0]["lost"].as_array().unwrap().is_empty(), "{plan}");
    admin.sactl(&format!("apply -f {file} -o json")).error(2, "confirmation_required");
    admin.sactl(&format!("apply -f {file} --yes")).ok();
    admin.sactl(&format!("diff -f {file}")).ok();
    admin.sactl("run undo last --yes").ok();
    assert_eq!(exported(&admin, "--companies 2"), before);
}

/// An empty list was taken for no entry.
#[test]
fn external_account_with_an_empty_list_loses_all_access_except_in_its_owner_company() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(&admin, &format!("version: 1\nexternal:\n  {TELEMETRY}: {{access: []}}\n"));
    let plan = admin.sactl(&format!("diff -f {file} -o json")).expect(10).json();
    assert_eq!(steps(&plan), [("revoke".to_owned(), TELEMETRY.to_owned(), 1)]);
    admin.sactl(&format!("apply -f {file} --yes")).ok();
    admin.sactl(&format!("diff -f {file}")).ok();
    assert_eq!(exported(&admin, "--companies 1")["external"].get(TELEMETRY), None);
}

/// A saved plan looked for the account among those of its owner company, to which the caller does not belong.
#[test]
fn saved_plan_about_an_account_of_strangers_holds_until_something_changes() {
    let world = World::start();
    let admin = world.acting(NORTHWIND_ADMIN, 2);
    let entry = "{company: 2, role: viewer}";
    let file =
        manifest(&admin, &format!("version: 1\nexternal:\n  fleet-automation:\n    access: [{entry}]\n"));
    for out in ["plan.json", "later.json"] {
        admin.sactl(&format!("diff -f {file} --out {out}")).expect(10);
    }
    let run = admin.sactl("apply --plan plan.json --yes -o json").ok().json();
    assert_eq!(run["summary"]["changed"], json!(1));
    admin.sactl("apply --plan later.json --yes -o json").error(6, "plan_stale");
}

/// A pattern was taken for a name that no account can have, and protected none.
#[test]
fn pattern_under_protected_is_refused_with_its_place() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(&admin, "version: 1\nprotected:\n  - break-glass\n  - \"fleet-*\"\n");
    let refused = admin.sactl(&format!("diff -f {file}"));
    refused.refused(7, "fleet.yaml: line 4, column 5: protected[1]: fleet-* is not the name of an account");
}
