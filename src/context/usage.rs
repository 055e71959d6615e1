//! What is wrong with the words of a call, as every other error is told.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::CliError;
use crate::text::CommandLine;
use crate::text::suggest::nearest;

/// Words of other programs of this kind, and the command that does the same here.
const HABITS: [(&str, &str); 14] = [
    ("add", "create"),
    ("auth", "login"),
    ("describe", "show"),
    ("info", "show"),
    ("password", "passwd"),
    ("remove", "delete"),
    ("reset", "passwd"),
    ("rotate", "passwd"),
    ("set", "edit"),
    ("signin", "login"),
    ("signout", "logout"),
    ("status", "doctor"),
    ("update", "edit"),
    ("use", "company use"),
];

/// What clap says about arguments that make no sense, less its decoration.
pub fn usage_error(error: &clap::Error, program: &Command, arguments: &[OsString]) -> CliError {
    if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
    {
        return unknown_command(word, program, arguments);
    }
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
    let hints = paragraphs.filter_map(|part| match part.strip_prefix("tip: ") {
        Some(tip) => Some(tip.to_owned()),
        None => Some(format!("usage: {}", part.strip_prefix("Usage: ")?)),
    });
    hints.fold(CliError::usage(message), CliError::hint)
}

/// A word that is no command, with the one that was probably meant.
fn unknown_command(word: &str, program: &Command, arguments: &[OsString]) -> CliError {
    let (path, group) = group_of(word, program, arguments);
    let typed = |name: &str| format!("{path}{name}");
    let names = || group.get_subcommands().filter(|verb| !verb.is_hide_set()).map(Command::get_name);
    let habit = HABITS.iter().find(|(habit, command)| {
        path.is_empty() && *habit == word && names().any(|name| Some(name) == command.split(' ').next())
    });
    let meant = habit.map(|(_, command)| *command).or_else(|| nearest(word, names()));
    let error = CliError::usage(format!("there is no command {}", typed(word)));
    let error = match meant {
        Some(meant) => error.hint(CommandLine::new(&typed(meant)).after("did you mean: ")),
        None => error,
    };
    error.hint(CommandLine::new(format!("help {path}").trim()).after("list the commands with: "))
}

/// The group of commands in which `word` stands, with its path, which ends with a blank unless it is empty.
fn group_of<'a>(word: &str, program: &'a Command, arguments: &[OsString]) -> (String, &'a Command) {
    let words = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    let before = words.take_while(|candidate| *candidate != word);
    before.fold((String::new(), program), |(path, group), candidate| match group.find_subcommand(candidate) {
        Some(found) => (format!("{path}{} ", found.get_name()), found),
        None => (path, group),
    })
}
