//! At a terminal: two tables, prompts that show nothing, questions before what cannot be undone.

use super::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::output::{SANDBOX_PASSWORD, assert_snapshot};
use crate::common::terminal::Terminal;

/// Everything shown by `line` at a terminal, and the exit code.
fn shown(env: &Env, line: &str) -> (String, i32) {
    Terminal::start(env, line).finish()
}

#[test]
fn owned_and_external_are_two_tables() {
    let world = World::start();
    let (text, code) = shown(&world.admin(), "list");
    assert_eq!(code, 0, "{text}");
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word} is not shown:\n{text}"));
    let external = text.to_lowercase().find("external").unwrap_or_else(|| panic!("no title:\n{text}"));
    let owned = text.to_lowercase().find("owned").unwrap_or_else(|| panic!("no title:\n{text}"));
    assert!(owned < at("fleet-automation") && at("fleet-automation") < external, "{text}");
    assert!(external < at("northwind-telemetry"), "{text}");
    assert_snapshot("list_terminal", &text);
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

#[test]
fn revoke_asks_yes_or_no() {
    let world = World::start();
    let admin = world.admin();
    for (answer, code) in [("n", 2), ("y", 0)] {
        let mut terminal = Terminal::start(&admin, "revoke backup-runner");
        terminal.wait_for("?").type_line(answer);
        let (text, ended) = terminal.finish();
        assert_eq!(ended, code, "{text}");
    }
}

/// P8: `--no-input` never waits, even on a terminal.
#[test]
fn no_input_never_asks() {
    let world = World::start();
    let admin = world.admin();
    let (text, code) = shown(&admin, "delete dormant-bot --no-input");
    assert_eq!(code, 2, "{text}");
    let (text, code) = shown(&admin, "create typed-bot --no-input");
    assert_eq!(code, 2, "{text}");
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
