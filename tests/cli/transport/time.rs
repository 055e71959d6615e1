//! Nothing waits for ever: connecting, the handshake, the answer and a list together with its repetitions.

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::common::answers::{NEW_PASSWORD, with_password, with_token};
use crate::common::env::Env;
use crate::common::output::Outcome;
use crate::common::stub::{Acceptor, Answer, Stub};

/// Runs one line and insists that it took about a second.
#[track_caller]
fn about_a_second(env: &Env, line: &str) -> Outcome {
    let started = Instant::now();
    let outcome = env.sactl(line);
    let elapsed = started.elapsed();
    assert!((900..4000).contains(&elapsed.as_millis()), "{line} took {elapsed:?}\n{outcome}");
    outcome
}

/// A server that accepts and never answers.
#[test]
fn a_silent_server_costs_the_time_that_was_given() {
    let silent = Stub::always(Answer::Silence);
    let env = with_token(&silent.url());
    let error = about_a_second(&env, "list -o json --timeout 1").error(8, "timeout");
    assert!(error["hint"].as_str().unwrap().contains("--timeout"), "{error}");
    let env = env.with("SACTL_TIMEOUT", "1");
    about_a_second(&env, "list -o json").error(8, "timeout");
}

/// The same at sign-in.
#[test]
fn a_silent_sign_in_costs_the_time_that_was_given() {
    let silent = Stub::always(Answer::Silence);
    about_a_second(&with_password(&silent.url()), "list -o json --timeout 1").error(8, "timeout");
}

/// A write that was sent and not answered is of unknown outcome, and its error names what shows the state.
#[test]
fn a_write_without_answer_is_of_unknown_outcome() {
    let silent = Stub::always(Answer::Silence);
    let env = with_token(&silent.url());
    env.file("password", NEW_PASSWORD);
    let error = about_a_second(&env, "create robot --password-file password -o json --timeout 1");
    let error = error.error(8, "outcome_unknown");
    assert!(error["hint"].as_str().unwrap().contains("sactl show robot"), "{error}");
}

/// A byte now and then does not buy more time.
#[test]
fn a_slow_drip_costs_the_time_that_was_given() {
    for head in ["HTTP/1.1 200 OK\r\nx-slow: ", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"] {
        let bytes = [head.as_bytes(), [b'a'; 4000].as_slice()].concat();
        let drip = Stub::always(Answer::Drip(bytes, Duration::from_millis(20)));
        let outcome = about_a_second(&with_token(&drip.url()), "list -o json --timeout 1");
        outcome.error(8, "timeout");
    }
}

/// A handshake that never ends.
#[test]
fn a_silent_handshake_costs_the_time_that_was_given() {
    let silent = Acceptor::start(|mut stream| drop(std::io::copy(&mut stream, &mut std::io::sink())));
    let url = silent.url().replace("http://", "https://");
    about_a_second(&with_token(&url), "list -o json --timeout 1").error(8, "timeout");
}

/// A machine that does not even accept: its queue is full, as behind a firewall that drops.
#[test]
fn a_connection_that_is_not_accepted_costs_the_time_that_was_given() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(100));
    let queued: Vec<TcpStream> = std::iter::from_fn(|| connect().ok()).collect();
    assert!(!queued.is_empty());
    let env = with_token(&format!("http://{address}"));
    about_a_second(&env, "list -o json --timeout 1").error(8, "timeout");
}

/// Nothing listens: said at once, not after the time that was given.
#[test]
fn a_closed_port_is_said_soon() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let started = Instant::now();
    let error = with_token(&format!("http://{address}")).sactl("list -o json").error(8, "unreachable");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(!error["hint"].as_str().unwrap_or_default().is_empty(), "{error}");
}

/// An invalid time is refused before anything is sent.
#[test]
fn impossible_times_are_refused() {
    let stub = Stub::always(Answer::HangUp);
    for time in ["0", "-1", "NaN", "inf", "1e300", "soon", ""] {
        let argument = format!("--timeout={time}");
        let outcome = with_token(&stub.url()).run(["list", "-o", "json", &argument]);
        outcome.error(2, "usage");
    }
    assert_eq!(stub.connections(), 0);
}
