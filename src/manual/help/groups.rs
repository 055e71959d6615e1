//! The commands in groups, for the overview.
//!
//! Responsible for the groups and their order. Refuses texts of its own: each command describes itself.

use std::fmt::Write as _;

use clap::Command;

use super::flags::{Flag, flags};
use super::topic::Topic;
use crate::text::wrap::wrap;

/// The groups in their order, each with its commands in theirs. A command without a group is shown in a last
/// group, so that no command is missing.
const GROUPS: &[(&str, &[&str])] = &[
    ("Accounts", &["list", "show", "create", "edit", "passwd", "delete"]),
    ("Access", &["grant", "revoke", "role", "permission", "audit"]),
    ("Fleet", &["export", "diff", "apply", "rotate", "matrix", "review", "onboard", "offboard", "run"]),
    ("Sign-in", &["login", "logout", "whoami", "profile", "company", "token"]),
    ("Platform", &["sandbox", "serve", "openapi"]),
    ("Tools", &["api", "doctor", "completion", "man", "help"]),
];

/// A group with those of its commands that this program has.
pub(super) struct Group<'a> {
    /// Its name.
    pub(super) name: &'static str,
    /// Its commands.
    pub(super) commands: Vec<&'a Command>,
}

/// The commands of `program` in their groups.
pub(super) fn groups(program: &Command) -> Vec<Group<'_>> {
    let find = |name: &&str| program.get_subcommands().find(|command| command.get_name() == *name);
    let known = |command: &&Command| GROUPS.iter().any(|(_, names)| names.contains(&command.get_name()));
    let others = program.get_subcommands().filter(|command| !command.is_hide_set() && !known(command));
    let groups =
        GROUPS.iter().map(|(name, names)| Group { name, commands: names.iter().filter_map(find).collect() });
    let all = groups.chain(std::iter::once(Group { name: "More", commands: others.collect() }));
    all.filter(|group| !group.commands.is_empty()).collect()
}

/// The program's own help: its commands by group, the topics, and the flags that are often needed, or `every` one.
pub fn overview(program: &Command, every: bool) -> String {
    let header = *program.get_styles().get_header();
    let literal = *program.get_styles().get_literal();
    let mut text = wrap(&about(program), WIDTH).join("\n");
    let _ = write!(text, "\n\n{header}Usage:{header:#} {}\n", usage(program));
    for Group { name, commands } in groups(program) {
        let _ = write!(text, "\n{header}{name}:{header:#}\n");
        for command in commands {
            let (name, about) = (command.get_name(), about(command));
            let _ = writeln!(text, "  {literal}{name:<WIDEST$}{literal:#}  {about}");
        }
    }
    let _ = write!(text, "\n{header}Topics:{header:#}\n");
    for Topic { name, about, .. } in super::topics::ALL {
        let _ = writeln!(text, "  {literal}{name:<WIDEST$}{literal:#}  {about}");
    }
    let _ = write!(text, "\n{header}Global options:{header:#}\n");
    let flags = flags(program, every);
    let widest = flags.iter().map(|flag| flag.long.len() + flag.value.len()).max().unwrap_or_default();
    for Flag { short, long, value, does } in flags {
        let short =
            short.map_or_else(|| "    ".to_owned(), |short| format!("{literal}-{short}{literal:#}, "));
        let gap = " ".repeat(widest - long.len() - value.len());
        let indented = format!("\n{:width$}", "", width = widest + 10);
        let does = wrap(&does, WIDTH - widest - 10).join(&indented);
        let _ = writeln!(text, "  {short}{literal}--{long}{literal:#}{value}{gap}  {does}");
    }
    let examples = program.get_after_help().map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(text, "\n{examples}");
    text
}

/// How the program is called.
fn usage(program: &Command) -> String {
    let literal = program.get_styles().get_literal();
    format!("{literal}sactl{literal:#} [OPTIONS] [COMMAND]")
}

/// Columns of the longest name of a command or a topic.
const WIDEST: usize = 11;

/// Columns of the overview.
const WIDTH: usize = 80;

/// What a command does, in one line.
pub(super) fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    #[test]
    fn every_command_stands_in_one_group() {
        let program = cli::program();
        let mut grouped: Vec<&str> = groups(&program)
            .iter()
            .flat_map(|group| &group.commands)
            .map(|command| command.get_name())
            .collect();
        let mut all: Vec<&str> =
            program.get_subcommands().filter(|one| !one.is_hide_set()).map(Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all);
        let rest = groups(&program).into_iter().find(|group| group.name == "More");
        assert!(rest.is_none(), "these belong into a group: {:?}", rest.map(|rest| rest.commands));
    }

    #[test]
    fn every_line_of_the_overview_fits_a_terminal() {
        let program = cli::program();
        let commands = program.get_subcommands().map(|command| (command.get_name(), about(command)));
        let topics = crate::manual::help::topics().iter();
        for (name, about) in commands.chain(topics.map(|topic| (topic.name, topic.about.to_owned()))) {
            assert!(name.len() <= WIDEST, "{name}");
            let width = 2 + WIDEST + 2 + about.chars().count();
            assert!(width <= 80, "{width} columns: {about}");
        }
    }
}
