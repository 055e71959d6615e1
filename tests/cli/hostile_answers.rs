//! P9: whatever a server answers, by accident or on purpose: one clear message, a documented code, no panic,
//! no success.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::answers::{self, NEW_PASSWORD, PASSWORD, TOKEN, with_password, with_token};
use crate::common::lane::{lane, takes};
use crate::common::output::Outcome;
use crate::common::stub::{Answer, Stub};

/// Every command that sends something, against a server that answers everything alike.
fn every_command(answer: &Answer, check: impl Fn(&str, &Outcome)) {
    commands(&answers::COMMANDS, answer, check);
}

/// One command of each kind: a list, an object, a write of each method, and what the server says as it is.
const KINDS: [&str; 6] = [
    "list",
    "show robot",
    "edit robot --description new",
    "delete robot --yes",
    "whoami",
    "api GET /api/users/me",
];

/// A command of each kind against the answer with this number; some of them in the fast lane.
fn some_commands(number: usize, answer: &Answer, check: impl Fn(&str, &Outcome)) {
    let kinds = KINDS.into_iter().enumerate().filter(|(place, _)| takes(number + place, 3));
    commands(&kinds.map(|(_, kind)| kind).collect::<Vec<_>>(), answer, check);
}

fn commands(commands: &[&str], answer: &Answer, check: impl Fn(&str, &Outcome)) {
    let stub = Stub::always(answer.clone());
    for command in commands {
        let env = with_token(&stub.url()).with("SACTL_TIMEOUT", "10");
        env.file("password", NEW_PASSWORD);
        let outcome = env.sactl(&format!("{command} -o json"));
        for secret in [TOKEN, PASSWORD, NEW_PASSWORD] {
            assert!(!outcome.stderr.contains(secret), "{command}: {answer:?}\n{outcome}");
        }
        check(command, &outcome);
    }
}

fn assert_code(command: &str, outcome: &Outcome, allowed: &[&str]) {
    let error = document(command, outcome);
    let code = error["code"].as_str().unwrap();
    assert!(allowed.contains(&code), "{command}: {code} is none of {allowed:?}\n{outcome}");
}

/// The error document: exactly one, and short enough to read.
fn document(command: &str, outcome: &Outcome) -> Value {
    assert_ne!(outcome.code(), Some(0), "{command} took it for success\n{outcome}");
    let document: Value = serde_json::from_str(&outcome.stderr)
        .unwrap_or_else(|error| panic!("{command}: stderr is not one document ({error})\n{outcome}"));
    assert!(outcome.stderr.len() < 16_000, "{command}: {} bytes", outcome.stderr.len());
    document["error"].clone()
}

/// `api` hands on whatever a server says with success; everything else wants the contract.
fn is_raw(command: &str) -> bool {
    command.starts_with("api ")
}

