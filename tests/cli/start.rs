//! Starting: what costs nothing must not touch anything.

use std::process::Command;

use crate::common::env::{Env, program};
use crate::common::output::assert_snapshot;
use crate::common::tools::tool;

/// Files that the loader opens for every program, and that Rust reads to find the end of the stack.
fn belongs_to_every_program(path: &str) -> bool {
    let of_the_start = ["/etc/ld.so.cache", "/etc/ld.so.preload", "/proc/self/maps"];
    of_the_start.contains(&path)
        || path.contains("/lib/")
        || path.contains("/lib64/")
        || path.starts_with("/usr/lib")
}

/// Whether the tests may go without `program`, which then says so; where it is insisted on, they may not.
#[expect(clippy::print_stderr, reason = "the output must show what was not tested")]
fn missing(program: &str, insisted: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os(insisted).is_none(), "{insisted} is set, and {program} is not there");
    if !there {
        eprintln!("skipped: {program} is not installed");
    }
    !there
}

#[test]
fn version_and_help_open_no_file() {
    if missing("strace", "SACTL_TEST_REQUIRE_STRACE") {
        return;
    }
    let env = Env::new();
    for line in ["--version", "--help", "-h", "list --help", "create --help"] {
        let trace = env.work().join("trace");
        let mut command = tool("strace");
        command.args(["-f", "-e", "trace=open,openat,openat2,creat,connect,socket", "-o"]).arg(&trace);
        command.arg(program()).args(line.split(' ')).env_clear().envs(env.variables().iter().cloned());
        let output = command.output().unwrap();
        assert!(output.status.success() && !output.stdout.is_empty(), "{line}: {output:?}");
        let text = std::fs::read_to_string(&trace).unwrap();
        let opened = |line: &&str| line.contains('(') && !line.contains("ENOENT");
        let own = |line: &&str| !line.split('"').nth(1).is_some_and(belongs_to_every_program);
        let own: Vec<_> = text.lines().filter(opened).filter(own).collect();
        assert!(own.is_empty(), "{line} opens {own:#?}");
    }
}

#[test]
fn version_is_the_package_version() {
    let outcome = Env::new().sactl("--version");
    assert_eq!(outcome.ok().stdout, format!("sactl {}\n", env!("CARGO_PKG_VERSION")));
}

/// The commands of the small client.
const COMMANDS: [&str; 31] = [
    "login",
    "logout",
    "whoami",
    "profile",
    "company",
    "list",
    "show",
    "create",
    "edit",
    "passwd",
    "delete",
    "grant",
    "revoke",
    "export",
    "diff",
    "apply",
    "rotate",
    "matrix",
    "review",
    "onboard",
    "offboard",
    "run",
    "role",
    "permission",
    "audit",
    "api",
    "token",
    "doctor",
    "completion",
    "man",
    "help",
];

#[test]
fn help_goes_to_stdout_and_names_every_command() {
    let help = Env::new().sactl("--help");
    for command in COMMANDS {
        let named = help.ok().stdout.lines().any(|line| line.split_whitespace().next() == Some(command));
        assert!(named, "{command} is not in the help: {help}");
        let own = Env::new().sactl(&format!("{command} --help"));
        assert!(own.ok().stdout.contains("Usage: sactl"), "{own}");
    }
    assert_eq!(help.stderr, "");
}

/// The help of every command as it is read, less the global flags, which stand in the help of the program.
#[test]
fn help_reads_like_this() {
    for command in COMMANDS {
        let help = Env::new().sactl(&format!("{command} --help"));
        let own = help.ok().stdout.split("Global options:").next().unwrap_or_default();
        assert_snapshot(&format!("help_{command}"), &own);
    }
}

#[test]
fn a_mistyped_command_names_its_neighbour() {
    Env::new().sactl("lst").refused(2, "list");
}
