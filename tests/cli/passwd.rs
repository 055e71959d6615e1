//! `sactl passwd`: the new password works, and everything older does not.

use super::acting::{ACME_OPERATOR, World};

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

/// The permissions were named without the company in which they are missing, and the operator has them in their own.
#[test]
fn refused_reset_names_the_company_where_permissions_are_missing() {
    let world = World::start();
    let refused = world.at(ACME_OPERATOR, 1).sactl("passwd fleet-automation --generate --yes");
    refused.refused(4, "permissions that you do not have in Northwind Logistics (2)");
    assert!(!refused.stderr.contains("Acme"), "{refused}");
}
