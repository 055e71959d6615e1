//! Answers as people see them: terminals of every width, colours only where they are wanted, a screen reader, and
//! lists that are empty.

use std::process::Command;

use unicode_width::UnicodeWidthStr;

use super::acting::{ACME_ADMIN, NORTHWIND_ADMIN, World};
use crate::common::env::Env;
use crate::common::lane::takes;
use crate::common::terminal::{Terminal, plain};

const WIDTHS: [u16; 5] = [40, 60, 80, 120, 200];

/// Accounts whose descriptions are wide, combined and long, with a list of permissions that fits nowhere.
fn peopled(world: &World) -> Env {
    let admin = world.admin();
    for (name, description, permissions) in [
        ("kyoto-gateway", "京都のすべてのルーターを毎晩更新するサービスアカウント", "devices:view"),
        (
            "emoji-bot",
            "👩‍🚀 watches 🛰️ and e\u{301}crit des rapports très détaillés à 👍🏽 chaque nuit",
            "alerts:view",
        ),
        (
            "long-list",
            "",
            "alerts:view,alerts:edit,alerts:create,devices:view,devices:edit,vpn-networks:view,roles:view",
        ),
    ] {
        let words = ["create", name, "--description", description, "--permission", permissions];
        admin.run(words.into_iter().chain(["--generate", "-o", "json"])).ok();
    }
    admin
}

fn command(env: &Env, line: &str) -> Command {
    let mut command = env.command();
    command.args(line.split_whitespace());
    command
}

/// What is shown on a terminal of that width, without colours.
fn on_terminal(env: &Env, line: &str, columns: u16) -> String {
    let (text, code) = Terminal::of_columns(columns, &command(env, line)).finish_raw();
    assert_eq!(code, 0, "{text}");
    plain(&text)
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let world = World::start();
    let admin = peopled(&world);
    for line in ["list", "list --wide", "show long-list", "role list --wide", "whoami", "permission list"] {
        for columns in WIDTHS {
            let text = on_terminal(&admin, line, columns);
            for shown in text.lines() {
                assert!(shown.width() <= usize::from(columns), "{line} at {columns}: {shown}\n{text}");
            }
        }
    }
}

/// What is folded on a narrow terminal is there with `--wide`, at every width; and a name is never cut.
#[test]
fn a_whole_table_loses_nothing() {
    let world = World::start();
    let admin = peopled(&world);
    let everything = admin.sactl("list -o json").ok().json();
    for columns in WIDTHS {
        let narrow = on_terminal(&admin, "list", columns);
        let whole = on_terminal(&admin, "list --wide", columns);
        let dense: String = whole.split_whitespace().collect();
        for account in everything["owned"].as_array().unwrap() {
            assert!(narrow.contains(account["name"].as_str().unwrap()), "{columns}: {narrow}");
        }
        if columns <= 80 {
            assert!(narrow.contains("--wide"), "{columns}: {narrow}");
        }
        assert!(!whole.contains("--wide") && !whole.contains('…'), "{columns}: {whole}");
        // Cells side by side have their lines mixed; alone they read on.
        if columns == 40 {
            for account in everything["owned"].as_array().unwrap() {
                let access = &account["access"];
                let listed = access["permissions"].as_array().filter(|_| access["role"].is_null());
                for permission in listed.into_iter().flatten() {
                    assert!(dense.contains(permission.as_str().unwrap()), "{permission}: {whole}");
                }
                let description = account["description"].as_str().unwrap_or_default();
                let description: String = description.split_whitespace().collect();
                assert!(dense.contains(&description), "{description}: {whole}");
                assert!(whole.contains("Created       just now"), "{whole}");
            }
        }
    }
}

/// In a pipe a table is not cut unless `COLUMNS` is set, and its times are exact.
#[test]
fn a_table_in_a_pipe_is_whole() {
    let world = World::start();
    let admin = peopled(&world);
    let text = admin.sactl("list -o table").ok().stdout.clone();
    assert!(text.contains("vpn-networks:view") && !text.contains('…') && !text.contains(" more"), "{text}");
    admin.sactl("token").ok();
    let shown = admin.sactl("show long-list -o table").ok().stdout.clone();
    assert!(!shown.contains("ago") && !shown.contains("just now"), "{shown}");
}

