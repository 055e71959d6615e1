//! Every example runs: those in the help of the commands, and the whole ones for scripts and pipelines.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::acting::{ACME_ADMIN, World};
use crate::common::env::{Env, program};
use crate::common::output::{Outcome, SANDBOX_PASSWORD};
use crate::common::platform::SANDBOX;
use crate::common::tools::{installed, tool};

const README: &str = include_str!("../../README.md");
/// The server of the examples.
const GATEWAY: &str = "https://gateway.example";

/// A command, as it is typed, with the examples of its help.
struct Documented {
    path: String,
    command: clap::Command,
}

impl Documented {
    /// Every command and group of commands.
    fn all() -> Vec<Self> {
        let mut found = Vec::new();
        collect("", &sactl::cli::command(), &mut found);
        found
    }

    fn examples(&self) -> Vec<String> {
        let help = self.command.get_after_help().map(ToString::to_string).unwrap_or_default();
        help.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
    }
}

fn collect(path: &str, command: &clap::Command, found: &mut Vec<Documented>) {
    found.push(Documented { path: path.to_owned(), command: command.clone() });
    for verb in command.get_subcommands() {
        collect(format!("{path} {}", verb.get_name()).trim(), verb, found);
    }
}

/// Flags of every command over many accounts or companies.
const SHARED: [&str; 4] = ["except", "concurrency", "max-changes", "max-failures"];

/// Every flag of a command, except the global ones, is in one of its examples.
#[test]
fn every_command_and_every_flag_has_an_example() {
    let mut missing = Vec::new();
    for command in Documented::all() {
        let examples = command.examples().join("\n");
        if !examples.contains(&command.path) || examples.is_empty() {
            missing.push(format!("sactl {}", command.path));
        }
        let is_own =
            |flag: &&clap::Arg| !flag.is_global_set() && !flag.is_hide_set() && !command.path.is_empty();
        for flag in command.command.get_opts().chain(command.command.get_arguments()).filter(is_own) {
            let Some(long) = flag.get_long() else { continue };
            // What every command over many accounts takes has its example in two of them.
            let is_shared = SHARED.contains(&long) && !["apply", "matrix"].contains(&command.path.as_str());
            let short = flag.get_short().map(|short| format!("-{short}"));
            let is_there = is_shared
                || examples
                    .split([' ', '\n', '='])
                    .any(|word| word == format!("--{long}") || Some(word) == short.as_deref());
            if !is_there && !["help", "version"].contains(&long) {
                missing.push(format!("sactl {} --{long}", command.path));
            }
        }
    }
    missing.dedup();
    assert!(missing.is_empty(), "in no example of the command: {missing:#?}");
}

