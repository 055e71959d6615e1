//! Some commands asked for what was missing, and others ended with a message of the parser.

use crate::cli::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::terminal::Terminal;

/// The line of each command that needs a name, without it.
const NAMELESS: [&str; 11] = [
    "show",
    "passwd --generate --yes",
    "edit --description new",
    "edit dormant-bot",
    "revoke --yes",
    "delete --yes",
    "role show",
    "role edit --add-permission devices:view",
    "role delete --yes",
    "company use",
    "profile delete",
];

/// Starts `line` and chooses `choice` from the list that `question` shows.
fn chosen(env: &Env, line: &str, question: &str, choice: &str) -> Terminal {
    let mut terminal = Terminal::start(env, line);
    terminal.wait_for(question).wait_for("arrows to move").press(&format!("{choice}\r"));
    terminal
}

#[track_caller]
fn done(terminal: Terminal) -> String {
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    text
}

/// F19: `show`, `passwd`, `edit`, `revoke` and `delete` did not ask for the account.
#[test]
fn an_account_that_is_missing_is_chosen_on_a_terminal() {
    let world = World::start();
    let env = world.admin();
    let question = "Which service account";
    assert!(done(chosen(&env, "show", question, "telemetry")).contains("Northwind Logistics (2)"));
    done(chosen(&env, "edit --description chosen", question, "dormant"));
    assert_eq!(env.sactl("show dormant-bot -o json").ok().json()["description"], "chosen");
    let mut terminal = chosen(&env, "passwd --generate", question, "dormant");
    terminal.wait_for("Really").type_line("y");
    assert!(!done(terminal).contains("telemetry"), "only the owner resets a password");
    let mut terminal = chosen(&env, "revoke", question, "backup");
    terminal.wait_for("Really").type_line("y");
    assert!(!done(terminal).contains("dormant-bot"), "it has no access that could be removed");
    let mut terminal = chosen(&env, "delete", question, "dormant");
    terminal.wait_for("to confirm").type_line("dormant-bot");
    done(terminal);
    assert_eq!(env.sactl("show dormant-bot").code(), Some(5));
    let mut terminal = Terminal::start(&env, "edit backup-runner");
    terminal.wait_for("New description of backup-runner").type_line("typed");
    done(terminal);
    assert_eq!(env.sactl("show backup-runner -o json").ok().json()["description"], "typed");
}

/// F19: `role show`, `role edit` and `role delete` did not ask for the role.
#[test]
fn a_role_that_is_missing_is_chosen_on_a_terminal() {
    let world = World::start();
    let env = world.admin();
    env.sactl("role create fixer --permission devices:view").ok();
    assert!(done(chosen(&env, "role show", "Which role", "operator")).contains("operator"));
    let mut terminal = chosen(&env, "role edit", "Which role", "fixer");
    terminal.wait_for("Which permissions").wait_for("Space").press("alerts:view \r");
    assert!(!done(terminal).contains("company-admin"), "a default role cannot be changed");
    let permissions = env.sactl("role show fixer -o json").ok().json()["permissions"].clone();
    assert_eq!(permissions, serde_json::json!(["alerts:view", "devices:view"]));
    let mut terminal = chosen(&env, "role delete", "Which role", "fixer");
    terminal.wait_for("Really").type_line("y");
    done(terminal);
}

/// F19: the one list that is needed daily, of companies, was not shown; F14 of kubectl's `use-context -`.
#[test]
fn company_use_lets_choose_and_goes_back() {
    let world = World::start();
    let env = world.stranger();
    let login = ["login", "--username", ACME_ADMIN, "--password-stdin", "--company", "1"];
    env.run_with_input(login, SANDBOX_PASSWORD).ok();
    let active = |env: &Env| env.sactl("company show -o json").ok().json()["id"].clone();
    env.sactl("company use -").refused(5, "no other company before");
    done(chosen(&env, "company use", "Which company", "Northwind"));
    assert_eq!(active(&env), 2);
    env.sactl("company use -").ok();
    assert_eq!(active(&env), 1);
    env.sactl("company use 1").ok();
    env.sactl("company use -").ok();
    assert_eq!(active(&env), 2);
    let warned = env.with("SACTL_COMPANY", "2").sactl("company use 1").ok().clone();
    assert!(warned.stderr.contains("SACTL_COMPANY is set"), "{warned}");
}

