//! `sactl edit`: what it changes is seen by the next command.

use serde_json::json;

use super::acting::World;
use crate::common::output::SANDBOX_PASSWORD;

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

/// A description that is there already was called a change, with a command that undoes it.
#[test]
fn edit_to_the_same_description_is_no_change() {
    let world = World::start();
    let admin = world.admin();
    for description in ["Sleeps", ""] {
        let edit = ["edit", "dormant-bot", "--description", description];
        let changed = admin.run(edit);
        assert!(changed.ok().stderr.contains("Changed the description"), "{changed}");
        let same = admin.run(edit);
        let told = "Unchanged: dormant-bot, owned by Acme MSP (1), already has this description";
        assert!(same.ok().stderr.contains(told) && !same.stderr.contains("undo"), "{same}");
        let tried = admin.run(edit.into_iter().chain(["--dry-run"]));
        assert!(tried.ok().stderr.contains("nothing would change"), "{tried}");
        let other = admin.run(["edit", "dormant-bot", "--description", "Other", "--dry-run"]);
        assert!(other.ok().stderr.contains("would change"), "{other}");
    }
}
