//! Which argument takes which values.
//!
//! Responsible for all arguments of all commands, which a test checks. Refuses to fetch names: [`super::names`] does.

use std::ffi::OsStr;
use std::sync::Arc;

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::companies;
use super::names::{Kind, Names};
use super::question::{Candidate, FILES, FOLDERS};
use super::topics;
use crate::api::audit::Action;
use crate::manual::cache::Name;

/// What an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// A service account, or only one that the company owns.
    Account { owned: bool },
    /// A role, or only one that can be changed.
    Role { own: bool },
    /// A permission.
    Permission,
    /// An action of the audit log.
    Action,
    /// A company.
    Company,
    /// A company with a role or permissions.
    Grant,
    /// A stored profile.
    Profile,
    /// A server of a stored profile.
    Server,
    /// A topic of the help, or a command.
    Topic,
    /// Columns of what the command prints.
    Columns,
    /// The method of a request.
    Method,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// One of the words that the argument itself names.
    Listed,
    /// A new value, which cannot be completed.
    Anything,
}

/// What `arg` of the command at `path` takes; `None` for an argument that is not in this table.
fn takes(path: &[String], arg: &Arg) -> Option<Takes> {
    if !arg.get_possible_values().is_empty() {
        return Some(Takes::Listed);
    }
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let value = arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str());
    Some(match (path.as_slice(), arg.get_id().as_str(), value) {
        (["role", "edit" | "delete"], "name", _) => Takes::Role { own: true },
        (["profile", _], "name", _) | (_, "profile", _) => Takes::Profile,
        (["grant" | "revoke" | "show"], "names", _) => Takes::Account { owned: false },
        (["rotate" | "delete"], "names", _) | (["edit" | "passwd"], "name", _) => {
            Takes::Account { owned: true }
        }
        (["api"], "method", _) => Takes::Method,
        (["help"], "words", _) => Takes::Topic,
        (["man"], _, _) | (_, "password_dir", _) => Takes::Folder,
        (["sandbox"], "command", _) => Takes::File,
        (["serve", ..], _, value) if value != "FILE" && !arg.is_global_set() => Takes::Anything,
        (["api"], "path", _) | (["create"] | ["role", "create"], "name", _) => Takes::Anything,
        (["role", "show" | "copy"], "name", _) | (_, _, "ROLE") => Takes::Role { own: false },
        (_, _, "PERMISSION") => Takes::Permission,
        (["audit"], "action", _) => Takes::Action,
        (["audit"], "account", _) => Takes::Account { owned: false },
        (_, _, "COMPANY=RIGHTS") => Takes::Grant,
        (_, _, "ID|NAME") => Takes::Company,
        (_, "server" | "url", _) => Takes::Server,
        (_, "columns", _) => Takes::Columns,
        (
            _,
            "jq"
            | "arg"
            | "username"
            | "new_name"
            | "otp"
            | "description"
            | "search"
            | "limit"
            | "timeout"
            | "since"
            | "until"
            | "actor"
            | "unused_for"
            | "password_older_than"
            | "companies"
            | "except"
            | "concurrency"
            | "max_changes"
            | "max_failures"
            | "older_than"
            | "exec"
            | "id",
            _,
        ) => Takes::Anything,
        (_, _, "@FILE|-") | (_, "routes" | "routes_from", _) => Takes::File,
        _ if matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath) => Takes::File,
        _ => return None,
    })
}

/// The command with everything that its arguments, and those of the commands below, take.
pub(super) fn with_values(command: Command, names: &Arc<Names>) -> Command {
    below(command, &mut Vec::new(), names)
}

fn below(command: Command, path: &mut Vec<String>, names: &Arc<Names>) -> Command {
    let mut command = command.mut_args(|arg| {
        let takes = if arg.get_action().takes_values() { takes(path, &arg) } else { None };
        match takes.and_then(|takes| completer(takes, names)) {
            Some(completer) => arg.add(completer),
            None => arg,
        }
    });
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        path.push(verb.clone());
        command = command.mut_subcommand(verb, |verb| below(verb, path, names));
        path.pop();
    }
    command
}

fn completer(takes: Takes, names: &Arc<Names>) -> Option<ArgValueCompleter> {
    let names = names.clone();
    let values = move |current: &OsStr| {
        let Some(current) = current.to_str() else { return Vec::new() };
        values(takes, current, &names).into_iter().map(candidate).collect()
    };
    (!matches!(takes, Takes::Listed | Takes::Anything)).then(|| ArgValueCompleter::new(values))
}

fn candidate(candidate: Candidate) -> CompletionCandidate {
    let about = Some(candidate.about).filter(|about| !about.is_empty());
    CompletionCandidate::new(candidate.value).help(about.map(Into::into))
}

fn values(takes: Takes, current: &str, names: &Names) -> Vec<Candidate> {
    let word = |text: &str| vec![Candidate { value: text.to_owned(), about: String::new() }];
    match takes {
        Takes::File => word(FILES),
        Takes::Folder => word(FOLDERS),
        Takes::Account { owned } => {
            // A name that is there already is not meant again.
            let is_new = |name: &Name| !names.words().contains(&name.value);
            names.here(Kind::Accounts, current, |name| (name.own || !owned) && is_new(name))
        }
        Takes::Role { own } => names.here(Kind::Roles, current, |name| name.own || !own),
        Takes::Permission => names.here(Kind::Permissions, current, |_| true),
        Takes::Action => {
            let names = Action::ALL.into_iter().map(Action::as_str);
            names.filter(|name| name.starts_with(current)).flat_map(word).collect()
        }
        Takes::Company => companies::named(names, current),
        Takes::Grant => companies::granted(names, current),
        Takes::Profile => names.profiles(current),
        Takes::Server => names.servers(current),
        Takes::Topic => topics::after(names.program(), names.words(), current),
        Takes::Columns => topics::columns(names.program(), names.words(), current),
        Takes::Method => {
            let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter();
            let begun = current.to_uppercase();
            methods.filter(|method| method.starts_with(&begun)).flat_map(word).collect()
        }
        Takes::Listed | Takes::Anything => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    fn unthought(command: &Command, path: &mut Vec<String>, found: &mut Vec<String>) {
        for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
            if takes(path, arg).is_none() {
                found.push(format!("{} {}", path.join(" "), arg.get_id()));
            }
        }
        for verb in command.get_subcommands() {
            path.push(verb.get_name().to_owned());
            unthought(verb, path, found);
            path.pop();
        }
    }

    #[test]
    fn every_argument_has_its_values() {
        let mut found = Vec::new();
        unthought(&cli::whole(), &mut Vec::new(), &mut found);
        assert!(found.is_empty(), "say in `takes` what these take: {found:#?}");
    }
}