/// Every switch, for answers, for help and for what is wrong with the arguments.
#[test]
fn colours_obey_every_switch() {
    let world = World::start();
    let admin = world.admin();
    let lines = ["list", "list --help", "--help", "list --nonsense", "show nobody"];
    for (row, line) in lines.into_iter().enumerate() {
        for (column, (variables, flag, on_a_terminal, in_a_pipe)) in [
            (&[][..], "", true, false),
            (&[("NO_COLOR", "1")], "", false, false),
            (&[("NO_COLOR", "")], "", true, false),
            (&[("CLICOLOR", "0")], "", false, false),
            (&[("CLICOLOR_FORCE", "1")], "", true, true),
            (&[("CLICOLOR_FORCE", "0")], "", true, false),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], "", false, false),
            (&[("TERM", "dumb")], "", false, false),
            (&[], "--color=never", false, false),
            (&[("CLICOLOR_FORCE", "1")], "--color=never", false, false),
            (&[("NO_COLOR", "1")], "--color=always", true, true),
        ]
        .into_iter()
        .enumerate()
        {
            if !takes(row + column, 3) {
                continue;
            }
            let started = || {
                let mut command = command(&admin, &format!("{flag} {line} -o table"));
                command.env("TERM", "xterm-256color").envs(variables.iter().copied());
                command
            };
            let has_colour = |bytes: &[u8]| bytes.contains(&0x1b);
            let (shown, _) = Terminal::program(&started()).finish_raw();
            let what = format!("{line} {variables:?} {flag}");
            assert_eq!(has_colour(shown.as_bytes()), on_a_terminal, "{what}: {shown:?}");
            let output = started().output().unwrap();
            let bytes = [output.stdout, output.stderr].concat();
            assert_eq!(has_colour(&bytes), in_a_pipe, "{what}: {}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn a_screen_reader_gets_lines_with_labels() {
    let world = World::start();
    let admin = peopled(&world).with("SACTL_ACCESSIBLE", "1");
    let text = on_terminal(&admin, "list", 80);
    assert!(text.starts_with("Owned by Acme MSP (1): 6 accounts.\nName: backup-runner\nAccess: "), "{text}");
    assert!(text.contains("\n\nName: long-list\nAccess: alerts:create, alerts:edit and 5 more\n"), "{text}");
    assert!(text.contains("\n\nExternal, with access to Acme MSP (1): 1 account.\nName: "), "{text}");
    assert!(!text.contains("  ") && !text.contains('…') && !text.contains('—'), "{text}");
    assert!(!admin.with("SACTL_ACCESSIBLE", "0").sactl("list -o table").ok().stdout.contains("Name: "));
}

/// An empty list says what the caller can do about it, or which permission an admin needs.
#[test]
fn an_empty_list_says_what_its_reader_can_do() {
    let world = World::start();
    let stranger = |company| world.acting("contoso-sync", company);
    for (company, line, said) in [
        (
            4,
            "list",
            "Contoso Retail (4) owns no service account yet. An admin with service-accounts:create can",
        ),
        (4, "list --owned", "An admin with service-accounts:create can create one."),
        (
            3,
            "list",
            "account has access to Contoso Retail (3). An admin with service-accounts:edit can give one \
             access.",
        ),
        (3, "list --external", "An admin with service-accounts:edit can give one access."),
    ] {
        let shown = on_terminal(&stranger(company), line, 200);
        assert!(shown.contains(said) && !shown.contains("sactl create"), "{line} in {company}: {shown}");
        assert!(!shown.contains("sactl grant"), "{line} in {company}: {shown}");
        let piped = stranger(company).sactl(&format!("{line} -o table"));
        assert!(piped.ok().stdout.contains(said), "{piped}");
    }
    // Both lists of company 2 are made empty: its admin may do everything there, an operator of it as much.
    let admin = world.acting(NORTHWIND_ADMIN, 2);
    admin.sactl("delete northwind-telemetry --yes").ok();
    admin.sactl("revoke fleet-automation --yes").ok();
    for user in [NORTHWIND_ADMIN, ACME_ADMIN] {
        let shown = on_terminal(&world.acting(user, 2), "list", 200);
        assert!(shown.contains("Create one with: sactl create NAME --role viewer --generate\n"), "{shown}");
        assert!(shown.contains("Give one access with: sactl grant NAME --role viewer\n"), "{shown}");
        assert!(!shown.contains("An admin"), "{shown}");
    }
    // What is said works.
    admin.sactl("create made-so --role viewer --generate").ok();
    world.acting(ACME_ADMIN, 2).sactl("grant backup-runner --role viewer").ok();
    assert!(!on_terminal(&admin, "list", 200).contains("with: sactl"));
}

/// A search without a result does not suggest to create something.
#[test]
fn an_empty_search_says_how_to_see_all() {
    let world = World::start();
    for (line, said) in [
        ("list --search zebra", "None contains \"zebra\". See all with: sactl list"),
        ("list --role company-admin", "None has the role company-admin. See all with: sactl list"),
    ] {
        let shown = on_terminal(&world.admin(), line, 200);
        assert_eq!(shown.matches(said).count(), 2, "{shown}");
        assert!(!shown.contains("sactl create") && !shown.contains("sactl grant"), "{shown}");
    }
}
