//! The complete help of a command: its long help says what it prints.
//!
//! Responsible for adding documents and columns to it. Refuses texts of its own: they come from [`crate::output`].

use std::fmt::Write as _;

use clap::Command;

use crate::output::{self, Document};

/// Longest line of what is added to the help.
const WIDTH: usize = 80;

/// Where the options of every command are described.
const GLOBAL: &str = "Global options, such as --company, --output and --yes: sactl help options";

/// The command at `path` with all that is documented about it and the commands below it.
pub(super) fn documented(command: Command, path: &str) -> Command {
    let command = with_own_options(command);
    let command = match output::document_of(path) {
        Some(document) => with_outputs(command, document),
        None => command,
    };
    command.mut_subcommands(|verb| {
        let path = format!("{path} {}", verb.get_name());
        documented(verb, &path)
    })
}

/// The command with help of its own options, and one line about those of every command.
fn with_own_options(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        let is_global = arg.is_global_set();
        if is_global { arg.hide_short_help(true).hide_long_help(true) } else { arg }
    });
    let after = command.get_after_help().map(|text| format!("{text}\n\n")).unwrap_or_default();
    let after_long = command.get_after_long_help().map(|text| format!("{text}\n\n{GLOBAL}"));
    let command = command.after_help(format!("{after}{GLOBAL}"));
    match after_long {
        Some(after_long) => command.after_long_help(after_long),
        None => command,
    }
}

/// The command with its columns and the name of its schema after the rest of its help.
fn with_outputs(command: Command, document: &Document) -> Command {
    let before = command.get_after_long_help().or_else(|| command.get_after_help());
    let before = before.map(|text| format!("{text}\n\n")).unwrap_or_default();
    let columns = filled(document.columns);
    let name = document.name;
    command
        .after_long_help(format!("{before}Columns:\n{columns}\n\nJSON Schema:\n  sactl help schemas {name}"))
}

/// The words with commas between them, in indented lines.
fn filled(words: &[&str]) -> String {
    let mut text = String::new();
    let mut length = WIDTH;
    for (place, word) in words.iter().enumerate() {
        if length + word.len() + 2 > WIDTH {
            text.push_str(if place == 0 { "  " } else { "\n  " });
            length = 2;
        }
        let comma = if place + 1 == words.len() { "" } else { ", " };
        let _ = write!(text, "{word}{comma}");
        length += word.len() + comma.len();
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::tree::{command, whole};
    use super::*;
    use crate::output::DOCUMENTS;

    /// Commands that print no document: what they print is another program's, or a file in a fixed language.
    const PRINT_NONE: &[&str] = &["completion", "man", "serve", "sandbox"];

    fn verbs(command: &Command, path: &str, found: &mut Vec<String>) {
        if !command.has_subcommands() {
            found.push(path.to_owned());
        }
        for verb in command.get_subcommands() {
            verbs(verb, format!("{path} {}", verb.get_name()).trim_start(), found);
        }
    }

    #[test]
    fn every_command_has_its_document_and_every_document_its_command() {
        let mut found = Vec::new();
        verbs(&whole(), "", &mut found);
        let undocumented: Vec<_> = found
            .iter()
            .filter(|path| {
                let is_of_serve = path.starts_with("serve ");
                output::document_of(path).is_none() && !is_of_serve && !PRINT_NONE.contains(&path.as_str())
            })
            .collect();
        assert!(
            undocumented.is_empty(),
            "say in the registry of documents what they print: {undocumented:?}"
        );
        for command in DOCUMENTS.iter().flat_map(|document| document.commands) {
            assert!(found.iter().any(|path| path == command), "there is no command {command}");
        }
    }

    #[test]
    fn the_long_help_ends_with_columns_and_schema() {
        let mut command = command();
        let list = command.find_subcommand_mut("list").unwrap();
        let help = list.render_long_help().to_string();
        assert!(help.contains("Examples:\n  sactl list\n"), "{help}");
        assert!(help.contains("\n\nColumns:\n  ownership, name, id, owner_id, owner, role,"), "{help}");
        assert!(help.ends_with("\n\nJSON Schema:\n  sactl help schemas accounts\n"), "{help}");
        assert!(!list.render_help().to_string().contains("Columns:"));
    }

    #[test]
    fn lines_are_filled_and_not_overfull() {
        assert_eq!(filled(&["a"]), "  a");
        let text = filled(&["twenty_letters_or_so"; 9]);
        assert!(text.lines().count() == 3 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(!text.contains(" \n") && text.contains("so,\n  twenty"), "{text}");
    }
}