/// F19: `profile use` and `profile delete` did not ask for the profile.
#[test]
fn a_profile_that_is_missing_is_chosen_on_a_terminal() {
    let world = World::start();
    let env = world.stranger();
    for profile in ["first", "second"] {
        let line =
            ["login", "--username", ACME_ADMIN, "--password-stdin", "--company", "1", "--profile", profile];
        env.run_with_input(line, SANDBOX_PASSWORD).ok();
    }
    done(chosen(&env, "profile use", "Which profile", "first"));
    let used = env.sactl("profile show -o json").ok().json();
    assert_eq!((&used["name"], &used["current"]), (&"first".into(), &true.into()));
    done(chosen(&env, "profile delete", "Which profile", "second"));
    assert_eq!(env.sactl("profile list -o name").ok().stdout, "first\n");
}

/// F19: what is missing is exit 2 where no question can be asked, and nothing waits for a key.
#[test]
fn what_is_missing_is_a_usage_error_without_a_terminal() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    for line in NAMELESS {
        env.sactl(line).refused(2, "missing");
        env.sactl(&format!("{line} -o json")).error(2, "usage");
        let (text, code) = Terminal::start(&env, &format!("{line} --no-input")).finish();
        assert!(code == 2 && text.contains("missing"), "{line}: {text}");
    }
}

/// F19: a wrong password ended the sign-in, and server and user had to be typed again.
#[test]
fn a_wrong_password_is_asked_for_again_three_times() {
    let world = World::start();
    let env = world.stranger();
    let mut terminal = Terminal::start(&env, &format!("login --username {ACME_ADMIN} --company 1"));
    terminal.wait_for("assword of").type_line("Wrong-1!").wait_for("try again");
    terminal.wait_for("assword of").type_line(SANDBOX_PASSWORD);
    done(terminal);
    let mut terminal = Terminal::start(&env, "login --username viewer@acme.example");
    for _ in 0..3 {
        terminal.wait_for("assword of").type_line("Wrong-1!");
    }
    let (text, code) = terminal.finish();
    assert_eq!(code, 3, "{text}");
}

/// F19: a new password that breaks a rule, or was mistyped, ended the command.
#[test]
fn a_weak_new_password_is_asked_for_again() {
    let world = World::start();
    let env = world.admin();
    let mut terminal = Terminal::start(&env, "passwd dormant-bot --yes");
    terminal.wait_for("New password").type_line("weak").wait_for("uppercase");
    terminal
        .wait_for("New password")
        .type_line("Typed-right-1!")
        .wait_for("Repeat")
        .type_line("Typed-wrong-1!");
    terminal.wait_for("differ");
    terminal
        .wait_for("New password")
        .type_line("Typed-right-1!")
        .wait_for("Repeat")
        .type_line("Typed-right-1!");
    done(terminal);
    world.at("dormant-bot", 1).with("SACTL_PASSWORD", "Typed-right-1!").sactl("token").ok();
}

/// F20: a company chosen at a question was asked for again at the next call, without a word how to keep it.
#[test]
fn a_company_that_was_chosen_at_a_question_says_how_to_keep_it() {
    let world = World::start();
    let env = world.stranger();
    let login = ["login", "--username", ACME_ADMIN, "--password-stdin"];
    env.run_with_input(login, SANDBOX_PASSWORD).ok();
    let text = done(chosen(&env, "list", "Which company", "Northwind"));
    assert!(text.contains("keep this company with: sactl company use 2"), "{text}");
}
