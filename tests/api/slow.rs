//! Requests that take their time.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use rustix::process::Signal;

use super::process::{Running, command};
use crate::common::env::Env;
use crate::common::platform::Server;

/// A platform with an empty database.
const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:platform.db"];

/// The answer to a request whose body arrives after `between`. `100 Continue` says that the token was looked at and the
/// body is waited for.
fn slowly(server: &Server, head: &str, token: &str, body: &str, between: impl FnOnce()) -> String {
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "{head}\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    let mut answer = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    between();
    stream.write_all(body.as_bytes()).unwrap();
    let mut rest = String::new();
    answer.read_to_string(&mut rest).unwrap();
    rest
}

/// P17: a body that arrives after its token was ended changes nothing, and is told nothing.
#[test]
fn p17_a_slow_body_does_not_outlive_its_token() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    let accounts = "/api/companies/1/service-accounts";
    let edit = format!("PATCH {accounts}/dormant-bot HTTP/1.1");
    // The same creation a second time is answered with the account that the first has made.
    let create = format!("POST {accounts} HTTP/1.1\r\nIdempotency-Key: once");
    let new = r#"{"name":"slow-bot","password":"Sandbox-1234!"}"#;
    let fleet = server.sign_in("fleet-automation");
    assert!(slowly(&server, &create, fleet.token(), new, || {}).contains("HTTP/1.1 201"));
    for (head, body) in [(edit, r#"{"description":"slipped through"}"#), (create, new)] {
        let fleet = server.sign_in("fleet-automation");
        let revoke = || drop(server.form(sactl::api::path::REVOCATION, &[("token", fleet.token())]));
        let rest = slowly(&server, &head, fleet.token(), body, revoke);
        assert!(rest.contains("HTTP/1.1 401") && rest.contains("unauthenticated"), "{rest}");
        assert!(rest.to_ascii_lowercase().contains("www-authenticate: bearer"), "{rest}");
    }
    let account = admin.get("/api/companies/1/service-accounts/dormant-bot").data(200);
    assert_ne!(account["description"], "slipped through");
}

/// Who is connected and has asked nothing, or only half a question, does not hold up the end.
#[test]
fn silent_connections_do_not_hold_up_the_end() {
    let env = Env::new();
    let mut running = Running::start(command(&env, &SERVE));
    let address = running.line().trim_start_matches("Listening on http://").to_owned();
    let silent = TcpStream::connect(&address).unwrap();
    let mut half = TcpStream::connect(&address).unwrap();
    half.write_all(b"GET /hea").unwrap();
    // Connections are accepted in their order: with this one answered, the others are there.
    let mut asking = TcpStream::connect(&address).unwrap();
    asking.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.signal(Signal::TERM);
    let (status, _, told) = running.end();
    assert_eq!(status.code(), Some(0), "{told}");
    assert!(!told.contains("still under way"), "{told}");
    drop((silent, half));
}

/// A signal ends it while it waits for another process to let the database go.
#[test]
fn a_start_that_waits_can_be_stopped() {
    let env = Env::new();
    let lock = std::fs::File::create(env.work().join("platform.db.lock")).unwrap();
    lock.lock().unwrap();
    let mut command = command(&env, &SERVE);
    command.stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    assert!(line.contains("opening"), "{line}");
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(lock);
}
