//! The command line as it is documented: the long help of each command says what it prints.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::{Command, CommandFactory, Subcommand};

use super::{Command as Verb, Global, STYLES};
use crate::commands::help::{overview, usage};
use crate::output::{self, Document};

/// Longest line of what is added to the help.
const WIDTH: usize = 80;

/// The command line with everything that help, manual pages and completion tell about it.
pub fn command() -> Command {
    everything(false)
}

fn everything(every_flag: bool) -> Command {
    let program = whole();
    let template = overview(&program, &program, every_flag);
    documented(program, "").help_template(template)
}

/// The program's own help, where `arguments` ask for that and nothing else: it is at hand, so that nothing needs to be
/// read of the commands to show it. `None` for everything else.
pub fn overview_at_hand(arguments: &[OsString]) -> Option<&'static str> {
    let [_, word] = arguments else { return None };
    AT_HAND.iter().find(|(flag, _)| word == flag).map(|(_, text)| *text)
}

/// The flags that ask for the overview, and what they show. Written by `sactl --color=always FLAG`.
#[cfg(feature = "platform")]
const AT_HAND: &[(&str, &str)] =
    &[("--help", include_str!("overview-long.txt")), ("-h", include_str!("overview.txt"))];

/// The small client has other commands, and makes its overview of them.
#[cfg(not(feature = "platform"))]
const AT_HAND: &[(&str, &str)] = &[];

/// The command line with the arguments of every verb at once.
pub fn whole() -> Command {
    let mut program = program();
    program.build();
    program
}

/// The command line with every verb by name, whose arguments are only described where it is called.
pub fn program() -> Command {
    Verb::augment_subcommands(Global::command())
}

/// Every verb by name, and nothing else: the flags of the program would be made for nothing.
fn verbs_alone() -> Command {
    Verb::augment_subcommands(Command::new("").styles(STYLES))
}

/// Whether `arguments` seem to ask for help: then nothing else needs to be read of them first.
pub(super) fn asks_for_help(arguments: &[OsString]) -> bool {
    arguments.iter().skip(1).take_while(|word| *word != "--").any(|word| word == "--help" || word == "-h")
}

/// What is needed to read `arguments` that make sense: the flags of every command, and verbs that are named. Each
/// verb more would get those flags too, for nothing.
pub(super) fn least(arguments: &[OsString]) -> Command {
    let verbs = verbs_alone();
    let is_named = |verb: &&Command| arguments.iter().skip(1).any(|word| word == verb.get_name());
    Global::command().subcommands(verbs.get_subcommands().filter(is_named).cloned())
}

/// What tells everything about `arguments` that ask for help, or make no sense.
pub(super) fn most(arguments: &[OsString]) -> Command {
    let is_flag = |word: &OsString| word.as_encoded_bytes().starts_with(b"-");
    let every_flag = arguments.iter().any(|word| word == "--help");
    if !arguments.iter().skip(1).all(is_flag) {
        return everything(every_flag);
    }
    // The overview names every verb, and knows nothing else of them.
    let program = Global::command();
    let text = overview(&verbs_alone(), &program, every_flag);
    let usage = usage(&program);
    program.override_usage(usage).help_template(text)
}

/// The path of a verb below `path`, as it is typed.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

fn documented(command: Command, path: &str) -> Command {
    let command = match output::document_of(path) {
        Some(document) => with_outputs(command, document),
        None => command,
    };
    command.mut_subcommands(|verb| {
        let path = below(path, verb.get_name());
        documented(verb, &path)
    })
}

/// The command with its columns and the name of its schema below what else stands at the end of its help.
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
    use super::*;
    use crate::output::DOCUMENTS;

    /// Commands that print no document: what they print is another program's, or a file in a fixed language.
    const PRINT_NONE: &[&str] = &["completion", "man", "serve", "sandbox"];

    fn verbs(command: &Command, path: &str, found: &mut Vec<String>) {
        if !command.has_subcommands() {
            found.push(path.to_owned());
        }
        for verb in command.get_subcommands() {
            verbs(verb, &below(path, verb.get_name()), found);
        }
    }

    #[test]
    fn every_command_has_its_document_and_every_document_its_command() {
        let mut found = Vec::new();
        verbs(&whole(), "", &mut found);
        let undocumented: Vec<_> = found
            .iter()
            .filter(|path| output::document_of(path).is_none() && !PRINT_NONE.contains(&path.as_str()))
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

    #[cfg(feature = "platform")]
    #[test]
    fn the_overview_at_hand_is_that_of_the_commands() {
        for (flag, text) in AT_HAND {
            let arguments = ["sactl", flag].map(OsString::from);
            assert_eq!(overview_at_hand(&arguments), Some(*text));
            let fresh = most(&arguments).render_help().ansi().to_string();
            let renew = "sactl --color=always FLAG writes it anew";
            assert!(*text == fresh, "the text for {flag} is stale, {renew}:\n{fresh}");
        }
        for line in ["sactl", "sactl help", "sactl list --help", "sactl --help list", "sactl --helpful"] {
            let arguments: Vec<_> = line.split(' ').map(OsString::from).collect();
            assert_eq!(overview_at_hand(&arguments), None, "{line}");
        }
    }

    #[test]
    fn help_is_asked_for_before_the_command_of_another_program() {
        let asks = |line: &str| asks_for_help(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in ["sactl --help", "sactl list -h", "sactl -h -- x", "sactl --profile --help"] {
            assert!(asks(line), "{line}");
        }
        for line in ["sactl", "sactl list", "sactl sandbox -- x --help", "sactl show help", "--help"] {
            assert!(!asks(line), "{line}");
        }
    }

    #[test]
    fn lines_are_filled_and_not_overfull() {
        assert_eq!(filled(&["a"]), "  a");
        let text = filled(&["twenty_letters_or_so"; 9]);
        assert!(text.lines().count() == 3 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(!text.contains(" \n") && text.contains("so,\n  twenty"), "{text}");
    }
}
