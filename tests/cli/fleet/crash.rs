//! Runs that are killed, and finished by `run resume`.

use std::os::unix::process::ExitStatusExt;

use super::super::acting::World;
use super::{exported, manifest};
use crate::common::env::Env;

const FLEET: &str = "version: 1
accounts:
  fleet-automation:
    owner: 1
    description: Changed
    access: [{company: 1, role: viewer}, {company: 2, role: viewer}]
  backup-runner:
    owner: 1
    access: []
  new-bot:
    owner: 1
    access: [{company: 1, role: field-tech}]
roles:
  - {company: 1, name: field-tech, permissions: [devices:view]}
";

/// Runs the words of a line, which the program does not survive.
pub(super) fn killed(env: &Env, line: &str, place: &str) {
    let mut command = env.command();
    command.args(line.split_whitespace()).env("SACTL_TEST_CRASH_AFTER", place);
    let status = command.stdin(std::process::Stdio::null()).output().unwrap().status;
    assert_eq!(status.signal(), Some(9), "{place}: {status}");
}

/// P35: wherever it is killed, `run resume` ends where an undisturbed run ends, and nothing is done twice.
#[test]
fn p35_a_killed_run_is_finished() {
    let undisturbed = World::start();
    let admin = undisturbed.admin();
    admin.sactl(&format!("apply -f {} --password-dir secrets --yes", manifest(&admin, FLEET))).ok();
    let wanted = exported(&admin, "--companies all");
    let steps = ["begin:0", "end:0", "begin:2", "end:4", "end:6"];
    for place in ["run", "written", "created", "verified:5", "finished"].into_iter().chain(steps) {
        let world = World::start();
        let admin = world.admin();
        let file = manifest(&admin, FLEET);
        killed(&admin, &format!("apply -f {file} --password-dir secrets --yes --concurrency 1"), place);
        let run = admin.sactl("run resume last -o json").ok().json();
        assert_eq!(run["state"], "done", "{place}: {run}");
        assert_eq!(exported(&admin, "--companies all"), wanted, "{place}");
        let password = std::fs::read_to_string(admin.work().join("secrets/new-bot.password")).unwrap();
        assert_eq!(world.token_endpoint("new-bot", password.trim_end(), "python").status, 200, "{place}");
    }
}

/// P36: wherever a rotation is killed, the valid password is in a file, and `run resume` finishes.
#[test]
fn p36_a_killed_rotation_loses_no_password() {
    for place in ["begin:0", "written", "prepared:0", "reset", "verified:0", "end:0", "finished"] {
        let world = World::start();
        let admin = world.admin();
        let rotate = "rotate dormant-bot --password-dir secrets --yes";
        admin.sactl(rotate).ok();
        killed(&admin, rotate, place);
        let read = |name: &str| std::fs::read_to_string(admin.work().join("secrets").join(name)).ok();
        let signs_in =
            |text: &String| world.token_endpoint("dormant-bot", text.trim_end(), "python").status == 200;
        let files = [read("dormant-bot.password"), read("dormant-bot.password.previous")];
        assert!(files.iter().flatten().any(signs_in), "{place}");
        let run = admin.sactl("run resume last -o json").ok().json();
        assert_eq!(run["state"], "done", "{place}: {run}");
        assert!(signs_in(&read("dormant-bot.password").unwrap()), "{place}");
        assert_eq!(read("dormant-bot.password.previous"), None, "{place}");
    }
}

/// P36: a run that is resumed behind the back of a later one, whose new password was not sent yet, keeps the valid one.
#[test]
fn p36_an_old_run_that_is_resumed_keeps_the_valid_password() {
    let world = World::start();
    let admin = world.admin();
    let rotate = "rotate dormant-bot --password-dir secrets --yes";
    killed(&admin, rotate, "verified:0");
    let first = admin.sactl("run list -o json").ok().json()[0]["id"].as_str().unwrap().to_owned();
    killed(&admin, rotate, "prepared:0");
    let valid = std::fs::read_to_string(admin.work().join("secrets/dormant-bot.password.previous")).unwrap();
    let outcome = admin.sactl(&format!("run resume {first}"));
    outcome.expect(9);
    assert!(outcome.stdout.contains("dormant-bot"), "{outcome}");
    let kept = std::fs::read_to_string(admin.work().join("secrets/dormant-bot.password.previous")).unwrap();
    assert_eq!(kept, valid);
    assert_eq!(world.token_endpoint("dormant-bot", kept.trim_end(), "python").status, 200);
    admin.sactl("run resume last").ok();
    let last = std::fs::read_to_string(admin.work().join("secrets/dormant-bot.password")).unwrap();
    assert_eq!(world.token_endpoint("dormant-bot", last.trim_end(), "python").status, 200);
}
