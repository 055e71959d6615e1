//! A human with a second factor: asked for the code on a terminal, told what to do elsewhere. The platform is
//! the real one, and so is the terminal.

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder};

use super::{files_with, with_file_store};
use crate::common::env::Env;
use crate::common::platform::{PASSWORD, Server};
use crate::common::terminal::Terminal;

const HUMAN: &str = "admin@contoso.example";
const SERVICE_ACCOUNT: &str = "contoso-sync";

/// The code that an authenticator app shows now.
fn code() -> String {
    let secret = b"Hello!\xde\xad\xbe\xef".to_vec();
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).build_noncompliant();
    app.generate(Timestamp::now().as_second().unsigned_abs()).to_string()
}

/// Signs in at a terminal, in a shell that tells afterwards how that ended and how the terminal was left.
fn login_at_terminal(env: &Env, server: &Server, user: &str) -> Terminal {
    let login = format!("sactl login --server {} --username {user} --company 3", server.url());
    Terminal::shell(env, &format!("trap : INT; {login}; echo exit=$?; stty -a"))
}

/// Insists on the exit code, and that the terminal shows again what is typed. Answers what was shown.
#[track_caller]
fn ended(terminal: Terminal, code: i32) -> String {
    let (shown, _) = terminal.finish();
    assert!(shown.contains(&format!("exit={code}\n")), "{shown}");
    assert!(shown.contains(" echo "), "the terminal is left without echo: {shown}");
    shown
}

/// The password and then the code are asked for; neither is shown while it is typed.
#[test]
fn a_human_is_asked_for_the_code_on_a_terminal() {
    let server = Server::sandbox();
    let env = with_file_store();
    let code = code();
    let mut terminal = login_at_terminal(&env, &server, HUMAN);
    terminal.wait_for("Password").type_line(PASSWORD).wait_for("Code").type_line(&code);
    let shown = ended(terminal, 0);
    assert!(!shown.contains(PASSWORD) && !shown.contains(&code), "what is typed is shown: {shown}");
    env.sactl("list").ok();
    assert!(files_with(&env, PASSWORD).is_empty());
}

/// F19: a slip in the code cost the password and everything before it.
#[test]
fn a_wrong_code_is_asked_for_again() {
    let server = Server::sandbox();
    let env = with_file_store();
    let mut terminal = login_at_terminal(&env, &server, HUMAN);
    terminal.wait_for("Password").type_line(PASSWORD).wait_for("Code").type_line("000000");
    terminal.wait_for("wrong").wait_for("Code").type_line(&code());
    ended(terminal, 0);
    env.sactl("list").ok();
}

/// Wrong codes are refused in the end, with nothing stored.
#[test]
fn a_wrong_code_stores_nothing() {
    let server = Server::sandbox();
    let env = with_file_store();
    let mut terminal = login_at_terminal(&env, &server, HUMAN);
    terminal.wait_for("Password").type_line(PASSWORD).wait_for("Code").type_line("000000");
    terminal.wait_for("wrong").wait_for("Code").type_line("000000").wait_for("Code").type_line("000000");
    ended(terminal, 3);
    assert!(files_with(&env, "sat_").is_empty());
}

/// P8: Ctrl-C at either question: 130, nothing stored, and the terminal shows again what is typed.
#[test]
fn p8_an_interrupted_question_leaves_the_terminal_as_it_was() {
    let server = Server::sandbox();
    for at_code in [false, true] {
        let env = with_file_store();
        let before = env.files();
        let mut terminal = login_at_terminal(&env, &server, HUMAN);
        terminal.wait_for("Password");
        if at_code {
            terminal.type_line(PASSWORD).wait_for("Code");
        }
        terminal.interrupt();
        ended(terminal, 130);
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
    let line = format!("sactl login --server {} --username {HUMAN}", server.url());
    assert!(hint.contains(&line), "a copy signs in the same account: {hint}");
    assert!(files_with(&env, "sat_").is_empty());

    let env =
        env.with("SACTL_SERVER", server.url()).with("SACTL_USERNAME", HUMAN).with("SACTL_PASSWORD", PASSWORD);
    env.sactl("list -o json").error(3, "mfa_required");
}

/// The code can be given with the call, once.
#[test]
fn a_code_on_the_command_line_opens_one_session() {
    let server = Server::sandbox();
    let code = code();
    let login = |env: &Env| {
        let words =
            ["login", "--server", server.url(), "--username", HUMAN, "--password-stdin", "--otp", &code];
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
    let mut terminal = login_at_terminal(&env, &server, SERVICE_ACCOUNT);
    terminal.wait_for("Password").type_line(PASSWORD);
    let shown = ended(terminal, 0);
    assert!(!shown.contains("Code"), "{shown}");
}

/// `--no-input` never prompts, also on a terminal.
#[test]
fn no_input_asks_nobody_on_a_terminal() {
    let server = Server::sandbox();
    let env = with_file_store();
    let line = format!("login --server {} --username {HUMAN} --no-input", server.url());
    assert_eq!(Terminal::start(&env, &line).finish().1, 2);
}
