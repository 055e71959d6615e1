//! What a table prints above its columns was no name for them.

use crate::cli::acting::{ACME_ADMIN, World};

/// F36: the printed heads (ACCESS, LAST USED, COMPANIES) were unknown columns.
#[test]
fn every_printed_head_is_a_column() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    env.sactl("company use 1").ok();
    for command in ["list", "role list", "company list", "profile list", "permission list", "doctor"] {
        let table = env.sactl(&format!("{command} --wide -o table")).ok().stdout.clone();
        let is_heads =
            |line: &&str| !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase() || c == ' ');
        let heads: Vec<&str> = table.lines().filter(is_heads).collect();
        assert!(!heads.is_empty(), "{command}: {table}");
        for head in heads.iter().flat_map(|line| line.split("  ")).filter(|head| !head.is_empty()) {
            let mut words: Vec<&str> = command.split(' ').collect();
            words.extend(["--columns", head.trim(), "-o", "csv"]);
            env.run(words).ok();
        }
    }
    let chosen = env.run(["list", "--owned", "--columns", "name,ACCESS,Last used", "-o", "csv"]);
    assert!(chosen.ok().stdout.starts_with("name,role,permissions,last_used_at\n"), "{chosen}");
}

/// F36: `--columns last_used_at` printed `-` for an account that was never used, and for one whose use is not told.
#[test]
fn never_is_a_word_where_columns_are_chosen() {
    let world = World::start();
    let admin = world.admin();
    let table = admin.sactl("list --columns name,last_used_at -o table").ok().stdout.clone();
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("dormant-bot").ends_with("never"), "{table}");
    assert!(line("northwind-telemetry").ends_with('-'), "{table}");
    let csv = admin.sactl("list --owned --columns name,last_used_at -o csv").ok().stdout.clone();
    assert!(csv.contains("dormant-bot,\n"), "{csv}");
}

/// F36: both flags together showed both tables without a word about it.
#[test]
fn help_says_what_owned_and_external_are_together() {
    let world = World::start();
    assert_eq!(
        world.admin().sactl("list --owned --external -o json").ok().stdout,
        world.admin().sactl("list -o json").ok().stdout
    );
    assert!(world.admin().sactl("list --help").ok().stdout.contains("with --external, both tables"));
}
