//! `--columns`: what is chosen of an answer, and that a choice that makes no sense costs nothing.

use sactl::output::DOCUMENTS;

use super::acting::World;
use crate::common::env::Env;
use crate::common::lane::takes;

#[test]
fn columns_come_in_the_order_in_which_they_are_named() {
    let world = World::start();
    let admin = world.admin();
    let shown = |line: &str| admin.sactl(line).ok().stdout.clone();
    assert_eq!(
        shown("list --owned --columns id,name"),
        "7\tbackup-runner\n8\tdormant-bot\n6\tfleet-automation\n"
    );
    assert_eq!(
        shown("list --external --columns name,OWNER -o csv"),
        "name,owner\nnorthwind-telemetry,Northwind Logistics\n"
    );
    assert_eq!(shown("role show viewer --columns kind,name"), "default\tviewer\n");
    assert_eq!(shown("api GET /healthz --columns document").lines().count(), 1);
    let token = shown("token --columns expires_at,token");
    assert!(token.contains('\t') && token.ends_with(&shown("token")), "{token}");
}

/// A list keeps its two titled tables with their counts, and what it says where it is empty; an answer that is one
/// thing is one row.
#[test]
fn tables_keep_their_titles_and_have_the_chosen_columns() {
    let world = World::start();
    let admin = world.admin();
    let shown = |line: &str| admin.sactl(line).ok().stdout.clone();
    insta::assert_snapshot!(shown("list --columns name,owner_id,last_used_at -o table"), @r"
    Owned by Acme MSP (1) — 3 accounts
    NAME              OWNER_ID  LAST_USED_AT
    backup-runner     1         never
    dormant-bot       1         never
    fleet-automation  1         never

    External, with access to Acme MSP (1) — 1 account
    NAME                 OWNER_ID  LAST_USED_AT
    northwind-telemetry  2         -
    ");
    let external = shown("list --external --columns name -o table");
    assert!(external.starts_with("External, with access to Acme MSP (1)"), "{external}");
    let none = shown("list --search nothing-like-it --columns name -o table");
    assert!(none.contains("None contains"), "{none}");
    let show = shown("show fleet-automation --columns name,role -o table");
    assert_eq!(show, "NAME              ROLE\nfleet-automation  operator\n");
    let permissions = shown("permission list --columns action,category -o table");
    assert!(permissions.starts_with("ACTION  CATEGORY\ncreate  alerts\n"), "{permissions}");
}

/// A generated password is seen, or nothing is done.
#[test]
fn columns_never_lose_a_password() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("create ci --generate --columns name,id").refused(2, "password");
    admin.sactl("passwd backup-runner --generate --yes --columns name").refused(2, "password");
    admin.sactl("show ci").refused(5, "no service account ci");
    let made = admin.sactl("create ci --generate --columns password,name -q");
    let (password, name) = made.ok().stdout.trim_end().split_once('\t').unwrap();
    assert_eq!(name, "ci");
    assert_eq!(world.token_endpoint("ci", password, "python").status, 200);
}

/// A body typed on the command line may hold a secret: it is refused, and does not end in a log.
#[test]
fn a_typed_body_is_not_repeated() {
    let env = Env::new().with("SACTL_SERVER", "http://127.0.0.1:1").with("SACTL_TOKEN", "sat_x");
    let outcome = env.sactl(r#"api POST /api/x --data {"password":"Canary-Typed-1!"} -o json"#);
    outcome.refused(2, "@FILE");
    assert!(!outcome.stderr.contains("Canary"), "{outcome}");
}

/// Nothing listens there, and no user is signed in: what is refused now was refused before anything else.
#[test]
fn a_choice_that_makes_no_sense_sends_and_asks_nothing() {
    let env = Env::new().with("SACTL_SERVER", "http://127.0.0.1:1").with("SACTL_TOKEN", "sat_x");
    let before = env.files();
    for (row, (choice, text)) in [
        ("--columns nmae", "did you mean name?"),
        ("--columns name,", "empty"),
        ("--columns=", "empty"),
        ("--columns name -o json", "--jq"),
        ("--columns name -o name", "-o csv"),
        ("--jq .[", "closing bracket"),
        ("--jq nonsense", "unknown function nonsense"),
        ("--jq . -o csv", "--columns"),
        ("--jq . --columns name", "use only one"),
    ]
    .into_iter()
    .enumerate()
    {
        for (column, command) in [
            "list",
            "create x --generate --password-out x.password",
            "delete x",
            "passwd x --generate",
            "whoami",
            "profile list",
            "login",
        ]
        .into_iter()
        .enumerate()
        {
            if !takes(row + column, 3) {
                continue;
            }
            let outcome = env.sactl(&format!("{command} {choice}"));
            assert_eq!(outcome.expect(2).stdout, "", "{command} {choice}");
            // The columns differ from command to command, not the refusal.
            if choice != "--columns nmae" || outcome.stderr.contains("did you mean") {
                assert!(outcome.stderr.contains(text), "{command} {choice}: {outcome}");
            }
        }
    }
    for document in DOCUMENTS {
        for command in document.commands {
            let outcome = env.sactl(&format!("{command} x y --columns no_such_column"));
            assert!(matches!(outcome.code(), Some(2)), "{outcome}");
        }
    }
    assert_eq!(env.files(), before, "nothing was written");
    env.sactl("list --columns name").expect(8);
}

/// A role that does not exist is no filter: an empty answer would say that no account holds it.
#[test]
fn list_with_an_unknown_role_is_refused_in_every_form() {
    let world = World::start();
    let admin = world.admin();
    for format in ["", " -o table", " -o csv", " -o json"] {
        let refused = admin.sactl(&format!("list --role viewr{format}"));
        refused.refused(7, "did you mean the role viewer?");
        assert_eq!(refused.stdout, "", "{refused}");
    }
    assert_eq!(admin.sactl("list --role company-admin").ok().stderr, "");
}

#[test]
fn an_unknown_column_is_answered_with_the_columns_of_the_command() {
    let env = Env::new();
    let refused = env.sactl("role list --columns holder");
    refused.refused(2, "unknown column holder");
    assert!(refused.stderr.contains("did you mean holders?"), "{refused}");
    assert!(
        refused.stderr.contains("the columns of sactl role list are name, kind, permissions, holders"),
        "{refused}"
    );
}
