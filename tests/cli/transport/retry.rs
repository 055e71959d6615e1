//! What is safe to repeat is repeated, with patience and within a budget; nothing else is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::answers::{self, NEW_PASSWORD, with_password, with_token};
use crate::common::env::Env;
use crate::common::http::Request;
use crate::common::lane::takes;
use crate::common::output::Outcome;
use crate::common::stub::{Answer, Stub};

/// A platform whose first `times` requests are answered with `first` instead.
fn failing(times: usize, first: Answer) -> Stub {
    let left = AtomicUsize::new(times);
    Stub::start(move |request| {
        let less = |left: usize| left.checked_sub(1);
        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return first.clone();
        }
        Answer::json(200, answers::of_platform(&request.method, request.path()).to_string())
    })
}

fn busy(status: u16, wait: Option<&str>) -> Answer {
    let mut headers = vec![("content-type", "application/problem+json".to_owned())];
    headers.extend(wait.map(|wait| ("retry-after", wait.to_owned())));
    let code = if status == 429 { "rate_limited" } else { "unavailable" };
    Answer::Whole(status, headers, answers::problem(status, code, "not now").to_string().into_bytes())
}

fn ready(env: Env) -> Env {
    env.file("password", NEW_PASSWORD);
    env
}

fn run(stub: &Stub, line: &str) -> (Outcome, Vec<Request>) {
    let outcome = ready(with_token(&stub.url())).sactl(line);
    (outcome, stub.requests())
}

/// Reads, and writes that may be repeated: the second attempt counts, and standard error says why it took
/// longer, once for each repetition.
#[test]
fn what_is_safe_is_repeated_and_said() {
    let cut = Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec());
    let faults = [busy(503, None), Answer::HangUp, cut, Answer::html(502), Answer::html(504)];
    for (row, fault) in faults.into_iter().enumerate() {
        for (column, line) in [
            "list",
            "edit robot --description x",
            "grant robot --role viewer",
            "revoke robot --yes",
            "delete robot --yes",
            "passwd robot --password-file password --yes",
            "create robot --password-file password",
        ]
        .into_iter()
        .enumerate()
        {
            if !takes(row + column, 4) {
                continue;
            }
            let usual = run(&failing(0, Answer::HangUp), line).1.len();
            let stub = failing(1, fault.clone());
            let (outcome, requests) = run(&stub, line);
            outcome.ok();
            assert_eq!(requests.len(), usual + 1, "{line} after {fault:?}\n{outcome}");
            let said = outcome.stderr.lines().filter(|line| line.contains("again in")).count();
            assert_eq!(said, 1, "{line} after {fault:?}\n{outcome}");
        }
    }
}

/// With a document as answer, the notes about repetitions are silent.
#[test]
fn documents_are_not_disturbed_by_repetitions() {
    let stub = failing(2, busy(503, None));
    let outcome = with_token(&stub.url()).sactl("list -o json");
    assert_eq!(outcome.ok().stderr, "");
    assert_eq!(stub.requests().len(), 3);
}

/// A create is repeated under the same key, so that the platform can tell that it is the same one.
#[test]
fn a_create_is_repeated_under_its_key() {
    let stub = failing(2, Answer::HangUp);
    let (outcome, requests) = run(&stub, "create robot --password-file password");
    outcome.ok();
    assert_eq!(requests.len(), 3);
    let key = requests[0].header("idempotency-key").unwrap();
    assert!(key.len() >= 16, "{key}");
    for request in &requests {
        assert_eq!(request.header("idempotency-key"), Some(key));
        assert_eq!(request.body, requests[0].body);
    }
    let stub = failing(0, Answer::HangUp);
    let (_, again) = run(&stub, "create robot --password-file password");
    assert_ne!(again[0].header("idempotency-key"), Some(key), "another call is another create");
}

/// A write that is not safe to repeat is sent once: its outcome is unknown, and that is what is said.
#[test]
fn what_is_not_safe_is_sent_once() {
    for (fault, code) in [
        (Answer::HangUp, "outcome_unknown"),
        (Answer::html(502), "outcome_unknown"),
        (busy(503, None), "unavailable"),
    ] {
        for line in
            ["api POST /api/things --data @body -o json", "api PATCH /api/things --data @body -o json"]
        {
            let stub = failing(1, fault.clone());
            let env = with_token(&stub.url());
            env.file("body", "{}");
            env.sactl(line).error(8, code);
            assert_eq!(stub.requests().len(), 1, "{line} after {fault:?}");
        }
    }
}

