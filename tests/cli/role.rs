//! `sactl role`: the roles of a company, from creation to deletion.

use serde_json::json;

use super::acting::World;
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
