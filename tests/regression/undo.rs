//! What a write says of the state before it, and the command that takes it back.

use serde_json::Value;

use crate::cli::acting::World;
use crate::common::env::Env;

/// The command after `to undo: ` that the write `line` names.
fn undo_of(env: &Env, line: &str) -> String {
    let outcome = env.sactl(line);
    let told = &outcome.ok().stderr;
    let undo =
        told.lines().find_map(|line| line.split_once("to undo: sactl ")).map(|(_, undo)| undo.to_owned());
    undo.unwrap_or_else(|| panic!("{line} names no command that takes it back: {told}"))
}

/// F21: a write said what is there now, and the state before was lost.
#[test]
fn command_that_a_write_names_takes_it_back() {
    let world = World::start();
    let admin = world.admin();
    let state = |line: &str| -> Value {
        let mut state = admin.sactl(&format!("{line} -o json")).ok().json();
        state.as_object_mut().unwrap().remove("last_used_at");
        state
    };
    for (shown, write) in [
        ("show dormant-bot", "grant dormant-bot --role viewer"),
        ("show fleet-automation", "grant fleet-automation --permission devices:view,alerts:view"),
        ("show fleet-automation", "revoke fleet-automation --yes"),
        ("show backup-runner", "grant backup-runner --add-permission alerts:view"),
        ("show backup-runner", "edit backup-runner --description Weekly"),
        ("role show router-fixer", "role edit router-fixer --add-permission alerts:view"),
    ] {
        if shown.starts_with("role") {
            admin.sactl("role create router-fixer --permission devices:view").ok();
        }
        let before = state(shown);
        let undo = undo_of(&admin, write);
        assert_ne!(state(shown), before, "{write}");
        let undo: Vec<String> = undo.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect();
        let needs_yes = (undo[0] == "revoke").then(|| "--yes".to_owned());
        admin.run(joined(undo).into_iter().chain(needs_yes)).ok();
        assert_eq!(state(shown), before, "{write}");
    }
    for (write, shown) in [
        ("create made-now --generate", "show made-now"),
        ("role create made-now --permission devices:view", "role show made-now"),
    ] {
        let undo = undo_of(&admin, write);
        admin.sactl(&format!("{undo} --yes")).ok();
        admin.sactl(shown).expect(5);
    }
}

/// Words again, where a quoted one had spaces.
fn joined(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut is_text = false;
    for word in words {
        if is_text && !word.starts_with("--") {
            let last = joined.last_mut().unwrap();
            last.push(' ');
            last.push_str(&word);
        } else {
            joined.push(word.clone());
        }
        is_text = joined.get(joined.len().wrapping_sub(2)).is_some_and(|word| word == "--description");
    }
    joined
}

/// F21, F25: a program reads the access before, and whether `null` means never or not known.
#[test]
fn documents_have_the_access_before_and_whether_use_is_known() {
    let world = World::start();
    let admin = world.admin();
    let document = |line: &str| -> Value { admin.sactl(&format!("{line} -o json")).ok().json() };
    let given = document("grant dormant-bot --role viewer");
    assert_eq!((&given["before"], &given["access"]["role"]), (&Value::Null, &"viewer".into()));
    let replaced = document("grant dormant-bot --role operator");
    assert_eq!(replaced["before"], given["access"]);
    let unchanged = document("grant dormant-bot --role operator");
    assert_eq!((&unchanged["before"], &unchanged["changed"]), (&replaced["access"], &false.into()));
    assert_eq!(document("revoke dormant-bot --yes")["before"], replaced["access"]);
    assert_eq!(document("revoke dormant-bot --yes")["before"], Value::Null);
    let list = document("list");
    let known = |kind: &str, known: bool| {
        let rows = list[kind].as_array().unwrap();
        !rows.is_empty() && rows.iter().all(|row| row["use_known"] == known)
    };
    assert!(known("owned", true) && known("external", false), "{list}");
}

/// F21: the question of `delete` named the companies that lose the account, and its dry run did not.
#[test]
fn a_dry_run_of_delete_names_the_companies() {
    let world = World::start();
    let told = world.admin().sactl("delete fleet-automation --dry-run -o json").ok().json();
    let detail = told["checks"][0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("2 companies: Acme MSP (1): operator; Northwind Logistics (2): operator"),
        "{detail}"
    );
}
