//! The tree of commands.
//!
//! Responsible for the command line as a whole, as help, manual pages and completion read it. Refuses texts of its own:
//! each verb describes itself.

use std::ffi::OsString;

use clap::{Command, CommandFactory, Subcommand};

use super::command::Command as Verb;
use crate::context::Global;
use crate::manual::help::overview;

/// The whole command line, with the overview as its help.
pub fn command() -> Command {
    with_overview(whole(), false)
}

fn with_overview(program: Command, every_flag: bool) -> Command {
    let overview = overview(&program, every_flag);
    program.help_template(overview)
}

/// The command line for a call with these words. The overview is built only if a word may ask for it: `--help` shows
/// every flag, `-h` the frequent ones.
pub(super) fn command_for(words: &[OsString]) -> Command {
    let program = program();
    let every_flag = words.iter().any(|word| word == "--help");
    // Letters of flags may stand together: `-qh`.
    let is_short = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains('h');
    if every_flag || words.iter().any(|word| is_short(&word.to_string_lossy())) {
        return with_overview(program, every_flag);
    }
    program
}

/// The command line with the arguments and the complete help of every verb.
pub fn whole() -> Command {
    let mut program = program();
    program.build();
    program
}

/// The command line with the name and the summary of every verb. clap adds arguments and global flags to a verb when it
/// parses or builds it.
pub fn program() -> Command {
    Verb::augment_subcommands(Global::command())
}
