//! The flags of the program, for the overview.
//!
//! Responsible for reading them from the command tree. Refuses texts of its own: each flag describes itself.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

/// A flag as the overview shows it.
pub(super) struct Flag<'a> {
    /// Its letter.
    pub(super) short: Option<char>,
    /// Its name.
    pub(super) long: &'a str,
    /// What is written behind the name.
    pub(super) value: String,
    /// What it does, and what it can be.
    pub(super) does: String,
}

/// The flags of the program in their order, without those that are seldom needed unless it is `every` one; behind
/// them those that every program has.
pub(super) fn flags(program: &Command, every: bool) -> Vec<Flag<'_>> {
    let is_added = |arg: &Arg| matches!(arg.get_id().as_str(), "help" | "version");
    let is_needed = |arg: &Arg| every || !arg.is_hide_short_help_set();
    let own = program.get_arguments().filter(|arg| !is_added(arg) && is_needed(arg));
    let help = if every { "Print help" } else { "Print help (see more with '--help')" };
    let [help, version] =
        [('h', "help", help), ('V', "version", "Print version")].map(|(short, long, does)| Flag {
            short: Some(short),
            long,
            value: String::new(),
            does: does.to_owned(),
        });
    own.map(described).chain([help, version]).collect()
}

fn described(arg: &Arg) -> Flag<'_> {
    let value = match arg.get_action() {
        ArgAction::Count => "...".to_owned(),
        action if action.takes_values() => format!(" <{}>", value_name(arg)),
        _ => String::new(),
    };
    let mut does = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let choices: Vec<_> = arg.get_possible_values().iter().map(|one| one.get_name().to_owned()).collect();
    if arg.get_action().takes_values() && !choices.is_empty() {
        let _ = write!(does, " [possible values: {}]", choices.join(", "));
    }
    Flag { short: arg.get_short(), long: arg.get_long().unwrap_or_default(), value, does }
}

/// The word that stands for the value of an argument.
pub(in crate::manual) fn value_name(arg: &Arg) -> String {
    let names = arg.get_value_names().map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
    names.map_or_else(|| arg.get_id().as_str().to_uppercase(), |names| names.join(" "))
}
