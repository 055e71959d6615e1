//! The program as a process of its own, on a disk that can fail, and plain requests to it.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use super::faults::Fault;
use crate::common::env::Env;
use crate::common::process;

/// Longer than any request takes.
const PATIENCE: Duration = Duration::from_secs(40);

/// A running `sactl serve`.
pub(super) struct Served {
    child: Child,
    address: String,
    _env: Env,
}

impl Served {
    pub(super) fn start(fault: &Fault, seed: &str) -> Self {
        Self::on(&format!("sqlite:{}", fault.database().display()), fault.variables(), seed)
    }

    /// On a database, with variables of its own.
    pub(super) fn on(
        database: &str,
        variables: impl IntoIterator<Item = (&'static str, PathBuf)>,
        seed: &str,
    ) -> Self {
        let env = Env::new().with("SACTL_LOG", "off");
        let seed = env.file("seed.toml", seed);
        let mut command = env.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--seed", &seed]);
        command.envs(variables).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim_end().strip_prefix("Listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { child, address: address.to_owned(), _env: env }
    }

    /// Ends it without a chance to tidy up.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) fn signal(&self, signal: Signal) {
        process::send(&self.child, signal);
    }

    /// Waits for its end, which must come soon.
    pub(super) fn end(mut self) -> ExitStatus {
        process::wait(&mut self.child)
    }

    pub(super) fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        self.send("GET", path, token, "application/json", "")
    }

    /// A request with a JSON body; `Null` is none.
    pub(super) fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, Some(token), "application/json", &body)
    }

    pub(super) fn form(&self, path: &str, body: &str) -> (u16, Value) {
        self.send("POST", path, None, "application/x-www-form-urlencoded", body)
    }

    /// The answer to a name and a password.
    pub(super) fn try_sign_in(&self, name: &str, password: &str) -> (u16, Value) {
        let body = format!("grant_type=password&client_id=python&username={name}&password={password}");
        self.form(sactl::api::path::TOKEN, &body)
    }

    #[track_caller]
    pub(super) fn sign_in(&self, name: &str, password: &str) -> String {
        let (status, answer) = self.try_sign_in(name, password);
        assert_eq!(status, 200, "{name}: {answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    fn send(&self, method: &str, path: &str, token: Option<&str>, kind: &str, body: &str) -> (u16, Value) {
        let answer = self.exchange(method, path, token, kind, body).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
    }

    /// A request that may have no answer, or half of one: then the outcome is unknown.
    pub(super) fn try_call(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Option<(u16, Value)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        whole(&self.exchange(method, path, Some(token), "application/json", &body).ok()?)
    }

    /// The same with a form, whose answer may have no body.
    pub(super) fn try_form(&self, path: &str, body: &str) -> Option<(u16, Value)> {
        whole(&self.exchange("POST", path, None, "application/x-www-form-urlencoded", body).ok()?)
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        kind: &str,
        body: &str,
    ) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let (host, length) = (&self.address, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{token}Content-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

/// An answer of which every byte has arrived.
fn whole(answer: &str) -> Option<(u16, Value)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let is_whole = length.parse() == Ok(body.len());
    is_whole.then(|| (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default()))
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
