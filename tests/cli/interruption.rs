//! P8: without a terminal nothing asks and nothing waits; closed streams and signals leave nothing half done.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use super::credentials::{Gateway, PASSWORD, USER, files_with, login, with_file_store};
use crate::common::answers;
use crate::common::env::{Env, program};
use crate::common::process::{send, until, wait};
use crate::common::stub::{Answer, Stub};
use crate::common::tools::tool;

/// The program in a shell that closes streams first, as in `<&- 2>&-`.
fn redirected(env: &Env, words: &str, streams: &str) -> Command {
    let mut shell = tool("sh");
    shell.args(["-c", &format!("exec \"$0\" {words} {streams}")]).arg(program());
    shell.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    shell
}

/// P8: every command that would prompt ends at once without a terminal, and sends no request.
#[test]
fn p8_without_a_terminal_nothing_waits_for_a_key() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    let before = (gateway.lines(), env.files());
    for words in [
        format!("login --server {}", gateway.url()),
        format!("login --server {} --username {USER}", gateway.url()),
        format!("login --server {} --username {USER} --password-stdin", gateway.url()),
        "delete x".to_owned(),
        "revoke x".to_owned(),
        "passwd x".to_owned(),
        "passwd x --generate".to_owned(),
        "create x".to_owned(),
        "create x --password-stdin".to_owned(),
        "role delete x".to_owned(),
    ] {
        for streams in ["</dev/null", "<&-", "<&- >&-", "<&- >&- 2>&-"] {
            let mut child = redirected(&env, &words, streams).spawn().unwrap();
            let status = wait(&mut child);
            let code = status.code();
            assert!(matches!(code, Some(2 | 7)), "{words} {streams}: {status}");
        }
    }
    assert_eq!(gateway.lines(), before.0, "nothing was sent");
    assert_eq!(env.files(), before.1, "nothing was written");
}

/// P8: a file that is opened where a stream was closed must not become that stream.
#[test]
fn p8_closed_streams_do_not_end_up_in_files() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    for streams in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        for words in ["list -vv", "whoami", "company use 1", "list --nonsense"] {
            gateway.end_tokens();
            let mut child = redirected(&env, words, streams).spawn().unwrap();
            wait(&mut child);
        }
        env.sactl("list").ok();
        let config = std::fs::read_to_string(env.config().join("config.toml")).unwrap();
        assert!(config.contains(&gateway.url()) && !config.contains("error"), "{streams}: {config}");
    }
}

/// P8: Ctrl-C while a request is under way: 130, at once, nothing changed here.
#[test]
fn p8_an_interrupted_request_ends_with_130_and_changes_nothing() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    gateway.answer_sign_in(Answer::Silence);
    let before = env.files();
    let mut command = env.command();
    command.args(["login", "--server", &gateway.url(), "--username", USER, "--password-stdin", "-o", "json"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    until(|| gateway.sign_ins() == 2);
    send(&child, Signal::INT);
    let status = wait(&mut child);
    assert_eq!(status.code(), Some(130), "{status}");
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&document["error"]["code"], &document["error"]["exit_code"]),
        (&"interrupted".into(), &130.into())
    );
    assert_eq!(env.files(), before);
    env.sactl("list").ok();
}

/// P8: Ctrl-C, SIGTERM and SIGHUP while it waits for the rest of a password.
#[test]
fn p8_a_signal_while_reading_standard_input_ends_it_at_once() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let gateway = Gateway::start("a");
        let env = with_file_store();
        let mut command = env.command();
        command.args(["login", "--server", &gateway.url(), "--username", USER, "--password-stdin"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, b"Canary-").unwrap();
        until(|| reads_a_pipe(&child));
        send(&child, signal);
        let status = wait(&mut child);
        if signal == Signal::INT {
            assert_eq!(status.code(), Some(130), "{status}");
        } else {
            assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
        }
        assert!(files_with(&env, "Canary-").is_empty());
        assert_eq!(gateway.lines(), Vec::<String>::new());
        drop(stdin);
    }
}

/// Whether any thread of the process waits in a pipe: `read` has the number 0 on x86-64 and 63 elsewhere.
fn reads_a_pipe(child: &Child) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{}/task", child.id())) else { return false };
    threads.flatten().any(|thread| {
        let call = std::fs::read_to_string(thread.path().join("syscall")).unwrap_or_default();
        call.starts_with("0 0x0 ") || call.starts_with("63 0x0 ")
    })
}

