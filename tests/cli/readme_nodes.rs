//! The README leads from nothing to two nodes behind nginx: its commands are run unchanged but for the ports.

use std::net::TcpListener;
use std::process::Stdio;

use sactl::platform::DatabaseUrl;

use crate::common::database::Database;
use crate::common::env::{Env, program};
use crate::common::tools::{installed, tool};

const README: &str = include_str!("../../README.md");
const PORTS: [&str; 5] = ["8081", "8082", "8443", "9101", "9102"];
/// What the test stops when a command fails.
const TIDY: &str = "set -euo pipefail
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

#[test]
fn readme_leads_from_nothing_to_two_nodes_behind_nginx() {
    let needed = ["nginx", "openssl", "curl", "createdb", "pg_dump", "pg_restore"];
    if !installed(&needed, "SACTL_TEST_REQUIRE_NGINX") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(database) = runtime.block_on(Database::postgres()) else { return };
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
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let log = |name: &str| std::fs::read_to_string(env.work().join(name)).unwrap_or_default();
    let logs = format!("{}\n{}\n{}", log("nginx.log"), log("node-1.log"), log("node-2.log"));
    assert!(output.status.success(), "{said}\n{told}\n{logs}");
    for line in ["backup-runner", "sactl_requests_total{method=\"GET\"", "up to date", "admin@acme.example"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    for node in ["node-1.log", "node-2.log"] {
        assert!(log(node).contains("127.0.0.1") && log(node).contains("stopped"), "{node}: {}", log(node));
    }
}
