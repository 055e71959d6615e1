//! The man page of a command, made of its help.
//!
//! Responsible for the order of its sections. Refuses texts of its own about a command.

use clap::{Arg, ArgAction, Command};

use super::roff::{Roff, bold, italic};
use super::{Page, topic};
use crate::manual::help::value_name;

/// A page for each command, and one for the program.
pub(super) fn pages(program: Command, date: &str) -> Vec<Page> {
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    collect(&program, &[], date, &mut pages);
    pages
}

fn collect(command: &Command, above: &[&Command], date: &str, pages: &mut Vec<Page>) {
    pages.push(Page { file: format!("{}.1", page_name(command)), roff: page(command, above, date) });
    let path = [above, &[command]].concat();
    for verb in verbs(command) {
        collect(verb, &path, date, pages);
    }
}

fn verbs(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|verb| !verb.is_hide_set())
}

fn page_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: &Command, above: &[&Command], date: &str) -> String {
    let mut roff = Roff::new(&page_name(command), 1, date, &sentence(command));
    roff.section("synopsis");
    roff.raw_paragraph(&synopsis(command));
    roff.section("description");
    for paragraph in description(command) {
        roff.paragraph(&paragraph);
    }
    let (own, global): (Vec<&Arg>, Vec<&Arg>) = arguments(command).partition(|arg| !arg.is_global_set());
    let own = own.into_iter().filter(|arg| above.is_empty() || !is_automatic(arg));
    let (positionals, options): (Vec<&Arg>, Vec<&Arg>) = own.partition(|arg| arg.is_positional());
    commands(&mut roff, command);
    definitions(&mut roff, "arguments", &positionals);
    definitions(&mut roff, "options", &options);
    if above.is_empty() {
        definitions(&mut roff, "global options", &global);
    } else if options.is_empty() {
        roff.section("options");
        roff.paragraph(GLOBAL);
    } else {
        roff.paragraph(GLOBAL);
    }
    after(&mut roff, command);
    roff.section("exit status");
    roff.paragraph(
        "0 when it is done, and confirmed by the server; every other number is in sactl-exit-codes(7).",
    );
    roff.section("environment");
    roff.paragraph("A variable such as `SACTL_COMPANY` stands for the flag of that name; they are all in sactl-config(5).");
    roff.section("see also");
    roff.references(&neighbours(command, above));
    roff.finish()
}

/// What replaces the flags that every command has.
const GLOBAL: &str = "Options of every command, such as `--company`, `--output` and `--profile`, are described in \
                      sactl(1).";

/// The first line of the help as it stands behind a name.
fn sentence(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut letters = about.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Paragraphs of the long help, each in one line; without its first line where more follows.
fn description(command: &Command) -> Vec<String> {
    let about = command.get_long_about().or_else(|| command.get_about());
    let mut text = paragraphs(&about.map(ToString::to_string).unwrap_or_default());
    text.iter_mut().take(1).for_each(|first| first.push('.'));
    text
}

fn paragraphs(text: &str) -> Vec<String> {
    let parts = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    parts.filter(|part| !part.is_empty()).collect()
}

fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set())
}

/// A flag that the parser adds to every command.
fn is_automatic(arg: &Arg) -> bool {
    matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    )
}

fn synopsis(command: &Command) -> String {
    let mut parts = vec![bold(command.get_bin_name().unwrap_or_else(|| command.get_name()))];
    let own = arguments(command).filter(|arg| !arg.is_global_set() && !is_automatic(arg));
    let (positionals, options): (Vec<&Arg>, Vec<&Arg>) = own.partition(|arg| arg.is_positional());
    for arg in options.into_iter().chain(positionals) {
        // Not broken between a flag and its value.
        let written = written(arg, "\\~");
        let more = if takes_several(arg) { "\\~..." } else { "" };
        parts.push(if arg.is_required_set() {
            format!("{written}{more}")
        } else {
            format!("[{written}]{more}")
        });
    }
    if verbs(command).next().is_some() {
        parts.push(format!("[{}]", italic("OPTIONS")));
        parts.push(italic("COMMAND"));
    }
    parts.join(" ")
}

