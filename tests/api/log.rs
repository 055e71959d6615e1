//! What the platform tells its own log, and only that.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustix::process::Signal;
use sea_orm::ConnectionTrait as _;

use super::process::{Running, command};
use crate::common::env::Env;

/// P12: a failure tells its cause to the log and the id that leads there to the outside.
#[test]
fn p12_the_request_id_leads_to_the_cause() {
    let env = Env::new();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:platform.db"];
    let mut running = Running::start(command(&env, &arguments));
    let address = running.line().trim_start_matches("Listening on http://").to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", env.work().join("platform.db").display());
        let db = sea_orm::Database::connect(url).await.unwrap();
        db.execute_unprepared("DROP TABLE token").await.unwrap();
        db.close().await.unwrap();
    });
    let mut stream = TcpStream::connect(address).unwrap();
    let head =
        "GET /api/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer sat_x\r\n";
    write!(stream, "{head}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    running.signal(Signal::TERM);
    let (_, _, told) = running.end();

    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(!body.contains("table") && !body.contains("sqlite"), "{body}");
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    let id = problem["request_id"].as_str().unwrap();
    let cause = told.lines().find(|line| line.contains("a request failed")).unwrap();
    assert!(cause.contains(id) && cause.contains("no such table: token"), "{told}");
    assert!(!told.contains("sat_x"), "{told}");
}
