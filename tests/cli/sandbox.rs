//! `sactl sandbox`: the platform with sample data for the length of one command.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::common::env::Env;

#[test]
fn the_first_command_of_the_readme() {
    let env = Env::new();
    let outcome = env.sactl("sandbox -- sactl list");
    let names: Vec<_> = outcome.ok().stdout.lines().filter_map(|line| line.split('\t').nth(1)).collect();
    assert_eq!(
        names,
        ["backup-runner", "dormant-bot", "fleet-automation", "northwind-telemetry"],
        "{outcome}"
    );
}

#[test]
fn it_ends_as_its_command_ends() {
    let env = Env::new();
    for (line, code) in [("true", 0), ("false", 1), ("sactl show nobody", 5)] {
        env.sactl(&format!("sandbox -- {line}")).expect(code);
    }
    env.run(["sandbox", "--", "sh", "-c", "exit 42"]).expect(42);
    env.run(["sandbox", "--", "sh", "-c", "kill -TERM $$"]).expect(128 + 15);
    env.run(["sandbox", "--", "sh", "-c", "kill -KILL $$"]).expect(128 + 9);
    let missing = env.sactl("sandbox -- no-such-program-at-all");
    assert!(missing.code() != Some(0) && missing.stderr.contains("no-such-program-at-all"), "{missing}");
}

/// What the command is told, and what it is not.
#[test]
fn the_command_gets_its_own_environment() {
    let env = Env::new().with("SACTL_TOKEN", "sat_inherited").with("SACTL_COMPANY", "4").with("MINE", "kept");
    let shown = env.run(["sandbox", "--", "sh", "-c", "env; command -v sactl"]);
    let lines: Vec<_> = shown.ok().stdout.lines().collect();
    let value = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    assert!(value("SACTL_SERVER").unwrap().starts_with("http://127.0.0.1:"), "{shown}");
    assert_eq!(value("SACTL_CREDENTIAL_STORE"), Some("file"));
    assert_eq!(value("NO_PROXY"), Some("127.0.0.1,localhost"));
    assert_eq!(value("MINE"), Some("kept"));
    assert_eq!((value("SACTL_TOKEN"), value("SACTL_COMPANY")), (None, None), "inherited ones are dropped");
    let folder = value("SACTL_CONFIG_DIR").unwrap();
    assert!(!Path::new(folder).exists(), "the folder is gone afterwards: {folder}");
    let path = value("PATH").unwrap();
    let first = path.split(':').next().unwrap();
    assert!(lines.last().unwrap().starts_with(first), "sactl is this sactl: {shown}");
}

#[test]
fn somebody_else_for_one_call() {
    let env = Env::new();
    let script = "SACTL_USERNAME=viewer@acme.example SACTL_PASSWORD='Sandbox-1234!' sactl whoami -o json && sactl whoami -o json";
    let outcome = env.run(["sandbox", "--", "sh", "-c", script]);
    let mut documents = serde_json::Deserializer::from_str(&outcome.ok().stdout).into_iter();
    let mut next = || -> serde_json::Value { documents.next().unwrap().unwrap() };
    assert_eq!(next()["username"], "viewer@acme.example");
    let stored = next();
    assert_eq!(
        (stored["username"].as_str(), stored["profile"].as_str()),
        (Some("admin@acme.example"), Some("sandbox"))
    );
    assert_eq!(stored["company"]["id"], 1);
}

/// The sample data is what it says it is.
#[test]
fn the_sample_data() {
    let env = Env::new();
    let script = "sactl company list -o json; sactl show fleet-automation -o json; \
                  SACTL_USERNAME=contoso-sync SACTL_PASSWORD='Sandbox-1234!' sactl list --company 'Contoso Retail' -o json";
    let outcome = env.run(["sandbox", "--", "sh", "-c", script]);
    assert!(
        outcome.stdout.contains("Acme MSP") && outcome.stdout.contains("Northwind Logistics"),
        "{outcome}"
    );
    outcome.expect(6);
    assert!(outcome.stderr.contains("ambiguous_company"), "{outcome}");
}

/// Nothing outside its own temporary folder is touched, and that one is gone.
#[test]
fn nothing_is_left_behind() {
    let env = Env::new();
    let before = env.files();
    env.sactl("sandbox -- sactl list").ok();
    assert_eq!(env.files(), before);
    assert_eq!(
        std::fs::read_dir(env.folder().join("tmp")).unwrap().count(),
        0,
        "the temporary folder is gone"
    );
}

/// An interrupt goes to the command; the sandbox cleans up afterwards all the same.
#[test]
fn an_interrupt_ends_the_command_and_leaves_nothing() {
    use std::os::unix::process::CommandExt;
    for (signal, to_group) in [(Signal::INT, true), (Signal::TERM, false)] {
        let env = Env::new();
        let mut command = env.command();
        let script = "echo $SACTL_CONFIG_DIR; exec sleep 600";
        command.args(["sandbox", "--", "sh", "-c", script]).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut folder = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(Path::new(folder.trim()).exists(), "the folder is there while the command runs: {folder}");
        let pid = Pid::from_child(&child);
        if to_group { kill_process_group(pid, signal) } else { kill_process(pid, signal) }.unwrap();
        let status = child.wait().unwrap();
        assert!(!status.success(), "{signal:?}: {status}");
        assert!(!Path::new(folder.trim()).exists(), "{signal:?}: the folder is gone");
        assert_eq!(std::fs::read_dir(env.folder().join("tmp")).unwrap().count(), 0, "{signal:?}");
    }
}
