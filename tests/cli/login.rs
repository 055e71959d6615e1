//! `sactl login` and `sactl logout`: what is asked, what is stored, and where a stored token goes.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::acting::{ACME_ADMIN, World, sign_in};
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::stub::{Answer, Stub};
use crate::common::terminal::Terminal;

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

#[test]
fn a_password_is_asked_for_and_never_shown() {
    let world = World::start();
    let home = world.stranger();
    let mut terminal = Terminal::start(&home, &format!("login --username {ACME_ADMIN}"));
    terminal.wait_for("assword").type_line(SANDBOX_PASSWORD);
    // Two companies, and a person who can choose.
    terminal.wait_for("Which company").wait_for("Northwind Logistics").type_line("Northwind");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains(SANDBOX_PASSWORD), "what is typed is hidden:\n{text}");
    assert_eq!(home.sactl("whoami -o json").ok().json()["company"]["id"], 2);
}

/// P8: Ctrl-C at a prompt is exit 130, and nothing is half done.
#[test]
fn an_interrupt_at_a_prompt_is_130() {
    let world = World::start();
    let home = world.stranger();
    let before = home.files();
    let mut terminal = Terminal::start(&home, &format!("login --username {ACME_ADMIN}"));
    terminal.wait_for("assword").interrupt();
    let (text, code) = terminal.finish();
    assert_eq!(code, 130, "{text}");
    assert_eq!(home.files(), before);
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
