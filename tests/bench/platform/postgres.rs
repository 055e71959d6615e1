//! A PostgreSQL server that is started for a case and ends with it, however this process ends.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
        command.args(["sh", "-c", KEEPER, "keeper"]).arg(programs()).arg(&folder);
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

/// The folder of the newest PostgreSQL programs, where Debian puts them.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is not installed");
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.filter_map(|entry| Some(entry.ok()?.path())).max_by_key(version);
    newest.expect("PostgreSQL is not installed").join("bin")
}

/// PostgreSQL refuses to run as root: root becomes the user `postgres`, to whom the folder is given.
fn unprivileged(folder: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("env");
    }
    assert!(Command::new("chown").arg("postgres:").arg(folder).status().unwrap().success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    command
}
