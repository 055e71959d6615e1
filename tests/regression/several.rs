//! Several accounts in one call: what is read comes in whole lines, what is deleted is asked about once, and nothing on
//! standard input never means everything.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::acting::{ACME_ADMIN, World, names};
use crate::common::env::Env;
use crate::common::platform::SANDBOX;
use crate::common::proxy::{Cut, Proxy};
use crate::common::terminal::Terminal;

const COMPANIES: usize = 12;
const ACCOUNTS: usize = 20;

/// A company with accounts whose documents are longer than what a pipe takes in one piece.
fn with_long_documents() -> World {
    let mut seed = String::new();
    for number in 1..=COMPANIES {
        let _ = writeln!(seed, "[[company]]\nname = \"Company {number}\"");
    }
    let everywhere = |role: &str| {
        let each = (1..=COMPANIES).map(|number| format!("{{ company = {number}, role = \"{role}\" }}"));
        each.collect::<Vec<_>>().join(", ")
    };
    let hash = SANDBOX.lines().find(|line| line.starts_with("password_hash")).unwrap();
    let access = everywhere("company-admin");
    let _ = writeln!(seed, "[[user]]\nemail = \"{ACME_ADMIN}\"\n{hash}\naccess = [{access}]");
    for number in 0..ACCOUNTS {
        let access = everywhere("operator");
        let _ = writeln!(
            seed,
            "[[service_account]]\nname = \"bot-{number}\"\nowner = 1\n{hash}\naccess = [{access}]"
        );
    }
    World::seeded(&seed)
}

/// F40, R22: `xargs -P8 -n1 sactl show -o jsonl` mixed lines above 4 KiB, and `show` took only one name.
#[test]
fn show_of_names_from_standard_input_writes_whole_lines_in_the_order_asked() {
    let world = with_long_documents();
    let admin = world.admin();
    let asked: Vec<String> = (0..ACCOUNTS).rev().map(|number| format!("bot-{number}")).collect();
    let lines = admin.run_with_input(["show", "-", "-o", "jsonl"], asked.join("\n"));
    assert!(lines.ok().stdout.lines().all(|line| line.len() > 4096), "{lines}");
    let lines = lines.json_lines();
    let shown: Vec<&str> = lines.iter().filter_map(|line| line["name"].as_str()).collect();
    assert_eq!(shown, asked);
    let alone = admin.sactl("show bot-7 -o jsonl").ok().json_lines();
    assert_eq!(lines[ACCOUNTS - 1 - 7], alone[0]);
}

