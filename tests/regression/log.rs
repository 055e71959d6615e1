//! The log of `serve`: lines of bounded length, which say who asked, and a reader that does not read.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::api::process::command;
use crate::common::env::Env;
use crate::common::platform::SANDBOX;

/// Requests whose lines fill a pipe and the queue behind it.
const FLOOD: usize = 1_600;

/// Sends a request, and waits for its whole answer.
fn ask(stream: &mut TcpStream, line: &str, body: &str) {
    let form = "Content-Type: application/x-www-form-urlencoded";
    let length = body.len();
    // In one piece: small ones wait for each other's acknowledgement.
    let request = format!("{line} HTTP/1.1\r\nHost: x\r\n{form}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        assert_ne!(reader.read_line(&mut line).expect("an answer within the time"), 0, "the server hung up");
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
}

/// S9: no program could read the log without guessing where a field ends.
#[test]
fn log_for_programs_is_json() {
    let env = Env::new();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:platform.db"];
    let mut child = command(&env, &arguments).env("SACTL_LOG_FORMAT", "json").spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.trim_end().rsplit('/').next().unwrap().to_owned();
    ask(&mut TcpStream::connect(address).unwrap(), "GET /healthz", "");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["message"] == "answered").expect("a line of the request");
    assert_eq!((answered["path"].as_str(), answered["status"].as_u64()), (Some("/healthz"), Some(200)));
    assert_eq!(answered["address"], "127.0.0.1");
}

/// S9: 30 kB of log for each request of any client, no address in it, and a standard error that was not read stopped
/// the server after 64 kB.
#[test]
fn log_that_is_not_read_stops_no_request_and_its_lines_are_short() {
    let env = Env::new();
    std::fs::write(env.work().join("seed.toml"), SANDBOX).unwrap();
    let arguments =
        ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:platform.db", "--seed", "seed.toml"];
    let mut child = command(&env, &arguments).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.trim_end().rsplit('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();

    let long = "x".repeat(3_000);
    let refused = format!("grant_type=password&client_id=python&password=p&username=stranger{long}");
    ask(&mut stream, "POST /public/auth/connect/token", &refused);
    for _ in 0..FLOOD {
        ask(&mut stream, &format!("GET /{long}"), "");
    }

    let (lines, read) = mpsc::channel();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let reader = std::thread::spawn(move || {
        for line in stderr.lines() {
            let _ = lines.send(line.unwrap());
        }
    });
    let mut told = Vec::new();
    // Lines are written again once there is room.
    while !told.iter().any(|line: &String| line.contains("path=\"/marker\"")) {
        ask(&mut stream, "GET /marker", "");
        told.extend(read.try_iter());
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    reader.join().unwrap();
    told.extend(read.try_iter());

    let longest = told.iter().map(String::len).max().unwrap();
    assert!(longest < 700, "{longest}");
    let answered: Vec<_> = told.iter().filter(|line| line.contains("answered")).collect();
    assert!(answered.iter().all(|line| line.contains("address=127.0.0.1")), "{answered:?}");
    assert!(answered.len() < FLOOD, "all lines were kept");
    let refused = told.iter().find(|line| line.contains("refused a sign-in")).expect("a line of the refusal");
    assert!(refused.contains("name=\"strangerxxx") && refused.contains("127.0.0.1"), "{refused}");
    assert!(told.iter().any(|line| line.contains("log lines were dropped")), "{:?}", told.last());
}
