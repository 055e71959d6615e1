//! `--jq`: an expression works on the answer, and whatever it does stays its own affair: it ends in results, in an
//! error, or with Ctrl-C, and never takes the command with it.

use std::io::Read;
use std::process::{Child, Stdio};

use rustix::process::Signal;

use super::acting::World;
use crate::common::env::{Env, program};
use crate::common::output::Outcome;
use crate::common::process::{send, until, wait};
use crate::common::tools::{strace_is_installed, straced, tool};

/// An expression can leave it out too, which shows only on the answer.
#[test]
fn an_expression_that_loses_a_password_is_an_error_with_the_way_out() {
    let world = World::start();
    let admin = world.admin();
    // What is never the same is no password either.
    for (number, expression) in [".name", "halt", "empty", "[.name,now]"].iter().enumerate() {
        let outcome = admin.sactl(&format!("create ci-{number} --generate --jq {expression}"));
        outcome.refused(1, &format!("sactl passwd ci-{number} --generate"));
    }
    admin.sactl("passwd ci-0 --generate --yes --jq .account.name").refused(1, "does not show");
    let password = admin.sactl("passwd ci-0 --generate --yes --jq .password").ok().stdout.clone();
    assert_eq!(world.token_endpoint("ci-0", password.trim_end(), "python").status, 200);
    admin.sactl("create ci-9 --generate --password-out ci-9.password --jq .name").ok();
}

#[test]
fn an_expression_works_on_the_document() {
    let world = World::start();
    let admin = world.admin();
    let run = |words: &[&str]| admin.run(words).ok().stdout.clone();
    assert_eq!(run(&["list", "--jq", ".owned[].name"]), "backup-runner\ndormant-bot\nfleet-automation\n");
    assert_eq!(
        run(&["list", "--jq", ".company, (.owned | length)"]),
        "{\"id\":1,\"name\":\"Acme MSP\"}\n3\n"
    );
    assert_eq!(
        run(&["list", "--jq", ".owned[] | [.name, .id] | @tsv", "-o", "json"]),
        "backup-runner\t7\ndormant-bot\t8\nfleet-automation\t6\n"
    );
    let lines = run(&["list", "--jq", ".name", "-o", "jsonl"]);
    assert_eq!(lines, run(&["list", "-o", "name"]), "each line is a document of its own");
    assert_eq!(run(&["api", "GET", "/api/users/me", "--jq", ".data.kind"]), "user\n");
    assert_eq!(run(&["list", "--jq", "empty"]), "");
    assert_eq!(
        run(&["help", "schemas", "role", "--jq", ".required"]),
        "[\"name\",\"default\",\"permissions\",\"holders\"]\n"
    );
    let made = admin.run(["create", "ci", "--generate", "--jq", ".password"]);
    assert_eq!(made.ok().stderr, "", "with an expression the conversation is silent");
    assert_eq!(world.token_endpoint("ci", made.stdout.trim_end(), "python").status, 200);
}

/// The answer was there, and the expression fails on it: what was printed before stays, and what was done is said.
#[test]
fn an_expression_that_fails_says_that_the_command_is_done() {
    let world = World::start();
    let admin = world.admin();
    let failed = admin.run(["list", "--jq", ".owned[0].name, .owned.name"]);
    assert_eq!(failed.expect(1).stdout, "backup-runner\n");
    let error: serde_json::Value = serde_json::from_str(&failed.stderr).unwrap();
    assert_eq!(error["error"]["message"], "--jq failed on the output: cannot index an array with a string");

    let lost = admin.run(["create", "ci", "--generate", "--jq", ".password.x"]);
    let error = lost.error(1, "output");
    assert!(error["hint"].as_str().unwrap().contains("sactl passwd ci --generate"), "{lost}");
    admin.sactl("show ci").ok();
}

/// An expression without end ends with Ctrl-C, whether it prints or not.
#[test]
fn an_endless_expression_is_interrupted() {
    let world = World::start();
    let admin = world.admin();
    for expression in ["repeat(1)", "def f: f; f", "last(repeat(1))"] {
        let mut command = admin.command();
        command.args(["permission", "list", "--jq", &format!("\"begun\", ({expression})")]);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        if expression == "repeat(1)" {
            let mut begun = [0; 6];
            stdout.read_exact(&mut begun).unwrap();
            assert_eq!(&begun, b"begun\n");
        } else {
            until(|| evaluator_of(&child).is_some_and(is_computing));
        }
        let evaluator = evaluator_of(&child).unwrap();
        send(&child, Signal::INT);
        assert_eq!(wait(&mut child).code(), Some(130), "{expression}");
        drop(stdout);
        until(|| !is_there(evaluator));
    }
}

/// The process that evaluates for a command.
fn evaluator_of(command: &Child) -> Option<u32> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", command.id())).ok()?.flatten();
    let mut children =
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    children.find_map(|ids| ids.split_whitespace().next()?.parse().ok())
}

/// What the system tells about a process behind its name: its state first.
fn fields_of(process: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, behind) = stat.rsplit_once(')')?;
    Some(behind.split_whitespace().map(str::to_owned).collect())
}

/// Whether a process has computed for half a second: more than any compiling takes.
fn is_computing(process: u32) -> bool {
    fields_of(process).is_some_and(|fields| fields[11].parse().is_ok_and(|ticks: u64| ticks >= 50))
}

/// Whether a process runs: a process that has ended and was not waited for does not.
fn is_there(process: u32) -> bool {
    fields_of(process).is_some_and(|fields| fields[0] != "Z")
}

