//! The first sign-in failed on a server without a desktop, and profiles had names that need quotes.

use crate::cli::acting::{ACME_ADMIN, ACME_VIEWER, World};
use crate::common::env::Env;
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::terminal::Terminal;

/// A home that nothing was chosen for, on a machine without a keyring.
fn fresh() -> Env {
    Env::new()
}

/// F13: the missing keyring was told after two questions, and the answers were lost.
#[test]
fn a_missing_keyring_is_told_before_the_first_question_and_a_file_is_offered() {
    let world = World::start();
    let env = fresh();
    let mut terminal = Terminal::start(&env, &format!("login {}", world.url()));
    terminal.wait_for("no keyring").wait_for("Keep the token in a file").type_line("");
    terminal.wait_for("User or service account").type_line(ACME_ADMIN);
    terminal.wait_for("assword of").type_line(SANDBOX_PASSWORD);
    terminal.wait_for("Which company").wait_for("arrows to move").press("Northwind\r");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    env.sactl("list").ok();
    assert_eq!(env.sactl("profile show -o json").ok().json()["credential_store"], "file");
}

/// F13: without a terminal, or with a store that was chosen, nothing is stored in another one.
#[test]
fn a_missing_keyring_that_was_chosen_is_an_error_at_once() {
    let world = World::start();
    let env = fresh();
    let login = format!("login {} --username {ACME_ADMIN}", world.url());
    env.sactl(&format!("{login} --password-stdin")).refused(3, "no keyring");
    let (text, code) = Terminal::start(&env, &format!("{login} --credential-store keyring")).finish();
    assert!(code == 3 && !text.contains("assword of"), "{text}");
    let mut terminal = Terminal::start(&env, &login);
    terminal.wait_for("Keep the token in a file").type_line("n");
    let (text, code) = terminal.finish();
    assert!(code == 3 && !text.contains("assword of"), "{text}");
    assert!(!env.config().join("credentials").exists());
}

/// F13: `login URL` is how other programs of this kind are called.
#[test]
fn login_takes_the_server_without_its_flag() {
    let world = World::start();
    let mut env = world.stranger();
    env.unset("SACTL_SERVER");
    let url = world.url();
    let login = ["login", &url, "--username", ACME_ADMIN, "--password-stdin", "--company", "1"];
    env.run_with_input(login, SANDBOX_PASSWORD).ok();
    assert_eq!(env.sactl("whoami -o json").ok().json()["server"], url.as_str());
    env.sactl("login https://a.example --server https://b.example").refused(2, "named twice");
    env.sactl("login https://a.example --server https://b.example -o json").error(2, "usage");
}

/// F26: a second profile of a server was called `admin@c3.example at 127.0.0.1:8181`, and could not be renamed.
#[test]
fn a_profile_has_a_name_without_blanks_and_can_be_renamed() {
    let world = World::start();
    let mut env = world.stranger();
    for user in [ACME_ADMIN, ACME_VIEWER] {
        let login = ["login", "--username", user, "--password-stdin", "--company", "1"];
        env.run_with_input(login, SANDBOX_PASSWORD).ok();
    }
    env.unset("SACTL_SERVER");
    let names = env.sactl("profile list -o name").ok().stdout.clone();
    assert!(names.lines().count() == 2 && !names.contains(' '), "{names}");
    let (admin, viewer) = names.split_once('\n').unwrap();
    env.run(["profile", "rename", viewer.trim(), "watch"]).ok();
    env.run(["profile", "rename", admin, "prod"]).ok();
    assert_eq!(env.sactl("profile list -o name").ok().stdout, "prod\nwatch\n");
    assert_eq!(env.sactl("whoami -o json").ok().json()["profile"], "watch");
    assert_eq!(env.sactl("whoami --profile prod -o json").ok().json()["username"], ACME_ADMIN);
    env.sactl("profile rename prod watch").refused(6, "already");
    env.sactl("profile rename prdo other").refused(5, "did you mean prod?");
    env.run(["profile", "rename", "prod", ""]).refused(2, "name of a profile");
}

/// F26: `profile list` did not say which profile is signed in.
#[test]
fn profile_list_says_who_is_signed_in() {
    let world = World::start();
    let env = world.signed_in(ACME_VIEWER);
    let state = |env: &Env| env.sactl("profile list -o json").ok().json()[0]["signed_in"].clone();
    assert_eq!(state(&env), true);
    assert!(env.sactl("profile list -o table").ok().stdout.contains("signed in"));
    env.sactl("logout").ok();
    assert_eq!(state(&env), false);
    assert!(env.sactl("profile list -o table").ok().stdout.contains("signed out"));
}
