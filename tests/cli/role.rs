//! `sactl role`: the roles of a company, from creation to deletion.

use serde_json::json;

use super::acting::{ACME_VIEWER, World};
use crate::common::terminal::Terminal;

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

/// What cannot be deleted is refused before the question.
#[test]
fn delete_of_a_default_role_is_refused_before_the_question() {
    let world = World::start();
    let (text, code) = Terminal::start(&world.admin(), "role delete viewer").finish();
    assert_eq!(code, 7, "{text}");
    assert!(text.contains("default role") && !text.contains("Really"), "{text}");
}

/// What is missing is asked for, and the command that needs no question is told; without a terminal it is named.
#[test]
fn create_asks_for_the_name_and_the_permissions() {
    let world = World::start();
    let admin = world.admin();
    let mut terminal = Terminal::start(&admin, "role create");
    terminal.wait_for("Name of the new role").type_line("Bad Name");
    terminal.wait_for("lowercase").wait_for("Name of the new role").type_line("watcher");
    terminal.wait_for("Which permissions").wait_for("Space").press("alerts:view \r");
    terminal.wait_for("watcher will be created in Acme MSP (1): alerts:view");
    terminal.wait_for("Create the role?").type_line("");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("sactl role create watcher --company 1 --permission alerts:view"), "{text}");
    let role = admin.sactl("role show watcher -o json").ok().json();
    assert_eq!(role["permissions"], json!(["alerts:view"]));

    let mut terminal = Terminal::start(&admin, "role create --from watcher");
    terminal.wait_for("Name of the new role").type_line("other");
    terminal.wait_for("Create the role?").type_line("n");
    assert_eq!(terminal.finish().1, 2);
    admin.sactl("role show other -o json").error(5, "not_found");

    admin.sactl("role create").refused(2, "the name of the role and its permissions are missing");
    let refused = admin.sactl("role create other");
    refused.refused(2, "sactl role create other --permission PERMISSION");
    let (text, code) = Terminal::start(&world.acting(ACME_VIEWER, 1), "role create").finish();
    assert_eq!(code, 4, "{text}");
    assert!(text.contains("roles:manage") && !text.contains("Name of"), "{text}");
}

/// Changes of a role say what is different and how to undo it, and no change is called one.
#[test]
fn change_of_a_role_says_what_was_there_before() {
    let world = World::start();
    let admin = world.admin();
    let said = |line: &str| admin.sactl(line).ok().stderr.clone();
    admin.sactl("role create watcher --permission devices:view,alerts:view").ok();
    let edited = said("role edit watcher --add-permission devices:edit --remove-permission alerts:view");
    assert!(edited.contains("watcher in Acme MSP (1); gained: devices:edit; lost: alerts:view"), "{edited}");
    let undo = "sactl role edit watcher --company 1 --permission alerts:view,devices:view";
    assert!(edited.contains(undo), "{edited}");
    let unchanged = said("role edit watcher --permission devices:view,devices:edit");
    assert!(unchanged.contains("Unchanged: the role watcher of Acme MSP (1)"), "{unchanged}");
    assert!(!unchanged.contains("undo"), "{unchanged}");
    let deleted = said("role delete watcher --yes");
    assert!(deleted.contains("before: devices:edit, devices:view"), "{deleted}");
    let undo = "sactl role create watcher --company 1 --permission devices:edit,devices:view";
    assert!(deleted.contains(undo), "{deleted}");
}

/// What one cannot do to oneself, and a sign-in that is refused, are told with the account, the company and the server.
#[test]
fn refusal_of_a_change_of_oneself_and_of_a_sign_in_names_who_and_where() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("role create mine --permission roles:manage,roles:view").ok();
    admin.sactl("grant dormant-bot --role mine").ok();
    let holder = world.at("dormant-bot", 1);
    for line in ["role edit mine --add-permission roles:view", "role delete mine --yes"] {
        holder.sactl(line).refused(4, "the role mine in Acme MSP (1)");
    }
    let operator = world.at("fleet-automation", 1);
    for line in ["grant fleet-automation --role viewer", "revoke fleet-automation --yes"] {
        operator
            .sactl(line)
            .refused(4, "fleet-automation, which cannot change its own access in Acme MSP (1)");
    }
    let stranger = world.at("dormant-bot", 1).with("SACTL_PASSWORD", "No-Password-Of-It-1!");
    stranger.sactl("list").refused(3, &format!("dormant-bot at {}", world.url()));
}