#[test]
fn show_of_several_names_is_one_document_in_each_format() {
    let world = World::start();
    let admin = world.admin();
    let document = admin.sactl("show northwind-telemetry dormant-bot dormant-bot -o json").ok().json();
    assert_eq!(document["company"], json!({"id": 1, "name": "Acme MSP"}));
    assert_eq!(names(&document["accounts"]), ["northwind-telemetry", "dormant-bot"]);
    let one = admin.sactl("show dormant-bot -o json").ok().json();
    assert_eq!(document["accounts"][1], one);
    let csv = admin.sactl("show northwind-telemetry dormant-bot -o csv").ok().stdout.clone();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert_eq!(admin.sactl("show *-bot fleet-* -o name").ok().stdout, "dormant-bot\nfleet-automation\n");
    assert_eq!(admin.sactl("show *-bot fleet-* --jq .accounts[].id").ok().stdout.lines().count(), 2);
    let table = admin.sactl("show dormant-bot northwind-telemetry -o table").ok().stdout.clone();
    for part in ["dormant-bot\nName", "northwind-telemetry\nName", "External account"] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

/// F40: of several names, one that does not exist hid the others, or the others hid it.
#[test]
fn show_of_several_names_shows_those_that_exist_and_names_the_others() {
    let world = World::start();
    let admin = world.admin();
    let some = admin.sactl("show dormant-bot dormant-bo fleet-automation nothing-like-it -o json");
    let document: Value = serde_json::from_str(&some.expect(9).stdout).unwrap();
    assert_eq!(names(&document["accounts"]), ["dormant-bot", "fleet-automation"]);
    let error: Value = serde_json::from_str(&some.stderr).unwrap();
    let error = &error["error"];
    assert_eq!((&error["code"], error["errors"].as_array().unwrap().len()), (&json!("partial"), 2));
    let first = error["errors"][0]["message"].as_str().unwrap();
    assert!(
        first.contains("dormant-bo in Acme MSP (1)") && first.contains("did you mean dormant-bot?"),
        "{first}"
    );
    let text = admin.sactl("show dormant-bot nothing-like-it -o table");
    assert!(text.expect(9).stderr.contains("nothing-like-it") && text.stderr.contains("1 of 2"), "{text}");
    assert_eq!(admin.sactl("show nothing-like-it neither-this").expect(5).stdout, "");
    admin.sactl("show nothing-*").refused(5, "nothing-*");
    assert_eq!(admin.run_with_input(["show", "-"], "nothing-like-it\n").expect(5).stdout, "");
}

/// F40: there was no `delete` of several names, so that each was asked about, and the first failure ended a loop.
#[test]
fn delete_of_several_names_asks_once_and_goes_on_after_a_failure() {
    let world = World::start();
    let proxy = Proxy::cutting(&world.url(), Cut::BeforeTheRequest, usize::MAX, |request| {
        request.method == "DELETE" && request.path().ends_with("/dormant-bot")
    });
    let direct = world.admin();
    let admin = world.admin().with("SACTL_SERVER", proxy.url()).with("SACTL_TIMEOUT", "5");
    let unasked = admin.sactl("delete dormant-bot backup-runner -o json");
    unasked.error(2, "confirmation_required");
    assert_eq!(proxy.requests().len(), 0, "refused before any request");
    let plan = admin.sactl("delete dormant-bot backup-runner --dry-run -o json").ok().json();
    assert_eq!((&plan["summary"]["delete"], plan["steps"].as_array().unwrap().len()), (&json!(2), 2));
    let failed = admin.sactl("delete dormant-bot backup-runner fleet-automation --yes -o json");
    let run: Value = serde_json::from_str(&failed.expect(9).stdout).unwrap();
    assert_eq!((&run["summary"]["changed"], &run["summary"]["failed"]), (&json!(2), &json!(1)), "{run}");
    let results = run["results"].as_array().unwrap();
    let lost: Vec<&Value> = results.iter().filter(|result| result["outcome"] == "failed").collect();
    assert_eq!(lost[0]["step"]["account"], "dormant-bot");
    for (name, code) in [("dormant-bot", 0), ("backup-runner", 5), ("fleet-automation", 5)] {
        direct.sactl(&format!("show {name}")).expect(code);
    }
}

#[test]
fn delete_of_several_names_is_confirmed_by_their_number() {
    let world = World::start();
    let admin = world.admin();
    for (answer, gone) in [("y", false), ("3", false), ("2", true)] {
        let mut terminal = Terminal::start(&admin, "delete dormant-bot fleet-*");
        terminal.wait_for("has access in 2 companies").wait_for("type 2 to confirm").type_line(answer);
        let (text, code) = terminal.finish();
        assert_eq!(code == 0, gone, "{answer:?}: {text}");
        assert_eq!(admin.sactl("show dormant-bot").code() == Some(5), gone, "{answer:?}: {text}");
    }
}

#[test]
fn delete_of_several_names_is_refused_whole_where_one_is_not_owned() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("delete dormant-bot northwind-telemetry --yes").refused(5, "northwind-telemetry");
    admin.sactl("delete dormant-bot no-such-bot --yes").refused(5, "no-such-bot");
    admin.sactl("show dormant-bot").ok();
}

/// `list -o name | sactl rotate - --yes` with an empty list set new passwords for every account of the company.
#[test]
fn empty_standard_input_names_no_account() {
    let world = World::start();
    let admin = world.admin();
    let before = passwords(&admin);
    for line in ["rotate - --password-dir secrets --yes", "delete - --yes", "revoke - --yes", "show -"] {
        for input in ["", "\n \n"] {
            admin.run_with_input(line.split(' '), input).refused(2, "standard input is empty");
        }
    }
    assert_eq!(passwords(&admin), before);
}

/// When the password of each account was set.
fn passwords(admin: &Env) -> String {
    admin.sactl("list -o csv --columns name,password_changed_at,permissions").ok().stdout.clone()
}
