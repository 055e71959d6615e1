//! Profiles that do not exist, and variables that stand above the profile in use.

use crate::cli::acting::{ACME_ADMIN, ACME_VIEWER, World};
use crate::common::output::SANDBOX_PASSWORD;

/// F32: an unknown profile was exit 3 in `list` and `logout`, and exit 5 in `profile use`.
#[test]
fn a_profile_that_does_not_exist_is_not_found_everywhere() {
    let world = World::start();
    let mut env = world.signed_in(ACME_ADMIN);
    env.unset("SACTL_SERVER");
    for line in [
        "--profile nope list",
        "--profile nope whoami",
        "--profile nope logout",
        "--profile nope token",
        "--profile nope company use 1",
        "profile use nope",
        "profile show nope",
        "profile delete nope",
        "profile rename nope other",
    ] {
        env.sactl(line).refused(5, "no profile nope").refused(5, "sactl profile list");
        env.sactl(&format!("{line} -o json")).error(5, "not_found");
    }
    let env = env.with("SACTL_PROFILE", "nope");
    env.sactl("list").refused(5, "no profile nope");
}

/// F31: `profile use` said nothing of a variable that names another company or account.
#[test]
fn a_variable_that_stands_above_the_profile_is_told() {
    let world = World::start();
    let name = world.signed_in(ACME_ADMIN).sactl("profile list -o name").ok().stdout.trim().to_owned();
    for (variable, value) in [
        ("SACTL_SERVER", world.url().as_str()),
        ("SACTL_PROFILE", name.as_str()),
        ("SACTL_COMPANY", "2"),
        ("SACTL_USERNAME", "viewer@acme.example"),
    ] {
        let mut env = world.signed_in(ACME_ADMIN);
        env.unset("SACTL_SERVER");
        let told = env.with(variable, value).run(["profile", "use", &name]).ok().stderr.clone();
        assert!(told.contains(&format!("{variable} is set and overrides")), "{told}");
    }
    let mut env = world.signed_in(ACME_ADMIN);
    env.unset("SACTL_SERVER");
    assert!(!env.run(["profile", "use", &name]).ok().stderr.contains("overrides"));
}

/// `company use -` goes back, and `profile use -` was "no profile -".
#[test]
fn profile_use_goes_back_to_the_one_before() {
    let world = World::start();
    let mut env = world.stranger();
    for (name, user) in [("work", ACME_ADMIN), ("look", ACME_VIEWER)] {
        let login = ["login", "--profile", name, "--username", user, "--company", "1", "--password-stdin"];
        env.run_with_input(login, SANDBOX_PASSWORD).ok();
        if name == "work" {
            env.sactl("profile use -").refused(5, "no other profile was in use before");
        }
    }
    env.unset("SACTL_SERVER");
    let user = || env.sactl("whoami -o name").ok().stdout.trim().to_owned();
    assert_eq!(user(), ACME_VIEWER);
    env.sactl("profile use -").ok();
    assert_eq!(user(), ACME_ADMIN);
    env.sactl("profile use work").ok();
    env.sactl("profile rename look other").ok();
    assert!(env.sactl("profile use -").ok().stderr.contains("The profile in use is other"));
    env.sactl("profile delete work").ok();
    env.sactl("profile use -").refused(5, "no other profile was in use before");
}
