//! Errors in the arguments of a call.
//!
//! Responsible for turning errors of the parser into our errors, with suggestions. Refuses the texts of the parser.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::error::CliError;
use crate::text::CommandLine;
use crate::text::suggest::nearest;

/// Words of other programs of this kind, and the command that does the same here.
const HABITS: [(&str, &str); 13] = [
    ("add", "create"),
    ("auth", "login"),
    ("describe", "show"),
    ("info", "show"),
    ("password", "passwd"),
    ("remove", "delete"),
    ("reset", "passwd"),
    ("set", "edit"),
    ("signin", "login"),
    ("signout", "logout"),
    ("status", "doctor"),
    ("update", "edit"),
    ("use", "company use"),
];

/// Options of other programs, the option here without its dashes, and how it is written.
const OPTION_HABITS: [(&str, &str, &str); 12] = [
    ("-A", "companies", "--companies all"),
    ("-y", "yes", "--yes"),
    ("--all", "companies", "--companies all"),
    ("--all-namespaces", "companies", "--companies all"),
    ("--confirm", "yes", "--yes"),
    ("--context", "profile", "--profile"),
    ("--filter", "search", "--search"),
    ("--force", "yes", "--yes"),
    ("--format", "output", "--output"),
    ("--hostname", "server", "--server"),
    ("--json", "output", "--output json"),
    ("--namespace", "company", "--company"),
];

/// What clap says about arguments that make no sense, less its decoration.
pub fn usage_error(error: &clap::Error, program: &Command, arguments: &[OsString]) -> CliError {
    if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
    {
        return unknown_command(word, program, arguments);
    }
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        return if word.starts_with('-') {
            unknown_option(word, program, arguments)
        } else {
            too_many(word, program, arguments)
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return no_command(program, arguments);
    }
    if error.kind() == ErrorKind::MissingRequiredArgument
        && let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg)
    {
        return missing_arguments(missing, program, arguments);
    }
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
    let hints = paragraphs.filter_map(|part| match part.strip_prefix("tip: ") {
        Some(tip) => Some(meant(tip)),
        None => Some(format!("usage: {}", part.strip_prefix("Usage: ")?)),
    });
    let error = hints.fold(CliError::usage(message.as_str()), CliError::hint);
    // `kubectl get -o wide`.
    if message.starts_with("invalid value 'wide' for '--output") {
        error.hint("did you mean --wide?")
    } else {
        error
    }
}

/// What clap says about a near match, in the words of every other near match.
fn meant(tip: &str) -> String {
    let near = tip.strip_prefix("a similar value exists: '").and_then(|near| near.strip_suffix('\''));
    near.map_or_else(|| tip.to_owned(), |near| format!("did you mean {near}?"))
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

/// A group of commands alone.
fn no_command(program: &Command, arguments: &[OsString]) -> CliError {
    let (path, group) = group_of("", program, arguments);
    let names = group.get_subcommands().filter(|verb| !verb.is_hide_set()).map(Command::get_name);
    let names = names.collect::<Vec<_>>().join(", ");
    let path = path.trim_end();
    CliError::usage(format!("sactl {path} needs a command: {names}"))
        .hint(CommandLine::new(&format!("help {path}")).after("see what each does with: "))
}

/// A command without arguments that it needs, with an example that has them.
fn missing_arguments(missing: &[String], program: &Command, arguments: &[OsString]) -> CliError {
    let (path, command) = group_of("", program, arguments);
    let path = path.trim_end();
    let error = CliError::usage(format!("sactl {path} needs {}", missing.join(" and ")));
    let error = match example(command, path) {
        Some(example) => error.hint(CommandLine::new(&example).after("for example: ")),
        None => error,
    };
    error.hint(CommandLine::new(&format!("help {path}")).after("see its arguments with: "))
}

/// The first example in the help of a command that is one call, and that asks before it takes something away.
fn example(command: &Command, path: &str) -> Option<String> {
    let help = command.get_after_help()?.to_string();
    let start = format!("sactl {path} ");
    let calls = help.lines().map(str::trim).filter(|line| line.starts_with(&start));
    let mut plain = calls.filter(|line| !line.contains(['|', '>', '<', '$']) && !line.contains(" --yes"));
    Some(plain.next()?.strip_prefix("sactl ")?.to_owned())
}

/// An option that the command does not have, with the one that was probably meant, or the commands that have it.
fn unknown_option(word: &str, program: &Command, arguments: &[OsString]) -> CliError {
    let (path, command) = group_of(word, program, arguments);
    let longs = || command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(Arg::get_long);
    let name = word.trim_start_matches('-');
    let habit = OPTION_HABITS
        .iter()
        .find(|(habit, option, _)| *habit == word && longs().any(|long| long == *option))
        .map(|(_, _, written)| (*written).to_owned());
    let near = || nearest(name, longs()).map(|long| format!("--{long}"));
    let error = CliError::usage(format!("sactl {path}has no option {word}"));
    let mut elsewhere = Vec::new();
    with_option(program, name, "sactl", &mut elsewhere);
    let error = match (habit.or_else(near), elsewhere.as_slice()) {
        (Some(meant), _) => error.hint(format!("did you mean {meant}?")),
        (None, []) => error,
        (None, some) => error.hint(format!("{word} is an option of {}", some.join(", "))),
    };
    error.hint(CommandLine::new(format!("help {path}").trim()).after("list the options with: "))
}

/// A word for which the command has no place.
fn too_many(word: &str, program: &Command, arguments: &[OsString]) -> CliError {
    let (path, _) = group_of(word, program, arguments);
    let error = CliError::usage(format!("sactl {path}takes no further argument: {word}"));
    // `kubectl get pods NAME`.
    let error = if path == "list " {
        error.hint(CommandLine::new("show").operand(word).after("show one account with: "))
    } else {
        error
    };
    error.hint(CommandLine::new(format!("help {path}").trim()).after("see its arguments with: "))
}

/// The commands below `command` that have an option called `long`.
fn with_option(command: &Command, long: &str, path: &str, found: &mut Vec<String>) {
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        let path = format!("{path} {}", verb.get_name());
        with_option(verb, long, &path, found);
        let mut own = verb.get_arguments().filter(|arg| !arg.is_global_set());
        if own.any(|arg| arg.get_long() == Some(long)) {
            found.push(path);
        }
    }
}

/// The command, or the group of commands, before `word`, with its path, which ends with a blank unless it is empty.
fn group_of<'a>(word: &str, program: &'a Command, arguments: &[OsString]) -> (String, &'a Command) {
    let words = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    let before = words.take_while(|candidate| candidate.split('=').next() != Some(word));
    before.fold((String::new(), program), |(path, group), candidate| match group.find_subcommand(candidate) {
        Some(found) => (format!("{path}{} ", found.get_name()), found),
        None => (path, group),
    })
}
