//! Shell completion. The script of a shell runs the program with `SACTL_COMPLETE` and the words of the line; the answer
//! is one directive and the candidates, in the form of that shell.
//!
//! Responsible for commands, flags and names; names come from the server, within a second, or from the cache. Refuses
//! to run anything of the line, to prompt, to sign in, and to report an error: what cannot be known is not offered.

mod arguments;
mod companies;
mod flags;
mod line;
mod names;
mod question;
mod shell;
mod topics;

pub use shell::Shell;

use std::ffi::OsString;
use std::sync::Arc;

use clap::ArgAction;

use self::names::Names;
use self::question::{Answer, Candidate, FILES, FOLDERS, Question};

use crate::config::{Environment, env};
use crate::ui::{Ui, UiOptions, sanitise};

/// Completes the command line of `program` and says so, when a completion script has started it.
pub fn answered(arguments: &[OsString], environment: &Environment, program: fn() -> clap::Command) -> bool {
    let Some(shell) = environment.raw(env::COMPLETE) else { return false };
    // A user who has set the variable for other reasons still gets the program.
    let Some((marker, words)) = arguments.get(1..).and_then(<[OsString]>::split_first) else { return false };
    let Some(shell) = shell.to_str().and_then(Shell::of_name).filter(|_| marker == "--") else {
        return false;
    };
    let text = shell.question(words).map(|question| {
        let answer = answer(&question, environment, program());
        shell.written(&question, &answer)
    });
    // A shell that does not listen is not told either.
    let _ = Ui::new(UiOptions::default()).answer(|out| out.write_all(text.unwrap_or_default().as_bytes()));
    true
}

fn answer(question: &Question, environment: &Environment, program: clap::Command) -> Answer {
    let Some((current, before)) = question.words.split_last() else {
        return Answer::Words { candidates: Vec::new(), open: false };
    };
    let names = Arc::new(Names::new(before, environment.clone(), program.clone()));
    let mut command = arguments::with_values(program, &names);
    let mut words: Vec<OsString> = question.words.iter().map(OsString::from).collect();
    if current == "-" {
        // Long flags say more; the engine shows either form, the one that was begun.
        words.pop();
        words.push("--".into());
    }
    let at = words.len() - 1;
    let found = clap_complete::engine::complete(&mut command, words, at, None).unwrap_or_default();
    let mut candidates: Vec<Candidate> = found
        .iter()
        .map(|candidate| Candidate {
            value: candidate.get_value().to_string_lossy().into_owned(),
            about: candidate.get_help().map(|help| first_line(&help.to_string())).unwrap_or_default(),
        })
        .collect();
    for (mark, place) in [(FILES, Answer::Files as fn(usize) -> Answer), (FOLDERS, Answer::Folders)] {
        let before_it = candidates.iter().find_map(|candidate| candidate.value.strip_suffix(mark));
        if let Some(prefix) = before_it.filter(|prefix| !prefix.is_empty() || !current.starts_with('-')) {
            return place(prefix.chars().count());
        }
    }
    candidates.retain(|candidate| !candidate.value.contains('\u{1}'));
    tidy(&mut candidates, current, before, &command);
    let open = !candidates.is_empty() && candidates.iter().all(|candidate| candidate.value.ends_with('='));
    Answer::Words { candidates, open }
}

fn first_line(text: &str) -> String {
    sanitise(text.lines().next().unwrap_or_default()).into_owned()
}

/// Leaves out flags where something else is meant, and those that are given already.
fn tidy(candidates: &mut Vec<Candidate>, current: &str, before: &[String], command: &clap::Command) {
    let is_flag = |candidate: &Candidate| candidate.value.starts_with('-');
    if current.is_empty() && candidates.iter().any(|candidate| !is_flag(candidate)) {
        candidates.retain(|candidate| !is_flag(candidate));
    }
    // The flags of a command are needed more often than those of every command, which stand at its root.
    let is_global = |candidate: &Candidate| {
        let flag = candidate.value.strip_prefix("--").map(|flag| flag.trim_end_matches('='));
        flag.is_some_and(|flag| command.get_arguments().any(|arg| arg.get_long() == Some(flag)))
    };
    candidates.sort_by_key(is_global);
    let is_given = |flag: &str| before.iter().any(|word| word.split('=').next() == Some(flag));
    candidates.retain(|Candidate { value, .. }| {
        !(value.starts_with("--")
            && is_given(value)
            && value != current
            && !is_repeatable(command, &value[2..]))
    });
}

fn is_repeatable(command: &clap::Command, long: &str) -> bool {
    let repeats = |action: &ArgAction| matches!(action, ArgAction::Append | ArgAction::Count);
    command.get_arguments().any(|arg| arg.get_long() == Some(long) && repeats(arg.get_action()))
        || command.get_subcommands().any(|below| is_repeatable(below, long))
}
