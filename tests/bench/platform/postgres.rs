//! A PostgreSQL server that is started for a case and ends with it, however this process ends.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::programs::{programs, unprivileged};

/// A server with its data and its socket in a temporary folder.
pub(crate) struct Cluster {
    pub(crate) url: String,
    keeper: Child,
}

/// Starts a server, says so, and stops it when its standard input ends.
const KEEPER: &str = r#"
trap : INT TERM HUP
bin=$1 folder=$2
"$bin/initdb" -D "$folder/data" -U sactl -A trust -E UTF8 --no-instructions --locale=C.UTF-8 >"$folder/log" 2>&1 &&
"$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" -o "-k '$folder' -c listen_addresses=''" \
    start >/dev/null 2>&1 &&
echo ready || cat "$folder/log"
cat >/dev/null
"$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1
rm -rf "$folder"
"#;

impl Cluster {
    /// Starts the newest PostgreSQL with the settings that it comes with.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("sactl-bench-pg-").tempdir().unwrap().keep();
        let mut command = unprivileged(&folder);
        command
            .args(["sh", "-c", KEEPER, "keeper"])
            .arg(programs().expect("PostgreSQL is not installed"))
            .arg(&folder);
        let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(keeper.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        assert_eq!(first.trim(), "ready", "PostgreSQL did not start");
        Self { url: format!("postgres://sactl@localhost/postgres?host={}", folder.display()), keeper }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
