//! A human with a second factor: asked for the code on a terminal, told what to do elsewhere. The platform is
//! the real one, and so is the terminal.

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder};

use super::{files_with, with_file_store};
use crate::common::env::{Env, program};
use crate::common::platform::{PASSWORD, Server};
use crate::common::terminal::Act::{Sees, Types};
use crate::common::terminal::{Act, Shown, converse};

const HUMAN: &str = "admin@contoso.example";
const SERVICE_ACCOUNT: &str = "contoso-sync";

/// The code that an authenticator app shows now.
fn code() -> String {
    let secret = b"Hello!\xde\xad\xbe\xef".to_vec();
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).build_noncompliant();
    app.generate(Timestamp::now().as_second().unsigned_abs()).to_string()
}

/// Signs in on a terminal.
fn login_on_terminal(env: &Env, server: &Server, user: &str, acts: &[Act<'_>]) -> Shown {
    let mut command = std::process::Command::new(program());
    command.args(["login", "--server", server.url(), "--username", user, "--company", "3"]);
    command.env_clear().envs(env.variables().iter().cloned());
    converse(&command, acts)
}

/// The password and then the code are asked for; neither is shown while it is typed.
#[test]
fn a_human_is_asked_for_the_code_on_a_terminal() {
    let server = Server::sandbox();
    let env = with_file_store();
    let (password, code) = (format!("{PASSWORD}\n"), code());
    let typed = format!("{code}\n");
    let acts = [Sees("Password"), Types(&password), Sees("Code"), Types(&typed), Sees("Signed in")];
    let shown = login_on_terminal(&env, &server, HUMAN, &acts);
    let text = shown.text();
    assert_eq!(shown.code, Some(0), "{text}");
    assert!(!text.contains(PASSWORD) && !text.contains(&code), "what is typed is shown: {text}");
    env.sactl("list").ok();
    assert!(files_with(&env, PASSWORD).is_empty());
}

/// Whoever types a wrong code is refused, with nothing stored.
#[test]
fn a_wrong_code_stores_nothing() {
    let server = Server::sandbox();
    let env = with_file_store();
    let password = format!("{PASSWORD}\n");
    let acts = [Sees("Password"), Types(&password), Sees("Code"), Types("000000\n"), Sees("error:")];
    let shown = login_on_terminal(&env, &server, HUMAN, &acts);
    assert_eq!(shown.code, Some(3), "{}", shown.text());
    assert!(files_with(&env, "sat_").is_empty());
}

/// P8: Ctrl-C at either question: 130, nothing stored, and the terminal shows again what is typed.
#[test]
fn p8_an_interrupted_question_leaves_the_terminal_as_it_was() {
    let server = Server::sandbox();
    let password = format!("{PASSWORD}\n");
    let at_password = [Sees("Password"), Types("half a pass\u{3}")];
    let at_code = [Sees("Password"), Types(&password), Sees("Code"), Types("123\u{3}")];
    for acts in [&at_password[..], &at_code] {
        let env = with_file_store();
        let before = env.files();
        let shown = login_on_terminal(&env, &server, HUMAN, acts);
        assert_eq!(shown.code, Some(130), "{}", shown.text());
        assert_eq!(env.files(), before);
    }
}

/// Without a terminal: 3, with what to do instead, and at once.
#[test]
fn a_human_without_a_terminal_gets_exit_3_with_a_hint() {
    let server = Server::sandbox();
    let env = with_file_store();
    let words = ["login", "--server", server.url(), "--username", HUMAN, "--password-stdin", "-o", "json"];
    let error = env.run_with_input(words, PASSWORD).error(3, "mfa_required");
    let hint = error["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("--otp") && hint.contains("service account"), "{hint}");
    assert!(files_with(&env, "sat_").is_empty());

    let env = env.with("SACTL_SERVER", server.url()).with("SACTL_USERNAME", HUMAN).with("SACTL_PASSWORD", PASSWORD);
    env.sactl("list -o json").error(3, "mfa_required");
}

/// The code can be given with the call, once.
#[test]
fn a_code_on_the_command_line_opens_one_session() {
    let server = Server::sandbox();
    let code = code();
    let login = |env: &Env| {
        let words = ["login", "--server", server.url(), "--username", HUMAN, "--password-stdin", "--otp", &code];
        env.run_with_input(words, PASSWORD)
    };
    let env = with_file_store();
    login(&env).ok();
    env.sactl("list --company 3").ok();
    login(&with_file_store()).expect(3);
}

/// A service account is never asked, although its owner company requires a second factor.
#[test]
fn a_service_account_is_never_asked_for_a_code() {
    let server = Server::sandbox();
    let env = with_file_store();
    let password = format!("{PASSWORD}\n");
    let acts = [Sees("Password"), Types(&password), Sees("Signed in")];
    let shown = login_on_terminal(&env, &server, SERVICE_ACCOUNT, &acts);
    assert_eq!(shown.code, Some(0), "{}", shown.text());
    assert!(!shown.text().contains("Code"), "{}", shown.text());
}

/// `--no-input` asks nobody, also on a terminal.
#[test]
fn no_input_asks_nobody_on_a_terminal() {
    let server = Server::sandbox();
    let env = with_file_store();
    let mut command = std::process::Command::new(program());
    command.args(["login", "--server", server.url(), "--username", HUMAN, "--no-input"]);
    command.env_clear().envs(env.variables().iter().cloned());
    let shown = converse(&command, &[Sees("error:")]);
    assert_eq!(shown.code, Some(2), "{}", shown.text());
}
