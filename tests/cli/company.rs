//! `sactl company` and the company in which a command acts.

use super::acting::{ACME_ADMIN, World};

#[test]
fn a_company_by_its_name() {
    let world = World::start();
    let admin = world.admin();
    let list = admin.run(["list", "--company", "Northwind Logistics", "-o", "json"]).ok().json();
    assert_eq!(list["company"]["id"], 2);
    admin.run(["list", "--company", "Nobody Inc", "-o", "json"]).error(5, "not_found");
}

/// Flag, environment, profile, default: the first that is there counts, and an empty variable is none.
#[test]
fn settings_come_in_their_order() {
    let world = World::start();
    let mut home = world.signed_in(ACME_ADMIN);
    home.sactl("company use 1").ok();
    let company = |home: &crate::common::env::Env, line: &str| {
        home.sactl(&format!("whoami -o json {line}")).ok().json()["company"]["id"].clone()
    };
    assert_eq!(company(&home, ""), 1, "the profile");
    home.set("SACTL_COMPANY", "2");
    assert_eq!(company(&home, ""), 2, "the environment before the profile");
    assert_eq!(company(&home, "--company 1"), 1, "the flag before the environment");
    home.set("SACTL_COMPANY", "");
    assert_eq!(company(&home, ""), 1, "an empty variable is none");
}
