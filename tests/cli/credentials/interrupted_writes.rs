//! P2: a process that is killed while it writes credentials leaves the old ones or the new ones, never none
//! and never half. Each step is hit exactly: strace kills the program as it enters a system call.

use std::process::Stdio;

use super::{Gateway, PASSWORD, USER, files_with, login, mode, with_file_store};
use crate::common::env::Env;
use crate::common::tools::{strace_is_installed, straced};

/// The steps of writing a file safely, and how often each may come.
const STEPS: [(&str, usize); 7] =
    [("mkdir", 2), ("flock", 3), ("write", 6), ("fsync", 4), ("rename", 3), ("unlink", 3), ("fchmod", 2)];

/// Signs in and is killed at the `count`th `call`. `None` when it never came to that.
fn killed_login(env: &Env, url: &str, call: &str, count: usize) -> Option<()> {
    let (trace, inject) = (format!("trace=/^{call}"), format!("inject=/^{call}:signal=KILL:when={count}"));
    let mut command = straced(env, &["-o", "/dev/null", "-e", &trace, "-e", &inject]);
    command.args(["login", "--server", url, "--username", USER, "--password-stdin"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // Killed before it has read everything, it closes the pipe.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes());
    (!child.wait().unwrap().success()).then_some(())
}

/// P2: old or new, at every step; and the next one to write is not kept out by what the dead one left.
#[test]
fn p2_killed_at_any_step_leaves_old_or_new_credentials() {
    if !strace_is_installed() {
        return;
    }
    let mut kills = 0;
    for (call, most) in STEPS {
        for count in 1..=most {
            let gateway = Gateway::start("a");
            let env = with_file_store();
            login(&env, &gateway.url(), "").ok();
            if killed_login(&env, &gateway.url(), call, count).is_none() {
                break;
            }
            kills += 1;
            let place = format!("killed at {call} number {count}");
            let stored: Vec<_> =
                (1..=2).filter(|number| !files_with(&env, &gateway.token(*number)).is_empty()).collect();
            assert!(!stored.is_empty(), "{place}: no credentials are left");
            env.sactl("list").ok();
            let used = gateway.last_bearer().unwrap();
            assert!([gateway.token(1), gateway.token(2)].contains(&used), "{place}: {used}");
            for file in stored.iter().flat_map(|number| files_with(&env, &gateway.token(*number))) {
                assert_eq!(mode(&file), 0o600, "{place}: {}", file.display());
            }
            login(&env, &gateway.url(), "").ok();
            env.sactl("logout").ok();
            for number in 1..=3 {
                let left = files_with(&env, &gateway.token(number));
                assert!(left.is_empty(), "{place}: after signing out a token is still in {left:?}");
            }
        }
    }
    assert!(kills >= 4, "only {kills} steps were hit: the steps are not these");
}

/// P2: a full disk, or any other failure of a step, is reported and leaves the old credentials.
#[test]
fn p2_a_step_that_fails_leaves_the_old_credentials() {
    if !strace_is_installed() {
        return;
    }
    for (call, error) in [("fsync", "EIO"), ("rename", "ENOSPC")] {
        let gateway = Gateway::start("a");
        let env = with_file_store();
        login(&env, &gateway.url(), "").ok();
        let (trace, inject) = (format!("trace=/^{call}"), format!("inject=/^{call}:error={error}"));
        let mut command = straced(&env, &["-o", "/dev/null", "-e", &trace, "-e", &inject]);
        command.args(["login", "--server", &gateway.url(), "--username", USER, "--password-stdin"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(0), "{call}: {stderr}");
        assert!(stderr.contains("error:"), "{call}: {stderr}");
        assert_eq!(files_with(&env, &gateway.token(1)).len(), 1, "{call}: the old credentials are gone");
        assert!(files_with(&env, &gateway.token(2)).is_empty(), "{call}: a temporary file is left");
        env.sactl("list").ok();
    }
}
