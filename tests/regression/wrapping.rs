//! Errors and hints were broken in the middle of a word.

use crate::cli::acting::World;
use crate::common::env::Env;
use crate::common::terminal::Terminal;

/// What the command says on a terminal of this width.
fn said(env: &Env, columns: u16, line: &str) -> String {
    let mut command = env.command();
    command.args(line.split_whitespace());
    Terminal::of_columns(columns, &command).finish().0
}

/// F34: "sactl login --s" stood at the end of one line and "tore-password" on the next.
#[test]
fn errors_and_hints_are_broken_between_words_at_every_width() {
    let world = World::start();
    let admin = world.admin();
    for line in [
        "show dormat-bot",
        "grant fleet-automation --add-permission devices:view",
        "list --role opertor",
        "role delete viewer --yes",
        "list --nonsense",
        "grant backup-runner --role viewr",
        "--profile nope list",
    ] {
        let words_of = |text: &str| -> Vec<String> {
            text.split_whitespace().filter(|word| *word != "\\").map(str::to_owned).collect()
        };
        let words = words_of(&said(&admin, 400, line));
        for columns in [30, 40, 60, 80, 120] {
            let text = said(&admin, columns, line);
            for shown in text.lines() {
                let is_word = shown.trim().split(' ').count() == 1 || shown.trim().ends_with(" \\");
                assert!(shown.chars().count() <= columns.into() || is_word, "{columns}: {text}");
            }
            assert_eq!(words_of(&text), words, "{columns}: {text}");
        }
    }
}

/// F34: a command that is longer than a line is copied as one command.
#[test]
fn a_command_in_a_hint_can_be_copied_from_a_narrow_terminal() {
    let world = World::start();
    let server = world.url();
    let admin = world.admin();
    let text =
        said(&admin, 50, &format!("show dormant-bot --server {server} --allow-http --company 1 -o table"));
    let denied = said(&admin, 50, &format!("show dormat-bot --server {server} --allow-http --company 1"));
    let (_, command) = denied.split_once("sactl list").unwrap_or_else(|| panic!("{denied}"));
    let mut lines = command.lines();
    let mut copied = format!("sactl list{}", lines.next().unwrap());
    while copied.ends_with(" \\") {
        copied = format!("{copied}\n{}", lines.next().unwrap());
    }
    assert!(copied.contains('\n') && copied.contains("--company 1"), "{denied}\n{text}");
    let (shown, code) = Terminal::shell(&admin, &copied).finish();
    assert!(code == 0 && shown.contains("dormant-bot"), "{copied}: {shown}");
}
