//! Programs that some tests need and some machines lack.

use std::process::Command;

use super::env::{Env, program};

/// Whether all of `programs` are installed. Where one is not, the test says so and is skipped, unless the
/// variable `insisted` is set, which makes it a failure.
pub(crate) fn installed(programs: &[&str], insisted: &str) -> bool {
    let there = |program: &str| {
        std::env::split_paths("/usr/local/bin:/usr/bin:/bin:/usr/sbin")
            .any(|folder| folder.join(program).is_file())
    };
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !there(program)).collect();
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
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options).arg(program());
    command.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    command
}
