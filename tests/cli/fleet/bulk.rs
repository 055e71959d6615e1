//! `grant` and `revoke` over many, `onboard`, `offboard`.

use serde_json::json;

use super::super::acting::{NORTHWIND_ADMIN, World};
use super::exported;

#[test]
fn access_is_given_and_removed_in_many_companies() {
    let world = World::start();
    let admin = world.admin();
    let run =
        admin.sactl("grant *-bot backup-runner --companies 1,Northwind* --role viewer -o json").ok().json();
    assert_eq!(run["summary"]["changed"], 4, "{run}");
    let adjusted = admin
        .sactl("grant backup-runner --companies all --permission devices:view,alerts:view --yes -o json");
    adjusted.ok();
    let run = admin
        .sactl("grant backup-runner --companies all --remove-permission alerts:view --yes -o json")
        .ok()
        .json();
    assert_eq!(run["results"][0]["step"]["lost"], json!(["alerts:view"]));
    let names = "dormant-bot\nbackup-runner\n";
    let arguments = ["revoke", "-", "--companies", "all", "--except", "1", "--yes", "-o", "json"];
    let run = admin.run_with_input(arguments, names).ok().json();
    assert_eq!(run["summary"]["changed"], 2);
    assert_eq!(
        exported(&admin, "")["accounts"]["dormant-bot"]["access"],
        json!([{"company": 1, "role": "viewer"}])
    );
    admin.sactl("revoke dormant-bot backup-runner").refused(2, "--yes");
    admin.sactl("grant nope-* --role viewer").refused(5, "nope-*");
    admin.sactl("grant dormant-bot --companies 99 --role viewer").refused(5, "99");
    admin.sactl("grant dormant-bot --companies @stores --role viewer").refused(5, "stores");
}

/// A removal is repeatable, also of an account that only its owner company shows by then; a mistyped name is no account.
#[test]
fn a_removal_of_several_that_is_repeated_is_unchanged() {
    let world = World::start();
    let admin = world.admin();
    let revoke = "revoke northwind-telemetry backup-runner --yes -o json";
    assert_eq!(admin.sactl(revoke).ok().json()["summary"]["changed"], 2);
    let again = admin.sactl(revoke).ok().json();
    assert_eq!((&again["summary"]["changed"], &again["summary"]["unchanged"]), (&json!(0), &json!(2)));
    admin.sactl("revoke northwind-telemetri backup-runner --yes").refused(5, "northwind-telemetri");
    let viewer = world.acting("operator@acme.example", 1);
    viewer.sactl("revoke northwind-telemetry backup-runner --yes").refused(5, "northwind-telemetry");
}

#[test]
fn a_set_of_the_configuration_file_and_a_file_name_companies() {
    let world = World::start();
    let admin = world.signed_in("admin@acme.example");
    let config = admin.config().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[company_sets]\nours = [\"Northwind Logistics\"]\n")).unwrap();
    admin.sactl("company use 1").ok();
    let grant = admin.sactl("grant dormant-bot --companies @ours --role viewer -o json").ok().json();
    assert_eq!(grant["results"][0]["step"]["company"]["id"], 2);
    admin.file("list", "# ours\n1\n\nNorthwind Logistics\n");
    let grant = admin.sactl("grant dormant-bot --companies @./list --role viewer -o json").ok().json();
    assert_eq!((&grant["summary"]["changed"], &grant["summary"]["unchanged"]), (&json!(1), &json!(1)));
}

#[test]
fn a_company_is_onboarded_like_another_and_offboarded() {
    let world = World::start();
    let admin = world.admin();
    world.acting(NORTHWIND_ADMIN, 2).sactl("revoke fleet-automation --yes").ok();
    let plan = admin.sactl("onboard 2 --like 1 --dry-run -o json").ok().json();
    assert_eq!(plan["summary"]["grant"], 2, "{plan}");
    let run = admin.run(["onboard", "Northwind Logistics", "--like", "1", "-o", "json"]).ok().json();
    assert_eq!(run["summary"]["changed"], 2, "{run}");
    assert_eq!(admin.sactl("onboard 2 --like 1 -o json").ok().json()["summary"]["changed"], 0);
    admin.sactl("offboard 2 -o json").error(2, "confirmation_required");
    let receipt = admin.sactl("offboard 2 --yes");
    assert!(receipt.ok().stderr.contains("Read back: no account of Acme MSP (1) has access in"), "{receipt}");
    let list = admin.sactl("list --company 2 -o json").ok().json();
    assert_eq!(list["external"], json!([]));
}

/// The accounts of a company do not leave it by a slip in the id.
#[test]
fn the_active_company_is_not_offboarded() {
    let world = World::start();
    let admin = world.admin();
    for line in ["offboard 1 --yes", "offboard 1 --dry-run", "offboard 1 --company 1 --yes"] {
        let refusal = admin.sactl(line);
        refusal.refused(2, "Acme MSP (1) is the active company");
        assert!(refusal.stderr.contains("sactl revoke NAME --company 1"), "{refusal}");
    }
    let show = admin.sactl("show fleet-automation -o json").ok().json();
    assert_eq!(show["access"]["role"], "operator");
}

#[test]
fn accounts_of_many_companies_are_one_answer() {
    let world = World::start();
    let admin = world.admin();
    let lists = admin.sactl("list --companies all -o json").ok().json();
    let companies: Vec<_> =
        lists["companies"].as_array().unwrap().iter().map(|list| list["company"]["id"].clone()).collect();
    assert_eq!(companies, [1, 2]);
    assert_eq!(lists["companies"][0], admin.sactl("list -o json").ok().json());
    let csv = admin.sactl("list --companies all --owned -o csv").ok().stdout.clone();
    assert_eq!(csv.lines().filter(|line| line.starts_with("ownership")).count(), 1, "{csv}");
    assert_eq!(csv.lines().count(), 1 + 4, "{csv}");
    let table = admin.sactl("list --companies all --except 1 -o table").ok().stdout.clone();
    assert!(
        table.contains("Owned by Northwind Logistics (2)") && !table.contains("Owned by Acme"),
        "{table}"
    );
    let limited = admin.sactl("list --companies all --limit 1 --sort last-used -o jsonl").ok().json_lines();
    assert_eq!(limited.len(), 4, "one of each table");
}

/// The refusal spoke of `--except`, which the call did not have.
#[test]
fn companies_of_an_empty_list_are_refused_with_its_name() {
    let world = World::start();
    let admin = world.admin();
    admin.file("empty.txt", "# nothing yet\n\n");
    let listed = |spec: &str| admin.run_with_input(["list", "--companies", spec], "");
    listed("@-").refused(5, "standard input names no company").refused(5, "sactl company list");
    listed("@./empty.txt").refused(5, "./empty.txt names no company");
    listed("@-,@./empty.txt").refused(5, "--companies names no company");
    admin.sactl("list --companies 1,2 --except @./empty.txt").ok();
    admin.sactl("list --companies 1 --except 1").refused(5, "--except leaves no company");
}
