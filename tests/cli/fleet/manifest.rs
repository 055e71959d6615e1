//! `export` and `diff`.

use serde_json::json;

use super::super::acting::World;
use super::{exported, manifest, steps};

/// The promise of `export`: what it writes is what is there.
#[test]
fn an_export_differs_from_nothing() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create field-tech --permission devices:view,devices:edit").ok();
    admin.sactl("grant dormant-bot --role field-tech").ok();
    for line in ["export", "export --companies all", "export --companies 1,2 -o json"] {
        let text = admin.sactl(line).ok().stdout.clone();
        let plan = admin.run_with_input(["diff", "-f", "-", "-o", "json"], &text);
        assert_eq!(plan.ok().json()["steps"], json!([]), "{line}\n{text}");
        let pruned = admin.run_with_input(["diff", "-f", "-", "--prune", "--prune-accounts"], &text);
        pruned.ok();
    }
    let yaml = admin.sactl("export").ok().stdout.clone();
    assert_eq!(admin.sactl("export -o yaml").ok().stdout, yaml, "the same each time");
}

#[test]
fn an_export_names_accounts_externals_and_roles() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create field-tech --permission devices:view").ok();
    let manifest = exported(&admin, "");
    assert_eq!(manifest["version"], 1);
    let fleet = &manifest["accounts"]["fleet-automation"];
    assert_eq!(fleet["owner"], 1);
    assert_eq!(
        fleet["access"],
        json!([{"company": 1, "role": "operator"}, {"company": 2, "role": "operator"}])
    );
    assert_eq!(manifest["accounts"]["dormant-bot"]["access"], json!([]));
    assert_eq!(
        manifest["external"],
        json!({"northwind-telemetry": {"access": [{"company": 1, "role": "viewer"}]}})
    );
    assert_eq!(
        manifest["roles"],
        json!([{"company": 1, "name": "field-tech", "permissions": ["devices:view"]}])
    );
    admin.sactl("export -o csv").expect(2);
}

/// The exit code says whether there is something to do, and the plan says what comes and what goes.
#[test]
fn a_diff_says_what_comes_and_goes() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(
        &admin,
        "version: 1
company_sets:
  ours: [1, Northwind Logistics]
accounts:
  fleet-automation:
    owner: Acme MSP
    description: Nightly roll-out
    access:
      - {company: 1, role: viewer}
  new-bot:
    owner: 1
    access:
      - {companies: ours, permissions: ['devices:*']}
roles:
  - {company: 1, name: field-tech, permissions: [devices:view]}
",
    );
    let plan = admin.sactl(&format!("diff -f {file} -o json")).expect(10).json();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        steps(&plan),
        [
            (text("role_create"), text(""), 1),
            (text("grant"), text("fleet-automation"), 1),
            (text("edit"), text("fleet-automation"), 1),
            (text("create"), text("new-bot"), 1),
            (text("grant"), text("new-bot"), 1),
            (text("grant"), text("new-bot"), 2),
        ]
    );
    let change = &plan["steps"][1];
    assert_eq!((&change["before"]["role"], &change["after"]["role"]), (&json!("operator"), &json!("viewer")));
    assert_eq!(change["gained"], json!([]));
    assert!(change["lost"].as_array().unwrap().contains(&json!("devices:edit")), "{change}");
    assert_eq!(plan["steps"][4]["gained"].as_array().unwrap().len(), 4);
    assert_eq!(
        plan["summary"],
        json!({"create": 1, "edit": 1, "grant": 2, "change": 2, "revoke": 0, "delete": 0, "unchanged": 0})
    );
    let pruned = admin.sactl(&format!("diff -f {file} --prune -o json")).expect(10).json();
    assert!(steps(&pruned).contains(&(text("revoke"), text("fleet-automation"), 2)), "{pruned}");
    let pruned = admin.sactl(&format!("diff -f {file} --prune-accounts -o json")).expect(10).json();
    assert!(steps(&pruned).contains(&(text("delete"), text("dormant-bot"), 1)), "{pruned}");
    let seen = admin.sactl(&format!("diff -f {file} -o table --wide")).expect(10).stdout.clone();
    assert!(seen.contains("-devices:edit") && seen.contains("1 to create"), "{seen}");
}

