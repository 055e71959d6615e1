//! `sactl profile`: what a profile keeps, and that profiles do not mix.

use serde_json::json;

use super::acting::{ACME_ADMIN, ACME_VIEWER, World};

#[test]
fn a_profile_keeps_server_user_and_company() {
    let world = World::start();
    let mut home = world.signed_in(ACME_ADMIN);
    home.sactl("company use 2").ok();
    home.unset("SACTL_SERVER");
    home.unset("SACTL_CREDENTIAL_STORE");
    let whoami = home.sactl("whoami -o json").ok().json();
    assert_eq!((&whoami["server"], &whoami["company"]["id"]), (&json!(world.url()), &json!(2)));
    let name = whoami["profile"].as_str().unwrap().to_owned();
    let shown = home.sactl("profile show -o json").ok().stdout.clone();
    assert!(shown.contains(&name) && shown.contains(&world.url()), "{shown}");
    home.sactl("company use 99 -o json").error(5, "not_found");
    assert_eq!(home.sactl("whoami -o json").ok().json()["company"]["id"], 2);
    home.run(["profile", "delete", &name, "--yes"]).ok();
    let gone = home.sactl("whoami -o json");
    assert!([2, 3].contains(&gone.code().unwrap()), "{gone}");
}

/// Two people on one machine are two profiles, and the flag chooses.
#[test]
fn profiles_do_not_mix() {
    let world = World::start();
    let home = world.stranger();
    for (profile, user) in [("one", ACME_ADMIN), ("two", ACME_VIEWER)] {
        let login = ["--profile", profile, "login", "--username", user, "--password-stdin"];
        home.run_with_input(login, "Sandbox-1234!\n").ok();
    }
    for (profile, user) in [("one", ACME_ADMIN), ("two", ACME_VIEWER)] {
        let whoami = home.sactl(&format!("whoami --profile {profile} -o json")).ok().json();
        assert_eq!(whoami["username"], user);
    }
    home.sactl("profile use one").ok();
    assert_eq!(home.sactl("whoami -o json").ok().json()["username"], ACME_ADMIN);
    home.sactl("profile use three -o json").error(5, "not_found");
}
