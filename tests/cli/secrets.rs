//! P1: no secret in an argument, a URL, a child's environment, a log or any output but the one asked for. The
//! secrets are canaries, looked for everywhere.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};

use rustix::process::Signal;

use super::credentials::{Gateway, PASSWORD, USER, files_with, login, with_file_store};
use crate::common::env::{Env, program};
use crate::common::output::Outcome;
use crate::common::process::{send, until};
use crate::common::stub::Answer;
use crate::common::tools::{skipped, strace_is_installed, straced, tool};

/// What a leak looks like: the password, as it is and as it is in a form, and the beginning of tokens.
const CANARIES: [&str; 3] = ["Canary-Passw0rd", "Canary%2D", "sat_canary"];

pub(super) fn assert_clean(text: &str, place: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} in {place}:\n{text}");
    }
}

fn clean(outcome: &Outcome, place: &str) {
    assert_clean(&outcome.stdout, &format!("stdout of {place}"));
    assert_clean(&outcome.stderr, &format!("stderr of {place}"));
}

/// Every command, as talkative as it can be made.
#[test]
fn p1_no_output_holds_a_secret() {
    let gateway = Gateway::start("a");
    let env =
        with_file_store().with("RUST_LOG", "trace").with("RUST_BACKTRACE", "full").with("SACTL_LOG", "trace");
    clean(&login(&env, &gateway.url(), "-vv --store-password"), "login");
    for line in [
        "list -vv",
        "list -vv -o json",
        "whoami -vv",
        "whoami -o json",
        "whoami -o yaml",
        "profile list -vv",
        "profile list -o json",
        "profile show",
        "company list -vv",
        "api GET /api/users/me -vv",
        "api GET /nowhere -vv",
        "show nobody -vv",
        "delete nobody --yes -vv",
        "doctor -vv",
        "doctor -o json",
        "logout -vv",
    ] {
        clean(&env.sactl(line), line);
    }
    let token = env.sactl("token -vv");
    clean(&token, "token, signed out");
}

