//! Processes that serve: the platform, and the plain work.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::database::Database;
use crate::load::{self, Line};
use crate::world::{self, PASSWORD, World};

/// A process that serves over HTTP; it ends when dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
    /// How long it took until it listened.
    pub(crate) start: Duration,
}

impl Serving {
    /// The platform over this database.
    pub(crate) fn platform(database: &Database) -> Self {
        let mut command = Command::new(program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", &database.url]);
        command.env_clear().env("HOME", database.folder.path()).env("SACTL_LOG", "off");
        Self::start(command, database.folder.path())
    }

    /// The plain work over this database.
    pub(crate) fn floor(database: &Database) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([crate::floor::FLAG, &database.url]);
        Self::start(command, database.folder.path())
    }

    fn start(mut command: Command, folder: &Path) -> Self {
        let started = Instant::now();
        command.current_dir(folder).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let start = started.elapsed();
        let address = line.trim().strip_prefix("Listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { child, address: address.parse().unwrap(), start }
    }

    /// The most memory that it ever had, in MiB.
    pub(crate) fn peak_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kib: u32 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        f64::from(kib) / 1024.0
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program under measurement: this build, or another one to compare with.
fn program() -> OsString {
    std::env::var_os("SACTL_BENCH_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_sactl").into())
}

/// A platform with data, and a runtime for its callers.
pub(crate) struct Place {
    pub(crate) serving: Serving,
    pub(crate) runtime: Runtime,
}

impl Place {
    pub(crate) fn new(database: &Database, world: World) -> Self {
        // One thread: a load generator that takes two cores would measure itself.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let serving = Serving::platform(database);
        runtime.block_on(world::fill(database, world));
        Self { serving, runtime }
    }

    /// A token of this user.
    pub(crate) fn sign_in(&self, user: &str) -> String {
        self.runtime.block_on(async {
            let mut line = Line::open(self.serving.address, None).await;
            let answer = line.ask(&load::sign_in(user, PASSWORD)).await.unwrap();
            let grant: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            grant["access_token"].as_str().unwrap_or_else(|| panic!("{grant}")).to_owned()
        })
    }
}