/// A web server that is no platform, an empty answer, text, pictures: the type of the answer is named.
#[test]
fn wrong_content_types_are_bad_responses() {
    let whole =
        |kind: &str, body: &[u8]| Answer::Whole(200, vec![("content-type", kind.to_owned())], body.to_vec());
    for (number, (answer, said)) in [
        (Answer::html(200), "text/html"),
        (whole("text/plain", br#"{"success": true, "data": []}"#), "text/plain"),
        (whole("image/png", b"\x89PNG\r\n\x1a\n\0\0"), "image/png"),
        (whole("application/jsonx", b"{}"), "application/jsonx"),
        (Answer::Whole(200, Vec::new(), b"{}".to_vec()), "without a type"),
    ]
    .into_iter()
    .enumerate()
    {
        some_commands(number, &answer, |command, outcome| {
            if is_raw(command) {
                return;
            }
            assert_code(command, outcome, &["bad_response"]);
            let error = document(command, outcome);
            assert!(error["message"].as_str().unwrap().contains(said), "{command}: {error}");
            assert_eq!(error["status"], 200);
            assert!(error["hint"].as_str().unwrap().contains("--server"), "{command}: {error}");
        });
    }
}

/// JSON that is invalid, truncated, of another shape, or nested without end.
#[test]
fn wrong_documents_are_bad_responses() {
    let deep = "[".repeat(200_000);
    let deep_in_place = format!(r#"{{"success": true, "data": {}"#, r#"{"a":"#.repeat(100_000));
    for (number, body) in [
        "",
        "{",
        "null",
        "[]",
        "0",
        "\"success\"",
        "{}",
        r#"{"success": true}"#,
        r#"{"success": true, "data": null}"#,
        r#"{"success": true, "data": 7}"#,
        r#"{"success": "yes", "data": []}"#,
        r#"{"success": true, "data": [[]]}"#,
        r#"{"success": true, "data": [{}], "data": [{}]}"#,
        "{\"success\": true, \"data\": \"\u{0}\"}",
        "\u{feff}{\"success\": true, \"data\": []}",
        &deep,
        &deep_in_place,
    ]
    .into_iter()
    .enumerate()
    {
        some_commands(number, &Answer::json(200, body), |command, outcome| {
            if !is_raw(command) {
                assert_code(command, outcome, &["bad_response"]);
            }
        });
    }
}

/// Bytes that are no text, where text belongs.
#[test]
fn broken_utf8_is_a_bad_response() {
    let kind = vec![("content-type", "application/json".to_owned())];
    let body = b"{\"success\": true, \"data\": \"\xff\xfe\xc3\x28\xed\xa0\x80\"}".to_vec();
    for (number, status) in [200, 403, 500].into_iter().enumerate() {
        some_commands(number, &Answer::Whole(status, kind.clone(), body.clone()), |command, outcome| {
            if !is_raw(command) {
                document(command, outcome);
            }
        });
    }
}

/// One field of an account with a value of another type, out of range, or missing.
#[test]
fn wrong_fields_are_bad_responses() {
    let values =
        [json!({}), json!([]), json!(true), json!(1.5), json!(-1), json!(u64::MAX), json!("x"), Value::Null];
    let good = answers::account("robot");
    let mut refused = 0;
    for (row, field) in good.as_object().unwrap().keys().enumerate() {
        let mut documents: Vec<Value> = values
            .iter()
            .map(|value| {
                let mut account = good.clone();
                account[field] = value.clone();
                account
            })
            .collect();
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(field);
        documents.push(without);
        let some = documents.into_iter().enumerate().filter(|(place, _)| takes(row + place, 3));
        for (_, account) in some {
            let stub = Stub::always(Answer::json(200, answers::page(&[account]).to_string()));
            let outcome = with_token(&stub.url()).sactl("list -o json");
            if outcome.code() != Some(0) {
                assert_code("list", &outcome, &["bad_response"]);
                refused += 1;
            }
        }
    }
    assert!(refused > lane(12, 40), "{refused}");
}

/// What is no HTTP, or breaks its rules. A request that got such an answer may have been carried out.
#[test]
fn broken_http_is_an_error() {
    let json = "content-type: application/json\r\n";
    let long_header = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "a".repeat(2 << 20));
    let many_headers = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-a: b\r\n".repeat(10_000));
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50_000);
    let cases = [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example ESMTP\r\n",
        "\u{0}\u{1}\u{2}\u{3}",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 999999 Big\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\ncontent-type: application/json\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        &format!("HTTP/1.1 200 OK\r\n{json}content-encoding: gzip\r\n\r\nthis is not gzip"),
        &format!("HTTP/1.1 204 No Content\r\n{json}\r\n"),
        &format!("HTTP/1.1 205 Reset Content\r\n{json}\r\n"),
        &format!("HTTP/1.1 206 Partial Content\r\n{json}\r\n{{\"success\""),
        "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n",
        &long_header,
        &many_headers,
        &hints,
    ];
    // Most of the time goes into waiting before the next attempt: all cases wait together.
    std::thread::scope(|scope| {
        for raw in cases {
            scope.spawn(move || assert_broken_http(raw));
        }
    });
}

fn assert_broken_http(raw: &str) {
    let stub = Stub::always(Answer::Raw(raw.as_bytes().to_vec()));
    let env = with_token(&stub.url()).with("SACTL_TIMEOUT", "3");
    let shown: String = raw.chars().take(60).collect();
    let started = Instant::now();
    for (line, allowed) in [
        ("list -o json", ["bad_response", "unreachable", "unauthenticated", "timeout"].as_slice()),
        (
            "edit robot --description x -o json",
            ["bad_response", "outcome_unknown", "unauthenticated"].as_slice(),
        ),
    ] {
        assert_code(&format!("{line} after {shown:?}"), &env.sactl(line), allowed);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{shown:?}: {:?}", started.elapsed());
}

/// A refusal without the words of the contract keeps the meaning of its status.
#[test]
fn bare_refusals_keep_their_meaning() {
    for (row, (status, exit, code)) in [
        (400, 2, "malformed"),
        (401, 3, "unauthenticated"),
        (403, 4, "missing_permission"),
        (404, 5, "not_found"),
        (422, 7, "invalid_input"),
        (500, 1, "internal"),
    ]
    .into_iter()
    .enumerate()
    {
        for (column, body) in [
            "",
            "<html>",
            "{}",
            "[]",
            "null",
            r#"{"success": false, "message": 7}"#,
            r#"{"success": false, "message": null, "code": "from_the_future", "errors": null}"#,
            r#"{"success": false, "errors": [{"field": 1}]}"#,
            r#"{"error": {"nested": true}}"#,
            &"[".repeat(70_000),
        ]
        .into_iter()
        .enumerate()
        {
            let kinds = ["application/problem+json", "text/html", ""].into_iter().enumerate();
            for (_, kind) in kinds.filter(|(place, _)| takes(row + column + place, 6)) {
                let headers = vec![("content-type", kind.to_owned())];
                let stub = Stub::always(Answer::Whole(status, headers, body.as_bytes().to_vec()));
                let outcome = with_token(&stub.url()).sactl("edit robot --description x -o json");
                let error = outcome.error(exit, code);
                assert_eq!(error["status"], status, "{body:.40}");
            }
        }
    }
}

/// A message of ten megabytes is cut to a readable length.
#[test]
fn long_refusals_are_short_errors() {
    let long = "x".repeat(10 << 20);
    let problem = answers::problem(403, "not_owner", &long).to_string();
    some_commands(0, &Answer::json(403, problem), |command, outcome| {
        document(command, outcome);
    });
    let medium = answers::problem(403, "not_owner", &"x".repeat(9_000)).to_string();
    every_command(&Answer::json(403, medium), |command, outcome| {
        assert_code(command, outcome, &["not_owner"]);
    });
}

/// A sign-in that is answered with anything but a token leaves no user signed in.
#[test]
fn wrong_grants_sign_nobody_in() {
    for grant in [
        json!({}),
        json!({"access_token": ""}),
        json!({"access_token": "", "expires_in": 7200, "token_type": "Bearer"}),
        json!({"access_token": "two words", "expires_in": 7200, "token_type": "Bearer"}),
        json!({"access_token": "line\r\nx-injected: 1", "expires_in": 7200, "token_type": "Bearer"}),
        json!({"access_token": "\u{1b}[31m", "expires_in": 7200, "token_type": "Bearer"}),
        json!({"access_token": "abc", "expires_in": -1, "token_type": "Bearer"}),
        json!({"access_token": "abc", "expires_in": "soon", "token_type": "Bearer"}),
        json!({"access_token": "abc", "expires_in": 7200, "token_type": "mac"}),
        json!({"access_token": ["abc"], "expires_in": 7200, "token_type": "Bearer"}),
        json!({"success": true, "data": {"access_token": "abc"}}),
    ] {
        let stub = Stub::always(Answer::json(200, grant.to_string()));
        let outcome = with_password(&stub.url()).sactl("list -o json");
        assert_code(&grant.to_string(), &outcome, &["bad_response", "not_signed_in"]);
        assert_eq!(stub.requests().len(), 1, "{grant}");
        assert!(stub.requests().iter().all(|request| request.header("x-injected").is_none()));
    }
    let far = json!({"access_token": "abc", "expires_in": u64::MAX, "token_type": "bearer"}).to_string();
    let stub = Stub::start(move |request| match request.path() {
        "/public/auth/connect/token" => Answer::json(200, far.clone()),
        path => Answer::json(200, answers::of_platform(&request.method, path).to_string()),
    });
    with_password(&stub.url()).sactl("whoami -o json").ok();
}

/// A list that gives the same page for ever, or goes round in a circle, ends.
#[test]
fn lists_that_go_in_circles_end() {
    for cursors in [vec!["a"], vec!["a", "b"], vec!["a", "b", "c", "d", "e"]] {
        let circle = cursors.clone();
        let stub = Stub::start(move |request| {
            let place = circle.iter().position(|cursor| request.target.contains(&format!("cursor={cursor}")));
            let next = circle[place.map_or(0, |place| (place + 1) % circle.len())];
            Answer::json(200, answers::page_before(&[answers::account("robot")], Some(next)).to_string())
        });
        let started = Instant::now();
        let outcome = with_token(&stub.url()).with("SACTL_TIMEOUT", "5").sactl("list -o json");
        assert_code("list", &outcome, &["bad_response"]);
        assert!(started.elapsed() < Duration::from_secs(20), "{cursors:?}: {:?}", started.elapsed());
        assert!(stub.requests().len() < 1000, "{cursors:?}: {} requests", stub.requests().len());
    }
}
