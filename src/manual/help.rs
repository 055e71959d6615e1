//! `sactl help`: the help of a command, or a topic.
//!
//! Responsible for finding it. Refuses texts of its own about codes, variables and formats: topics are data (see
//! `topic`) and take these from where they are defined.

use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::{self, Format, HelpView, RawView};
use crate::text::CommandLine;
use crate::text::suggest::nearest;

mod flags;
mod groups;
mod start;
mod text;
mod topic;
mod topics;

pub(super) use flags::value_name;
pub use groups::overview;
pub use start::start;
pub use topic::{Block, Topic};

use text::Style;

#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Examples:\n  sactl help\n  sactl help role create\n  sactl help exit-codes\n  \
                        sactl help schemas accounts\n  sactl help schemas role list\n  sactl help schemas -o name")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// A topic, a command with its subcommand, or schemas with a document or the command that prints it
    #[arg(value_name = "TOPIC|COMMAND")]
    words: Vec<String>,
}

/// Shows it.
///
/// # Errors
/// `usage` for a word that is neither a topic nor a command; `io`.
pub fn run(args: &Args, program: clap::Command, context: &Context) -> Result<()> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => show_command(&[], program, context),
        ["schemas"] if context.format() == Format::Name => names_of_documents(context),
        ["schemas", words @ ..] if !words.is_empty() => schema(&words.join(" "), context),
        [name] if topic_named(name).is_some() => show_topic(name, &program, context),
        [name, more, ..] if topic_named(name).is_some() => {
            Err(CliError::usage(format!("the topic {name} takes no argument, but {more} was given"))
                .hint(CommandLine::new("help").operand(name).after("show all of it with: ")))
        }
        _ => show_command(&words, program, context),
    }
}

/// Every topic, in the order of the overview.
pub fn topics() -> &'static [Topic] {
    topics::ALL
}

/// Prints what the schemas can be asked for by.
fn names_of_documents(context: &Context) -> Result<()> {
    let mut names = output::DOCUMENTS.iter().map(|document| document.name);
    context.ui().answer(|out| names.try_for_each(|name| writeln!(out, "{name}")))
}

/// Prints the JSON Schema of a document, which is named itself or by a command that prints it.
fn schema(name: &str, context: &Context) -> Result<()> {
    let Some(document) = output::document(name).or_else(|| output::document_of(name)) else {
        let names = output::DOCUMENTS.iter().flat_map(|one| one.commands.iter().chain([&one.name])).copied();
        let error = CliError::usage(format!("unknown document or command: {name}"));
        let error = match nearest(name, names) {
            Some(near) => error.hint(help(&format!("schemas {near}")).after("did you mean: ")),
            None => error,
        };
        return Err(error.hint(help("schemas").after("list the documents with: ")));
    };
    let (ui, schema) = (context.ui(), document.schema());
    if ui.format().is_document() {
        return crate::ui::show(ui, &RawView(schema));
    }
    ui.answer(|out| writeln!(out, "{schema:#}"))
}

fn topic_named(name: &str) -> Option<&'static Topic> {
    topics::ALL.iter().find(|topic| topic.name == name)
}

fn show_topic(name: &str, program: &clap::Command, context: &Context) -> Result<()> {
    let Some(topic) = topic_named(name) else { return Err(unknown(&[name], program)) };
    show(topic.name, topic.about, |style| text::topic(topic, style), context)
}

/// The help of the command that `words` name; of none of them, the program's own.
fn show_command(words: &[&str], mut program: clap::Command, context: &Context) -> Result<()> {
    program.build();
    let mut command = &mut program;
    for (place, word) in words.iter().enumerate() {
        // Looked for twice: a command that is borrowed for good cannot be named in the error.
        if command.find_subcommand(word).is_none() {
            return Err(unknown(&words[..=place], command));
        }
        command = command
            .find_subcommand_mut(word)
            .ok_or_else(|| CliError::internal("a command was lost between two looks"))?;
    }
    let about = groups::about(command);
    // The program alone: what is needed first. A command: everything.
    let help = if words.is_empty() { command.render_help() } else { command.render_long_help() };
    let name = if words.is_empty() { "sactl".to_owned() } else { words.join(" ") };
    let help = |style: Style| if style.colour { help.ansi().to_string() } else { help.to_string() };
    show(&name, &about, help, context)
}

/// Writes help: as text, or as one document where a program reads.
fn show(name: &str, title: &str, text: impl Fn(Style) -> String, context: &Context) -> Result<()> {
    let ui = context.ui();
    if ui.wants_data() {
        let text = text(Style::new(None, false));
        return crate::ui::show(ui, &HelpView::new(name, title, text));
    }
    ui.paged(|out| out.write_all(text(Style::new(ui.width(), ui.colour())).as_bytes()))
}

/// The refusal of words of which the last means nothing to `command`.
fn unknown(words: &[&str], command: &clap::Command) -> CliError {
    let asked = words.join(" ");
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (*last, before));
    let commands = command.get_subcommands().map(clap::Command::get_name);
    let topics = topics::ALL.iter().filter(|_| before.is_empty()).map(|topic| topic.name);
    let near = nearest(last, topics.chain(commands));
    let error = CliError::usage(if before.is_empty() {
        format!("unknown command or topic: {asked}")
    } else {
        format!("unknown command: {asked}")
    });
    let error = match near {
        Some(near) => error.hint(help(&[before, &[near]].concat().join(" ")).after("did you mean: ")),
        None => error,
    };
    error.hint(help("").after("list the commands and topics with: "))
}

/// The command that shows the help on `subject`.
fn help(subject: &str) -> CommandLine {
    CommandLine::new(&format!("help {subject}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_topic_is_called_like_a_command() {
        let program = crate::cli::program();
        for topic in topics() {
            assert!(program.find_subcommand(topic.name).is_none(), "{}", topic.name);
            assert!(topics().iter().filter(|other| other.name == topic.name).count() == 1, "{}", topic.name);
            assert!(
                topic.about.starts_with(char::is_lowercase) && !topic.about.ends_with('.'),
                "{}",
                topic.about
            );
        }
    }

    #[test]
    fn every_topic_says_something_and_every_backtick_has_its_partner() {
        for topic in topics() {
            let blocks = (topic.blocks)();
            assert!(blocks.len() > 1, "{}", topic.name);
            for block in blocks {
                let text = match block {
                    Block::Paragraph(text) => text.into_owned(),
                    Block::Definitions(pairs) => {
                        pairs.into_iter().map(|(term, meaning)| term + &meaning).collect()
                    }
                    Block::Heading(_) | Block::Code(_) => continue,
                };
                assert_eq!(text.matches('`').count() % 2, 0, "{}: {text}", topic.name);
            }
        }
    }
}
