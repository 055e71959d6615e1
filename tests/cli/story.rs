//! The main job from end to end: an admin makes an account, gives it access, uses it, changes it, and removes
//! it. Every step is seen by what the platform says afterwards, not by what the command claims.

use serde_json::json;

use super::acting::{World, names};
use crate::common::output::SANDBOX_PASSWORD;

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

/// An account is made with a generated password and access in two companies, and signs in with the documented
/// form at the documented place.
#[test]
fn a_new_account_signs_in_at_the_token_endpoint() {
    let world = World::start();
    let admin = world.admin();
    let create =
        "create deploy-bot --description Deploys --role operator --grant 2=viewer --generate -o json";
    let made = admin.sactl(create).ok().json();
    assert_eq!(made["ownership"], "owned");
    assert_eq!(made["company_count"], 2);
    let companies = made["companies"].as_array().unwrap();
    let access: Vec<_> = companies.iter().map(|one| (&one["company"]["id"], &one["role"])).collect();
    assert_eq!(access, [(&json!(1), &json!("operator")), (&json!(2), &json!("viewer"))]);

    let password = made["password"].as_str().unwrap();
    assert_eq!(password.chars().count(), 24);
    let grant = world.token_endpoint("deploy-bot", password, "python");
    assert_eq!(grant.status, 200, "{grant:?}");
    let grant = grant.json();
    assert_eq!((&grant["token_type"], &grant["expires_in"]), (&json!("Bearer"), &json!(7200)));
    assert!(world.is_good(grant["access_token"].as_str().unwrap()));
}

#[test]
fn grant_replaces_adjusts_and_revoke_removes() {
    let world = World::start();
    let admin = world.admin();
    let change = |line: &str| admin.sactl(&format!("{line} -o json")).ok().json();
    let replaced = change("grant dormant-bot --permission devices:view,alerts:view");
    assert_eq!(replaced["changed"], true);
    assert_eq!(replaced["access"]["role"], json!(null));
    assert_eq!(replaced["access"]["permissions"], json!(["alerts:view", "devices:view"]));
    let added = change("grant dormant-bot --add-permission devices:edit --remove-permission alerts:view");
    assert_eq!(added["access"]["permissions"], json!(["devices:edit", "devices:view"]));
    let again = change("grant dormant-bot --add-permission devices:edit");
    assert_eq!(again["changed"], false);
    let role = change("grant dormant-bot --role viewer");
    assert_eq!(role["access"]["role"], "viewer");
    let gone = change("revoke dormant-bot --yes");
    assert_eq!((&gone["changed"], &gone["account"]["access"]), (&json!(true), &json!(null)));
    assert_eq!(change("revoke dormant-bot --yes")["changed"], false);
}

/// A reset ends every token at once: the old one is dead at the next request.
#[test]
fn a_reset_password_ends_old_tokens() {
    let world = World::start();
    let account = world.acting("fleet-automation", 1);
    account.sactl("whoami").ok();
    let reset = world.admin().sactl("passwd fleet-automation --generate --yes -o json").ok().json();
    assert_eq!(reset["account"]["name"], "fleet-automation");
    account.sactl("list -o json").error(3, "unauthenticated");
    let mut fresh = world.at("fleet-automation", 1);
    fresh.sactl("list -o json").error(3, "invalid_grant");
    fresh.set("SACTL_PASSWORD", reset["password"].as_str().unwrap());
    fresh.sactl("list -o json").ok();
}

#[test]
fn a_password_from_stdin_loses_only_its_line_end() {
    let world = World::start();
    let admin = world.admin();
    for (number, (input, password)) in
        [("Spaced 1! \n", "Spaced 1! "), ("Carriage-1!\r\n", "Carriage-1!"), ("Two-lines1!\n\n", "")]
            .into_iter()
            .enumerate()
    {
        let name = format!("stdin-{number}");
        let made = admin.run_with_input(["create", &name, "--password-stdin"], input);
        if password.is_empty() {
            made.refused(7, "control");
            continue;
        }
        made.ok();
        let env = world.at(&name, 1).with("SACTL_PASSWORD", password);
        env.sactl("token").ok();
    }
}

#[test]
fn a_generated_password_can_go_into_a_private_file() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::start();
    let admin = world.admin();
    let file = admin.work().join("password");
    let line = format!("create file-bot --generate --password-out {} -o json", file.display());
    let made = admin.sactl(&line).ok().json();
    assert_eq!(made.get("password"), None, "the password went into the file");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let from_file = world.at("file-bot", 1).with("SACTL_PASSWORD_FILE", file.display().to_string());
    let mut from_file = from_file;
    from_file.unset("SACTL_PASSWORD");
    from_file.sactl("token").ok();
}

#[test]
fn edit_and_delete_are_seen_by_the_next_look() {
    let world = World::start();
    let admin = world.admin();
    let edited = admin.run(["edit", "dormant-bot", "--description", "Sleeps", "-o", "json"]).ok().json();
    assert_eq!(edited["description"], "Sleeps");
    assert_eq!(admin.sactl("show dormant-bot -o json").ok().json()["description"], "Sleeps");
    let id = edited["id"].clone();
    let deleted = admin.sactl("delete dormant-bot --yes -o json").ok().json();
    assert_eq!(deleted, json!({"id": id, "name": "dormant-bot", "deleted": true}));
    admin.sactl("show dormant-bot -o json").error(5, "not_found");
    let again =
        admin.run_with_input(["create", "dormant-bot", "--password-stdin", "-o", "json"], SANDBOX_PASSWORD);
    assert_ne!(again.ok().json()["id"], id, "a name that comes back is a new account");
}

/// Roles of one's own: made, held, changed, and not deleted while an account has them.
#[test]
fn a_company_makes_its_own_roles() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create watcher --permission devices:view").ok();
    admin.sactl("grant dormant-bot --role watcher").ok();
    let role = admin.sactl("role edit watcher --add-permission alerts:view -o json").ok().json();
    assert_eq!(role["permissions"], json!(["alerts:view", "devices:view"]));
    let account = admin.sactl("show dormant-bot -o json").ok().json();
    assert_eq!(account["access"]["permissions"], json!(["alerts:view", "devices:view"]));
    admin.sactl("role delete watcher --yes -o json").error(6, "role_in_use");
    admin.sactl("revoke dormant-bot --yes").ok();
    admin.sactl("role delete watcher --yes").ok();
    admin.sactl("role show watcher -o json").error(5, "not_found");
}

/// Rule 5 of the command line: a write says what was done and where.
#[test]
fn writes_name_the_account_and_the_company() {
    let world = World::start();
    let admin = world.admin();
    for line in [
        "grant dormant-bot --role viewer",
        "edit dormant-bot --description Sleeps",
        "revoke dormant-bot --yes",
        "passwd dormant-bot --generate --yes",
        "delete dormant-bot --yes",
    ] {
        let done = admin.sactl(line);
        for word in ["dormant-bot", "Acme MSP", "1"] {
            assert!(done.ok().stderr.contains(word), "{line} does not say {word}: {done}");
        }
    }
}
