//! Questions for screen readers and plain terminals read out hundreds of lines, and Return took whatever came first.

use std::fmt::Write as _;

use crate::cli::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::platform::{SANDBOX, Server};
use crate::common::terminal::Terminal;

/// A user of as many companies, and a machine on which nothing can be drawn.
fn with_companies(count: usize) -> (Server, Env) {
    let mut seed = String::new();
    for number in 1..=count {
        let _ = writeln!(seed, "[[company]]\nname = \"Company {number}\"");
    }
    let access: Vec<String> =
        (1..=count).map(|number| format!("{{ company = {number}, role = \"company-admin\" }}")).collect();
    let hash = SANDBOX.lines().find(|line| line.starts_with("password_hash")).unwrap();
    let _ = writeln!(seed, "[[user]]\nemail = \"msp@a.example\"\n{hash}\naccess = [{}]", access.join(", "));
    let server = Server::seeded(&seed);
    let env = Env::new().with("SACTL_SERVER", server.url()).with("SACTL_USERNAME", "msp@a.example");
    (server, env.with("SACTL_PASSWORD", SANDBOX_PASSWORD).with("TERM", "dumb"))
}

/// F22: 200 companies were read out before one could be typed, and only by its id.
#[test]
fn of_many_companies_one_is_typed_by_name_and_a_question_mark_lists_them() {
    let (_server, env) = with_companies(30);
    let mut terminal = Terminal::start(&env, "role list");
    terminal.wait_for("Which company (id or name, or ? for the list)").type_line("compny 30");
    terminal.wait_for("did you mean Company 30 (30)?").wait_for("Which company").type_line("?");
    terminal.wait_for("17  Company 17").wait_for("Which company").type_line("company 17");
    let (text, code) = terminal.finish();
    assert!(code == 0 && text.contains("Roles of Company 17 (17)"), "{text}");
    assert_eq!(text.matches("Company 12").count(), 1, "{text}");
}

/// F22: a name that two companies have took the first of them.
#[test]
fn a_name_of_two_companies_is_no_answer() {
    let world = World::start();
    let mut env = world.at(crate::cli::acting::CONTOSO_ADMIN, 3).with("TERM", "dumb");
    env.unset("SACTL_COMPANY");
    env.unset("SACTL_USERNAME");
    env.unset("SACTL_PASSWORD");
    let token = world.acting(crate::cli::acting::CONTOSO_ADMIN, 3);
    let token = token.variables().iter().find(|(name, _)| name == "SACTL_TOKEN").unwrap().1.clone();
    let mut terminal = Terminal::start(&env.with("SACTL_TOKEN", token), "role list");
    terminal.wait_for("Which company").type_line("contoso retail");
    terminal.wait_for("ids 3, 4").wait_for("Which company").type_line("4");
    let (text, code) = terminal.finish();
    assert!(code == 0 && text.contains("Contoso Retail (4)"), "{text}");
}

/// F22: 37 permissions were read out, and Return alone took the first account of the list.
#[test]
fn nothing_is_chosen_by_return_alone_and_a_long_list_is_not_read_out() {
    let world = World::start();
    let admin = world.admin().with("SACTL_ACCESSIBLE", "1");
    let mut terminal = Terminal::start(&admin, "grant");
    terminal.wait_for("Which service account (number or name)").type_line("");
    terminal.wait_for("choose one").wait_for("Which service account").type_line("dormant-bot");
    terminal.wait_for("Which access (number or name; Return for A role)").type_line("2");
    terminal.wait_for("Which permissions (names, or ? for the list").type_line("?");
    terminal.wait_for("1. ").wait_for("Which permissions").type_line("device:view");
    terminal.wait_for("did you mean devices:view?").wait_for("Which permissions").type_line("devices:view");
    terminal.wait_for("Apply?").type_line("y");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    let before = text.split("? for the list").next().unwrap();
    assert!(!before.contains("alerts:edit"), "{before}");
    let seen = admin.sactl("show dormant-bot -o json").ok().json();
    assert_eq!(seen["access"]["permissions"], serde_json::json!(["devices:view"]));
}

/// F22: Return alone at the question of `profile delete` deleted the profile in use.
#[test]
fn a_profile_is_deleted_only_where_it_is_named() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN).with("TERM", "dumb");
    let mut terminal = Terminal::start(&env, "profile delete");
    for _ in 0..3 {
        terminal.wait_for("Which profile").type_line("");
    }
    let (text, code) = terminal.finish();
    assert_eq!(code, 2, "{text}");
    assert_eq!(env.sactl("profile list -o name").ok().stdout.lines().count(), 1);
}