/// Where the examples run: the files that they name, a profile called acme, and a role to change.
fn place(world: &World, path: &str, examples: &str) -> Env {
    let env = world.signed_in(ACME_ADMIN);
    env.run_with_input(
        ["login", "--profile", "acme", "--username", ACME_ADMIN, "--password-stdin"],
        format!("{SANDBOX_PASSWORD}\n"),
    )
    .ok();
    env.sactl("company use 1").ok();
    env.file("old.password", SANDBOX_PASSWORD);
    env.file("ci.password", SANDBOX_PASSWORD);
    env.file("new.password", "Example-Word-4711!");
    env.file("companies.toml", SANDBOX);
    env.file("routes.toml", include_str!("../../src/api/routes.toml"));
    let is_named = |file: &str| examples.contains(file);
    if is_named("openapi.json") {
        env.file("openapi.json", env.sactl("api GET /openapi.json").ok().stdout.clone());
    }
    env.file("access.json", r#"{"role": "viewer"}"#);
    env.file("cert.pem", include_str!("../api/tls/cert.pem"));
    env.private_file("key.pem", include_str!("../api/tls/key.pem"));
    if path.starts_with("role") && path != "role create" {
        env.sactl("role create router-fixer --permission devices:view,devices:edit").ok();
    }
    if is_named("fleet.yaml") || is_named("plan.json") {
        env.file("fleet.yaml", &env.sactl("export").ok().stdout);
    }
    if is_named("plan.json") {
        env.sactl("diff -f fleet.yaml --out plan.json").ok();
    }
    if is_named("monday.json") {
        env.file("monday.json", &env.sactl("matrix --companies all -o json").ok().stdout);
    }
    if is_named("review.csv") {
        let review = env.sactl("review export").ok().stdout.clone();
        env.file("review.csv", review.replace(",,\n", ",keep,\n"));
    }
    if path.starts_with("run") {
        env.sactl("grant dormant-bot backup-runner --role operator").ok();
    }
    if path.starts_with("serve admin") {
        let database = "--database sqlite:platform.db";
        env.sactl(&format!("serve admin company create Acme {database}")).ok();
        let user = "serve admin user create ada@acme.example --in-company 1 --password-file new.password";
        env.sactl(&format!("{user} {database}")).ok();
    }
    if path == "login" {
        env.run_with_input(["create", "ci", "--password-stdin"], SANDBOX_PASSWORD).ok();
    }
    env
}

/// The line as bash runs it, with this program in its path.
fn bash(env: &Env, line: &str) -> Command {
    let mut command = tool("bash");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", program().parent().unwrap().display());
    command.args(["-euo", "pipefail", "-c", line]).env_clear().envs(env.variables().iter().cloned());
    command.current_dir(env.work()).env("PATH", path).stdin(Stdio::null());
    command
}

fn run(env: &Env, line: &str) -> Outcome {
    Outcome::new(&bash(env, line).output().unwrap(), env.folder())
}

#[test]
fn every_example_of_a_command_runs() {
    let all = Documented::all();
    let commands: Vec<_> = all.iter().filter(|one| one.path != "serve").collect();
    // Each has a platform of its own, so that several can run at a time.
    std::thread::scope(|scope| {
        for some in commands.chunks(commands.len().div_ceil(4)) {
            scope.spawn(|| some.iter().for_each(|command| assert_examples_run(command)));
        }
    });
}

fn assert_examples_run(command: &Documented) {
    let world = World::start();
    let mut env = place(&world, &command.path, &command.examples().join("\n"));
    // Where shells keep what completes.
    for folder in [".zfunc", ".config/fish/completions"] {
        std::fs::create_dir_all(env.folder().join("home").join(folder)).unwrap();
    }
    // One that follows goes on until it is interrupted: the tests of `audit` do that.
    for example in command.examples().into_iter().filter(|line| !line.contains("--follow")) {
        if example.starts_with("curl") && !installed(&["curl"], "SACTL_TEST_REQUIRE_CURL") {
            continue;
        }
        let line = example.replace(GATEWAY, &world.url()).replace("123456", &crate::api::session::code(0));
        // On a terminal, sactl would ask for what is missing.
        env.unset("SACTL_PASSWORD");
        if line.starts_with("sactl login") && !line.contains("--password-stdin") {
            let user = line.split("--username ").nth(1).and_then(|rest| rest.split(' ').next());
            env.set("SACTL_USERNAME", user.unwrap_or(ACME_ADMIN));
            env.set("SACTL_PASSWORD", SANDBOX_PASSWORD);
        }
        let outcome = run(&env, &line);
        assert_eq!(outcome.code(), Some(0), "the help of `{}` says: {example}\n{outcome}", command.path);
    }
}

/// A platform runs until it is told to stop; its examples listen on a free port here.
#[test]
fn the_examples_of_serve_run() {
    let serve = Documented::all().into_iter().find(|one| one.path == "serve").unwrap();
    for example in serve.examples() {
        let env = Env::new();
        env.file("companies.toml", SANDBOX);
        env.file("cert.pem", include_str!("../api/tls/cert.pem"));
        env.private_file("key.pem", include_str!("../api/tls/key.pem"));
        env.private_file("chosen.password", "Chosen-First-1!\n");
        if example.contains("--vacuum") {
            env.sactl("serve admin company create Acme --database sqlite:platform.db").ok();
        }
        let is_address = |word: &str| word.parse::<std::net::SocketAddr>().is_ok();
        let words = example
            .split_whitespace()
            .filter(|word| !["--listen", "--metrics"].contains(word) && !is_address(word));
        let mut command = env.command();
        command.args(words.skip(1)).args(["--listen", "127.0.0.1:0"]);
        if example.contains("--check") || example.contains("--vacuum") {
            let output = command.output().unwrap();
            assert!(output.status.success(), "{example}: {output:?}");
            continue;
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert!(said.starts_with("Listening on http"), "{example}: {said}");
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        assert!(child.wait().unwrap().success(), "{example}");
    }
}

/// The whole examples, by their file.
fn files() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manual/help/examples");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn is(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

#[test]
fn the_help_shows_every_whole_example_and_the_readme_the_first() {
    let help = Env::new().sactl("help scripting");
    let help = help.ok();
    for (path, text) in files() {
        let language = if is(&path, "sh") { "bash" } else { "yaml" };
        let block = format!("```{language}\n{text}```\n");
        assert_eq!(README.contains(&block), path.ends_with("ensure.sh"), "{}", path.display());
        let indented: String = text
            .lines()
            .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
            .collect();
        assert!(help.stdout.contains(&indented), "the help shows another {}", path.display());
    }
}

#[test]
fn the_shell_examples_run() {
    let shell: Vec<_> = files().into_iter().filter(|(path, _)| is(path, "sh")).collect();
    assert!(shell.len() >= 3, "{shell:?}");
    let world = World::start();
    let texts: String = shell.iter().map(|(_, text)| text.as_str()).collect();
    let env = place(&world, "", &texts).with("REPORTS", "reports");
    for (path, text) in &shell {
        assert!(text.contains("set -euo pipefail"), "{}", path.display());
        // Twice: what is there already is no obstacle.
        for _ in 0..2 {
            let line = format!("bash {} fleet-automation fleet.password", path.display());
            run(&env, &line).ok();
        }
    }
    let account = env.sactl("show ci-deployer -o json").ok().json();
    assert_eq!(account["access"]["role"], "operator");
    let reports: Vec<_> = std::fs::read_dir(env.work().join("reports")).unwrap().collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    let password = std::fs::read_to_string(env.work().join("fleet.password")).unwrap();
    assert_eq!(world.token_endpoint("fleet-automation", password.trim_end(), "python").status, 200);
}

/// Every command that a pipeline gives to a shell.
fn shell_commands(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("sactl ") => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| shell_commands(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| shell_commands(value, found)),
        _ => {}
    }
}

/// The pipelines are YAML, and what they run succeeds as whom they sign in.
#[test]
fn the_pipelines_are_yaml_and_their_commands_run() {
    let yaml: Vec<_> = files().into_iter().filter(|(path, _)| is(path, "yml")).collect();
    assert!(yaml.len() >= 3, "{yaml:?}");
    for (path, text) in yaml {
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let mut commands = Vec::new();
        shell_commands(&document, &mut commands);
        assert!(commands.len() >= 2, "{}: {commands:?}", path.display());
        let world = World::start();
        let env = world.at("fleet-automation", 1);
        for command in commands {
            let outcome = run(&env, &command);
            // The play looks for an account that is not there yet.
            let allowed: &[i32] = if command.starts_with("sactl show") { &[0, 5] } else { &[0] };
            assert!(allowed.contains(&outcome.code().unwrap()), "{}: {command}\n{outcome}", path.display());
        }
    }
}