/// Without end, too deep, too much: a failure with its reason, and the results before it.
#[test]
fn an_expression_cannot_take_the_command_with_it() {
    let world = World::start();
    let admin = world.admin();
    for expression in [
        "def f: 1 + f; f",
        "[range(1e12)] | length",
        "[repeat(\"x\" * 100000)] | length",
        "reduce range(3e5) as $n (0; [.]) | tojson | length",
        "\"x\" * 1e9 * 1e9",
    ] {
        let failed = admin.run(["company", "show", "1", "--jq", &format!(".id, ({expression})")]);
        assert_eq!(failed.expect(1).stdout, "1\n", "{expression}");
        let error: serde_json::Value = serde_json::from_str(&failed.stderr).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("--jq failed on the output: "), "{expression}: {failed}");
    }
}

/// What cannot even be compiled is told before anything is sent.
#[test]
fn an_expression_that_is_nested_too_deeply_is_refused() {
    let env = Env::new().with("SACTL_SERVER", "http://127.0.0.1:1").with("SACTL_TOKEN", "sat_x");
    let expression = format!("{}1{}", "(".repeat(60_000), ")".repeat(60_000));
    let refused = env.run(["list", "--jq", &expression]);
    let error = refused.error(2, "usage");
    assert_eq!(error["hint"], "use fewer nested brackets");
    assert!(refused.stderr.len() < 1000, "the expression is not repeated as a whole");
}

/// Where there is no memory for the other process at all, the expression is not to blame, and nothing is sent.
#[test]
fn a_process_that_cannot_start_is_not_the_fault_of_the_expression() {
    let env = Env::new().with("SACTL_SERVER", "http://127.0.0.1:1").with("SACTL_TOKEN", "sat_x");
    let mut command = tool("sh");
    command.args(["-c", "ulimit -d 40000; exec \"$0\" list --jq . -o json"]).arg(program());
    command.env_clear().envs(env.variables().iter().cloned());
    let refused = Outcome::new(&command.output().unwrap(), env.folder());
    let error = refused.error(1, "io");
    assert!(error["message"].as_str().unwrap().starts_with("cannot evaluate --jq"));
}

/// The change is made when the expression fails: how to get at a password then is said as for any other failure.
#[test]
fn an_exhausting_expression_does_not_hide_the_way_to_a_password() {
    let world = World::start();
    let admin = world.admin();
    // The answer alone makes it fail, so that nothing could be known beforehand.
    let expression = "if .id > 0 then (def f: 1 + f; f) else . end";
    let lost = admin.run(["create", "ci", "--generate", "--jq", expression]);
    let error = lost.error(1, "output");
    assert!(error["hint"].as_str().unwrap().contains("sactl passwd ci --generate"), "{lost}");
    admin.sactl("show ci").ok();
    let shown = admin.run(["passwd", "ci", "--yes", "--generate", "--jq", ".password, (def f: 1 + f; f)"]);
    let password = shown.expect(1).stdout.trim_end();
    assert_eq!(world.token_endpoint("ci", password, "python").status, 200);
}

/// Ctrl-C, or the end that a pipeline puts to it, while an expression works on an answer with a password.
#[test]
fn an_interrupted_expression_does_not_hide_the_way_to_a_password() {
    let world = World::start();
    let admin = world.admin();
    let expression = "if .id > 0 then (def f: f; f) else . end";
    for (name, signal, code) in [("ci", Signal::INT, Some(130)), ("cd", Signal::TERM, None)] {
        let mut command = admin.command();
        command.args(["create", name, "--generate", "--jq", expression]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        until(|| evaluator_of(&child).is_some_and(is_computing));
        send(&child, signal);
        assert_eq!(wait(&mut child).code(), code, "{name}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains(&format!("sactl passwd {name} --generate")), "{said}");
    }
}

/// P8: the process that evaluates does not outlive a command that is killed.
#[test]
fn p8_nobody_evaluates_for_a_command_that_is_gone() {
    let world = World::start();
    let admin = world.admin();
    let mut command = admin.command();
    command.args(["company", "show", "1", "--jq", "def f: f; f"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    until(|| evaluator_of(&child).is_some_and(is_computing));
    let evaluator = evaluator_of(&child).unwrap();
    child.kill().unwrap();
    wait(&mut child);
    until(|| !is_there(evaluator));
}

/// P1: an expression sees nothing of the environment, where passwords may be, and local time is that of the user.
#[test]
fn p1_an_expression_gets_the_time_zone_and_nothing_else() {
    let env = Env::new().with("SACTL_TOKEN", "sat_canary-token").with("TZ", "Etc/GMT-3");
    let told = env.run(["help", "schemas", "role", "--jq", "0 | localtime | .[3]"]);
    assert_eq!(told.ok().stdout, "3\n");
    if !strace_is_installed() {
        return;
    }
    let log = env.folder().join("strace");
    let watched = ["-v", "-s", "4096", "-e", "trace=execve,execveat", "-o", log.to_str().unwrap()];
    let mut command = straced(&env, &watched);
    command.args(["help", "schemas", "role", "--jq", ".title"]).stdout(Stdio::null());
    assert!(command.status().unwrap().success());
    let log = std::fs::read_to_string(&log).unwrap();
    let started: Vec<&str> = log.lines().filter(|line| line.contains("exec")).collect();
    assert_eq!(started.len(), 2, "{log}");
    assert!(started[1].contains("/proc/self/exe"), "{log}");
    assert!(started[1].contains("[\"TZ=Etc/GMT-3\"]"), "{log}");
}
