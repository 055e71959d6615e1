//! `sactl create`: with flags and with questions, and the password of the new account.

use serde_json::json;

use super::acting::{World, account};
use crate::common::terminal::{DOWN, Terminal};

/// An account is made with a generated password and access in two companies, and signs in with the documented
/// form at the documented place.
#[test]
fn a_new_account_signs_in_at_the_token_endpoint() {
    let world = World::start();
    let admin = world.admin();
    let create =
        "create deploy-bot --description Deploys --role operator --grant 2=viewer --generate -o json";
    let made = admin.sactl(create).ok().json();
    assert_eq!(made["ownership"], "owned");
    assert_eq!(made["company_count"], 2);
    let companies = made["companies"].as_array().unwrap();
    let access: Vec<_> = companies.iter().map(|one| (&one["company"]["id"], &one["role"])).collect();
    assert_eq!(access, [(&json!(1), &json!("operator")), (&json!(2), &json!("viewer"))]);

    let password = made["password"].as_str().unwrap();
    assert_eq!(password.chars().count(), 24);
    let grant = world.token_endpoint("deploy-bot", password, "python");
    assert_eq!(grant.status, 200, "{grant:?}");
    let grant = grant.json();
    assert_eq!((&grant["token_type"], &grant["expires_in"]), (&json!("Bearer"), &json!(7200)));
    assert!(world.is_good(grant["access_token"].as_str().unwrap()));
}

#[test]
fn a_password_from_stdin_loses_only_its_line_end() {
    let world = World::start();
    let admin = world.admin();
    for (number, (input, password)) in
        [("Spaced 1! \n", "Spaced 1! "), ("Carriage-1!\r\n", "Carriage-1!"), ("Two-lines1!\n\n", "")]
            .into_iter()
            .enumerate()
    {
        let name = format!("stdin-{number}");
        let made = admin.run_with_input(["create", &name, "--password-stdin"], input);
        if password.is_empty() {
            made.refused(7, "control");
            continue;
        }
        made.ok();
        let env = world.at(&name, 1).with("SACTL_PASSWORD", password);
        env.sactl("token").ok();
    }
}

#[test]
fn a_generated_password_can_go_into_a_private_file() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::start();
    let admin = world.admin();
    let file = admin.work().join("password");
    let line = format!("create file-bot --generate --password-out {} -o json", file.display());
    let made = admin.sactl(&line).ok().json();
    assert_eq!(made.get("password"), None, "the password went into the file");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let from_file = world.at("file-bot", 1).with("SACTL_PASSWORD_FILE", file.display().to_string());
    let mut from_file = from_file;
    from_file.unset("SACTL_PASSWORD");
    from_file.sactl("token").ok();
}

/// A new password is asked for twice; two different ones make nothing.
#[test]
fn a_new_password_is_asked_for_twice() {
    let world = World::start();
    let admin = world.admin();
    for (second, code) in [("Typed-twice-1!", 0), ("Typed-wrong-1!", 2)] {
        let name = format!("typed-{code}");
        let mut terminal = Terminal::start(&admin, &format!("create {name} --role viewer"));
        for _ in 0..if code == 0 { 1 } else { 3 } {
            terminal.wait_for("New password").type_line("Typed-twice-1!");
            terminal.wait_for("Repeat").type_line(second);
        }
        let (text, ended) = terminal.finish();
        assert_eq!(ended == 0, code == 0, "{text}");
        assert!(!text.contains("Typed-"), "what is typed is hidden:\n{text}");
        let there = admin.sactl(&format!("show {name}")).code() == Some(0);
        assert_eq!(there, code == 0, "{text}");
    }
    let typed = world.at("typed-0", 1).with("SACTL_PASSWORD", "Typed-twice-1!");
    typed.sactl("token").ok();
}

/// The line that does the same is shown, and a shell that runs it does the same.
#[test]
fn create_asks_for_everything_and_says_how_not_to_be_asked() {
    let world = World::start();
    let admin = world.admin();
    let mut terminal = Terminal::start(&admin, "create");
    terminal.wait_for("Name of the new account").type_line("x");
    terminal.wait_for("2 to 64").wait_for("Name of the new account").type_line("asked-bot");
    terminal.wait_for("Description (optional)").type_line("a bot's test");
    terminal.wait_for("Which access").press(&format!("{DOWN}\r"));
    terminal.wait_for("Which role").press("view\r");
    terminal.wait_for("Which password").press("\r");
    terminal.wait_for("Create the account?").type_line("");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("asked-bot will be created, owned by Acme MSP (1)"), "{text}");
    let line = r"sactl create asked-bot --company 1 --description 'a bot'\''s test' --role viewer --generate";
    assert!(text.contains(line), "{text}");
    let made = account(&admin, "asked-bot");
    assert_eq!((&made["access"]["role"], &made["description"]), (&json!("viewer"), &json!("a bot's test")));
    let again = Terminal::shell(&admin, &line.replace("asked-bot", "asked-again"));
    let (text, code) = again.finish();
    assert_eq!(code, 0, "{text}");
    assert_eq!(account(&admin, "asked-again")["access"]["role"], "viewer");
}

/// A name without access asks for the access alone; a no creates nothing.
#[test]
fn create_that_is_declined_makes_nothing() {
    let world = World::start();
    let admin = world.admin();
    for (answer, there) in [("n", false), ("", true)] {
        let mut terminal = Terminal::start(&admin, "create half-said --generate");
        terminal.wait_for("Which access").press("\r");
        terminal.wait_for("no access yet").wait_for("Create the account?").type_line(answer);
        let (text, code) = terminal.finish();
        assert_eq!(code, if there { 0 } else { 2 }, "{text}");
        assert_eq!(admin.sactl("show half-said").code() == Some(0), there, "{text}");
        let line = "sactl create half-said --company 1 --no-input --generate";
        assert_eq!(text.contains(line), there, "{text}");
    }
}

/// A generated password is not offered where the answer would not show it: it would be lost.
#[test]
fn password_that_would_not_be_shown_is_not_offered() {
    let world = World::start();
    for shown in ["-o name", "--columns name"] {
        let mut terminal = Terminal::start(&world.admin(), &format!("create unseen {shown}"));
        terminal.wait_for("Which access").press("\r");
        terminal.wait_for("assword").interrupt();
        let (text, code) = terminal.finish();
        assert_eq!(code, 130, "{text}");
        assert!(!text.contains("Which password"), "{text}");
    }
}

/// A name that is taken is told as soon as it is known, and not behind all other questions.
#[test]
fn name_that_is_taken_is_told_at_once() {
    let world = World::start();
    let admin = world.admin();
    let (text, code) = Terminal::start(&admin, "create Dormant-Bot").finish();
    assert_eq!(code, 6, "{text}");
    assert!(!text.contains("Which access"), "{text}");
    let mut terminal = Terminal::start(&admin, "create");
    terminal.wait_for("Name of the new account").type_line("dormant-bot");
    terminal.wait_for("dormant-bot is taken").wait_for("Name of the new account").type_line("free-bot");
    terminal.wait_for("Description (optional)").interrupt();
    let (text, code) = terminal.finish();
    assert_eq!(code, 130, "{text}");
}
