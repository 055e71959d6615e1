//! fish: as its own `complete -C` answers, with the script where the shell looks for it.

use super::{has, known, quietly, script, shell};
use crate::cli::acting::World;
use crate::common::env::Env;

/// Candidates and descriptions, as fish sees them.
pub(super) fn complete(env: &Env, line: &str) -> Vec<String> {
    let folder = env.folder().join("home/.config/fish/completions");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(script("sactl.fish"), folder.join("sactl.fish")).unwrap();
    let mut fish = shell(env, "fish");
    fish.args(["-c", "complete -C $argv[1]", line]);
    quietly(&mut fish).lines().map(str::to_owned).collect()
}

#[test]
fn fish_gets_names_with_descriptions() {
    if !has("fish") {
        return;
    }
    let world = World::start();
    let env = world.admin();
    let find = |line: &str| complete(&env, known(&env, line));
    assert_eq!(find("sactl sh"), ["show\tShow service accounts with everything about them"]);
    assert_eq!(find("sactl show fl"), ["fleet-automation\tNightly firmware roll-out for every customer"]);
    assert_eq!(find("sactl show nor"), ["northwind-telemetry\texternal, owned by Northwind Logistics (2)"]);
    assert_eq!(find("sactl --company "), ["1\tAcme MSP", "2\tNorthwind Logistics"]);
    assert_eq!(find("sactl --company=nor"), ["--company=Northwind Logistics\tcompany 2"]);
    assert_eq!(find("sactl --company 'Northwind L"), ["Northwind Logistics\tcompany 2"]);
    assert_eq!(find("sactl grant x --permission devices:view,alerts:v"), ["devices:view,alerts:view"]);
    assert_eq!(find("sactl create x --grant 2=ope"), ["2=operator\tdefault role, 29 permissions"]);
    assert_eq!(find("sactl role show v"), ["viewer\tdefault role, 10 permissions"]);
}

#[test]
fn fish_completes_files_where_files_are_meant() {
    if !has("fish") {
        return;
    }
    let env = Env::new();
    env.file("authority.pem", "");
    std::fs::create_dir(env.work().join("area")).unwrap();
    assert_eq!(complete(&env, "sactl --cacert auth"), ["authority.pem"]);
    assert_eq!(complete(&env, "sactl --cacert=auth"), ["--cacert=authority.pem"]);
    assert_eq!(complete(&env, "sactl man a").len(), 1, "folders only");
    assert_eq!(complete(&env, "sactl list "), complete(&env, "sactl list "), "no files elsewhere");
    assert!(!complete(&env, "sactl list ").iter().any(|one| one.starts_with("authority")));
}
