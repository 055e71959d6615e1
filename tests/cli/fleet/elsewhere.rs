//! What a plan must notice: accounts that another company of the caller owns, mistyped names, and changes since.

use serde_json::json;

use super::super::acting::{ACME_OPERATOR, World};
use super::{manifest, steps};
use crate::common::output::SANDBOX_PASSWORD;

/// An account was taken for one without access, because a company that is not the active one owns it.
#[test]
fn an_account_of_a_listed_company_is_found_there() {
    let world = World::start();
    let admin = world.admin();
    let plan = admin.sactl("revoke northwind-telemetry --companies all --dry-run -o json").ok().json();
    let found = ["1", "2"].map(|id| ("revoke".into(), "northwind-telemetry".into(), id.parse().unwrap()));
    assert_eq!(steps(&plan), found, "{plan}");
    let plan =
        admin.sactl("grant northwind-telemetry --companies 2 --role operator --dry-run -o json").ok().json();
    assert_eq!(plan["steps"][0]["before"]["role"], "viewer");
}

/// A mistyped name looked as if its access had been removed.
#[test]
fn a_name_that_means_no_account_stops_a_revoke() {
    let world = World::start();
    let admin = world.admin();
    let revoke = admin.sactl("revoke fleet-automation fleet-automaton --companies all --yes -o json");
    assert!(revoke.error(5, "not_found").to_string().contains("did you mean fleet-automation?"), "{revoke}");
    admin.sactl("grant fleet-automaton --companies all --like 1").refused(5, "fleet-automaton");
    admin
        .sactl("grant fleet-automaton --companies all --remove-permission devices:view")
        .refused(5, "fleet-automaton");
    let access = &super::exported(&admin, "--companies all")["accounts"]["fleet-automation"]["access"];
    assert_eq!(access.as_array().unwrap().len(), 2);
}

/// A saved plan gave a role whose permissions were other ones than those that had been approved.
#[test]
fn a_saved_plan_is_stale_once_a_role_that_it_gives_has_changed() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create field-tech --permission devices:view").ok();
    let file = manifest(
        &admin,
        "version: 1\naccounts:\n  dormant-bot: {owner: 1, access: [{company: 1, role: field-tech}]}\n",
    );
    admin.sactl(&format!("diff -f {file} --out plan.json")).expect(10);
    admin.sactl("role edit field-tech --add-permission devices:edit").ok();
    let stale = admin.sactl("apply --plan plan.json -o json").error(6, "plan_stale");
    assert!(stale.to_string().contains("role field-tech in Acme MSP (1)"), "{stale}");
    admin.sactl("role edit field-tech --remove-permission devices:edit").ok();
    admin.sactl("apply --plan plan.json").ok();
}

/// A saved plan deleted an account that had got access since.
#[test]
fn a_saved_plan_is_stale_once_an_account_that_it_deletes_has_more_access() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(&admin, "version: 1\naccounts:\n  fleet-automation: {owner: 1}\n");
    admin.sactl(&format!("diff -f {file} --prune-accounts --out plan.json")).expect(10);
    admin.sactl("grant dormant-bot --role viewer").ok();
    let stale = admin.sactl("apply --plan plan.json --yes -o json").error(6, "plan_stale");
    assert!(stale.to_string().contains("dormant-bot"), "{stale}");
}

/// Two rows about the same access decided differently, and both counted.
#[test]
fn a_review_that_decides_a_row_twice_is_refused() {
    let world = World::start();
    let admin = world.admin();
    let review = admin.sactl("review export -o csv").ok().stdout.clone();
    let row = review.lines().find(|line| line.contains("backup-runner")).unwrap();
    let decided = review.lines().skip(1).map(|line| line.replacen(",,", ",keep,", 1));
    let header = review.lines().next().unwrap();
    let text: Vec<String> = std::iter::once(header.to_owned())
        .chain(decided)
        .chain([row.replacen(",,", ",revoke,", 1)])
        .collect();
    admin.file("review.csv", text.join("\n") + "\n");
    let refused = admin.sactl("review apply review.csv --yes");
    refused.refused(2, "is already decided in line");
    assert_eq!(
        super::exported(&admin, "")["accounts"]["backup-runner"]["access"].as_array().unwrap().len(),
        1
    );
}

/// A file without the columns of a review had nothing to do, and ended well.
#[test]
fn a_file_that_is_no_review_is_refused() {
    let world = World::start();
    let admin = world.admin();
    for (text, missing) in [
        ("", "account, company_id, role, permissions, decision"),
        ("account,company_id,role,permissions\n", "decision"),
    ] {
        admin.file("review.csv", text);
        let refused = admin.sactl("review apply review.csv --yes");
        refused.refused(2, &format!("review.csv is no access review: it has no column {missing}"));
        assert!(refused.stderr.contains("sactl review export"), "{refused}");
    }
    let header = admin.sactl("review export -o csv").ok().stdout.lines().next().unwrap().to_owned();
    admin.file("review.csv", header + "\n");
    admin.sactl("review apply review.csv --yes").ok();
}

