//! The README shows real output: its console blocks are typed at a terminal, in their order, and compared.

use super::acting::{ACME_ADMIN, World, sign_in};
use crate::common::terminal::Terminal;

const README: &str = include_str!("../../README.md");

/// The placeholder for text that differs from run to run.
const ANYTHING: char = '…';

/// The commands of all console blocks, each with the lines that are shown below it.
fn commands() -> Vec<(String, Vec<String>)> {
    let blocks = README.split("```console\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap_or_default());
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
            (None, Some((_, shown))) => shown.push(line.to_owned()),
            (None, None) => panic!("a console block begins with a command, not with {line}"),
        }
    }
    commands
}

fn agrees(line: &str, pattern: &str) -> bool {
    let Some((before, after)) = pattern.split_once(ANYTHING) else { return line == pattern };
    let Some(rest) = line.strip_prefix(before) else { return false };
    rest.char_indices().any(|(end, _)| agrees(&rest[end..], after)) || after.is_empty()
}

#[test]
fn the_readme_shows_real_output() {
    let world = World::start();
    // The profile has the name that it has in `sactl sandbox`.
    let home = world.stranger().with("SACTL_PROFILE", "sandbox");
    sign_in(&home, ACME_ADMIN).ok();
    home.sactl("company use 1").ok();
    let commands = commands();
    assert!(commands.len() >= 6, "the README has a tour: {commands:?}");
    for (command, expected) in commands {
        let (text, _) = Terminal::shell(&home, &command).finish();
        let shown: Vec<_> = text.lines().collect();
        let same = shown.len() == expected.len()
            && shown.iter().zip(&expected).all(|(line, pattern)| agrees(line, pattern));
        assert!(same, "$ {command}\nshows\n{text}\nand the README says\n{}", expected.join("\n"));
    }
}

/// The table of exit codes names every error code once, in the row of its exit code.
#[test]
fn the_readme_names_every_error_code() {
    let is_exit = |row: &&str| row.trim_start_matches("| ").starts_with(|c: char| c.is_ascii_digit());
    let rows: Vec<&str> = README.lines().filter(|line| line.starts_with("| ")).filter(is_exit).collect();
    for code in sactl::api::Code::ALL {
        let exit = sactl::error::CliError::new(*code, "").exit_code().to_string();
        let named: Vec<_> = rows.iter().filter(|row| row.contains(&format!("`{code}`"))).collect();
        let right = named.len() == 1 && named[0].split('|').nth(1).is_some_and(|cell| cell.trim() == exit);
        // The code of an interrupt is the exit code itself.
        assert!(right || exit == "130", "{code} stands once in the table, at {exit}: {named:?}");
    }
}

/// Every variable that the program reads is in the README.
#[test]
fn the_readme_names_every_variable() {
    // Where a shell and programs are is known without it.
    let of_the_system = ["SHELL", "PATH"];
    for variable in sactl::config::env::ALL.iter().filter(|one| !of_the_system.contains(&one.name)) {
        assert!(README.contains(&format!("`{}`", variable.name)), "{} is not in the README", variable.name);
    }
}

/// The README says of each exit code what the help says.
#[test]
fn the_readme_says_what_each_exit_code_means() {
    for exit in sactl::error::EXITS {
        let row = format!("\n| {} | {} |", exit.code, exit.meaning);
        assert!(README.contains(&row), "the README has no row{row}");
    }
}
