//! Commands that a message names: copied into a shell, they act on the target of the call.

use crate::cli::acting::{ACME_ADMIN, World, sign_in};
use crate::common::env::{Env, program};
use crate::common::output::Outcome;
use crate::common::stub::{Answer, Stub};
use crate::common::terminal::Terminal;

/// Signed in to `main` with company 1 and to the profile `north's west`, which is not the current one.
fn two_profiles(main: &World, other: &World) -> Env {
    let mut env = other.stranger().with("SACTL_PROFILE", "north's west");
    sign_in(&env, ACME_ADMIN).expect(0);
    env.set("SACTL_PROFILE", "main");
    env.set("SACTL_SERVER", main.url());
    sign_in(&env, ACME_ADMIN).expect(0);
    env.unset("SACTL_PROFILE");
    env.unset("SACTL_SERVER");
    env.sactl("company use 1").expect(0);
    env
}

/// The command behind `label` in what was said, run by a shell.
fn pasted(env: &Env, said: &str, label: &str) -> (String, Outcome) {
    let line = said.lines().find_map(|line| line.split_once(label)).map(|(_, command)| command.to_owned());
    let line = line.unwrap_or_else(|| panic!("no {label:?} in {said}"));
    let script = line.replacen("sactl", &program().display().to_string(), 1);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).env_clear().envs(env.variables().iter().cloned());
    (line, Outcome::new(&command.output().unwrap(), env.folder()))
}

/// F1: a hint left out the flags `--profile` and `--company` of the call, so that a copy of it acted elsewhere.
#[test]
fn hint_of_a_call_with_target_flags_acts_on_the_same_target() {
    let (main, other) = (World::start(), World::start());
    let env = two_profiles(&main, &other);
    let at = ["--profile", "north's west", "--company", "2"];
    let create = ["create", "only-there", "--generate", "--role", "viewer", "--company", "1", "-o", "json"];
    env.run([&create[..], &at[..2]].concat()).expect(0);

    let refused = env.run([&["show", "no-such-account"][..], &at[..2], &["--company", "1"]].concat());
    let (line, listed) = pasted(&env, &refused.expect(5).stderr, "accounts there are with: ");
    assert!(line.ends_with(r"--company 1 --profile 'north'\''s west'"), "{line}");
    assert!(listed.expect(0).stdout.contains("only-there"), "{listed}");

    let empty = env.run([&["list", "--search", "zzz", "-o", "table"][..], &at].concat());
    let (line, listed) = pasted(&env, &empty.expect(0).stdout, "See all with: ");
    assert_eq!(line, r"sactl list --profile 'north'\''s west' --company 2");
    assert!(!listed.expect(0).stdout.contains("only-there"), "{listed}");
}

/// F1: a hint left out `--server` of the call, so that a copy of it acted at the server of the environment.
#[test]
fn hint_of_a_call_with_a_server_acts_at_that_server() {
    let (main, other) = (World::start(), World::start());
    let env = other.admin().with("SACTL_SERVER", main.url());
    let at = ["--server", &other.url()];
    env.run([&["create", "only-there", "--generate", "-o", "json"][..], &at].concat()).expect(0);

    let refused = env.run([&["show", "no-such-account"][..], &at].concat());
    let (line, listed) = pasted(&env, &refused.expect(5).stderr, "accounts there are with: ");
    assert_eq!(line, format!("sactl list --company 1 --server {}", other.url()));
    assert!(listed.expect(0).stdout.contains("only-there"), "{listed}");
}

/// F1: the name of an account was written into a hint as it is: a shell took it apart, and the program took it for a
/// flag.
#[test]
fn hint_with_a_name_like_a_flag_and_with_quotes_reaches_that_account() {
    let broken = Stub::always(Answer::json(500, r#"{"error":{"code":"internal","message":"out of order"}}"#));
    let env = Env::new().with("SACTL_TOKEN", "sat_x").with("SACTL_SERVER", "http://127.0.0.1:1");
    let failed =
        env.run(["grant", "--role=viewer", "--company=1", "--server", &broken.url(), "--", "-it's $HOME"]);
    let (line, _) = pasted(&env, &failed.expect(1).stderr, "the case now with: ");
    assert_eq!(line, format!(r"sactl show --company 1 --server {} -- '-it'\''s $HOME'", broken.url()));
    let last = broken.requests().pop().unwrap();
    assert_eq!(last.method, "GET");
    assert!(last.path().ends_with("/service-accounts/-it%27s%20%24HOME"), "{}", last.path());
}

/// F1: a person chose a company at a question, and the hint of the answer acted in none or asked again.
#[test]
fn hint_after_the_question_for_a_company_acts_in_that_company() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    let mut terminal = Terminal::start(&env, "list --search zzz");
    terminal.wait_for("Which company").wait_for("Northwind Logistics").type_line("Northwind");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    let (line, listed) = pasted(&env, &text, "See all with: ");
    assert_eq!(line, "sactl list --company 2");
    assert!(listed.expect(0).stdout.contains("Northwind Logistics"), "{listed}");
}
