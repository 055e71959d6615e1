//! `sactl serve admin audit export`: each record at least once, whatever kills the exporter.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use crate::api::process::{Running, command};
use crate::common::env::Env;
use crate::common::tools::{strace_is_installed, straced};

const EXPORT: &str =
    "serve admin audit export --cursor state/cursor --out audit.jsonl --database sqlite:platform.db";

/// A database with some records.
fn place(companies: &[&str]) -> Env {
    let env = Env::new();
    for name in companies {
        create(&env, name);
    }
    env
}

fn create(env: &Env, name: &str) {
    env.run(["serve", "admin", "company", "create", name, "--database", "sqlite:platform.db"]).ok();
}

fn records(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

fn exported(env: &Env) -> Vec<Value> {
    records(&std::fs::read_to_string(env.work().join("audit.jsonl")).unwrap_or_default())
}

fn names(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["company"]["name"].as_str().unwrap()).collect()
}

#[test]
fn export_goes_on_where_the_one_before_ended() {
    let env = place(&["Acme", "North\u{202e}wind"]);
    assert!(env.sactl(EXPORT).ok().stderr.contains("Exported 2 records"));
    let first = exported(&env);
    assert_eq!(names(&first), ["Acme", "North\u{202e}wind"]);
    assert_eq!((&first[0]["action"], &first[0]["company_id"]), (&"company.created".into(), &1.into()));
    let raw = std::fs::read_to_string(env.work().join("audit.jsonl")).unwrap();
    assert!(!raw.contains('\u{202e}'), "no line has a character that a terminal obeys");
    for file in ["audit.jsonl", "state/cursor"] {
        let mode = std::fs::metadata(env.work().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    env.sactl(EXPORT).ok();
    assert_eq!(exported(&env), first, "nothing is new");
    create(&env, "Contoso");
    env.sactl(EXPORT).ok();
    assert_eq!(names(&exported(&env)), ["Acme", "North\u{202e}wind", "Contoso"]);
}

#[test]
fn export_without_a_file_goes_to_standard_output() {
    let env = place(&["Acme"]);
    let line = "serve admin audit export --cursor cursor --database sqlite:platform.db";
    assert_eq!(names(&records(&env.sactl(line).ok().stdout)), ["Acme"]);
    assert_eq!(env.sactl(line).ok().stdout, "");
}

#[test]
fn export_that_follows_writes_records_as_they_come() {
    let env = place(&["Acme"]);
    let line = "serve admin audit export --cursor cursor --database sqlite:platform.db --follow";
    let mut running = Running::start(command(&env, &line.split(' ').collect::<Vec<_>>()));
    assert_eq!(names(&records(&running.line())), ["Acme"]);
    create(&env, "Contoso");
    assert_eq!(names(&records(&running.line())), ["Contoso"]);
    env.sactl(line).refused(2, "another export uses the cursor");
    running.signal(Signal::TERM);
    running.end();
    let again = env.sactl(line.trim_end_matches(" --follow"));
    let again = records(&again.ok().stdout);
    assert!(again.len() <= 1 && names(&again).iter().all(|name| *name == "Contoso"), "{again:?}");
}

#[test]
fn export_refuses_what_it_has_not_written() {
    let env = place(&["Acme"]);
    env.file("audit.jsonl", "other");
    env.sactl(EXPORT).refused(2, "not a file of audit records");
    assert_eq!(std::fs::read_to_string(env.work().join("audit.jsonl")).unwrap(), "other");
    assert!(!env.work().join("state/cursor").exists());
    std::fs::remove_file(env.work().join("audit.jsonl")).unwrap();
    env.file("state/cursor", "7");
    env.sactl(EXPORT).refused(2, "not a cursor of an export");
    env.file("state/cursor", r#"{"last_id":99}"#);
    env.sactl(EXPORT).refused(2, "restored from a backup");
    env.file("audit.jsonl", r#"{"id":5,"name":"mine"}"#);
    std::fs::remove_file(env.work().join("state/cursor")).unwrap();
    env.sactl(EXPORT).refused(2, "not a file of audit records");
    assert_eq!(std::fs::read_to_string(env.work().join("audit.jsonl")).unwrap(), r#"{"id":5,"name":"mine"}"#);
}

/// Two exports with cursors of their own overwrote each other's records in one file.
#[test]
fn export_to_a_file_that_another_writes_to_is_refused() {
    let env = place(&["Acme"]);
    env.sactl(EXPORT).ok();
    let second = EXPORT.replace("state/cursor", "second");
    let other = File::open(env.work().join("audit.jsonl")).unwrap();
    other.lock().unwrap();
    env.sactl(&second).refused(2, "another export writes to audit.jsonl");
    assert!(!env.work().join("second").exists());
    // A process that is starting may have the file open too.
    other.unlock().unwrap();
    env.sactl(&second).ok();
    assert_eq!(names(&exported(&env)), ["Acme", "Acme"]);
}

/// The cursor took the place of the records.
#[test]
fn export_refuses_its_cursor_as_the_file_of_records() {
    let env = place(&["Acme"]);
    std::fs::create_dir(env.work().join("state")).unwrap();
    let line = "serve admin audit export --cursor state/cursor --database sqlite:platform.db";
    let absolute = env.work().join("state/cursor").display().to_string();
    for out in ["state/cursor", "./state/../state/cursor", &absolute] {
        env.sactl(&format!("{line} --out {out}")).refused(2, "both the cursor and the file of records");
        assert!(!env.work().join("state/cursor").exists());
    }
    env.sactl(line).ok();
    let cursor = std::fs::read_to_string(env.work().join("state/cursor")).unwrap();
    std::fs::hard_link(env.work().join("state/cursor"), env.work().join("linked")).unwrap();
    env.sactl(&format!("{line} --out linked")).refused(2, "both the cursor and the file of records");
    let appended = File::options().append(true).open(env.work().join("state/cursor")).unwrap();
    create(&env, "Contoso");
    let mut to_itself = command(&env, &line.split(' ').collect::<Vec<_>>());
    assert_eq!(to_itself.stdout(appended).stderr(Stdio::null()).status().unwrap().code(), Some(2));
    assert_eq!(std::fs::read_to_string(env.work().join("state/cursor")).unwrap(), cursor);
}

/// A database that was restored from a backup gives its numbers again: once it had overtaken the cursor, the records in
/// between were lost.
#[test]
fn export_of_a_restored_database_that_has_overtaken_the_cursor_is_refused() {
    let env = place(&["Acme"]);
    std::fs::copy(env.work().join("platform.db"), env.work().join("backup.db")).unwrap();
    create(&env, "Northwind");
    env.sactl(EXPORT).ok();
    std::fs::rename(env.work().join("backup.db"), env.work().join("platform.db")).unwrap();
    for name in ["Contoso", "Fabrikam"] {
        create(&env, name);
    }
    env.sactl(EXPORT).refused(2, "restored from a backup");
    assert_eq!(names(&exported(&env)), ["Acme", "Northwind"]);
    // A cursor of the first form says less, and is still read.
    env.file("state/cursor", r#"{"last_id":2}"#);
    env.sactl(EXPORT).ok();
    assert_eq!(names(&exported(&env)), ["Acme", "Northwind", "Fabrikam"]);
}

/// It said that the command succeeded.
#[test]
fn export_that_cannot_write_does_not_claim_to_have() {
    let env = place(&["Acme"]);
    let line = "serve admin audit export --cursor cursor --database sqlite:platform.db -o json";
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (reader, gone) = std::io::pipe().unwrap();
    drop(reader);
    for stdout in [Stdio::from(full), Stdio::from(gone)] {
        let mut export = command(&env, &line.split(' ').collect::<Vec<_>>());
        let output = export.stdout(stdout).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("cannot write to standard output") && !told.contains("succeeded"), "{told}");
        assert!(!env.work().join("cursor").exists());
    }
}

/// Killed between records and cursor, and at every other step: the next export repeats records, and none is lost.
#[test]
fn p27_killed_at_any_step_the_export_loses_no_record() {
    if !strace_is_installed() {
        return;
    }
    let (mut kills, mut repeated) = (0, 0);
    for (call, most) in [("fsync", 5), ("rename", 2), ("ftruncate", 1), ("write", 12)] {
        for count in 1..=most {
            let env = place(&["Acme", "Northwind"]);
            let (trace, inject) =
                (format!("trace=/^{call}"), format!("inject=/^{call}:signal=KILL:when={count}"));
            let mut command = straced(&env, &["-o", "/dev/null", "-e", &trace, "-e", &inject]);
            command.args(EXPORT.split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
            if command.status().unwrap().success() {
                break;
            }
            kills += 1;
            create(&env, "Contoso");
            env.sactl(EXPORT).ok();
            let all = exported(&env);
            let ids: BTreeSet<_> = all.iter().map(|record| record["id"].as_i64().unwrap()).collect();
            assert_eq!(ids, BTreeSet::from([1, 2, 3]), "killed at {call} number {count}: {all:?}");
            repeated += usize::from(all.len() > 3);
        }
    }
    assert!(kills >= 6, "only {kills} steps were hit: the steps are not these");
    assert!(repeated >= 1, "no kill came between the records and the cursor");
}
