//! `-v` shows what is sent and what came back, and never a secret (P1).

use crate::common::answers::{self, NEW_PASSWORD, PASSWORD, TOKEN, with_password, with_token};
use crate::common::lane::takes;
use crate::common::stub::{Answer, Stub};

const REQUEST_ID: &str = "0198c0de-0000-7000-8000-000000000001";

fn platform() -> Stub {
    Stub::start(|request| {
        let headers =
            vec![("content-type", "application/json".to_owned()), ("x-request-id", REQUEST_ID.to_owned())];
        let body = answers::of_platform(&request.method, request.path()).to_string();
        Answer::Whole(200, headers, body.into_bytes())
    })
}

/// One line a request: method, path, status, time, request id.
#[test]
fn every_request_is_one_line() {
    let stub = platform();
    let outcome = with_token(&stub.url()).sactl("list -v");
    let line = outcome.ok().stderr.lines().find(|line| line.contains("GET")).unwrap();
    for part in ["/api/companies/1/service-accounts", "200", " ms", REQUEST_ID] {
        assert!(line.contains(part), "{part:?} is missing: {line}");
    }
}

/// A request without answer is a line too, and so is the repetition.
#[test]
fn what_got_no_answer_is_shown_too() {
    let stub = Stub::always(Answer::HangUp);
    let outcome = with_token(&stub.url()).sactl("list -v");
    let lines = outcome.expect(8).stderr.lines().filter(|line| line.contains("GET")).count();
    assert_eq!(lines, stub.requests().len(), "{outcome}");
}

/// P1: whatever is asked for in whatever detail, no token and no password is in it, nor in a crash report or
/// in the logs of the libraries below.
#[test]
fn p1_no_secret_is_shown_however_much_is_asked() {
    let stub = platform();
    for (row, detail) in ["-v", "-vvv"].into_iter().enumerate() {
        for (column, command) in answers::COMMANDS.into_iter().enumerate() {
            for (depth, env) in [with_token(&stub.url()), with_password(&stub.url())].into_iter().enumerate()
            {
                if !takes(row + column + depth, 2) {
                    continue;
                }
                env.file("password", NEW_PASSWORD);
                let env = env.with("RUST_LOG", "trace").with("RUST_BACKTRACE", "full");
                let outcome = env.sactl(&format!("{command} {detail}"));
                for secret in [TOKEN, PASSWORD, NEW_PASSWORD] {
                    let shown = outcome.stderr.contains(secret) || outcome.stdout.contains(secret);
                    assert!(!shown, "{command} {detail}\n{outcome}");
                }
            }
        }
    }
}

/// P1: nothing secret is ever part of a URL.
#[test]
fn p1_no_secret_is_in_a_url() {
    let stub = platform();
    for command in answers::COMMANDS {
        let env = with_password(&stub.url());
        env.file("password", NEW_PASSWORD);
        env.sactl(command);
    }
    let requests = stub.requests();
    assert!(requests.len() > answers::COMMANDS.len());
    for request in requests {
        for secret in [TOKEN, PASSWORD, NEW_PASSWORD, "Canary", "canary"] {
            assert!(!request.target.contains(secret), "{}", request.target);
        }
    }
}
