//! Answers as people see them: terminals of every width, colours only where they are wanted, a screen reader, and
//! a sign of life while a request takes long.

use std::process::Command;

use unicode_width::UnicodeWidthStr;

use super::acting::World;
use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};
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
                for permission in account["access"]["permissions"].as_array().into_iter().flatten() {
                    assert!(dense.contains(permission.as_str().unwrap()), "{permission}: {whole}");
                }
                let description = account["description"].as_str().unwrap_or_default();
                let description: String = description.split_whitespace().collect();
                assert!(dense.contains(&description), "{description}: {whole}");
                assert!(dense.contains(account["created_at"].as_str().unwrap()), "{whole}");
            }
        }
    }
}

/// In a pipe a table is never cut, and its times are exact: nobody knows when it will be read.
#[test]
fn a_table_in_a_pipe_is_whole() {
    let world = World::start();
    let admin = peopled(&world);
    let text = admin.sactl("list -o table").ok().stdout.clone();
    assert!(text.contains("vpn-networks:view") && !text.contains('…') && !text.contains(" more"), "{text}");
    admin.sactl("token").ok();
    let shown = admin.sactl("show long-list -o table").ok().stdout.clone();
    assert!(!shown.contains("ago") && !shown.contains("just now"), "{shown}");
    let limited = admin.with("COLUMNS", "60").sactl("list -o table").ok().clone();
    assert!(limited.stdout.lines().all(|line| line.width() <= 60), "{}", limited.stdout);
    assert_eq!(limited.stderr, "", "who fixed the width knows it");
}

/// Every switch, for answers, for help and for what is wrong with the arguments.
#[test]
fn colours_obey_every_switch() {
    let world = World::start();
    let admin = world.admin();
    for line in ["list", "list --help", "--help", "list --nonsense", "show nobody"] {
        for (variables, flag, on_a_terminal, in_a_pipe) in [
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
        ] {
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

/// A gateway that never answers, and somebody who waits for it.
fn waiting(env: Env) -> (Stub, Env) {
    let stub = Stub::start(|_| Answer::Silence);
    let env = env.with("SACTL_SERVER", stub.url()).with("SACTL_TOKEN", "sat_x").with("SACTL_COMPANY", "1");
    (stub, env)
}

#[test]
fn a_long_request_gives_a_sign_of_life_that_is_erased() {
    let (_stub, env) = waiting(Env::new());
    let mut terminal = Terminal::start(&env, "list --timeout 30");
    terminal.wait_for("Waiting for 127.0.0.1…").interrupt();
    let (text, code) = terminal.finish();
    assert_eq!(code, 130, "{text}");
    // Erased, and what went wrong begins on a line of its own.
    assert!(text.lines().any(|line| line == "error: interrupted"), "{text}");
}

#[test]
fn a_screen_reader_hears_once_that_somebody_waits() {
    let (_stub, env) = waiting(Env::new().with("SACTL_ACCESSIBLE", "1"));
    let mut terminal = Terminal::start(&env, "list --timeout 1.5");
    terminal.wait_for("Waiting for 127.0.0.1.");
    let (text, code) = terminal.finish();
    assert_eq!(code, 8, "{text}");
    assert_eq!(text.matches("Waiting").count(), 1, "{text}");
}

#[test]
fn nobody_is_told_who_did_not_want_to_know() {
    for line in ["list --quiet", "list -o json", "list -o jsonl"] {
        let (_stub, env) = waiting(Env::new());
        let (text, code) = Terminal::start(&env, &format!("{line} --timeout 1.2")).finish();
        assert!(code == 8 && !text.contains("Waiting"), "{line}: {text}");
    }
    let (_stub, env) = waiting(Env::new());
    let outcome = env.sactl("list --timeout 1.2");
    assert!(outcome.code() == Some(8) && !outcome.stderr.contains("Waiting"), "{outcome}");
}
