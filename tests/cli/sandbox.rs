//! `sactl sandbox` as the README promises it: it shows the main job, and leaves nothing behind.

mod process;

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
