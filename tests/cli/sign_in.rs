//! Signing in and out, profiles, and the active company.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::acting::{ACME_ADMIN, ACME_VIEWER, World, sign_in};
use crate::common::stub::{Answer, Stub};

#[test]
fn login_stores_and_logout_revokes() {
    let world = World::start();
    let home = world.stranger();
    let login = sign_in(&home, ACME_ADMIN);
    login.ok();
    assert!(login.stderr.contains("file"), "it says where it put what: {login}");
    let whoami = home.sactl("whoami -o json").ok().json();
    assert_eq!((&whoami["username"], &whoami["kind"]), (&json!(ACME_ADMIN), &json!("user")));
    assert_eq!(whoami["companies"].as_array().unwrap().len(), 2);
    assert!(whoami["credential_source"].as_str().unwrap().contains("file"), "{whoami}");
    let token = home.sactl("token").ok().stdout.trim().to_owned();
    assert!(world.is_good(&token));
    home.sactl("logout").ok();
    assert!(!world.is_good(&token), "the token is revoked on the server");
    home.sactl("whoami -o json").error(3, "not_signed_in");
}

/// P2: credential files are private from the first byte, in a private folder; the password is in none of them.
#[test]
fn stored_credentials_are_private() {
    let world = World::start();
    let home = world.signed_in(ACME_ADMIN);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.config()), 0o700);
    let token = home.sactl("token").ok().stdout.trim().to_owned();
    let mut holds_it = 0;
    for (path, content) in home.files() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains("Sandbox-1234!"), "the password stands in {}", path.display());
        if text.contains(&token) {
            holds_it += 1;
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    assert_eq!(holds_it, 1, "the token is stored in one place");
}

#[test]
fn a_file_that_others_can_read_is_refused_with_the_fix() {
    let world = World::start();
    let home = world.signed_in(ACME_ADMIN);
    let token = home.sactl("token").ok().stdout.trim().to_owned();
    let holds = |content: &[u8]| String::from_utf8_lossy(content).contains(&token);
    let (file, _) = home.files().into_iter().find(|(_, content)| holds(content)).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    home.sactl("list").refused(3, "chmod");
}

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

#[test]
fn a_company_by_its_name() {
    let world = World::start();
    let admin = world.admin();
    let list = admin.run(["list", "--company", "Northwind Logistics", "-o", "json"]).ok().json();
    assert_eq!(list["company"]["id"], 2);
    admin.run(["list", "--company", "Nobody Inc", "-o", "json"]).error(5, "not_found");
}

/// P3: a token goes only to the server that issued it, even if another server is named.
#[test]
fn a_stored_token_goes_only_to_its_own_server() {
    let world = World::start();
    let mut home = world.signed_in(ACME_ADMIN);
    let token = home.sactl("token").ok().stdout.trim().to_owned();
    let other = Stub::always(Answer::json(200, r#"{"success": true, "data": []}"#));
    home.set("SACTL_COMPANY", "1");
    for line in ["list", "whoami", "logout", "token"] {
        home.sactl(&format!("{line} --server {} -o json", other.url())).error(3, "not_signed_in");
    }
    home.set("SACTL_SERVER", other.url());
    home.sactl("list -o json").error(3, "not_signed_in");
    assert!(!other.requests().iter().any(|request| request.contains(&token)), "{:?}", other.requests());
    assert!(world.is_good(&token));
}

/// Nothing is stored for who signs in by variables.
#[test]
fn variables_leave_no_file() {
    let world = World::start();
    let env = world.at(ACME_ADMIN, 1);
    let before = env.files();
    env.sactl("list").ok();
    assert_eq!(env.files(), before);
}
