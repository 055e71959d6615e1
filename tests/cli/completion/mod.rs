//! What the TAB key brings, in the real shells: with the real platform, and with servers that are slow, dead,
//! broken or hostile.

mod bash;
mod cache;
mod fish;
mod others;
mod servers;
mod zsh;

use std::path::PathBuf;
use std::process::Command;

use crate::common::env::{Env, program};
use crate::common::output::Outcome;
use crate::common::tools::installed;

/// The variable that turns "not installed, skipped" into a failure.
const REQUIRED: &str = "SACTL_TEST_REQUIRE_SHELLS";

/// What a shell shows when it waits for a line.
const PROMPT: &str = "next> ";

/// What bash breaks words at.
const BREAKS: &str = " \t\n\"'@><=;|&(:";

/// How often a server may be too slow before that is a fault.
const ATTEMPTS: usize = 30;

/// Whether the shell is installed.
fn has(shell: &str) -> bool {
    installed(&[shell], REQUIRED)
}

/// The committed script of that name.
fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

/// A shell, or another program, that finds the program under test.
fn shell(env: &Env, name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", program().parent().unwrap().display());
    command.env("PATH", path);
    command
}

/// Runs it to its end. Nothing may be said on standard error.
fn quietly(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The program's own answer for a line, as the script of `shell` asks for it; bash's is the plainest.
fn asked(env: &Env, line: &str) -> Outcome {
    let mut command = env.command();
    command.env("SACTL_COMPLETE", "bash").args(["--", line, BREAKS, "9"]);
    Outcome::new(&command.output().unwrap(), env.folder())
}

/// The candidates for a line, without the directive before them. Whatever happens, nothing is said and all is well.
pub(crate) fn candidates(env: &Env, line: &str) -> Vec<String> {
    let outcome = asked(env, line);
    assert_eq!(outcome.ok().stderr, "", "{line}");
    outcome.stdout.lines().skip(1).map(str::to_owned).collect()
}

/// The line, when the program knows how it goes on. Names come from the server within a second or not at all,
/// which on a busy machine takes more than one attempt; they are remembered then, and no shell has to hurry.
#[track_caller]
pub(crate) fn known<'a>(env: &Env, line: &'a str) -> &'a str {
    let is_known = |answer: &str| !answer.starts_with("values\n") || answer.lines().count() > 1;
    assert!((0..ATTEMPTS).any(|_| is_known(&asked(env, line).ok().stdout)), "nothing goes on from: {line}");
    line
}

/// The scripts are printed as they are committed, and each is one whole file.
#[test]
fn the_program_prints_the_committed_scripts() {
    let env = Env::new();
    for (shell, file) in [
        ("bash", "sactl.bash"),
        ("zsh", "_sactl"),
        ("fish", "sactl.fish"),
        ("elvish", "sactl.elv"),
        ("powershell", "_sactl.ps1"),
    ] {
        let committed = std::fs::read_to_string(script(file)).unwrap();
        let printed = env.sactl(&format!("completion {shell}"));
        assert_eq!(
            printed.ok().stdout,
            committed,
            "completions/{file} is stale; renew it with: cargo run -- completion {shell} > completions/{file}"
        );
        assert!(printed.stderr.is_empty() && committed.ends_with('\n'));
        let help = env.sactl("completion --help");
        assert!(help.ok().stdout.contains(&format!("{shell}: ")), "how to install it: {help}");
    }
    env.sactl("completion tcsh").refused(2, "tcsh");
}

/// The variable alone, or with something else than a script sends, does not make another program of it.
#[test]
fn whoever_sets_the_variable_still_has_the_program() {
    for value in ["1", "", "0", "bash", "/bin/bash", "tcsh"] {
        let env = Env::new().with("SACTL_COMPLETE", value);
        assert!(env.sactl("--version").ok().stdout.starts_with("sactl "), "{value}");
    }
    let env = Env::new().with("SACTL_COMPLETE", "bash");
    for nonsense in [&["--"][..], &["--", "a"], &["--", "a", "b", "c", "d"], &["--", "", "", ""]] {
        assert_eq!(env.run(nonsense).ok().stderr, "", "{nonsense:?}");
    }
}

/// Commands, flags, formats, topics: what the program knows by itself, without a server and without a file.
#[test]
fn what_is_known_here_needs_nobody() {
    let env = Env::new();
    let before = env.files();
    let find = |line: &str| candidates(&env, line);
    assert!(
        ["login", "list", "role", "completion"].iter().all(|verb| find("sactl ").contains(&(*verb).into()))
    );
    assert!(!find("sactl ").iter().any(|one| one.starts_with('-')), "flags when a dash is typed");
    assert_eq!(find("sactl sh"), ["show"]);
    assert_eq!(find("sactl role e"), ["edit"]);
    assert_eq!(find("sactl --o"), ["--output"]);
    assert_eq!(find("sactl list -o "), ["table", "json", "jsonl", "csv", "yaml", "name", "markdown", "html"]);
    assert_eq!(find("sactl list --output=j"), ["json", "jsonl"]);
    assert_eq!(find("sactl list -oj"), ["-ojson", "-ojsonl"]);
    assert_eq!(find("sactl role list --columns name,ho"), ["name,holders"]);
    assert_eq!(find("sactl completion "), ["bash", "zsh", "fish", "elvish", "powershell"]);
    assert_eq!(find("sactl help role c"), ["create", "copy"]);
    assert_eq!(find("sactl help exit"), ["exit-codes"]);
    assert!(find("sactl help schemas acc").contains(&"accounts".to_owned()));
    assert_eq!(find("sactl api p"), ["POST", "PUT", "PATCH"]);
    assert!(find("sactl list -").contains(&"--external".to_owned()));
    assert!(!find("sactl list --external --").contains(&"--external".to_owned()), "it is given");
    assert!(
        find("sactl grant x --permission a --").contains(&"--permission".to_owned()),
        "it may be repeated"
    );
    assert_eq!(find("sactl nonsense "), find("sactl "));
    assert_eq!(env.files(), before, "nothing is written");
}

/// Files are the shell's own affair; it is told where the name begins.
#[test]
fn the_names_of_files_are_left_to_the_shell() {
    let env = Env::new();
    let says = |line: &str| asked(&env, line).ok().stdout.clone();
    assert_eq!(says("sactl list --cacert x"), "files 0\n");
    assert_eq!(says("sactl list --cacert=x"), "files 9\n");
    assert_eq!(says("sactl man x"), "folders 0\n");
    assert_eq!(says("sactl list > x"), "");
}
