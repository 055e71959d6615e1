//! Servers that are no platform, or a hostile one: a clean error in bounded time, no panic, no secret handed
//! on, nothing that commands the terminal.

use std::time::Duration;

use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};

fn place(stub: &Stub) -> Env {
    let env = Env::new().with("SACTL_SERVER", stub.url()).with("SACTL_TOKEN", "sat_canary_0123456789");
    env.with("SACTL_COMPANY", "1").with("SACTL_TIMEOUT", "3")
}

/// P4: no redirect is followed; the place it leads to is named and never asked.
#[test]
fn a_redirect_is_named_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Stub::always(Answer::json(200, r#"{"success": true, "data": [], "next": null}"#));
        let there = format!("{}/elsewhere", elsewhere.url());
        let stub = Stub::always(Answer::redirect(status, &there));
        let env = place(&stub);
        let refusal = env.sactl("list -o json").error(1, "bad_response");
        assert!(refusal["message"].as_str().unwrap().contains(&there), "{status}: {refusal}");
        let login = ["login", "--username", "someone", "--password-stdin", "-o", "json"];
        let env = env.with("SACTL_TOKEN", "").with("SACTL_CREDENTIAL_STORE", "file");
        let outcome = env.run_with_input(login, "Canary-1234!\n");
        assert_ne!(outcome.code(), Some(0), "{outcome}");
        assert_eq!(elsewhere.connections(), 0, "{status}: a redirect was followed");
    }
}

#[test]
fn what_is_no_answer_of_the_platform_is_a_bad_response() {
    let page = Answer::html(200);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wrong_shape = r#"{"success": true, "data": {"no": "list"}}"#;
    for answer in [
        page,
        Answer::html(404),
        Answer::json(200, ""),
        Answer::json(200, "{"),
        Answer::json(200, "null"),
        Answer::json(200, wrong_shape),
        Answer::json(200, deep),
        Answer::json(200, r#"{"success": false, "message": "no"}"#),
        Answer::HangUp,
        Answer::Raw(b"not http at all\r\n\r\n".to_vec()),
    ] {
        let stub = Stub::always(answer.clone());
        let outcome = place(&stub).sactl("list -o json");
        let code = outcome.code().unwrap();
        assert!([1, 5, 8].contains(&code), "{answer:?}: {outcome}");
        assert_eq!(outcome.stdout, "", "{outcome}");
        assert!(!outcome.stderr.contains("canary"), "a token in an error: {outcome}");
        assert!(outcome.stderr.len() < 4_000, "an error is short: {outcome}");
        // P1: a token stands in its header and never in a URL, where logs would keep it.
        for request in stub.requests() {
            assert!(request.contains("canary") && !request.target.contains("canary"), "{request:?}");
        }
    }
}

/// P9: an endless body and a slow drip end in bounded time and memory.
#[test]
fn endless_and_slow_answers_end() {
    let bytes = vec![b' '; 1 << 16];
    let drip = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n".to_vec();
    for answer in [
        Answer::Endless("application/json", bytes.clone()),
        Answer::Endless("text/html", bytes),
        Answer::Drip(drip, Duration::from_millis(50)),
        Answer::Silence,
    ] {
        let stub = Stub::always(answer.clone());
        let outcome = place(&stub).sactl("list -o json");
        assert!([1, 8].contains(&outcome.code().unwrap()), "{answer:?}: {outcome}");
    }
}

/// P9: sixteen megabytes of zeros, small on the wire, are not unpacked without end.
#[test]
fn a_gzip_bomb_is_not_unpacked_without_end() {
    // A gzip member of stored blocks says nothing; this one is made by the real compressor of the machine.
    let zeros = vec![b' '; 64 << 20];
    let packed = gzip(&zeros);
    let headers =
        vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())];
    let stub = Stub::always(Answer::Whole(200, headers, packed));
    let outcome = place(&stub).sactl("list -o json");
    assert_eq!(outcome.code(), Some(1), "{outcome}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output.stdout
}

/// Every field of an account that is text, with something in it that a terminal would obey.
const EVIL: &str = r"\u001b]52;c;aGk=\u0007\u001b[31m\u009b2J\r\n\u007f\u202e";

fn evil_account(ownership: &str) -> String {
    let company = format!(r#"{{"id": 1, "name": "c{EVIL}"}}"#);
    format!(
        r#"{{"id": 1, "name": "n{EVIL}", "description": "d{EVIL}", "ownership": "{ownership}", "owner": {company},
            "access": {{"company": {company}, "role": "r{EVIL}", "permissions": ["p{EVIL}"]}},
            "company_count": 1, "created_at": "2026-01-01T00:00:00Z",
            "password_changed_at": "2026-01-01T00:00:00Z", "last_used_at": null}}"#
    )
}

/// P5: in no form that may reach a terminal is there a control character or a mark that reorders text.
/// [`Env::run`] searches every answer for control characters; here the marks come in addition.
#[test]
fn nothing_from_a_server_commands_the_terminal() {
    let list = format!(
        r#"{{"success": true, "data": [{}, {}], "next": null, "total": 2, "company": {{"id": 1, "name": "c{EVIL}"}}}}"#,
        evil_account("owned"),
        evil_account("external")
    );
    let stub = Stub::start(move |request| match request.path() {
        path if path.ends_with("/service-accounts") => Answer::json(200, list.clone()),
        _ => Answer::json(403, format!(r#"{{"success": false, "message": "m{EVIL}", "code": "not_owner"}}"#)),
    });
    let env = place(&stub);
    let document = env.sactl("list -o json").ok().json();
    assert_eq!(document["owned"].as_array().unwrap().len(), 1);
    assert_eq!(env.sactl("list -o jsonl").ok().json_lines().len(), 2);
    for form in ["table", "json", "jsonl", "csv", "yaml", "name"] {
        let outcome = env.sactl(&format!("list -o {form}"));
        outcome.ok();
        assert!(!outcome.stdout.contains('\u{202e}'), "{form}: {outcome:?}");
    }
    assert!(!env.sactl("list").ok().stdout.contains('\u{202e}'));
    for line in ["edit x --description y", "edit x --description y -o json", "edit x --description y -v"] {
        let outcome = env.sactl(line);
        assert_eq!(outcome.code(), Some(4), "{outcome}");
        assert!(!outcome.stderr.contains('\u{202e}'), "{outcome:?}");
    }
}
