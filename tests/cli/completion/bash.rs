//! bash: the function as bash calls it, and the TAB key at a terminal.

use super::{BREAKS, has, known, quietly, script, shell};
use crate::cli::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::terminal::Terminal;

/// What the function puts into COMPREPLY for a line with the cursor at its end.
pub(super) fn reply(env: &Env, line: &str) -> Vec<String> {
    reply_as(env, line, "9")
}

fn reply_as(env: &Env, line: &str, kind: &str) -> Vec<String> {
    let run = "source \"$1\"; COMP_LINE=$2; COMP_POINT=${#COMP_LINE}; COMP_WORDBREAKS=$3; COMP_TYPE=$4; \
               _sactl sactl x y; for one in \"${COMPREPLY[@]}\"; do printf '%s\\n' \"$one\"; done";
    let mut bash = shell(env, "bash");
    bash.args(["--norc", "--noprofile", "-euo", "pipefail", "-c", run, "bash"]);
    bash.arg(script("sactl.bash")).args([line, BREAKS, kind]);
    quietly(&mut bash).lines().map(str::to_owned).collect()
}

#[test]
fn bash_gets_names_of_the_platform() {
    if !has("bash") {
        return;
    }
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    env.sactl("company use 1").ok();
    let find = |line: &str| reply(&env, known(&env, line));
    assert_eq!(
        find("sactl show "),
        ["backup-runner", "dormant-bot", "fleet-automation", "northwind-telemetry"]
    );
    assert_eq!(find("sactl edit "), ["backup-runner", "dormant-bot", "fleet-automation"], "only owned ones");
    assert_eq!(find("sactl revoke NORTH"), ["northwind-telemetry"], "whatever the case");
    assert_eq!(find("sactl role show o"), ["operator"]);
    assert_eq!(find("sactl list --role=v"), ["viewer"]);
    assert_eq!(find("sactl company use "), ["1", "2"]);
    assert_eq!(find("sactl list --company n"), ["Northwind\\ Logistics"]);
    assert_eq!(find("sactl list --company 'n"), ["Northwind Logistics"]);
    assert_eq!(find("sactl --profile "), find("sactl profile use "));
    assert_eq!(find("sactl --profile ").len(), 1);
    assert_eq!(find("sactl --server ht"), [world.url()]);
}

/// Words with `:`, `=` and `,` are one word for the program and several for bash.
#[test]
fn bash_gets_only_what_stands_behind_its_own_breaks() {
    if !has("bash") {
        return;
    }
    let world = World::start();
    let env = world.admin();
    let find = |line: &str| reply(&env, known(&env, line));
    assert_eq!(find("sactl grant x --permission devices:v"), ["view"]);
    assert_eq!(find("sactl grant x --permission 'devices:v"), ["devices:view"]);
    assert_eq!(find("sactl grant x --permission devices:view,alerts:c"), ["create"]);
    assert_eq!(find("sactl grant x --permission devices:view,audi"), ["view,auditing:view"]);
    assert_eq!(find("sactl create x --grant "), ["1=", "2="]);
    assert_eq!(find("sactl create x --grant 2=vie"), ["viewer", "views:manage"]);
    assert_eq!(find("sactl create x --grant=2=vie"), ["viewer", "views:manage"]);
    assert_eq!(find("sactl create x --grant 2=devices:v"), ["view"]);
    assert!(reply(&env, "sactl create x --grant 2=devices:view,devices:v").is_empty(), "it is there");
    assert_eq!(
        find("sactl create x --grant 'Northwind Logistics=vie"),
        ["Northwind Logistics=viewer", "Northwind Logistics=views:manage"]
    );
    assert_eq!(find("sactl create x --grant Northwind\\ Logistics=vie"), ["viewer", "views:manage"]);
}

/// Where bash only lists the candidates, it is told what they are.
#[test]
fn bash_lists_with_descriptions() {
    if !has("bash") {
        return;
    }
    let world = World::start();
    let env = world.admin();
    assert_eq!(
        reply_as(&env, known(&env, "sactl --company "), "63"),
        ["1  (Acme MSP)", "2  (Northwind Logistics)"]
    );
    assert_eq!(reply_as(&env, "sactl --company 2", "63"), ["2"], "a single one is put in");
}

/// The keys of a person, and the commands that come of them.
#[test]
fn the_tab_key_completes_in_bash() {
    if !has("bash") {
        return;
    }
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN).with("SACTL_COMPANY", "1");
    let mut bash = shell(&env, "bash");
    bash.args(["--norc", "--noprofile", "-i"]).env("PS1", super::PROMPT);
    let mut terminal = Terminal::program(&bash);
    terminal.wait_for(super::PROMPT).type_line(&format!("source {}", script("sactl.bash").display()));
    super::zsh::work(&mut terminal, &env);
    terminal.type_line("exit");
    let (_, code) = terminal.finish();
    assert_eq!(code, 0);
}
