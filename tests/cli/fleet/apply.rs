//! `apply`: plan, preview, confirm, run, receipt.

use std::os::unix::fs::MetadataExt;

use serde_json::json;

use super::super::acting::World;
use super::{exported, manifest};
use crate::common::output::SANDBOX_PASSWORD;

const FLEET: &str = "version: 1
accounts:
  fleet-automation:
    owner: 1
    access: [{company: 1, role: viewer}, {company: 2, role: viewer}]
  new-bot:
    owner: 1
    description: A new one
    access: [{company: 1, role: field-tech}]
roles:
  - {company: 1, name: field-tech, permissions: [devices:view, devices:edit]}
";

#[test]
fn apply_makes_what_the_manifest_says_and_a_receipt() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(&admin, FLEET);
    // Something is taken away, and no terminal can be asked: nothing is sent.
    admin.sactl(&format!("apply -f {file} --password-dir secrets -o json")).error(2, "confirmation_required");
    admin.sactl(&format!("apply -f {file} --yes -o json")).error(2, "usage");
    admin.sactl(&format!("diff -f {file}")).expect(10);
    let run = admin.sactl(&format!("apply -f {file} --password-dir secrets --yes -o json")).ok().json();
    assert_eq!((&run["state"], &run["command"]), (&json!("done"), &json!("apply")));
    assert_eq!(run["summary"], json!({"changed": 5, "unchanged": 0, "failed": 0, "skipped": 0, "left": 0}));
    admin.sactl(&format!("diff -f {file}")).ok();
    let password = admin.work().join("secrets/new-bot.password");
    assert_eq!(std::fs::metadata(&password).unwrap().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&password).unwrap();
    let grant = world.token_endpoint("new-bot", text.trim_end(), "python");
    assert_eq!(grant.status, 200, "the password in the file signs in");
    // The same again changes nothing, and a run is written down.
    let again = admin.sactl(&format!("apply -f {file} --yes -o json")).ok().json();
    assert_eq!(again["summary"]["changed"], 0);
    let runs = admin.sactl("run list -o json").ok().json();
    assert_eq!(runs.as_array().unwrap().len(), 2);
    let id = run["id"].as_str().unwrap();
    assert_eq!(admin.sactl(&format!("run show {id} -o json")).ok().json()["results"], run["results"]);
    let journal = admin.folder().join(format!("home/.local/state/sactl/runs/{id}.jsonl"));
    assert_eq!(std::fs::metadata(&journal).unwrap().mode() & 0o777, 0o600);
    let journal = std::fs::read_to_string(&journal).unwrap();
    assert!(!journal.contains(text.trim_end()), "no secret is in a journal");
}

#[test]
fn a_saved_plan_holds_until_something_changes() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(
        &admin,
        "version: 1\naccounts:\n  dormant-bot:\n    owner: 1\n    access: [{company: 1, role: viewer}]\n",
    );
    admin.sactl(&format!("diff -f {file} --out plan.json")).expect(10);
    admin.sactl(&format!("diff -f {file} --out later.json")).expect(10);
    let run = admin.sactl("apply --plan plan.json -o json").ok().json();
    assert_eq!(run["summary"]["changed"], 1);
    let stale = admin.sactl("apply --plan later.json -o json").error(6, "plan_stale");
    assert!(stale["errors"].to_string().contains("dormant-bot in Acme MSP (1)"), "{stale}");
    let text = std::fs::read_to_string(admin.work().join("later.json")).unwrap();
    admin.file("edited.json", text.replace("viewer", "operator"));
    admin.sactl("apply --plan edited.json -o json").error(2, "usage");
}

