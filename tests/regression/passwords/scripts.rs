//! The scripts of the help, as they are there, behind a proxy that loses answers.

use std::process::Stdio;

use super::lost::{ATTEMPTS, CUTS, is_write, password_in, signs_in};
use crate::cli::acting::World;
use crate::common::env::{Env, program};
use crate::common::http::Request;
use crate::common::lane::takes;
use crate::common::output::Outcome;
use crate::common::proxy::Proxy;
use crate::common::tools::tool;

/// The script of `sactl help scripting` that says `words`.
fn script(words: &str) -> String {
    let help = Env::new().sactl("help scripting").ok().stdout.clone();
    let blocks = help.split("  #!/usr/bin/env bash\n").skip(1);
    let block = blocks.into_iter().find(|block| block.contains(words)).expect("the help has the script");
    let lines = block.lines().take_while(|line| line.is_empty() || line.starts_with("  "));
    lines.flat_map(|line| [line.strip_prefix("  ").unwrap_or_default(), "\n"]).collect()
}

/// Runs what bash reads, with this program in its path.
fn bash(env: &Env, script: &str, arguments: &[&str]) -> Outcome {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", program().parent().unwrap().display());
    let mut command = tool("bash");
    command.args(["-c", script, "script"]).args(arguments).stdin(Stdio::null()).current_dir(env.work());
    command.env_clear().envs(env.variables().iter().cloned()).env("PATH", path);
    Outcome::new(&command.output().unwrap(), env.folder())
}

fn is_reset(request: &Request) -> bool {
    request.method == "PUT"
}

fn is_sign_in(request: &Request) -> bool {
    request.path().ends_with("/token")
}

fn is_read(request: &Request) -> bool {
    request.method == "GET"
}

/// Whether a request is the step of the script whose connection is cut.
type IsStep = fn(&Request) -> bool;

/// F2: one lost answer, and the rotation script removed the only password in force.
#[test]
fn rotation_script_survives_a_lost_answer_at_every_step() {
    let world = World::start();
    let script = script("Usage: new-password ACCOUNT FILE");
    let steps: [(&str, IsStep); 3] = [("reset", is_reset), ("sign-in", is_sign_in), ("read", is_read)];
    std::thread::scope(|scope| {
        for (row, (step, wanted)) in steps.into_iter().enumerate() {
            let (world, script) = (&world, &script);
            scope.spawn(move || {
                for (_, cut) in CUTS.into_iter().enumerate().filter(|(place, _)| takes(row + place, 4)) {
                    let name = format!("{step}-{cut:?}").to_lowercase();
                    let mut env = world.admin();
                    env.sactl(&format!("create {name} --generate --password-out file")).ok();
                    let old = password_in(&env, "file").unwrap();
                    let proxy = Proxy::cutting(&world.url(), cut, ATTEMPTS, wanted);
                    env.set("SACTL_SERVER", proxy.url());
                    let run = |env: &Env| bash(env, script, &[&name, "file"]);
                    let in_force = |env: &Env| {
                        let files =
                            ["file", "file.new"].into_iter().filter_map(|file| password_in(env, file));
                        files.into_iter().any(|password| signs_in(world, &name, &password))
                    };
                    run(&env).expect(8);
                    assert!(in_force(&env), "{name}: after the lost answer");
                    // The server is down for a while.
                    env.set("SACTL_SERVER", "http://127.0.0.1:1");
                    run(&env).expect(8);
                    assert!(in_force(&env), "{name}: after the server was down");
                    env.set("SACTL_SERVER", proxy.url());
                    // A request that is not repeated by itself is lost once more in each run.
                    for _ in 1..ATTEMPTS {
                        if run(&env).code() == Some(0) {
                            break;
                        }
                        assert!(in_force(&env), "{name}: after another run");
                    }
                    let new = password_in(&env, "file").unwrap();
                    assert!(new != old && signs_in(world, &name, &new), "{name}");
                    assert_eq!(password_in(&env, "file.new"), None, "{name}");
                    // And once more, with whatever the first rotation has left.
                    run(&env).ok();
                    assert!(signs_in(world, &name, &password_in(&env, "file").unwrap()), "{name}");
                }
            });
        }
    });
}

/// R6, F3: "run it as often as you like" ended in "File exists" after one failure.
#[test]
fn ensure_script_survives_a_lost_answer_at_every_step() {
    let world = World::start();
    let script = script("Creates a service account if it does not exist");
    // The second cut, where a request has arrived and its answer has not, is in the fast lane.
    for (_, cut) in CUTS.into_iter().enumerate().filter(|(place, _)| takes(place + 2, 4)) {
        let proxy = Proxy::cutting(&world.url(), cut, ATTEMPTS, is_write);
        let env = world.admin().with("SACTL_SERVER", proxy.url());
        bash(&env, &script, &[]).expect(8);
        bash(&env, &script, &[]).ok();
        let password = password_in(&env, "ci-deployer.password").unwrap();
        assert!(signs_in(&world, "ci-deployer", &password), "{cut:?}");
        let account = env.sactl("show ci-deployer -o json").ok().json();
        assert_eq!(account["access"]["role"], "operator");
        bash(&env, &script, &[]).ok();
        env.sactl("delete ci-deployer --yes").ok();
    }
}
