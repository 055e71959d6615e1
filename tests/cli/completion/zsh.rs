//! zsh: the TAB key at a terminal, with the script where the shell looks for it.

use super::{PROMPT, has, known, script, shell};
use crate::cli::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::terminal::Terminal;

/// What is typed before TAB, what that puts behind it, and what the command answers, with `-o json` typed then.
const KEYS: [(&str, &str, &str); 6] = [
    ("sactl show fl", "eet-automation", "\"ownership\": \"owned\""),
    ("sactl company show North", "Logistics", "\"id\": 2"),
    ("sactl grant backup-runner --permission devices:view,devices:e", "dit", "\"changed\": true"),
    ("sactl list --ext", "ernal", "\"external\": ["),
    ("sactl create tab-bot --generate --grant 2=operat", "or", "\"role\": \"operator\""),
    ("sactl show tab", "-bot", "\"name\": \"tab-bot\""),
];

/// Ctrl-U. A key waits until zsh reads it; Ctrl-C is a signal, which zsh ignores while it still draws a list.
const KILL_LINE: &str = "\u{15}";

/// Works for a while as a person who presses TAB. What commands answer shows that the line was what it should be.
/// Whatever changes something makes the program forget names: they are looked up again when it has ended.
pub(super) fn work(terminal: &mut Terminal, env: &Env) {
    for (typed, completed, answer) in KEYS {
        terminal.wait_for(PROMPT).press(&format!("{}\t", known(env, typed))).wait_for(completed);
        terminal.type_line("-o json").wait_for(answer);
    }
    terminal.wait_for(PROMPT);
}

#[test]
fn the_tab_key_completes_in_zsh() {
    if !has("zsh") {
        return;
    }
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN).with("SACTL_COMPANY", "1");
    let mut zsh = shell(&env, "zsh");
    zsh.args(["-f", "-i"]).env("PROMPT", PROMPT);
    let mut terminal = Terminal::program(&zsh);
    let folder = script("_sactl").parent().unwrap().display().to_string();
    terminal
        .wait_for(PROMPT)
        .type_line(&format!("fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; echo rea''dy"));
    terminal.wait_for("ready");
    work(&mut terminal, &env);
    for (line, shown) in [
        ("sactl show ", "-- Saves the configuration of every router"),
        ("sactl create x --grant ", "2=  -- Northwind Logistics"),
    ] {
        terminal.press(&format!("{}\t", known(&env, line))).wait_for(shown);
        terminal.type_line(KILL_LINE).wait_for(PROMPT);
    }
    terminal.type_line("exit");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
}

/// The same script, sourced behind compinit.
#[test]
fn the_script_can_be_sourced_in_zsh() {
    if !has("zsh") {
        return;
    }
    let env = World::start().stranger();
    let mut zsh = shell(&env, "zsh");
    zsh.args(["-f", "-i"]).env("PROMPT", PROMPT);
    let mut terminal = Terminal::program(&zsh);
    terminal
        .wait_for(PROMPT)
        .type_line("autoload -Uz compinit; compinit -u -D; source <(sactl completion zsh); echo rea''dy");
    terminal.wait_for("ready").wait_for(PROMPT).press("sactl compl\t").wait_for("etion").press("ba\t");
    terminal.wait_for("sh").type_line("").wait_for("COMPREPLY=()").wait_for(PROMPT).type_line("exit");
    terminal.finish();
}