/// A run that is done shows its result again, and says that this call did nothing.
#[test]
fn a_run_that_is_done_says_that_nothing_is_left() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("grant dormant-bot backup-runner --role viewer --yes").ok();
    for command in ["run resume last", "run retry last"] {
        let again = admin.sactl(command);
        assert!(again.ok().stderr.contains("nothing is left to do in run "), "{again}");
    }
    admin.sactl("grant zzz* dormant-bot --role viewer").refused(5, "sactl list --company 1");
    admin.sactl("onboard 2 --like 2").refused(2, "Northwind Logistics (2) is given twice");
}

/// The name of an account that another company has made is taken. Every retry left its password file behind, and said
/// that the account may have been created.
#[test]
fn a_creation_that_is_refused_again_leaves_no_password_file() {
    let world = World::start();
    let admin = world.admin();
    let file = manifest(&admin, "version: 1\naccounts:\n  contoso-sync: {owner: 1}\n");
    for command in [format!("apply -f {file} --password-dir secrets"), "run retry last".to_owned()] {
        let run = admin.run(command.split(' ').chain(["-o", "json"])).expect(9).stdout.clone();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        assert_eq!(run["results"][0]["error"]["code"], json!("name_taken"));
        assert!(!run.to_string().contains("if the account was created"), "{run}");
        assert!(!admin.work().join("secrets/contoso-sync.password").exists());
    }
}

/// Another admin added a permission between the plan and its step, which a list of the plan's time took away again.
#[test]
fn what_others_change_between_plan_and_step_stays() {
    let world = World::start();
    let mut admin = world.admin();
    admin.set("SACTL_TEST_CRASH_AFTER", "begin:0");
    let killed = admin.sactl("grant backup-runner --companies 1 --add-permission alerts:view --yes");
    assert_eq!(killed.code(), None, "{killed}");
    admin.unset("SACTL_TEST_CRASH_AFTER");
    admin.sactl("grant backup-runner --add-permission devices:edit").ok();
    admin.sactl("run resume last").ok();
    let access = &super::exported(&admin, "")["accounts"]["backup-runner"]["access"][0];
    assert_eq!(access["permissions"], json!(["alerts:view", "devices:edit", "devices:view"]));
}

/// A role that a manifest cut down took from every account that has it, past the limit and past `protected`.
#[test]
fn what_a_role_loses_counts_for_every_account_that_has_it() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create field-tech --permission devices:view,devices:edit").ok();
    for place in 0..10 {
        let create = format!("create bot-{place} --role field-tech --password-stdin");
        admin.run_with_input(create.split(' '), format!("{SANDBOX_PASSWORD}\n")).ok();
    }
    let role = "roles: [{company: 1, name: field-tech, permissions: [devices:view]}]\n";
    let file = manifest(&admin, &format!("version: 1\n{role}"));
    let refused = admin.sactl(&format!("apply -f {file} --yes -o json")).error(6, "guard");
    assert!(refused.to_string().contains("Acme MSP (1) would lose 10 of"), "{refused}");
    let file = manifest(&admin, &format!("version: 1\nprotected: [bot-3]\n{role}"));
    let refused = admin.sactl(&format!("apply -f {file} --max-changes 1 --yes -o json")).error(6, "guard");
    assert!(refused.to_string().contains("bot-3 is protected, and has the role field-tech"), "{refused}");
    let file = manifest(&admin, &format!("version: 1\n{role}"));
    admin.sactl(&format!("apply -f {file} --max-changes 1 --yes")).ok();
}

/// A manifest that gives no access said that nothing was left to do, while the account kept access elsewhere.
#[test]
fn access_where_the_caller_does_not_belong_is_told() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("revoke fleet-automation --yes").ok();
    let operator = world.acting(ACME_OPERATOR, 1);
    let file = manifest(&operator, "version: 1\naccounts:\n  fleet-automation: {owner: 1, access: []}\n");
    let diff = operator.sactl(&format!("diff -f {file}"));
    assert!(
        diff.stderr.contains("fleet-automation also has access in 1 company where you do not belong"),
        "{diff}"
    );
    let all = manifest(&admin, "version: 1\naccounts:\n  fleet-automation: {owner: 1, access: []}\n");
    let diff = admin.sactl(&format!("diff -f {all}"));
    assert!(!diff.expect(10).stderr.contains("do not belong"), "{diff}");
}

/// A removal everywhere said that nothing was left to do, while the account kept access elsewhere.
#[test]
fn removal_everywhere_tells_of_access_where_the_caller_does_not_belong() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("revoke fleet-automation --yes").ok();
    let operator = world.acting(ACME_OPERATOR, 1);
    for (caller, is_warned) in [(&operator, true), (&admin, false)] {
        let revoke = caller.sactl("revoke fleet-automation --companies all --dry-run");
        let is_told =
            revoke.ok().stderr.contains("fleet-automation also has access in 1 company where you do not");
        assert_eq!(is_told, is_warned, "{revoke}");
    }
}
