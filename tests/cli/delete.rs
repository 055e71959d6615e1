//! `sactl delete`: the question before it.

use super::acting::World;
use crate::common::terminal::Terminal;

/// Deleting asks for the name; anything else deletes nothing.
#[test]
fn delete_asks_for_the_name() {
    let world = World::start();
    let admin = world.admin();
    for (answer, gone) in [("yes", false), ("", false), ("dormant-bot", true)] {
        let mut terminal = Terminal::start(&admin, "delete dormant-bot");
        terminal.wait_for("dormant-bot").wait_for(":").type_line(answer);
        let (text, code) = terminal.finish();
        assert_eq!(code == 0, gone, "{answer:?}: {text}");
        assert_eq!(admin.sactl("show dormant-bot").code() == Some(5), gone, "{answer:?}: {text}");
    }
}

/// Without a terminal and without `--yes`, the refusal says what would be deleted.
#[test]
fn delete_without_confirmation_says_what_it_would_do() {
    let world = World::start();
    let refused = world.admin().sactl("delete dormant-bot");
    refused.refused(2, "not confirmed: this would delete dormant-bot with its access in every company");
    refused.refused(2, "hint: add --yes to confirm");
}

/// What is deleted is told with the access that it had.
#[test]
fn delete_says_what_access_the_account_had() {
    let world = World::start();
    let deleted = world.admin().sactl("delete fleet-automation --yes");
    let had = "owned by Acme MSP (1) and had access in 2 companies: Acme MSP (1): operator; \
               Northwind Logistics (2): operator";
    assert!(deleted.ok().stderr.contains(had), "{deleted}");
}
