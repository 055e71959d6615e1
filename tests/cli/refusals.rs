//! What a refusal of a server becomes: the exit code of its row, the document, and nothing lost on the way.

use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use sactl::api::Code;

use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};
use crate::common::tools::tool;

fn place(stub: &Stub) -> Env {
    let env = Env::new().with("SACTL_SERVER", stub.url()).with("SACTL_TOKEN", "sat_0123456789");
    env.with("SACTL_COMPANY", "1").with("SACTL_TIMEOUT", "5")
}

/// The published table: which error codes belong to which exit code. Written here once more on purpose, so that
/// a change of the program is seen.
const EXITS: &[(i32, &[Code])] = &[
    (1, &[Code::Internal]),
    (2, &[Code::Malformed, Code::MethodNotAllowed]),
    (3, &[Code::Unauthenticated]),
    (4, &[Code::MissingPermission, Code::NotOwner, Code::Escalation, Code::SelfModification]),
    (5, &[Code::NotFound]),
    (6, &[Code::NameTaken, Code::RoleInUse]),
    (7, &[Code::InvalidInput]),
    (8, &[Code::RateLimited, Code::Unavailable]),
];

/// Every command that talks to the server about the active company.
const COMMANDS: [&str; 15] = [
    "whoami",
    "list",
    "show x-bot",
    "create x-bot --generate",
    "edit x-bot --description x",
    "passwd x-bot --generate --yes",
    "delete x-bot --yes",
    "grant x-bot --role viewer",
    "revoke x-bot --yes",
    "role list",
    "role show mine",
    "role create mine --permission devices:view",
    "role delete mine --yes",
    "company list",
    "api GET /api/users/me",
];

#[test]
fn every_refusal_has_the_exit_code_of_its_row() {
    // Most of the time goes into waiting before the next attempt: all cases wait together.
    std::thread::scope(|scope| {
        for (exit, codes) in EXITS {
            for code in *codes {
                scope.spawn(move || assert_exit(*exit, *code));
            }
        }
    });
}

fn assert_exit(exit: i32, code: Code) {
    let status = code.status().unwrap();
    let stub = Stub::always(Answer::json(
        status,
        format!(
            r#"{{"type": "about:blank", "title": "T", "status": {status}, "detail": "it is so",
                "code": "{code}", "success": false, "message": "it is so", "request_id": "r-1",
                "errors": [{{"field": "f", "code": "c", "message": "m"}}]}}"#
        ),
    ));
    let refusal = place(&stub).sactl("edit x-bot --description x -o json").error(exit, code.as_str());
    assert_eq!((&refusal["status"], &refusal["request_id"]), (&status.into(), &"r-1".into()));
    assert_eq!(refusal["errors"][0]["code"], "c", "{refusal}");
    assert!(refusal["message"].as_str().unwrap().contains("it is so"), "{refusal}");
}

/// A platform that says no more than this is understood by its status.
#[test]
fn a_bare_refusal_is_understood_by_its_status() {
    let statuses = [(400, 7), (401, 3), (403, 4), (404, 5), (409, 6), (422, 7), (429, 8), (500, 1), (503, 8)];
    std::thread::scope(|scope| {
        for (status, exit) in statuses {
            scope.spawn(move || {
                let body = r#"{"success": false, "message": "not today"}"#;
                let stub = Stub::always(Answer::json(status, body));
                place(&stub).sactl("edit x-bot --description x").refused(exit, "not today");
            });
        }
    });
}

/// Every command fails in the same way: nothing on stdout, one document on stderr.
#[test]
fn every_command_fails_with_one_document() {
    let refusal = r#"{"success": false, "code": "unauthenticated", "message": "ended"}"#;
    let stub = Stub::always(Answer::json(401, refusal));
    let env = place(&stub);
    for line in COMMANDS {
        env.sactl(&format!("{line} -o json")).error(3, "unauthenticated");
        env.sactl(&format!("{line} -o yaml")).expect(3);
    }
}

/// P8: Ctrl-C ends a command that waits for the server: exit 130, at once.
#[test]
fn an_interrupt_ends_a_waiting_command() {
    let (arrived, arrival) = mpsc::channel();
    let stub = Stub::start(move |_| {
        arrived.send(()).unwrap();
        Answer::Silence
    });
    let env = place(&stub).with("SACTL_TIMEOUT", "60");
    let mut command = env.command();
    command.args(["list", "-o", "json"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    arrival.recv_timeout(Duration::from_mins(1)).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(document["error"]["code"], "interrupted");
}

/// An answer that cannot be written is a failure, whatever the server said.
#[test]
fn a_full_disk_is_no_success() {
    let list =
        r#"{"success": true, "data": [], "next": null, "total": 0, "company": {"id": 1, "name": "A"}}"#;
    let stub = Stub::always(Answer::json(200, list));
    let env = place(&stub);
    env.sactl("list -o json").ok();
    for line in ["list -o json", "list -o table", "permission list -o json"] {
        let mut command = env.command();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        command.args(line.split(' ')).stdin(Stdio::null()).stdout(full).stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {output:?}");
        assert!(!output.stderr.is_empty(), "{line}");
    }
}

/// P8: closed descriptors are no reason to panic or to hang.
#[test]
fn closed_descriptors_do_no_harm() {
    let list =
        r#"{"success": true, "data": [], "next": null, "total": 0, "company": {"id": 1, "name": "A"}}"#;
    let stub = Stub::always(Answer::json(200, list));
    let env = place(&stub);
    let program = crate::common::env::program().display();
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let mut command = tool("sh");
        command.args(["-c", &format!("{program} list -o json {closed}")]);
        command.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
        let output = command.output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{closed}: {output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{closed}: {output:?}");
    }
}