fn takes_several(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// The longest form of a flag with its value, or the name of a positional argument.
fn written(arg: &Arg, space: &str) -> String {
    let value = value_name(arg);
    match (arg.get_long(), arg.get_action().takes_values()) {
        (Some(long), true) => format!("{}{space}{}", bold(&format!("--{long}")), italic(&value)),
        (Some(long), false) => bold(&format!("--{long}")),
        (None, _) => italic(&value),
    }
}

fn definitions(roff: &mut Roff, heading: &str, arguments: &[&Arg]) {
    if arguments.is_empty() {
        return;
    }
    roff.section(heading);
    for arg in arguments {
        let short = arg.get_short().map(|short| format!("{}, ", bold(&format!("-{short}"))));
        let term = format!("{}{}", short.unwrap_or_default(), written(arg, " "));
        let help =
            arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let mut meaning: Vec<String> = paragraphs(&help);
        for paragraph in meaning.iter_mut().filter(|paragraph| !paragraph.ends_with(['.', ']', ':'])) {
            paragraph.push('.');
        }
        let default = arg.get_default_values().first().filter(|_| arg.get_action().takes_values());
        meaning.extend(default.map(|default| format!("Without it: `{}`.", default.to_string_lossy())));
        roff.definition(&term, &meaning);
        choices(roff, arg);
    }
}

/// The words that an argument can be, where it names them.
fn choices(roff: &mut Roff, arg: &Arg) {
    let values: Vec<_> = arg.get_possible_values().into_iter().filter(|value| !value.is_hide_set()).collect();
    if values.is_empty() || !arg.get_action().takes_values() {
        return;
    }
    roff.within(|roff| {
        for value in values {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            roff.definition(&bold(value.get_name()), &paragraphs(&help));
        }
    });
}

fn commands(roff: &mut Roff, command: &Command) {
    let mut verbs = verbs(command).peekable();
    if verbs.peek().is_none() {
        return;
    }
    roff.section("commands");
    for verb in verbs {
        let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
        roff.definition(&format!("{}(1)", bold(&page_name(verb))), &[format!("{about}.")]);
    }
}

/// The end of the help: examples, and what the command prints.
fn after(roff: &mut Roff, command: &Command) {
    let Some(text) = command.get_after_long_help().or_else(|| command.get_after_help()) else { return };
    let text = text.to_string();
    let mut output: Vec<String> = Vec::new();
    for part in text.split("\n\n") {
        let (heading, lines) = part.split_once('\n').unwrap_or((part, ""));
        let words = || lines.split_whitespace().collect::<Vec<_>>().join(" ");
        match heading {
            "Example:" | "Examples:" => {
                roff.section("examples");
                roff.code(lines.lines().map(str::trim_start));
            }
            "Columns:" => output.push(format!("Its columns, for `--columns`, are {}.", words())),
            "JSON Schema:" => output.push(format!("The JSON Schema of the answer: `{}`.", words())),
            // The page says where these are described.
            _ if heading.starts_with("Global options,") => {}
            _ => output.push(paragraphs(part).join(" ")),
        }
    }
    if !output.is_empty() {
        roff.section("output");
        for paragraph in &output {
            roff.paragraph(paragraph);
        }
        roff.paragraph("The formats of answers are described in sactl-formatting(7).");
    }
}

/// The pages above, beside and below, then those about no single command.
fn neighbours(command: &Command, above: &[&Command]) -> Vec<(String, u8)> {
    let own = page_name(command);
    let beside = above.last().filter(|_| above.len() > 1).into_iter().flat_map(|parent| verbs(parent));
    let names = above.iter().copied().chain(beside).chain(verbs(command)).map(page_name);
    let mut names: Vec<String> = names.filter(|name| *name != own).collect();
    names.dedup();
    let names = names.into_iter().map(|name| (name, 1));
    names.chain(topic::all()).collect()
}
