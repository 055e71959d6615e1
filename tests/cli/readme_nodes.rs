//! The README leads from nothing to two nodes behind nginx: its commands are run unchanged but for the ports.

use std::net::TcpListener;
use std::process::Stdio;

use sactl::platform::DatabaseUrl;

use crate::common::database::Database;
use crate::common::env::{Env, program};
use crate::common::tools::{installed, tool};

const README: &str = include_str!("../../README.md");
const PORTS: [&str; 5] = ["8081", "8082", "8443", "9101", "9102"];
/// What the test removes before the first command, from a run that lost a port, and stops when a command fails.
const TIDY: &str = "set -euo pipefail
dropdb --if-exists --force sactl
dropdb --if-exists --force restored
trap 'kill $(cat nginx.pid 2> /dev/null) $(jobs -p) 2> /dev/null || true' EXIT
";

/// The blocks of this language in the section.
fn blocks(language: &str) -> Vec<&'static str> {
    let (_, section) = README.split_once("### Two nodes behind nginx\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let begin = format!("```{language}\n");
    section.split(begin.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// Other ports for those of the README.
fn on_free_ports(text: &str, ports: &[String]) -> String {
    PORTS.iter().zip(ports).fold(text.to_owned(), |text, (port, free)| text.replace(port, free))
}

/// So many ports that were free a moment ago.
fn free_ports(count: usize) -> Vec<String> {
    let sockets: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    sockets.iter().map(|socket| socket.local_addr().unwrap().port().to_string()).collect()
}

/// What a run of the commands has said.
struct Run {
    is_success: bool,
    said: String,
    told: String,
    /// The logs of nginx and of the two nodes.
    logs: [String; 3],
}

/// Runs the commands on an empty database.
fn run(database: &Database) -> Run {
    let DatabaseUrl::Postgres(url) = &database.url else { panic!("not PostgreSQL") };
    let env = Env::new();
    let ports = free_ports(PORTS.len());
    let [nginx] = blocks("nginx")[..] else { panic!("one nginx.conf") };
    env.file("nginx.conf", on_free_ports(nginx, &ports));
    let script = blocks("sh").concat();
    assert!(script.matches("\nsactl ").count() >= 7, "{script}");
    let mut command = tool("bash");
    command.args(["-c", &format!("{TIDY}{}", on_free_ports(&script, &ports))]);
    command.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work()).stdin(Stdio::null());
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin:/usr/sbin", program().parent().unwrap().display());
    command.env("PATH", path).env("SACTL_CREDENTIAL_STORE", "file");
    command.env("PGUSER", "sactl").env("PGHOST", url.split_once("?host=").unwrap().1);
    let output = command.output().unwrap();
    let log = |name: &str| std::fs::read_to_string(env.work().join(name)).unwrap_or_default();
    Run {
        is_success: output.status.success(),
        said: String::from_utf8_lossy(&output.stdout).into_owned(),
        told: String::from_utf8_lossy(&output.stderr).into_owned(),
        logs: ["nginx.log", "node-1.log", "node-2.log"].map(log),
    }
}

impl Run {
    /// Whether another program took a port between the choice and its use.
    fn lost_a_port(&self) -> bool {
        let lost = |text: &String| text.contains("Address already in use");
        !self.is_success && (lost(&self.told) || self.logs.iter().any(lost))
    }
}

#[test]
fn readme_leads_from_nothing_to_two_nodes_behind_nginx() {
    let needed = ["nginx", "openssl", "curl", "createdb", "dropdb", "pg_dump", "pg_restore"];
    if !installed(&needed, "SACTL_TEST_REQUIRE_NGINX") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut attempts = 0;
    let Run { is_success, said, told, logs } = loop {
        let Some(database) = runtime.block_on(Database::postgres()) else { return };
        let run = run(&database);
        attempts += 1;
        if attempts == 5 || !run.lost_a_port() {
            break run;
        }
    };
    assert!(is_success, "{said}\n{told}\n{}", logs.join("\n"));
    for line in ["backup-runner", "sactl_requests_total{method=\"GET\"", "up to date", "admin@acme.example"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    for node in &logs[1..] {
        assert!(node.contains("127.0.0.1") && node.contains("stopped"), "{node}");
    }
}
