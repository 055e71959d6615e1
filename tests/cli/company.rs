//! `sactl company` and the company in which a command acts.

use super::acting::{ACME_ADMIN, ACME_VIEWER, World};
use crate::common::output::SANDBOX_PASSWORD;

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

/// The profile belongs to one account: a company of another account is not stored in it.
#[test]
fn company_of_another_account_is_not_stored_in_the_profile() {
    let world = World::start();
    let mut home = world.signed_in(ACME_ADMIN);
    home.sactl("company use 2").ok();
    let before = home.files();
    home.set("SACTL_USERNAME", ACME_VIEWER);
    home.set("SACTL_PASSWORD", SANDBOX_PASSWORD);
    home.sactl("company use 1").refused(2, "SACTL_USERNAME is set");
    home.unset("SACTL_PASSWORD");
    home.sactl("company use 1").refused(2, ACME_ADMIN);
    home.unset("SACTL_USERNAME");
    home.set("SACTL_TOKEN", world.server().sign_in(ACME_VIEWER).token());
    home.sactl("company use 1").refused(2, "SACTL_TOKEN is set");
    assert_eq!(home.files(), before);
    home.unset("SACTL_TOKEN");
    home.set("SACTL_USERNAME", ACME_ADMIN);
    home.set("SACTL_PASSWORD", SANDBOX_PASSWORD);
    home.sactl("company use 1").ok();
}

/// The name of a company is what the server tells now, not what was stored with the choice.
#[test]
fn stored_name_of_a_company_is_not_shown() {
    let world = World::start();
    let home = world.signed_in(ACME_ADMIN);
    home.sactl("company use 2").ok();
    home.sactl("company use 1").ok();
    home.sactl("role create fixer --permission devices:view").ok();
    let config = home.folder().join("config/sactl/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let stale = text.replace("Acme MSP", "Old Acme").replace("Northwind Logistics", "Old Northwind");
    assert_ne!(stale, text);
    std::fs::write(&config, stale).unwrap();
    assert_eq!(home.sactl("company show -o json").ok().json()["name"], "Acme MSP");
    let plan = home.sactl("grant dormant-bot backup-runner --role viewer --dry-run -o json").ok().json();
    assert_eq!(plan["company"]["name"], "Acme MSP", "{plan}");
    let deleted = home.sactl("role delete fixer --yes");
    assert!(deleted.ok().stderr.contains("Acme MSP (1)"), "{deleted}");
    let used = home.sactl("company use -");
    assert!(used.ok().stderr.contains("Northwind Logistics (2)"), "{used}");
    assert!(std::fs::read_to_string(&config).unwrap().contains("Northwind Logistics"));
}
