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
