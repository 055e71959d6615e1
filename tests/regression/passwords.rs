//! Passwords that the program generates: they come out unchanged, and none is lost.

mod lost;
mod scripts;

use std::process::Stdio;

use crate::cli::acting::World;
use crate::common::env::Env;
use crate::common::proxy::Proxy;
use crate::common::tools::{installed, tool};

/// R2: the guard against formulas put an apostrophe before a secret in CSV, and the field did not sign in.
#[test]
fn secret_in_any_format_is_unchanged() {
    for secret in ["=1+1", "+secret", "-secret", "@secret", "semi;colon"] {
        let env = Env::new()
            .with("SACTL_SERVER", "http://127.0.0.1:1")
            .with("SACTL_TOKEN", secret)
            .with("SACTL_COMPANY", "1");
        for (form, wanted) in [
            ("", format!("{secret}\n")),
            ("-o table", format!("{secret}\n")),
            ("-o name", format!("{secret}\n")),
            ("-o csv --columns token", format!("token\n{secret}\n")),
            ("--jq .token", format!("{secret}\n")),
        ] {
            let shown = env.sactl(&format!("token {form}")).ok().stdout.replace('"', "");
            assert_eq!(shown, wanted, "{form}");
        }
        assert_eq!(env.sactl("token -o json").ok().json()["token"], secret);
        assert_eq!(env.sactl("token -o jsonl").ok().json()["token"], secret);
    }
}

/// R2: a generated password signs in exactly as each format prints it.
#[test]
fn generated_password_of_any_format_signs_in() {
    let world = World::start();
    let admin = world.admin();
    for (number, form) in ["", "-o csv --columns password", "--jq .password"].iter().enumerate() {
        let made = admin.sactl(&format!("create made-{number} --generate {form}"));
        let password = made.ok().stdout.lines().last().unwrap().to_owned();
        assert!(password.starts_with(|first: char| first.is_ascii_alphanumeric()), "{password}");
        let signed_in = world.token_endpoint(&format!("made-{number}"), &password, "python");
        assert_eq!(signed_in.status, 200, "{form}");
    }
}

/// F11: `grant --jq` with an expression that fails gave the access and ended in exit 2, which says that nothing was
/// sent.
#[test]
fn write_whose_answer_cannot_be_shown_is_exit_1_output() {
    let world = World::start();
    let admin = world.admin();
    let failed = admin.run(["grant", "dormant-bot", "--role", "viewer", "--jq", ".access.role|tonumber"]);
    let error = failed.error(1, "output");
    assert!(error["hint"].as_str().unwrap().contains("the command succeeded"), "{failed}");
    let role =
        |name: &str| admin.sactl(&format!("show {name} -o json")).ok().json()["access"]["role"].clone();
    assert_eq!(role("dormant-bot"), "viewer");

    let mut command = admin.command();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    command.args(["grant", "dormant-bot", "--role", "operator", "-o", "json"]).stdin(Stdio::null());
    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("\"code\":\"output\""), "{said}");
    assert_eq!(role("dormant-bot"), "operator");
}

/// F11: an invalid expression is found before anything is sent.
#[test]
fn expression_that_does_not_compile_is_exit_2_before_anything_is_sent() {
    let world = World::start();
    let proxy = Proxy::counting(&world.url());
    let env = world.admin().with("SACTL_SERVER", proxy.url());
    env.run(["grant", "dormant-bot", "--role", "viewer", "--jq", ".access["]).error(2, "usage");
    assert_eq!(proxy.lines(), Vec::<String>::new());
}

/// R7: the curl example sent the line feed at the end of the file that `--password-out` wrote, and was refused.
#[test]
fn curl_example_signs_in_with_a_file_that_the_program_wrote() {
    if !installed(&["curl"], "SACTL_TEST_REQUIRE_CURL") {
        return;
    }
    let world = World::start();
    let env = world.admin();
    env.sactl("passwd fleet-automation --generate --password-out fleet.password --yes").ok();
    let mut blocks =
        include_str!("../../README.md").split("```sh\n").filter_map(|rest| rest.split("```").next());
    let example = blocks.find(|block| block.contains("--data-urlencode password@")).unwrap();
    let example = example
        .replace("https://gateway.wadmp3.com", &world.url())
        .replace("/run/secrets/fleet-automation", "fleet.password");
    let mut bash = tool("bash");
    bash.args(["-c", &example]).env_clear().envs(env.variables().iter().cloned()).current_dir(env.work());
    // Not an outcome of this program: curl draws its progress.
    let answer = bash.output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&answer).contains("access_token"), "{example}");
}
