//! The tree of commands.
//!
//! Responsible for the command line as a whole, as help, manual pages and completion read it. Refuses texts of its own:
//! each verb describes itself.

use std::ffi::OsString;

use clap::{Command, CommandFactory, Subcommand};

use super::command::Command as Verb;
use crate::context::Global;
use crate::manual::help::overview;

/// The command line with everything that help, manual pages and completion tell about it.
pub fn command() -> Command {
    let program = whole();
    let overview = overview(&program, false);
    program.help_template(overview)
}

/// The command line for these words: with the overview, if they may ask for it. `--help` shows every flag, `-h` the
/// frequent ones.
pub(super) fn command_for(words: &[OsString]) -> Command {
    let program = program();
    let every_flag = words.iter().any(|word| word == "--help");
    // Letters of flags may stand together: `-qh`.
    let is_short = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains('h');
    if every_flag || words.iter().any(|word| is_short(&word.to_string_lossy())) {
        let overview = overview(&program, every_flag);
        return program.help_template(overview);
    }
    program
}

/// The command line with the arguments of every verb.
pub fn whole() -> Command {
    let mut program = program();
    program.build();
    program
}

/// The command line with the names of the verbs and what each does in one line. clap adds their arguments, and the
/// flags of the program, to a verb when it comes to it.
pub fn program() -> Command {
    Verb::augment_subcommands(Global::command())
}