/// Refusals, and servers that misbehave while they hold a secret.
#[test]
fn p1_no_failure_shows_a_secret() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    for answer in [
        Answer::json(400, r#"{"error":"invalid_grant"}"#),
        Answer::json(500, "{}"),
        Answer::html(200),
        Answer::HangUp,
        Answer::redirect(302, "http://127.0.0.1:1/elsewhere"),
        Answer::json(200, r#"{"access_token":"sat_canary-half"#),
        Answer::json(200, r#"{"access_token":"sat_canary-half","expires_in":"soon","token_type":"Bearer"}"#),
        Answer::json(
            200,
            r#"{"access_token":"sat_canary\n\u001b[31m","expires_in":1,"token_type":"Bearer"}"#,
        ),
        Answer::json(200, r#"{"access_token":["sat_canary"],"expires_in":1,"token_type":"Bearer"}"#),
    ] {
        gateway.answer_sign_in(answer.clone());
        for form in ["-vv", "-vv -o json"] {
            let outcome = login(&env, &gateway.url(), form);
            clean(&outcome, &format!("login answered with {answer:?}"));
            assert_ne!(outcome.code(), Some(0), "{answer:?}: {outcome}");
        }
        assert!(files_with(&env, "sat_canary").is_empty(), "{answer:?}");
    }
}

/// P1: no flag takes a password, and a mistaken try is not repeated on the screen.
#[test]
fn p1_no_flag_takes_a_secret() {
    let env = Env::new();
    for words in [
        vec!["login", "--password", PASSWORD],
        vec!["login", "--password=Canary-Passw0rd"],
        vec!["login", "--token", "sat_canary"],
        vec!["create", "x", "--password", PASSWORD],
        vec!["create", "x", "--password=Canary-Passw0rd"],
        vec!["passwd", "x", "--password=Canary-Passw0rd"],
        vec!["list", "--token=sat_canary"],
        vec!["list", "--server", "https://admin:Canary-Passw0rd@gateway.example"],
        vec!["list", "--server", "https://gateway.example/?token=sat_canary"],
    ] {
        let outcome = env.run(&words);
        outcome.expect(2);
        clean(&outcome, &format!("{words:?}"));
    }
    let env = env.with("SACTL_SERVER", "https://admin:Canary-Passw0rd@gateway.example");
    let outcome = env.sactl("list");
    outcome.expect(2);
    clean(&outcome, "SACTL_SERVER");
}

/// P1: a token or a password travels in a header or a body, never in a URL.
#[test]
fn p1_no_url_holds_a_secret() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    for line in ["list", "whoami", "logout"] {
        env.sactl(line).ok();
    }
    for line in gateway.lines() {
        assert_clean(&line, "a URL");
    }
    assert!(gateway.has_seen("sat_canary"), "the token did travel");
}

/// P1: what every user of the machine can read of a running process has no secret, while the process has it.
#[test]
fn p1_the_command_line_and_environment_of_the_process_hold_no_secret() {
    let gateway = Gateway::start("a");
    gateway.answer_sign_in(Answer::Silence);
    let env = with_file_store();
    let mut command = env.command();
    command.args(["login", "--server", &gateway.url(), "--username", USER, "--password-stdin"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    until(|| gateway.sign_ins() == 1);
    assert!(gateway.has_seen("Canary"), "it holds the password now");
    for name in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{}/{name}", child.id())).unwrap();
        assert!(!bytes.is_empty(), "{name} can be read");
        assert_clean(&String::from_utf8_lossy(&bytes), name);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// P1: the client starts no other program, which could not but inherit its environment.
#[test]
fn p1_the_client_starts_no_child() {
    if !strace_is_installed() {
        return;
    }
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    let env = env
        .with("SACTL_SERVER", gateway.url())
        .with("SACTL_USERNAME", USER)
        .with("SACTL_PASSWORD", PASSWORD)
        .with("PAGER", "less")
        .with("EDITOR", "vi");
    for line in ["list", "whoami", "token", "doctor", "create x --generate", "logout", "--help", "--version"]
    {
        let log = env.folder().join("strace");
        let mut command = straced(&env, &["-e", "trace=execve,execveat", "-o", log.to_str().unwrap()]);
        command.args(line.split_whitespace());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap();
        let log = std::fs::read_to_string(&log).unwrap();
        assert_eq!(log.lines().filter(|line| line.contains("exec")).count(), 1, "{line}: {log}");
    }
}

/// P1: a sandbox hands on what is documented and nothing of what it was given itself.
#[cfg(feature = "platform")]
#[test]
fn p1_a_sandbox_hands_no_secret_to_its_command() {
    let env = Env::new()
        .with("SACTL_TOKEN", "sat_canary-outer")
        .with("SACTL_USERNAME", USER)
        .with("SACTL_PASSWORD", PASSWORD)
        .with("SACTL_SERVER", "https://gateway.example");
    let script = "tr '\\0' '\\n' < /proc/self/environ; tr '\\0' ' ' < /proc/self/cmdline; \
                  tr '\\0' ' ' < /proc/$PPID/cmdline";
    let outcome = env.run(["sandbox", "--", "sh", "-c", script]);
    clean(outcome.ok(), "what the command sees");
    let own: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with("SACTL_")).collect();
    let names: Vec<&str> = own.iter().filter_map(|line| line.split('=').next()).collect();
    for name in &names {
        let known = ["SACTL_SERVER", "SACTL_CONFIG_DIR", "SACTL_CREDENTIAL_STORE"].contains(name);
        assert!(known, "{name} is handed on: {own:?}");
    }
    assert_eq!(names.len(), 3, "{own:?}");
    assert!(!outcome.stdout.contains("sat_"), "not even a token of its own: {outcome}");
}

/// A crash writes no memory to disk: the kernel is told to let no other process look into this one.
#[test]
fn a_crash_leaves_no_core_dump() {
    let aborted = |program: &mut Command| {
        program.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = program.spawn().unwrap();
        let status_file = format!("/proc/{}/comm", child.id());
        until(|| std::fs::read_to_string(&status_file).is_ok_and(|name| name.trim() != "sh"));
        child
    };
    let limited = |env: &Env| {
        let mut shell = tool("sh");
        shell.args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh"]).current_dir(env.work()).arg0("sh");
        shell
    };

    let env = with_file_store();
    let mut control = aborted(limited(&env).arg("cat"));
    send(&control, Signal::QUIT);
    if !control.wait().unwrap().core_dumped() {
        skipped("nothing leaves a core dump on this machine");
        return;
    }

    let gateway = Gateway::start("a");
    gateway.answer_sign_in(Answer::Silence);
    let mut command = limited(&env);
    command.arg(program()).args([
        "login",
        "--server",
        &gateway.url(),
        "--username",
        USER,
        "--password-stdin",
    ]);
    command.env_clear().envs(env.variables().iter().cloned());
    let mut child = aborted(&mut command);
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    until(|| gateway.sign_ins() == 1);
    send(&child, Signal::QUIT);
    let status = child.wait().unwrap();
    assert!(status.signal().is_some(), "it was ended by the signal: {status}");
    assert!(!status.core_dumped(), "the password is in a core dump");
}
