//! Commands that a message names: copied into a shell, they act on the target of the call.

use rustix::process::Signal;
use serde_json::json;

use crate::api::process::{Running, command};
use crate::cli::acting::{ACME_ADMIN, NORTHWIND_ADMIN, World, sign_in};
use crate::common::env::{Env, program};
use crate::common::output::{Outcome, SANDBOX_PASSWORD};
use crate::common::stub::{Answer, Stub};
use crate::common::terminal::Terminal;
use crate::common::tls::Authority;
use crate::common::tools::tool;

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

/// The command behind `label` in what was said.
fn hinted(said: &str, label: &str) -> String {
    let line = said.lines().find_map(|line| line.split_once(label)).map(|(_, command)| command.to_owned());
    line.unwrap_or_else(|| panic!("no {label:?} in {said}"))
}

/// The same command, run by a shell.
fn pasted(env: &Env, said: &str, label: &str) -> (String, Outcome) {
    let line = hinted(said, label);
    let script = line.replacen("sactl", &program().display().to_string(), 1);
    let mut command = tool("sh");
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
    let (line, listed) = pasted(&env, &refused.expect(5).stderr, "list the accounts with: ");
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
    let (line, listed) = pasted(&env, &refused.expect(5).stderr, "list the accounts with: ");
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
    let (line, _) = pasted(&env, &failed.expect(1).stderr, "the current state with: ");
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

/// Runs a sign-in that a hint names, on a terminal, and types the password.
fn sign_in_by(env: &Env, line: &str) {
    let mut terminal = Terminal::shell(env, line);
    terminal.wait_for("Password of").type_line(SANDBOX_PASSWORD);
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{line}: {text}");
}

/// A machine where the admin of Northwind signed in to each of these profiles, the last of which is the current one.
fn with_profiles(world: &World, names: &[&str]) -> Env {
    let mut env = world.stranger();
    for name in names {
        env.set("SACTL_PROFILE", *name);
        sign_in(&env, NORTHWIND_ADMIN).ok();
    }
    for variable in ["SACTL_PROFILE", "SACTL_SERVER", "SACTL_CREDENTIAL_STORE"] {
        env.unset(variable);
    }
    env
}

/// F9: the sign-in that a signed-out profile named went to the keyring, which was not there, and to another profile.
#[test]
fn signed_out_profile_names_the_sign_in_of_that_profile() {
    let (main, other) = (World::start(), World::start());
    let mut env = with_profiles(&other, &["north's west"]);
    env.set("SACTL_CREDENTIAL_STORE", "file");
    env.set("SACTL_SERVER", main.url());
    sign_in(&env, NORTHWIND_ADMIN).ok();
    env.unset("SACTL_SERVER");
    env.unset("SACTL_CREDENTIAL_STORE");
    let at = ["--profile", "north's west"];
    env.run([&["logout"][..], &at].concat()).ok();
    let refused = env.run([&["whoami"][..], &at].concat());
    let line = hinted(&refused.expect(3).stderr, "sign in with: ");
    assert_eq!(line, r"sactl login --profile 'north'\''s west'");
    sign_in_by(&env, &line);
    assert!(env.run([&["whoami"][..], &at].concat()).ok().stdout.contains(NORTHWIND_ADMIN));
}

/// F9: with the credential store `none` the hint was a sign-in that stores nothing again.
#[test]
fn call_without_a_store_names_the_variables_and_a_sign_in_that_stores() {
    let world = World::start();
    let mut env = world.stranger().with("SACTL_CREDENTIAL_STORE", "none");
    sign_in(&env, NORTHWIND_ADMIN).ok();
    env.unset("SACTL_CREDENTIAL_STORE");
    env.unset("SACTL_SERVER");
    let refused = env.sactl("list");
    assert!(refused.expect(3).stderr.contains("set SACTL_TOKEN, or SACTL_USERNAME"), "{refused}");
    let line = hinted(&refused.stderr, "only you can read, with: ");
    assert!(line.ends_with("--credential-store file"), "{line}");
    sign_in_by(&env, &line);
    env.sactl("list").ok();
}

/// F9: after the current profile was deleted, the hint was a sign-in to a server that does not exist.
#[test]
fn call_without_a_current_profile_names_those_that_are_left() {
    let world = World::start();
    let env = with_profiles(&world, &["east", "north west", "old"]);
    env.sactl("profile delete old --yes").ok();
    let refused = env.sactl("list");
    assert!(refused.expect(3).stderr.contains("you have the profiles east, north west"), "{refused}");
    pasted(&env, &refused.stderr, "choose one with: ").1.ok();
    env.sactl("list").ok();
}

/// F9: at a server of which another profile is signed in, the hint was a new sign-in.
#[test]
fn server_of_another_profile_names_that_profile() {
    let (main, other) = (World::start(), World::start());
    let mut env = with_profiles(&other, &["north's west"]);
    env.set("SACTL_CREDENTIAL_STORE", "file");
    env.set("SACTL_SERVER", main.url());
    sign_in(&env, NORTHWIND_ADMIN).ok();
    env.unset("SACTL_SERVER");
    env.unset("SACTL_CREDENTIAL_STORE");
    let refused = env.run(["list", "--server", &other.url()]);
    let (line, answer) = pasted(&env, &refused.expect(3).stderr, "use it with: ");
    assert_eq!(line, format!(r"sactl whoami --profile 'north'\''s west' --server {}", other.url()));
    assert!(answer.ok().stdout.contains(NORTHWIND_ADMIN), "{answer}");
}

/// F9: `--profile P` with the server of no profile: the hint would have turned the profile into another one.
#[test]
fn sign_in_to_another_server_leaves_the_typed_profile_as_it_is() {
    let (main, other) = (World::start(), World::start());
    let env = with_profiles(&main, &["main"]);
    let refused =
        env.run(["list", "--profile", "main", "--credential-store", "file", "--server", &other.url()]);
    let line = hinted(&refused.expect(3).stderr, "sign in with: ");
    assert_eq!(line, format!("sactl login --server {} --credential-store file", other.url()));
    let mut terminal = Terminal::shell(&env, &line);
    terminal.wait_for("User or service account").type_line(NORTHWIND_ADMIN);
    terminal.wait_for("Password of").type_line(SANDBOX_PASSWORD);
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(env.sactl("profile show main").ok().stdout.contains(&main.url()));
}

/// F9: the adjustment of an account with a default role pointed to `role edit`, which no default role takes.
#[test]
fn adjustment_of_a_role_names_what_can_be_done() {
    let world = World::start();
    let env = world.admin();
    let adjusted = "--add-permission alerts:delete --remove-permission devices:reboot";
    let refused = env.sactl(&format!("grant fleet-automation {adjusted}"));
    assert!(!refused.expect(7).stderr.contains("role edit"), "{refused}");
    pasted(&env, &refused.stderr, "with a list: ").1.ok();
    let access = env.sactl("show fleet-automation -o json").ok().json()["access"].clone();
    let held = access["permissions"].as_array().unwrap();
    assert_eq!(access["role"], json!(null));
    assert!(held.contains(&json!("alerts:delete")) && !held.contains(&json!("devices:reboot")), "{access}");
    assert!(held.contains(&json!("devices:view")), "{access}");

    env.sactl("role create place-role --permission devices:view").ok();
    env.sactl("grant dormant-bot --role place-role").ok();
    let refused = env.sactl("grant dormant-bot --add-permission alerts:view");
    pasted(&env, &refused.expect(7).stderr, "everyone who has it: ").1.ok();
    let access = env.sactl("show dormant-bot -o json").ok().json()["access"].clone();
    assert_eq!(access["permissions"], json!(["alerts:view", "devices:view"]));
}

/// F9, R11: a certificate authority as the certificate of a server: `serve` said nothing, and the client advised the
/// `--cacert` that was there.
#[test]
fn certificate_of_an_authority_on_a_server_is_told_by_both_sides() {
    let env = Env::new().with("SACTL_TOKEN", "sat_x");
    let authority = Authority::new();
    let certificate = env.file("ca.pem", authority.pem());
    let key = env.private_file("key.pem", authority.key_pem());
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:p.db"];
    let tls = ["--tls-cert", &certificate, "--tls-key", &key];
    let mut running = Running::start(command(&env, &[&arguments[..], &tls].concat()));
    let url = running.line().replace("Listening on ", "");
    let refused = env.run(["list", "--server", &url, "--cacert", &certificate, "-o", "json"]);
    let error = refused.error(8, "unreachable");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("authority") && hint.contains("CA:FALSE") && !hint.contains("--cacert"), "{error}");
    running.signal(Signal::TERM);
    let (_, _, told) = running.end();
    assert!(told.contains("--tls-cert is a certificate authority"), "{told}");
}