/// P37: what a guard finds, it finds before anything is sent.
#[test]
fn p37_guards_stop_a_run_before_its_first_change() {
    let world = World::start();
    let mut admin = world.admin();
    for number in 0..12 {
        admin.sactl(&format!("create bot-{number} --role viewer --generate --password-out p{number}")).ok();
    }
    let before = exported(&admin, "");
    let file = manifest(
        &admin,
        "version: 1
accounts:
  dormant-bot: {owner: 1, access: [{company: 1, role: viewer}]}
protected: [Dormant-Bot]
",
    );
    let proxy = crate::common::proxy::Proxy::counting(&world.url());
    admin.set("SACTL_SERVER", proxy.url());
    let error = admin.sactl(&format!("apply -f {file} --yes -o json")).error(6, "guard");
    assert!(error["errors"].to_string().contains("dormant-bot is protected"), "{error}");
    let error = admin.sactl("revoke bot-* --yes -o json").error(6, "guard");
    assert!(error["message"].as_str().unwrap().contains("more than 30 %"), "{error}");
    admin.sactl("revoke bot-* --yes --max-changes 3 -o json").error(6, "guard");
    let writes = proxy.requests().iter().filter(|request| request.method != "GET").count();
    assert_eq!(writes, 0);
    admin.set("SACTL_SERVER", world.url());
    assert_eq!(exported(&admin, ""), before);
    admin.sactl("revoke bot-* --yes --max-changes 12 -o json").ok();
    let own = world.acting("fleet-automation", 1);
    own.sactl("revoke fleet-automation dormant-bot --yes -o json").error(6, "guard");
}

/// It goes on after failures, and the exit code says that not all is done.
#[test]
fn a_run_goes_on_after_failures() {
    let world = World::start();
    let admin = world.admin();
    // You cannot grant permissions that you do not have: the admin of 1 is only an operator of 2.
    let run = admin.sactl(
        "grant fleet-automation dormant-bot backup-runner --companies 1,2 --role company-admin -o json",
    );
    let text = run.expect(9).stdout.clone();
    let run: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(run["state"], "partial");
    assert_eq!((&run["summary"]["changed"], &run["summary"]["failed"]), (&json!(3), &json!(3)));
    let failed =
        run["results"].as_array().unwrap().iter().find(|result| result["outcome"] == "failed").unwrap();
    assert_eq!(failed["error"]["code"], "escalation");
    let id = run["id"].as_str().unwrap();
    let retried = admin.sactl(&format!("run retry {id} -o json"));
    assert!(retried.expect(9).stderr.contains("3 of 6 steps failed"), "{retried}");
    let stopped = admin.sactl(
        "grant fleet-automation dormant-bot backup-runner --companies 2 --role company-admin --max-failures 1 \
         --concurrency 1 -o json",
    );
    let stopped: serde_json::Value = serde_json::from_str(&stopped.expect(9).stdout).unwrap();
    assert_eq!(stopped["summary"]["left"], 2, "{stopped}");
}

/// A step that needs one which failed is skipped, and says so.
#[test]
fn a_step_whose_role_could_not_be_made_is_skipped() {
    let world = World::start();
    let admin = world.admin();
    // An operator may see roles, and may not make any.
    let file = manifest(
        &admin,
        "version: 1
accounts:
  dormant-bot: {owner: 1, access: [{company: 2, role: field-tech}]}
roles:
  - {company: 2, name: field-tech, permissions: [devices:view]}
",
    );
    let run = admin.sactl(&format!("apply -f {file} -o json"));
    let run: serde_json::Value = serde_json::from_str(&run.expect(9).stdout).unwrap();
    let outcomes: Vec<_> = run["results"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["failed", "skipped"], "{run}");
}

/// Who may change roles and not see accounts changes roles; what protects accounts needs to see them.
#[test]
fn roles_are_applied_by_who_sees_no_accounts() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create keeper --permission roles:view,roles:manage,devices:view").ok();
    admin.sactl("role create field-tech --permission roles:view,devices:view").ok();
    let password = admin.private_file("password", SANDBOX_PASSWORD);
    admin.sactl(&format!("create role-keeper --role keeper --password-file {password}")).ok();
    let keeper = world.acting("role-keeper", 1);
    let text = "version: 1\nroles:\n  - {company: 1, name: field-tech, permissions: [roles:view]}\n";
    let protecting = manifest(&keeper, &format!("{text}protected: [dormant-bot]\n"));
    keeper.sactl(&format!("apply -f {protecting} --yes")).refused(4, "service-accounts:view");
    let file = manifest(&keeper, text);
    keeper.sactl(&format!("apply -f {file} --yes")).ok();
    assert_eq!(admin.sactl("role show field-tech -o json").ok().json()["permissions"][0], "roles:view");
}
