//! The programs of PostgreSQL, and how to run them, for tests and measurements.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the newest PostgreSQL programs, where Debian puts them.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = folders.filter(|path| path.join("bin/initdb").exists()).max_by_key(version)?;
    Some(newest.join("bin"))
}

/// PostgreSQL refuses to run as root: root becomes the user `postgres`, to whom the folder is given.
pub(crate) fn unprivileged(folder: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("env");
    }
    let given = Command::new("chown").arg("postgres:").arg(folder).status().unwrap();
    assert!(given.success(), "cannot give the folder to the user postgres");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    command
}