/// P8: the reader of the output may close the pipe at any time: quiet, no panic, and 0 as for `head`.
#[test]
fn p8_a_closed_pipe_is_a_quiet_end() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    for line in [
        "list -o json",
        "list -o table",
        "list -o csv",
        "whoami",
        "",
        "--help",
        "help",
        "help exit-codes",
        "list --help",
        "--version",
        "company list",
        "doctor",
    ] {
        assert_quiet(&env, line);
    }
    let stub = Stub::start(|request| {
        Answer::json(200, answers::of_platform(&request.method, request.path()).to_string())
    });
    let env = answers::with_token(&stub.url());
    env.file("password", answers::NEW_PASSWORD);
    for line in answers::COMMANDS {
        assert_quiet(&env, &format!("{line} -q"));
    }
    assert_quiet(&env, "api GET /api/companies --paginate");
    assert_quiet(&env, "delete robot --dry-run -q");
}

/// Insists on silence and exit code 0 when the reader is gone.
fn assert_quiet(env: &Env, line: &str) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = env.command();
    command.args(line.split_whitespace()).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let status = wait(&mut child);
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(status.code(), Some(0), "{line}: {status} {text}");
    assert_eq!(text, "", "{line}");
}

/// P8: a disk that is full where the answer goes is no success.
#[test]
fn p8_an_answer_that_cannot_be_written_is_no_success() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "").ok();
    for line in ["list -o json", "whoami", "token", "doctor"] {
        let mut child = redirected(&env, line, ">/dev/full").spawn().unwrap();
        let status = wait(&mut child);
        assert_eq!(status.code(), Some(1), "{line}: {status}");
    }
}

/// P8: Ctrl-C around a password that goes into a file: while nothing was sent there is no file, and when the
/// request may have been carried out the whole password is in it, and that is said.
#[test]
fn p8_an_interrupted_command_leaves_a_whole_password_or_none() {
    for sent in [false, true] {
        let stub = Stub::start(move |request| match (request.method.as_str(), request.path()) {
            ("POST", "/public/auth/connect/token") if !sent => Answer::Silence,
            ("POST", path) if path.ends_with("/service-accounts") => Answer::Silence,
            (method, path) => Answer::json(200, answers::of_platform(method, path).to_string()),
        });
        let env = answers::with_password(&stub.url());
        let mut command = env.command();
        command.args(["create", "robot", "--role", "viewer", "--generate", "--password-out", "out"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let wanted = if sent { 2 } else { 1 };
        until(|| stub.connections() > 0 && asked(&stub) >= wanted);
        send(&child, Signal::INT);
        let status = wait(&mut child);
        assert_eq!(status.code(), Some(130), "{status}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let file = std::fs::read_to_string(env.work().join("out"));
        assert_eq!(said.contains("the password in out may already be the password of"), sent, "{said}");
        assert_eq!(file.ok().map(|text| text.len()), sent.then_some(25), "{said}");
    }
}

/// How many requests that change something, sign-ins included, have come.
fn asked(stub: &Stub) -> usize {
    stub.requests().iter().filter(|request| request.method == "POST").count()
}

/// P8: Ctrl-C while a change is sent: it may have been made, and the message names what shows it.
#[test]
fn p8_an_interrupted_change_says_how_to_look() {
    let stub = Stub::start(|request| match (request.method.as_str(), request.path()) {
        ("GET", path) => Answer::json(200, answers::of_platform("GET", path).to_string()),
        _ => Answer::Silence,
    });
    let env = answers::with_token(&stub.url());
    env.file("password", answers::NEW_PASSWORD);
    for (line, shown_by) in [
        ("grant robot --role viewer", "sactl show robot --company 1"),
        ("revoke robot --yes", "sactl show robot --company 1"),
        ("delete robot --yes", "sactl show robot --company 1"),
        ("edit robot --description new", "sactl show robot --company 1"),
        ("create robot --password-file password --role viewer", "sactl show robot --company 1"),
        ("passwd robot --password-file password --yes", "sactl show robot --company 1"),
        ("role create operators --permission devices:view", "sactl role show operators --company 1"),
        ("role edit operators --permission devices:view", "sactl role show operators --company 1"),
        ("role delete operators --yes", "sactl role show operators --company 1"),
    ] {
        let before = changes(&stub);
        let mut command = env.command();
        command.args(line.split_whitespace());
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        until(|| changes(&stub) > before);
        send(&child, Signal::INT);
        let status = wait(&mut child);
        assert_eq!(status.code(), Some(130), "{line}: {status}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains("may or may not have been made"), "{line}: {said}");
        assert!(said.contains(shown_by), "{line}: {said}");
    }
}

/// How many requests that are no reads have come.
fn changes(stub: &Stub) -> usize {
    stub.requests().iter().filter(|request| request.method != "GET").count()
}
