//! Programs that some tests need and some machines lack.

use std::path::PathBuf;
use std::process::Command;

use super::env::{Env, program};

/// Where programs are.
const SEARCHED: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Where `name` is installed.
fn found(name: &str) -> Option<PathBuf> {
    std::env::split_paths(SEARCHED).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A program of the machine, by its path: one that is started by name, with a search path of its own, is started by a
/// copy of this whole process, which is large.
pub(crate) fn tool(name: &str) -> Command {
    Command::new(found(name).unwrap_or_else(|| name.into()))
}

/// Whether all of `programs` are installed. Where one is not, the test says so and is skipped, unless the
/// variable `insisted` is set, which makes it a failure.
pub(crate) fn installed(programs: &[&str], insisted: &str) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| found(program).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    assert!(
        std::env::var_os(insisted).is_none(),
        "{insisted} is set, and these are not installed: {missing}"
    );
    skipped(&format!("not installed: {missing}"));
    false
}

/// Says why a test does nothing here.
#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
pub(crate) fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// Whether strace is installed.
pub(crate) fn strace_is_installed() -> bool {
    installed(&["strace"], "SACTL_TEST_REQUIRE_STRACE")
}

/// The program below strace: `options` say what is watched or made to fail.
pub(crate) fn straced(env: &Env, options: &[&str]) -> Command {
    let mut command = tool("strace");
    command.args(["-f", "-qq"]).args(options).arg(program());
    command.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    command
}