/// Every fault is named with its place, and nothing is half done.
#[test]
fn a_manifest_with_faults_is_refused_for_all_of_them() {
    let world = World::start();
    let admin = world.admin();
    let diff = |text: &str| admin.sactl(&format!("diff -f {} -o json", manifest(&admin, text)));
    let error = diff("version: 1\naccounts:\n  a-bot: {owner: 1, acess: []}\n").error(2, "usage");
    let message = error["message"].as_str().unwrap();
    assert_eq!(message.matches("line 3").count(), 1, "{error}");
    let error = diff(
        "version: 1
accounts:
  a-bot:
    owner: Contoso Retail
    access:
      - {company: 1, role: viewer}
      - {company: 1, role: operator}
      - {company: 99, role: viewer}
      - {company: 1, role: viewer, permissions: [devices:view]}
",
    )
    .error(6, "guard");
    let codes: Vec<&str> =
        error["errors"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "contradiction").count(), 1, "{error}");
    assert!(codes.contains(&"not_found") && codes.contains(&"usage"), "{error}");
    let places = error["errors"].to_string();
    assert!(places.contains("fleet.yaml: line 7, column 9: accounts.a-bot.access[1]"), "{places}");
    diff("version: 1\naccounts:\n  x-bot: {owner: 1, access: [{company: 1, role: nope}]}\n")
        .error(7, "invalid_input");
    diff("version: 2\n").error(2, "usage");
    diff("version: 1\naccounts:\n  northwind-telemetry: {owner: 1}\n").expect(10);
    let foreign = "version: 1\nexternal:\n  northwind-telemetry: {access: []}\n";
    diff(foreign).expect(10);
}

/// What is read grows with what is compared: one list for each company that owns accounts.
#[test]
fn a_diff_reads_each_list_once() {
    let world = World::start();
    let mut admin = world.admin();
    let text = admin.sactl("export").ok().stdout.clone();
    let file = admin.file("fleet.yaml", text);
    let proxy = crate::common::proxy::Proxy::counting(&world.url());
    admin.set("SACTL_SERVER", proxy.url());
    admin.sactl(&format!("diff -f {file}")).ok();
    let lists =
        proxy.requests().iter().filter(|request| request.path().contains("/service-accounts")).count();
    assert_eq!(lists, 2, "one of owned accounts, one of external ones");
}

/// The example of the help works as it is, for the sample data.
#[test]
fn the_example_of_the_help_can_be_applied() {
    let example = include_str!("../../../src/manual/help/manifest.yaml");
    let world = World::start();
    let admin = world.admin();
    let help = admin.sactl("help manifest").ok().stdout.clone();
    for line in example.lines() {
        assert!(help.contains(line), "{line}: {help}");
    }
    let file = manifest(&admin, example);
    admin.sactl(&format!("diff -f {file}")).expect(10);
    admin.sactl(&format!("apply -f {file} --yes")).ok();
    admin.sactl(&format!("diff -f {file}")).ok();
    admin.sactl(&format!("diff -f {file} --prune-accounts")).refused(6, "dormant-bot is protected");
    admin.sactl("diff").refused(2, "sactl help manifest");
    admin.sactl("apply").refused(2, "sactl export");
}

/// An empty list in one file and an entry in another were taken for the entry alone.
#[test]
fn empty_list_contradicts_an_entry_of_another_file() {
    let world = World::start();
    let admin = world.admin();
    admin.file(
        "one.yaml",
        "version: 1\naccounts: {dormant-bot: {owner: 1, access: [{company: 1, role: viewer}]}}\n",
    );
    admin.file("other.yaml", "version: 1\naccounts:\n  dormant-bot: {owner: 1, access: []}\n");
    for files in ["-f one.yaml -f other.yaml", "-f other.yaml -f one.yaml"] {
        let refused = admin.sactl(&format!("diff {files} -o json")).error(6, "guard");
        assert!(refused["message"].as_str().unwrap().contains("an empty list"), "{refused}");
    }
}

/// A set that was called `all` meant every company.
#[test]
fn set_called_all_is_refused() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(&admin, "version: 1\ncompany_sets: {all: [1]}\n");
    admin.sactl(&format!("diff -f {file}")).refused(6, "company_sets.all: all means every company");
}
