//! `run undo`, `role copy`, and the logs of several companies.

use serde_json::json;

use super::super::acting::{NORTHWIND_ADMIN, World};
use super::{exported, manifest};
use crate::common::output::SANDBOX_PASSWORD;

/// What a run over many accounts and companies changed is taken back by one command, which the run names.
#[test]
fn a_run_is_taken_back_and_the_way_back_too() {
    let world = World::start();
    let admin = world.admin();
    let before = exported(&admin, "--companies all");
    let run = admin.sactl("grant *-bot backup-runner fleet-automation --companies all --role viewer --yes");
    let undo = run.ok().stderr.lines().find_map(|line| line.split_once("to undo: sactl ")).unwrap().1;
    let changed = exported(&admin, "--companies all");
    assert_ne!(changed, before);
    admin.sactl("run undo last").refused(2, "--yes");
    admin.sactl(&format!("{undo} --yes")).ok();
    assert_eq!(exported(&admin, "--companies all"), before);
    let run = admin.sactl("run undo last --yes -o json").ok().json();
    assert_eq!((&run["command"], &run["summary"]["failed"]), (&json!("run undo"), &json!(0)));
    assert_eq!(exported(&admin, "--companies all"), changed);
}

/// Descriptions and roles go back as well; what was made since then stays, and says so.
#[test]
fn an_apply_is_taken_back_unless_something_has_changed() {
    let world = World::start();
    let admin = world.admin();
    let before = exported(&admin, "");
    let file = manifest(
        &admin,
        "version: 1
accounts:
  dormant-bot: {owner: 1, description: Awake, access: [{company: 1, role: field-tech}]}
roles:
  - {company: 1, name: field-tech, permissions: [devices:view]}
",
    );
    admin.sactl(&format!("apply -f {file}")).ok();
    admin.sactl("run undo last --yes").ok();
    assert_eq!(exported(&admin, ""), before);
    admin.sactl(&format!("apply -f {file}")).ok();
    admin.sactl("edit dormant-bot --description Other").ok();
    let error = admin.sactl("run undo last --yes -o json").error(6, "plan_stale");
    assert!(error["errors"].to_string().contains("dormant-bot"), "{error}");
    admin.sactl("rotate dormant-bot --password-dir secrets --yes").ok();
    admin.sactl("run undo last --yes").refused(2, "rotate dormant-bot");
}

#[test]
fn a_role_is_copied_to_other_companies() {
    let world = World::start();
    let northwind = world.acting(NORTHWIND_ADMIN, 2);
    northwind.sactl("role create field-tech --permission devices:view,alerts:view").ok();
    let admin = world.admin();
    admin.sactl("role create field-tech --permission devices:view,devices:edit").ok();
    // The admin of company 1 may see the roles of company 2, and not copy them to it.
    let plan = admin.sactl("role copy field-tech --companies all --dry-run -o json").ok().json();
    assert_eq!(plan["steps"].as_array().unwrap().len(), 2, "cut down, then extended: {plan}");
    admin.sactl("role copy field-tech").refused(2, "--companies");
    admin.sactl("role copy nope --companies all").refused(5, "nope");
    admin.sactl("role copy field-tech --company 2 --companies 1 --yes").ok();
    let role = admin.sactl("role show field-tech -o json").ok().json();
    assert_eq!(role["permissions"], json!(["alerts:view", "devices:view"]));
}

#[test]
fn the_logs_of_several_companies_are_one_answer() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("grant backup-runner dormant-bot --companies all --role viewer").ok();
    let granted = "audit --companies all --action access.set --account backup-runner,dormant-bot";
    let logs = admin.sactl(&format!("{granted} -o json")).ok().json();
    let logs = logs["companies"].as_array().unwrap();
    let told = logs.iter().map(|log| (&log["company"]["id"], log["records"].as_array().unwrap().len()));
    assert_eq!(told.collect::<Vec<_>>(), [(&json!(1), 2), (&json!(2), 2)]);
    let rows = admin.sactl(&format!("{granted} --limit 1 -o jsonl")).ok().json_lines();
    assert_eq!(rows.iter().map(|row| &row["company_id"]).collect::<Vec<_>>(), [1, 2]);
    let table = admin.sactl(&format!("{granted} -o table")).ok().stdout.clone();
    assert!(table.contains("Audit log of Northwind Logistics (2)"), "{table}");
}

/// The command that a run printed was refused by the limit on losses, and an empty run looked like one to take back.
#[test]
fn the_printed_way_back_works_for_a_long_run_and_an_empty_run_has_none() {
    let world = World::start();
    let admin = world.admin();
    for place in 0..12 {
        let create = format!("create bot-{place} --password-stdin");
        admin.run_with_input(create.split(' '), format!("{SANDBOX_PASSWORD}\n")).ok();
    }
    let before = exported(&admin, "");
    let run = admin.sactl("grant bot-* --role viewer");
    let undo = run.ok().stderr.lines().find_map(|line| line.split_once("to undo: sactl ")).unwrap().1;
    let empty = admin.sactl("grant bot-* --role viewer");
    assert!(!empty.ok().stderr.contains("to undo"), "{empty}");
    admin.sactl("run undo last --yes").refused(2, "changed nothing");
    admin.sactl(&format!("{undo} --yes")).ok();
    assert_eq!(exported(&admin, ""), before);
}
