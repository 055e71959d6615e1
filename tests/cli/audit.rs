//! `sactl audit`: what was done in the company, once or as it happens.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::acting::{ACME_OPERATOR, World};
use crate::common::process::{send, wait};

fn told(records: &Value) -> Vec<String> {
    let told = |record: &Value| {
        let object = record["account"]["name"].as_str().or(record["role"].as_str()).unwrap_or_default();
        format!("{} {object}", record["action"].as_str().unwrap())
    };
    records.as_array().unwrap().iter().map(told).collect()
}

#[test]
fn audit_shows_what_was_done_newest_first() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("grant dormant-bot --role viewer").ok();
    admin.sactl("role create night --permission devices:view").ok();
    admin.sactl("revoke dormant-bot --yes").ok();
    let log = admin.sactl("audit -o json").ok().json();
    assert_eq!(log["company"], json!({"id": 1, "name": "Acme MSP"}));
    assert_eq!(
        told(&log["records"]),
        ["access.removed dormant-bot", "role.created night", "access.set dormant-bot"]
    );
    let records = |line: &str| told(&admin.sactl(&format!("audit {line} -o json")).ok().json()["records"]);
    assert_eq!(records("--account dormant-bot --action access.set"), ["access.set dormant-bot"]);
    assert_eq!(records("--action role.created,access.set").len(), 2);
    assert_eq!(records("--actor admin@acme.example --since 1h").len(), 3);
    assert_eq!(records("--until 1h"), Vec::<String>::new());
    assert_eq!(records("--since 2026-01-01 --until 2026-01-02"), Vec::<String>::new());
    let limited = admin.sactl("audit --limit 1");
    assert_eq!(limited.ok().stdout.lines().count(), 1);
    assert!(limited.stderr.contains("--limit"), "{limited}");
    let table = admin.sactl("audit -o table");
    let table = &table.ok().stdout;
    assert!(
        table.contains("Audit log of Acme MSP (1)") && table.contains("old: none; new: role: viewer"),
        "{table}"
    );
    let csv = admin.sactl("audit -o csv --limit 1");
    assert!(csv.ok().stdout.starts_with("at,action,actor_kind,"), "{csv}");
}

/// An empty answer says how to look further back, with the filters of the call.
#[test]
fn an_empty_audit_log_says_how_to_look_further_back() {
    let world = World::start();
    let admin = world.admin();
    let filter = "--account dormant-bot --action access.set";
    for (since, longer) in [("", "30d"), ("--since 2d", "30d"), ("--since 90d", "365d")] {
        let table = admin.sactl(&format!("audit {filter} {since} -o table")).ok().stdout.clone();
        let wider = format!("sactl audit --since {longer} --action access.set");
        assert!(table.contains(&wider), "{since}: {table}");
    }
    let table = admin.sactl(&format!("audit {filter} --since 400d -o table")).ok().stdout.clone();
    assert!(table.contains("No record matches.") && !table.contains("sactl audit"), "{table}");
    let several = admin.sactl(&format!("audit {filter} --companies 2 -o table")).ok().stdout.clone();
    assert!(several.contains("--company 2"), "{several}");
    let ended = admin
        .sactl(&format!("audit {filter} --companies 2 --until 1h --limit 3 -o table"))
        .ok()
        .stdout
        .clone();
    assert!(ended.contains("--until 1h --limit 3 --company 2"), "{ended}");
    let ended = admin.sactl(&format!("audit {filter} --until 1h"));
    assert!(ended.ok().stderr.contains("sactl audit --since 30d --action access.set"), "{ended}");
    assert!(ended.stderr.contains("--until 1h") && !ended.stderr.contains("in the last 24 hours"), "{ended}");
    let rows = admin.sactl(&format!("audit {filter}"));
    assert!(rows.ok().stderr.contains("sactl audit --since 30d --action access.set"), "{rows}");
    assert_eq!(admin.sactl(&format!("audit {filter} --since 1h")).ok().stderr, "", "what was asked for");
    assert_eq!(admin.sactl(&format!("audit {filter} -o jsonl")).ok().stderr, "");
}

#[test]
fn audit_that_cannot_be_read_is_refused_with_a_reason() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("audit --since yesterday").refused(2, "24h");
    for at in ["", " --companies all"] {
        admin.sactl(&format!("audit --until 2020-01-01{at}")).refused(2, "add --since");
        admin
            .sactl(&format!("audit --since 1h --until 2h{at}"))
            .refused(2, "--until 2h is not after --since 1h");
    }
    admin.sactl("audit --follow --limit 3").refused(2, "--limit");
    admin.sactl("audit --follow -o json").refused(2, "jsonl");
    admin.sactl("audit --action account.flown").refused(2, "account.deleted");
    for at in ["", " --companies all"] {
        let unknown = admin.sactl(&format!("audit --action account.delete,access.set,created{at}"));
        unknown.refused(2, "instead of account.delete, did you mean account.deleted?");
        unknown
            .refused(2, "did you mean account.created or role.created or company.created or user.created?");
        unknown.refused(2, "the actions are listed in: sactl help audit");
    }
    assert!(admin.sactl("help audit").ok().stdout.contains("account.password_reset"));
    admin.sactl("role create blind --permission devices:view").ok();
    admin.sactl("grant fleet-automation --role blind").ok();
    world.acting("fleet-automation", 1).sactl("audit").refused(4, "auditing:view");
    world.acting(ACME_OPERATOR, 1).sactl("audit").ok();
}

/// Every record is shown once, those of the last day first, and Ctrl-C ends it with 130.
#[test]
fn follow_shows_new_records_once_until_it_is_interrupted() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("grant dormant-bot --role viewer").ok();
    let mut command = admin.command();
    command.args(["audit", "--follow", "-o", "jsonl"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["action"], "access.set");
    admin.sactl("revoke dormant-bot --yes").ok();
    assert_eq!(next()["action"], "access.removed");
    admin.sactl("role create night --permission devices:view").ok();
    assert_eq!(next()["role"], "night");
    send(&child, Signal::INT);
    assert_eq!(wait(&mut child).code(), Some(130));
    assert!(lines.next().is_none(), "nothing was shown twice");
}