/// A server that says when to come back is believed.
#[test]
fn retry_after_is_waited_for() {
    for status in [429, 503] {
        let stub = failing(1, busy(status, Some("1")));
        let started = Instant::now();
        with_token(&stub.url()).sactl("list").ok();
        let elapsed = started.elapsed();
        assert!((1000..4000).contains(&elapsed.as_millis()), "{status}: {elapsed:?}");
        assert_eq!(stub.requests().len(), 2);
    }
}

/// A sign-in that the platform slows down is repeated as the platform asks.
#[test]
fn a_throttled_sign_in_waits() {
    let stub = failing(1, busy(429, Some("1")));
    let started = Instant::now();
    with_password(&stub.url()).sactl("list").ok();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(stub.requests().len(), 3);
}

/// A wait that does not fit into the time given is not begun, however the server writes it.
#[test]
fn the_budget_is_kept() {
    for wait in ["30", "4000000000", "99999999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT"] {
        for (status, code) in [(429, "rate_limited"), (503, "unavailable")] {
            let stub = failing(usize::MAX, busy(status, Some(wait)));
            let started = Instant::now();
            with_token(&stub.url()).sactl("list -o json --timeout 5").error(8, code);
            assert!(started.elapsed() < Duration::from_secs(2), "{status} {wait}: {:?}", started.elapsed());
            assert_eq!(stub.requests().len(), 1, "{status} {wait}");
        }
    }
}

/// Even without an answer from the server, the retries end.
#[test]
fn repetitions_end() {
    let stub = failing(usize::MAX, busy(503, None));
    let error = with_token(&stub.url()).sactl("list -o json").error(8, "unavailable");
    assert_eq!(error["status"], 503);
    assert!((2..=6).contains(&stub.requests().len()), "{} attempts", stub.requests().len());
}

/// A refusal is final: asking again would not help.
#[test]
fn refusals_are_not_repeated() {
    for (status, code, exit) in
        [(403, "not_owner", 4), (404, "not_found", 5), (409, "name_taken", 6), (500, "internal", 1)]
    {
        let refusal = answers::problem(status, code, "no").to_string();
        let stub = Stub::always(Answer::json(status, refusal));
        with_token(&stub.url()).sactl("edit robot --description x -o json").error(exit, code);
        let sent = stub.requests().iter().filter(|request| request.method == "PATCH").count();
        assert_eq!(sent, 1, "{status}");
    }
}

/// After a repetition of a DELETE whose outcome was unknown, 404 counts as done; a first 404 does not.
#[test]
fn a_delete_found_done_is_done() {
    let gone = || Answer::json(404, answers::problem(404, "not_found", "no such account").to_string());
    let count = AtomicUsize::new(0);
    let stub = Stub::start(move |request| match count.fetch_add(1, Ordering::SeqCst) {
        0 if request.method == "DELETE" => Answer::HangUp,
        _ => gone(),
    });
    with_token(&stub.url()).sactl("delete robot --yes -q").ok();
    let sent = stub.requests().iter().filter(|request| request.method == "DELETE").count();
    assert_eq!(sent, 2);
    let stub = Stub::start(move |_| gone());
    with_token(&stub.url()).sactl("delete robot --yes -o json").error(5, "not_found");
}

/// The 404 of the repetition may be about the company: an invented name stood in its place, with success.
#[test]
fn revoke_whose_company_is_not_shown_either_is_in_doubt() {
    let count = AtomicUsize::new(0);
    let stub = Stub::start(move |request| {
        if request.method == "DELETE" && count.fetch_add(1, Ordering::SeqCst) == 0 {
            return Answer::HangUp;
        }
        Answer::json(404, answers::problem(404, "not_found", "no such company").to_string())
    });
    let revoked = with_token(&stub.url()).sactl("revoke robot --yes -o json");
    let error = revoked.error(8, "outcome_unknown");
    assert!(error["message"].as_str().unwrap().contains("robot in company 1"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("sactl show robot"), "{error}");
}
