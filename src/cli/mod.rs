//! The command line: the commands, what their long help says beside, and which code each one runs.
//!
//! Responsible for everything from the words of a call to the command that they name. Refuses to do its work.

mod command;
mod deferred;
mod dispatch;
mod documented;
mod parse;
mod selection;
mod tree;

pub use command::Command;
pub use dispatch::run;
pub use parse::{Cli, parse};
pub use selection::selection;
pub use tree::{command, program, whole};
