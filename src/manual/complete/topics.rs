//! The arguments of `help`: topics, commands and, after `schemas`, documents; and the columns of documents.
//!
//! Responsible for the candidates. Refuses to ask the server.

use clap::Command;

use super::question::Candidate;
use crate::manual::help;
use crate::output::{self, DOCUMENTS};

/// The candidates that begin with `current`, after the words before it.
pub(super) fn after(program: &Command, words: &[String], current: &str) -> Vec<Candidate> {
    let asked = words.iter().skip_while(|word| *word != "help").skip(1);
    let asked: Vec<&str> = asked.map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let mut found = match asked.as_slice() {
        [] => help::topics().iter().map(|topic| candidate(topic.name, topic.about)).collect(),
        ["schemas", path @ ..] => schemas(path),
        _ => Vec::new(),
    };
    found.extend(commands(program, &asked));
    found.retain(|one: &Candidate| one.value.starts_with(current));
    found
}

/// The documents, and the commands that print one, which may be of two words: the next one behind `path`.
fn schemas(path: &[&str]) -> Vec<Candidate> {
    let documents = DOCUMENTS.iter().map(|document| document.name).filter(|_| path.is_empty());
    let next = |command: &&'static str| {
        let words: Vec<&'static str> = command.split(' ').collect();
        words.strip_prefix(path).and_then(|rest| rest.first().copied())
    };
    let commands = DOCUMENTS.iter().flat_map(|document| document.commands).filter_map(next);
    let mut found: Vec<Candidate> = Vec::new();
    for name in documents.chain(commands) {
        if found.iter().all(|one| one.value != name) {
            found.push(candidate(name, ""));
        }
    }
    found
}

/// Columns of what the command in `words` prints, with commas between them.
pub(super) fn columns(program: &Command, words: &[String], current: &str) -> Vec<Candidate> {
    let mut command = program;
    let mut path: Vec<&str> = Vec::new();
    for word in words.iter().skip(1) {
        if let Some(verb) = command.find_subcommand(word) {
            command = verb;
            path.push(verb.get_name());
        }
    }
    let columns = output::document_of(&path.join(" ")).map_or(&[][..], |document| document.columns);
    let (given, last) = current.split_at(current.rfind(',').map_or(0, |at| at + 1));
    let free =
        columns.iter().filter(|name| name.starts_with(last) && !given.split(',').any(|one| one == **name));
    free.map(|name| candidate(&format!("{given}{name}"), "")).collect()
}

/// The commands below the one that `path` names.
fn commands(program: &Command, path: &[&str]) -> Vec<Candidate> {
    let below = path.iter().try_fold(program, |command, word| command.find_subcommand(word));
    let verbs = below.into_iter().flat_map(Command::get_subcommands);
    verbs
        .map(|verb| {
            candidate(verb.get_name(), &verb.get_about().map(ToString::to_string).unwrap_or_default())
        })
        .collect()
}

fn candidate(value: &str, about: &str) -> Candidate {
    Candidate { value: value.to_owned(), about: about.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_named_by_documents_and_by_commands() {
        let found = |line: &str, current: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            after(&crate::cli::whole(), &words, current).into_iter().map(|one| one.value).collect::<Vec<_>>()
        };
        assert_eq!(found("sactl help schemas", "cre"), ["created", "create"]);
        assert_eq!(found("sactl help schemas", "role"), ["roles", "role", "role-deleted"]);
        let verbs = ["copy", "list", "show", "create", "edit", "delete"];
        assert_eq!(found("sactl help schemas role", ""), verbs);
        assert!(found("sactl help schemas nothing", "").is_empty());
    }
}
