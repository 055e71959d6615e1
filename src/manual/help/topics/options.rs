//! The options of every command.
//!
//! Responsible for the topic `options`. Refuses texts of its own: they are with each option.

use clap::CommandFactory as _;

use super::super::flags::{Flag, flags};
use super::super::topic::{Block, Topic, definitions, paragraph};
use crate::context::Global;

pub(in super::super) const OPTIONS: Topic =
    Topic { name: "options", about: "the options of every command", blocks };

fn blocks() -> Vec<Block> {
    let program = Global::command();
    let term = |flag: &Flag<'_>| {
        let short = flag.short.map(|short| format!("-{short}, ")).unwrap_or_default();
        format!("{short}--{}{}", flag.long, flag.value)
    };
    let options = flags(&program, true).into_iter().map(|flag| (term(&flag), flag.does));
    vec![
        paragraph("These options can be given before or after any command."),
        definitions(options.collect::<Vec<_>>()),
    ]
}
